"""The LSTM, its units along the vector."""

from numba import njit

from lstmviz.fused.functions import sigmoid, tanh
from lstmviz.fused.units.products import multiply, multiply_row
from lstmviz.fused.units.tiles import four_1
from lstmviz.fused.vector import fma, load, store


@njit(_nrt=False)
def forward(sizes, places, packed, work, room, layer, pre, pre_at, which, first, steps, base, start, stop, shift):
    """Gates, c, tanh c and h of the steps; `pre` holds what the sums start from, of row `which[first]` and on."""
    K, L = sizes.vectors, sizes.lanes
    h, before, at = layer * room.h + shift, layer * room.before, layer * room.rows
    gates = work.gates
    for s in range(start, stop):
        row, count = steps[s] - base, steps[s + 1] - steps[s]
        numbers, given = (before + row * K) * L, first + steps[s] - steps[start]
        if count == 1:
            for v in range(0, 4 * K, 4):
                four_1(
                    packed, places.packed_hh[layer] + v * sizes.rows, 1, sizes.rows, work.before, numbers, 0, 0,
                    pre, which, given, 4 * K, pre_at + v, gates, (at + row * K) * 4 + v, 0,
                )  # fmt: skip
        else:
            multiply(
                packed, places.packed_hh[layer], 1, sizes.rows, 4, 4 * K, work.before, numbers, K * L, 0,
                pre, pre_at, which, given, gates, (at + row * K) * 4, count,
            )  # fmt: skip
        for v in range(row * K, (row + count) * K):
            g = (at + v) * 4
            i, f = sigmoid(load(gates, g)), sigmoid(load(gates, g + 1))
            n, o = tanh(load(gates, g + 2)), sigmoid(load(gates, g + 3))
            cell = fma(f, load(work.c_before, before + v), i * n)
            squashed = tanh(cell)
            store(gates, g, i)
            store(gates, g + 1, f)
            store(gates, g + 2, n)
            store(gates, g + 3, o)
            store(work.c, h + v, cell)
            store(work.inner, at + v, squashed)
            store(work.h, h + v, o * squashed)
        if not room.shared:
            here, there = h + row * K, before + (row + count) * K
            for v in range((steps[s + 2] - steps[s + 1]) * K):
                store(work.before, there + v, load(work.h, here + v))
                store(work.c_before, there + v, load(work.c, here + v))


@njit(_nrt=False)
def backward(sizes, places, values, work, room, layer, steps, base, start, stop, shift):
    """The gradients at the sums of the steps, last step first; the carries hold dh and dc from the step behind."""
    K, L, d, carry = sizes.vectors, sizes.lanes, work.d_hidden, layer * room.sequences
    before, at, gates = layer * room.before, layer * room.rows, work.gates
    for s in range(stop - 1, start - 1, -1):
        row, count, there = steps[s] - base, steps[s + 1] - steps[s], steps[s] - steps[start]
        for r in range(count):
            for k in range(K):
                v, place = (row + r) * K + k, (there + r) * 4 * K + k
                g = (at + v) * 4
                i, f, n, o = load(gates, g), load(gates, g + 1), load(gates, g + 2), load(gates, g + 3)
                squashed = load(work.inner, at + v)
                dh = load(work.d_h, (there + r) * K + k) + load(work.carry, carry + r * K + k)
                dc = fma(dh, o * (1.0 - squashed * squashed), load(work.carry_c, carry + r * K + k))
                store(work.carry_c, carry + r * K + k, dc * f)
                store(d, place, dc * (n * (i * (1.0 - i))))
                store(d, place + K, dc * (load(work.c_before, before + v) * (f * (1.0 - f))))
                store(d, place + 2 * K, dc * (i * (1.0 - n * n)))
                store(d, place + 3 * K, dh * (squashed * (o * (1.0 - o))))
        if count == 1:
            multiply_row(
                values, places.hh[layer], 4, sizes.rows, K, d, there * 4 * K * L, K * L, work.zero, 0, work.none, 0,
                work.carry, carry,
            )  # fmt: skip
        else:
            multiply(
                values, places.hh[layer], 4, sizes.rows, 4, K, d, there * 4 * K * L, 4 * K * L, K * L,
                work.zero, 0, work.none, 0, work.carry, carry, count,
            )  # fmt: skip
