"""What all cells share: the arrays, the linear head with its cross entropy, weight gradients, and Adam.

Every array is (rows, lanes): a row is one number of each of the models. Index arithmetic is by hand because a row is
one vector, and numba's own indexing would stand between it and the registers.
"""

from typing import Any, NamedTuple

from numba import njit

from lstmviz.fused.functions import INLINE, exp, log
from lstmviz.fused.vector import fill, fma, load, maximum, ones_where_equal, sqrt, store

# The way back goes in blocks of this many steps, the last first: what a block needs stays in the nearest cache, and
# sums of few steps keep float32 as close to the exact gradient as torch's own blocked sums do. The softmax sums of half
# a block are multiplied before a logarithm is taken: each is at most V = 64, so the product stays far from overflow.
BLOCK = 32


class Weights(NamedTuple):
    """The parameters as rows, flattened and joined in torch's order, with Adam's state; `rate` has one row."""

    values: Any
    first: Any
    second: Any
    gradient: Any
    rate: Any


class Text(NamedTuple):
    """The numbers of the letters read and of those to predict, int64, one a step."""

    x: Any
    y: Any


class Work(NamedTuple):
    """Scratch rows: `T` steps, `B` steps of a block, `G` gate rows a step, `H` units, `V` letters.

    - of the whole text: gates T*G; h and c (T+1)*H, the initial state first; inner T*H (LSTM: tanh c; GRU: U_hn h +
      b_hn);
    - of one block: d_h B*H; d_input and d_hidden B*G (the gradients at W x + b_ih and at U h + b_hh: one array except
      for the GRU); d_logits B*V;
    - of one step: carry 2*H, the gradients that reach the step before;
    - besides: letter_rows and letter_sums V*G; tally 2, the loss and the right answers.
    """

    gates: Any
    h: Any
    c: Any
    inner: Any
    d_h: Any
    d_input: Any
    d_hidden: Any
    d_logits: Any
    carry: Any
    letter_rows: Any
    letter_sums: Any
    tally: Any


@njit(_nrt=False)
def begin(weights, work):
    """Set to zero what the blocks of an epoch add up."""
    for rows in (weights.gradient, work.carry, work.tally):
        for k in range(rows.shape[0]):
            store(rows, k, fill(rows, 0.0))


@njit(_nrt=False)
def add_biases(weights, work, V, H, gates, both):
    """letter_rows[v, r] = weight_ih[r, v] + bias_ih[r] (+ bias_hh[r] for the first `both` rows).

    A one-hot input picks a column of weight_ih, so all that a step adds of its input is ready before the first step.
    """
    p, rows = weights.values, gates * H
    b_ih = rows * (V + H)
    for v in range(V):
        for r in range(rows):
            total = load(p, r * V + v) + load(p, b_ih + r)
            if r < both:
                total = total + load(p, b_ih + rows + r)
            store(work.letter_rows, v * rows + r, total)


@njit(_nrt=False)
def head(weights, text, work, V, H, offset, scale, start, stop):
    """Logits, softmax, cross entropy and right answers of a block; the gradients go to d_logits and d_h."""
    p, h, d_logits, d_h, y = weights.values, work.h, work.d_logits, work.d_h, text.y
    bias = offset + V * H
    loss = fill(p, 0.0)
    right = fill(p, 0.0)
    product = fill(p, 1.0)
    half = start + BLOCK // 2
    for t in range(start, stop):
        now, here = (t + 1) * H, (t - start) * V
        largest = fill(p, -1e30)
        for v in range(V):
            logit = load(p, bias + v)
            for j in range(H):
                logit = fma(load(p, offset + v * H + j), load(h, now + j), logit)
            store(d_logits, here + v, logit)
            largest = maximum(logit, largest)
        truth = load(d_logits, here + y[t])
        right = right + ones_where_equal(truth, largest)
        loss = loss + (largest - truth)
        summed = fill(p, 0.0)
        for v in range(V):
            e = exp(load(d_logits, here + v) - largest)
            store(d_logits, here + v, e)
            summed = summed + e
        product = product * summed
        if t == half:
            loss = loss + log(product)
            product = fill(p, 1.0)
        normal = scale / summed
        for v in range(V):
            store(d_logits, here + v, load(d_logits, here + v) * normal)
        store(d_logits, here + y[t], load(d_logits, here + y[t]) - scale)
        for j in range(H):
            d = fill(p, 0.0)
            for v in range(V):
                d = fma(load(d_logits, here + v), load(p, offset + v * H + j), d)
            store(d_h, (t - start) * H + j, d)
    store(work.tally, 0, load(work.tally, 0) + (loss + log(product)))
    store(work.tally, 1, load(work.tally, 1) + right)


