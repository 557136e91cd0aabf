"""What all cells share: the arrays, the linear head with its cross entropy, weight gradients, and Adam.

Every array is (rows, lanes): a row is one number of each of the models. Index arithmetic is by hand because a row is
one vector, and numba's own indexing would stand between it and the registers.
"""

from typing import Any, NamedTuple

from numba import njit

from lstmviz.fused.functions import INLINE, exp, log
from lstmviz.fused.vector import fill, fma, load, maximum, ones_where_equal, sqrt, store

# The softmax sums of this many steps are multiplied before one logarithm is taken: each is at most V = 64, so the
# product stays far from overflow.
LOSS_BLOCK = 16
# Weight gradients are summed in blocks of this many steps: short sums keep float32 as close to the exact gradient as
# torch's own blocked sums do.
GRADIENT_BLOCK = 64


class Weights(NamedTuple):
    """The parameters as rows, flattened and joined in torch's order, with Adam's state; `rate` has one row."""

    values: Any
    first: Any
    second: Any
    gradient: Any
    rate: Any


class Text(NamedTuple):
    """Inputs and targets, int64, one a step; `order` sorts the steps by input: letter v's begin at starts[v]."""

    x: Any
    y: Any
    order: Any
    starts: Any


class Work(NamedTuple):
    """Scratch rows, `T` steps, `G` gate rows a step, `H` units, `V` letters.

    letter_rows V*G; gates T*G; h and c (T+1)*H, the initial state first; inner T*H (LSTM: tanh c; GRU: U_hn h + b_hn);
    d_h T*H; d_input and d_hidden T*G (the gradients at W x + b_ih and at U h + b_hh: one array except for the GRU);
    d_logits T*V; carry 2*H.
    """

    letter_rows: Any
    gates: Any
    h: Any
    c: Any
    inner: Any
    d_h: Any
    d_input: Any
    d_hidden: Any
    d_logits: Any
    carry: Any


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
def head(weights, text, work, V, H, offset, scale, losses, hits, epoch):
    """Logits, softmax, cross entropy and right answers of every step; the gradients go to d_logits and d_h."""
    p, h, d_logits, d_h, y = weights.values, work.h, work.d_logits, work.d_h, text.y
    bias = offset + V * H
    total = fill(p, 0.0)
    right = fill(p, 0.0)
    block = fill(p, 0.0)
    product = fill(p, 1.0)
    steps = y.shape[0]
    for t in range(steps):
        now, here = (t + 1) * H, t * V
        largest = fill(p, -1e30)
        for v in range(V):
            logit = load(p, bias + v)
            for j in range(H):
                logit = fma(load(p, offset + v * H + j), load(h, now + j), logit)
            store(d_logits, here + v, logit)
            largest = maximum(logit, largest)
        truth = load(d_logits, here + y[t])
        right = right + ones_where_equal(truth, largest)
        block = block + (largest - truth)
        summed = fill(p, 0.0)
        for v in range(V):
            e = exp(load(d_logits, here + v) - largest)
            store(d_logits, here + v, e)
            summed = summed + e
        product = product * summed
        if t % LOSS_BLOCK == LOSS_BLOCK - 1 or t == steps - 1:
            total = total + (log(product) + block)
            product = fill(p, 1.0)
            block = fill(p, 0.0)
        normal = scale / summed
        for v in range(V):
            store(d_logits, here + v, load(d_logits, here + v) * normal)
        store(d_logits, here + y[t], load(d_logits, here + y[t]) - scale)
        for j in range(H):
            d = fill(p, 0.0)
            for v in range(V):
                d = fma(load(d_logits, here + v), load(p, offset + v * H + j), d)
            store(d_h, t * H + j, d)
    store(losses, epoch, total * scale)
    store(hits, epoch, right)


