"""How fixed points and cycles come and go while a network learns: followed from snapshot to snapshot, as branches.

Fixed points are looked for in all snapshots at once. Then each one is led to the snapshots before and after by
Newton's method, which finds there what the search missed. Two points of neighbouring snapshots belong to one branch if
Newton leads from the one to the other and back, or one way where nothing else claims them. Between snapshots nothing is
known: a branch that jumps where the weights change a lot may be two.

A cycle of k states is a fixed point of the map taken k times that fewer times do not lead back; each of its states has
a branch of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz._checks import whole_number
from lstmviz.cells import Array
from lstmviz.dynamics.newton import distinct, inputs_of, near_each_other, newton, spectrum, take
from lstmviz.dynamics.search import random_states
from lstmviz.dynamics.snapshots import stacked_map
from lstmviz.statemap import StateMap

_PERIODS = 24  # that the states are followed from zero, and from the random starts, before Newton begins
_ROUNDS = 12  # how often newly found points are led on to their neighbours
_ITERATIONS = 25

Links = dict[tuple[int, int, int], int]
"""From (snapshot, point, -1 or 1) to the point that Newton leads to in the snapshot before or after, -1 for none."""


@dataclass(frozen=True, eq=False)
class Branch:
    """One fixed point, or one state of a cycle, through K snapshots in a row."""

    first: int
    """the snapshot in which it is seen first"""
    last: int
    """the one in which it is seen last: first + K - 1"""
    s: Array
    """(K, S) the point in each"""
    eigenvalues: Array
    """(K, S) complex, the largest modulus first"""
    stable: NDArray[np.bool_]
    """(K,)"""
    cycle: int
    """which cycle it belongs to; branches of one cycle share the number, a fixed point has one of its own"""


@dataclass(frozen=True)
class Event:
    """What happens to a branch between one snapshot and the next."""

    snapshot: int
    """the later of the two"""
    kind: str
    """"appears", "vanishes", "gains stability", "loses stability" or "splits": it loses stability, and two stable
    points appear on opposite sides of it"""
    branches: tuple[int, ...]
    """the number of the branch, of a cycle its first; where it splits, followed by those of the two that appear"""


@dataclass(frozen=True, eq=False)
class Births:
    """The fixed points of a network through its training, or its cycles of one length."""

    branches: tuple[Branch, ...]
    """by their first snapshot; each counts as long as it is found"""
    events: tuple[Event, ...]
    """in the order of the snapshots; what is there in the first one does not appear, nor vanish with the last"""
    finite: NDArray[np.bool_]
    """(E,) whether the weights of a snapshot are finite: no point is looked for where they are not"""
    leading: Array
    """(E,) the largest |eigenvalue| of a stable point, the one whose memory lasts longest; NaN where there is none"""
    index: NDArray[Any]
    """(E,) the signs of det(I - dF/ds) at the points of a snapshot, added up: 1 if none is missing, see
    `FixedPoints.index`; it says nothing of a ReLU network, nor of cycles"""
    starts: int
    """states that Newton was started from, all snapshots together"""


def births(
    model: nn.Module,
    snapshots: Sequence[Mapping[str, Array]],
    xs: Array,
    *,
    starts: int = 10,
    seed: int = 0,
    near: Array | None = None,
    turns: int = 1,
) -> Births:
    """Follow the fixed points of the map of a period, or of one letter, through all snapshots of a training.

    Args:
        model: of one direction; only its shape matters, its own weights do not.
        snapshots: E sets of weights, named as `parameters_of` names them.
        xs: (V,) one input, or (P, V) those of a period.
        starts: random states to start from in each snapshot, 2 to 10,000, beside those that the network goes through
            from a state of zeros.
        seed: what they are drawn by.
        near: (E, N, S) more states to start from in each snapshot.
        turns: follow the cycles of so many states instead, 1 to 8.

    Raises:
        TypeError: as `trace`.
        ValueError: there is no snapshot, one does not fit the model, a shape does not fit, or as `state_map`.
    """
    stacked, finite = stacked_map(model, snapshots)
    once = inputs_of(stacked, xs)
    xs = np.tile(once, (whole_number("turns", turns, 1, 8), 1))
    own, where = _first_starts(stacked, xs, whole_number("starts", starts, 2, 10_000), seed)
    if near is not None:
        if np.ndim(near) != 3 or (len(near), np.shape(near)[-1]) != (len(snapshots), stacked.size):
            raise ValueError(f"`near` must have shape ({len(snapshots)}, N, {stacked.size}); got {np.shape(near)}.")
        own = np.concatenate([own, np.reshape(near, (-1, stacked.size))])
        where = np.concatenate([where, np.repeat(np.arange(len(snapshots)), np.shape(near)[1])])
    keep = finite[where] & np.isfinite(own).all(axis=-1)
    own, where = own[keep], where[keep]

    points: list[Array] = [np.empty((0, stacked.size)) for _ in snapshots]
    links: Links = {}
    _add(points, *_with_images(stacked, _solve(stacked, own, where, xs, once), where, once, turns))
    tried = len(own) + _lead_on(stacked, xs, points, links, finite, once)
    lacking = finite & (_index(stacked, xs, points) != 1)
    if turns == 1 and lacking.any() and stacked.cell != "rnn_relu":
        own, where = _more_starts(stacked, xs, points, np.flatnonzero(lacking), 4 * starts, seed)
        _add(points, _solve(stacked, own, where, xs, once), where)
        tried += len(own) + _lead_on(stacked, xs, points, links, finite, once)
    branches = _branches(stacked, xs, points, _matches(points, links))
    if turns > 1:
        branches = _as_cycles(stacked, once, branches, turns)
    index = _index(stacked, xs, points)
    return Births(branches, _events(branches, finite), finite, _leading(branches, len(points)), index, tried)


def _lead_on(f: StateMap, xs: Array, points: list[Array], links: Links, finite: NDArray[np.bool_], once: Array) -> int:
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
        found = _solve(f, led, there, xs, once)
        for place, number in zip(new, _add(points, found, there), strict=True):
            links[place] = number
        if len(xs) > len(once):
            _add(points, *_with_images(f, found, there, once, len(xs) // len(once)))
    return tried


def _first_starts(f: StateMap, xs: Array, count: int, seed: int) -> tuple[Array, NDArray[Any]]:
    """Random states, where they and the state of zeros are after some periods: (N, S), and (N,) their snapshots."""
    snapshots = len(f.layers[0].hh)
    beside = replace(f, layers=tuple(type(w)(*(a[:, None] for a in w)) for w in f.layers))
    first = take(f, np.array(-1))
    random = random_states(first, xs, count, seed)
    s = np.broadcast_to(np.concatenate([np.zeros((1, f.size)), random]), (snapshots, count + 1, f.size))
    kept = [s]
    with np.errstate(all="ignore"):
        # Half the starts are enough to find what attracts; the others are for what does not.
        s = s[:, : count // 2 + 1]
        for _ in range(_PERIODS):
            s = beside.after(s, xs)
        kept.append(s)
    own = np.concatenate(kept, axis=1)
    return own.reshape(-1, f.size), np.repeat(np.arange(snapshots), own.shape[1])


def _more_starts(
    f: StateMap, xs: Array, points: Sequence[Array], where: NDArray[Any], count: int, seed: int
) -> tuple[Array, NDArray[Any]]:
    """Other random states for some snapshots, and states between the points that are known there."""
    own, snapshots = list[Array](), list[NDArray[Any]]()
    for e in where:
        one, other = np.triu_indices(len(points[e]), 1)
        share = np.linspace(0.1, 0.9, 9)[:, None, None]
        between = (points[e][one] * share + points[e][other] * (1 - share)).reshape(-1, f.size)
        own += [between, random_states(take(f, e), xs, count, (seed + 1) % 2**32)]
        snapshots.append(np.full(len(between) + count, e))
    return np.concatenate(own), np.concatenate(snapshots)


def _index(f: StateMap, xs: Array, points: Sequence[Array]) -> NDArray[Any]:
    """The sum of the signs of det(I - J) over the points of each snapshot, (E,)."""
    where = np.repeat(np.arange(len(points)), [len(found) for found in points])
    if not len(where):
        return np.zeros(len(points), dtype=int)
    _, jacobian = take(f, where).after_with_jacobian(np.concatenate(points), xs)
    signs = np.linalg.slogdet(np.eye(f.size) - jacobian).sign
    return np.bincount(where, signs, len(points)).round().astype(int)


def _solve(f: StateMap, starts: Array, where: NDArray[Any], xs: Array, once: Array) -> Array:
    """The fixed point that Newton leads to from each start in its snapshot, NaN where it leads to none: (N, S).

    once: the inputs of the map taken once; a point that fewer turns lead back than `xs` has does not count.
    """
    if not len(starts):
        return starts
    found = newton(take(f, where), starts, xs, _ITERATIONS)
    good, turns = found.converged.copy(), len(xs) // len(once)
    for fewer in (d for d in range(1, turns) if turns % d == 0):
        back = take(f, where[good]).after(found.s[good], np.tile(once, (fewer, 1)))
        good[good] = ~near_each_other(found.s[good], back)
    return np.where(good[:, None], found.s, np.nan)


def _with_images(f: StateMap, found: Array, where: NDArray[Any], once: Array, turns: int) -> tuple[Array, NDArray[Any]]:
    """States of cycles and those that the map leads them through, with their snapshots."""
    good = np.isfinite(found).all(axis=-1)
    own, there = found[good], where[good]
    turn = [own]
    for _ in range(turns - 1):
        turn.append(take(f, there).after(turn[-1], once) if len(own) else own)
    return np.concatenate(turn), np.tile(there, turns)


def _as_cycles(f: StateMap, once: Array, branches: Sequence[Branch], turns: int) -> tuple[Branch, ...]:
    """Branches that the map leads to one another have one number."""
    of = list(range(len(branches)))
    for number, branch in enumerate(branches):
        own = take(f, np.array([branch.first]))
        s = branch.s[:1]
        for _ in range(turns - 1):
            s = own.after(s, once)
            for other, it in enumerate(branches):
                there = it.first <= branch.first <= it.last
                if there and near_each_other(s[0], it.s[branch.first - it.first]).all():
                    old, new = sorted((of[number], of[other]), reverse=True)
                    of = [new if one == old else one for one in of]
    return tuple(replace(branch, cycle=number) for branch, number in zip(branches, of, strict=True))


def _add(points: list[Array], found: Array, where: NDArray[Any]) -> list[int]:
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


def _matches(points: list[Array], links: Links) -> list[dict[int, int]]:
    """For each snapshot but the last, which of its points goes on as which point of the next one."""
    matches = []
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
        matches.append(both)
    return matches


def _branches(f: StateMap, xs: Array, points: list[Array], matches: list[dict[int, int]]) -> tuple[Branch, ...]:
    """The chains of matched points with their eigenvalues."""
    where = np.repeat(np.arange(len(points)), [len(found) for found in points])
    if not len(where):
        return ()
    _, jacobian = take(f, where).after_with_jacobian(np.concatenate(points), xs)
    values, _ = spectrum(jacobian)
    begin = np.cumsum([0, *(len(found) for found in points)])
    claimed = {(e + 1, q) for e, match in enumerate(matches) for q in match.values()}
    branches = list[Branch]()
    for first, found in enumerate(points):
        for k in range(len(found)):
            if (first, k) in claimed:
                continue
            chain, e, here = [k], first, k
            while e < len(matches) and here in matches[e]:
                here = matches[e][here]
                e += 1
                chain.append(here)
            own = values[[begin[first + i] + number for i, number in enumerate(chain)]]
            s = np.stack([points[first + i][number] for i, number in enumerate(chain)])
            branches.append(Branch(first, e, s, own, np.abs(own[:, 0]) < 1, len(branches)))
    return tuple(branches)


def _events(branches: Sequence[Branch], finite: NDArray[np.bool_]) -> tuple[Event, ...]:
    known = np.flatnonzero(finite)
    events = list[Event]()
    for number, branch in enumerate(branches):
        if branch.cycle != number:  # what happens to one state of a cycle happens to all
            continue
        if branch.first > known[0]:
            events.append(Event(branch.first, "appears", (number,)))
        for k in np.flatnonzero(branch.stable[1:] != branch.stable[:-1]):
            kind = "gains stability" if branch.stable[k + 1] else "loses stability"
            events.append(Event(branch.first + int(k) + 1, kind, (number,)))
        if branch.last < known[-1]:
            events.append(Event(branch.last + 1, "vanishes", (number,)))
    for lost in [event for event in events if event.kind == "loses stability"]:
        born = [event for event in events if event.snapshot == lost.snapshot and event.kind == "appears"]
        pair = _opposite(branches, lost, [event.branches[0] for event in born])
        if pair is not None:
            gone = {(lost.kind, lost.branches), *(("appears", (number,)) for number in pair)}
            events = [e for e in events if e.snapshot != lost.snapshot or (e.kind, e.branches) not in gone]
            events.append(Event(lost.snapshot, "splits", (*lost.branches, *pair)))
    return tuple(sorted(events, key=lambda event: (event.snapshot, event.branches)))


def _opposite(branches: Sequence[Branch], lost: Event, born: Sequence[int]) -> tuple[int, int] | None:
    """Two stable newcomers on opposite sides of the point that lost its stability, nearly on a line with it."""
    branch = branches[lost.branches[0]]
    centre = branch.s[lost.snapshot - branch.first]
    sides = [(number, branches[number].s[0] - centre) for number in born if branches[number].stable[0]]
    best: tuple[float, tuple[int, int]] | None = None
    for i, (one, to_one) in enumerate(sides):
        for other, to_other in sides[i + 1 :]:
            cosine = float(to_one @ to_other / (np.linalg.norm(to_one) * np.linalg.norm(to_other)))
            if cosine < -0.5 and (best is None or cosine < best[0]):
                best = cosine, (one, other)
    return None if best is None else best[1]


def _leading(branches: Sequence[Branch], snapshots: int) -> Array:
    leading = np.full(snapshots, np.nan)
    for branch in branches:
        own = np.where(branch.stable, np.abs(branch.eigenvalues[:, 0]), np.nan)
        here = slice(branch.first, branch.last + 1)
        leading[here] = np.fmax(leading[here], own)
    return leading
