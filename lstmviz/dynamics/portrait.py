"""Phase portraits: where the map takes the states of a plane, and to which attractor each of them goes in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import real_number, whole_number
from lstmviz.cells.step import Array
from lstmviz.dynamics.newton import inputs_of
from lstmviz.dynamics.planes import Plane
from lstmviz.statemap import StateMap

UNDECIDED = -1
"""The label of a start that came near to none of the attractors."""


@dataclass(frozen=True, eq=False)
class Arrows:
    """What the map does to a grid of states in a plane, row by row along the second axis."""

    start: Array
    """(n, 2) the states of the grid, in the coordinates of the plane"""
    end: Array
    """(n, 2) where they go, seen in the plane"""
    off: Array
    """(n,) how far from the plane they end: what the picture does not show"""


@dataclass(frozen=True, eq=False)
class Basins:
    """Which attractor each start goes to."""

    labels: NDArray[Any]
    """(n,) int: the number of the attractor, -1 where the start was near none of them in the end"""
    steps: NDArray[Any]
    """(n,) int: after how many iterations it was there; the limit where undecided"""
    limit: int
    """how many iterations were waited for"""


def grid(a: tuple[float, float], b: tuple[float, float], columns: int = 21, rows: int = 21) -> Array:
    """(rows * columns, 2) coordinates, evenly from a[0] to a[1] and from b[0] to b[1], row by row along the second.

    Raises:
        ValueError: a range is empty or not finite, or a number is not from 2 to 1000.
    """
    for name, (low, high) in (("a", a), ("b", b)):
        if not -np.inf < low < high < np.inf:
            raise ValueError(f"`{name}` must be two finite numbers, the smaller first; got {low} and {high}.")
    along_a = np.linspace(*a, whole_number("columns", columns, 2, 1000))
    along_b = np.linspace(*b, whole_number("rows", rows, 2, 1000))
    return np.stack(np.meshgrid(along_a, along_b), axis=-1).reshape(-1, 2)


def arrows(f: StateMap, plane: Plane, xs: Array, coordinates: Array) -> Arrows:
    """Where one input (V,), or all of a period (P, V), takes the states at `coordinates` (n, 2) of a plane.

    The arrows are those of the true map of all S numbers: its other numbers leave the plane, by `off`.

    Raises:
        ValueError: a shape does not fit.
    """
    with np.errstate(all="ignore"):
        after = f.after(plane.lift(coordinates), inputs_of(f, xs))
        end = plane.project(after)
        off = np.linalg.norm(after - plane.lift(end), axis=-1)
    return Arrows(np.asarray(coordinates), end, off)


def basins(
    f: StateMap,
    starts: Array,
    xs: Array,
    attractors: Sequence[Array],
    *,
    limit: int = 500,
    within: float = 1e-3,
) -> Basins:
    """Follow each start under an input or period that repeats until it is near one of the attractors.

    Args:
        f: the map.
        starts: (n, S), as `Plane.lift` makes them.
        xs: (V,) or (P, V); an iteration is one whole period.
        attractors: states (S,) of stable fixed points, or (k, S) of stable cycles.
        limit: how many iterations to wait, 1 to 1,000,000.
        within: how near is near, in the largest of the numbers, as a share of the attractor's largest where that is
            above 1. What is near a stable point does not always end there, so keep it small.

    Raises:
        ValueError: a shape does not fit or a number is out of range.
    """
    xs = inputs_of(f, xs)
    limit = whole_number("limit", limit, 1, 1_000_000)
    within = real_number("within", within, 0.0, 1.0, above=True)
    shapes = [np.shape(states) for states in attractors]
    if any(shape[-1:] != (f.size,) or len(shape) > 2 for shape in shapes):
        raise ValueError(f"`attractors` must be states ({f.size},) or cycles (k, {f.size}); got {shapes}.")
    owners = np.repeat(np.arange(len(attractors)), [len(np.atleast_2d(states)) for states in attractors])
    targets = np.concatenate([np.empty((0, f.size)), *map(np.atleast_2d, attractors)])
    reach = within * np.maximum(1.0, np.abs(targets).max(axis=-1, initial=0.0))

    labels = np.full(len(starts), UNDECIDED)
    steps = np.full(len(starts), limit)
    alive, s = np.arange(len(starts)), np.asarray(starts, dtype=float)
    with np.errstate(all="ignore"):
        for k in range(limit + 1):
            there, which = _arrived(s, targets, reach)
            labels[alive[there]], steps[alive[there]] = owners[which[there]], k
            alive, s = alive[~there], s[~there]
            if not len(alive) or not len(targets) or k == limit:
                break
            s = f.after(s, xs)
    return Basins(labels, steps, limit)


def path(f: StateMap, start: Array, xs: Array) -> Array:
    """The states from `start` (S,) on, after each of xs (T, V), the start itself first: (T + 1, S)."""
    start = np.asarray(start, dtype=float)
    return np.concatenate([start[None], f.states(inputs_of(f, xs), start)])


def _arrived(s: Array, targets: Array, reach: Array) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """For states (n, S): whether each is near a target, and the number of the one it is near, (n,) both."""
    if not len(targets):
        return np.zeros(len(s), dtype=bool), np.zeros(len(s), dtype=int)
    # One target at a time: all at once would be (n, K, S) for the largest grids.
    far = np.stack([np.abs(s - target).max(axis=-1) for target in targets], axis=-1) / reach
    which = far.argmin(axis=-1)
    return np.take_along_axis(far, which[:, None], -1)[:, 0] <= 1, which