@njit(_nrt=False)
def outer_sums(target, at, left, L, right, R, first, steps):
    """target[at + l * R + r] = sum over t of left[t, l] * right[t, r]; `right` starts at row `first`.

    Two by two, even and odd steps apart: eight sums in registers, so that no addition waits for the one before. A last
    odd row or column is computed twice, which costs less than a case of its own.
    """
    for la in range(0, L, 2):
        lb = min(la + 1, L - 1)
        for ra in range(0, R, 2):
            rb = min(ra + 1, R - 1)
            saa = fill(target, 0.0)
            sab = fill(target, 0.0)
            sba = fill(target, 0.0)
            sbb = fill(target, 0.0)
            for start in range(0, steps, GRADIENT_BLOCK):
                stop = min(start + GRADIENT_BLOCK, steps)
                aa0 = fill(target, 0.0)
                ab0 = fill(target, 0.0)
                ba0 = fill(target, 0.0)
                bb0 = fill(target, 0.0)
                aa1 = fill(target, 0.0)
                ab1 = fill(target, 0.0)
                ba1 = fill(target, 0.0)
                bb1 = fill(target, 0.0)
                for t in range(start, stop - 1, 2):
                    l0, r0 = t * L, first + t * R
                    l1, r1 = l0 + L, r0 + R
                    a0, b0 = load(left, l0 + la), load(left, l0 + lb)
                    c0, d0 = load(right, r0 + ra), load(right, r0 + rb)
                    a1, b1 = load(left, l1 + la), load(left, l1 + lb)
                    c1, d1 = load(right, r1 + ra), load(right, r1 + rb)
                    aa0, ab0, ba0, bb0 = fma(a0, c0, aa0), fma(a0, d0, ab0), fma(b0, c0, ba0), fma(b0, d0, bb0)
                    aa1, ab1, ba1, bb1 = fma(a1, c1, aa1), fma(a1, d1, ab1), fma(b1, c1, ba1), fma(b1, d1, bb1)
                if (stop - start) % 2 == 1:
                    l0, r0 = (stop - 1) * L, first + (stop - 1) * R
                    a0, b0 = load(left, l0 + la), load(left, l0 + lb)
                    c0, d0 = load(right, r0 + ra), load(right, r0 + rb)
                    aa0, ab0, ba0, bb0 = fma(a0, c0, aa0), fma(a0, d0, ab0), fma(b0, c0, ba0), fma(b0, d0, bb0)
                saa, sab, sba, sbb = saa + (aa0 + aa1), sab + (ab0 + ab1), sba + (ba0 + ba1), sbb + (bb0 + bb1)
            store(target, at + la * R + ra, saa)
            store(target, at + la * R + rb, sab)
            store(target, at + lb * R + ra, sba)
            store(target, at + lb * R + rb, sbb)


@njit(**INLINE)
def sum_of_steps(rows, R, r, order, start, stop):
    """The sum of rows[t, r] over the steps t in order[start:stop], in blocks and by two."""
    total = fill(rows, 0.0)
    for block in range(start, stop, GRADIENT_BLOCK):
        end = min(block + GRADIENT_BLOCK, stop)
        a = fill(rows, 0.0)
        b = fill(rows, 0.0)
        for k in range(block, end - 1, 2):
            a = a + load(rows, order[k] * R + r)
            b = b + load(rows, order[k + 1] * R + r)
        if (end - block) % 2 == 1:
            a = a + load(rows, order[end - 1] * R + r)
        total = total + (a + b)
    return total


@njit(_nrt=False)
def weight_gradients(weights, text, work, V, H, gates, offset):
    """All parameters' gradients from the gradients at the pre-activations and the logits."""
    grad, rows, steps = weights.gradient, gates * H, text.x.shape[0]
    b_ih = rows * (V + H)
    for r in range(rows):
        total = fill(grad, 0.0)
        for v in range(V):
            d = sum_of_steps(work.d_input, rows, r, text.order, text.starts[v], text.starts[v + 1])
            store(grad, r * V + v, d)
            total = total + d
        store(grad, b_ih + r, total)
        # The GRU's candidate rows have another gradient on the hidden side; its own code overwrites them.
        store(grad, b_ih + rows + r, total)
    outer_sums(grad, rows * V, work.d_hidden, rows, work.h, H, 0, steps)
    outer_sums(grad, offset, work.d_logits, V, work.h, H, H, steps)
    for v in range(V):
        store(grad, offset + V * H + v, sum_of_steps(work.d_logits, V, v, text.order, 0, steps))


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
