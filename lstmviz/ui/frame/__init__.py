"""What stands around every page: title, navigation, the experiment's controls, the text beside the figure."""

from lstmviz.ui.frame.controls.sequence import another_sequence
from lstmviz.ui.frame.navigation import PAGES, go_inside, look_inside, machines_only, ways_on
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
from lstmviz.ui.frame.path import was_it_luck

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
    "go_inside",
    "look_inside",
    "machines_only",
    "page",
    "torch_badge",
    "was_it_luck",
    "ways_on",
    "what_why_try",
]
