"""How a network learns: its loss and accuracy by epoch."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from lstmviz.figures.theme import Palette, dress

MOST_POINTS = 1500


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
