"""Languages: right strings by length, how far each network gets, one string read, and what hangs on which unit."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from lstmviz.evidence import Rate
from lstmviz.figures.matching import thin_lines
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import MARK, Palette, dress, heatmap, share_text, share_texts

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
    figure = go.Figure()
    for cell, networks in rates.items():
        colour = CELL_COLOURS[cell][palette.dark]
        thin_lines(figure, networks, colour)
        lengths = list(networks[0])
        middle = [float(np.mean([one[length].rate for one in networks])) for length in lengths]
        bars: dict[str, Any] = {"visible": False}
        if len(networks) == 1 and all(rate.trials > 1 for rate in networks[0].values()):
            own = list(networks[0].values())  # then the interval is that of the strings
            bars = {
                "symmetric": False,
                "array": [rate.high - rate.rate for rate in own],
                "arrayminus": [rate.rate - rate.low for rate in own],
                "thickness": 1,
                "width": 0,
            }
        figure.add_trace(
            go.Scatter(
                x=lengths,
                y=middle,
                error_y=bars,
                mode="lines",
                line={"color": colour, "width": 2.5},
                name=names[cell],
                hovertext=share_texts(middle),
                hovertemplate="%{x}: %{hovertext}<extra>" + names[cell] + "</extra>",
            )
        )
    if chance is not None:
        figure.add_hline(y=chance, line={"color": palette.quiet, "width": 1, "dash": "dot"})
    _mark_trained(figure, trained, titles[2], palette)
    dress(figure, palette, height=310, margin=_MARGIN | {"b": 78}, legend={"orientation": "h", "y": -0.24})
    figure.update_xaxes(title={"text": titles[0], "standoff": 6}, rangemode="tozero", tickfont={"color": palette.quiet})
    if not rates:
        figure.update_xaxes(range=[0, 2 * trained])
    figure.update_yaxes(title=titles[1], range=[-0.02, 1.04], dtick=0.25, tickformat=".0%", **_grid(palette))
    return figure


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
    figure = go.Figure()
    rows = list(reached)
    for row, cell in enumerate(rows):
        seen: dict[int, int] = {}
        places = []
        for _, length in reached[cell]:  # those of one length lie above each other
            places.append(row - 0.12 + 0.13 * seen.setdefault(length, 0))
            seen[length] += 1
        figure.add_trace(
            go.Scatter(
                x=[length for _, length in reached[cell]],
                y=places,
                mode="markers",
                marker={"size": 9, "color": CELL_COLOURS[cell][palette.dark], "opacity": 0.85},
                customdata=[seed for seed, _ in reached[cell]],
                hovertemplate="%{x} (%{customdata})<extra>" + names[cell] + "</extra>",
                showlegend=False,
            )
        )
    _mark_trained(figure, trained, titles[1], palette)
    dress(figure, palette, height=84 + 44 * len(rows), margin=_MARGIN | {"l": 96})
    figure.update_xaxes(title={"text": titles[0], "standoff": 6}, range=[-0.02 * asked, 1.03 * asked], **_grid(palette))
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[names[cell] for cell in rows], range=[len(rows) - 0.4, -0.6]
    )
    return figure


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
    figure = make_subplots(2, 1, shared_xaxes=True, vertical_spacing=0.05, row_heights=[_ROW * len(said), 80])
    figure.add_trace(heatmap(probabilities.T, palette.scale("yhat"), text), 1, 1)
    for t, row in zip(*np.nonzero(legal), strict=True):
        figure.add_shape(
            type="rect",
            x0=t - 0.46,
            x1=t + 0.46,
            y0=row - 0.46,
            y1=row + 0.46,
            line={"color": MARK, "width": 2},
            row=1,
            col=1,
        )
    figure.add_trace(
        go.Scatter(
            x=steps,
            y=mass,
            mode="lines+markers",
            line={"color": MARK, "width": 2},
            marker={"size": 6},
            text=list(symbols),
            hovertext=share_texts(mass),
            hovertemplate="%{text}: %{hovertext}<extra></extra>",
            showlegend=False,
        ),
        2,
        1,
    )
    dress(figure, palette, height=160 + _ROW * len(said), margin=_MARGIN | {"t": 8, "b": 52})
    figure.update_xaxes(
        tickvals=steps, ticktext=list(symbols), range=[-0.6, len(symbols) - 0.4], tickfont={"color": palette.ink}
    )
    figure.update_xaxes(title={"text": titles[0], "standoff": 12}, row=2, col=1)
    figure.update_yaxes(tickvals=list(range(len(said))), ticktext=list(said), autorange="reversed", row=1, col=1)
    figure.update_yaxes(
        title=titles[1], range=[-0.05, 1.05], dtick=0.5, tickformat=".0%", row=2, col=1, **_grid(palette)
    )
    return figure


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
    steps = np.arange(len(symbols))
    rows = 2 * counts.shape[1]
    figure = make_subplots(rows, 1, shared_xaxes=True, vertical_spacing=0.16 / rows)
    for k, (count, state) in enumerate(zip(counts.T, states, strict=True)):
        for place, (values, shape, colour) in enumerate(((count, "hvh", palette.quiet), (state, "linear", MARK))):
            figure.add_trace(
                go.Scatter(
                    x=steps,
                    y=values,
                    mode="lines+markers",
                    line={"color": colour, "width": 2, "shape": shape},
                    marker={"size": 5},
                    text=list(symbols),
                    hovertemplate="%{text}: %{y:.3~f}<extra></extra>",
                    showlegend=False,
                ),
                2 * k + place + 1,
                1,
            )
            title = titles[1 + place][k]
            figure.update_yaxes(title={"text": title, "standoff": 4}, row=2 * k + place + 1, col=1, **_grid(palette))
    dress(figure, palette, height=70 + 95 * rows, margin=_MARGIN | {"t": 8, "b": 52})
    figure.update_xaxes(
        tickvals=steps, ticktext=list(symbols), range=[-0.6, len(symbols) - 0.4], tickfont={"color": palette.ink}
    )
    figure.update_xaxes(title={"text": titles[0], "standoff": 12}, row=rows, col=1)
    return figure


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
    figure = go.Figure(
        go.Bar(
            x=units + 1,
            y=[rate.rate for rate in held],
            marker={"color": [MARK if k in needed else palette.rule for k in units]},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [rate.high - rate.rate for rate in held],
                "arrayminus": [rate.rate - rate.low for rate in held],
                "thickness": 1,
                "width": 3,
                "color": palette.quiet,
            },
            hovertext=share_texts(rate.rate for rate in held),
            hovertemplate="%{x}: %{hovertext}<extra></extra>",
        )
    )
    for rate, label, dash in ((free, titles[2], "solid"), (all_held, titles[3], "dot")):
        figure.add_hline(y=rate.rate, line={"color": palette.quiet, "width": 1.5, "dash": dash})
        figure.add_annotation(
            text=label,
            font={"size": 12, "color": palette.quiet},
            x=1,
            xref="paper",
            xanchor="left",
            y=rate.rate,
            showarrow=False,
        )
    dress(figure, palette, height=250, margin=_MARGIN | {"r": 88, "t": 8})
    figure.update_xaxes(title={"text": titles[0], "standoff": 6}, tickvals=units + 1, tickfont={"color": palette.quiet})
    figure.update_yaxes(title=titles[1], range=[0, 1.12], dtick=0.25, tickformat=".0%", **_grid(palette))
    return figure


def _mark_trained(figure: go.Figure, trained: int, text: str, palette: Palette) -> None:
    figure.add_vline(
        x=trained,
        line={"color": palette.ink, "width": 1.5, "dash": "dash"},
        annotation={"text": text, "font": {"size": 12, "color": palette.ink}, "yanchor": "bottom", "y": 1},
    )


def _grid(palette: Palette) -> dict[str, Any]:
    return {"showgrid": True, "gridcolor": palette.rule, "tickfont": {"color": palette.quiet}}
