"""What many networks did, at a glance: losses, rates of success, what they hold in h, and the memory map."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.plain import POWERS, across, below, drawn, grid, heatmap, numbered, spans
from lstmviz.figures.theme import MARK, SMALLEST, Palette, Scale, share_texts, whole_percent
from lstmviz.sweeps import BundleResult
from lstmviz.sweeps.evidence import LARGE, Magnitudes, Rate

CELL_COLOURS = {
    "lstm": ("#0072b2", "#74bdf5"),
    "gru": ("#009e73", "#2cc596"),
    "rnn": ("#d55e00", "#ff8a3d"),
    "rnn_relu": ("#b5508f", "#e08cc0"),
}
"""The colour of a cell's curves and dots, on a light and on a dark ground: Okabe and Ito's, as in `theme`."""

MOST_POINTS = 30_000
"""Points of a figure of loss curves: more would make a browser slow."""
_POINTS = (60, 300)  # of one curve, at least and at most

# Of a map, in pixels: its margins, its widest square, and the square from which on a number stands in it.
_LEFT, _RIGHT, _TOP, _BOTTOM = 22, 6, 22, 44
_WIDEST = 44.0
_ROOM = 22.0

Square = tuple[int, int]
"""A square of the memory map: (memory in letters, hidden nodes)."""


def drawn_epochs(epochs: int, networks: int) -> NDArray[np.int64]:
    """The epochs of a training of `epochs` at which its loss is drawn beside those of all `networks`."""
    points = min(max(MOST_POINTS // max(networks, 1), _POINTS[0]), _POINTS[1])
    return np.unique(np.linspace(0, epochs, min(points, epochs + 1)).round().astype(np.int64))


def loss_curves(
    results: Sequence[BundleResult],
    palette: Palette,
    names: Mapping[str, str],
    titles: tuple[str, str, str],
    lines: Sequence[float] = (),
) -> go.Figure:
    """The losses of all networks over the epochs, logarithmic: a panel a cell, what solved its task drawn stronger.

    Two traces a cell at most, their networks with a gap between. names: how each cell is called. titles: loss, epoch,
    seed. What is no finite number is left out, as where a network diverged. lines: losses above 0 to mark the way down.
    """
    cells = _cells(results)
    networks = sum(len(result.bundle.seeds) for result in results)
    data, lowest, highest, last = list[dict[str, Any]](), np.inf, 0.0, 1
    for panel, cell in enumerate(cells):
        own = [result for result in results if result.bundle.cell == cell]
        for strong in (False, True):
            parts = [_curves(result, result.solved == strong, networks) for result in own]
            x, y, seeds = (np.concatenate(part) for part in zip(*parts, strict=True))
            if not len(x):
                continue
            finite = y[np.isfinite(y) & (y > 0)]
            lowest, highest = min(lowest, finite.min(initial=np.inf)), max(highest, finite.max(initial=0.0))
            last = max(last, *(result.bundle.epochs for result in own))
            data.append(
                {
                    "type": "scatter",
                    "x": x,
                    "y": y,
                    "customdata": seeds,
                    "mode": "lines",
                    "line": {"color": _colour(palette, cell), "width": 1.6 if strong else 1},
                    "opacity": 0.75 if strong else 0.3,
                    "name": cell,
                    "meta": "solved" if strong else "unsolved",
                    "hovertemplate": f"{titles[2]} %{{customdata}} · {titles[1]} %{{x:,}} · {titles[0]} %{{y:.3g}}"
                    "<extra></extra>",
                }
                | _axes_of(panel)
            )
    shapes = [
        across(loss, {"color": palette.quiet, "width": 1, "dash": "dot"}) | _within(panel)
        for loss in lines
        for panel in range(len(cells))
    ]
    if cells:
        lowest, highest = min([lowest, *lines]), max([highest, *lines])
    axis = below(palette, titles[1], range=[0, last], tickformat=",", tickangle=0)
    # On a phone the 0 of a panel would stand right behind the last number of the one before it.
    sideways = [axis | {"tickvals": [0, last // 2, last] if not panel else [last // 2, last]} for panel in _each(cells)]
    upwards = grid(palette, type="log", range=_decades(lowest, highest), **POWERS)
    layout = _panels(cells, palette, names, titles[0], sideways, upwards, spacing=0.08)
    return drawn(
        data,
        palette,
        height=300,
        margin={"l": 56, "r": 12, "t": 26, "b": 44},
        showlegend=False,
        shapes=shapes,
        **layout,
    )


def success_figure(rates: Mapping[str, Rate], palette: Palette, names: Mapping[str, str]) -> go.Figure:
    """The success rate of each cell as a dot, its interval as a bar through it, on [0, 100%]."""
    data = [
        {
            "type": "scatter",
            "x": [rate.rate],
            "y": [names[cell]],
            "mode": "markers",
            "marker": {"size": 12, "color": _colour(palette, cell)},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [rate.high - rate.rate],
                "arrayminus": [rate.rate - rate.low],
                "color": _colour(palette, cell),
                "thickness": 3,
                "width": 8,
            },
            "name": cell,
            "hovertemplate": f"{rate.solved} / {rate.trials} = {_interval(rate)}<extra></extra>",
        }
        for cell, rate in rates.items()
    ]
    return drawn(
        data,
        palette,
        height=50 + 34 * max(len(rates), 1),
        margin={"l": 96, "r": 20, "t": 4, "b": 30},
        showlegend=False,
        xaxis=grid(palette, range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%"),
        yaxis={"autorange": "reversed", "tickfont": {"color": palette.ink}, "ticks": ""},
    )


def h_distribution_figure(
    found: Mapping[str, Magnitudes], palette: Palette, names: Mapping[str, str], titles: tuple[str, str]
) -> go.Figure:
    """The shares of |h| from 0 to 1 as bars: a panel a cell, all on the same scale; what is large is drawn full.

    titles: |h|, and its share. A last bar stands for what is above 1.
    """
    shown = {cell: sizes for cell, sizes in found.items() if sizes.networks}
    data, highest = list[dict[str, Any]](), 0.0
    for panel, (cell, sizes) in enumerate(shown.items()):
        bins = len(sizes.shares)
        edges = np.linspace(0, 1, bins + 1)
        beyond = sizes.beyond > 0
        heights = np.append(sizes.shares, sizes.beyond) if beyond else sizes.shares
        middles = (np.arange(len(heights)) + 0.5) / bins
        strengths = [1.0 if middle > LARGE else 0.45 for middle in middles]
        highest = max(highest, float(heights.max()))
        data.append(
            {
                "type": "bar",
                "x": middles,
                "y": heights,
                "width": 0.92 / bins,
                "marker": {"color": _colour(palette, cell), "opacity": strengths, "line": {"width": 0}},
                "customdata": [f"{low:.2f}–{high:.2f}" for low, high in pairwise(edges)] + ["> 1"] * beyond,
                "name": cell,
                "hovertext": share_texts(heights),
                "hovertemplate": f"{titles[0]} %{{customdata}}: %{{hovertext}}<extra></extra>",
            }
            | _axes_of(panel)
        )
    sideways = below(palette, titles[0], range=[0, 1.06], tickvals=[0, 0.5, 1], tickangle=0)
    upwards = grid(palette, range=[0, 1.08 * (highest or 1.0)], nticks=4, tickformat=".0%")
    cells = list(shown)
    layout = _panels(cells, palette, names, titles[1], [sideways for _ in _each(cells)], upwards, spacing=0.03)
    return drawn(data, palette, height=220, margin={"l": 56, "r": 12, "t": 26, "b": 44}, showlegend=False, **layout)


def map_scale(palette: Palette) -> Scale:
    """The scale of a chance: that of a prediction, [0, 1]."""
    return palette.scale("yhat")


def memory_map(
    rates: Mapping[Square, Rate],
    memories: Sequence[int],
    sizes: Sequence[int],
    palette: Palette,
    titles: tuple[str, str, str],
    *,
    name: str,
    width: int,
    chosen: Square | None = None,
) -> go.Figure:
    """The success rates of one cell by the memory that a pattern needs (right) and hidden nodes (up), on [0, 1].

    A square that is not computed yet stays empty. Above the squares stand transparent dots, which can be selected where
    squares cannot; the `customdata` of each names its square, [name, memory, hidden nodes].

    Args:
        rates: what is computed so far.
        memories: the columns.
        sizes: the rows, from below.
        palette: the theme.
        titles: what columns, rows and values are.
        name: of the cell, in `customdata`.
        width: pixels; the figure has a width of its own, so that several stand in a row and wrap.
        chosen: the square that is marked.
    """
    z = np.full((len(sizes), len(memories)), np.nan)
    places = {square: (memories.index(square[0]), sizes.index(square[1])) for square in rates}
    for square, (column, row) in places.items():
        z[row, column] = rates[square].rate
    side = min((width - _LEFT - _RIGHT) / len(memories), _WIDEST)
    scale = map_scale(palette)
    said = "{}: %{{customdata[1]}}<br>{}: %{{customdata[2]}}<br>{}: %{{customdata[3]}}<extra></extra>"
    dots = {
        "type": "scatter",
        "x": [column for column, _row in places.values()],
        "y": [row for _column, row in places.values()],
        "mode": "markers",
        "marker": {"symbol": "square", "size": side, "opacity": 0},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "customdata": [
            [name, *square, f"{rate.solved}/{rate.trials} = {_interval(rate)}"] for square, rate in rates.items()
        ],
        "hovertemplate": said.format(*titles),
    }
    quiet = {"size": 12, "color": palette.quiet}
    # Level, because Korean that stands on end is hard to read.
    up = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    notes = [up | {"text": f"↑ {titles[1]}", "font": quiet}]
    if side >= _ROOM:
        for square, (column, row) in places.items():
            rate = rates[square].rate
            ink = {"size": SMALLEST, "color": scale.colour(rate)[1]}
            notes.append({"x": column, "y": row, "text": f"{100 * rate:.0f}", "font": ink})
    marked = []
    if chosen in places:
        x, y = places[chosen]
        box = {"type": "rect", "x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5}
        marked.append(box | {"line": {"color": MARK, "width": 3}})
    left_over = width - _LEFT - side * len(memories)
    return drawn(
        [heatmap(z, scale, None, hovertemplate=None, hoverinfo="skip"), dots],
        palette,
        width=width,
        height=round(side * len(sizes)) + _TOP + _BOTTOM,
        margin={"l": _LEFT, "r": round(left_over), "t": _TOP, "b": _BOTTOM, "pad": 0},
        showlegend=False,
        hovermode="closest",
        clickmode="event+select",
        annotations=[note | {"showarrow": False} for note in notes],
        shapes=marked,
        xaxis=_ends(memories, palette) | {"title": {"text": f"{titles[0]} →", "standoff": 4, "font": quiet}},
        yaxis=_ends(sizes, palette),
    )


def _ends(ends: Sequence[int], palette: Palette) -> dict[str, Any]:
    """The axis of a map: a square for each."""
    return {
        "range": [-0.5, len(ends) - 0.5],
        "tickvals": list(range(len(ends))),
        "ticktext": [str(end) for end in ends],
        "tickfont": {"size": SMALLEST, "color": palette.quiet},
        "tickangle": 0,
        "ticks": "",
        "showline": True,
        "mirror": True,
        "linecolor": palette.rule,
    }


def _cells(results: Sequence[BundleResult]) -> list[str]:
    return list(dict.fromkeys(result.bundle.cell for result in results))


def _curves(
    result: BundleResult, chosen: NDArray[np.bool_], networks: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """x, y and seed of the curves of the networks `chosen`, a gap after each."""
    epochs = drawn_epochs(result.bundle.epochs, networks)
    count = int(chosen.sum())
    y = np.full((count, len(epochs) + 1), np.nan, np.float32)
    y[:, :-1] = result.losses[epochs][:, chosen].T
    y[~np.isfinite(y)] = np.nan
    x = np.tile(np.append(epochs, epochs[-1]), count)
    return x.astype(np.int32), y.ravel(), np.repeat(np.array(result.bundle.seeds, np.int64)[chosen], len(epochs) + 1)


def _decades(lowest: float, highest: float) -> list[float]:
    """The range of a logarithmic axis, a little wider than what it shows."""
    if not np.isfinite(lowest) or highest <= 0:
        return [-1.0, 1.0]
    return [float(np.log10(lowest)) - 0.1, float(np.log10(highest)) + 0.1]


def _colour(palette: Palette, cell: str) -> str:
    return CELL_COLOURS[cell][palette.dark]


def _each(cells: Sequence[str]) -> range:
    """The panels of a figure, one at least."""
    return range(max(len(cells), 1))


def _axes_of(panel: int) -> dict[str, str]:
    """Where a trace is drawn."""
    return {"xaxis": numbered("x", panel), "yaxis": numbered("y", panel)}


def _within(panel: int) -> dict[str, str]:
    """Where a line from side to side is drawn."""
    return {"xref": f"{numbered('x', panel)} domain", "yref": numbered("y", panel)}


def _panels(
    cells: Sequence[str],
    palette: Palette,
    names: Mapping[str, str],
    title: str,
    sideways: Sequence[Mapping[str, Any]],
    upwards: Mapping[str, Any],
    *,
    spacing: float,
) -> dict[str, Any]:
    """The layout of a panel a cell, side by side, its name above it in its colour.

    title: of the vertical axis, which all share. sideways: the horizontal axis of each. spacing: a share of the width.
    """
    layout: dict[str, Any] = {"annotations": []}
    domains = spans([1] * len(sideways), spacing)
    for panel, (axis, domain) in enumerate(zip(sideways, domains, strict=True)):
        own = {"matches": "y", "showticklabels": False} if panel else {"title": {"text": title}}
        layout[numbered("xaxis", panel)] = {**axis, "anchor": numbered("y", panel), "domain": domain}
        layout[numbered("yaxis", panel)] = {**upwards, **own, "anchor": numbered("x", panel)}
        if cells:
            said = {"text": names[cells[panel]], "font": {"size": 13, "color": _colour(palette, cells[panel])}}
            place = {"x": sum(domain) / 2, "xref": "paper", "y": 1, "yref": "paper", "yanchor": "bottom"}
            layout["annotations"].append({**said, **place, "xanchor": "center", "showarrow": False})
    return layout


def _interval(rate: Rate) -> str:
    """A rate with its interval: 96% (80–99%)."""
    return f"{whole_percent(rate.rate)}% ({whole_percent(rate.low)}–{whole_percent(rate.high)}%)"
