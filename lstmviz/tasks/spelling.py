"""All strings of a grammar's graph, and some of any length, however rarely a walk through the graph has that length."""

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import one_of
from lstmviz.tasks.base import NOTHING, Examples
from lstmviz.tasks.grammar import REBER_LETTERS, graph_of

GRAPHS = ("reber", "embedded_reber")
"""Grammars whose strings a graph spells, from its first state to its last."""


def all_strings(grammar: str, longest: int) -> tuple[str, ...]:
    """Every string that the graph of a grammar spells with at most `longest` symbols, the shorter ones first.

    Args:
        grammar: one of `GRAPHS`.
        longest: symbols of a whole string, from B to E.

    Raises:
        ValueError: `grammar` has no graph.
    """
    graph = graph_of(one_of("grammar", grammar, GRAPHS))
    found, begun = list[str](), [("", 0)]
    while begun:
        found += [text for text, state in begun if not graph[state]]
        begun = [(text + symbol, to) for text, state in begun for symbol, to in graph[state].items()]
        begun = [one for one in begun if len(one[0]) <= longest]
    return tuple(found)


def strings_of_lengths(grammar: str, lengths: NDArray[np.int64], rng: np.random.Generator) -> Examples:
    """A string of each of these lengths, (N,), in symbols: of all those that the graph has, each with equal chance.

    Args:
        grammar: one of `GRAPHS`.
        lengths: one at least.
        rng: what is drawn from.

    Raises:
        ValueError: `grammar` has no graph, or the graph has no string of a length.
    """
    graph = graph_of(one_of("grammar", grammar, GRAPHS))
    longest, end = int(lengths.max()), len(graph) - 1
    symbols, following = np.full((len(graph), 2), NOTHING), np.full((len(graph), 2), end)  # two ways at most
    legal = np.zeros((len(graph), len(REBER_LETTERS)), dtype=bool)
    for k, state in enumerate(graph):
        for n, (symbol, to) in enumerate(state.items()):
            symbols[k, n], following[k, n] = REBER_LETTERS.index(symbol), to
            legal[k, symbols[k, n]] = True
    ends = np.zeros((longest + 1, len(graph)))  # how many ends of so many symbols there are from a state
    ends[0, end] = 1
    first = np.ones((longest, len(graph)))  # with so many symbols to come after it, the chance of the first way
    for left in range(1, longest + 1):
        ways = ends[left - 1][following] * (symbols != NOTHING)
        ends[left] = ways.sum(axis=1)
        np.divide(ways[:, 0], ends[left], out=first[left - 1], where=ends[left] > 0)
    if (none := ends[lengths, 0] == 0).any():
        raise ValueError(f"`lengths` must be those of strings of {grammar}; got {lengths[none][0]}.")
    at = np.zeros(len(lengths), dtype=np.int64)
    columns, states = list[NDArray[np.int64]](), list[NDArray[np.int64]]()
    for t in range(longest):
        way = (rng.random(len(at)) >= first[np.maximum(lengths - t - 1, 0), at]).astype(np.int64)
        columns.append(symbols[at, way])
        at = following[at, way]
        states.append(at)
    read, after = np.stack(columns, axis=1), np.stack(states, axis=1)
    inside = np.arange(longest - 1) < lengths[:, None] - 1
    return Examples(
        np.where(inside, read[:, :-1], 0),
        np.where(inside, read[:, 1:], NOTHING),
        inside,
        lengths - 1,
        legal=legal[after[:, :-1]] & inside[..., None],
    )
