"""The Elman RNN with tanh or ReLU, its units along the vector."""

from numba import njit

from lstmviz.fused.functions import INLINE
from lstmviz.fused.units.curves import tanh
from lstmviz.fused.units.helping import multiply_wide
from lstmviz.fused.units.products import multiply_row
from lstmviz.fused.units.tiles import row_1, row_2
from lstmviz.fused.vector import load, maximum, store, where_positive


@njit(**INLINE)
def squash(x, relu):
    """The state from its sum."""
    if relu:
        return maximum(0.0, x)  # NaN stays NaN
    return tanh(x)


@njit(**INLINE)
def slope(h, d, relu):
    """The gradient at the sum of a state `h` from that at the state."""
    if relu:
        return where_positive(h, d)
    return d * (1.0 - h * h)


@njit(_nrt=False)
def forward(m, q, at, layer, base, own, start, stop, shift, init, which):
    """H of the steps from `start` to `stop` of a lot, whose first row is `base`.

    own: where the lot's states begin in h and before. shift: where its first row begins there in h. init, which: what
    the sums start from, the row of the first step at init + q[which] rows.
    """
    K, L, hh, relu = at.vectors, at.lanes, q[at.packed_hh + layer], at.relu
    states = layer * at.layer_states + own
    h, before = at.h + states + shift, at.before + states
    first = q[at.steps + start]
    if at.alone and K <= 2:
        forward_alone(m, q, at, hh, before + (first - base) * K, stop - start, init, which)
        return
    for s in range(start, stop):
        row = q[at.steps + s]
        count, here, there = q[at.steps + s + 1] - row, h + (row - base) * K, before + (row - base) * K
        given = which + row - first
        if count == 1 and not at.wide:
            multiply_row(m, q, hh, at.once, at.rows, at.panel, K, there * L, at.nought, init, given, here)
        else:
            multiply_wide(
                m, q, at, hh, at.once, at.rows, at.panel, K, there * L, K * L, at.nought, init, given, here, count
            )
        for v in range(here, here + count * K):
            store(m, v, squash(load(m, v), relu))
        if not at.shared:
            for v in range(min(q[at.steps + s + 2] - q[at.steps + s + 1], count) * K):
                store(m, there + count * K + v, load(m, here + v))


@njit(_nrt=False)
def forward_alone(m, q, at, hh, before, count, init, which):
    """The same of one sequence whose units take up to two vectors: nothing but the state goes through memory."""
    n, L, relu = at.rows, at.lanes, at.relu
    if at.vectors == 1:
        for s in range(count):
            (a,) = row_1(m, hh, 1, n, (before + s) * L, 0, init + q[which + s])
            store(m, before + s + 1, squash(a, relu))
    else:
        for s in range(count):
            there = before + 2 * s
            a, b = row_2(m, hh, 1, n, there * L, 0, init + 2 * q[which + s])
            store(m, there + 2, squash(a, relu))
            store(m, there + 3, squash(b, relu))


@njit(_nrt=False)
def backward(m, q, at, layer, base, own, start, stop, shift):
    """The gradients at the sums of the steps from `start` to `stop`, last step first."""
    K, L, hh, relu = at.vectors, at.lanes, q[at.hh + layer], at.relu
    h, carry = at.h + layer * at.layer_states + own + shift, at.carry + layer * at.layer_carry
    first = q[at.steps + start]
    if at.alone and K <= 2:
        backward_alone(m, at, hh, h + (first - base) * K, stop - start, carry)
        return
    for s in range(stop - 1, start - 1, -1):
        row = q[at.steps + s]
        count, here, d = q[at.steps + s + 1] - row, h + (row - base) * K, at.d_hidden + (row - first) * K
        d_h = at.d_h + (row - first) * K
        for v in range(count * K):
            store(m, d + v, slope(load(m, here + v), load(m, d_h + v) + load(m, carry + v), relu))
        if count == 1 and not at.wide:
            multiply_row(m, q, hh, at.once, at.rows, at.panel, K, d * L, at.nought, at.zero, at.none, carry)
        else:
            multiply_wide(
                m, q, at, hh, at.once, at.rows, at.panel, K, d * L, K * L, at.nought, at.zero, at.none, carry, count
            )


@njit(_nrt=False)
def backward_alone(m, at, hh, h, count, carry):
    """The same of one sequence whose units take up to two vectors."""
    n, L, relu, d, d_h = at.rows, at.lanes, at.relu, at.d_hidden, at.d_h
    if at.vectors == 1:
        a = load(m, carry)
        for s in range(count - 1, -1, -1):
            store(m, d + s, slope(load(m, h + s), load(m, d_h + s) + a, relu))
            (a,) = row_1(m, hh, 1, n, (d + s) * L, 0, at.zero)
        store(m, carry, a)
    else:
        a, b = load(m, carry), load(m, carry + 1)
        for s in range(2 * (count - 1), -1, -2):
            store(m, d + s, slope(load(m, h + s), load(m, d_h + s) + a, relu))
            store(m, d + s + 1, slope(load(m, h + s + 1), load(m, d_h + s + 1) + b, relu))
            a, b = row_2(m, hh, 1, n, (d + s) * L, 0, at.zero)
        store(m, carry, a)
        store(m, carry + 1, b)
