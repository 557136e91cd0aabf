"""Where the values of many networks lie: histograms of gates and states, and the states of all in one plane."""

import html
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lstmviz.cells import Array
from lstmviz.claims.distributions import Distribution
from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import Palette, dress, share_texts, whole_share

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
    titles = [f"<b>{one}</b>{_beyond(found, one, outside)}" for one in shown]
    figure = make_subplots(
        rows=rows, cols=columns, subplot_titles=titles, horizontal_spacing=0.07, vertical_spacing=0.32 / rows
    )
    drawn = set[str]()
    for place, quantity in enumerate(shown):
        row, column = place // columns + 1, place % columns + 1
        for cell, own in found.items():
            if quantity not in own:
                continue
            one = own[quantity]
            figure.add_trace(
                go.Scatter(
                    x=[*one.edges[:-1], one.edges[-1]],
                    y=[*one.shares, one.shares[-1]],
                    mode="lines",
                    line={"shape": "hv", "width": 1.8, "color": CELL_COLOURS[cell][palette.dark]},
                    name=names[cell],
                    legendgroup=cell,
                    showlegend=cell not in drawn,
                    hovertext=share_texts([*one.shares, one.shares[-1]]),
                    hovertemplate="%{x:.2f}: %{hovertext}<extra>" + names[cell] + "</extra>",
                ),
                row=row,
                col=column,
            )
            drawn.add(cell)
        figure.update_xaxes(range=[float(one.edges[0]), float(one.edges[-1])], nticks=5, row=row, col=column)
    dress(figure, palette, height=_PANEL * rows + 60, margin={"l": 46, "r": 8, "t": 44, "b": 24})
    figure.update_layout(legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.12, "yanchor": "bottom"})
    figure.update_yaxes(rangemode="tozero", tickformat=".0%", nticks=4, tickfont={"color": palette.quiet})
    figure.update_yaxes(title=title, col=1, row=1)
    return figure


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
    figure = make_subplots(rows=1, cols=len(states), subplot_titles=[names[cell] for cell in states], shared_yaxes=True)
    for column, (_cell, found) in enumerate(states.items(), start=1):
        for place, label in enumerate(labels):
            figure.add_trace(
                go.Scatter(
                    x=found[:, place, 0],
                    y=found[:, place, 1],
                    mode="markers",
                    marker={"size": 6, "color": PLACES[palette.dark][place % len(PLACES[0])], "opacity": 0.8},
                    name=html.escape(label),
                    legendgroup=str(place),
                    showlegend=column == 1,
                    hovertemplate="h1 = %{x:.3f}<br>h2 = %{y:.3f}",
                ),
                row=1,
                col=column,
            )
    dress(figure, palette, height=_PANEL + 110, margin={"l": 46, "r": 8, "t": 30, "b": 36})
    figure.update_xaxes(range=[-1.08, 1.08], title={"text": "h₁", "standoff": 4}, dtick=1)
    figure.update_yaxes(range=[-1.08, 1.08], dtick=1)
    figure.update_yaxes(title="h₂", col=1, row=1)
    return figure


def _beyond(found: Mapping[str, Mapping[str, Distribution]], quantity: str, text: str) -> str:
    """How much lies outside of the panel, at most."""
    outside = max(own[quantity].below + own[quantity].beyond for own in found.values() if quantity in own)
    return f" ({text.format(share=whole_share(outside))})" if outside >= 0.005 else ""
