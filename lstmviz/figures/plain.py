"""Figures of plain data: traces and a layout as plotly writes them down.

plotly looks at a figure's data property after property, and at each update of it again; written down as they are they
cost a quarter. So a figure is one of plotly's only where somebody asks for more than a page does, to change it or to
show it in a notebook; what pages are sent is held by the tests to what plotly would make of it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io
from _plotly_utils.utils import convert_to_base64  # type: ignore[import-untyped]

from lstmviz.figures.theme import SMALLEST, Palette, Scale

POWERS = {
    "tickvals": [10.0**power for power in range(-45, 31)],
    "ticktext": [f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}" for power in range(-45, 31)],
}
"""An axis of powers of ten: plotly's own raise the exponent in letters that are too small for the last row."""


class Plain(go.Figure):
    """A figure that is its plain data until more is asked of it than `to_dict`: then plotly checks it and makes it."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.__dict__["_plain"] = plain

    def __getattr__(self, name: str) -> Any:
        # Reached where plotly's own beginning would have set what is asked for.
        if "_begun" in self.__dict__ or "_plain" not in self.__dict__:
            raise AttributeError(name)
        self.__dict__["_begun"] = True
        super().__init__(self._plain)
        return getattr(self, name)

    def to_dict(self) -> dict[str, Any]:
        """What is sent to the browser: the same object each time, not to be changed, until the figure is plotly's."""
        if "_begun" in self.__dict__:
            made: dict[str, Any] = super().to_dict()
            return made
        if "_written" not in self.__dict__:
            written = _copied({name: part for name, part in self._plain.items() if part or name != "frames"})
            convert_to_base64(written)
            written["layout"].setdefault("template", _template(plotly.io.templates.default))
            self.__dict__["_written"] = written
        sent: dict[str, Any] = self.__dict__["_written"]
        return sent

    @property
    def size(self) -> tuple[int | None, int | None]:
        """Width and height in pixels, each None where it is the place's."""
        layout = self.to_dict()["layout"]
        return layout.get("width"), layout.get("height")


def drawn(
    data: Sequence[Mapping[str, Any]], palette: Palette, *, frames: Sequence[Mapping[str, Any]] = (), **layout: Any
) -> Plain:
    """A figure of plain traces, and frames, on the app's ground; the rest of its layout by name."""
    layout = {name: part for name, part in layout.items() if not (isinstance(part, list | tuple) and not part)}
    return Plain({"data": list(data), "layout": _dressed(palette, layout), "frames": list(frames)})


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


def _copied(value: Any) -> Any:
    """The same with mappings and lists of its own, as deep as they hold such; what is in them is shared.

    A property that is None is not there, as in plotly.
    """
    if isinstance(value, Mapping):
        return {name: _copied(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return [_copied(part) for part in value]
    return value


@lru_cache(maxsize=4)
def _template(name: str | None) -> dict[str, Any]:
    """What plotly gives each figure that brings no template of its own."""
    return {} if name is None else plotly.io.templates[name].to_plotly_json()


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
