"""The linear head of a block of rows, its loss, and what goes back from it."""

from numba import njit

from lstmviz.fused.along import first, first_lanes, greatest, put_first, spread, total
from lstmviz.fused.functions import INLINE, log
from lstmviz.fused.units.curves import exp
from lstmviz.fused.units.products import add_columns, add_outer, multiply
from lstmviz.fused.vector import fill, load, maximum, ones_where_equal, store, where_positive


@njit(_nrt=False)
def ask(q, at, start, stop):
    """Note which rows are asked; returns how many."""
    count = 0
    for row in range(start, stop):
        q[at.asked + count] = row - start
        count += q[at.right + row] >= 0
    return count


@njit(**INLINE)
def count_right(m, at, verdicts, count):
    """How many of `count` rows are right by their verdicts, a number each: up to the tolerance, or below 0 for sets."""
    ones, limit = fill(m, 0.0), load(m, at.tolerance)
    for v in range(-(-count // at.lanes)):
        verdict = load(m, verdicts + v)
        if at.sets:
            right = where_positive(-1.0 * verdict, fill(m, 1.0))
        else:
            right = ones_where_equal(maximum(limit, verdict), limit)  # NaN is not right
        ones = ones + first_lanes(right, count - v * at.lanes, 0.0)
    return int(first(total(ones)))


@njit(_nrt=False)
def judge_sets(m, q, at, start, count):
    """Verdicts of `count` picked rows: below 0 if all that may come has larger logits than all that may not."""
    P, L = at.output_vectors, at.lanes
    for r in range(count):
        logits, may_come = at.d_logits + r * P, at.wanted + (start + q[at.asked + r]) * P
        least, most = fill(m, -1e30), fill(m, -1e30)  # the least of what may come, with its sign turned
        for v in range(P):
            logit, may = load(m, logits + v), load(m, may_come + v)
            left = at.outputs - v * L
            inside = where_positive(may, -1.0 * logit) + where_positive(0.5 - may, fill(m, -1e30))
            outside = where_positive(0.5 - may, logit) + where_positive(may, fill(m, -1e30))
            least = maximum(first_lanes(inside, left, -1e30), least)
            most = maximum(first_lanes(outside, left, -1e30), most)
        put_first(m, at.verdicts * L + r, greatest(least) + greatest(most))


@njit(_nrt=False)
def cross_entropy(m, q, at, start, count, scale):
    """Losses of `count` picked rows from their logits, which become gradients; returns how many are right."""
    P, L = at.output_vectors, at.lanes
    if at.sets:
        judge_sets(m, q, at, start, count)
    for r in range(count):
        logits, right = at.d_logits + r * P, q[at.right + start + q[at.asked + r]]
        largest = first_lanes(load(m, logits), at.outputs, -1e30)
        for v in range(1, P):
            largest = maximum(first_lanes(load(m, logits + v), at.outputs - v * L, -1e30), largest)
        largest = greatest(largest)
        put_first(m, at.gaps * L + r, largest - spread(m, logits * L + right))
        summed = fill(m, 0.0)
        for v in range(P):
            e = first_lanes(exp(load(m, logits + v) - largest), at.outputs - v * L, 0.0)
            store(m, logits + v, e)
            summed = summed + e
        summed = total(summed)
        put_first(m, at.normals * L + r, summed)
        normal = scale / summed
        for v in range(P):
            store(m, logits + v, load(m, logits + v) * normal)
        put_first(m, logits * L + right, spread(m, logits * L + right) - scale)
    loss = load(m, at.tally)
    for v in range(-(-count // L)):
        one = load(m, at.gaps + v) + log(load(m, at.normals + v))
        loss = loss + first_lanes(one, count - v * L, 0.0)
    store(m, at.tally, loss)
    # A tie counts as right, as it does for the networks side by side.
    return count_right(m, at, at.verdicts if at.sets else at.gaps, count)


@njit(_nrt=False)
def squared_error(m, q, at, start, count, scale):
    """The same for numbers: the squares of what they are off by; right are rows that are nowhere off by too much."""
    P, L, loss = at.output_vectors, at.lanes, load(m, at.tally)
    for r in range(count):
        wanted, said = at.wanted + (start + q[at.asked + r]) * P, at.d_logits + r * P
        farthest = fill(m, 0.0)
        for v in range(P):
            off = load(m, said + v) - load(m, wanted + v)
            loss = loss + off * off
            farthest = maximum(maximum(off, -1.0 * off), farthest)
            store(m, said + v, off * (2.0 * scale))
        put_first(m, at.verdicts * L + r, greatest(farthest))
    store(m, at.tally, loss)
    return count_right(m, at, at.verdicts, count)


@njit(_nrt=False)
def head(m, q, at, h, start, stop, scale, learn):
    """Losses of the rows from `start` to `stop`, their states from h on; returns how many are right.

    With `learn` it leaves d_h, and adds to the gradients of the head's own weights.
    """
    K, P, L, rows = at.vectors, at.output_vectors, at.lanes, stop - start
    count = ask(q, at, start, stop)
    states, d_states = h, at.d_h
    if count < rows:  # gather the states that are asked
        states, d_states = at.picked, at.d_picked
        for r in range(count):
            for k in range(K):
                store(m, states + r * K + k, load(m, h + q[at.asked + r] * K + k))
        if learn:
            for v in range(rows * K):
                store(m, at.d_h + v, fill(m, 0.0))
        if count == 0:
            return 0
    multiply(
        m, q, at.packed_head, at.once, at.rows, at.panel, P, states * L, K * L, at.nought, at.head_bias, at.none,
        at.d_logits, count,
    )  # fmt: skip
    hits = squared_error(m, q, at, start, count, scale) if at.numbers else cross_entropy(m, q, at, start, count, scale)
    if learn:
        d = at.d_logits * L
        multiply(
            m, q, at.head, at.once, at.output_rows, at.panel, K, d, P * L, at.nought, at.zero, at.none, d_states, count
        )  # fmt: skip
        if count < rows:
            for r in range(count):
                for k in range(K):
                    store(m, at.d_h + q[at.asked + r] * K + k, load(m, d_states + r * K + k))
        add_outer(m, at.gradient + at.head, at.once, at.output_rows, K, d, P * L, at.nought, states, count)
        add_columns(m, at.gradient + at.head_bias, at.d_logits, P, count)
    return hits
