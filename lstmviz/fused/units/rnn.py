"""The Elman RNN with tanh or ReLU, its units along the vector."""

from numba import njit

from lstmviz.fused.functions import tanh
from lstmviz.fused.units.products import multiply, multiply_row
from lstmviz.fused.vector import load, store, where_positive


@njit(_nrt=False)
def forward(sizes, places, packed, work, room, layer, pre, pre_at, which, first, steps, base, start, stop, shift, relu):
    """H of the steps from `start` to `stop`; `pre` holds what the sums start from, of row `which[first]` and on."""
    K, L = sizes.vectors, sizes.lanes
    h, before = layer * room.h + shift, layer * room.before
    for s in range(start, stop):
        row, count = steps[s] - base, steps[s + 1] - steps[s]
        numbers, at = (before + row * K) * L, first + steps[s] - steps[start]
        if count == 1:
            multiply_row(
                packed, places.packed_hh[layer], 1, sizes.rows, K, work.before, numbers, 0, pre, pre_at, which, at,
                work.h, h + row * K,
            )  # fmt: skip
        else:
            multiply(
                packed, places.packed_hh[layer], 1, sizes.rows, 4, K, work.before, numbers, K * L, 0,
                pre, pre_at, which, at, work.h, h + row * K, count,
            )  # fmt: skip
        here = h + row * K
        if relu:
            for v in range(here, here + count * K):
                x = load(work.h, v)
                store(work.h, v, where_positive(x, x))
        else:
            for v in range(here, here + count * K):
                store(work.h, v, tanh(load(work.h, v)))
        if not room.shared:
            there = before + (row + count) * K
            for v in range((steps[s + 2] - steps[s + 1]) * K):
                store(work.before, there + v, load(work.h, here + v))


@njit(_nrt=False)
def backward(sizes, places, values, work, room, layer, steps, base, start, stop, shift, relu):
    """The gradients at the sums of the steps from `start` to `stop`, last step first."""
    K, L, d, carry = sizes.vectors, sizes.lanes, work.d_hidden, layer * room.sequences
    h = layer * room.h + shift
    for s in range(stop - 1, start - 1, -1):
        row, count, there = steps[s] - base, steps[s + 1] - steps[s], steps[s] - steps[start]
        if relu:
            for v in range(count * K):
                dh = load(work.d_h, there * K + v) + load(work.carry, carry + v)
                store(d, there * K + v, where_positive(load(work.h, h + row * K + v), dh))
        else:
            for v in range(count * K):
                x = load(work.h, h + row * K + v)
                dh = load(work.d_h, there * K + v) + load(work.carry, carry + v)
                store(d, there * K + v, dh * (1.0 - x * x))
        if count == 1:
            multiply_row(
                values, places.hh[layer], 1, sizes.rows, K, d, there * K * L, K * L, work.zero, 0, work.none, 0,
                work.carry, carry,
            )  # fmt: skip
        else:
            multiply(
                values, places.hh[layer], 1, sizes.rows, 4, K, d, there * K * L, K * L, K * L,
                work.zero, 0, work.none, 0, work.carry, carry, count,
            )  # fmt: skip
