"""The GRU (torch's: the reset gate acts behind U), its units along the vector."""

from numba import njit

from lstmviz.fused.functions import INLINE
from lstmviz.fused.units.curves import sigmoid, tanh
from lstmviz.fused.units.helping import multiply_wide
from lstmviz.fused.units.products import multiply_row
from lstmviz.fused.units.tiles import row_3
from lstmviz.fused.vector import fma, load, store


@njit(**INLINE)
def step(m, sums, p, g, inner, before, h):
    """The gates, U_hn h + b_hn and h of a vector of units, from the state's part of the sums; the input's is at `p`."""
    reset, z = sigmoid(sums[0] + load(m, p)), sigmoid(sums[1] + load(m, p + 1))
    n = tanh(fma(reset, sums[2], load(m, p + 2)))
    store(m, g, reset)
    store(m, g + 1, z)
    store(m, g + 2, n)
    store(m, inner, sums[2])
    store(m, h, fma(z, load(m, before) - n, n))


@njit(_nrt=False)
def forward(m, q, at, layer, base, own, start, stop, shift, init, which):
    """r, z, n, U_hn h + b_hn and h of the steps; for the arguments see `rnn.forward`."""
    K, L, hh, hidden = at.vectors, at.lanes, q[at.packed_hh + layer], q[at.packed_hidden + layer]
    states, inners = layer * at.layer_states + own, layer * at.layer_rows
    first = q[at.steps + start]
    for s in range(start, stop):
        row = q[at.steps + s]
        count, place = q[at.steps + s + 1] - row, (row - base) * K
        before, h, inner = at.before + states + place, at.h + states + shift + place, at.inner + inners + place
        gates, given = at.gates_of + 3 * (inners + place), which + row - first
        if count == 1 and not at.wide:
            p = init + q[given] * 3 * K
            for v in range(K):
                sums = row_3(m, hh + 3 * v * at.rows, 1, at.rows, before * L, 0, hidden + 3 * v)
                step(m, sums, p + 3 * v, gates + 3 * v, inner + v, before + v, h + v)
        else:
            multiply_wide(
                m, q, at, hh, at.once, at.rows, at.width, 3 * K, before * L, K * L, at.nought, hidden, at.none, gates,
                count,
            )  # fmt: skip
            for r in range(count):
                p = init + q[given + r] * 3 * K
                for k in range(K):
                    v = r * K + k
                    g = gates + 3 * v
                    sums = load(m, g), load(m, g + 1), load(m, g + 2)
                    step(m, sums, p + 3 * k, g, inner + v, before + v, h + v)
        if not at.shared:
            for v in range(min(q[at.steps + s + 2] - q[at.steps + s + 1], count) * K):
                store(m, before + count * K + v, load(m, h + v))


@njit(_nrt=False)
def backward(m, q, at, layer, base, own, start, stop, shift):
    """The gradients at W x + b_ih and at U h + b_hh of the steps, last step first."""
    K, L, hh = at.vectors, at.lanes, q[at.hh + layer]
    states, inners = layer * at.layer_states + own, layer * at.layer_rows
    carry, carry_c = at.carry + layer * at.layer_carry, at.carry_c + layer * at.layer_carry
    first = q[at.steps + start]
    for s in range(stop - 1, start - 1, -1):
        row = q[at.steps + s]
        count, place = q[at.steps + s + 1] - row, (row - base) * K
        before, inner, gates = at.before + states + place, at.inner + inners + place, inners + place
        d_input, d = at.d_input + (row - first) * 3 * K, at.d_hidden + (row - first) * 3 * K
        d_h = at.d_h + (row - first) * K
        for r in range(count):
            for k in range(K):
                v, to = r * K + k, r * 3 * K + k
                g = at.gates_of + 3 * (gates + v)
                reset, z, n = load(m, g), load(m, g + 1), load(m, g + 2)
                dh = load(m, d_h + v) + load(m, carry + v)
                dn = dh * ((1.0 - z) * (1.0 - n * n))
                dr = dn * (load(m, inner + v) * (reset * (1.0 - reset)))
                dz = dh * ((load(m, before + v) - n) * (z * (1.0 - z)))
                store(m, d_input + to, dr)
                store(m, d_input + to + K, dz)
                store(m, d_input + to + 2 * K, dn)
                store(m, d + to, dr)
                store(m, d + to + K, dz)
                store(m, d + to + 2 * K, dn * reset)
                store(m, carry_c + v, dh * z)
        if count == 1 and not at.wide:
            multiply_row(m, q, hh, at.gates, at.rows, at.panel, K, d * L, K * L, carry_c, at.none, carry)
        else:
            multiply_wide(
                m, q, at, hh, at.gates, at.rows, at.panel, K, d * L, 3 * K * L, K * L, carry_c, at.order, carry, count
            )
