"""Texts: how many letters are named right, epoch by epoch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.plain import below, drawn, shares
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import Palette, share_texts


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
    thin: dict[str, Any] = {"line": {"color": colour, "width": 1}, "opacity": 0.35, "hoverinfo": "skip"}
    thick: dict[str, Any] = {"line": {"color": colour, "width": 3}, "hovertext": share_texts(shown)}
    thick |= {"hovertemplate": "%{x}: %{hovertext}<extra></extra>"}
    data = [
        {"type": "scatter", "x": np.arange(len(one)), "y": one, "mode": "lines", "showlegend": False, **looks}
        for one, looks in [*((one, thin) for one in all_of_them), (shown, thick)]
    ]
    return drawn(
        data,
        palette,
        height=240,
        margin={"l": 60, "r": 12, "t": 8, "b": 44},
        xaxis=below(palette, titles[0], rangemode="tozero"),
        yaxis=shares(palette, titles[1], range=[-0.02, 1.02], dtick=0.25),
    )
