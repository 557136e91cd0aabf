"""How far back gradients reach: matrices on one log scale, strengths by lag, singular values, norms and their clipping.

Everything here is drawn by its log10, since a gradient may be smaller than any floating-point number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstmviz.cells.step import Array
from lstmviz.figures.plain import across, drawn, heatmap
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import MARK, Palette, Scale

MOST_DECADES = 20
"""That a colour scale spans: with more, what can be seen of the larger numbers would be one colour."""
PANEL = 148
"""Width of a matrix in pixels."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ZERO = "#8a8f9c"
_DEEPEST = 40.0  # decades of a vertical axis
_STRIDES = (1, 2, 5, 10, 20)  # decades between two of its numbers
_FEW = 12  # lags that are marked each, since there is nothing between them


# By whether the theme is dark: hues that neighbours are told apart by, each 3:1 and more against the ground.
_COLD_TO_WARM = {
    False: ((31, 111, 208), (123, 63, 191), (194, 47, 124), (208, 85, 43), (122, 42, 2)),
    True: ((110, 170, 255), (176, 150, 255), (255, 135, 200), (255, 160, 115), (255, 220, 160)),
}
STAGE_DASHES = ("dot", "dash", "dashdot", "longdash")
"""Of the lines before the last one, for whom the hues are not enough."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of strengths by lag."""

    name: str
    log10: Array
    """(N,) NaN or -inf where nothing is drawn"""
    colour: str
    dash: str = "solid"
    width: float = 2.0
    band: tuple[Array, Array] | None = None
    """(N,) each, the lower and the upper edge"""


def decade(power: float) -> str:
    """A power of ten as text: 10⁻³."""
    whole = round(power)
    return "1" if whole == 0 else f"10{str(whole).translate(_RAISED)}"


def strength(log10: float) -> str:
    """A number above 0, given by its log10, as the pages print it: "0.25", "3.1·10⁻⁸"; "0" for -inf.

    `views/gradients/matrices/strength.js` has the same rule.
    """
    if np.isneginf(log10):
        return "0"
    if not np.isfinite(log10):
        return "∞" if log10 > 0 else "NaN"
    if -3 <= log10 < 3 and "e" not in (plain := f"{10**log10:.3g}"):
        return plain
    power = int(np.floor(log10))
    digits = f"{10 ** (log10 - power):.2g}"
    if digits == "10":
        digits, power = "1", power + 1
    return f"{digits}·{decade(power)}" if power else digits


def gradient_scale(matrices: Sequence[Array], palette: Palette) -> Scale:
    """One scale for all of some matrices of log10: from their largest downwards, `MOST_DECADES` at most."""
    finite = [matrix[np.isfinite(matrix)] for matrix in matrices]
    values = np.concatenate(finite) if finite else np.empty(0)
    high = float(np.ceil(values.max())) if len(values) else 0.0
    low = float(np.floor(values.min())) if len(values) else -1.0
    low = max(min(low, high - 1), high - MOST_DECADES)
    colours = ("#1b2435", "#a8571a", "#ffe0ad") if palette.dark else ("#fbf6ee", "#e89a3c", "#7a2a02")
    return Scale(tuple(zip((0.0, 0.5, 1.0), colours, strict=True)), low, high)


def matrix(
    log10: Array, steps: range, scale: Scale, palette: Palette, title: str, says: str, *, accent: bool = False
) -> go.Figure:
    """Gradients of each loss (rows, upwards) by each earlier state (columns), as squares of a fixed width.

    Args:
        log10: (N, N), NaN where there is nothing and -inf for an exact 0, which has a colour of its own.
        steps: of the window.
        scale: of all matrices on the page.
        palette: the theme.
        title: above it.
        says: under the pointer, with the places {t}, {k} and {value}.
        accent: whether it is the network on display.
    """
    ends = [steps[0], steps[-1]]
    said = says.format(t="%{y}", k="%{x}", value="10^%{text}") + "<extra></extra>"
    places: dict[str, Any] = {"x": None, "y": None, "x0": steps[0], "y0": steps[0], "dx": 1, "dy": 1, "gap": 0}
    there = np.where(np.isfinite(log10), log10, np.nan).astype(np.float32)
    powers = [[f"{value:.1f}".replace("-", "−") for value in row] for row in there.tolist()]
    data = [heatmap(there, scale, powers, hovertemplate=said, **places)]
    if np.isneginf(log10).any():
        zero = Scale(((0.0, _ZERO), (1.0, _ZERO)), 0.0, 1.0)
        nothing = np.where(np.isneginf(log10), 1.0, np.nan).astype(np.float32)
        said = says.format(t="%{y}", k="%{x}", value="0") + "<extra></extra>"
        data.append(heatmap(nothing, zero, None, hovertemplate=said, **places))
    axis = {
        "tickfont": {"size": 12, "color": palette.quiet},
        "ticks": "",
        "showline": True,
        "mirror": True,
        "linecolor": palette.rule,
        "range": [steps[0] - 0.5, steps[-1] + 0.5],
    }
    return drawn(
        data,
        palette,
        width=PANEL,
        height=PANEL + 14,
        margin={"l": 20, "r": 10, "t": 26, "b": 20, "pad": 0},
        xaxis=axis | {"tickvals": ends, "tickangle": 0},
        yaxis=axis | {"tickvals": ends[1:], "tickangle": -90},
        title={
            "text": f"<b>{title}</b>" if accent else title,
            "x": 0.5,
            "xanchor": "center",
            "y": 0.98,
            "yanchor": "top",
            "font": {"size": 13, "color": palette.accent if accent else palette.ink},
        },
    )


