"""The Elman RNN with tanh or ReLU, many models at once: forward, backpropagation through time, and epochs of both."""

from numba import njit

from lstmviz.fused.functions import tanh
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
from lstmviz.fused.vector import fma, load, maximum, store, where_positive

GATES = 1


@njit(_nrt=False)
def forward(weights, x, work, V, H, relu):
    """Follow the text from h = 0 (row 0 of `h`), keeping h of every step."""
    p, h = weights.values, work.h
    U = H * V
    add_biases(weights, work, V, H, GATES, H)
    for t in range(x.shape[0]):
        before, now = t * H, (t + 1) * H
        for k in range(H):
            total = load(work.letter_rows, x[t] * H + k)
            for j in range(H):
                total = fma(load(p, U + k * H + j), load(h, before + j), total)
            if relu:
                store(h, now + k, maximum(0.0, total))  # NaN stays NaN
            else:
                store(h, now + k, tanh(total))


@njit(_nrt=False)
def backward(weights, work, V, H, relu, start, stop):
    """The gradients at a block's pre-activations, last step first; `carry` holds dh from the step behind."""
    h, d, carry = work.h, work.d_hidden, work.carry
    for t in range(stop - 1, start - 1, -1):
        now, here = (t + 1) * H, (t - start) * H
        for k in range(H):
            hk = load(h, now + k)
            dh = load(work.d_h, here + k) + load(carry, k)
            if relu:
                store(d, here + k, where_positive(hk, dh))
            else:
                store(d, here + k, dh * (1.0 - hk * hk))
        for j in range(H):
            store(carry, j, through_hidden(weights, work, V, H, GATES, here, j))


@njit(nogil=True, cache=True, _nrt=False)
def run(weights, text, work, V, H, relu, scale, constants, updates, losses, hits, history, train):
    """An epoch for each row of `losses`, its weights to `history`; without `train` they stay (gradients are there)."""
    steps = text.x.shape[0]
    offset = GATES * H * (V + H + 2)
    for epoch in range(hits.shape[0]):
        begin(weights, work)
        forward(weights, text.x, work, V, H, relu)
        for start in range((steps - 1) // BLOCK * BLOCK, -1, -BLOCK):
            stop = min(start + BLOCK, steps)
            head(weights, text, work, V, H, offset, scale, start, stop)
            backward(weights, work, V, H, relu, start, stop)
            weight_gradients(weights, text, work, V, H, GATES, offset, start, stop)
        finish(weights, work, V, H, GATES, scale, losses, hits, epoch)
        remember(weights, history, epoch)
        if train:
            adam(weights, updates + epoch + 1, constants)
