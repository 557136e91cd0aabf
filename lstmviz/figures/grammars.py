"""Languages: right strings by length, how far each network gets, one string read, and what hangs on which unit."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.matching import interval, thin_lines
from lstmviz.figures.plain import across, below, drawn, grid, heatmap, numbered, shares, spans, upright
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import MARK, Palette, number, share_text, share_texts
from lstmviz.sweeps.evidence import Rate

_MARGIN = {"l": 60, "r": 12, "t": 22, "b": 44}
_ROW = 26  # pixels of a symbol's row


def right_by_length(
    rates: Mapping[str, Sequence[Mapping[int, Rate]]],
    trained: int,
    names: Mapping[str, str],
    palette: Palette,
    titles: tuple[str, str, str],
    chance: float | None = None,
) -> go.Figure:
    """The share of right strings by their length, on [0, 1]: a line a cell, a thin one a network.

    rates: cell -> of each network, length -> how many were right. trained: the longest that was learned from. chance:
    what a coin scores. titles: length, share, what the mark of `trained` says.
    """
    data = list[dict[str, Any]]()
    for cell, networks in rates.items():
        colour = CELL_COLOURS[cell][palette.dark]
        lengths = list(networks[0])
        middle = [float(np.mean([one[length].rate for one in networks])) for length in lengths]
        bars: dict[str, Any] = {"visible": False}
        if len(networks) == 1 and all(rate.trials > 1 for rate in networks[0].values()):
            bars = interval(list(networks[0].values()), thickness=1, width=0)  # then it is that of the strings
        data += thin_lines(networks, colour)
        data.append(
            {
                "type": "scatter",
                "x": lengths,
                "y": middle,
                "error_y": bars,
                "mode": "lines",
                "line": {"color": colour, "width": 2.5},
                "name": names[cell],
                "hovertext": share_texts(middle),
                "hovertemplate": "%{x}: %{hovertext}<extra>" + names[cell] + "</extra>",
            }
        )
    mark, said = _mark_of_trained(trained, titles[2], palette)
    coin = [] if chance is None else [across(chance, {"color": palette.quiet, "width": 1, "dash": "dot"})]
    span = {} if rates else {"range": [0, 2 * trained]}
    return drawn(
        data,
        palette,
        height=310,
        margin=_MARGIN | {"b": 78},
        legend={"orientation": "h", "y": -0.24},
        shapes=[*coin, mark],
        annotations=[said],
        xaxis=below(palette, titles[0], rangemode="tozero", **span),
        yaxis=shares(palette, titles[1], range=[-0.02, 1.04], dtick=0.25),
    )


def right_up_to(
    reached: Mapping[str, Sequence[tuple[int, int]]],
    trained: int,
    asked: int,
    names: Mapping[str, str],
    palette: Palette,
    titles: tuple[str, str],
) -> go.Figure:
    """Up to which length each network makes no mistake: a row a cell, a dot a network.

    reached: cell -> (seed, length). asked: the longest that is asked. titles: length, what the mark of `trained` says.
    """
    rows, data = list(reached), list[dict[str, Any]]()
    for row, cell in enumerate(rows):
        seen: dict[int, int] = {}
        places = []
        for _, length in reached[cell]:  # those of one length lie above each other
            places.append(row - 0.12 + 0.13 * seen.setdefault(length, 0))
            seen[length] += 1
        data.append(
            {
                "type": "scatter",
                "x": [length for _, length in reached[cell]],
                "y": places,
                "mode": "markers",
                "marker": {"size": 9, "color": CELL_COLOURS[cell][palette.dark], "opacity": 0.85},
                "customdata": [seed for seed, _ in reached[cell]],
                "hovertemplate": "%{x} (%{customdata})<extra>" + names[cell] + "</extra>",
                "showlegend": False,
            }
        )
    mark, said = _mark_of_trained(trained, titles[1], palette)
    span = [-0.02 * asked, 1.03 * asked]
    named = {"tickvals": list(range(len(rows))), "ticktext": [names[cell] for cell in rows]}
    return drawn(
        data,
        palette,
        height=84 + 44 * len(rows),
        margin=_MARGIN | {"l": 96},
        shapes=[mark],
        annotations=[said],
        xaxis=below(palette, titles[0], range=span) | grid(palette),
        yaxis={**named, "range": [len(rows) - 0.4, -0.6]},
    )


def reading(
    symbols: Sequence[str],
    said: Sequence[str],
    probabilities: NDArray[Any],
    legal: NDArray[np.bool_],
    mass: NDArray[Any],
    palette: Palette,
    titles: tuple[str, str],
) -> go.Figure:
    """What a network says after each symbol: a row for each that it can say, those that may come in a frame.

    Below it the probability of all that may come together, on [0, 1]. symbols: (T,) what is read. said: (V,).
    probabilities, legal: (T, V). mass: (T,). titles: symbol, mass.
    """
    steps = np.arange(len(symbols))
    text = [
        [f"{symbol} → {one}: {share_text(value)}" for symbol, value in zip(symbols, row, strict=True)]
        for one, row in zip(said, probabilities.T, strict=True)
    ]
    line = {
        "type": "scatter",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": steps,
        "y": mass,
        "mode": "lines+markers",
        "line": {"color": MARK, "width": 2},
        "marker": {"size": 6},
        "text": list(symbols),
        "hovertext": share_texts(mass),
        "hovertemplate": "%{text}: %{hovertext}<extra></extra>",
        "showlegend": False,
    }
    upper, lower = spans([80, _ROW * len(said)], 0.05)[::-1]
    axis = _symbols(symbols, palette)
    return drawn(
        [heatmap(probabilities.T, palette.scale("yhat"), text), line],
        palette,
        height=160 + _ROW * len(said),
        margin=_MARGIN | {"t": 8, "b": 52},
        shapes=[_box(t, row) for t, row in zip(*(places.tolist() for places in np.nonzero(legal)), strict=True)],
        xaxis=axis | {"anchor": "y", "matches": "x2", "showticklabels": False},
        xaxis2=axis | {"anchor": "y2", "title": {"text": titles[0], "standoff": 12}},
        yaxis={"domain": upper, "tickvals": list(range(len(said))), "ticktext": list(said), "autorange": "reversed"},
        yaxis2={"anchor": "x2", "domain": lower, **shares(palette, titles[1], range=[-0.05, 1.05], dtick=0.5)},
    )


def counted(
    symbols: Sequence[str],
    counts: NDArray[np.int64],
    states: Sequence[NDArray[np.float64]],
    palette: Palette,
    titles: tuple[str, Sequence[str], Sequence[str]],
) -> go.Figure:
    """Each counter after each symbol, and below it the state of the unit that goes along with it.

    symbols: (T,) what is read. counts: (T, K). states: (T,) for each counter. titles: symbol, each counter, each unit.
    """
    rows = 2 * counts.shape[1]
    data, layout = list[dict[str, Any]](), dict[str, Any]()
    domains = spans([1] * rows, 0.16 / rows)[::-1]
    lines = [one for pair in zip(counts.T, states, strict=True) for one in pair]
    named = [one for pair in zip(*titles[1:], strict=True) for one in pair]
    for row, (values, title, domain) in enumerate(zip(lines, named, domains, strict=True)):
        shape, colour = ("linear", MARK) if row % 2 else ("hvh", palette.quiet)
        x, y = numbered("x", row), numbered("y", row)
        data.append(
            {
                "type": "scatter",
                "xaxis": x,
                "yaxis": y,
                "x": np.arange(len(symbols)),
                "y": values,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 2, "shape": shape},
                "marker": {"size": 5},
                "text": list(symbols),
                "hovertext": [number(value) for value in values],
                "hovertemplate": "%{text}: %{hovertext}<extra></extra>",
                "showlegend": False,
            }
        )
        last = row == rows - 1
        own = {"title": {"text": titles[0], "standoff": 12}} if last else {"showticklabels": False}
        shared = {} if last else {"matches": numbered("x", rows - 1)}
        layout[numbered("xaxis", row)] = {"anchor": y, **_symbols(symbols, palette), **own, **shared}
        title_of = {"title": {"text": title, "standoff": 4}}
        layout[numbered("yaxis", row)] = {"anchor": x, "domain": domain, **title_of, **grid(palette)}
    return drawn(data, palette, height=70 + 95 * rows, margin=_MARGIN | {"t": 8, "b": 52}, **layout)


def knocked_out(
    held: Sequence[Rate],
    free: Rate,
    all_held: Rate,
    needed: Sequence[int],
    palette: Palette,
    titles: tuple[str, str, str, str],
) -> go.Figure:
    """The share that is still right where the state of one unit is held, a bar a unit; those that are needed stand out.

    free: with nothing held. all_held: with all. titles: unit, share, what the lines of `free` and `all_held` say.
    """
    units = np.arange(len(held))
    bars = {
        "type": "bar",
        "x": units + 1,
        "y": [rate.rate for rate in held],
        "marker": {"color": [MARK if k in needed else palette.rule for k in units]},
        "error_y": interval(held, type="data", thickness=1, width=3, color=palette.quiet),
        "hovertext": share_texts(rate.rate for rate in held),
        "hovertemplate": "%{x}: %{hovertext}<extra></extra>",
    }
    lines = ((free, titles[2], "solid"), (all_held, titles[3], "dot"))
    said = [
        {
            "text": label,
            "font": {"size": 12, "color": palette.quiet},
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "y": rate.rate,
            "showarrow": False,
        }
        for rate, label, _dash in lines
    ]
    return drawn(
        [bars],
        palette,
        height=250,
        margin=_MARGIN | {"r": 88, "t": 8},
        shapes=[
            across(rate.rate, {"color": palette.quiet, "width": 1.5, "dash": dash}) for rate, _label, dash in lines
        ],
        annotations=said,
        xaxis=below(palette, titles[0], tickvals=units + 1),
        yaxis=shares(palette, titles[1], range=[0, 1.12], dtick=0.25),
    )


def _symbols(symbols: Sequence[str], palette: Palette) -> dict[str, Any]:
    """An axis of what is read."""
    ends = [-0.6, len(symbols) - 0.4]
    ticks = {"tickvals": np.arange(len(symbols)), "ticktext": list(symbols)}
    return {**ticks, "range": ends, "tickfont": {"color": palette.ink}}


def _box(t: int, row: int) -> dict[str, Any]:
    """The frame of what may come."""
    corners = {"x0": t - 0.46, "x1": t + 0.46, "y0": row - 0.46, "y1": row + 0.46, "xref": "x", "yref": "y"}
    return {"type": "rect", **corners, "line": {"color": MARK, "width": 2}}


def _mark_of_trained(trained: int, text: str, palette: Palette) -> tuple[dict[str, Any], dict[str, Any]]:
    """The line at the longest that was learned from, and what it says."""
    said = {"text": text, "font": {"size": 12, "color": palette.ink}, "showarrow": False}
    place = {"x": trained, "xanchor": "left", "xref": "x", "y": 1, "yanchor": "bottom", "yref": "y domain"}
    return upright(trained, {"color": palette.ink, "width": 1.5, "dash": "dash"}), said | place
