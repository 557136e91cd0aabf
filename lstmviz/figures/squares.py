"""Pictures of a trace as squares: a row a step, a column a unit, a block a quantity."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lstmviz.figures.drawing import Box, Drawing, Moving, text_width
from lstmviz.figures.quantities import Quantity, Rows
from lstmviz.figures.theme import Palette

_HEAD, _FOOT = 60, 36  # pixels above the squares and below them
_BLOCK_GAP, _PICTURE_GAP = 9, 24
_TALL, _TALL_STACKED, _TALL_NARROW = 430, 220, 320  # pixels that a picture's rows share
_ROW = 13, 28  # but a row has so many
_COLUMN, _COLUMN_OF_NUMBERS = 11, 23  # pixels of a column below which the pictures stand one below the other
_LETTER = 12  # pixels of a letter's column, at least
_DIGIT = 6.6  # pixels of width of a digit in a square
_ANSWER = "#e07b00"  # the frame around the letter that really comes


def draw_squares(
    drawing: Drawing,
    pictures: Sequence[Sequence[Quantity]],
    rows: Rows,
    palette: Palette,
    *,
    narrow: bool,
    numbers: bool,
) -> tuple[list[Moving], list[Moving]]:
    """Draw the pictures below what is there; returns what changes with the snapshots, and what with the steps."""
    gutter = 12 + max(text_width(label, 12) for label in rows.labels)
    needed = _COLUMN_OF_NUMBERS if numbers else _COLUMN
    beside = not narrow and _columns(drawing.width, pictures, gutter)[0] >= needed
    values, marks = list[Moving](), list[Moving]()
    left, top = 0.0, drawing.height
    for picture in pictures:
        column, letter = _columns(drawing.width, pictures if beside else [picture], gutter)
        tall = _TALL if beside else _TALL_NARROW if narrow else _TALL_STACKED
        row = min(max(tall / len(rows.labels), _ROW[0]), _ROW[1])
        blocks, x = list[Box](), left + gutter
        for quantity in picture:
            width = (letter if quantity.name == "yhat" else column) * len(quantity.units)
            blocks.append(Box(x, top + _HEAD, width, row * len(rows.labels)))
            x += width + _BLOCK_GAP
        moving, mark = _picture(drawing, picture, blocks, rows, palette, numbers=numbers)
        values += moving
        marks += mark
        drawing.height = blocks[-1].bottom + _FOOT
        left, top = (blocks[-1].right + _PICTURE_GAP, top) if beside else (0.0, drawing.height + 10)
    return values, marks


def _columns(width: float, pictures: Sequence[Sequence[Quantity]], gutter: float) -> tuple[float, float]:
    """How wide a column is if these pictures share `width`: of a unit, and of a letter that is predicted.

    Letters are as wide as units, but never so narrow as many units would make them.
    """
    gaps = sum(gutter + _BLOCK_GAP * (len(picture) - 1) for picture in pictures) + _PICTURE_GAP * (len(pictures) - 1)
    room = width - gaps - 2
    count = {
        letters: sum(len(each.units) for picture in pictures for each in picture if (each.name == "yhat") == letters)
        for letters in (False, True)
    }
    column = room / (count[False] + count[True])
    letter = max(column, min(_LETTER, room / 4 / max(count[True], 1)))
    return (room - letter * count[True]) / max(count[False], 1), letter


def _picture(
    drawing: Drawing,
    picture: Sequence[Quantity],
    blocks: Sequence[Box],
    rows: Rows,
    palette: Palette,
    *,
    numbers: bool,
) -> tuple[list[Moving], list[Moving]]:
    """One picture: its blocks share one pair of axes, across in pixels and down in steps."""
    first, steps = blocks[0], len(rows.labels)
    whole = Box(first.left, first.top, blocks[-1].right - first.left, first.height)
    names = [
        (block.left - whole.left + block.width * (unit + 0.5) / len(quantity.units), quantity.units[unit])
        for quantity, block in zip(picture, blocks, strict=True)
        for unit in _named(quantity.units, block.width / len(quantity.units))
    ]
    axes = drawing.axes(
        whole,
        x={
            "range": [0, whole.width],
            "side": "top",
            "tickvals": [place for place, _ in names],
            "ticktext": [name for _, name in names],
            "tickfont": {"size": 12, "color": palette.quiet},
            "tickangle": 0,
            "ticklabelstandoff": 2,
        },
        y={
            "range": [steps - 0.5, -0.5],
            "tickvals": list(range(steps)),
            "ticktext": list(rows.labels),
            "tickfont": {"size": 12, "color": palette.ink},
            "ticklabelstandoff": 4,
        },
    )
    moving = list[Moving]()
    for quantity, block in zip(picture, blocks, strict=True):
        edges = np.linspace(block.left, block.right, len(quantity.units) + 1) - whole.left
        moving.append(_block(drawing, quantity, edges.tolist(), axes, rows, numbers=numbers))
        if quantity.name == "yhat":
            _answers(drawing, edges.tolist(), axes, rows)
        _around(drawing, quantity, block, palette)
    across = [(block.left - whole.left, block.right - whole.left) for block in blocks]
    x = [end for low, high in across for _ in rows.starts for end in (low, high, None)]
    y = [edge for _ in across for start in rows.starts for edge in (start - 0.5, start - 0.5, None)]
    _outline(drawing, axes, x, y, palette.ink, 1)
    return moving, _mark(drawing, axes, whole.width, steps, palette)


def _block(
    drawing: Drawing, quantity: Quantity, edges: list[float], axes: dict[str, str], rows: Rows, *, numbers: bool
) -> Moving:
    column = edges[1] - edges[0]
    trace = drawing.trace(
        **axes,
        type="heatmap",
        x=edges,
        colorscale=[list(stop) for stop in quantity.scale.colours],
        zmin=quantity.scale.low,
        zmax=quantity.scale.high,
        showscale=False,
        xgap=1 if column >= 6 else 0,
        ygap=1,
        hovertext=[[f"{label} · {unit}" for unit in quantity.units] for label in rows.labels],
        hovertemplate="%{hovertext} = <b>%{z:.4f}</b><extra></extra>",
        texttemplate=_format(quantity, column) if numbers else None,
        textfont={"size": 11},
        meta=quantity.name,
    )
    return Moving(trace, {"z": quantity.values})


def _mark(drawing: Drawing, axes: dict[str, str], width: float, steps: int, palette: Palette) -> list[Moving]:
    """The frame around the row of the present step, with a rim that sets it off from squares of any colour."""
    edges = [[k - 0.5, k - 0.5, k + 0.5, k + 0.5, k - 0.5] for k in range(steps)]
    rim = "#0f1420" if palette.dark else "#ffffff"
    return [
        Moving(_outline(drawing, axes, [0, width, width, 0, 0], [], colour, thick), {"y": edges})
        for colour, thick in ((rim, 6), (palette.accent, 3))
    ]


def _answers(drawing: Drawing, edges: list[float], axes: dict[str, str], rows: Rows) -> None:
    """A frame around the letter that really comes, in every row."""
    x, y = list[float | None](), list[float | None]()
    for step, answer in enumerate(rows.answers):
        low, high = edges[answer], edges[answer + 1]
        x += [low, high, high, low, low, None]
        y += [step - 0.5, step - 0.5, step + 0.5, step + 0.5, step - 0.5, None]
    _outline(drawing, axes, x, y, _ANSWER, 1.5)


def _outline(
    drawing: Drawing, axes: dict[str, str], x: Sequence[Any], y: Sequence[Any], colour: str, width: float
) -> int:
    line = {"color": colour, "width": width}
    return drawing.trace(**axes, type="scatter", mode="lines", x=x, y=y, line=line, hoverinfo="skip", cliponaxis=False)


def _around(drawing: Drawing, quantity: Quantity, block: Box, palette: Palette) -> None:
    """What stands around a block: its border and name, and below it its scale with the range."""
    middle = block.left + block.width / 2
    # A little outside the squares and below them, which plotly draws to whole pixels.
    frame = Box(block.left - 1.5, block.top - 1.5, block.width + 3, block.height + 3)
    drawing.rectangle(frame, {"color": quantity.colour, "width": 2}, layer="below")
    drawing.note(f"<b>{quantity.sign}</b>", middle, block.top - 34, quantity.colour, 18)
    if text_width(quantity.word, 11) <= block.width + _BLOCK_GAP:
        drawing.note(quantity.word, middle, block.top - 20, quantity.colour, 11)
    drawing.gradient(Box(block.left, block.bottom + 8, block.width, 7), quantity.scale.colours)
    drawing.note(quantity.scale.text, middle, block.bottom + 17, palette.quiet, 11, "center top")


def _named(units: Sequence[str], column: float) -> list[int]:
    """The columns that have room for their names: all, or every second, fifth, tenth, ..."""
    room = max(text_width(name, 12) for name in units) + 4
    every = next((every for every in (1, 2, 5, 10, 20, 50) if every * column >= room), len(units))
    named = range(0, len(units), every)
    # The last name may stand out a little, but not so far that it meets the first of the next block.
    return [k for k in named if (k + 0.5) * column + text_width(units[k], 12) / 2 <= column * len(units) + 2 or not k]


def _format(quantity: Quantity, column: float) -> str | None:
    """How numbers are written into squares of that width; None if they do not fit."""
    before_point = (quantity.scale.low < 0) + len(f"{quantity.scale.high:.0f}")
    for digits in (2, 1, 0):
        if column >= _DIGIT * (before_point + digits + 0.5 * (digits > 0)):
            return f"%{{z:.{digits}f}}" if digits or quantity.scale.high >= 10 else None
    return None
