"""The sweep back through time over a window: the gradients of all its losses at once, one step k after the other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array
from lstmviz.gradients.forward import Run
from lstmviz.gradients.steps import PRE, joined, step_back

_FAR = 2.0**200  # a vector is brought back near 1 before its largest number leaves [1/_FAR, _FAR]


class Swept(NamedTuple):
    """What a sweep over N steps found: P parts (h, and c where there is one) of one layer of E networks."""

    norms: Array
    """(P, E, N, N) the norm at [t, k] over a power of two; NaN where k > t, and where nothing is asked at t"""
    exponents: NDArray[np.int64]
    """(E, N, N) that power"""
    now: Array
    """(P, E, N, H) the gradient at k = t itself; NaN where nothing is asked there"""
    vectors: Array | None
    """(P, E, N, N, H) all of them, powers and all, NaN as the norms are; None if not wanted"""


def jacobians_of(run: Run, window: range) -> Array:
    """(N, E, S, S) d s_k / d s_{k-1} of the steps of `window`."""
    states = run.states()
    before = np.concatenate([np.zeros_like(states[:1]), states])[window.start : window.stop]
    return run.networks.jacobian(before, run.layers[0].x[window.start : window.stop])


def sweep(run: Run, window: range, jacobians: Array, layer: int, keep: bool) -> Swept:
    """The gradients of L_t by the state of `layer` at k, for all t >= k of `window`, as autograd counts them."""
    f = run.networks
    count, (_, networks) = len(window), run.loss.shape
    assert f.head is not None
    top = (run.error[window.start : window.stop, :, None] @ f.head[0])[..., 0, :]  # d L_t / d h_t of the last layer
    last_h = slice(f.size - f.parts * f.hidden_size, f.size - (f.parts - 1) * f.hidden_size)
    norms = np.full((f.parts, networks, count, count), np.nan)
    exponents = np.zeros((networks, count, count), dtype=np.int64)
    now = np.empty((f.parts, networks, count, f.hidden_size))
    vectors = np.full((*norms.shape, f.hidden_size), np.nan) if keep else None
    every = np.zeros((networks, count, f.size))
    power = np.zeros((networks, count), dtype=np.int64)
    for k in range(count - 1, -1, -1):
        every[:, k, last_h] = top[k]
        part = every[:, k:]
        gradients = _as_autograd(run, window.start + k, part, layer)
        exponents[:, k:, k] = power[:, k:]
        for p, gradient in enumerate(gradients):
            norms[p, :, k:, k] = _norm(gradient)
            now[p, :, k] = gradient[:, 0]
            if vectors is not None:
                vectors[p, :, k:, k] = np.ldexp(gradient, power[:, k:, None])
        if k:
            every[:, k:] = part @ jacobians[k]
            _bring_back(every[:, k:], power[:, k:])
    silent = np.flatnonzero(~run.asked[window.start : window.stop])  # steps without a loss to follow
    norms[:, :, silent] = now[:, :, silent] = np.nan
    if vectors is not None:
        vectors[:, :, silent] = np.nan
    return Swept(norms, exponents, now, vectors)


def _as_autograd(run: Run, k: int, handed: Array, layer: int) -> list[Array]:
    """From the derivatives by the state that step k hands on, (E, M, S), to all of those by one layer's h and c.

    Within a step h feeds the layers above, and c feeds h.
    """
    f, size = run.networks, run.networks.hidden_size
    from_above: Array | float = 0.0
    for n in range(len(f.layers) - 1, layer - 1, -1):
        start = n * f.parts * size
        dh = handed[..., start : start + size] + from_above
        carried = handed[..., start + size : start + 2 * size] if f.parts == 2 else None
        names = ("c", "o") if n == layer else tuple(run.layers[n].values)
        v = {name: run.layers[n].values[name][k][:, None] for name in names if f.parts == 2 or n > layer}
        if n > layer:
            d = step_back(f.cell, v, dh, carried)
            from_above = joined(PRE[f.cell], d) @ f.layers[n].ih
    if carried is None:
        return [dh]
    return [dh, carried + dh * (v["o"] * (1 - np.tanh(v["c"]) ** 2))]


def _norm(gradient: Array) -> Array:
    """The Euclidean norm over the last axis, by way of the largest number, so that no square underflows."""
    largest = largest_of(np.abs(gradient))
    scaled = gradient / np.where(largest > 0, largest, 1)[..., None]
    return largest * np.sqrt(np.einsum("...h,...h->...", scaled, scaled))


def largest_of(vectors: Array) -> Array:
    """The maximum over the last axis: of a few numbers each, numpy finds it in a third of the time along the first."""
    largest: Array = np.ascontiguousarray(np.moveaxis(vectors, -1, 0)).max(axis=0)
    return largest


def _bring_back(vectors: Array, power: NDArray[np.int64]) -> None:
    """Move powers of two from `vectors` to `power`, in place, where they have drifted far from 1."""
    largest = largest_of(np.abs(vectors))
    if not (((largest < 1 / _FAR) & (largest > 0)) | (largest > _FAR)).any():
        return
    shift = np.where(np.isfinite(largest), np.frexp(largest)[1], 0)
    vectors[...] = np.ldexp(vectors, -shift[..., None])
    power += shift
