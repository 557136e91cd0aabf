"""The Elman RNN with tanh or ReLU, its units along the vector."""

from numba import njit

from lstmviz.fused.along import spread
from lstmviz.fused.functions import tanh
from lstmviz.fused.single.shared import store_gate, through_hidden
from lstmviz.fused.vector import fma, load, maximum, store, where_positive


@njit(_nrt=False)
def forward(m, at, x):
    """Follow the text from h = 0, keeping h of every step."""
    for t in range(x.shape[0]):
        total, before = load(m, at.of_letter + x[t]), (at.h + t) * at.lanes
        for j in range(at.units):
            total = fma(load(m, at.forward + j), spread(m, before + j), total)
        if at.relu:
            store(m, at.h + t + 1, maximum(0.0, total))  # NaN stays NaN
        else:
            store(m, at.h + t + 1, tanh(total))


@njit(_nrt=False)
def backward(m, at, start, stop):
    """The gradients at a block's pre-activations, last step first; `carry` holds dh from the step behind."""
    carry = load(m, at.carry)
    for t in range(stop - 1, start - 1, -1):
        d, h = (at.d_hidden + (t - start) * (at.compact + 1)) * at.lanes, load(m, at.h + t + 1)
        dh = load(m, at.d_h + t - start) + carry
        if at.relu:
            store_gate(m, at, d, 0, where_positive(h, dh))
        else:
            store_gate(m, at, d, 0, dh * (1.0 - h * h))
        carry = through_hidden(m, at, d)
    store(m, at.carry, carry)
