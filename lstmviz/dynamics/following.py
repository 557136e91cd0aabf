"""What a map leads back to itself, followed through the snapshots of a training: led on, matched into chains.

Each thing found is led to the snapshots before and after by Newton's method, which finds there what the search missed.
Two of neighbouring snapshots are one if Newton leads from the one to the other and back, or one way where nothing else
claims them. Between snapshots nothing is known: a chain that jumps where the weights change a lot may be two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array
from lstmviz.dynamics.newton import beside, distinct, take
from lstmviz.dynamics.search import random_states
from lstmviz.statemap import StateMap

_PERIODS = 24  # that the states are followed from zero, and from the random starts, before Newton begins
_ROUNDS = 12  # how often what is newly found is led on to its neighbours

Links = dict[tuple[int, int, int], int]
"""From (snapshot, number, -1 or 1) to the number that Newton leads to in the snapshot before or after, -1 for none."""
Solve = Callable[[Array, NDArray[Any]], Array]
"""What starts (N, S) in the snapshots (N,) lead to, NaN where it is nothing: (N, S)."""


@dataclass(frozen=True)
class Event:
    """What happens to a branch between one snapshot and the next."""

    snapshot: int
    """the later of the two"""
    kind: str
    """"appears", "vanishes", "gains stability", "loses stability" or, of fixed points, "splits": it loses stability,
    and two stable points appear on opposite sides of it"""
    branches: tuple[int, ...]
    """the number of the branch; where it splits, followed by those of the two that appear"""


class Followed(Protocol):
    """A branch, as far as its events go."""

    @property
    def first(self) -> int:
        """The snapshot in which it is seen first."""

    @property
    def last(self) -> int:
        """The one in which it is seen last."""

    @property
    def stable(self) -> NDArray[np.bool_]:
        """In each of its snapshots."""


def first_starts(f: StateMap, xs: Array, count: int, seed: int) -> tuple[Array, NDArray[Any]]:
    """Zeros and `count` random states in each snapshot, the same everywhere: (N, S), and (N,) their snapshots."""
    snapshots = len(f.layers[0].hh)
    random = random_states(take(f, np.array(-1)), xs, count, seed)
    own = np.concatenate([np.zeros((1, f.size)), random])
    return np.tile(own, (snapshots, 1)), np.repeat(np.arange(snapshots), count + 1)


def ends_of(f: StateMap, xs: Array, starts: Array) -> tuple[Array, NDArray[Any]]:
    """Where the first half of the starts of each snapshot are after some periods, each place once: as `first_starts`.

    Half of them are enough to find what attracts; the others are for what does not.
    """
    snapshots = len(f.layers[0].hh)
    each, its_map = starts.reshape(snapshots, -1, f.size), beside(f)
    s = each[:, : each.shape[1] // 2 + 1]
    with np.errstate(all="ignore"):
        for _ in range(_PERIODS):
            s = its_map.after(s, xs)
    own, where = s.reshape(-1, f.size), np.repeat(np.arange(snapshots), s.shape[1])
    keep = np.isfinite(own).all(axis=-1)
    own, where = own[keep], where[keep]
    # Most come to one place: from there, one start tells as much as all.
    _, different = np.unique(np.column_stack([where, own.round(3)]), axis=0, return_index=True)
    different.sort()
    return own[different], where[different]


def lead_on(points: list[Array], links: Links, finite: NDArray[np.bool_], solve: Solve) -> int:
    """Lead each point to the snapshots beside its own, and so on with what is found there; returns the starts made."""
    tried = 0
    for _ in range(_ROUNDS):
        new = [
            (e, k, way)
            for e, found in enumerate(points)
            for k in range(len(found))
            for way in (-1, 1)
            if (e, k, way) not in links and 0 <= e + way < len(points) and finite[e + way]
        ]
        if not new:
            break
        led = np.array([points[e][k] for e, k, _ in new])
        there = np.array([e + way for e, _, way in new])
        tried += len(new)
        for place, number in zip(new, add(points, solve(led, there), there), strict=True):
            links[place] = number
    return tried


def add(points: list[Array], found: Array, where: NDArray[Any]) -> list[int]:
    """Put what was found beside the points of its snapshot; returns each one's number there, -1 where nothing was."""
    numbers = np.full(len(found), -1)
    good = np.isfinite(found).all(axis=-1)
    for e in np.unique(where[good]):
        own = np.flatnonzero(good & (where == e))
        together = np.concatenate([points[e], found[own]])
        points[e] = together[distinct(together)]
        far = np.abs(found[own][:, None] - points[e]).max(axis=-1)
        numbers[own] = far.argmin(axis=-1)
    return numbers.tolist()


def matches(points: list[Array], links: Links) -> list[dict[int, int]]:
    """For each snapshot but the last, which of its points goes on as which point of the next one."""
    found = []
    for e in range(len(points) - 1):
        forth = {k: links.get((e, k, 1), -1) for k in range(len(points[e]))}
        back = {k: links.get((e + 1, k, -1), -1) for k in range(len(points[e + 1]))}
        both = {k: q for k, q in forth.items() if q >= 0 and back.get(q) == k}
        taken = set(both.values())
        one_way = [(k, q) for k, q in forth.items() if q >= 0] + [(k, q) for q, k in back.items() if k >= 0]
        one_way.sort(key=lambda pair: float(np.abs(points[e][pair[0]] - points[e + 1][pair[1]]).max()))
        for k, q in one_way:
            if k not in both and q not in taken:
                both[k] = q
                taken.add(q)
        found.append(both)
    return found


def chains(points: list[Array], links: Links) -> list[tuple[int, list[int]]]:
    """What goes on as what: the first snapshot of each chain, and the number of its point in each of its snapshots."""
    goes_on = matches(points, links)
    claimed = {(e + 1, q) for e, match in enumerate(goes_on) for q in match.values()}
    found = []
    for first, own in enumerate(points):
        for k in range(len(own)):
            if (first, k) in claimed:
                continue
            chain, e = [k], first
            while e < len(goes_on) and chain[-1] in goes_on[e]:
                chain.append(goes_on[e][chain[-1]])
                e += 1
            found.append((first, chain))
    return found


def changes(branches: Sequence[Followed], finite: NDArray[np.bool_]) -> list[Event]:
    """What appears, vanishes, gains or loses stability; what is there at the ends neither appears nor vanishes."""
    known = np.flatnonzero(finite)
    events = list[Event]()
    for number, branch in enumerate(branches):
        if branch.first > known[0]:
            events.append(Event(branch.first, "appears", (number,)))
        for k in np.flatnonzero(branch.stable[1:] != branch.stable[:-1]):
            kind = "gains stability" if branch.stable[k + 1] else "loses stability"
            events.append(Event(branch.first + int(k) + 1, kind, (number,)))
        if branch.last < known[-1]:
            events.append(Event(branch.last + 1, "vanishes", (number,)))
    return events


def in_order(events: Sequence[Event]) -> tuple[Event, ...]:
    """By snapshot, then by branch."""
    return tuple(sorted(events, key=lambda event: (event.snapshot, event.branches)))
