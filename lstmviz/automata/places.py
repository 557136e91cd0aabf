"""Which places of a pattern an automaton takes for one, and where its states lie in the network's own space."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.machine import Machine
from lstmviz.automata.needed import needed
from lstmviz.cells.step import Array
from lstmviz.tasks import PatternTask


@dataclass(frozen=True)
class MergedPlaces:
    """Places of the pattern that the task needs to be told apart, and that share one state."""

    state: int
    """of the automaton"""
    labels: tuple[str, ...]
    """the places, named as the task names them: a1, a2; in the order of the pattern"""
    distance: float
    """the largest Euclidean distance between the network's mean states at two of these places, read in this state

    At 0 the network itself cannot tell them apart; above, it holds a difference that no prediction on the text shows.
    """


@dataclass(frozen=True, eq=False)
class Positions:
    """Where the n states of an automaton lie among the states of a network, S numbers each."""

    mean: Array
    """(n, S) the mean of the network's states at the steps in each; NaN where the text leads to none"""
    spread: Array
    """(n,) the root of the mean squared distance from it"""
    representative: NDArray[np.int64]
    """(n,) the step whose state is nearest to the mean, the first such; -1 where there is none"""
    steps: NDArray[np.int64]
    """(n,) the number of steps in each"""


def places_of(states: NDArray[np.int64], task: PatternTask, size: int) -> tuple[tuple[str, ...], ...]:
    """The places of the pattern, by their labels, that are ever read in each of `size` states; states: (N,) by step."""
    period = np.arange(len(states)) % task.period
    seen = np.zeros((size, task.period), dtype=bool)
    seen[states[states >= 0], period[states >= 0]] = True
    labels = place_labels(task)
    return tuple(tuple(labels[place] for place in np.flatnonzero(row)) for row in seen)


def place_labels(task: PatternTask) -> tuple[str, ...]:
    """The names of the places of one period, (P,)."""
    return (*task.labels, task.target_labels[-1])[: task.period]


def merged_places(states: NDArray[np.int64], s: Array, task: PatternTask, size: int) -> tuple[MergedPlaces, ...]:
    """The states of an automaton in which places meet that the task tells apart.

    states: (N,) the automaton's at each step of the text, -1 for none; s: (N, S) the network's; size: n states.
    """
    need = needed(task).run(task.letters[1:])
    labels = place_labels(task)
    period = np.arange(len(states)) % task.period
    found = list[MergedPlaces]()
    for state in range(size):
        here = states == state
        places = sorted(set(period[here].tolist()))
        if len({need[place] for place in places}) < 2:
            continue
        with np.errstate(all="ignore"):
            means = np.array([s[here & (period == place)].mean(axis=0) for place in places])
            apart = np.linalg.norm(means[:, None] - means, axis=-1)
        found.append(MergedPlaces(state, tuple(labels[place] for place in places), float(apart.max())))
    return tuple(found)


def positions(states: NDArray[np.int64], s: Array, size: int) -> Positions:
    """Where the states (N,) of an automaton of `size` states lie among those of the network, s (N, S)."""
    mean = np.full((size, s.shape[1]), np.nan)
    spread = np.full(size, np.nan)
    nearest = np.full(size, -1)
    steps = np.bincount(states[states >= 0], minlength=size)
    for state in np.flatnonzero(steps):
        here = np.flatnonzero(states == state)
        with np.errstate(all="ignore"):
            mean[state] = s[here].mean(axis=0)
            squared = ((s[here] - mean[state]) ** 2).sum(axis=1)
            spread[state] = np.sqrt(squared.mean())
        nearest[state] = here[np.where(np.isnan(squared), np.inf, squared).argmin()]
    return Positions(mean, spread, nearest, steps)


def walk(machine: Machine, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The state of `machine` at each step of a text (N,) that begins with the letter read before its start: (N,).

    -1 from where a letter cannot be read.
    """
    state: int | None = machine.start
    states = np.full(len(codes), -1)
    for step, code in enumerate([-1, *codes[1:].tolist()]):
        if step:
            state = machine.moves[state][code] if state is not None else None
        if state is None:
            break
        states[step] = state
    return states
