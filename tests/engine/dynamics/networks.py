"""Networks whose dynamics are known by other means."""

import numpy as np
import torch
from torch import nn

import lstmviz as lv
from tests.engine.scaled import scaled

CELLS = ("rnn", "rnn_relu", "lstm", "gru")


def ring(n: int) -> nn.RNN:
    """x -> tanh(x W) with W[i] = -roll(linspace(-1, 1, n), -i), a published check of fixed-point finders."""
    w = np.stack([-np.roll(np.linspace(-1, 1, n), -i) for i in range(n)])
    return with_weights(nn.RNN(n, n, bias=False, dtype=torch.float64), weight_hh_l0=w.T)


def one_unit(w: float, b: float = 0.0, relu: bool = False) -> nn.RNN:
    """h' = tanh(w h + b), or max(0, w h + b)."""
    layer = nn.RNN(1, 1, nonlinearity="relu" if relu else "tanh", dtype=torch.float64)
    return with_weights(layer, weight_hh_l0=[[w]], bias_hh_l0=[b], bias_ih_l0=[0.0])


def one_cell(i: float, f: float, g: float, o: float, g_by_h: float = 0.0) -> nn.LSTM:
    """An LSTM of one unit whose gates are constant, by their sums; g = tanh(g + g_by_h h)."""
    layer = nn.LSTM(1, 1, dtype=torch.float64)
    recurrent = [[0.0], [0.0], [g_by_h], [0.0]]
    return with_weights(
        layer, weight_ih_l0=np.zeros((4, 1)), weight_hh_l0=recurrent, bias_ih_l0=[i, f, g, o], bias_hh_l0=np.zeros(4)
    )


def with_weights(layer, **weights):
    with torch.no_grad():
        for name, value in weights.items():
            getattr(layer, name).copy_(torch.as_tensor(np.asarray(value)))
    return layer


def drawn(cell: str, hidden: int = 3, layers: int = 1, seed: int = 0, gain: float = 1.0) -> lv.Model:
    """A network of random weights, `gain` times as large as torch draws them."""
    return scaled(cell, 3, hidden, layers, seed=seed, gain=gain, named="recurrent.")
