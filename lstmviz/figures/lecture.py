"""What the lecture page draws: the notes' replay beside the right one, its counter, and a node that tells the case."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstmviz.cells.step import Array
from lstmviz.figures.plain import drawn, heatmap
from lstmviz.figures.theme import SMALLEST, Palette, Scale, index, label, largest, number, symbol
from lstmviz.lecture import Replay, Result
from lstmviz.tasks import PatternTask

QUANTITIES = ("i", "f", "o", "g", "c", "h")
"""The order of the notes' two pictures: the gates, then what they act upon."""

_GAP = 0.3  # between the columns of two quantities, in columns
_ROOM = 6  # pixels between two squares, for a frame that shows on dark ones too
_PLAIN = {"ticks": ""}


def two_replays(
    replay: Replay, task: PatternTask, palette: Palette, titles: tuple[str, str], steps: int = 8
) -> go.Figure:
    """Every gate and state of the last `steps` steps, time downwards: above by the notes' loop, below by the right one.

    `titles` stand over the two. A colour means the same number in both: c is on plus/minus the largest |c| of the
    network as it runs. Numbers that the notes' loop gets wrong are framed.
    """
    labels = [label(place) for place in task.labels[-steps:]]
    panels = (("", replay.printed, [0.59, 1.0], titles[0]), ("2", replay.followed, [0.0, 0.41], titles[1]))
    data, notes, axes = list[dict[str, Any]](), list[dict[str, Any]](), dict[str, Any]()
    for row, values, domain, title in panels:
        x, y = f"x{row}", f"y{row}"
        data += _panel(values, largest(replay.followed["c"]), steps, palette, {"xaxis": x, "yaxis": y})
        notes += _names(values, palette, x, y)
        above = {"x": 0, "y": 1, "xref": "paper", "yref": f"{y} domain", "xanchor": "left", "xshift": -28, "yshift": 50}
        notes.append({"text": f"<b>{label(title)}</b>", **above, "showarrow": False, "font": {"size": 14}})
        axes[f"xaxis{row}"] = {**_PLAIN, "anchor": y, "showticklabels": False, "matches": "x2"}
        rows = {"tickmode": "array", "tickvals": list(range(steps)), "ticktext": labels}
        axes[f"yaxis{row}"] = {**_PLAIN, "anchor": x, "domain": domain, "autorange": "reversed", **rows}
    del axes["xaxis2"]["matches"]
    layout: dict[str, Any] = {
        "height": 150 + 2 * 26 * steps,
        "margin": {"l": 30, "r": 4, "t": 62, "b": 4},
        "showlegend": False,
    }
    frames = list(_frames(replay, steps, palette))
    return drawn(data, palette, annotations=notes, shapes=frames, **layout, **axes)


def counter(replay: Replay, palette: Palette, names: tuple[str, str], steps: str) -> go.Figure:
    """The first cell state over the whole text, by the right loop and by the notes' loop; `steps` names the x axis."""
    lines = (
        (names[0], replay.followed, {"color": palette.identity("c"), "dash": "solid"}),
        (names[1], replay.printed, {"color": palette.quiet, "dash": "dot"}),
    )
    shown = {"type": "scatter", "mode": "lines", "hovertemplate": "t = %{x}: %{hovertext}<extra></extra>"}
    data = [
        {
            **shown,
            "name": name,
            "y": values["c"][:, 0],
            "hovertext": [number(value) for value in values["c"][:, 0]],
            "line": {"width": 2, **line},
        }
        for name, values, line in lines
    ]
    return drawn(
        data,
        palette,
        height=210,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
        xaxis={**_PLAIN, "title": {"text": steps, "standoff": 4}},
        yaxis={
            **_PLAIN,
            "title": {"text": "c₁", "standoff": 4},
            "showgrid": True,
            "gridcolor": palette.rule,
        },
    )


def letter_case(result: Result, palette: Palette, steps: int = 15) -> go.Figure:
    """The nodes of a network over its last `steps` letters, time to the right; the numbers stand in the squares."""
    h = result.runs["zeros"]["h"][-steps:].T
    squares = _squares(h, palette.scale("h"), gap=2, y=[f"h{index(unit + 1)}" for unit in range(len(h))])
    letters = [label(place) for place in result.group.task.labels[-steps:]]
    return drawn(
        [squares],
        palette,
        height=130,
        margin={"l": 30, "r": 4, "t": 4, "b": 24},
        xaxis={
            **_PLAIN,
            "tickmode": "array",
            "tickvals": list(range(steps)),
            "ticktext": letters,
            "tickangle": 0,
        },
        yaxis={**_PLAIN, "autorange": "reversed", "tickfont": {"color": palette.identity("h"), "size": 14}},
    )


def _squares(values: Array, scale: Scale, gap: int, **more: Any) -> dict[str, Any]:
    """Squares with their numbers in them, row by row."""
    text = [[_short(value) for value in line] for line in values]
    told = {"texttemplate": "%{text}", "textfont": {"size": SMALLEST}, "hovertemplate": None, "hoverinfo": "skip"}
    return heatmap(values, scale, text, gap=gap, **told, **more)


def _places(hidden: int) -> dict[str, list[float]]:
    """Where the columns of each quantity stand."""
    return {name: [k * (hidden + _GAP) + unit for unit in range(hidden)] for k, name in enumerate(QUANTITIES)}


def _panel(
    values: Mapping[str, Array], largest_c: float, steps: int, palette: Palette, axes: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for name, places in _places(values["h"].shape[1]).items():
        scale = palette.scale(name, largest_c)
        yield _squares(values[name][-steps:], scale, gap=_ROOM, x=places, **axes)


def _names(values: Mapping[str, Array], palette: Palette, x: str, y: str) -> Iterator[dict[str, Any]]:
    place = {"xref": x, "yref": f"{y} domain", "y": 1, "showarrow": False, "yanchor": "bottom"}
    for name, places in _places(values["h"].shape[1]).items():
        font = {"color": palette.identity(name), "size": 14}
        for unit, at in enumerate(places):
            yield {"text": f"<b>{symbol(name)}</b>{index(unit + 1)}", "x": at, "font": font, **place}


def _frames(replay: Replay, steps: int, palette: Palette) -> Iterator[dict[str, Any]]:
    line = {"color": palette.ink, "width": 2}
    for name, places in _places(replay.followed["h"].shape[1]).items():
        for step, unit in np.argwhere(replay.misread(name)[-steps:]).tolist():
            x, y = places[unit], step
            box = {"x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5, "xref": "x", "yref": "y"}
            yield {"type": "rect", "line": line, **box}


def _short(value: float) -> str:
    """A number that fits a small square: two decimals, one from 10 on."""
    if not np.isfinite(value):
        return number(value)
    return f"{value:z.{2 if abs(value) < 9.995 else 1}f}".replace("-", "−")
