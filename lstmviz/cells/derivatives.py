"""One step of each cell together with its derivative, by the chain rule on what `cells` computes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstmviz.cells.step import Array, Weights, gru_step, lstm_step, rnn_relu_step, rnn_step


class Stepped(NamedTuple):
    """A layer after one step; P*H numbers are its state: h, followed by an LSTM's c."""

    state: Array
    """(..., P*H)"""
    by_state: Array
    """(..., P*H, P*H) the derivative by the state before, the new state's numbers along the rows"""
    by_input: Array
    """(..., P*H, V) the derivative by the input; of no rows where it was not asked for"""


def with_derivative(cell: str, x: Array, h: Array, c: Array | None, w: Weights, *, read: bool) -> Stepped:
    """The step of a layer at the input x (..., V) and the state h, c (..., H); `read` asks for `by_input` too.

    A ReLU counts as flat at 0, as torch takes it.
    """
    matrices = (w.hh, w.ih) if read else (w.hh,)
    if cell == "lstm":
        assert c is not None
        return _lstm(x, h, c, w, matrices)
    if cell == "gru":
        return _gru(x, h, w, matrices)
    step = rnn_relu_step(x, h, w) if cell == "rnn_relu" else rnn_step(x, h, w)
    slope = (step.h_pre > 0).astype(float) if cell == "rnn_relu" else 1 - step.h**2
    return Stepped(step.h, *_both([slope[..., None] * matrix for matrix in matrices]))


def _lstm(x: Array, h: Array, c: Array, w: Weights, matrices: tuple[Array, ...]) -> Stepped:
    """C' = f c + i g and h' = o tanh(c'), each gate by the product rule."""
    step = lstm_step(x, h, c, w)
    lead, units = step.h.shape[:-1], h.shape[-1]
    tanh_c = np.tanh(step.c)
    through_c = step.o * (1 - tanh_c**2)  # d h' / d c'
    gates = np.empty((*lead, 4, units, 1))
    gates[..., 0, :, 0] = step.g * step.i * (1 - step.i)
    gates[..., 1, :, 0] = c * step.f * (1 - step.f)
    gates[..., 2, :, 0] = step.i * (1 - step.g**2)
    gates[..., 3, :, 0] = tanh_c * step.o * (1 - step.o)
    found = list[Array]()
    for matrix in matrices:
        wide = matrix.shape[-1]
        scaled = gates * matrix.reshape(*matrix.shape[:-2], 4, units, wide)
        d_c = scaled[..., 0, :, :] + scaled[..., 1, :, :]
        d_c += scaled[..., 2, :, :]
        d_h = through_c[..., None] * d_c
        d_h += scaled[..., 3, :, :]
        both = np.zeros((*lead, 2 * units, wide if found else 2 * units))
        both[..., :units, :wide], both[..., units:, :wide] = d_h, d_c
        found.append(both)
    unit = np.arange(units)
    found[0][..., units + unit, units + unit] = step.f  # d c' / d c where h is given
    found[0][..., unit, units + unit] = through_c * step.f
    return Stepped(np.concatenate(np.broadcast_arrays(step.h, step.c), axis=-1), *_both(found))


def _gru(x: Array, h: Array, w: Weights, matrices: tuple[Array, ...]) -> Stepped:
    """H' = (1 - z) n + z h with n = tanh(W_n x + b_in + r (U_n h + b_hn))."""
    step = gru_step(x, h, w)
    slope_n = (1 - step.z) * (1 - step.n**2)
    by_z = (h - step.n) * step.z * (1 - step.z)
    by_r = slope_n * step.n_hidden * step.r * (1 - step.r)
    units = h.shape[-1]
    found = []
    for matrix, of_n in zip(matrices, (slope_n * step.r, slope_n), strict=False):
        gates = np.concatenate(np.broadcast_arrays(by_r, by_z, of_n), axis=-1)[..., None]
        scaled = gates * matrix
        found.append(scaled[..., :units, :] + scaled[..., units : 2 * units, :] + scaled[..., 2 * units :, :])
    found[0] += np.eye(units) * step.z[..., None]
    return Stepped(step.h, *_both(found))


def _both(found: Sequence[Array]) -> tuple[Array, Array]:
    """The derivative by the state, and that by the input, of no rows where it is not there."""
    return found[0], found[1] if len(found) > 1 else found[0][..., :0, :]
