"""The Elman RNN with tanh or ReLU, many models at once: forward, backpropagation through time, and epochs of both."""

from numba import njit

from lstmviz.fused.functions import tanh
from lstmviz.fused.shared import adam, add_biases, head, through_hidden, weight_gradients
from lstmviz.fused.vector import fill, fma, load, store, where_positive

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
                store(h, now + k, where_positive(total, total))
            else:
                store(h, now + k, tanh(total))


@njit(_nrt=False)
def backward(weights, steps, work, V, H, relu):
    """The gradients at every pre-activation, last step first; `carry` holds dh from the step behind."""
    h, d, carry = work.h, work.d_hidden, work.carry
    for k in range(H):
        store(carry, k, fill(carry, 0.0))
    for t in range(steps - 1, -1, -1):
        before, now = t * H, (t + 1) * H
        for k in range(H):
            hk = load(h, now + k)
            dh = load(work.d_h, before + k) + load(carry, k)
            if relu:
                store(d, before + k, where_positive(hk, dh))
            else:
                store(d, before + k, dh * (1.0 - hk * hk))
        for j in range(H):
            store(carry, j, through_hidden(weights, work, V, H, GATES, before, j))


@njit(nogil=True, cache=True, _nrt=False)
def run(weights, text, work, V, H, relu, scale, constants, updates, losses, hits, train):
    """An epoch for each row of `losses`; without `train` the weights stay (the gradients are there all the same)."""
    offset = GATES * H * (V + H + 2)
    for epoch in range(hits.shape[0]):
        forward(weights, text.x, work, V, H, relu)
        head(weights, text, work, V, H, offset, scale, losses, hits, epoch)
        backward(weights, text.x.shape[0], work, V, H, relu)
        weight_gradients(weights, text, work, V, H, GATES, offset)
        if train:
            adam(weights, updates + epoch + 1, constants)
