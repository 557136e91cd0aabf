"""Texts: how many letters are named right, epoch by epoch."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import Palette, dress, share_texts


def accuracies(
    all_of_them: Sequence[NDArray[np.float64]],
    shown: NDArray[np.float64],
    cell: str,
    palette: Palette,
    titles: tuple[str, str],
) -> go.Figure:
    """The share of letters named right after each epoch, on [0, 1]: a thin line a network, a thick one for `shown`.

    titles: epoch, share.
    """
    colour = CELL_COLOURS[cell][palette.dark]
    figure = go.Figure()
    for one in all_of_them:
        figure.add_trace(
            go.Scatter(
                x=np.arange(len(one)),
                y=one,
                mode="lines",
                line={"color": colour, "width": 1},
                opacity=0.35,
                showlegend=False,
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=np.arange(len(shown)),
            y=shown,
            mode="lines",
            line={"color": colour, "width": 3},
            showlegend=False,
            hovertext=share_texts(shown),
            hovertemplate="%{x}: %{hovertext}<extra></extra>",
        )
    )
    dress(figure, palette, height=240, margin={"l": 60, "r": 12, "t": 8, "b": 44})
    grid = {"showgrid": True, "gridcolor": palette.rule, "tickfont": {"color": palette.quiet}}
    figure.update_xaxes(title={"text": titles[0], "standoff": 6}, rangemode="tozero", tickfont={"color": palette.quiet})
    figure.update_yaxes(title=titles[1], range=[-0.02, 1.02], dtick=0.25, tickformat=".0%", **grid)
    return figure
