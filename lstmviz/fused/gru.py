"""The GRU (torch's: the reset gate acts behind U), many models at once: forward, backward, and epochs of both."""

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

GATES = 3


@njit(_nrt=False)
def forward(weights, x, work, V, H):
    """Follow the text from h = 0 (row 0 of `h`), keeping r, z, n, U_hn h + b_hn and h of every step."""
    p, h, gates, rows = weights.values, work.h, work.gates, GATES * H
    U = rows * V
    b_hn = rows * (V + H + 1) + 2 * H
    add_biases(weights, work, V, H, GATES, 2 * H)
    for t in range(x.shape[0]):
        column = x[t] * rows
        before, now, here = t * H, (t + 1) * H, t * rows
        for k in range(H):
            r = load(work.letter_rows, column + k)
            z = load(work.letter_rows, column + H + k)
            hidden = load(p, b_hn + k)
            for j in range(H):
                hj = load(h, before + j)
                r = fma(load(p, U + k * H + j), hj, r)
                z = fma(load(p, U + (H + k) * H + j), hj, z)
                hidden = fma(load(p, U + (2 * H + k) * H + j), hj, hidden)
            r, z = sigmoid(r), sigmoid(z)
            n = tanh(fma(r, hidden, load(work.letter_rows, column + 2 * H + k)))
            store(gates, here + k, r)
            store(gates, here + H + k, z)
            store(gates, here + 2 * H + k, n)
            store(work.inner, before + k, hidden)
            store(h, now + k, fma(z, load(h, before + k) - n, n))


@njit(_nrt=False)
def backward(weights, work, V, H, start, stop):
    """The gradients at W x + b_ih and at U h + b_hh of a block's steps, last step first; `carry` holds dh."""
    gates, h, carry, rows = work.gates, work.h, work.carry, GATES * H
    for t in range(stop - 1, start - 1, -1):
        before, now, here = t * H, t * rows, (t - start) * rows
        for k in range(H):
            r = load(gates, now + k)
            z = load(gates, now + H + k)
            n = load(gates, now + 2 * H + k)
            dh = load(work.d_h, (t - start) * H + k) + load(carry, k)
            dn = dh * ((1.0 - z) * (1.0 - n * n))
            dr = dn * (load(work.inner, before + k) * (r * (1.0 - r)))
            dz = dh * ((load(h, before + k) - n) * (z * (1.0 - z)))
            store(work.d_input, here + k, dr)
            store(work.d_input, here + H + k, dz)
            store(work.d_input, here + 2 * H + k, dn)
            store(work.d_hidden, here + k, dr)
            store(work.d_hidden, here + H + k, dz)
            store(work.d_hidden, here + 2 * H + k, dn * r)
            store(carry, H + k, dh * z)
        for j in range(H):
            store(carry, j, load(carry, H + j) + through_hidden(weights, work, V, H, GATES, here, j))


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
