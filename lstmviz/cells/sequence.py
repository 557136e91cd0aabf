"""A layer over a whole sequence: what `cells` computes in each step, in the same order and to the same bit.

A page waits for this, and of a loop of 599 steps over arrays this small the most is what Python and numpy do around the
numbers. So everything is written where it stays, the gates of a step are taken in one call, and so is, before the loop,
what the input says to all steps.
"""

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array, GRUStep, LSTMStep, RNNStep, Weights


def read(
    cell: str, w: Weights, x: Array, h: Array, c: Array | None = None, taken: NDArray[np.bool_] | None = None
) -> dict[str, Array]:
    """All that `cells` computes of a layer over x (T, ..., V), by its names, each (T, ..., H).

    With "h_prev" and, for an LSTM, "c_prev": what each step started from. Nothing warns, so what overflows in a network
    that has diverged is to be seen.

    Args:
        cell: "rnn", "rnn_relu", "lstm" or "gru".
        w: weights of the layer; axes before their own stand before the last of `x` too.
        x: what is read.
        h: (..., H) where it starts.
        c: (..., H), for an LSTM alone.
        taken: (T, ...) whether a sequence has this step; where it has not, its state stays as it is.
    """
    x = x.reshape(len(x), *(1,) * (w.ih.ndim - x.ndim), *x.shape[1:])  # what all read has no axis of theirs
    lead = np.broadcast_shapes(h.shape[:-1], x.shape[1:-1], w.hh.shape[:-2])
    states = np.empty((2 if cell == "lstm" else 1, len(x) + 1, *lead, h.shape[-1]), w.hh.dtype)
    for whole, first in zip(states, (h, c), strict=False):
        whole[0] = first
    sums = np.empty((len(x), *lead, w.hh.shape[-2]), w.hh.dtype)
    with np.errstate(all="ignore"):
        np.add(np.matvec(w.ih, x), w.b_ih, out=sums)
        run = {"lstm": _lstm, "gru": _gru}.get(cell, _relu if cell == "rnn_relu" else _tanh)
        values = run(w, sums, states, None if taken is None else ~taken)
    return values | dict(zip(("h_prev", "c_prev"), states[:, :-1], strict=False))


def _lstm(w: Weights, sums: Array, states: Array, over: NDArray[np.bool_] | None) -> dict[str, Array]:
    gates = np.empty_like(sums)
    named = LSTMStep._make((*_blocks(sums, 4), *_blocks(gates, 4), states[1, 1:], states[0, 1:]))
    for t, (pre, gate, step) in enumerate(zip(sums, gates, zip(*named, strict=True), strict=True)):
        _, _, g_pre, _, i, f, g, o, c, h = step
        _add_state(w, states[0, t], pre)
        _sigmoid(pre, out=gate)
        np.tanh(g_pre, out=g)
        np.multiply(f, states[1, t], out=c)
        c += np.multiply(i, g, out=h)
        np.multiply(o, np.tanh(c, out=h), out=h)
        _stay(states, t, over)
    return named._asdict()


def _gru(w: Weights, sums: Array, states: Array, over: NDArray[np.bool_] | None) -> dict[str, Array]:
    both = slice(2 * states.shape[-1])  # gates, r and z
    gates, from_state = np.empty_like(sums), np.empty_like(sums)
    named = GRUStep._make((*_blocks(sums, 3), _blocks(from_state, 3)[2], *_blocks(gates, 3), states[0, 1:]))
    whole = zip(from_state, sums[..., both], gates[..., both], strict=True)
    for t, ((hidden, pre, gate), step) in enumerate(zip(whole, zip(*named, strict=True), strict=True)):
        _, _, n_pre, n_hidden, r, z, n, new_h = step
        h = states[0, t]
        np.add(np.matvec(w.hh, h, out=hidden), w.b_hh, out=hidden)
        pre += hidden[..., both]
        _sigmoid(pre, out=gate)
        n_pre += np.multiply(r, n_hidden, out=n)
        np.tanh(n_pre, out=n)
        np.multiply(np.subtract(1, z, out=new_h), n, out=new_h)
        new_h += z * h
        _stay(states, t, over)
    return named._asdict()


def _tanh(w: Weights, sums: Array, states: Array, over: NDArray[np.bool_] | None) -> dict[str, Array]:
    for t, pre in enumerate(sums):
        _add_state(w, states[0, t], pre)
        np.tanh(pre, out=states[0, t + 1])
        _stay(states, t, over)
    return RNNStep(sums, states[0, 1:])._asdict()


def _relu(w: Weights, sums: Array, states: Array, over: NDArray[np.bool_] | None) -> dict[str, Array]:
    for t, pre in enumerate(sums):
        _add_state(w, states[0, t], pre)
        np.maximum(pre, 0, out=states[0, t + 1])
        _stay(states, t, over)
    return RNNStep(sums, states[0, 1:])._asdict()


def _add_state(w: Weights, h: Array, sums: Array) -> None:
    """(From the input + from the state) + the second bias."""
    sums += np.matvec(w.hh, h)
    sums += w.b_hh


def _sigmoid(a: Array, out: Array) -> None:
    """`cells.sigmoid`."""
    np.exp(np.negative(a, out=out), out=out)
    out += 1
    np.reciprocal(out, out=out)


def _stay(states: Array, t: int, over: NDArray[np.bool_] | None) -> None:
    """Where a sequence is over, its state after step `t` is the one before."""
    if over is not None:
        states[:, t + 1, over[t]] = states[:, t, over[t]]


def _blocks(stacked: Array, count: int) -> tuple[Array, ...]:
    size = stacked.shape[-1] // count
    return tuple(stacked[..., k * size : (k + 1) * size] for k in range(count))
