"""The GRU (torch's: the reset gate acts behind U), its units along the vector."""

from numba import njit

from lstmviz.fused.along import spread
from lstmviz.fused.functions import sigmoid, tanh
from lstmviz.fused.single.shared import store_gate, through_hidden
from lstmviz.fused.vector import fill, fma, load, store


@njit(_nrt=False)
def forward(m, at, x):
    """Follow the text from h = 0, keeping r, z, n, U_hn h + b_hn and h of every step."""
    H, L = at.units, at.lanes
    h = fill(m, 0.0)
    for t in range(x.shape[0]):
        letter, before, gates = at.of_letter + 3 * x[t], (at.h + t) * L, at.gates_of + 3 * t
        r, z, hidden = load(m, letter), load(m, letter + 1), load(m, at.hidden_bias)
        for j in range(H):
            hj, column = spread(m, before + j), at.forward + 3 * j
            r = fma(load(m, column), hj, r)
            z = fma(load(m, column + 1), hj, z)
            hidden = fma(load(m, column + 2), hj, hidden)
        r, z = sigmoid(r), sigmoid(z)
        n = tanh(fma(r, hidden, load(m, letter + 2)))
        h = fma(z, h - n, n)
        store(m, at.h + t + 1, h)
        store(m, at.inner + t, hidden)
        store(m, gates, r)
        store(m, gates + 1, z)
        store(m, gates + 2, n)


@njit(_nrt=False)
def backward(m, at, start, stop):
    """The gradients at W x + b_ih and at U h + b_hh of a block's steps, last step first; `carry` holds dh."""
    carry = load(m, at.carry)
    for t in range(stop - 1, start - 1, -1):
        gates, place = at.gates_of + 3 * t, (t - start) * (at.compact + 1)
        d_hidden, d_input = (at.d_hidden + place) * at.lanes, (at.d_input + place) * at.lanes
        r, z, n = load(m, gates), load(m, gates + 1), load(m, gates + 2)
        dh = load(m, at.d_h + t - start) + carry
        dn = dh * ((1.0 - z) * (1.0 - n * n))
        dr = dn * (load(m, at.inner + t) * (r * (1.0 - r)))
        dz = dh * ((load(m, at.h + t) - n) * (z * (1.0 - z)))
        store_gate(m, at, d_hidden, 0, dr)
        store_gate(m, at, d_hidden, 1, dz)
        store_gate(m, at, d_hidden, 2, dn * r)
        store_gate(m, at, d_input, 0, dr)
        store_gate(m, at, d_input, 1, dz)
        store_gate(m, at, d_input, 2, dn)
        carry = dh * z + through_hidden(m, at, d_hidden)
    store(m, at.carry, carry)
