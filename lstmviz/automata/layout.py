"""Where to draw the states of an automaton, and which arrows: the same machine gives the same picture."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx  # type: ignore[import-untyped]
import numpy as np

from lstmviz.automata.machine import Machine
from lstmviz.cells.step import Array

MOST_PLACED = 48
"""States that are placed by the lengths of their ways, at most: that takes seconds for a hundred."""


@dataclass(frozen=True)
class Edge:
    """One arrow, for all letters that lead from one state to another."""

    source: int
    """the state it leaves"""
    target: int
    """the state it reaches; the same for a loop"""
    letters: tuple[str, ...]
    """at least one, in the order of the alphabet"""
    bent: bool
    """whether another arrow goes the opposite way, so that a straight one would cover it; True for a loop"""


@dataclass(frozen=True, eq=False)
class Layout:
    """A drawing of a machine of n states."""

    positions: Array
    """(n, 2) x to the right and y upwards, each in [-1, 1]"""
    edges: tuple[Edge, ...]
    """by source and target"""


def layout(machine: Machine, order: Sequence[int] | None = None) -> Layout:
    """Draw `machine`: a single ring as a circle, anything else by the lengths of its ways (Kamada & Kawai 1989).

    More than `MOST_PLACED` states stay on the circle.

    The states start clockwise on a circle, the first at the top, in the order in which the text, or a breadth-first
    walk, meets them; from there networkx brings those that are few letters apart closer together.

    Args:
        machine: what to draw; all of its states are drawn, reached or not.
        order: the states in the order in which a text meets them, repeats allowed; those left out follow by number.

    Raises:
        ValueError: `order` names a state that there is not.
    """
    if order is not None and not all(0 <= state < machine.size for state in order):
        raise ValueError(f"`order` must name states between 0 and {machine.size - 1}; got {list(order)}.")
    edges = _edges(machine)
    ring = list(dict.fromkeys([*(order if order is not None else ()), machine.start, *range(machine.size)]))
    start = _circle(ring)
    graph = nx.Graph()
    graph.add_nodes_from(range(machine.size))
    graph.add_edges_from((edge.source, edge.target) for edge in edges if edge.source != edge.target)
    around = {frozenset(pair) for pair in zip(ring, [*ring[1:], ring[0]], strict=True)}
    if not 3 <= machine.size <= MOST_PLACED or {frozenset(pair) for pair in graph.edges} <= around:
        return Layout(start, edges)
    placed = nx.kamada_kawai_layout(graph, dist=_lengths(graph), pos=dict(enumerate(start)))
    positions = np.array([placed[state] for state in range(machine.size)])
    positions -= (positions.max(axis=0) + positions.min(axis=0)) / 2
    return Layout(positions / max(np.abs(positions).max(), 1e-12), edges)


def _lengths(graph: nx.Graph) -> dict[int, dict[int, int]]:
    """Arrows between each two states; where no way leads, one more than the longest way there is.

    networkx itself would take a million, beside which all that hangs together shrinks to a point.
    """
    ways = dict(nx.all_pairs_shortest_path_length(graph))
    far = 1 + max(max(row.values()) for row in ways.values())
    return {a: {b: ways[a].get(b, far) for b in graph} for a in graph}


def _edges(machine: Machine) -> tuple[Edge, ...]:
    letters = defaultdict[tuple[int, int], list[str]](list)
    for source, row in enumerate(machine.moves):
        for letter, target in zip(machine.alphabet, row, strict=True):
            if target is not None:
                letters[source, target].append(letter)
    return tuple(Edge(a, b, tuple(held), (b, a) in letters) for (a, b), held in sorted(letters.items()))


def _circle(ring: list[int]) -> Array:
    """The states of a ring clockwise, the first at the top; one alone in the middle: (n, 2) by state."""
    if len(ring) == 1:
        return np.zeros((1, 2))
    angle = np.empty(len(ring))
    angle[ring] = np.pi / 2 - 2 * np.pi * np.arange(len(ring)) / len(ring)
    return np.column_stack([np.cos(angle), np.sin(angle)])
