"""The whole network at a glance: every gate and state over the last steps, one band a quantity."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from lstmviz.figures.theme import CROSS, MARK, Palette, Scale, dress, heatmap, label, number, symbol, units
from lstmviz.outcome import Outcome
from lstmviz.tasks import Task
from lstmviz.tracing import Trace

BANDS = {
    "lstm": ("i", "f", "o", "g", "c", "h"),
    "gru": ("r", "z", "n", "h"),
    "rnn": ("h",),
    "rnn_relu": ("h",),
}
"""The quantities of each cell that pages show, gates first, in the order of the notes' two pictures."""


def overview(tr: Trace, task: Task, found: Outcome, palette: Palette, bound: float = 1.0, steps: int = 24) -> go.Figure:
    """Bands of every gate and state and of the prediction over the last `steps` steps, time to the right.

    bound: where the scale of c, or of a ReLU network's h, ends. On the prediction's band a ring marks the letter that
    comes next, a cross the most probable one where it is wrong.
    """
    bands = (*BANDS[tr.layers[0].cell], "yhat")
    window = slice(max(0, len(task.x) - steps), len(task.x))
    times = np.arange(len(task.x))[window]
    every = dict(tr.layers[0].values) | {"yhat": tr.probabilities}
    values = {band: np.asarray(every[band])[window] for band in bands}
    heights = [min(max(values[band].shape[1], 2), 8) for band in bands]
    pixels = min(34, max(10, 480 // sum(heights)))  # a row's; the whole fits the screen below the header
    figure = make_subplots(rows=len(bands), cols=1, shared_xaxes=True, vertical_spacing=0.018, row_heights=heights)
    for row, band in enumerate(bands, start=1):
        scale = palette.scale(band, bound, tr.layers[0].cell)
        gap = 1 if pixels * heights[row - 1] >= 5 * values[band].shape[1] else 0  # between thin rows it would be all
        _band(figure, row, band, values[band], times, task, palette, scale, gap)
    _targets(figure, len(bands), found, task, window, times)
    figure.update_xaxes(showticklabels=False, range=[times[0] - 0.5, times[-1] + 0.5])
    figure.update_xaxes(
        row=len(bands),
        showticklabels=True,
        tickmode="array",
        tickvals=times,
        ticktext=[label(task.alphabet[task.x[t]]) for t in times],
        tickangle=0,
        ticks="",
    )
    return dress(
        figure,
        palette,
        height=36 + pixels * sum(heights) + 10 * len(bands),
        margin={"l": 70, "r": 8, "t": 4, "b": 32},
        showlegend=False,
        hoverlabel={"font": {"family": "monospace"}},
    )


def _band(
    figure: go.Figure,
    row: int,
    band: str,
    values: NDArray[Any],
    times: NDArray[Any],
    task: Task,
    palette: Palette,
    scale: Scale,
    gap: int,
) -> None:
    names = [label(name) for name in units(band, values.shape[1], task.alphabet)]
    hover = [
        [f"{label(task.labels[t])} · {name} = {number(v)}" for t, v in zip(times, line, strict=True)]
        for name, line in zip(names, values.T, strict=True)
    ]
    figure.add_trace(
        heatmap(values.T, scale, hover, x=times, ygap=gap),
        row=row,
        col=1,
    )
    shown = len(names) <= 8
    figure.update_yaxes(
        row=row,
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(names))) if shown else [],
        ticktext=names if shown else [],
        tickfont={"size": 11, "color": palette.quiet},
        ticks="",
    )
    place = {"xref": "paper", "yref": f"y{row if row > 1 else ''} domain", "showarrow": False, "yanchor": "middle"}
    for text, shift, colour, size in (
        (f"<b>{symbol(band)}</b>", 8, palette.identity(band), 17),
        (scale.text, -9, palette.quiet, 11),
    ):
        figure.add_annotation(
            text=text,
            x=0,
            xshift=-66,
            xanchor="left",
            y=0.5,
            yshift=shift,
            font={"color": colour, "size": size},
            **place,
        )


def _targets(figure: go.Figure, row: int, found: Outcome, task: Task, window: slice, times: NDArray[Any]) -> None:
    wrong = ~found.right[window]
    marks: Sequence[tuple[NDArray[Any], NDArray[Any], str, str]] = (
        (times, task.y[window], "circle-open", MARK),
        (times[wrong], found.predicted[window][wrong], "x-thin-open", CROSS),
    )
    for x, y, sign, colour in marks:
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                marker={"symbol": sign, "size": 9, "line": {"color": colour, "width": 2}, "color": colour},
                hoverinfo="skip",
            ),
            row=row,
            col=1,
        )
