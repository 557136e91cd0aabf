"""Plotly figures with players on a page: `lstmviz.figures.playback` makes them, this adds their looks and keys."""

from pathlib import Path

import plotly.graph_objects as go
import streamlit as st
from streamlit.components.v2 import component

from lstmviz.ui.frame.language import _

_HERE = Path(__file__).parent
_beside = component("lstmviz_player", js=(_HERE / "player.js").read_text(encoding="utf-8"))


def is_narrow() -> bool:
    """Whether the figure has as little room as on a phone; a guess until the browser has told."""
    if "_narrow" not in st.session_state:
        st.session_state["_narrow"] = "Mobi" in st.context.headers.get("User-Agent", "")
    return bool(st.session_state["_narrow"])


def play(figure: go.Figure, key: str, *, experiment: str, period: int, alt: str) -> None:
    """Draw a figure with a player over time and one over the training.

    Args:
        figure: made for as much room as `is_narrow` says.
        key: a name of its own on the page.
        experiment: what is on display; another figure of the same begins at what was selected last, on any page.
        period: how many steps Shift and an arrow take.
        alt: what a screen reader says of it.
    """
    start = {name: st.query_params.get(name) for name in ("t", "epoch")}
    figure.update_layout(meta={**(figure.layout.meta or {}), "experiment": experiment, "start": start})
    st.html(_HERE / "player.css")
    keys = _("Click the figure, then: ← → step · Shift ← → pattern · ↑ ↓ epoch · Space plays, Shift Space the training")
    with st.container(key=key):
        st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key=f"{key}_figure", alt=alt)
    with st.container(key="beside_figure"):
        _beside(
            key=f"{key}_player",
            data={"room": key, "period": period, "narrow": is_narrow(), "keys": keys},
            on_narrow_change=lambda: st.session_state.update(_narrow=st.session_state[f"{key}_player"].narrow),
        )
    if not is_narrow():
        st.caption(keys)
