"""How a network learns: its loss and accuracy by epoch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from lstmviz.figures.theme import POWERS, Palette, dress, share_texts

MOST_POINTS = 1500
_BEFORE = 0.5  # where epoch 0 stands on an axis of logarithms
_CLOSE = 0.12  # names of lines that are closer than this share of the axis would lie upon each other


def drawn_epochs(epochs: int) -> NDArray[np.int64]:
    """Which of the epochs 0 to `epochs` are drawn: all, or of many at most `MOST_POINTS`, closer together early on."""
    if epochs < MOST_POINTS:
        return np.arange(epochs + 1)
    return np.unique(np.append(np.geomspace(1, epochs, MOST_POINTS - 1).round().astype(np.int64), 0))


def curves(
    losses: NDArray[Any],
    accuracies: NDArray[Any],
    total: int,
    palette: Palette,
    titles: tuple[str, str, str],
    lines: Sequence[tuple[str, float]] = (),
) -> go.Figure:
    """Loss over accuracy, of the epochs so far out of `total`, which go by powers of ten, as the losses do.

    titles: loss, accuracy, epoch. lines: losses above 0 that mark the way down, the largest first, by their names.
    """
    drawn = drawn_epochs(len(losses) - 1)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[3, 2])
    for row, (key, values, text) in enumerate(
        (("loss", losses, "%{y:.4g}"), ("accuracy", accuracies, "%{hovertext}")), start=1
    ):
        figure.add_trace(
            go.Scatter(
                x=np.where(drawn == 0, _BEFORE, drawn),
                y=values[drawn],
                customdata=drawn,
                hovertext=share_texts(accuracies[drawn]) if key == "accuracy" else None,
                mode="lines" if len(drawn) > 2 else "lines+markers",
                line={"color": palette.identity(key), "width": 2},
                name=titles[row - 1],
                hovertemplate=f"{titles[2]} %{{customdata:,}}: {text}<extra>{titles[row - 1]}</extra>",
            ),
            row=row,
            col=1,
        )
    ticks = [10**power for power in range(len(str(max(total, 1))))]
    figure.update_xaxes(
        type="log",
        range=[np.log10(_BEFORE * 0.9), np.log10(max(total, 2))],
        tickvals=[_BEFORE, *ticks],
        ticktext=["0", *(f"{tick:,}" for tick in ticks)],
        tickfont={"color": palette.quiet},
    )
    dress(figure, palette, height=330, margin={"l": 64, "r": 12, "t": 6, "b": 44}, showlegend=False)
    figure.update_layout(hovermode="closest", hoverdistance=-1)
    figure.update_xaxes(title={"text": titles[2], "standoff": 6}, row=2, col=1)
    grid = {"showgrid": True, "gridcolor": palette.rule, "tickfont": {"color": palette.quiet}}
    low, high = _span([*losses[drawn], *(loss for _name, loss in lines)])
    figure.update_yaxes(type="log", range=[low, high], title=titles[0], row=1, col=1, **POWERS, **grid)
    figure.update_yaxes(range=[0, 1.05], dtick=0.5, tickformat=".0%", title=titles[1], row=2, col=1, **grid)
    _mark(figure, lines, (high - low) * _CLOSE, palette)
    return figure


def _span(losses: Sequence[float]) -> tuple[float, float]:
    """Where an axis of logarithms begins and ends that holds these losses, as powers of ten."""
    known = [float(np.log10(loss)) for loss in losses if np.isfinite(loss) and loss > 0]
    low, high = min(known, default=-1.0), max(known, default=0.0)
    room = max(0.05 * (high - low), 0.1)
    return low - room, high + 2 * room


def _mark(figure: go.Figure, lines: Sequence[tuple[str, float]], close: float, palette: Palette) -> None:
    """Draw the lines, and their names above them; names that would lie upon each other stand side by side."""
    groups = list[tuple[float, list[str]]]()
    for name, loss in lines:
        figure.add_hline(y=loss, line={"color": palette.quiet, "width": 1, "dash": "dot"}, row=1, col=1)
        place = float(np.log10(loss))
        if groups and groups[-1][0] - place < close:
            groups[-1][1].append(name)
        else:
            groups.append((place, [name]))
    for place, names in groups:
        figure.add_annotation(
            text=" · ".join(names),
            font={"size": 12, "color": palette.quiet},
            x=1,
            xref="x domain",
            xanchor="right",
            y=place,
            yref="y",
            yanchor="bottom",
            showarrow=False,
            borderpad=1,
        )
