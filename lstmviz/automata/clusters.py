"""An automaton out of hidden states that lie together (Giles et al. 1992; Omlin & Giles 1996, there by a grid).

The states of a network over its text are joined step by step, nearest first, and the tree of these joins is cut into 1,
2, 3, ... clusters until the automaton of the clusters says what the network says at every step. What decides is thus
the network's own space: L* looks at predictions alone, this at distances alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from lstmviz.automata.fold import fold
from lstmviz.automata.lstar import MAX_STATES
from lstmviz.automata.machine import Machine
from lstmviz.automata.places import MergedPlaces, Positions, merged_places, places_of, positions
from lstmviz.automata.teacher import Run, predictions, read_text
from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.statemap import StateMap
from lstmviz.tasks import PatternTask

MAX_POINTS = 1000
"""States that are clustered, at most: the first of the text, and of the words beside it."""
_METHODS = ("single", "average")  # a chain first: a cell that counts leaves one long trail at each place


@dataclass(frozen=True, eq=False)
class Clustered:
    """The automaton of the clusters of a network's states."""

    machine: Machine
    """one state a cluster, k in all, numbered as the text meets them; each moves and says as most of its members do"""
    folded: Machine
    """the same with the clusters joined that never contradict each other: what a start that settles has scattered"""
    complete: bool
    """whether it says all that the network says at the steps clustered; if not, it is the best up to `max_states`"""
    fidelity: float
    """share of the steps clustered after which it says what the network says, 0 to 1, run by itself from the start"""
    held_out: float
    """the same on the steps of the text that were not clustered; NaN if there are none"""
    steps: int
    """N', the steps of the text clustered"""
    words: int
    """words clustered beside the text"""
    method: str
    """which distance two clusters have: "single", of their nearest members, or "average", of all"""
    height: float
    """the distance at which the next two clusters would be joined, in standard deviations; inf if there is one only"""
    states: NDArray[np.int64]
    """(N',) the cluster of each step"""
    places: tuple[tuple[str, ...], ...]
    """(k,) the places of the pattern that lie in each"""
    merged: tuple[MergedPlaces, ...]
    """the clusters in which places lie that the task tells apart"""
    positions: Positions
    """where the clusters lie"""


@dataclass(frozen=True, eq=False)
class _Points:
    """States in an order in which each comes after the one it was reached from; the first is the start."""

    s: Array
    parent: NDArray[np.int64]
    letter: NDArray[np.int64]
    predicted: NDArray[np.int64]


def cluster(
    f: StateMap, task: PatternTask, *, run: Run | None = None, depth: int = 0, max_states: int = MAX_STATES
) -> Clustered:
    """Cluster the states of `f` over the text of `task` into an automaton.

    Each number of the state is measured in its own standard deviations, so that a cell that counts does not outweigh
    all else. The number of clusters is the smallest for which the automaton reproduces the network; the same network
    gives the same clusters.

    Args:
        f: the network, with a head.
        task: its text; the automaton starts where the first letter has been read.
        run: the network on the text, if known already.
        depth: if above 0, the states after all words over the alphabet, to this many letters after the first, are
            clustered too, which gives moves off the text; 0 to 12.
        max_states: the most clusters tried; 1 to 1,000.

    Raises:
        ValueError: an argument is out of range, or the words are more than `MAX_POINTS`; a state is not finite; or as
            `teacher.read_text`.
    """
    depth = whole_number("depth", depth, 0, 12)
    max_states = whole_number("max_states", max_states, 1, 1000)
    run = read_text(f, task) if run is None else run
    steps = min(len(task.x), MAX_POINTS)
    points = _points(f, task, run, steps, depth)
    if not np.isfinite(points.s).all():
        raise ValueError(
            "`model` must keep its state finite over the text to be clustered; this one's grew without bound."
        )
    letters = len(task.alphabet)
    best: tuple[float, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], str, float] | None = None
    for labels, method, height in _cuts(points.s, len(np.unique(points.predicted)), max_states):
        moves, said = _majority(labels, points, letters)
        fidelity = _fidelity(moves, said, points)
        if best is None or fidelity > best[0]:
            best = fidelity, labels, moves, said, method, height
        if fidelity == 1:
            break
    assert best is not None
    fidelity, labels, moves, said, method, height = best
    names = (*task.alphabet, None)
    machine = Machine(
        task.alphabet,
        tuple(names[code] for code in said),
        tuple(tuple(None if to < 0 else int(to) for to in row) for row in moves),
    )
    states = labels[:steps]
    later = _Points(run.s, np.arange(-1, len(run.codes) - 1), run.codes, run.predicted)
    return Clustered(
        machine=machine,
        folded=fold(machine).machine,
        complete=fidelity == 1,
        fidelity=fidelity,
        held_out=_fidelity(moves, said, later, steps),
        steps=steps,
        words=len(labels) - steps,
        method=method,
        height=height,
        states=states,
        places=places_of(states, task, machine.size),
        merged=merged_places(states, run.s[:steps], task, machine.size),
        positions=positions(states, run.s[:steps], machine.size),
    )


