"""What a new tab is sent first, and what comes with its second and third run.

A browser that has just been opened takes a third of a second to build the sidebar's fields and the formulas of the
text, and plotly's script keeps it busy for most of a second; what has not been drawn by then waits for it. So the first
run of a new tab sends the page's own pictures, the second one the controls and the text, and on a page with figures of
plotly a third one brings those, for which room was left. A part that draws nothing tells each time that the page is
drawn, and the next run, whoever asked for it, brings what comes next.

The browser fetches the code of each kind of element when the first one comes, draws placeholders meanwhile, and fills
them 300 ms after it drew the last one, though the code was there at once: React spares the eye a flicker. So a few
elements that show nothing come first, and the rest when what they need has been fetched.
"""

import sys
import time
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.components.v2 import component

from lstmviz.figures.plain import Plain

Later = Literal["text", "charts"]
"""The controls and the text beside the figure; the figures of plotly. They come in this order."""

SENT = "_sent"
"""in the session's state: the set of what is drawn at once from now on"""
_LEFT = "_left_out"  # by the last run, likewise
_HEAD_START = 0.15  # seconds: in which a laptop at work has fetched what draws HTML and our parts; more is waited for
_herald = component("lstmviz_herald", js=Path(__file__).with_name("herald.js").read_text(encoding="utf-8"))


def arrive(*, charts: bool, turned: bool) -> None:
    """Begin a run of a page that has figures of plotly, or has none.

    turned: the page has just changed; figures that were left out on the one before have not come yet.
    """
    left: list[Later] = [one for one in st.session_state.get(_LEFT, []) if not (turned and one == "charts")]
    sent: set[Later] = {*st.session_state.get(SENT, ()), *left[:1]}
    if "torch" not in sys.modules:  # this run has to wait for that, and the browser has the time
        sent.add("text")
    wanted: tuple[Later, ...] = ("text", "charts") if charts else ("text",)
    new = SENT not in st.session_state
    left = [one for one in wanted if one not in sent]
    st.session_state[SENT], st.session_state[_LEFT] = sent, left
    with st.container(key="herald"):  # without the part too: what follows it stays where it is
        if left:
            _herald(key=f"_herald_{left[0]}", on_drawn_change=lambda: None)
    if new and "text" in left:
        time.sleep(_HEAD_START)


def comes_later(what: Later) -> bool:
    """Whether this run leaves it out, because the tab is new."""
    return what in st.session_state.get(_LEFT, [])


def chart(figure: Plain, *, key: str, width: Literal["stretch", "content"] = "stretch", **options: Any) -> None:
    """Draw a figure of plotly, or leave as much room while a new tab draws all else.

    Args:
        figure: its layout has the height in pixels, and with "content" the width.
        key: of the element.
        width: that of the place, or the figure's own.
        options: what `st.plotly_chart` takes beside these.
    """
    if comes_later("charts"):
        own_width, height = figure.size
        room = own_width or "stretch" if width == "content" else width
        st.container(height=height or "content", width=room, border=False)
    else:
        st.plotly_chart(figure, config={"displayModeBar": False}, key=key, width=width, **options)
