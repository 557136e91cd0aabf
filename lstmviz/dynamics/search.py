"""The search for fixed points: where Newton's method is started from.

What attracts is found by following the map. What does not is found from random states, and from the watersheds between
what attracts, where the map itself lingers.
"""

from itertools import product

import numpy as np

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.dynamics.newton import beside, bounded, distinct, newton
from lstmviz.statemap import StateMap

SINGULAR = 1e-9
"""I - J with a singular value below this has a direction in which the point may slide."""
_SETTLING = 240  # steps after which a state is taken for near where it will end, in whole periods
_REACHING = 96  # steps after which a state shows how far its numbers go
_PIECES = 4096  # a ReLU network of at most so many linear pieces is searched piece by piece


def first_starts(f: StateMap, xs: Array, count: int, seed: int, near: Array | None, box: float | None) -> Array:
    """Random states, half of them shrunk towards 0 where a saturated network decides, given ones, and their futures."""
    states = random_states(f, xs, count, seed, box)
    shrink = np.geomspace(1e-3, 1.0, count // 2)
    states[: count // 2] *= shrink[:, None]
    if near is not None:
        given = np.atleast_2d(np.asarray(near, dtype=float))
        if given.ndim != 2 or given.shape[-1] != f.size:
            raise ValueError(f"`near` must have shape (N, {f.size}); got {np.shape(near)}.")
        states = np.concatenate([states, given])
    with np.errstate(all="ignore"):
        once = f.after(states, xs)
        futures = np.concatenate([once, _settled(f, once, xs)])
    futures = futures[np.isfinite(futures).all(axis=-1)]
    # Most futures are one another's: where the map draws all together, one start tells as much as a hundred.
    _, different = np.unique(futures.round(3), axis=0, return_index=True)
    return np.concatenate([states, futures[np.sort(different)]])


def random_states(f: StateMap, xs: Array, count: int, seed: int, box: float | None = None) -> Array:
    """(count, S) states: h within -1 and 1, what has no bound within twice the range that the map takes them to.

    Where the weights lead with an axis of E, each set has a range of its own: (E, count, S).
    """
    random = np.random.default_rng(whole_number("seed", seed, 0, 2**32 - 1))
    states = random.uniform(-1, 1, (count, f.size))
    if box is not None:
        return states * _positive("box", box)
    inside = bounded(f)
    if not inside.all():
        own = beside(f) if f.layers[0].hh.ndim > 2 else f
        with np.errstate(all="ignore"):
            reach = np.abs(_settled(own, states, xs, _REACHING))
        reach = np.where(np.isfinite(reach) & (reach < 1e6), reach, 0.0).max(axis=-2, keepdims=True)
        states = np.where(inside, states, states * 2 * np.maximum(1.0, reach))
    return np.abs(states) if f.cell == "rnn_relu" else states


def search(f: StateMap, xs: Array, starts: Array) -> tuple[Array, int, int]:
    """The different fixed points (K, S), how many starts there were, and how many of them converged."""
    found = newton(f, starts, xs)
    states = found.s[found.converged]
    states = states[distinct(states)]
    tried, converged = len(starts), int(found.converged.sum())
    more = _watersheds(f, xs, states)
    if len(more):
        found = newton(f, more, xs)
        tried, converged = tried + len(more), converged + int(found.converged.sum())
        states = np.concatenate([states, found.s[found.converged]])
        states = states[distinct(states)]
    return states, tried, converged


def solved_pieces(f: StateMap, xs: Array) -> tuple[Array, bool]:
    """The candidate of each linear piece of a small ReLU network under one input, (K, S), and whether that is all.

    Where the units in a set D are on and the others off, h = D (U h + b) is linear, so a fixed point in the piece is
    its only solution, unless I - D U is singular. There are none for any other network.
    """
    if f.cell != "rnn_relu" or len(f.layers) > 1 or len(xs) > 1 or 2**f.hidden_size > _PIECES:
        return np.empty((0, f.size)), False
    w = f.layers[0]
    on = np.array(list(product([0.0, 1.0], repeat=f.hidden_size)))
    drive = w.ih @ xs[0] + w.b_ih + w.b_hh
    matrix, right = np.eye(f.hidden_size) - on[:, :, None] * w.hh, on * drive
    regular = np.linalg.svd(matrix, compute_uv=False)[:, -1] > SINGULAR
    return np.linalg.solve(matrix[regular], right[regular][..., None])[..., 0], bool(regular.all())


def _settled(f: StateMap, s: Array, xs: Array, steps: int = _SETTLING) -> Array:
    for _ in range(max(8, min(40, steps // len(xs)))):
        s = f.after(s, xs)
    return s


def _watersheds(f: StateMap, xs: Array, points: Array, pairs: int = 12) -> Array:
    """States near the watershed between two attractors, and where the map takes them: they linger at unstable points.

    For each of some pairs of stable points the segment between them is halved until its ends, which go to different
    attractors, have met.
    """
    if len(points) < 2:
        return points[:0]
    _, jacobian = f.after_with_jacobian(points, xs)
    stable = points[np.abs(np.linalg.eigvals(jacobian)).max(axis=-1) < 1]
    first, second = np.triu_indices(len(stable), 1)
    a, b = stable[first[:pairs]], stable[second[:pairs]]
    if not len(a):
        return points[:0]
    low, high = np.zeros((len(a), 1)), np.ones((len(a), 1))
    for _ in range(20):
        middle = (low + high) / 2
        end = _settled(f, a + middle * (b - a), xs)
        to_a = np.linalg.norm(end - a, axis=-1, keepdims=True) < np.linalg.norm(end - b, axis=-1, keepdims=True)
        low, high = np.where(to_a, middle, low), np.where(to_a, high, middle)
    s, lingering = a + (low + high) / 2 * (b - a), list[Array]()
    for _ in range(20):
        lingering.append(s)
        s = f.after(s, xs)
    states = np.concatenate(lingering)
    return states[np.isfinite(states).all(axis=-1)]


def _positive(name: str, value: float) -> float:
    if not 0 < value < np.inf:
        raise ValueError(f"`{name}` must be a finite number above 0; got {value}.")
    return float(value)
