"""The Elman RNN with tanh or ReLU, its units along the vector."""

from numba import njit

from lstmviz.fused.functions import tanh
from lstmviz.fused.units.products import multiply, multiply_row
from lstmviz.fused.vector import load, maximum, store, where_positive


@njit(_nrt=False)
def forward(m, q, at, layer, base, start, stop, shift, init, which):
    """H of the steps from `start` to `stop`, from an update's first row `base` on.

    shift: where the first row of the update begins in h. init, which: what the sums start from, the row of the first
    step at init + q[which] rows.
    """
    K, L, hh = at.vectors, at.lanes, q[at.packed_hh + layer]
    h, before = at.h + layer * at.layer_states + shift, at.before + layer * at.layer_states
    first = q[at.steps + start]
    for s in range(start, stop):
        row = q[at.steps + s]
        count, here, there = q[at.steps + s + 1] - row, h + (row - base) * K, before + (row - base) * K
        given = which + row - first
        if count == 1:
            multiply_row(m, q, hh, at.once, at.rows, at.panel, K, there * L, at.nought, init, given, here)
        else:
            multiply(m, q, hh, at.once, at.rows, at.panel, K, there * L, K * L, at.nought, init, given, here, count)
        if at.relu:
            for v in range(here, here + count * K):
                store(m, v, maximum(0.0, load(m, v)))  # NaN stays NaN
        else:
            for v in range(here, here + count * K):
                store(m, v, tanh(load(m, v)))
        if not at.shared:
            for v in range((q[at.steps + s + 2] - q[at.steps + s + 1]) * K):
                store(m, there + count * K + v, load(m, here + v))


@njit(_nrt=False)
def backward(m, q, at, layer, base, start, stop, shift):
    """The gradients at the sums of the steps from `start` to `stop`, last step first."""
    K, L, hh = at.vectors, at.lanes, q[at.hh + layer]
    h, carry = at.h + layer * at.layer_states + shift, at.carry + layer * at.layer_sequences
    first = q[at.steps + start]
    for s in range(stop - 1, start - 1, -1):
        row = q[at.steps + s]
        count, here, d = q[at.steps + s + 1] - row, h + (row - base) * K, at.d_hidden + (row - first) * K
        d_h = at.d_h + (row - first) * K
        if at.relu:
            for v in range(count * K):
                store(m, d + v, where_positive(load(m, here + v), load(m, d_h + v) + load(m, carry + v)))
        else:
            for v in range(count * K):
                x = load(m, here + v)
                store(m, d + v, (load(m, d_h + v) + load(m, carry + v)) * (1.0 - x * x))
        if count == 1:
            multiply_row(m, q, hh, at.once, at.rows, at.panel, K, d * L, at.nought, at.zero, at.none, carry)
        else:
            multiply(m, q, hh, at.once, at.rows, at.panel, K, d * L, K * L, at.nought, at.zero, at.none, carry, count)
