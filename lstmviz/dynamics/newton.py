"""Newton's method for s = F(s), from many states at once, each under weights of its own if need be."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.cells.step import Array, Weights
from lstmviz.statemap import StateMap, state_map

RESIDUAL = 1e-10
"""A fixed point may miss s = F(s) by this, in the largest of its numbers."""
SAME = 1e-6
"""Two points nearer than this, in the largest of their numbers, as a share of those where they are above 1, are one."""
_STEP = 1e-7  # the last Newton step of a point that counts as found; it keeps slow places from passing for fixed points
_SHORTEST = 2.0**-10  # the smallest share of a Newton step that is tried


class Found(NamedTuple):
    """Where Newton ended from each of N starts."""

    s: Array
    """(N, S) the last states, fixed points where `converged`"""
    converged: NDArray[np.bool_]
    """(N,)"""


def map_of(model: "nn.Module | StateMap") -> StateMap:
    """The map of `model`, itself if it is one."""
    return model if isinstance(model, StateMap) else state_map(model)


def inputs_of(f: StateMap, x: Array) -> Array:
    """A constant input (V,) or those of a period (P, V), as (P, V) in float64.

    Raises:
        ValueError: another shape, no input at all, or a number that is not finite.
    """
    xs = np.asarray(x, dtype=float)
    if xs.ndim not in (1, 2) or xs.shape[-1] != f.input_size or 0 in xs.shape:
        raise ValueError(f"`x` must have shape ({f.input_size},), or (P, {f.input_size}) for a period; got {xs.shape}.")
    if not np.isfinite(xs).all():
        raise ValueError(f"`x` must hold finite numbers only; got {xs[~np.isfinite(xs)][0]}.")
    return np.atleast_2d(xs)


def bounded(f: StateMap) -> NDArray[np.bool_]:
    """(S,) which numbers of a state lie between -1 and 1 after any step: h, but for a ReLU."""
    return np.tile(np.repeat([f.cell != "rnn_relu", False][: f.parts], f.hidden_size), len(f.layers))


def take(f: StateMap, which: NDArray[Any]) -> StateMap:
    """The map whose weights, if they lead with an axis, are those `which` picks along it."""
    if f.layers[0].hh.ndim == 2:
        return f
    return replace(f, layers=tuple(Weights(*(array[which] for array in w)) for w in f.layers), head=None)


def beside(f: StateMap) -> StateMap:
    """The map of states (E, N, S), N of them under each of the E sets of weights that f leads with."""
    return replace(f, layers=tuple(Weights(*(array[:, None] for array in w)) for w in f.layers))


def newton(f: StateMap, starts: Array, xs: Array, iterations: int = 60) -> Found:
    """Damped Newton on F(s) - s, F the map of all of xs (P, V), from each of `starts` (N, S).

    A step is taken where it makes |F(s) - s| smaller, and halved where it does not; where I - dF/ds is singular, the
    shortest step that fits best is taken (least squares). Weights may lead with an axis of N, one set for each start.
    A state counts as found if it misses by at most `RESIDUAL` and Newton would hardly move it any more.

    An h that comes from tanh is kept between -1 and 1, where it must lie: far outside, the gates of a GRU round to 1,
    and every state would pass for a fixed point.
    """
    bound = np.where(bounded(f), 1.0, np.inf)
    end, converged = starts.copy(), np.zeros(len(starts), dtype=bool)
    last_miss, last_step = np.empty_like(end), np.empty_like(end)
    with np.errstate(all="ignore"):  # starts that run away overflow, and are dropped
        alive: NDArray[Any] = np.flatnonzero(np.isfinite(starts).all(axis=-1))
        s, own = np.clip(starts[alive], -bound, bound), take(f, alive)
        after, jacobian = own.after_with_jacobian(s, xs)
        miss = after - s
        full = _newton_step(jacobian, miss)
        share: Array = np.ones(len(s))
        for _ in range(iterations):
            size, length = _largest(miss), _largest(full)
            scale = np.maximum(1.0, _largest(s))
            done = (size <= RESIDUAL) & (length <= _STEP * scale)
            keep = ~done & (share >= _SHORTEST) & np.isfinite(length)
            ended = alive[done]
            converged[ended] = True
            end[ended], last_miss[ended], last_step[ended] = s[done], miss[done], full[done]
            if not keep.any():
                break
            if not keep.all():
                alive, s, miss, full, share = alive[keep], s[keep], miss[keep], full[keep], share[keep]
                length, scale, own = length[keep], scale[keep], take(f, alive)
            # A step over a hundred times the state's size comes from a nearly singular matrix and leads nowhere.
            tried = s + (share * np.minimum(1.0, 100 * scale / np.maximum(length, 1e-300)))[:, None] * full
            tried = np.clip(tried, -bound, bound)
            after, jacobian = own.after_with_jacobian(tried, xs)
            new = after - tried
            better = _norm(new) < _norm(miss)
            # Below what is asked for, rounding decides which is smaller.
            better |= _largest(new) <= RESIDUAL
            share = np.where(better, np.minimum(1.0, 2 * share), share / 2)
            s, miss = np.where(better[:, None], tried, s), np.where(better[:, None], new, miss)
            if better.any():
                full[better] = _newton_step(jacobian[better], new[better])
        found = np.flatnonzero(converged)
        end[found] = _polished(take(f, found), end[found], last_miss[found], last_step[found], xs)
    return Found(end, converged)


def spectrum(jacobian: Array) -> tuple[Array, Array]:
    """Eigenvalues (..., S), the largest modulus first, and eigenvectors (..., S, S) in columns, in the same order."""
    values, vectors = np.linalg.eig(jacobian)
    values, vectors = values.astype(complex), vectors.astype(complex)
    order = np.argsort(-np.abs(values), axis=-1, kind="stable")
    return np.take_along_axis(values, order, -1), np.take_along_axis(vectors, order[..., None, :], -1)


def near_each_other(a: Array, b: Array) -> NDArray[np.bool_]:
    """Whether states a and b (..., S) count as the same, (...)."""
    return np.asarray(_largest(a - b) <= SAME * np.maximum(1.0, _largest(a)))


def distinct(states: Array) -> NDArray[Any]:
    """The different ones among `states` (N, S), in their order, as indices (K,)."""
    left, kept = np.arange(len(states)), list[int]()
    while len(left):
        kept.append(int(left[0]))
        left = left[~near_each_other(states[left[0]], states[left])]
    return np.array(kept, dtype=int)


def _newton_step(jacobian: Array, miss: Array) -> Array:
    """The step d with (I - J) d = F(s) - s, (N, S); NaN where the numbers are not finite."""
    matrix = np.eye(miss.shape[-1]) - jacobian
    try:
        return np.linalg.solve(matrix, miss[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.stack([_one_step(m, r) for m, r in zip(matrix, miss, strict=True)])


def _polished(f: StateMap, s: Array, miss: Array, step: Array, xs: Array) -> Array:
    """The last, tiny step taken where it does no harm: it squares the error, and the derivative is there already."""
    if not len(s):
        return s
    further = s + step
    better = _largest(f.after(further, xs) - further) <= _largest(miss)
    return np.where(better[:, None], further, s)


def _one_step(matrix: Array, miss: Array) -> Array:
    if not (np.isfinite(matrix).all() and np.isfinite(miss).all()):
        return np.full(len(miss), np.nan)
    step: Array = np.linalg.lstsq(matrix, miss)[0]
    return step


def _largest(a: Array) -> Array:
    return np.abs(a).max(axis=-1)


def _norm(a: Array) -> Array:
    return np.linalg.norm(a, axis=-1)
