"""Figures of plain data: traces and a layout as plotly writes them down, checked once, when they become a figure.

plotly's updates of a figure that is there look for property after property and take five to ten times as long.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstmviz.figures.theme import SMALLEST, Palette, Scale

POWERS = {
    "tickvals": [10.0**power for power in range(-45, 31)],
    "ticktext": [f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}" for power in range(-45, 31)],
}
"""An axis of powers of ten: plotly's own raise the exponent in letters that are too small for the last row."""


def drawn(
    data: Sequence[Mapping[str, Any]], palette: Palette, *, frames: Sequence[Mapping[str, Any]] = (), **layout: Any
) -> go.Figure:
    """A figure of plain traces, and frames, on the app's ground; the rest of its layout by name."""
    return go.Figure({"data": list(data), "layout": _dressed(palette, layout), "frames": list(frames)})


def across(y: float, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line at the height `y` from one side of a figure to the other, as a shape of its layout."""
    return {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": y, "y1": y, "yref": "y", "line": line}


def upright(x: float, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line at the place `x` from the bottom of a figure to its top, as a shape of its layout."""
    return {"type": "line", "yref": "y domain", "y0": 0, "y1": 1, "x0": x, "x1": x, "xref": "x", "line": line}


def spans(sizes: Sequence[float], spacing: float) -> list[list[float]]:
    """The domains of parts side by side, in proportion to `sizes`, with `spacing` between, as shares of the whole."""
    room = (1 - spacing * (len(sizes) - 1)) / sum(sizes)
    starts = [room * sum(sizes[:k]) + spacing * k for k in range(len(sizes))]
    return [[start, start + room * size] for start, size in zip(starts, sizes, strict=True)]


def numbered(axis: str, panel: int) -> str:
    """An axis of the panel with this number, from 0, as plotly calls it: xaxis, xaxis2."""
    return f"{axis}{panel + 1}" if panel else axis


def grid(palette: Palette, **more: Any) -> dict[str, Any]:
    """An axis with lines across the figure."""
    return {"showgrid": True, "gridcolor": palette.rule, "tickfont": {"color": palette.quiet}, **more}


def shares(palette: Palette, title: str, **more: Any) -> dict[str, Any]:
    """An axis of shares, with lines."""
    return grid(palette, title={"text": title}, tickformat=".0%", **more)


def below(palette: Palette, title: str, **more: Any) -> dict[str, Any]:
    """The axis below a figure, which says what goes to the right."""
    return {"title": {"text": title, "standoff": 6}, "tickfont": {"color": palette.quiet}, **more}


def heatmap(z: Any, scale: Scale, text: Any, *, gap: int = 1, **more: Any) -> dict[str, Any]:
    """A trace of squares at whole places, row by row, on a fixed scale; `text` is what each says under the pointer."""
    rows, columns = np.shape(z)
    return {
        "type": "heatmap",
        "z": z,
        "text": text,
        "x": list(range(columns)),
        "y": list(range(rows)),
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": [list(stop) for stop in scale.colours],
        "showscale": False,
        "xgap": gap,
        "ygap": gap,
        "hovertemplate": "%{text}<extra></extra>",
        **more,
    }


def _dressed(palette: Palette, layout: Mapping[str, Any]) -> dict[str, Any]:
    """`layout` on the app's ground, in its ink and margins, with quiet axes and no letter smaller than `SMALLEST`."""
    axes = {"xaxis", "yaxis"} | {name for name in layout if name.startswith(("xaxis", "yaxis"))}
    quiet = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"size": SMALLEST}}
    usual = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": palette.ink, "size": 13, "family": "Inter, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "dragmode": False,
        "legend": {"font": {"size": SMALLEST}},  # else it is Streamlit's
        **dict.fromkeys(axes, quiet),
    }
    return _merged(usual, layout)


def _merged(usual: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Both, and of what both have the own one, property by property."""
    both = {
        name: _merged(value, own[name]) if isinstance(value, Mapping) and isinstance(own.get(name), Mapping) else value
        for name, value in usual.items()
    }
    return both | {name: value for name, value in own.items() if not isinstance(both.get(name), Mapping)}
