"""One step of each recurrent cell, in numpy, as the textbook writes it and as torch computes it.

Every function takes the input x (..., V), the state (..., H) and the weights of one layer, and returns everything that
it computed, each (..., H). The leading axes `...` follow numpy's broadcasting, in the weights too: one step can serve a
batch of sequences under the same weights, or the same sequence under many snapshots of the weights.

`ih` multiplies the input and `hh` the state, and G gates of H rows each are stacked in torch's order: i, f, g, o for
the LSTM, r, z, n for the GRU. torch keeps two biases, one beside each product; so do we.

Every function lets a value be held from outside: each gate, candidate and state goes through `held` by name where it is
computed, and what comes back is what the rest of the step, and the step after, goes on with.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Held = Callable[[str, Array], Array]
"""From the name of a value and the value as computed, (..., H), to the one to go on with, alike in shape and dtype."""


class Weights(NamedTuple):
    """The weights of one layer in one direction, with torch's names and shapes (G gates, H units, V inputs)."""

    ih: Array
    """(..., G*H, V)"""
    hh: Array
    """(..., G*H, H)"""
    b_ih: Array
    """(..., G*H)"""
    b_hh: Array
    """(..., G*H)"""


class RNNStep(NamedTuple):
    """What one step of a plain recurrent network computes, each (..., H)."""

    h_pre: Array
    """the sum before the non-linearity"""
    h: Array
    """the new state: in [-1, 1] for tanh, at least 0 for ReLU"""


class LSTMStep(NamedTuple):
    """What one step of an LSTM computes, each (..., H); `_pre` is the sum before the non-linearity."""

    i_pre: Array
    f_pre: Array
    g_pre: Array
    o_pre: Array
    i: Array
    """input gate, in [0, 1]"""
    f: Array
    """forget gate, in [0, 1]"""
    g: Array
    """candidate, in [-1, 1]"""
    o: Array
    """output gate, in [0, 1]"""
    c: Array
    """the new cell state, unbounded"""
    h: Array
    """the new hidden state, in [-1, 1]"""


class GRUStep(NamedTuple):
    """What one step of a GRU computes, each (..., H); `_pre` is the sum before the non-linearity."""

    r_pre: Array
    z_pre: Array
    n_pre: Array
    n_hidden: Array
    """what the state says to the candidate, U_n h + b_hn, before the reset gate scales it"""
    r: Array
    """reset gate, in [0, 1]"""
    z: Array
    """update gate, in [0, 1]: 1 keeps the old state"""
    n: Array
    """candidate, in [-1, 1]"""
    h: Array
    """the new state"""


def sigmoid(a: Array) -> Array:
    """1 / (1 + exp(-a)), of `a`'s shape and precision, in [0, 1]."""
    with np.errstate(over="ignore"):  # exp(-a) = inf gives the right answer, 0
        found: Array = np.exp(-a)
    found += 1
    return 1 / found


def as_it_is(name: str, value: Array) -> Array:
    """`value` as it was computed: nothing is held."""
    return value


def rnn_step(x: Array, h: Array, w: Weights, held: Held = as_it_is) -> RNNStep:
    """One step of Elman's network (Elman 1990): h' = tanh(W x + b_ih + U h + b_hh), as torch.nn.RNNCell.

    x: (..., V) input; h: (..., H) state. Each result is (..., H).
    """
    h_pre = np.matvec(w.ih, x) + w.b_ih + np.matvec(w.hh, h) + w.b_hh
    return RNNStep(h_pre, held("h", np.tanh(h_pre)))


def rnn_relu_step(x: Array, h: Array, w: Weights, held: Held = as_it_is) -> RNNStep:
    """One step of the same network with ReLU for tanh (Le, Jaitly & Hinton 2015): h' = max(0, W x + b_ih + U h + b_hh).

    x: (..., V) input; h: (..., H) state. Each result is (..., H). As torch.nn.RNNCell(nonlinearity="relu").
    """
    h_pre = np.matvec(w.ih, x) + w.b_ih + np.matvec(w.hh, h) + w.b_hh
    return RNNStep(h_pre, held("h", np.maximum(h_pre, 0)))


def lstm_step(x: Array, h: Array, c: Array, w: Weights, held: Held = as_it_is) -> LSTMStep:
    """One step of an LSTM (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).

    x: (..., V) input; h, c: (..., H) state. Each result is (..., H). As torch.nn.LSTMCell.
    """
    pre = np.matvec(w.ih, x) + w.b_ih + np.matvec(w.hh, h) + w.b_hh
    i_pre, f_pre, g_pre, o_pre = _gates(pre, 4)
    i, f, _, o = _gates(sigmoid(pre), 4)  # in one call: of small networks, calls are what takes time
    i, f, g, o = held("i", i), held("f", f), held("g", np.tanh(g_pre)), held("o", o)
    c = held("c", f * c + i * g)
    h = held("h", o * np.tanh(c))
    return LSTMStep(i_pre, f_pre, g_pre, o_pre, i, f, g, o, c, h)


def gru_step(x: Array, h: Array, w: Weights, held: Held = as_it_is) -> GRUStep:
    """One step of a GRU (Cho et al. 2014) in the form of torch.nn.GRUCell, where the reset gate scales U_n h + b_hn.

    x: (..., V) input; h: (..., H) state. Each result is (..., H). The paper applies the reset gate to h itself, before
    the product; torch and cuDNN apply it after, and so do we.
    """
    r_input, z_input, n_input = _gates(np.matvec(w.ih, x) + w.b_ih, 3)
    r_hidden, z_hidden, n_hidden = _gates(np.matvec(w.hh, h) + w.b_hh, 3)
    r_pre, z_pre = r_input + r_hidden, z_input + z_hidden
    r, z = held("r", sigmoid(r_pre)), held("z", sigmoid(z_pre))
    n_pre = n_input + r * n_hidden
    n = held("n", np.tanh(n_pre))
    h = held("h", (1 - z) * n + z * h)
    return GRUStep(r_pre, z_pre, n_pre, n_hidden, r, z, n, h)


def _gates(stacked: Array, count: int) -> tuple[Array, ...]:
    """The `count` blocks of the last axis; np.split does the same at ten times the cost, felt over 599 steps."""
    size = stacked.shape[-1] // count
    return tuple(stacked[..., k * size : (k + 1) * size] for k in range(count))
