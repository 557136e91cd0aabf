"""Three ways to write a cell in torch: by hand, with torch's cell, with torch's layer; the same numbers come out.

The functions at the top are what a class would write. Their source is shown beside their numbers, so what is read is
what ran.
"""

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstmviz.cells.step import Array
from lstmviz.models import Model
from lstmviz.tasks import PatternTask


def rnn_by_hand(i2h: nn.Linear, h2h: nn.Linear, x: Tensor) -> Tensor:
    """States (T, H) of a tanh network over x (T, V)."""
    h = torch.zeros(h2h.in_features)
    states = []
    for x_t in x:
        h = torch.tanh(i2h(x_t) + h2h(h))
        states.append(h)
    return torch.stack(states)


def rnn_with_cell(cell: nn.RNNCell, x: Tensor) -> Tensor:
    """The same with nn.RNNCell."""
    h = torch.zeros(cell.hidden_size)
    states = []
    for x_t in x:
        h = cell(x_t, h)
        states.append(h)
    return torch.stack(states)


def rnn_with_layer(rnn: nn.RNN, x: Tensor) -> Tensor:
    """The same with nn.RNN."""
    states, _ = rnn(x)
    return states


def lstm_by_hand(i2h: nn.Linear, h2h: nn.Linear, x: Tensor) -> tuple[Tensor, Tensor]:
    """States (T, H) and last cell state (H,) of an LSTM over x (T, V)."""
    h = c = torch.zeros(h2h.in_features)
    states = []
    for x_t in x:
        gates = i2h(x_t) + h2h(h)
        i, f, g, o = gates.chunk(4)
        new = i.sigmoid() * g.tanh()
        c = f.sigmoid() * c + new
        h = o.sigmoid() * c.tanh()
        states.append(h)
    return torch.stack(states), c


def lstm_with_cell(cell: nn.LSTMCell, x: Tensor) -> tuple[Tensor, Tensor]:
    """The same with nn.LSTMCell."""
    h = c = torch.zeros(cell.hidden_size)
    states = []
    for x_t in x:
        h, c = cell(x_t, (h, c))
        states.append(h)
    return torch.stack(states), c


def lstm_with_layer(lstm: nn.LSTM, x: Tensor) -> tuple[Tensor, Tensor]:
    """The same with nn.LSTM."""
    states, (_, c) = lstm(x)
    return states, c[0]


@dataclass(frozen=True, eq=False)
class Way:
    """One way to write the cell, and what it gave."""

    name: str
    """"by hand", "nn.RNNCell", "nn.RNN", "nn.LSTMCell" or "nn.LSTM\""""
    code: str
    """the function that ran, without its docstring and types"""
    h: Array
    """(T, H) the states"""
    c: Array | None
    """(2, H) the cell state after the first letter and after the last; None for an RNN

    nn.LSTM tells only the last one, so each way also reads the first letter by itself.
    """
    yhat: Array
    """(T, V) the probabilities, softmax of the head over the states"""


@dataclass(frozen=True, eq=False)
class Ways:
    """The three ways from the same weights on the same text."""

    cell: str
    """"rnn" or "lstm\""""
    ways: tuple[Way, Way, Way]
    difference: float
    """largest absolute difference between any two of them, over h and yhat of all steps and over c"""


def three_ways(model: Model, task: PatternTask) -> Ways:
    """Run the text of `task` through the weights of `model` in the three ways.

    Raises:
        ValueError: `model` is no tanh RNN or LSTM of one layer and one direction in float32.
    """
    config = model.config
    if config.cell not in ("rnn", "lstm") or config.num_layers > 1 or config.bidirectional:
        raise ValueError(
            f"`model` must be an rnn or lstm of one layer and one direction; got the cell '{config.cell}'."
        )
    if config.dtype != "float32":
        raise ValueError(f"`model` must be in float32; got {config.dtype}.")
    layer: Any = model.recurrent
    weights = (layer.weight_ih_l0, layer.bias_ih_l0, layer.weight_hh_l0, layer.bias_hh_l0)
    i2h, h2h = _linear(*weights[:2]), _linear(*weights[2:])
    x = torch.tensor(task.one_hot())
    if config.cell == "rnn":
        cell: Any = _cell(nn.RNNCell, config.input_size, config.hidden_size, weights)
        ways = (
            _run("by hand", rnn_by_hand, (i2h, h2h), x, model.head),
            _run("nn.RNNCell", rnn_with_cell, (cell,), x, model.head),
            _run("nn.RNN", rnn_with_layer, (layer,), x, model.head),
        )
    else:
        cell = _cell(nn.LSTMCell, config.input_size, config.hidden_size, weights)
        ways = (
            _run("by hand", lstm_by_hand, (i2h, h2h), x, model.head),
            _run("nn.LSTMCell", lstm_with_cell, (cell,), x, model.head),
            _run("nn.LSTM", lstm_with_layer, (layer,), x, model.head),
        )
    return Ways(config.cell, ways, max(_spread([getattr(w, name) for w in ways]) for name in ("h", "c", "yhat")))


def _run(name: str, function: Callable[..., Any], modules: tuple[nn.Module, ...], x: Tensor, head: nn.Linear) -> Way:
    with torch.no_grad():
        answer = function(*modules, x)
        states, last_c = answer if isinstance(answer, tuple) else (answer, None)
        c = None if last_c is None else torch.stack([function(*modules, x[:1])[1], last_c]).numpy()
        yhat = torch.softmax(head(states), dim=1)
    return Way(name, _source(function), states.numpy(), c, yhat.numpy())


def _source(function: Callable[..., Any]) -> str:
    """The code of `function` as a notebook would have it."""
    node: Any = ast.parse(inspect.getsource(function)).body[0]
    node.body, node.returns = node.body[1:], None
    for argument in node.args.args:
        argument.annotation = None
    return ast.unparse(node)


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    """An nn.Linear with these weights; made without a draw from torch's global generator."""
    linear = nn.utils.skip_init(nn.Linear, weight.shape[1], weight.shape[0])
    linear.load_state_dict({"weight": weight, "bias": bias})
    return linear


def _cell(kind: type[nn.Module], inputs: int, hidden: int, weights: tuple[Tensor, ...]) -> nn.Module:
    cell = nn.utils.skip_init(kind, inputs, hidden)
    cell.load_state_dict(dict(zip(("weight_ih", "bias_ih", "weight_hh", "bias_hh"), weights, strict=True)))
    return cell


def _spread(arrays: list[Array | None]) -> float:
    """The largest distance between two of the arrays anywhere."""
    given = [array for array in arrays if array is not None]
    return float(np.ptp(np.stack(given), axis=0).max()) if given else 0.0
