"""How fixed points come and go while a network learns: followed from snapshot to snapshot, matched into branches.

Fixed points are looked for in all snapshots at once; `following` then leads each one on. Where the indices say that
some are missing, they are looked for again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.dynamics.following import Event, Links, add, chains, changes, ends_of, first_starts, in_order, lead_on
from lstmviz.dynamics.newton import inputs_of, newton, spectrum, take
from lstmviz.dynamics.search import random_states
from lstmviz.statemap import StateMap, stacked_map

_ITERATIONS = 25


@dataclass(frozen=True, eq=False)
class Branch:
    """One fixed point through K snapshots in a row."""

    first: int
    """the snapshot in which it is seen first"""
    last: int
    """the one in which it is seen last: first + K - 1"""
    s: Array
    """(K, S) the point in each"""
    eigenvalues: Array
    """(K, S) complex, the largest modulus first"""
    eigenvectors: Array
    """(K, S, S) complex, of length 1, in columns, in the same order"""
    stable: NDArray[np.bool_]
    """(K,)"""


@dataclass(frozen=True, eq=False)
class Births:
    """The fixed points of a network through its training."""

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
    `FixedPoints.index`; it says nothing of a ReLU network"""
    starts: int
    """states that Newton was started from, all snapshots together"""
    begun: tuple[Array, NDArray[Any]]
    """(N, S) the random states and those of zeros, (N,) the snapshot of each"""
    ends: tuple[Array, NDArray[Any]]
    """(N, S) where they came to by themselves, (N,) in which snapshot"""


def births(
    model: nn.Module,
    snapshots: Sequence[Mapping[str, Array]],
    xs: Array,
    *,
    starts: int = 10,
    seed: int = 0,
    near: Array | None = None,
    stride: int = 1,
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
        stride: states are drawn in every `stride`-th snapshot, at least 1, counted back from the last. What is found
            there is led on to those between, and where the index says that some are missing, more are drawn there too.

    Raises:
        TypeError: as `trace`.
        ValueError: there is no snapshot, one does not fit the model, a shape does not fit, or as `state_map`.
    """
    stacked, finite = stacked_map(model, snapshots)
    xs = inputs_of(stacked, xs)
    drawn_in = np.arange(len(snapshots))[:: -whole_number("stride", stride, 1, 10_000)][::-1]
    some = take(stacked, drawn_in)
    begun = first_starts(some, xs, whole_number("starts", starts, 2, 10_000), seed)
    ends = ends_of(some, xs, begun[0])
    begun, ends = ((states, drawn_in[own]) for states, own in (begun, ends))
    own, where = (np.concatenate(both) for both in zip(begun, ends, strict=True))
    if near is not None:
        if np.ndim(near) != 3 or (len(near), np.shape(near)[-1]) != (len(snapshots), stacked.size):
            raise ValueError(f"`near` must have shape ({len(snapshots)}, N, {stacked.size}); got {np.shape(near)}.")
        own = np.concatenate([own, np.reshape(near, (-1, stacked.size))])
        where = np.concatenate([where, np.repeat(np.arange(len(snapshots)), np.shape(near)[1])])
    keep = finite[where] & np.isfinite(own).all(axis=-1)
    own, where = own[keep], where[keep]

    def solve(states: Array, there: NDArray[Any]) -> Array:
        return _solve(stacked, states, there, xs)

    points: list[Array] = [np.empty((0, stacked.size)) for _ in snapshots]
    links: Links = {}
    add(points, solve(own, where), where)
    tried = len(own) + lead_on(points, links, finite, solve)
    branches = _branches(stacked, xs, points, links)
    index = index_of(branches, len(points))
    lacking = finite & (index != 1)
    if lacking.any() and stacked.cell != "rnn_relu":
        own, where = _more_starts(stacked, xs, points, np.flatnonzero(lacking), 4 * starts, seed)
        add(points, solve(own, where), where)
        tried += len(own) + lead_on(points, links, finite, solve)
        branches = _branches(stacked, xs, points, links)
        index = index_of(branches, len(points))
    leading = _leading(branches, len(points))
    return Births(branches, _events(branches, finite), finite, leading, index, tried, begun, ends)


def index_of(branches: Sequence[Branch], snapshots: int, period: int = 1) -> NDArray[Any]:
    """The signs of det(I - dF/ds), F the map taken `period` times, at the points of each snapshot, added up: (E,)."""
    index = np.zeros(snapshots, dtype=int)
    for branch in branches:
        # Complex eigenvalues come in pairs and count for nothing in the sign.
        signs = np.sign(np.prod(1 - branch.eigenvalues**period, axis=-1).real)
        index[branch.first : branch.last + 1] += signs.astype(int)
    return index


def _more_starts(
    f: StateMap, xs: Array, points: Sequence[Array], where: NDArray[Any], count: int, seed: int
) -> tuple[Array, NDArray[Any]]:
    """Other random states for some snapshots, and states between the points that are known there."""
    own, snapshots = list[Array](), list[NDArray[Any]]()
    drawn = np.broadcast_to(random_states(take(f, where), xs, count, (seed + 1) % 2**32), (len(where), count, f.size))
    for e, others in zip(where, drawn, strict=True):
        one, other = np.triu_indices(len(points[e]), 1)
        share = np.linspace(0.1, 0.9, 9)[:, None, None]
        between = (points[e][one] * share + points[e][other] * (1 - share)).reshape(-1, f.size)
        own += [between, others]
        snapshots.append(np.full(len(between) + count, e))
    return np.concatenate(own), np.concatenate(snapshots)


def _solve(f: StateMap, starts: Array, where: NDArray[Any], xs: Array) -> Array:
    """The fixed point that Newton leads to from each start in its snapshot, NaN where it leads to none: (N, S)."""
    if not len(starts):
        return starts
    found = newton(take(f, where), starts, xs, _ITERATIONS)
    return np.where(found.converged[:, None], found.s, np.nan)


def _branches(f: StateMap, xs: Array, points: list[Array], links: Links) -> tuple[Branch, ...]:
    """The chains of matched points with their eigenvalues."""
    where = np.repeat(np.arange(len(points)), [len(found) for found in points])
    if not len(where):
        return ()
    _, jacobian = take(f, where).after_with_jacobian(np.concatenate(points), xs)
    values, vectors = spectrum(jacobian)
    begin = np.cumsum([0, *(len(found) for found in points)])
    branches = []
    for first, chain in chains(points, links):
        here = [begin[first + i] + number for i, number in enumerate(chain)]
        own = values[here]
        s = np.stack([points[first + i][number] for i, number in enumerate(chain)])
        branches.append(Branch(first, first + len(chain) - 1, s, own, vectors[here], np.abs(own[:, 0]) < 1))
    return tuple(branches)


def _events(branches: Sequence[Branch], finite: NDArray[np.bool_]) -> tuple[Event, ...]:
    events = changes(branches, finite)
    for lost in [event for event in events if event.kind == "loses stability"]:
        born = [event for event in events if event.snapshot == lost.snapshot and event.kind == "appears"]
        pair = _opposite(branches, lost, [event.branches[0] for event in born])
        if pair is not None:
            gone = {(lost.kind, lost.branches), *(("appears", (number,)) for number in pair)}
            events = [e for e in events if e.snapshot != lost.snapshot or (e.kind, e.branches) not in gone]
            events.append(Event(lost.snapshot, "splits", (*lost.branches, *pair)))
    return in_order(events)


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
