"""Pictures of a trace as lines: a panel a quantity, time to the right, a line a unit."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lstmviz.figures.drawing import Box, Drawing, Moving, text_width
from lstmviz.figures.quantities import Quantity, Rows
from lstmviz.figures.theme import Palette

_TALL, _PANEL = 440, 84  # pixels that the panels of a picture share; of one panel where pictures are stacked
_HEAD, _FOOT, _GUTTER, _PICTURE_GAP = 24, 24, 34, 26  # a heading above each panel, letters below the last
_DASHES = ("solid", "dot", "dash", "dashdot", "longdash")


def draw_lines(
    drawing: Drawing, pictures: Sequence[Sequence[Quantity]], rows: Rows, palette: Palette, *, narrow: bool
) -> tuple[list[Moving], list[Moving]]:
    """Draw the pictures below what is there; returns what changes with the snapshots, and what with the steps."""
    values, marks = list[Moving](), list[Moving]()
    left, top = 0.0, drawing.height
    width = drawing.width if narrow else (drawing.width - _PICTURE_GAP) / 2
    for picture in pictures:
        tall = _PANEL if narrow else (_TALL - _HEAD * len(picture)) / len(picture)
        y = top
        for quantity in picture:
            box = Box(left + _GUTTER, y + _HEAD, width - _GUTTER - 4, tall)
            moving, mark = _panel(drawing, quantity, box, rows, palette, last=quantity is picture[-1])
            values += moving
            marks.append(mark)
            y = box.bottom
        drawing.height = y + _FOOT
        left, top = (0.0, y + _FOOT + 8) if narrow else (width + _PICTURE_GAP, top)
    return values, marks


def _panel(
    drawing: Drawing, quantity: Quantity, box: Box, rows: Rows, palette: Palette, *, last: bool
) -> tuple[list[Moving], Moving]:
    steps, scale = len(rows.labels), quantity.scale
    every = next(n for n in (1, 2, 3, 4, 6, 8, 12, 16, 64) if n * box.width / steps >= _room(rows.labels))
    ends = [scale.low, 0, scale.high] if scale.low else [0, scale.high]
    margin = 0.06 * (scale.high - scale.low)
    axes = drawing.axes(
        box,
        x={
            "range": [-0.5, steps - 0.5],
            "tickvals": list(range(0, steps, every)),
            "ticktext": list(rows.labels)[::every],
            "tickfont": {"size": 12, "color": palette.ink},
            "tickangle": 0,
            "showticklabels": last,
            "showline": True,
            "mirror": True,
            "linecolor": palette.rule,
        },
        y={
            "range": [scale.low - margin, scale.high + margin],
            "tickvals": ends,
            "ticktext": [_end(end) for end in ends],
            "tickfont": {"size": 11, "color": palette.quiet},
            "showgrid": True,
            "gridcolor": palette.rule,
            "showline": True,
            "mirror": True,
            "linecolor": palette.rule,
        },
    )
    mark = drawing.trace(
        **axes,
        type="scatter",
        mode="lines",
        y=[scale.low - margin, scale.high + margin],
        line={"color": palette.accent, "width": 3},
        hoverinfo="skip",
    )
    for start in rows.starts:
        x = box.left + box.width * start / steps
        drawing.line(Box(x, box.top, 0, box.height), {"color": palette.quiet, "width": 1})
    moving = _curves(drawing, quantity, axes, rows)
    drawing.note(f"<b>{quantity.sign}</b>", box.left, box.top - 1, quantity.colour, 16, "left bottom")
    drawing.note(quantity.word, box.left + 24, box.top - 3, quantity.colour, 11, "left bottom")
    _key(drawing, quantity, box)
    return moving, Moving(mark, {"x": [[k, k] for k in range(steps)]})


def _curves(drawing: Drawing, quantity: Quantity, axes: dict[str, str], rows: Rows) -> list[Moving]:
    """A trace a unit while dashes tell them apart; all units in one where there are more, with gaps between."""
    style: dict[str, Any] = {**axes, "type": "scatter", "mode": "lines"}
    count, steps = len(quantity.units), list(range(len(rows.labels)))
    if count <= len(_DASHES):
        traces = [
            drawing.trace(
                **style,
                x=steps,
                line={"color": quantity.colour, "width": 2, "dash": _DASHES[unit]},
                customdata=rows.labels,
                hovertemplate=f"%{{customdata}} · {name} = <b>%{{y:.4f}}</b><extra></extra>",
                meta=[quantity.name, unit],
            )
            for unit, name in enumerate(quantity.units)
        ]
        return [Moving(trace, {"y": quantity.values[:, :, unit]}) for unit, trace in enumerate(traces)]
    gapped = np.full((len(quantity.values), count, len(steps) + 1), np.nan, quantity.values.dtype)
    gapped[:, :, :-1] = quantity.values.swapaxes(1, 2)
    together = gapped.reshape(len(gapped), -1)
    trace = drawing.trace(
        **style,
        x=[*steps, None] * count,
        line={"color": quantity.colour, "width": 1},
        opacity=0.6,
        text=[f"{label} · {name}" for name in quantity.units for label in [*rows.labels, ""]],
        hovertemplate="%{text} = <b>%{y:.4f}</b><extra></extra>",
        meta=quantity.name,
    )
    return [Moving(trace, {"y": together})]


def _key(drawing: Drawing, quantity: Quantity, box: Box) -> None:
    """Which dash is which unit, at the panel's right top."""
    if len(quantity.units) > len(_DASHES):
        return
    x = box.right
    for name, dash in reversed(list(zip(quantity.units, _DASHES, strict=False))):
        drawing.note(name, x, box.top - 3, quantity.colour, 12, "right bottom")
        x -= text_width(name, 12) + 5
        drawing.line(Box(x - 22, box.top - 10, 22, 0), {"color": quantity.colour, "width": 2, "dash": dash})
        x -= 32


def _room(labels: Sequence[str]) -> float:
    return max(text_width(label, 12) for label in labels) + 4


def _end(value: float) -> str:
    text = f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}" if abs(value) < 1e4 else f"{value:.0e}"
    return text.replace("-", "−", 1)
