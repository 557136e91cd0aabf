"""What the cells share: laying weights out, the head for many steps at once, the gradients of the weights.

Each number comes of the same operations in the same order as in the kernels for networks side by side (`fused.shared`,
`fused.lstm`, ...), which is why a network has the same bits alone and in a crowd. What the order leaves free lies along
the vector: the units of a step; the steps of a block, where none waits for the one before.
"""

from numba import njit

from lstmviz.fused.along import spread, store_at
from lstmviz.fused.functions import INLINE, exp, log
from lstmviz.fused.shared import BLOCK
from lstmviz.fused.vector import fill, fma, load, maximum, ones_where_equal, store, where_positive


@njit(_nrt=False)
def pack(flat, at, weights):
    """Lay the weights out for a pass."""
    V, H, L, rows = at.letters, at.units, at.lanes, at.rows
    values = at.values * L
    b_ih = values + rows * (V + H)
    b_hh = b_ih + rows
    for k in range(weights.to.shape[0]):
        flat[weights.to[k]] = flat[weights.source[k]]
    for v in range(V):
        for g in range(at.gates):
            to = (at.of_letter + v * at.gates + g) * L
            for k in range(H):
                r = g * H + k
                total = flat[values + r * V + v] + flat[b_ih + r]
                if r < at.both:
                    total = total + flat[b_hh + r]
                flat[to + k] = total


@njit(_nrt=False)
def begin(m, at):
    """Set to zero what the blocks of an epoch add up."""
    for k in range(at.letter_gradient, at.end):
        store(m, k, 0.0)
    store(m, at.carry, 0.0)
    store(m, at.carry + 1, 0.0)


@njit(_nrt=False)
def head(m, flat, at, scale, start, stop):
    """Logits, softmax, cross entropy and right answers of a block; the gradients go to `logits` and d_h."""
    V, H, L = at.letters, at.units, at.lanes
    weight = at.values * L + at.rows * (V + H + 2)
    bias = weight + V * H
    for first in range(start, stop, L):
        count, block = min(L, stop - first), (first - start) // L
        logits, wanted = at.logits + block * V, at.wanted + first // L * V
        for j in range(H):
            here, there = (at.h_by_step + j) * L, (at.h + first + 1) * L + j
            for t in range(count):
                flat[here + t] = flat[there + t * L]
        largest = fill(m, -1e30)
        truth = fill(m, 0.0)
        for v in range(V):
            logit = spread(m, bias + v)
            for j in range(H):
                logit = fma(spread(m, weight + v * H + j), load(m, at.h_by_step + j), logit)
            store(m, logits + v, logit)
            largest = maximum(logit, largest)
            truth = truth + where_positive(load(m, wanted + v), logit)
        store(m, at.gaps + block, largest - truth)
        store(m, at.hits + block, ones_where_equal(truth, largest))
        summed = fill(m, 0.0)
        for v in range(V):
            e = exp(load(m, logits + v) - largest)
            store(m, logits + v, e)
            summed = summed + e
        store(m, at.sums + block, summed)
        normal = scale / summed
        for v in range(V):
            d = load(m, logits + v) * normal - where_positive(load(m, wanted + v), fill(m, scale))
            store(m, logits + v, d)
        for j in range(H):
            d = fill(m, 0.0)
            for v in range(V):
                d = fma(load(m, logits + v), spread(m, weight + v * H + j), d)
            store(m, at.d_h_by_step + j, d)
            here, there = (at.d_h_by_step + j) * L, (at.d_h + first - start) * L + j
            for t in range(count):
                flat[there + t * L] = flat[here + t]
    _add_losses(m, at, stop - start)


@njit(_nrt=False)
def _add_losses(m, at, count):
    """Add the losses and right answers of a block up, step after step."""
    gaps, sums, hits = at.gaps * at.lanes, at.sums * at.lanes, at.hits * at.lanes
    loss = fill(m, 0.0)
    right = fill(m, 0.0)
    product = fill(m, 1.0)
    for t in range(count):
        right = right + spread(m, hits + t)
        loss = loss + spread(m, gaps + t)
        product = product * spread(m, sums + t)
        if t == BLOCK // 2:
            loss = loss + log(product)
            product = fill(m, 1.0)
    store(m, at.tally, load(m, at.tally) + (loss + log(product)))
    store(m, at.tally + 1, load(m, at.tally + 1) + right)


