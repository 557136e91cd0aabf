"""The linear head of a block of rows, its loss, and what goes back from it."""

from numba import njit

from lstmviz.fused.along import first_lanes, greatest, put_first, spread, total
from lstmviz.fused.functions import exp, log
from lstmviz.fused.units.products import add_outer, multiply
from lstmviz.fused.vector import fill, load, maximum, store


@njit(_nrt=False)
def pick(sizes, data, work, h, base, start, stop):
    """Gather the states of the rows that are asked; returns how many. `h` is where those of the update begin."""
    K, count = sizes.vectors, 0
    for row in range(start, stop):
        if data.right[row] >= 0:
            work.asked[count] = row - start
            for k in range(K):
                store(work.picked, count * K + k, load(work.h, h + (row - base) * K + k))
            count += 1
    return count


@njit(_nrt=False)
def cross_entropy(sizes, data, work, start, count, scale):
    """Losses of `count` picked rows from their logits, which become gradients; returns how many are right."""
    P, L, hits, logits = sizes.output_vectors, sizes.lanes, 0, work.d_logits
    for r in range(count):
        at, right = r * P, data.right[start + work.asked[r]]
        largest = first_lanes(load(logits, at), sizes.outputs, -1e30)
        for v in range(1, P):
            largest = maximum(first_lanes(load(logits, at + v), sizes.outputs - v * L, -1e30), largest)
        largest = greatest(largest)
        truth = spread(logits, at * L + right)
        put_first(work.gaps, r, largest - truth)
        summed = fill(logits, 0.0)
        for v in range(P):
            e = first_lanes(exp(load(logits, at + v) - largest), sizes.outputs - v * L, 0.0)
            store(logits, at + v, e)
            summed = summed + e
        summed = total(summed)
        put_first(work.sums, r, summed)
        normal = scale / summed
        for v in range(P):
            store(logits, at + v, load(logits, at + v) * normal)
        put_first(logits, at * L + right, spread(logits, at * L + right) - scale)
    loss = load(work.tally, 0)
    for v in range(0, count, L):
        one = load(work.gaps, v // L) + log(load(work.sums, v // L))
        loss = loss + first_lanes(one, count - v, 0.0)
    store(work.tally, 0, loss)
    for v in range(0, count):
        # A tie counts as right, as it does for the networks side by side.
        hits += work.gaps[v // L, v % L] <= 0.0
    return hits


@njit(_nrt=False)
def squared_error(sizes, data, work, start, count, scale):
    """The same for numbers: the squares of what they are off by."""
    P, loss = sizes.output_vectors, load(work.tally, 0)
    for r in range(count):
        wanted = (start + work.asked[r]) * P
        for v in range(P):
            off = load(work.d_logits, r * P + v) - load(data.wanted, wanted + v)
            loss = loss + off * off
            store(work.d_logits, r * P + v, off * (2.0 * scale))
    store(work.tally, 0, loss)
    return 0


@njit(_nrt=False)
def head(sizes, places, weights, packed, data, work, h, base, start, stop, scale, numbers, learn):
    """Losses of the rows from `start` to `stop`; with `learn`, d_h and the head's gradients too. Returns the hits."""
    K, P, L = sizes.vectors, sizes.output_vectors, sizes.lanes
    count = pick(sizes, data, work, h, base, start, stop)
    if learn:
        for v in range((stop - start) * K):
            store(work.d_h, v, fill(work.d_h, 0.0))
    if count == 0:
        return 0
    multiply(
        packed, places.packed_head, 1, sizes.rows, 4, P,
        work.picked, 0, K * L, 0,
        weights.values, places.head_bias, work.none, 0,
        work.d_logits, 0, count,
    )  # fmt: skip
    if numbers:
        hits = squared_error(sizes, data, work, start, count, scale)
    else:
        hits = cross_entropy(sizes, data, work, start, count, scale)
    if learn:
        multiply(
            weights.values, places.head, 1, sizes.output_rows, 4, K,
            work.d_logits, 0, P * L, 0,
            work.zero, 0, work.none, 0,
            work.d_picked, 0, count,
        )  # fmt: skip
        for r in range(count):
            for k in range(K):
                store(work.d_h, work.asked[r] * K + k, load(work.d_picked, r * K + k))
        add_outer(
            weights.gradient, places.head, 1, sizes.output_rows, K,
            work.d_logits, 0, P * L, 0,
            work.picked, 0, count,
        )  # fmt: skip
        for v in range(P):
            summed = fill(work.d_h, 0.0)
            for r in range(count):
                summed = summed + load(work.d_logits, r * P + v)
            place = places.head_bias + v
            store(weights.gradient, place, load(weights.gradient, place) + summed)
    return hits
