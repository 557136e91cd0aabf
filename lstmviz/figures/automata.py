"""An automaton as a graph, and the place in it after each symbol of a string."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstmviz.automata.layout import Edge, layout
from lstmviz.automata.machine import Machine
from lstmviz.cells.step import Array
from lstmviz.figures.plain import drawn
from lstmviz.figures.theme import MARK, Palette

_BEND = 0.16  # of an arrow that has one the opposite way, in its own length
_WIDE = 560  # pixels from the first state to the last, about: a little less than a lecture's screen has
_FAR = 110  # pixels that a unit of the drawing has at most
_SLIDER = 105  # pixels of height
_SIZES = (30, 42)  # pixels of a state that says a symbol or two, and of one that says a word


def walk(
    machine: Machine,
    places: Sequence[int | None],
    symbols: Sequence[str],
    palette: Palette,
    title: str,
    at: Array | None = None,
) -> go.Figure:
    """The graph of `machine`, each state by what it says, with a slider for the place after each symbol.

    places: (T,) the state after each of `symbols`. at: (n, 2) where the states are drawn, of any unit; if left out, as
    `layout` has them. title: before the symbol that is read.
    """
    graph = layout(machine, [one for one in places if one is not None])
    at = graph.positions * [1.4, 0.8] if at is None else at
    span = at.max(axis=0) - at.min(axis=0)
    unit = min(_WIDE / (span[0] + 1e-9), _FAR)
    size = _SIZES[any(len(str(one)) > 2 for one in machine.outputs)]
    node = (size / 2 + 2) / unit
    low, high = at.min(axis=0) - 3.5 * node, at.max(axis=0) + 3.5 * node
    data, heads, angles, labels = list[dict[str, Any]](), list[Array](), list[float](), list[tuple[Array, str]]()
    for edge in graph.edges:
        line, middle = _line(edge, at, node, _away(edge.source, graph.edges, at))
        data.append(_trace(line, mode="lines", line={"color": palette.quiet, "width": 1.2}))
        heads.append(line[-1])
        angles.append(float(np.degrees(np.arctan2(*(line[-1] - line[-2])))))
        labels.append((middle, " ".join(edge.letters)))
    arrow = {"symbol": "triangle-up", "size": 8, "angle": angles, "color": palette.quiet}
    data.append(_trace(heads, mode="markers", marker=arrow))
    letters = [letter for _place, letter in labels]
    ink = {"size": 13, "color": palette.ink}
    data.append(_trace([place for place, _letter in labels], mode="text", text=letters, textfont=ink))
    state = {"size": size, "color": palette.rule, "line": {"color": palette.quiet, "width": 1}}
    data.append(_trace(at, mode="markers", marker=state))
    frames = [_at(place, at) for place in places]
    moved = len(data)
    data.append(_trace(at[:0], mode="markers", marker={"size": size, "color": MARK}) | frames[-1])
    said = ["" if one is None else str(one) for one in machine.outputs]
    data.append(_trace(at, mode="text", text=said, textfont={"size": 12, "color": palette.ink}))
    still = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    steps = [{"label": symbol, "method": "animate", "args": [[str(t)], still]} for t, symbol in enumerate(symbols)]
    slider = {
        "active": len(frames) - 1,
        "steps": steps,
        "currentvalue": {"prefix": f"{title} ", "font": {"size": 13, "color": palette.ink}},
        "font": {"size": 12, "color": palette.ink},
        "pad": {"t": 4},
    }
    return drawn(
        data,
        palette,
        frames=[{"data": [one], "traces": [moved], "name": str(t)} for t, one in enumerate(frames)],
        height=int(span[1] * unit + 3.5 * size) + _SLIDER,
        showlegend=False,
        sliders=[slider],
        xaxis={"visible": False, "range": [low[0], high[0]]},
        yaxis={"visible": False, "range": [low[1], high[1]], "scaleanchor": "x"},
    )


def _at(place: int | None, at: Array) -> dict[str, Any]:
    """What moves from frame to frame."""
    x, y = at[[] if place is None else [place]].T.tolist()
    return {"type": "scatter", "x": x, "y": y}


def _trace(points: Sequence[Array] | Array, **looks: Any) -> dict[str, Any]:
    """A trace through `points`, (n, 2), that says nothing under the pointer."""
    x, y = np.reshape(points, (-1, 2)).T
    return {"type": "scatter", "x": x, "y": y, "hoverinfo": "skip", **looks}


def _line(edge: Edge, at: Array, node: float, out: Array) -> tuple[Array, Array]:
    """The points of an arrow, and where its letters stand. node: the radius of a state. out: where a loop goes."""
    begin, end = at[edge.source], at[edge.target]
    if edge.source == edge.target:
        middle = begin + 1.6 * node * out
        turn = np.arctan2(*(-out)[::-1])
        angles = turn + np.linspace(0.75, 2 * np.pi - 0.75, 24)
        return middle + 0.8 * node * np.stack([np.cos(angles), np.sin(angles)], axis=1), middle + 1.4 * node * out
    along = end - begin
    length = float(np.linalg.norm(along))
    side = np.array([-along[1], along[0]]) / length
    bend = (_BEND if edge.bent else 0.0) * length * side
    t = np.linspace(0, 1, 24)[:, None]
    points = begin + t * along + 4 * t * (1 - t) * bend
    away = np.linalg.norm(points - begin, axis=1)
    near = np.linalg.norm(points - end, axis=1)
    inside = (away > node) & (near > node)
    shown: Array = points[inside] if inside.sum() > 1 else points
    return shown, begin + along / 2 + bend + 0.6 * node * side


def _away(state: int, edges: Sequence[Edge], at: Array) -> Array:
    """Up or down from a state, away from those that arrows join it with."""
    joined = [
        edge.target if edge.source == state else edge.source for edge in edges if state in (edge.source, edge.target)
    ]
    above = at[state, 1] >= at[joined, 1].mean()
    return np.array([0.0, 1.0 if above else -1.0])
