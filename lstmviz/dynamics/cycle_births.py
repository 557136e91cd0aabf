"""How cycles come and go while a network learns: as `births` follows what stays, this follows what goes in circles.

A cycle of k states is a fixed point of the map taken k times that is none of the map itself. Most are born where an
eigenvalue of a fixed point passes -1: the point loses its stability, and two states on opposite sides of it are taken
to each other. So the search begins there too, beside random states and what these come to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.dynamics.births import Births, births, index_of
from lstmviz.dynamics.following import Event, Links, add, chains, changes, ends_of, first_starts, in_order, lead_on
from lstmviz.dynamics.newton import beside, inputs_of, near_each_other, newton, spectrum, take
from lstmviz.dynamics.search import SINGULAR
from lstmviz.statemap import StateMap, stacked_map

_ITERATIONS = 25
_SETTLED = 1e-4  # a start that the map moves less than this is at a fixed point already
_FLIPS_FROM = -0.8  # a fixed point with a real eigenvalue below this may have cycles around it
_AWAY = np.array([0.03, 0.1, 0.3, 0.6, 1.0])  # how far from it they are looked for
_LONGEST = 8
_MORE = 48  # random states in each snapshot, where cycles are missing
_SIDES = 16  # directions in which the pieces of a ReLU network are looked at


@dataclass(frozen=True, eq=False)
class CycleBranch:
    """One cycle of k states through K snapshots in a row."""

    first: int
    """the snapshot in which it is seen first"""
    last: int
    """the one in which it is seen last: first + K - 1"""
    states: Array
    """(K, k, S), each of which the map takes to the next one; in each snapshot the first is the one nearest to the
    first of the snapshot before"""
    eigenvalues: Array
    """(K, S) complex, of the derivative of one whole round, the largest modulus first"""
    stable: NDArray[np.bool_]
    """(K,)"""


@dataclass(frozen=True, eq=False)
class CycleBirths:
    """The cycles of k states of a network through its training."""

    period: int
    """k"""
    branches: tuple[CycleBranch, ...]
    """by their first snapshot; each counts as long as it is found"""
    events: tuple[Event, ...]
    """in the order of the snapshots, as those of `Births`; a cycle is not said to split"""
    index: NDArray[Any] | None
    """(E,) the signs of det(I - dF/ds), F the map taken k times, at all its fixed points, added up: 1 if none is
    missing, see `FixedPoints.index`; None where k is no prime, so that shorter cycles count too; it says nothing of a
    ReLU network"""
    starts: int
    """states that Newton was started from, all snapshots together"""


def cycle_births(
    model: nn.Module,
    snapshots: Sequence[Mapping[str, Array]],
    xs: Array,
    period: int = 2,
    *,
    fixed: Births | None = None,
    seed: int = 0,
) -> CycleBirths:
    """Follow the cycles of a map through all snapshots of a training, each counted once, wherever it begins.

    Args:
        model: as `births`, like all that is not said here.
        snapshots: E sets of weights.
        xs: (V,) one input, or (P, V) those of a period; one state a period is then counted.
        period: k, the states of a cycle, 2 to 8.
        fixed: what `births` makes of the same; it is made where it is left out.
        seed: what `births` and further random states are drawn by.

    Raises:
        TypeError: as `births`.
        ValueError: as `births`, or `period` is out of range.
    """
    period = whole_number("period", period, 2, _LONGEST)
    stacked, finite = stacked_map(model, snapshots)
    xs = inputs_of(stacked, xs)
    fixed = births(model, snapshots, xs, seed=seed) if fixed is None else fixed

    def solve(states: Array, there: NDArray[Any]) -> Array:
        return _solve(stacked, states, there, xs, period)

    points: list[Array] = [np.empty((0, stacked.size)) for _ in snapshots]
    links: Links = {}
    own, where = (
        np.concatenate(parts) for parts in zip(fixed.begun, fixed.ends, _around_flips(stacked, xs, fixed), strict=True)
    )
    tried = _look(stacked, xs, own, where, points, links, finite, solve)
    index = _index(stacked, xs, points, fixed, period)
    if index is not None and stacked.cell != "rnn_relu":
        lacking = finite & (index != 1)
        if lacking.any():
            drawn, where = first_starts(stacked, xs, _MORE, (seed + 1) % 2**32)
            begun = drawn[lacking[where]], where[lacking[where]]
            there = np.flatnonzero(lacking)
            ends, which = ends_of(take(stacked, there), xs, begun[0])
            own, where = (np.concatenate(parts) for parts in zip(begun, (ends, there[which]), strict=True))
            tried += _look(stacked, xs, own, where, points, links, finite, solve)
            index = _index(stacked, xs, points, fixed, period)
    branches = _branches(stacked, xs, points, links, period)
    return CycleBirths(period, branches, in_order(changes(branches, finite)), index, tried)


def _look(
    f: StateMap, xs: Array, own: Array, where: NDArray[Any], points: list[Array], links: Links, finite: Any, solve: Any
) -> int:
    """Start Newton from states (N, S) in the snapshots (N,) that no fixed point holds, and lead on what is found."""
    keep = finite[where] & np.isfinite(own).all(axis=-1)
    own, where = own[keep], where[keep]
    moved = np.abs(take(f, where).after(own, xs) - own).max(axis=-1, initial=0.0) > _SETTLED
    own, where = own[moved], where[moved]
    add(points, solve(own, where), where)
    return len(own) + lead_on(points, links, finite, solve)


def _around_flips(f: StateMap, xs: Array, fixed: Births) -> tuple[Array, NDArray[Any]]:
    """States on a line through each fixed point that flips, or is about to: (N, S), and (N,) their snapshots."""
    near = [
        (branch.s[k], branch.first + k)
        for branch in fixed.branches
        for k in np.flatnonzero(((branch.eigenvalues.real < _FLIPS_FROM) & (branch.eigenvalues.imag == 0)).any(axis=-1))
    ]
    if not near:
        return np.empty((0, f.size)), np.empty(0, dtype=int)
    s, where = np.stack([state for state, _ in near]), np.array([e for _, e in near])
    _, jacobian = take(f, where).after_with_jacobian(s, xs)
    values, vectors = np.linalg.eig(jacobian)
    most = np.where(np.abs(values.imag) == 0, values.real, np.inf).argmin(axis=-1)
    along = np.take_along_axis(vectors, most[:, None, None], -1)[..., 0].real
    scale = np.maximum(1.0, np.abs(s).max(axis=-1))[:, None, None]
    away = s[:, None] + _AWAY[:, None] * along[:, None] * scale
    return away.reshape(-1, f.size), np.repeat(where, len(_AWAY))


def _solve(f: StateMap, starts: Array, where: NDArray[Any], xs: Array, period: int) -> Array:
    """The cycle that Newton leads to from each start in its snapshot, by one of its states; NaN where there is none."""
    if not len(starts):
        return starts
    found = newton(take(f, where), starts, np.tile(xs, (period, 1)), _ITERATIONS)
    ends = np.full_like(starts, np.nan)
    good = np.flatnonzero(found.converged)
    if not len(good):
        return ends
    orbit = _orbit(take(f, where[good]), found.s[good], xs, period)
    new = np.ones(len(good), dtype=bool)
    for shorter in range(1, period):
        if period % shorter == 0:
            new &= ~near_each_other(orbit[:, 0], orbit[:, shorter])
    good, orbit = good[new], orbit[new]
    if not len(good):
        return ends
    # A ReLU network can have a whole line of them, none of which says more than the others.
    jacobian = _jacobians(take(f, where[good]), orbit[:, 0], xs, period)
    alone = (np.linalg.svd(np.eye(f.size) - jacobian, compute_uv=False)[..., -1] > SINGULAR).all(axis=-1)
    ends[good[alone]] = _named(orbit[alone])
    return ends


def _jacobians(f: StateMap, s: Array, xs: Array, period: int) -> Array:
    """The derivative of a round from s (N, S), (N, M, S, S): at s itself, and, of a ReLU network, around it.

    torch calls a ReLU flat where its input is 0, which says nothing of the side on which it is not.
    """
    around = s[:, None]
    if f.cell == "rnn_relu":
        moves = 1e-7 * np.random.default_rng(0).choice([-1.0, 1.0], (_SIDES, f.size))
        around = np.concatenate([around, around + moves], axis=1)
    _, jacobian = beside(f).after_with_jacobian(around, np.tile(xs, (period, 1)))
    return jacobian


def _named(orbits: Array) -> Array:
    """The state by which a cycle (N, k, S) is known, wherever it was met: the farthest along a direction drawn once."""
    direction = np.random.default_rng(0).normal(size=orbits.shape[-1])
    return np.take_along_axis(orbits, (orbits @ direction).argmax(axis=-1)[:, None, None], 1)[:, 0]


def _orbit(f: StateMap, s: Array, xs: Array, period: int) -> Array:
    """The k states from s (N, S) on: (N, k, S)."""
    states = [s]
    for _ in range(period - 1):
        states.append(f.after(states[-1], xs))
    return np.stack(states, axis=1)


def _index(f: StateMap, xs: Array, points: Sequence[Array], fixed: Births, period: int) -> NDArray[Any] | None:
    """The sum of the signs of det(I - J) over all fixed points of the map taken k times, (E,)."""
    if any(period % shorter == 0 for shorter in range(2, period)):
        return None
    index = index_of(fixed.branches, len(points), period)
    where = np.repeat(np.arange(len(points)), [len(found) for found in points])
    if len(where):
        _, jacobian = take(f, where).after_with_jacobian(np.concatenate(points), np.tile(xs, (period, 1)))
        signs = np.linalg.slogdet(np.eye(f.size) - jacobian).sign
        index += np.bincount(where, period * signs, len(points)).round().astype(int)
    return index


def _branches(f: StateMap, xs: Array, points: list[Array], links: Links, period: int) -> tuple[CycleBranch, ...]:
    """The chains of matched cycles, all their states, with their eigenvalues."""
    branches = []
    for first, chain in chains(points, links):
        where = np.arange(first, first + len(chain))
        s = np.stack([points[e][number] for e, number in zip(where, chain, strict=True)])
        own = take(f, where)
        states = _orbit(own, s, xs, period)
        for k in range(1, len(states)):
            far = np.abs(states[k] - states[k - 1, 0]).max(axis=-1)
            states[k] = np.roll(states[k], -int(far.argmin()), axis=0)
        values, _ = spectrum(_jacobians(own, s, xs, period))
        stable: NDArray[np.bool_] = np.abs(values[..., 0]).max(axis=-1) < 1
        branches.append(CycleBranch(first, first + len(chain) - 1, states, values[:, 0], stable))
    return tuple(branches)
