"""Epochs of one small network: forward, backpropagation through time, Adam."""

from numba import njit

from lstmviz.fused.shared import BLOCK, adam
from lstmviz.fused.single import gru, lstm, rnn
from lstmviz.fused.single.shared import begin, finish, head, pack, weight_gradients


@njit(nogil=True, cache=True, _nrt=False)
def run(m, flat, at, moves, weights, x, scale, constants, updates, losses, hits, history, train):
    """An epoch for each row of `losses`, its weights to `history`; without `train` they stay (gradients are there)."""
    to_pack, gradients = moves
    steps = x.shape[0]
    for epoch in range(hits.shape[0]):
        pack(flat, at, to_pack)
        begin(m, at)
        if at.gates == 4:
            lstm.forward(m, at, x)
        elif at.gates == 3:
            gru.forward(m, at, x)
        else:
            rnn.forward(m, at, x)
        for start in range((steps - 1) // BLOCK * BLOCK, -1, -BLOCK):
            stop = min(start + BLOCK, steps)
            head(m, flat, at, scale, start, stop)
            d_input = at.d_hidden
            if at.gates == 4:
                lstm.backward(m, at, start, stop)
            elif at.gates == 3:
                gru.backward(m, at, start, stop)
                d_input = at.d_input
            else:
                rnn.backward(m, at, start, stop)
            weight_gradients(m, at, x, d_input, start, stop)
        finish(m, flat, at, gradients, scale, losses, hits, epoch)
        if history.shape[0] > 0:
            begins = at.values * at.lanes
            for k in range(history.shape[1]):
                history[epoch, k] = flat[begins + k]
        if train:
            adam(weights, updates + epoch + 1, constants)
