"""One step of a network on balls: where it leads a state, and its derivative over all states of a box.

The equations are those of `cells` and `statemap`, term for term. Many steps are taken side by side, along leading axes.
"""

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array, Weights
from lstmviz.proof.balls import (
    Ball,
    exact,
    relu,
    sigmoid,
    slope_of_relu,
    slope_of_sigmoid,
    slope_of_tanh,
    stack,
    tanh,
)
from lstmviz.statemap import StateMap


def ball_step(f: StateMap, s: Ball, letters: int | NDArray[np.int64]) -> tuple[Ball, Ball]:
    """The states after letters (...) in the states `s` (..., S): they, and d s' / d s over all of `s`, (..., S, S)."""
    size = f.parts * f.hidden_size
    states, rows = list[Ball](), list[Ball]()
    # A letter is a column of the first layer's weights, added without rounding.
    read, below = exact(f.layers[0].ih.T[letters]), None
    for k, w in enumerate(f.layers):
        own = slice(k * size, (k + 1) * size)
        new, by_state, by_read = _layer(f.cell, w, read + exact(w.b_ih), s[..., own])
        shape = (*s.mid.shape[:-1], size, f.size)
        full = Ball(np.zeros(shape), np.zeros(shape))
        full.mid[..., own], full.rad[..., own] = by_state.mid, by_state.rad
        if below is not None:
            full = full + by_read @ below
        states.append(new)
        rows.append(full)
        below = full[..., : f.hidden_size, :]
        if k + 1 < len(f.layers):
            read = _times(f.layers[k + 1].ih, new[..., : f.hidden_size])
    return stack(states, -1), stack(rows, -2)


def _layer(cell: str, w: Weights, read: Ball, s: Ball) -> tuple[Ball, Ball, Ball]:
    """The new state of a layer, and its derivatives by its own state and by what it reads.

    read: (..., G*H) what the input says to the gates, with its bias.
    """
    match cell:
        case "lstm":
            return _lstm(w, read, s)
        case "gru":
            return _gru(w, read, s)
    pre = read + _times(w.hh, s) + exact(w.b_hh)
    h, slope = (relu(pre), slope_of_relu(pre)) if cell == "rnn_relu" else _tanh(pre)
    return h, _rows(slope) * exact(w.hh), _rows(slope) * exact(w.ih)


def _lstm(w: Weights, read: Ball, s: Ball) -> tuple[Ball, Ball, Ball]:
    units = w.hh.shape[-1]
    h, c = s[..., :units], s[..., units:]
    pre = read + _times(w.hh, h) + exact(w.b_hh)
    a_i, a_f, a_g, a_o = (pre[..., k * units : (k + 1) * units] for k in range(4))
    (i, d_i), (f, d_f), (o, d_o) = _sigmoid(a_i), _sigmoid(a_f), _sigmoid(a_o)
    g, d_g = _tanh(a_g)
    new_c = f * c + i * g
    squashed, d_squashed = _tanh(new_c)
    through = o * d_squashed
    by_i, by_f, by_g, by_o = g * d_i, c * d_f, i * d_g, squashed * d_o

    def by(matrix: Array) -> tuple[Ball, Ball]:
        m_i, m_f, m_g, m_o = (exact(matrix[k * units : (k + 1) * units]) for k in range(4))
        d_c = _rows(by_i) * m_i + _rows(by_f) * m_f + _rows(by_g) * m_g
        return _rows(by_o) * m_o + _rows(through) * d_c, d_c

    h_by_h, c_by_h = by(w.hh)
    h_by_x, c_by_x = by(w.ih)
    along = _diagonal(f)
    own = stack([stack([h_by_h, _rows(through) * along], -1), stack([c_by_h, along], -1)], -2)
    return stack([o * squashed, new_c], -1), own, stack([h_by_x, c_by_x], -2)


def _gru(w: Weights, read: Ball, h: Ball) -> tuple[Ball, Ball, Ball]:
    units = w.hh.shape[-1]
    kept = _times(w.hh, h) + exact(w.b_hh)
    parts = [slice(k * units, (k + 1) * units) for k in range(3)]
    (r, d_r), (z, d_z) = (_sigmoid(read[..., part] + kept[..., part]) for part in parts[:2])
    m = kept[..., parts[2]]
    n, d_n = _tanh(read[..., parts[2]] + r * m)
    ones = exact(np.ones_like(r.mid))
    slope_n = (ones - z) * d_n
    by_z, by_r = (h - n) * d_z, slope_n * m * d_r

    def by(matrix: Array, of_n: Ball) -> Ball:
        m_r, m_z, m_n = (exact(matrix[part]) for part in parts)
        return _rows(by_r) * m_r + _rows(by_z) * m_z + _rows(slope_n * of_n) * m_n

    return n + z * (h - n), by(w.hh, r) + _diagonal(z), by(w.ih, ones)


def _tanh(a: Ball) -> tuple[Ball, Ball]:
    value = tanh(a)
    return value, slope_of_tanh(value)


def _sigmoid(a: Ball) -> tuple[Ball, Ball]:
    value = sigmoid(a)
    return value, slope_of_sigmoid(value)


def _times(matrix: Array, s: Ball) -> Ball:
    return (exact(matrix) @ s[..., None])[..., 0]


def _rows(a: Ball) -> Ball:
    return a[..., None]


def _diagonal(a: Ball) -> Ball:
    eye = np.eye(a.mid.shape[-1])
    return Ball(a.mid[..., None] * eye, a.rad[..., None] * eye)


def ahead(f: StateMap, s: Ball, right: NDArray[np.int64]) -> Array:
    """The least by which the logit of the letter `right` (...) is ahead of every other one, in all states `s` (..., S).

    (...); -inf where it overflows.
    """
    assert f.head is not None
    weight, bias = f.head
    letters = np.arange(len(bias))
    # The difference of two weights is a sum of two numbers, rounded once.
    rows = exact(weight[right][..., None, :]) - exact(weight)
    by = exact(bias[right][..., None]) - exact(bias)
    margins = ((rows @ Ball(f.h(s.mid), f.h(s.rad))[..., None])[..., 0] + by).low
    margins = np.where(np.isfinite(margins), margins, -np.inf)
    margins[letters == right[..., None]] = np.inf
    least: Array = margins.min(axis=-1)
    return least
