"""Matching halves: right answers by length, how they are learned, how far the last loss reaches, one sequence read."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.plain import POWERS, across, below, drawn, grid, shares, upright
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import Palette, share_texts
from lstmviz.sweeps.evidence import Rate

_HEIGHT = 300
_MARGIN = {"l": 60, "r": 12, "t": 8, "b": 44}


def accuracy_by_half(
    rates: Mapping[str, Sequence[Mapping[int, Rate]]],
    guesses: Mapping[str, Mapping[int, float]],
    names: Mapping[str, str],
    palette: Palette,
    titles: tuple[str, str],
) -> go.Figure:
    """The share of right answers by the digits of a half, on [40%, 100%]: a line a cell, a thin one a network.

    rates: cell -> of each network, half -> how many were right. guesses: three at most, label -> half -> its score.
    names: how each cell is called. titles: half, share.
    """
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": list(scores),
            "y": list(scores.values()),
            "mode": "lines",
            "line": {"color": palette.quiet, "width": 1.5, "dash": dash},
            "name": label,
            "hovertext": share_texts(scores.values()),
            "hovertemplate": "%{x}: %{hovertext}<extra>" + label + "</extra>",
        }
        for (label, scores), dash in zip(guesses.items(), ("dot", "dash", "dashdot"), strict=False)
    ]
    for cell, networks in rates.items():
        colour = CELL_COLOURS[cell][palette.dark]
        halves = sorted({half for one in networks for half in one})
        middle = [float(np.mean([one[half].rate for one in networks if half in one])) for half in halves]
        bars: dict[str, Any] = {"visible": False}
        if len(networks) == 1:  # then the interval is that of the tests
            bars = interval([networks[0][half] for half in halves])
        data += thin_lines(networks, colour)
        data.append(
            {
                "type": "scatter",
                "x": halves,
                "y": middle,
                "error_y": bars,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 2.5},
                "name": names[cell],
                "hovertext": share_texts(middle),
                "hovertemplate": "%{x}: %{hovertext}<extra>" + names[cell] + "</extra>",
            }
        )
    return drawn(
        data,
        palette,
        height=_HEIGHT + 40,
        margin=_MARGIN | {"b": 88},
        legend={"orientation": "h", "y": -0.22},
        xaxis=below(palette, titles[0], dtick=1),
        yaxis=shares(palette, titles[1], range=[0.4, 1.02], dtick=0.1),
    )


def learning(
    curves: Mapping[str, Sequence[tuple[NDArray[Any], NDArray[Any]]]],
    names: Mapping[str, str],
    palette: Palette,
    titles: tuple[str, str],
) -> go.Figure:
    """The share of right answers while it is learned: of each cell the mean of its networks, in the band of them all.

    curves: cell -> of each network, (updates, accuracy). titles: update, share.
    """
    data = list[dict[str, Any]]()
    for cell, networks in curves.items():
        colour = CELL_COLOURS[cell][palette.dark]
        updates = networks[0][0]
        values = np.array([accuracy for _, accuracy in networks])
        if len(networks) > 1:
            data.append(
                {
                    "type": "scatter",
                    "x": np.concatenate([updates, updates[::-1]]),
                    "y": np.concatenate([values.max(axis=0), values.min(axis=0)[::-1]]),
                    "fill": "toself",
                    "line": {"width": 0},
                    "fillcolor": colour,
                    "opacity": 0.18,
                    "showlegend": False,
                    "hoverinfo": "skip",
                }
            )
        data.append(
            {
                "type": "scatter",
                "x": updates,
                "y": values.mean(axis=0),
                "mode": "lines" if len(updates) > 2 else "lines+markers",
                "line": {"color": colour, "width": 2},
                "name": names[cell],
                "hovertext": share_texts(values.mean(axis=0)),
                "hovertemplate": "%{x:,}: %{hovertext}<extra>" + names[cell] + "</extra>",
            }
        )
    return drawn(
        data,
        palette,
        height=_HEIGHT,
        margin=_MARGIN,
        showlegend=False,
        hovermode="x",
        xaxis=below(palette, titles[0], rangemode="tozero"),
        yaxis=shares(palette, titles[1], range=[0.2, 1.02], dtick=0.2),
    )


def reach_by_half(
    before: Mapping[str, Mapping[int, float]],
    after: Mapping[str, Mapping[int, float]],
    names: Mapping[str, str],
    palette: Palette,
    titles: tuple[str, str],
) -> go.Figure:
    """How much of the last loss reaches the state after the first digit, by the digits of a half; logarithmic.

    before, after: a training, cell -> half -> log10 |dL/dh_1| / |dL/dh_T|; dotted and full. titles: half, gradient.
    """
    shown = [value for part in (before, after) for own in part.values() for value in own.values()]
    low = np.floor(min([-3.0, *filter(np.isfinite, shown)]))
    data = [
        {
            "type": "scatter",
            "x": list(own),
            "y": [10**value if np.isfinite(value) else None for value in own.values()],
            "mode": "lines+markers",
            "line": {"color": CELL_COLOURS[cell][palette.dark], "width": 2, "dash": dash},
            "marker": {"size": 5},
            "name": names[cell],
            "hovertemplate": "%{x}: %{y:.2g}<extra>" + names[cell] + "</extra>",
        }
        for part, dash in ((before, "dot"), (after, "solid"))
        for cell, own in part.items()
    ]
    return drawn(
        data,
        palette,
        height=_HEIGHT,
        margin=_MARGIN,
        showlegend=False,
        xaxis=below(palette, titles[0], dtick=1),
        yaxis={"title": {"text": titles[1]}, "type": "log", "range": [low, 0.3], **POWERS, **grid(palette)},
    )


def reading(
    symbols: str, yes: NDArray[Any], decided: int, name: str, cell: str, palette: Palette, titles: tuple[str, str]
) -> go.Figure:
    """The probability of "they match" after each digit, on [0, 1]; the middle and the deciding step are marked.

    titles: digit, probability.
    """
    colour, steps = CELL_COLOURS[cell][palette.dark], np.arange(len(symbols))
    line = {
        "type": "scatter",
        "x": steps,
        "y": yes,
        "mode": "lines+markers",
        "marker": {"size": [12 if t == decided else 7 for t in steps], "color": colour},
        "line": {"color": colour, "width": 2.5},
        "customdata": list(symbols),
        "hovertext": share_texts(yes),
        "hovertemplate": "%{customdata}: %{hovertext}<extra>" + name + "</extra>",
        "showlegend": False,
    }
    middle = len(symbols) / 2 - 0.5
    return drawn(
        [line],
        palette,
        height=_HEIGHT - 60,
        margin=_MARGIN,
        shapes=[
            across(0.5, {"color": palette.quiet, "width": 1, "dash": "dot"}),
            upright(middle, {"color": palette.rule, "width": 2}),
        ],
        xaxis=below(palette, titles[0], tickvals=steps, ticktext=list(symbols), range=[-0.5, len(symbols) - 0.5])
        | {"tickfont": {"color": palette.ink, "size": 14}},
        yaxis=shares(palette, titles[1], range=[-0.05, 1.05], dtick=0.5),
    )


def thin_lines(networks: Sequence[Mapping[int, Rate]], colour: str) -> list[dict[str, Any]]:
    """A thin line for each of several networks, to be drawn behind their mean: length -> how many were right."""
    return [
        {
            "type": "scatter",
            "x": list(one),
            "y": [rate.rate for rate in one.values()],
            "mode": "lines",
            "line": {"color": colour, "width": 1},
            "opacity": 0.35,
            "showlegend": False,
            "hoverinfo": "skip",
        }
        for one in (networks if len(networks) > 1 else ())
    ]


def interval(rates: Sequence[Rate], **looks: Any) -> dict[str, Any]:
    """The bars from each rate to the ends of its interval."""
    ends = {"array": [one.high - one.rate for one in rates], "arrayminus": [one.rate - one.low for one in rates]}
    return {"symmetric": False, **ends, **looks}
