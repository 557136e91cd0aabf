"""Figures of plotly. In a new tab they come once all else is drawn.

Plotly's script keeps a browser busy for most of a second, and what has not been drawn by then waits for it: the
navigation, the text, the page's own pictures. So a page with such figures first leaves room for them, and draws them
when its tab tells that it has the rest.
"""

from pathlib import Path
from typing import Any, Literal

import streamlit as st
from plotly.graph_objects import Figure
from streamlit.components.v2 import component

_STATE = "_charts"
_herald = component("lstmviz_herald", js=Path(__file__).with_name("herald.js").read_text(encoding="utf-8"))


def expect_charts(expected: bool) -> None:
    """Begin a page that has figures of plotly, or has none."""
    if not expected:
        if st.session_state.get(_STATE) == "awaited":
            del st.session_state[_STATE]
    elif st.session_state.get(_STATE) != "here":
        st.session_state[_STATE] = "awaited"
        with st.container(key="herald"):
            _herald(key="_herald", on_drawn_change=bring_charts)


def bring_charts() -> None:
    """From now on figures of plotly are drawn at once in this session."""
    st.session_state[_STATE] = "here"


def chart(figure: Figure, *, key: str, width: Literal["stretch", "content"] = "stretch", **options: Any) -> None:
    """Draw a figure of plotly, or leave as much room while a new tab draws all else.

    Args:
        figure: its layout has the height in pixels, and with "content" the width.
        key: of the element.
        width: that of the place, or the figure's own.
        options: what `st.plotly_chart` takes beside these.
    """
    if st.session_state.get(_STATE) == "awaited":
        st.container(
            height=figure.layout.height, width=figure.layout.width if width == "content" else width, border=False
        )
    else:
        st.plotly_chart(figure, config={"displayModeBar": False}, key=key, width=width, **options)