@njit(**INLINE)
def through_hidden(m, at, d):
    """The gradients that reach h of the step before through U, from those at the gate rows, which begin at number d."""
    a = fill(m, 0.0)
    b = fill(m, 0.0)
    rows = at.rows
    for r in range(0, rows - 1, 2):
        a = fma(spread(m, d + r), load(m, at.backward + r), a)
        b = fma(spread(m, d + r + 1), load(m, at.backward + r + 1), b)
    if rows % 2 == 1:
        a = fma(spread(m, d + rows - 1), load(m, at.backward + rows - 1), a)
    return a + b


@njit(_nrt=False)
def weight_gradients(m, at, x, d_input, start, stop):
    """Add a block's share to the gradients of all weights and biases but bias_ih; `d_input` is where its rows are."""
    V, H, L, C, count = at.letters, at.units, at.lanes, at.compact, stop - start
    wide = C + 1
    for k in range(at.letter_sums, at.letter_sums + V * C):
        store(m, k, 0.0)
    for t in range(count):
        column, here = at.letter_sums + x[start + t] * C, d_input + t * wide
        for c in range(C):
            store(m, column + c, load(m, column + c) + load(m, here + c))
    for k in range(V * C):
        store(m, at.letter_gradient + k, load(m, at.letter_gradient + k) + load(m, at.letter_sums + k))
    for c in range(C):
        total = fill(m, 0.0)
        for t in range(count):
            total = total + load(m, at.d_hidden + t * wide + c)
        to = at.bias_gradient + C + c
        store(m, to, load(m, to) + total)
        for j in range(H):
            even = fill(m, 0.0)
            odd = fill(m, 0.0)
            h = (at.h + start) * L + j
            for t in range(0, count - 1, 2):
                even = fma(load(m, at.d_hidden + t * wide + c), spread(m, h + t * L), even)
                odd = fma(load(m, at.d_hidden + (t + 1) * wide + c), spread(m, h + (t + 1) * L), odd)
            if count % 2 == 1:
                even = fma(load(m, at.d_hidden + (count - 1) * wide + c), spread(m, h + (count - 1) * L), even)
            to = at.hidden_gradient + j * C + c
            store(m, to, load(m, to) + (even + odd))
    _head_gradients(m, at, start, count)


@njit(_nrt=False)
def _head_gradients(m, at, start, count):
    V, L = at.letters, at.lanes
    h = at.h + start + 1
    for v in range(V):
        even = fill(m, 0.0)
        odd = fill(m, 0.0)
        total = fill(m, 0.0)
        for t in range(0, count - 1, 2):
            d = (at.logits + t // L * V + v) * L + t % L
            d0, d1 = spread(m, d), spread(m, d + 1)
            even = fma(d0, load(m, h + t), even)
            odd = fma(d1, load(m, h + t + 1), odd)
            total = total + d0 + d1
        if count % 2 == 1:
            t = count - 1
            d0 = spread(m, (at.logits + t // L * V + v) * L + t % L)
            even = fma(d0, load(m, h + t), even)
            total = total + d0
        to = at.head_gradient + v
        store(m, to, load(m, to) + (even + odd))
        to = at.head_bias_gradient + v
        store(m, to, load(m, to) + total)


@njit(_nrt=False)
def finish(m, flat, at, gradients, scale, losses, hits, epoch):
    """What is left at the end of an epoch: bias_ih's gradient, torch's order, the loss, the count of right answers."""
    for c in range(at.compact):
        total = fill(m, 0.0)
        for v in range(at.letters):
            total = total + load(m, at.letter_gradient + v * at.compact + c)
        store(m, at.bias_gradient + c, total)
    for k in range(gradients.to.shape[0]):
        flat[gradients.to[k]] = flat[gradients.source[k]]
    store(losses, epoch, load(m, at.tally) * scale)
    store(hits, epoch, load(m, at.tally + 1))


@njit(**INLINE)
def store_gate(m, at, d, gate, value):
    """Write the gradients at one gate's rows to number d + gate*H on; the gates in order, for each spills beyond."""
    store_at(m, d + gate * at.units, value)