@njit(_nrt=False)
def add_outer_sums(target, at, left, L, right, R, first, count):
    """target[at + l * R + r] += sum over k < count of left[k, l] * right[k, r]; `right` starts at row `first`.

    Two by two, even and odd steps apart: eight sums in registers, so that no addition waits for the one before. The
    last of an odd number of rows or columns stands for both of its pair, which costs less than a case of its own.
    """
    for la in range(0, L, 2):
        lb = min(la + 1, L - 1)
        for ra in range(0, R, 2):
            rb = min(ra + 1, R - 1)
            aa0 = fill(target, 0.0)
            ab0 = fill(target, 0.0)
            ba0 = fill(target, 0.0)
            bb0 = fill(target, 0.0)
            aa1 = fill(target, 0.0)
            ab1 = fill(target, 0.0)
            ba1 = fill(target, 0.0)
            bb1 = fill(target, 0.0)
            for k in range(0, count - 1, 2):
                l0, r0 = k * L, first + k * R
                l1, r1 = l0 + L, r0 + R
                a0, b0 = load(left, l0 + la), load(left, l0 + lb)
                c0, d0 = load(right, r0 + ra), load(right, r0 + rb)
                a1, b1 = load(left, l1 + la), load(left, l1 + lb)
                c1, d1 = load(right, r1 + ra), load(right, r1 + rb)
                aa0, ab0, ba0, bb0 = fma(a0, c0, aa0), fma(a0, d0, ab0), fma(b0, c0, ba0), fma(b0, d0, bb0)
                aa1, ab1, ba1, bb1 = fma(a1, c1, aa1), fma(a1, d1, ab1), fma(b1, c1, ba1), fma(b1, d1, bb1)
            if count % 2 == 1:
                l0, r0 = (count - 1) * L, first + (count - 1) * R
                a0, b0 = load(left, l0 + la), load(left, l0 + lb)
                c0, d0 = load(right, r0 + ra), load(right, r0 + rb)
                aa0, ab0, ba0, bb0 = fma(a0, c0, aa0), fma(a0, d0, ab0), fma(b0, c0, ba0), fma(b0, d0, bb0)
            # Read all four before the first is written: where rows coincide, all then write the same sum.
            taa, tab = load(target, at + la * R + ra), load(target, at + la * R + rb)
            tba, tbb = load(target, at + lb * R + ra), load(target, at + lb * R + rb)
            store(target, at + la * R + ra, taa + (aa0 + aa1))
            store(target, at + la * R + rb, tab + (ab0 + ab1))
            store(target, at + lb * R + ra, tba + (ba0 + ba1))
            store(target, at + lb * R + rb, tbb + (bb0 + bb1))


@njit(_nrt=False)
def add_sums(target, at, rows, R, count):
    """target[at + r] += sum over k < count of rows[k, r]."""
    for r in range(R):
        total = fill(target, 0.0)
        for k in range(count):
            total = total + load(rows, k * R + r)
        store(target, at + r, load(target, at + r) + total)


@njit(_nrt=False)
def weight_gradients(weights, text, work, V, H, gates, offset, start, stop):
    """Add a block's share to the gradients of all weights, and of the biases behind the logits and U h."""
    grad, sums, d_input, rows, count = weights.gradient, work.letter_sums, work.d_input, gates * H, stop - start
    for k in range(V * rows):
        store(sums, k, fill(sums, 0.0))
    for t in range(start, stop):
        column, here = text.x[t] * rows, (t - start) * rows
        for r in range(rows):
            store(sums, column + r, load(sums, column + r) + load(d_input, here + r))
    for v in range(V):
        for r in range(rows):
            store(grad, r * V + v, load(grad, r * V + v) + load(sums, v * rows + r))
    add_outer_sums(grad, rows * V, work.d_hidden, rows, work.h, H, start * H, count)
    add_sums(grad, rows * (V + H + 1), work.d_hidden, rows, count)
    add_outer_sums(grad, offset, work.d_logits, V, work.h, H, (start + 1) * H, count)
    add_sums(grad, offset + V * H, work.d_logits, V, count)


@njit(_nrt=False)
def finish(weights, work, V, H, gates, scale, losses, hits, epoch):
    """What is left at the end of an epoch: bias_ih's gradient, the loss, and the count of right answers."""
    grad, rows = weights.gradient, gates * H
    for r in range(rows):
        # Each step reads one letter, so what the letters' columns got makes up what their bias gets.
        total = fill(grad, 0.0)
        for v in range(V):
            total = total + load(grad, r * V + v)
        store(grad, rows * (V + H) + r, total)
    store(losses, epoch, load(work.tally, 0) * scale)
    store(hits, epoch, load(work.tally, 1))


@njit(**INLINE)
def through_hidden(weights, work, V, H, gates, here, j):
    """The gradient that reaches h_{t-1}[j] through U: the column j of U times the step's d_hidden rows."""
    p, d = weights.values, work.d_hidden
    U, rows = gates * H * V + j, gates * H
    a = fill(p, 0.0)
    b = fill(p, 0.0)
    for r in range(0, rows - 1, 2):
        a = fma(load(d, here + r), load(p, U + r * H), a)
        b = fma(load(d, here + r + 1), load(p, U + (r + 1) * H), b)
    if rows % 2 == 1:
        a = fma(load(d, here + rows - 1), load(p, U + (rows - 1) * H), a)
    return a + b


@njit(_nrt=False)
def adam(weights, updates, constants):
    """Adam's update number `updates` (Kingma & Ba 2015), its operations in torch's order."""
    beta1, beta2, eps = constants
    step = load(weights.rate, 0) * (1.0 / (1.0 - beta1**updates))
    root = 1.0 / (1.0 - beta2**updates) ** 0.5
    for k in range(weights.values.shape[0]):
        g = load(weights.gradient, k)
        first = load(weights.first, k)
        first = fma(g - first, 1.0 - beta1, first)
        second = fma(g * g, 1.0 - beta2, load(weights.second, k) * beta2)
        store(weights.first, k, first)
        store(weights.second, k, second)
        store(weights.values, k, load(weights.values, k) - step * first / fma(sqrt(second), root, eps))


@njit(_nrt=False)
def remember(weights, history, epoch):
    """Copy the first model's parameters to a row of `history`, if that has rows."""
    if history.shape[0] > 0:
        for k in range(weights.values.shape[0]):
            history[epoch, k] = weights.values[k, 0]