def lags(curves: Sequence[Curve], palette: Palette, titles: tuple[str, str], *, height: int = 250) -> go.Figure:
    """Strengths by lag as lines over a logarithmic axis, with their bands.

    Args:
        curves: in the order of the legend.
        palette: the theme.
        titles: of the axes, lag and strength.
        height: in pixels.
    """
    low, high, longest = _reach([curve.log10 for curve in curves], [edge for one in curves for edge in one.band or ()])
    data = [_band(one.band, low, one.colour) for one in curves if one.band is not None]
    data += [
        {
            "type": "scatter",
            "y": _strengths(curve.log10),
            "line": {"color": curve.colour, "width": curve.width, "dash": curve.dash},
            "name": curve.name,
            **_told(titles[0], curve.log10, curve.name),
        }
        | _marked(longest)
        for curve in curves
    ]
    return drawn(data, palette, **_of_lines(palette, titles, (low, high), height, _of_lags(longest)))


def singular(
    log10: Array, palette: Palette, titles: tuple[str, str], *, most: int = 12, height: int = 250
) -> go.Figure:
    """The singular values of products of Jacobians by lag; `log10` is (lags, S), NaN where a value is unresolved."""
    shown = log10[:, :most]
    low, high, longest = _reach(list(shown.T))
    colour = palette.identity("yhat")
    data = [
        {
            "type": "scatter",
            "y": _strengths(values),
            "line": {"color": palette.accent if k == 0 else colour, "width": 2.2 if k == 0 else 1.2},
            "opacity": 1.0 if k == 0 else 0.75,
            "name": f"σ{k + 1}",
            **_told(titles[0], values, f"σ{k + 1}"),
        }
        | _marked(longest)
        for k, values in enumerate(shown.T)
    ]
    one = across(0, {"color": palette.quiet, "width": 1, "dash": "dot"})
    layout = _of_lines(palette, titles, (low, high), height, _of_lags(longest))
    return drawn(data, palette, **layout, shapes=[one], showlegend=False)


def norms(
    gains: Array,
    norm: Array,
    clipped: Array,
    palette: Palette,
    titles: tuple[str, str],
    names: tuple[str, str, str],
    *,
    max_norm: float,
    gain: float,
    height: int = 250,
) -> go.Figure:
    """The norm of the gradient over the gain of the recurrent weights, before and after clipping.

    Args:
        gains: (E,).
        norm: (E,) before.
        clipped: (E,) after.
        palette: the theme.
        titles: of the axes, gain and norm.
        names: of what is before, after, and of the line that it is clipped at.
        max_norm: where that line is.
        gain: the one chosen.
        height: in pixels.
    """
    with np.errstate(all="ignore"):
        before, after = np.log10(norm), np.log10(clipped)
    limit = float(np.log10(max_norm))
    low, high, _ = _reach([before, np.array([limit])])
    looks: Mapping[str, tuple[Array, dict[str, Any]]] = {
        names[0]: (before, {"color": palette.identity("loss"), "width": 2}),
        names[1]: (after, {"color": MARK, "width": 2.4, "dash": "dot"}),
    }
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": gains,
            "y": _strengths(values),
            "mode": "lines",
            "line": line,
            "name": name,
            **_told(titles[0], values, name),
        }
        for name, (values, line) in looks.items()
    ]
    at = int(np.abs(gains - gain).argmin())
    if np.isfinite(before[at]):
        marker = {"size": 10, "color": palette.identity("loss"), "line": {"width": 2, "color": palette.ink}}
        data.append(
            {"type": "scatter", "x": [gains[at]], "y": [before[at]], "mode": "markers", "marker": marker}
            | {"hoverinfo": "skip", "showlegend": False}
        )
    said = {
        "text": names[2],
        "font": {"size": 12, "color": palette.quiet},
        "x": 1,
        "xref": "x domain",
        "xanchor": "right",
        "y": limit,
        "yref": "y",
        "yanchor": "bottom",
        "showarrow": False,
    }
    line = across(limit, {"color": palette.quiet, "width": 1, "dash": "dash"})
    layout = _of_lines(palette, titles, (low, high), height, {"range": [float(gains[0]), float(gains[-1])]})
    return drawn(data, palette, **layout, shapes=[line], annotations=[said])


