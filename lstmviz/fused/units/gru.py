"""The GRU (torch's: the reset gate acts behind U), its units along the vector."""

from numba import njit

from lstmviz.fused.functions import sigmoid, tanh
from lstmviz.fused.units.products import multiply, multiply_row
from lstmviz.fused.units.tiles import three_1
from lstmviz.fused.vector import fma, load, store


@njit(_nrt=False)
def forward(sizes, places, packed, work, room, layer, pre, pre_at, which, first, steps, base, start, stop, shift):
    """r, z, n, U_hn h + b_hn and h of the steps; `pre` holds the input's part of the sums."""
    K, L = sizes.vectors, sizes.lanes
    h, before, at = layer * room.h + shift, layer * room.before, layer * room.rows
    gates = work.gates
    for s in range(start, stop):
        row, count = steps[s] - base, steps[s + 1] - steps[s]
        numbers = (before + row * K) * L
        if count == 1:
            for v in range(0, 3 * K, 3):
                three_1(
                    packed, places.packed_hh[layer] + v * sizes.rows, 1, sizes.rows, work.before, numbers, 0, 0,
                    packed, work.none, 0, 3 * K, places.packed_hidden[layer] + v, gates, (at + row * K) * 3 + v, 0,
                )  # fmt: skip
        else:
            multiply(
                packed, places.packed_hh[layer], 1, sizes.rows, 3, 3 * K, work.before, numbers, K * L, 0,
                packed, places.packed_hidden[layer], work.none, 0, gates, (at + row * K) * 3, count,
            )  # fmt: skip
        for m in range(count):
            given = pre_at + which[first + steps[s] - steps[start] + m] * 3 * K
            for k in range(K):
                v = (row + m) * K + k
                g, p = (at + v) * 3, given + k * 3
                r = sigmoid(load(gates, g) + load(pre, p))
                z = sigmoid(load(gates, g + 1) + load(pre, p + 1))
                hidden = load(gates, g + 2)
                n = tanh(fma(r, hidden, load(pre, p + 2)))
                store(gates, g, r)
                store(gates, g + 1, z)
                store(gates, g + 2, n)
                store(work.inner, at + v, hidden)
                store(work.h, h + v, fma(z, load(work.before, before + v) - n, n))
        if not room.shared:
            here, there = h + row * K, before + (row + count) * K
            for v in range((steps[s + 2] - steps[s + 1]) * K):
                store(work.before, there + v, load(work.h, here + v))


@njit(_nrt=False)
def backward(sizes, places, values, work, room, layer, steps, base, start, stop, shift):
    """The gradients at W x + b_ih and at U h + b_hh of the steps, last step first."""
    K, L, carry = sizes.vectors, sizes.lanes, layer * room.sequences
    before, at, gates = layer * room.before, layer * room.rows, work.gates
    for s in range(stop - 1, start - 1, -1):
        row, count, there = steps[s] - base, steps[s + 1] - steps[s], steps[s] - steps[start]
        for m in range(count):
            for k in range(K):
                v, place = (row + m) * K + k, (there + m) * 3 * K + k
                g = (at + v) * 3
                r, z, n = load(gates, g), load(gates, g + 1), load(gates, g + 2)
                dh = load(work.d_h, (there + m) * K + k) + load(work.carry, carry + m * K + k)
                dn = dh * ((1.0 - z) * (1.0 - n * n))
                dr = dn * (load(work.inner, at + v) * (r * (1.0 - r)))
                dz = dh * ((load(work.before, before + v) - n) * (z * (1.0 - z)))
                store(work.d_input, place, dr)
                store(work.d_input, place + K, dz)
                store(work.d_input, place + 2 * K, dn)
                store(work.d_hidden, place, dr)
                store(work.d_hidden, place + K, dz)
                store(work.d_hidden, place + 2 * K, dn * r)
                store(work.carry_c, carry + m * K + k, dh * z)
        if count == 1:
            multiply_row(
                values, places.hh[layer], 3, sizes.rows, K, work.d_hidden, there * 3 * K * L, K * L,
                work.carry_c, carry, work.order, 0, work.carry, carry,
            )  # fmt: skip
        else:
            multiply(
                values, places.hh[layer], 3, sizes.rows, 4, K, work.d_hidden, there * 3 * K * L, 3 * K * L, K * L,
                work.carry_c, carry, work.order, 0, work.carry, carry, count,
            )  # fmt: skip
