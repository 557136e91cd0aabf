"""What a page of its own networks draws of: those that are finished and came to something, by their cell."""

from typing import Any

import streamlit as st

from lstmviz.ui.background.studies import by_cell
from lstmviz.ui.background.watched import Progress
from lstmviz.ui.frame.language import ngettext


def sound(progress: Progress) -> dict[str, list[Any]]:
    """Finished networks by their cell, without those that diverged."""
    return by_cell([one for one in progress.results if not one.diverged])


def tell_lost(progress: Progress) -> None:
    """Say how many diverged, where any did."""
    lost = sum(one.diverged for one in progress.results)
    if not lost:
        return
    text = ngettext(
        "{count} network's loss became no finite number: it is left out. Try a smaller learning rate.",
        "The loss of {count} networks became no finite number: they are left out. Try a smaller learning rate.",
        lost,
    )
    st.warning(text.format(count=lost), icon=":material/report:")
