"""How a network learns: its loss and accuracy, and what it predicts at each snapshot of its training."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from lstmviz.figures.theme import MARK, Palette, dress, heatmap, label, number, units
from lstmviz.tasks import Task
from lstmviz.tracing import Trace

MOST_POINTS = 1500
MOST_ROWS = 48


def stride(points: int) -> int:
    """Every how many epochs a curve of so many is drawn: 1 up to `MOST_POINTS`."""
    return -(-points // MOST_POINTS)


def curves(
    losses: NDArray[Any], accuracies: NDArray[Any], total: int, palette: Palette, titles: tuple[str, str, str]
) -> go.Figure:
    """Loss (logarithmic) over accuracy, of the epochs so far out of `total`; `titles` names loss, accuracy, epoch."""
    step = stride(len(losses))
    drawn = np.unique(np.append(np.arange(0, len(losses), step), len(losses) - 1))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[3, 2])
    for row, (key, values, text) in enumerate(
        (("loss", losses, "%{y:.4g}"), ("accuracy", accuracies, "%{y:.1%}")), start=1
    ):
        figure.add_trace(
            go.Scatter(
                x=drawn,
                y=values[drawn],
                mode="lines" if len(drawn) > 2 else "lines+markers",
                line={"color": palette.identity(key), "width": 2},
                name=titles[row - 1],
                hovertemplate=f"{text}<extra>{titles[row - 1]}</extra>",
            ),
            row=row,
            col=1,
        )
    figure.update_xaxes(range=[0, total], tickfont={"color": palette.quiet})
    dress(figure, palette, height=330, margin={"l": 64, "r": 12, "t": 6, "b": 44}, showlegend=False, hovermode="x")
    figure.update_xaxes(title={"text": titles[2], "standoff": 6}, row=2, col=1)
    grid = {"showgrid": True, "gridcolor": palette.rule, "tickfont": {"color": palette.quiet}}
    figure.update_yaxes(type="log", dtick=1, exponentformat="power", title=titles[0], row=1, col=1, **grid)
    figure.update_yaxes(range=[0, 1.05], dtick=0.5, tickformat=".0%", title=titles[1], row=2, col=1, **grid)
    return figure


def learned(tr: Trace, kept: Sequence[int], task: Task, palette: Palette, title: str) -> go.Figure:
    """The predictions of the last pattern at every snapshot, time of training to the right.

    tr: the trace of the snapshots `kept`. A band for each letter read, in it a row for each letter that may
    follow; only the row of the letter that does follow where there would be more than `MOST_ROWS`. `title` names the
    epochs.
    """
    last = np.asarray(tr.probabilities)[:, task.last_pattern]
    y, labels = task.y[task.last_pattern], task.labels[task.last_pattern]
    letters = range(len(task.alphabet))
    full = task.period * len(task.alphabet) <= MOST_ROWS
    rows = [(step, letter) for step in range(task.period) for letter in (letters if full else [y[step]])]
    z = np.array([last[:, step, letter] for step, letter in rows])
    names = [f"{label(labels[step])} → {label(task.alphabet[letter])}" for step, letter in rows]
    hover = [
        [f"{title} {epoch:,} · {name} = {number(v)}" for epoch, v in zip(kept, line, strict=True)]
        for name, line in zip(names, z, strict=True)
    ]
    bar = {"thickness": 10, "tickvals": [0, 1], "tickfont": {"color": palette.quiet}}
    heat = heatmap(z, palette.scale("yhat"), hover, gap=0, showscale=True, colorbar=bar)
    truth = [k for k, (step, letter) in enumerate(rows) if letter == y[step]]
    marked = go.Scatter(
        x=[len(kept) * 1.015 - 0.5] * len(truth),
        y=truth,
        mode="markers",
        marker={"symbol": "triangle-left", "size": 9, "color": MARK},
        hoverinfo="skip",
    )
    figure = go.Figure([heat, marked])
    if full:
        for step in range(1, task.period):
            figure.add_hline(step * len(task.alphabet) - 0.5, line={"color": palette.ink, "width": 1.5})
    ticks = sorted({round(k) for k in np.linspace(0, len(kept) - 1, 5)})
    dress(figure, palette, height=70 + max(15 * len(rows), 150), margin={"l": 64, "r": 8, "t": 6, "b": 44})
    figure.update_layout(showlegend=False)
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[f"{kept[k]:,}" for k in ticks],
        tickfont={"color": palette.quiet},
        tickangle=0,
        title={"text": title, "standoff": 6},
        range=[-0.5, len(kept) * 1.03 - 0.5],
    )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(rows))),
        ticktext=[f"<b>{name}</b>" if k in truth and full else name for k, name in enumerate(names)],
        tickfont={"size": 11, "color": palette.quiet},
        ticks="",
    )
    return figure


def milestone(tr: Trace, snapshot: int, task: Task, palette: Palette, bound: float = 1.0) -> go.Figure:
    """The notes' view of one moment of the training: h and the prediction over the last pattern, side by side.

    tr: the trace of all snapshots, of which this is number `snapshot`. bound: where the scale of a ReLU network's h
    ends. Rows are the letters read, columns the units and
    then the letters. The figure has a width of its own, so that several stand in a row.
    """
    pictures = {"h": np.asarray(tr.h), "yhat": np.asarray(tr.probabilities)}
    columns = [picture.shape[-1] for picture in pictures.values()]
    labels = [label(place) for place in task.labels[task.last_pattern]]
    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.05, column_widths=columns, shared_yaxes=True)
    for column, (quantity, values) in enumerate(pictures.items(), start=1):
        z = values[snapshot, task.last_pattern]
        scale = palette.scale(quantity, bound, tr.layers[0].cell)
        names = [label(name) for name in units(quantity, z.shape[1], task.alphabet)]
        hover = [
            [f"{place} · {name} = {number(v)}" for name, v in zip(names, line, strict=True)]
            for place, line in zip(labels, z, strict=True)
        ]
        figure.add_trace(heatmap(z, scale, hover), row=1, col=column)
        few = sum(columns) <= 12
        figure.update_xaxes(tickvals=list(range(len(names))) if few else [], ticktext=names, row=1, col=column)
    width = max(150, 34 + min(340, 15 * sum(columns)))  # Streamlit gives no figure less
    dress(
        figure, palette, height=34 + max(20 * task.period, 90), width=width, margin={"l": 26, "r": 4, "t": 4, "b": 26}
    )
    figure.update_xaxes(tickfont={"size": 11, "color": palette.quiet}, ticks="", tickangle=0)
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(task.period)),
        ticktext=labels,
        tickfont={"size": 12, "color": palette.quiet},
        ticks="",
    )
    return figure
