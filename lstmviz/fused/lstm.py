"""The LSTM, many models at once: forward, backpropagation through time, and epochs of both."""

from numba import njit

from lstmviz.fused.functions import sigmoid, tanh
from lstmviz.fused.shared import (
    BLOCK,
    adam,
    add_biases,
    begin,
    finish,
    head,
    remember,
    through_hidden,
    weight_gradients,
)
from lstmviz.fused.vector import fma, load, store

GATES = 4


@njit(_nrt=False)
def forward(weights, x, work, V, H):
    """Follow the text from h = c = 0 (rows 0 of `h` and `c`), keeping gates, c, tanh c and h of every step."""
    p, h, c, gates, rows = weights.values, work.h, work.c, work.gates, GATES * H
    U = rows * V
    add_biases(weights, work, V, H, GATES, rows)
    for t in range(x.shape[0]):
        column = x[t] * rows
        before, now, here = t * H, (t + 1) * H, t * rows
        for k in range(H):
            i = load(work.letter_rows, column + k)
            f = load(work.letter_rows, column + H + k)
            g = load(work.letter_rows, column + 2 * H + k)
            o = load(work.letter_rows, column + 3 * H + k)
            for j in range(H):
                hj = load(h, before + j)
                i = fma(load(p, U + k * H + j), hj, i)
                f = fma(load(p, U + (H + k) * H + j), hj, f)
                g = fma(load(p, U + (2 * H + k) * H + j), hj, g)
                o = fma(load(p, U + (3 * H + k) * H + j), hj, o)
            i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
            cell = fma(f, load(c, before + k), i * g)
            squashed = tanh(cell)
            store(gates, here + k, i)
            store(gates, here + H + k, f)
            store(gates, here + 2 * H + k, g)
            store(gates, here + 3 * H + k, o)
            store(c, now + k, cell)
            store(work.inner, before + k, squashed)
            store(h, now + k, o * squashed)


@njit(_nrt=False)
def backward(weights, work, V, H, start, stop):
    """The gradients at a block's pre-activations, last step first; `carry` holds dh and dc from the step behind."""
    gates, c, d, carry, rows = work.gates, work.c, work.d_hidden, work.carry, GATES * H
    for t in range(stop - 1, start - 1, -1):
        before, now, here = t * H, t * rows, (t - start) * rows
        for k in range(H):
            i = load(gates, now + k)
            f = load(gates, now + H + k)
            g = load(gates, now + 2 * H + k)
            o = load(gates, now + 3 * H + k)
            squashed = load(work.inner, before + k)
            dh = load(work.d_h, (t - start) * H + k) + load(carry, k)
            dc = fma(dh, o * (1.0 - squashed * squashed), load(carry, H + k))
            store(carry, H + k, dc * f)
            store(d, here + k, dc * (g * (i * (1.0 - i))))
            store(d, here + H + k, dc * (load(c, before + k) * (f * (1.0 - f))))
            store(d, here + 2 * H + k, dc * (i * (1.0 - g * g)))
            store(d, here + 3 * H + k, dh * (squashed * (o * (1.0 - o))))
        for j in range(H):
            store(carry, j, through_hidden(weights, work, V, H, GATES, here, j))


@njit(nogil=True, cache=True, _nrt=False)
def run(weights, text, work, V, H, relu, scale, constants, updates, losses, hits, history, train):
    """An epoch for each row of `losses`, its weights to `history`; without `train` they stay (gradients are there)."""
    steps = text.x.shape[0]
    offset = GATES * H * (V + H + 2)
    for epoch in range(hits.shape[0]):
        begin(weights, work)
        forward(weights, text.x, work, V, H)
        for start in range((steps - 1) // BLOCK * BLOCK, -1, -BLOCK):
            stop = min(start + BLOCK, steps)
            head(weights, text, work, V, H, offset, scale, start, stop)
            backward(weights, work, V, H, start, stop)
            weight_gradients(weights, text, work, V, H, GATES, offset, start, stop)
        finish(weights, work, V, H, GATES, scale, losses, hits, epoch)
        remember(weights, history, epoch)
        if train:
            adam(weights, updates + epoch + 1, constants)
