"""What the lecture page draws: the notes' replay beside the right one, its counter, and a node that tells the case."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lstmviz.cells import Array
from lstmviz.figures.theme import Palette, dress, heatmap, label, largest, number, symbol
from lstmviz.lecture import Replay, Result
from lstmviz.tasks import Task

QUANTITIES = ("i", "f", "o", "g", "c", "h")
"""The order of the notes' two pictures: the gates, then what they act upon."""

_GAP = 0.3  # between the columns of two quantities, in columns
_ROOM = 6  # pixels between two squares, for a frame that shows on dark ones too


def two_replays(replay: Replay, task: Task, palette: Palette, titles: tuple[str, str], steps: int = 8) -> go.Figure:
    """Every gate and state of the last `steps` steps, time downwards: above by the notes' loop, below by the right one.

    `titles` stand over the two. A colour means the same number in both: c is on plus/minus the largest |c| of the
    network as it runs. Numbers that the notes' loop gets wrong are framed.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.18)
    last = slice(len(task.labels) - steps, len(task.labels))
    for row, values in enumerate((replay.printed, replay.followed), start=1):
        _panel(figure, row, values, largest(replay.followed["c"]), last, palette)
        figure.update_yaxes(
            row=row,
            autorange="reversed",
            tickmode="array",
            tickvals=list(range(steps)),
            ticktext=[label(place) for place in task.labels[last]],
            ticks="",
        )
        figure.add_annotation(
            text=f"<b>{label(titles[row - 1])}</b>",
            x=0,
            y=1,
            yshift=50,
            xref="paper",
            yref=f"y{row if row > 1 else ''} domain",
            xanchor="left",
            xshift=-28,
            showarrow=False,
            font={"size": 14},
        )
    _frames(figure, replay, last, palette)
    figure.update_xaxes(showticklabels=False, ticks="")
    return dress(
        figure, palette, height=150 + 2 * 26 * steps, margin={"l": 30, "r": 4, "t": 62, "b": 4}, showlegend=False
    )


def _places(hidden: int) -> dict[str, list[float]]:
    """Where the columns of each quantity stand."""
    return {name: [k * (hidden + _GAP) + unit for unit in range(hidden)] for k, name in enumerate(QUANTITIES)}


def _panel(
    figure: go.Figure, row: int, values: Mapping[str, Array], largest_c: float, last: slice, palette: Palette
) -> None:
    for name, places in _places(values["h"].shape[1]).items():
        scale, shown = palette.scale(name, largest_c), values[name][last]
        figure.add_trace(
            heatmap(
                shown,
                scale,
                [[_short(value) for value in line] for line in shown],
                gap=_ROOM,
                x=places,
                texttemplate="%{text}",
                textfont={"size": 12},
                hoverinfo="skip",
                hovertemplate=None,
            ),
            row=row,
            col=1,
        )
        place = {"yref": f"y{row if row > 1 else ''} domain", "y": 1, "showarrow": False, "yanchor": "bottom"}
        for unit, x in enumerate(places):
            text = f"<b>{symbol(name)}</b><sub>{unit + 1}</sub>"
            font = {"color": palette.identity(name), "size": 14}
            figure.add_annotation(text=text, x=x, xref=f"x{row if row > 1 else ''}", font=font, **place)


def _frames(figure: go.Figure, replay: Replay, last: slice, palette: Palette) -> None:
    for name, places in _places(replay.followed["h"].shape[1]).items():
        for step, unit in np.argwhere(replay.misread(name)[last]).tolist():
            x = places[unit]
            line = {"color": palette.ink, "width": 2}
            figure.add_shape(x0=x - 0.5, x1=x + 0.5, y0=step - 0.5, y1=step + 0.5, line=line, row=1, col=1)


def counter(replay: Replay, palette: Palette, names: tuple[str, str], steps: str) -> go.Figure:
    """The first cell state over the whole text, by the right loop and by the notes' loop; `steps` names the x axis."""
    figure = go.Figure()
    for name, values, dash in zip(names, (replay.followed, replay.printed), ("solid", "dot"), strict=True):
        figure.add_trace(
            go.Scatter(
                y=values["c"][:, 0],
                mode="lines",
                name=name,
                line={"color": palette.identity("c") if dash == "solid" else palette.quiet, "width": 2, "dash": dash},
                hovertemplate="t = %{x}: %{y:.2f}<extra></extra>",
            )
        )
    figure.update_yaxes(title={"text": "c<sub>1</sub>", "standoff": 4}, gridcolor=palette.rule)
    figure.update_xaxes(title={"text": steps, "standoff": 4})
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"}
    dress(figure, palette, height=210, margin={"l": 8, "r": 8, "t": 30, "b": 8}, legend=legend)
    return figure.update_yaxes(showgrid=True)


def letter_case(result: Result, palette: Palette, steps: int = 15) -> go.Figure:
    """The nodes of a network over its last `steps` letters, time to the right; the numbers stand in the squares."""
    labels = result.group.task.labels[-steps:]
    h = result.runs["zeros"]["h"][-steps:].T
    scale = palette.scale("h")
    figure = go.Figure(
        heatmap(
            h,
            scale,
            [[_short(value) for value in line] for line in h],
            gap=2,
            y=[f"h<sub>{unit + 1}</sub>" for unit in range(len(h))],
            texttemplate="%{text}",
            hoverinfo="skip",
            hovertemplate=None,
        )
    )
    ticks: Sequence[str] = [label(place) for place in labels]
    figure.update_xaxes(tickmode="array", tickvals=list(range(steps)), ticktext=ticks, tickangle=0, ticks="")
    figure.update_yaxes(autorange="reversed", tickfont={"color": palette.identity("h"), "size": 14}, ticks="")
    return dress(figure, palette, height=130, margin={"l": 30, "r": 4, "t": 4, "b": 24})


def _short(value: float) -> str:
    """A number that fits a small square: two decimals, one from 10 on."""
    if not np.isfinite(value):
        return number(value)
    return f"{value:z.{2 if abs(value) < 9.995 else 1}f}".replace("-", "−")
