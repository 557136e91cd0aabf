"""The LSTM, its units along the vector."""

from numba import njit

from lstmviz.fused.functions import INLINE
from lstmviz.fused.units.curves import sigmoid, tanh
from lstmviz.fused.units.helping import multiply_wide
from lstmviz.fused.units.products import multiply_row
from lstmviz.fused.units.tiles import row_4
from lstmviz.fused.vector import fma, load, store


@njit(**INLINE)
def step(m, sums, g, c_before, c, inner, h):
    """Gates, c, tanh c and h of a vector of units from the sums of its gates."""
    i, f, n, o = sigmoid(sums[0]), sigmoid(sums[1]), tanh(sums[2]), sigmoid(sums[3])
    cell = fma(f, load(m, c_before), i * n)
    squashed = tanh(cell)
    store(m, g, i)
    store(m, g + 1, f)
    store(m, g + 2, n)
    store(m, g + 3, o)
    store(m, c, cell)
    store(m, inner, squashed)
    store(m, h, o * squashed)


@njit(_nrt=False)
def forward(m, q, at, layer, base, own, start, stop, shift, init, which):
    """Gates, c, tanh c and h of the steps; for the arguments see `rnn.forward`."""
    K, L, hh = at.vectors, at.lanes, q[at.packed_hh + layer]
    states, inners = layer * at.layer_states + own, layer * at.layer_rows
    first = q[at.steps + start]
    for s in range(start, stop):
        row = q[at.steps + s]
        count, place = q[at.steps + s + 1] - row, (row - base) * K
        before, c_before = at.before + states + place, at.c_before + states + place
        h, c, inner = at.h + states + shift + place, at.c + states + shift + place, at.inner + inners + place
        gates, given = at.gates_of + 4 * (inners + place), which + row - first
        if count == 1 and not at.wide:
            begin = init + q[given] * 4 * K
            for v in range(K):
                sums = row_4(m, hh + 4 * v * at.rows, 1, at.rows, before * L, 0, begin + 4 * v)
                step(m, sums, gates + 4 * v, c_before + v, c + v, inner + v, h + v)
        else:
            multiply_wide(
                m, q, at, hh, at.once, at.rows, at.panel, 4 * K, before * L, K * L, at.nought, init, given, gates, count
            )
            for v in range(count * K):
                g = gates + 4 * v
                sums = load(m, g), load(m, g + 1), load(m, g + 2), load(m, g + 3)
                step(m, sums, g, c_before + v, c + v, inner + v, h + v)
        if not at.shared:
            for v in range(min(q[at.steps + s + 2] - q[at.steps + s + 1], count) * K):
                store(m, before + count * K + v, load(m, h + v))
                store(m, c_before + count * K + v, load(m, c + v))


@njit(_nrt=False)
def backward(m, q, at, layer, base, own, start, stop, shift):
    """The gradients at the sums of the steps, last step first; the carries hold dh and dc from the step behind."""
    K, L, hh = at.vectors, at.lanes, q[at.hh + layer]
    states, inners = layer * at.layer_states + own, layer * at.layer_rows
    carry, carry_c = at.carry + layer * at.layer_carry, at.carry_c + layer * at.layer_carry
    first = q[at.steps + start]
    for s in range(stop - 1, start - 1, -1):
        row = q[at.steps + s]
        count, place = q[at.steps + s + 1] - row, (row - base) * K
        c_before, inner, gates = at.c_before + states + place, at.inner + inners + place, inners + place
        d, d_h = at.d_hidden + (row - first) * 4 * K, at.d_h + (row - first) * K
        for r in range(count):
            for k in range(K):
                v, to = r * K + k, d + r * 4 * K + k
                g = at.gates_of + 4 * (gates + v)
                i, f, n, o = load(m, g), load(m, g + 1), load(m, g + 2), load(m, g + 3)
                squashed = load(m, inner + v)
                dh = load(m, d_h + v) + load(m, carry + v)
                dc = fma(dh, o * (1.0 - squashed * squashed), load(m, carry_c + v))
                store(m, carry_c + v, dc * f)
                store(m, to, dc * (n * (i * (1.0 - i))))
                store(m, to + K, dc * (load(m, c_before + v) * (f * (1.0 - f))))
                store(m, to + 2 * K, dc * (i * (1.0 - n * n)))
                store(m, to + 3 * K, dh * (squashed * (o * (1.0 - o))))
        if count == 1 and not at.wide:
            multiply_row(m, q, hh, at.gates, at.rows, at.panel, K, d * L, K * L, at.zero, at.none, carry)
        else:
            multiply_wide(
                m, q, at, hh, at.gates, at.rows, at.panel, K, d * L, 4 * K * L, K * L, at.zero, at.none, carry, count
            )
