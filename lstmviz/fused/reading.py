"""One network that reads a pattern without end, one number after the other: there are no lanes to fill."""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def read(cell, ih, hh, b_ih, b_hh, head, bias, codes, steps, s, kept, states):
    """Read `steps` letters, the pattern `codes` again and again, from the state s (S,), which is changed.

    cell: 0 tanh, 1 ReLU, 2 LSTM, 3 GRU, by the equations of `lstmviz.cells`. ih: (L, G*H, max(V, H)), of layer 0 the
    columns of the letters; hh: (L, G*H, H); head: (V, H). kept: (K,) steps, ascending, whose states go to `states`.

    Returns:
        The first and the last step whose letter to come is not the most probable one, -1 if there is none; how many;
        the least by which its logit was ahead of all others, and the step of that.
    """
    layers, rows, units = hh.shape
    parts = 2 if cell == 2 else 1
    letters = len(bias)
    before, pre, now = np.zeros(units), np.zeros(rows), np.zeros(rows)
    first, last, wrong, margin, at, place = -1, -1, 0, np.inf, 0, 0
    for t in range(steps):
        letter = codes[t % len(codes)]
        for layer in range(layers):
            h = layer * parts * units
            for row in range(rows):
                below = b_ih[layer, row]
                if layer == 0:
                    below += ih[0, row, letter]
                else:
                    for k in range(units):
                        below += ih[layer, row, k] * before[k]
                own = b_hh[layer, row]
                for k in range(units):
                    own += hh[layer, row, k] * s[h + k]
                pre[row], now[row] = below, own
            for k in range(units):
                if cell == 0:
                    before[k] = np.tanh(pre[k] + now[k])
                elif cell == 1:
                    before[k] = max(0.0, pre[k] + now[k])
                elif cell == 2:
                    i = 1 / (1 + np.exp(-(pre[k] + now[k])))
                    f = 1 / (1 + np.exp(-(pre[units + k] + now[units + k])))
                    g = np.tanh(pre[2 * units + k] + now[2 * units + k])
                    o = 1 / (1 + np.exp(-(pre[3 * units + k] + now[3 * units + k])))
                    c = f * s[h + units + k] + i * g
                    s[h + units + k] = c
                    before[k] = o * np.tanh(c)
                else:
                    r = 1 / (1 + np.exp(-(pre[k] + now[k])))
                    z = 1 / (1 + np.exp(-(pre[units + k] + now[units + k])))
                    n = np.tanh(pre[2 * units + k] + r * now[2 * units + k])
                    before[k] = (1 - z) * n + z * s[h + k]
            for k in range(units):
                s[h + k] = before[k]
        right = codes[(t + 1) % len(codes)]
        own, best = -np.inf, -np.inf
        for v in range(letters):
            logit = bias[v]
            for k in range(units):
                logit += head[v, k] * before[k]
            if not np.isfinite(logit):
                own = -np.inf
                best = np.inf
                break
            if v == right:
                own = logit
            else:
                best = max(best, logit)
        ahead = own - best
        if ahead < margin:
            margin, at = ahead, t
        if not ahead > 0:
            wrong += 1
            last = t
            if first < 0:
                first = t
        if place < len(kept) and kept[place] == t:
            states[place] = s
            place += 1
    return first, last, wrong, margin, at
