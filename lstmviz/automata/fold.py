"""Fewer states by letting open what is never asked: merging the states of a partial machine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.machine import Machine, merged, minimise


@dataclass(frozen=True)
class Folded:
    """A machine made smaller where nothing speaks against it."""

    machine: Machine
    """says what the old one says after every text that the old one can read, and may read more"""
    smallest: bool
    """True if no machine that does the same has fewer states, because as many of the old ones exclude each other in
    pairs; False if that is not known"""


def fold(machine: Machine) -> Folded:
    """Join the states of `machine` that never contradict each other; a total machine is only minimised.

    Two states contradict each other if they say different things, or if a letter that both can read leads to states
    that do. A letter that one of them cannot read is left open: that is the difference from `minimise`. The smallest
    machine of this kind is hard to find (Pfleeger 1973); this one joins each state, in the order of a breadth-first
    walk, with the first one kept that allows it (the red and blue states of Lang, Pearlmutter & Price 1998), and says
    whether it is known to be the smallest.
    """
    machine = minimise(machine)
    apart = contradictions(machine)
    classes = list(range(machine.size))
    kept = list[int]()
    for state in range(machine.size):
        if classes[state] in {classes[own] for own in kept}:
            continue
        for own in kept:
            joined = None if apart[own, state] else _joined(machine, classes, own, state, apart)
            if joined is not None:
                classes = joined
                break
        else:
            kept.append(state)
    found = merged(machine, classes)
    return Folded(found, _excluding(apart) == found.size)


def contradictions(machine: Machine) -> NDArray[np.bool_]:
    """Which pairs of states contradict each other, (n, n), symmetric."""
    size = machine.size
    numbers = {output: number for number, output in enumerate(dict.fromkeys(machine.outputs))}
    outputs = np.array([numbers[output] for output in machine.outputs])
    moves = np.array([[-1 if to is None else to for to in row] for row in machine.moves]).reshape(size, -1)
    # letter by letter: the states that can read it, all pairs of them, and where it leads these pairs
    readers = [np.flatnonzero(column >= 0) for column in moves.T]
    pairs = [(np.ix_(own, own), np.ix_(to[own], to[own])) for own, to in zip(readers, moves.T, strict=True)]
    apart: NDArray[np.bool_] = outputs[:, None] != outputs
    count = -1
    while (found := int(apart.sum())) != count:
        count = found
        for here, after in pairs:
            apart[here] |= apart[after]
    return apart


def _joined(machine: Machine, classes: list[int], a: int, b: int, apart: NDArray[np.bool_]) -> list[int] | None:
    """The classes with those of a and b made one, and all that follows from it; None if that is a contradiction."""
    classes = classes.copy()
    waiting = [(a, b)]
    while waiting:
        first, second = waiting.pop()
        own, other = classes[first], classes[second]
        if own == other:
            continue
        mine = [state for state, name in enumerate(classes) if name == own]
        theirs = [state for state, name in enumerate(classes) if name == other]
        if apart[np.ix_(mine, theirs)].any():
            return None
        for state in theirs:
            classes[state] = own
        for letter in range(len(machine.alphabet)):
            ends = [to for state in (*mine, *theirs) if (to := machine.moves[state][letter]) is not None]
            waiting += [(ends[0], end) for end in ends[1:]]
    return classes


def _excluding(apart: NDArray[np.bool_]) -> int:
    """The size of a set of states that contradict each other in pairs: a bound from below, found greedily."""
    best = 0
    for first in range(len(apart)):
        chosen = [first]
        for state in np.argsort(-apart.sum(axis=0), kind="stable"):
            if apart[state, chosen].all():
                chosen.append(int(state))
        best = max(best, len(chosen))
    return best
