"""The LSTM, its units along the vector."""

from numba import njit

from lstmviz.fused.along import spread
from lstmviz.fused.functions import sigmoid, tanh
from lstmviz.fused.single.shared import store_gate, through_hidden
from lstmviz.fused.vector import fill, fma, load, store


@njit(_nrt=False)
def forward(m, at, x):
    """Follow the text from h = c = 0, keeping gates, c, tanh c and h of every step."""
    H, L = at.units, at.lanes
    c = fill(m, 0.0)
    for t in range(x.shape[0]):
        letter, before, gates = at.of_letter + 4 * x[t], (at.h + t) * L, at.gates_of + 4 * t
        i, f, g, o = load(m, letter), load(m, letter + 1), load(m, letter + 2), load(m, letter + 3)
        for j in range(H):
            hj, column = spread(m, before + j), at.forward + 4 * j
            i = fma(load(m, column), hj, i)
            f = fma(load(m, column + 1), hj, f)
            g = fma(load(m, column + 2), hj, g)
            o = fma(load(m, column + 3), hj, o)
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        c = fma(f, c, i * g)
        squashed = tanh(c)
        store(m, at.h + t + 1, o * squashed)
        store(m, at.c + t + 1, c)
        store(m, at.inner + t, squashed)
        store(m, gates, i)
        store(m, gates + 1, f)
        store(m, gates + 2, g)
        store(m, gates + 3, o)


@njit(_nrt=False)
def backward(m, at, start, stop):
    """The gradients at a block's pre-activations, last step first; `carry` holds dh and dc from the step behind."""
    carry, carry_c = load(m, at.carry), load(m, at.carry + 1)
    for t in range(stop - 1, start - 1, -1):
        gates, d = at.gates_of + 4 * t, (at.d_hidden + (t - start) * (at.compact + 1)) * at.lanes
        i, f, g, o = load(m, gates), load(m, gates + 1), load(m, gates + 2), load(m, gates + 3)
        squashed = load(m, at.inner + t)
        dh = load(m, at.d_h + t - start) + carry
        dc = fma(dh, o * (1.0 - squashed * squashed), carry_c)
        carry_c = dc * f
        store_gate(m, at, d, 0, dc * (g * (i * (1.0 - i))))
        store_gate(m, at, d, 1, dc * (load(m, at.c + t) * (f * (1.0 - f))))
        store_gate(m, at, d, 2, dc * (i * (1.0 - g * g)))
        store_gate(m, at, d, 3, dh * (squashed * (o * (1.0 - o))))
        carry = through_hidden(m, at, d)
    store(m, at.carry, carry)
    store(m, at.carry + 1, carry_c)
