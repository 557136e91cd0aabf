"""Where the values of many networks lie: histograms of gates and states, and the states of all in one plane."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from lstmviz.cells.step import Array
from lstmviz.claims.distributions import Distribution
from lstmviz.figures.plain import drawn, numbered, spans
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import Palette, number, share_texts, whole_share

PLACES = (
    ("#0072b2", "#d55e00", "#009e73", "#b5508f", "#a06a00", "#3a8fd0", "#6a51a3", "#5b6b8c"),
    ("#6ea8ff", "#ff8a3d", "#2cc596", "#e08cc0", "#f0b03c", "#74bdf5", "#b9a3ff", "#b6c3de"),
)
"""The colours of the places of a pattern on a light and on a dark ground, as `states/portrait/colours.js` has them."""
_COLUMNS = 4
_PANEL = 150  # pixels of height


def histograms(
    found: Mapping[str, Mapping[str, Distribution]],
    quantities: Sequence[str],
    palette: Palette,
    names: Mapping[str, str],
    title: str,
    outside: str,
) -> go.Figure:
    """Shares of the values in bins of equal width; what lies beyond the last edge is said in the panel's title.

    Args:
        found: by cell, then by quantity.
        quantities: those to draw, in order; a cell that lacks one has no line in its panel.
        palette: the theme.
        names: how each cell is called.
        title: of the vertical axes.
        outside: says what share lies beyond the edges, such as "{share} outside".
    """
    shown = [one for one in quantities if any(one in own for own in found.values())]
    columns = min(_COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    across, down = spans([1] * columns, 0.07), spans([1] * rows, 0.32 / rows)[::-1]
    data, layout, named = list[dict[str, Any]](), dict[str, Any](), set[str]()
    notes = list[dict[str, Any]]()
    for place, quantity in enumerate(shown):
        x, y = numbered("x", place), numbered("y", place)
        for cell, own in found.items():
            if quantity not in own:
                continue
            one = own[quantity]
            data.append(
                {
                    "type": "scatter",
                    "xaxis": x,
                    "yaxis": y,
                    "x": [*one.edges[:-1], one.edges[-1]],
                    "y": [*one.shares, one.shares[-1]],
                    "mode": "lines",
                    "line": {"shape": "hv", "width": 1.8, "color": CELL_COLOURS[cell][palette.dark]},
                    "name": names[cell],
                    "legendgroup": cell,
                    "showlegend": cell not in named,
                    "hovertext": [
                        f"{number(edge)}: {share}"
                        for edge, share in zip(one.edges, share_texts([*one.shares, one.shares[-1]]), strict=True)
                    ],
                    "hovertemplate": "%{hovertext}<extra>" + names[cell] + "</extra>",
                }
            )
            named.add(cell)
        edges = [float(one.edges[0]), float(one.edges[-1])]
        wide, high = across[place % columns], down[place // columns]
        layout[numbered("xaxis", place)] = {"anchor": y, "domain": wide, "range": edges, "nticks": 5}
        layout[numbered("yaxis", place)] = {
            "anchor": x,
            "domain": high,
            "rangemode": "tozero",
            "tickformat": ".0%",
            "nticks": 4,
            "tickfont": {"color": palette.quiet},
        }
        notes.append(_above(wide, high, f"<b>{quantity}</b>{_beyond(found, quantity, outside)}"))
    layout["yaxis"]["title"] = {"text": title}
    return drawn(
        data,
        palette,
        height=_PANEL * rows + 60,
        margin={"l": 46, "r": 8, "t": 44, "b": 24},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.12, "yanchor": "bottom"},
        annotations=notes,
        **layout,
    )


def planes_of_networks(
    states: Mapping[str, Array], labels: Sequence[str], palette: Palette, names: Mapping[str, str]
) -> go.Figure:
    """The hidden states of many networks at each place of the pattern, in the plane of their first two units.

    Args:
        states: by cell, (E, P, H) with H at least 2: the last pattern of each network.
        labels: (P,) what the places are called.
        palette: the theme.
        names: how each cell is called.
    """
    data, layout, notes = list[dict[str, Any]](), dict[str, Any](), list[dict[str, Any]]()
    bounds = {"range": [-1.08, 1.08], "dtick": 1}
    for column, ((cell, found), wide) in enumerate(
        zip(states.items(), spans([1] * len(states), 0.2 / len(states)), strict=True)
    ):
        x, y = numbered("x", column), numbered("y", column)
        data += [
            {
                "type": "scatter",
                "xaxis": x,
                "yaxis": y,
                "x": found[:, place, 0],
                "y": found[:, place, 1],
                "mode": "markers",
                "marker": {"size": 6, "color": PLACES[palette.dark][place % len(PLACES[0])], "opacity": 0.8},
                "name": html.escape(label),
                "legendgroup": str(place),
                "showlegend": column == 0,
                "hovertext": [f"h₁ = {number(x)}<br>h₂ = {number(y)}" for x, y in found[:, place, :2]],
                "hovertemplate": "%{hovertext}",
            }
            for place, label in enumerate(labels)
        ]
        own = {"matches": "y", "showticklabels": False} if column else {"title": {"text": "h₂"}}
        layout[numbered("xaxis", column)] = {
            "anchor": y,
            "domain": wide,
            "title": {"text": "h₁", "standoff": 4},
            **bounds,
        }
        layout[numbered("yaxis", column)] = {"anchor": x, **own, **bounds}
        notes.append(_above(wide, [0, 1], names[cell]))
    return drawn(
        data,
        palette,
        height=_PANEL + 110,
        margin={"l": 46, "r": 8, "t": 30, "b": 36},
        annotations=notes,
        **layout,
    )


def _above(wide: Sequence[float], high: Sequence[float], text: str) -> dict[str, Any]:
    """The title of a panel, above its middle."""
    place = {"x": sum(wide) / 2, "xref": "paper", "y": high[1], "yref": "paper"}
    return {"text": text, "font": {"size": 16}, "showarrow": False, "xanchor": "center", "yanchor": "bottom", **place}


def _beyond(found: Mapping[str, Mapping[str, Distribution]], quantity: str, text: str) -> str:
    """How much lies outside of the panel, at most."""
    outside = max(own[quantity].below + own[quantity].beyond for own in found.values() if quantity in own)
    return f" ({text.format(share=whole_share(outside))})" if outside >= 0.005 else ""