def cell_colour(cell: str, palette: Palette) -> str:
    """The colour of a cell's lines, as on the pages of many networks."""
    return CELL_COLOURS[cell][palette.dark]


def stages(count: int, palette: Palette) -> list[str]:
    """Colours from before a training to after it, for `count` lines: from cold to warm."""
    stops = _COLD_TO_WARM[palette.dark]
    at = np.linspace(0, len(stops) - 1, count)
    channels = [np.interp(at, range(len(stops)), channel) for channel in zip(*stops, strict=True)]
    return ["#{:02x}{:02x}{:02x}".format(*map(round, rgb)) for rgb in zip(*channels, strict=True)]


def _marked(longest: int) -> dict[str, Any]:
    """How a line by lag is drawn: few of them are marked each."""
    return {"mode": "lines+markers", "marker": {"size": 5}} if longest <= _FEW else {"mode": "lines"}


def _of_lags(longest: int) -> dict[str, Any]:
    """The axis of lags."""
    margin = 0.03 * longest if longest <= _FEW else 0.0  # room for half a mark
    return {"range": [-margin, max(longest, 1) + margin]} | ({"dtick": 1} if longest <= _FEW else {})


def _told(title: str, log10: Array, name: str) -> dict[str, Any]:
    """What is said of each place of a line under the pointer."""
    said = [strength(value) for value in log10.tolist()]
    return {"hovertext": said, "hovertemplate": f"{title} %{{x}}: %{{hovertext}}<extra>{name}</extra>"}


def _strengths(log10: Array) -> Array:
    """A line with gaps where there is nothing to be drawn, in the precision that a screen has use for."""
    return np.where(np.isfinite(log10), log10, np.nan).astype(np.float32)


def _band(edges: tuple[Array, Array], low: float, colour: str) -> dict[str, Any]:
    lower, upper = (_within(edge, low) for edge in edges)
    keep = np.isfinite(lower) & np.isfinite(upper)
    x = np.flatnonzero(keep)
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return {
        "type": "scatter",
        "x": np.concatenate([x, x[::-1]]).astype(np.int32),
        "y": np.concatenate([upper[keep], lower[keep][::-1]]).astype(np.float32),
        "fill": "toself",
        "mode": "none",
        "fillcolor": f"rgba({red},{green},{blue},0.18)",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _within(edge: Array, low: float) -> Array:
    """The lower edge of a band at the bottom of the picture where it is exactly 0."""
    return np.where(np.isneginf(edge), low, np.maximum(edge, low))


def _reach(lines: Sequence[Array], edges: Sequence[Array] = ()) -> tuple[float, float, int]:
    """Where a vertical axis begins and ends, and the last place of the longest line.

    Bands, whose `edges` may lie far below all lines, are cut off a little below those.
    """
    width = max(map(len, lines), default=1)
    finite = [line[np.isfinite(line)] for line in lines]
    values = np.concatenate(finite) if finite else np.empty(0)
    if not len(values):
        return -1.0, 0.0, width - 1
    high, low = float(values.max()), float(values.min())
    low = max(low, high - _DEEPEST)
    beyond = [edge[np.isfinite(edge)] for edge in edges]
    if beyond and len(every := np.concatenate(beyond)):
        high, low = max(high, float(every.max())), max(min(low, float(every.min())), low - max(0.3 * (high - low), 2))
    edge = max(0.04 * (high - low), 0.1)
    return low - edge, high + edge, width - 1


def _of_lines(
    palette: Palette, titles: tuple[str, str], reach: tuple[float, float], height: int, flat: Mapping[str, Any]
) -> dict[str, Any]:
    """The layout of lines over a logarithmic axis; `flat`: what else is said of the other one."""
    low, high = reach
    stride = next((one for one in _STRIDES if (high - low) / one <= 6), _STRIDES[-1])
    powers = [p for p in range(int(np.ceil(low)), int(np.floor(high)) + 1) if p % stride == 0]
    quiet = {"size": 12, "color": palette.quiet}
    return {
        "height": height,
        "margin": {"l": 48, "r": 8, "t": 44, "b": 38},
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "font": {"size": 12}},
        "title": {"text": titles[1], "x": 0.0, "y": 0.99, "yanchor": "top", "font": {"size": 13}},
        "xaxis": {"title": {"text": titles[0], "standoff": 4, "font": quiet}, "tickfont": quiet, "nticks": 8, **flat},
        "yaxis": {
            "range": [low, high],
            "tickvals": powers,
            "ticktext": [decade(power) for power in powers],
            "tickfont": quiet,
            "showgrid": True,
            "gridcolor": palette.rule,
        },
    }
