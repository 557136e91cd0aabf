"""What stands around every page: title, navigation, the experiment's controls, the text beside the figure."""

from lstmviz.ui.frame.navigation import PAGES, patterns_only, ways_on
from lstmviz.ui.frame.page import (
    TORCH_NAMES,
    badge,
    badge_text,
    chip_row,
    chip_texts,
    chips,
    columns,
    page,
    torch_badge,
    what_why_try,
)
from lstmviz.ui.frame.sequence import another_sequence

__all__ = [
    "PAGES",
    "TORCH_NAMES",
    "another_sequence",
    "badge",
    "badge_text",
    "chip_row",
    "chip_texts",
    "chips",
    "columns",
    "page",
    "patterns_only",
    "torch_badge",
    "ways_on",
    "what_why_try",
]