def _points(f: StateMap, task: PatternTask, run: Run, steps: int, depth: int) -> _Points:
    """The states of the text, and of all words of up to `depth` letters after the first."""
    parts = [_Points(run.s[:steps], np.arange(-1, steps - 1), run.codes[:steps], run.predicted[:steps])]
    letters, eye = len(task.alphabet), np.eye(len(task.alphabet))
    if sum(letters**k for k in range(1, depth + 1)) > MAX_POINTS:
        raise ValueError(f"`depth` must leave at most {MAX_POINTS:,} words of {letters} letters; got {depth}.")
    s, own, count = run.s[:1], np.zeros(1, dtype=np.int64), steps
    for _ in range(depth):
        letter = np.tile(np.arange(letters), len(s))
        with np.errstate(all="ignore"):
            s = f.step(np.repeat(s, letters, axis=0), eye[letter])
        parts.append(_Points(s, np.repeat(own, letters), letter, predictions(f, s)))
        own = np.arange(count, count + len(s))
        count += len(s)
    return _Points(*(np.concatenate([getattr(part, name) for part in parts]) for name in _Points.__annotations__))


def _cuts(s: Array, fewest: int, most: int):  # type: ignore[no-untyped-def]
    """Partitions of the states s (N, S) by how many clusters they have: labels by first appearance, method, height."""
    with np.errstate(all="ignore"):
        spread = s.std(axis=0)
    # What does not move but for rounding says nothing, and would say much measured by its own deviation.
    moving = spread > 1e-9 * np.maximum(1, np.abs(s).max(axis=0))
    scaled = s[:, moving] / spread[moving]
    if len(s) == 1 or not moving.any():
        yield np.zeros(len(s), dtype=np.int64), _METHODS[0], np.inf
        return
    trees = {method: linkage(scaled, method) for method in _METHODS}
    for count in range(fewest, min(most, len(s)) + 1):
        for method, tree in trees.items():
            labels = fcluster(tree, count, "maxclust")
            _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
            height = tree[-len(first) + 1, 2] if len(first) > 1 else np.inf
            yield np.argsort(np.argsort(first))[inverse], method, float(height)


def _majority(labels: NDArray[np.int64], points: _Points, letters: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where most members of each cluster go by each letter, (k, V), -1 for nowhere; what most of them predict, (k,)."""
    count = int(labels.max()) + 1
    reached = points.parent >= 0
    ways = np.zeros((count, letters, count), dtype=np.int64)
    np.add.at(ways, (labels[points.parent[reached]], points.letter[reached], labels[reached]), 1)
    said = np.zeros((count, letters + 1), dtype=np.int64)
    np.add.at(said, (labels, points.predicted), 1)
    return np.where(ways.any(axis=-1), ways.argmax(axis=-1), -1), said.argmax(axis=-1)


def _fidelity(moves: NDArray[np.int64], said: NDArray[np.int64], points: _Points, first: int = 0) -> float:
    """Share of the points, from the first-th on, at which a machine run by itself says what the network says."""
    rows, outputs, states = moves.tolist(), said.tolist(), list[int]()
    for parent, letter in zip(points.parent.tolist(), points.letter.tolist(), strict=True):
        before = states[parent] if parent >= 0 else -1
        states.append(0 if parent < 0 else rows[before][letter] if before >= 0 else -1)
    same = [
        state >= 0 and outputs[state] == predicted
        for state, predicted in zip(states[first:], points.predicted[first:].tolist(), strict=True)
    ]
    return sum(same) / len(same) if same else float("nan")
