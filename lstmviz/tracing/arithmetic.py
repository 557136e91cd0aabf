"""The sums inside one step taken apart, so that a page can write an equation with its numbers in place."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.models import Model
from lstmviz.tracing import Trace
from lstmviz.tracing.given import check_input

GATES = {"rnn": ("h",), "rnn_relu": ("h",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}


@dataclass(frozen=True, eq=False)
class Terms:
    """The pre-activations of one step as the sums that they are, one row for each of the G gates, in torch's order.

    total = input + b_ih + hidden.sum(axis=-1) + b_hh, except in the GRU's candidate n, where the reset gate stands
    between: total = input + b_ih + r * (hidden.sum(axis=-1) + b_hh). All arrays are read-only.
    """

    gates: tuple[str, ...]
    """the rows: i, f, g, o for an LSTM, r, z, n for a GRU, h for a plain network"""
    input: Array
    """(G, H) W x: what the letter adds to each unit"""
    hidden: Array
    """(G, H, H) U[j, k] * h[k]: what unit k of the state before adds to unit j"""
    b_ih: Array
    """(G, H) the bias beside W"""
    b_hh: Array
    """(G, H) the bias beside U"""
    total: Array
    """(G, H) the pre-activations, i_pre, f_pre, ... of the trace up to the rounding of a sum in another order"""


def pre_activation_terms(model: nn.Module, tr: Trace, x: Any, t: int) -> Terms:
    """Take step `t` of the trace `tr` of `model` through `x` apart.

    Args:
        model: the `Model`, nn.RNN, nn.LSTM or nn.GRU that was traced, of one layer and one direction.
        tr: its trace through `x`.
        x: (T, V), the sequence that was traced.
        t: the step, 0 to T - 1.

    Raises:
        ValueError: the model has several layers or directions, `x` is a batch, the trace is of another size, or `t`
            is not one of its steps.
    """
    layer = model.recurrent if isinstance(model, Model) else model
    if not isinstance(layer, nn.RNN | nn.LSTM | nn.GRU) or layer.num_layers > 1 or layer.bidirectional:
        raise ValueError("`model` must be a recurrent network of one layer and one direction.")
    x = check_input(layer, x)
    if x.ndim != 2 or tr.axes != ("step",):
        raise ValueError("`x` and `tr` must be of one sequence, not of a batch or of snapshots.")
    size = layer.hidden_size
    gates = GATES[tr.layers[0].cell]
    named = {name: tensor.detach().cpu().numpy() for name, tensor in layer.state_dict().items()}
    rows = len(gates) * size
    if len(tr.layers) > 1 or tr.h_prev.shape != (len(x), size) or len(named["weight_ih_l0"]) != rows:
        raise ValueError("`tr` must be the trace of `model` through `x`; its steps, units or gates are not as many.")
    t = whole_number("t", t, 0, len(x) - 1)

    none = np.zeros(rows, x.dtype)
    shape = (len(gates), size)
    with np.errstate(all="ignore"):
        from_input = np.matvec(named["weight_ih_l0"], x[t]).reshape(shape)
        from_hidden = named["weight_hh_l0"].reshape(*shape, size) * tr.h_prev[t]
        b_ih = named.get("bias_ih_l0", none).reshape(shape).copy()
        b_hh = named.get("bias_hh_l0", none).reshape(shape).copy()
        recurrent = from_hidden.sum(axis=-1) + b_hh
        if gates == GATES["gru"]:
            recurrent[2] *= tr.r[t]
        total = from_input + b_ih + recurrent
    for array in (from_input, from_hidden, b_ih, b_hh, total):
        array.flags.writeable = False
    return Terms(gates=gates, input=from_input, hidden=from_hidden, b_ih=b_ih, b_hh=b_hh, total=total)
