"""The networks: one of torch's recurrent layers with a linear head, seeded exactly as torch seeds them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstmviz.base.checks import instance, one_of, real_number, true_or_false, whole_number
from lstmviz.base.limits import MAX_SEED

CELLS = ("rnn", "rnn_relu", "lstm", "gru")
"""Kinds of cell: tanh network, ReLU network, LSTM, GRU."""
DRAWS = ("layer", "cell", "linear")
"""Ways to draw the first weights; see `ModelConfig.draw`."""
DTYPES = ("float32", "float64")
"""Precisions in which a model can run."""

MAX_SIZE = 4096
MAX_LAYERS = 16


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Everything that determines an untrained network, checked when made.

    Raises:
        ValueError: a value is out of range, or a way of drawing is asked of a network that it does not fit.
    """

    cell: str = "lstm"
    """"rnn" (tanh), "rnn_relu", "lstm" or "gru\""""
    input_size: int
    """V, numbers read at each step: the length of the alphabet; 1 to 4096"""
    hidden_size: int
    """H, units of each layer in each direction, 1 to 4096"""
    output_size: int
    """numbers told at each step, 1 to 4096"""
    seed: int = 0
    """as given to torch.manual_seed, 0 to 2**32 - 1"""
    num_layers: int = 1
    """recurrent layers, each reading the one below, 1 to 16"""
    bidirectional: bool = False
    """also read the sequence from its end; the head then sees both directions, 2H numbers"""
    draw: str = "layer"
    """how the recurrent weights are drawn:

    - "layer": as nn.RNN, nn.LSTM and nn.GRU draw them;
    - "cell": as nn.RNNCell, nn.LSTMCell and nn.GRUCell do, then copied into the layer (one layer, one direction). torch
      draws both in the same order from the same range, so the weights are those of "layer";
    - "linear": as a cell written by hand from i2h = nn.Linear(V, H) and h2h = nn.Linear(H, H) (one layer, one
      direction, "rnn" and "rnn_relu" only).
    """
    reseed_head: bool = False
    """start again from `seed` before the head is drawn, as code does that calls manual_seed once for each layer"""
    dtype: str = "float32"
    """"float32" or "float64"; the weights are drawn in float32 either way, so that a seed names the same network"""
    dropout: float = 0.0
    """share of the units that each training step leaves out between two layers, 0 to 0.99; for several layers"""
    gain: float = 1.0
    """factor of the recurrent layer's first weights, input and recurrent, not of its biases; 0 to 1000"""
    forget_bias: float | None = None
    """what an LSTM's two biases of each forget gate add up to at first (1: Jozefowicz et al. 2015), -100 to 100: b_ih
    is this and b_hh is 0; None: both as torch draws them"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "cell": one_of("cell", self.cell, CELLS),
            "input_size": whole_number("input_size", self.input_size, 1, MAX_SIZE),
            "hidden_size": whole_number("hidden_size", self.hidden_size, 1, MAX_SIZE),
            "output_size": whole_number("output_size", self.output_size, 1, MAX_SIZE),
            "seed": whole_number("seed", self.seed, 0, MAX_SEED),
            "num_layers": whole_number("num_layers", self.num_layers, 1, MAX_LAYERS),
            "bidirectional": true_or_false("bidirectional", self.bidirectional),
            "draw": one_of("draw", self.draw, DRAWS),
            "reseed_head": true_or_false("reseed_head", self.reseed_head),
            "dtype": one_of("dtype", self.dtype, DTYPES),
            "dropout": real_number("dropout", self.dropout, 0.0, 0.99),
            "gain": real_number("gain", self.gain, 0.0, 1000.0),
        }
        if self.forget_bias is not None:
            checked["forget_bias"] = real_number("forget_bias", self.forget_bias, -100.0, 100.0)
        for name, value in checked.items():
            object.__setattr__(self, name, value)  # numpy integers become int, which torch insists on
        if self.draw != "layer" and (self.num_layers > 1 or self.bidirectional):
            raise ValueError(f"`draw` must be layer for several layers or directions; got '{self.draw}'.")
        if self.draw == "linear" and self.cell not in ("rnn", "rnn_relu"):
            raise ValueError(f"`draw` can be linear for the cells rnn and rnn_relu only; got the cell '{self.cell}'.")
        if self.dropout > 0 and self.num_layers == 1:
            raise ValueError("`dropout` must be 0 for one layer: it acts between layers.")
        if self.forget_bias is not None and self.cell != "lstm":
            raise ValueError(f"`forget_bias` must be left out for the cell '{self.cell}', which has no forget gate.")


class Model(nn.Module):
    """A recurrent layer and a linear head over its state; untrained when made, on the CPU.

    Attributes:
        config: what it was made from.
        recurrent: nn.RNN, nn.LSTM or nn.GRU, sequence first.
        head: nn.Linear from the H (or 2H, read both ways) numbers of the last layer to `output_size` logits.
    """

    recurrent: nn.RNN | nn.LSTM | nn.GRU
    head: nn.Linear

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        # torch's constructors draw from the global generator; on the meta device they make shapes and draw nothing.
        self.recurrent = _recurrent_layer(config)
        directions = 2 if config.bidirectional else 1
        self.head = nn.Linear(directions * config.hidden_size, config.output_size, device="meta", dtype=torch.float32)
        self.load_state_dict(_adjusted(config, _draw(config, self.state_dict())), assign=True)
        self.to(getattr(torch, config.dtype))

    def forward(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        """Logits of every step, and the state after the last.

        x: (T, V), or (T, N, V) for a batch of N. state: as torch's layer takes it, h or (h, c) with h, c of shape
        (layers * directions, H) or (layers * directions, N, H); zeros if left out. The logits are (T, output_size) or
        (T, N, output_size). For a PackedSequence x they are one too.
        """
        hidden, state = self.recurrent(x, state)
        if isinstance(hidden, PackedSequence):
            return hidden._replace(data=self.head(hidden.data)), state
        return self.head(hidden), state


def build_model(config: ModelConfig) -> Model:
    """An untrained network, its weights those that torch draws after `torch.manual_seed(config.seed)`, to the bit.

    With the defaults they are the weights of `torch.manual_seed(seed); nn.LSTM(V, H); nn.Linear(H, output_size)`. They
    come from a generator of the model's own: torch's global one is neither read nor moved, since the sessions of a
    server share it.

    Raises:
        TypeError: `config` is no ModelConfig.
    """
    instance("config", config, ModelConfig)
    return Model(config)


def parameter_count(cell: str, letters: int, hidden_size: int, answers: int | None = None) -> int:
    """How many numbers a network of one layer learns that reads `letters`: both biases and the head too.

    G*H*(V + H + 2) + P*(H + 1), with G = 1 (RNN), 3 (GRU) or 4 (LSTM). It tells `answers`, P; the letters if left out.
    """
    answers = letters if answers is None else answers
    gates = {"rnn": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}[cell]
    return gates * hidden_size * (letters + hidden_size + 2) + answers * (hidden_size + 1)


def parameters_of(model: nn.Module) -> dict[str, np.ndarray]:
    """Copies of all weights as numpy arrays, by their `state_dict` names (recurrent.weight_ih_l0, ..., head.bias).

    Those in bfloat16, which numpy does not know, are float32.
    """
    own = {name: tensor.detach().cpu() for name, tensor in model.state_dict().items()}
    return {name: (one.float() if one.dtype == torch.bfloat16 else one).numpy().copy() for name, one in own.items()}


def load_parameters(model: nn.Module, parameters: Mapping[str, np.ndarray]) -> None:
    """Copy `parameters`, as `parameters_of` names them, into `model`, in the model's precision.

    Raises:
        ValueError: a name is missing, unknown, or comes with another shape; the model is then unchanged.
    """
    check_parameters(model, parameters)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(torch.tensor(parameters[name]))


def check_parameters(model: nn.Module, *snapshots: Mapping[str, np.ndarray]) -> None:
    """Do nothing if each of `snapshots` holds each weight of `model` in its shape, and nothing else.

    Raises:
        ValueError: a name is missing, unknown, or comes with another shape.
    """
    own = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    for parameters in snapshots:
        if missing := sorted(own.keys() - parameters.keys()):
            raise ValueError(f"`parameters` must hold every weight of the model; got none for {', '.join(missing)}.")
        if unknown := sorted(parameters.keys() - own.keys()):
            raise ValueError(f"`parameters` must hold weights of the model only; got {', '.join(unknown)} as well.")
        for name, shape in own.items():
            if (got := np.shape(parameters[name])) != shape:
                raise ValueError(f"`parameters` must have shape {shape} for {name}; got {got}.")


def _recurrent_layer(config: ModelConfig) -> nn.RNN | nn.LSTM | nn.GRU:
    """The layer of torch for `config`, without memory for its weights."""
    options: dict[str, Any] = {
        "input_size": config.input_size,
        "hidden_size": config.hidden_size,
        "num_layers": config.num_layers,
        "bidirectional": config.bidirectional,
        "dropout": config.dropout,
        "device": "meta",
        "dtype": torch.float32,
    }
    match config.cell:
        case "lstm":
            return nn.LSTM(**options)
        case "gru":
            return nn.GRU(**options)
        case "rnn_relu":
            return nn.RNN(nonlinearity="relu", **options)
        case _:
            return nn.RNN(nonlinearity="tanh", **options)


def _draw(config: ModelConfig, shapes: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that torch's constructors would draw after manual_seed: the same calls in the same order."""
    generator = torch.Generator(device="cpu").manual_seed(config.seed)
    drawn = {name: torch.empty(like.shape, dtype=torch.float32, device="cpu") for name, like in shapes.items()}
    if config.draw == "linear":
        _draw_linear(drawn["recurrent.weight_ih_l0"], drawn["recurrent.bias_ih_l0"], generator)
        _draw_linear(drawn["recurrent.weight_hh_l0"], drawn["recurrent.bias_hh_l0"], generator)
    else:
        bound = 1 / math.sqrt(config.hidden_size)
        for name, weight in drawn.items():  # in the order in which torch registered them
            if name.startswith("recurrent."):
                nn.init.uniform_(weight, -bound, bound, generator=generator)
    if config.reseed_head:
        generator.manual_seed(config.seed)
    _draw_linear(drawn["head.weight"], drawn["head.bias"], generator)
    return drawn


def _adjusted(config: ModelConfig, drawn: dict[str, Tensor]) -> dict[str, Tensor]:
    """What was drawn, with the gain and the forget gates' biases that are asked for."""
    units = config.hidden_size
    for name, weight in drawn.items():
        if name.startswith("recurrent.weight"):
            weight.mul_(config.gain)
        elif name.startswith("recurrent.bias") and config.forget_bias is not None:
            weight[units : 2 * units] = config.forget_bias if "_ih_" in name else 0.0  # torch's order: i, f, g, o
    return drawn


def _draw_linear(weight: Tensor, bias: Tensor, generator: torch.Generator) -> None:
    """As nn.Linear.reset_parameters, including its detour over Kaiming's bound, which rounds differently."""
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
    bound = 1 / math.sqrt(weight.shape[1])
    nn.init.uniform_(bias, -bound, bound, generator=generator)
