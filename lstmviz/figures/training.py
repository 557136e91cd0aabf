"""How a network learns: its loss and accuracy by epoch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.plain import POWERS, across, drawn, grid, shares, spans
from lstmviz.figures.theme import Palette, loss_text, share_texts

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
    places = drawn_epochs(len(losses) - 1)
    shown = {
        "loss": (losses[places], map(loss_text, losses[places].tolist())),
        "accuracy": (accuracies[places], share_texts(accuracies[places])),
    }
    data = [
        {
            "type": "scatter",
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
            "x": np.where(places == 0, _BEFORE, places),
            "y": values,
            "customdata": places,
            "hovertext": list(texts),
            "mode": "lines" if len(places) > 2 else "lines+markers",
            "line": {"color": palette.identity(key), "width": 2},
            "name": title,
            "hovertemplate": f"{titles[2]} %{{customdata:,}}: %{{hovertext}}<extra>{title}</extra>",
        }
        for (key, (values, texts)), title, axis in zip(shown.items(), titles, ("", 2), strict=False)
    ]
    ticks = [10**power for power in range(len(str(max(total, 1))))]
    quiet = {"tickfont": {"color": palette.quiet}}
    epochs = {
        "type": "log",
        "range": [np.log10(_BEFORE * 0.9), np.log10(max(total, 2))],
        "tickvals": [_BEFORE, *ticks],
        "ticktext": ["0", *(f"{tick:,}" for tick in ticks)],
        **quiet,
    }
    lower, upper = spans([2, 3], 0.06)
    low, high = _span([*losses[places], *(loss for _name, loss in lines)])
    return drawn(
        data,
        palette,
        height=330,
        margin={"l": 64, "r": 12, "t": 6, "b": 44},
        showlegend=False,
        hovermode="closest",
        hoverdistance=-1,
        xaxis={"anchor": "y", "matches": "x2", "showticklabels": False, **epochs},
        xaxis2={"anchor": "y2", "title": {"text": titles[2], "standoff": 6}, **epochs},
        yaxis=grid(palette, type="log", range=[low, high], title={"text": titles[0]}, **POWERS) | {"domain": upper},
        yaxis2=shares(palette, titles[1], anchor="x2", domain=lower, range=[0, 1.05], dtick=0.5),
        shapes=[across(loss, {"color": palette.quiet, "width": 1, "dash": "dot"}) for _name, loss in lines],
        annotations=_names(lines, (high - low) * _CLOSE, palette),
    )


def _span(losses: Sequence[float]) -> tuple[float, float]:
    """Where an axis of logarithms begins and ends that holds these losses, as powers of ten."""
    known = [float(np.log10(loss)) for loss in losses if np.isfinite(loss) and loss > 0]
    low, high = min(known, default=-1.0), max(known, default=0.0)
    room = max(0.05 * (high - low), 0.1)
    return low - room, high + 2 * room


def _names(lines: Sequence[tuple[str, float]], close: float, palette: Palette) -> list[dict[str, Any]]:
    """The names of the lines, above them; those that would lie upon each other stand side by side."""
    groups = list[tuple[float, list[str]]]()
    for name, loss in lines:
        place = float(np.log10(loss))
        if groups and groups[-1][0] - place < close:
            groups[-1][1].append(name)
        else:
            groups.append((place, [name]))
    return [
        {
            "text": " · ".join(names),
            "font": {"size": 12, "color": palette.quiet},
            "x": 1,
            "xref": "x domain",
            "xanchor": "right",
            "y": place,
            "yref": "y",
            "yanchor": "bottom",
            "showarrow": False,
            "borderpad": 1,
        }
        for place, names in groups
    ]
