"""What goes in and out of a recurrent layer of torch: its tensors, its stacked weights, and a small pass through it.

The letters are the lecture's: N sequences in a batch, L steps, Q numbers a step (`input_size`), D units
(`hidden_size`), K layers (`num_layers`). Shapes are computed from these letters, as the documentation of torch gives
them; `follow` then runs the layer, and says which shapes torch's own tensors have.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from lstmviz.base.checks import one_of, true_or_false, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.cells.step import Array, sigmoid
from lstmviz.models import ModelConfig, build_model
from lstmviz.tracing import trace

GATES = {"lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n"), "rnn": ("h",)}
"""The blocks of the stacked weights from top to bottom, by cell; a plain network has one, which makes h itself."""

MODULES = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
"""The names in torch.nn."""

LIMITS = {"batch": 256, "steps": 100, "input_size": 256, "hidden_size": 256, "num_layers": 8}
"""The largest value of each letter; the smallest is 1."""
MAX_PARAMETERS = 1_000_000
MAX_PRODUCTS = 2_000_000_000

_ITEMS = 6  # of a batch, whose numbers are followed
_PRODUCTS_FOLLOWED = 50_000_000  # by our own steps in numpy, beyond the item that is asked for


@dataclass(frozen=True, kw_only=True)
class ShapesConfig:
    """A recurrent layer and the batch that goes into it, checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    cell: str = "lstm"
    """"lstm", "gru" or "rnn" (tanh)"""
    batch: int = 3
    """N, sequences in the batch, 1 to 256"""
    steps: int = 5
    """L, steps of each sequence, 1 to 100"""
    input_size: int = 4
    """Q, numbers read at each step, 1 to 256"""
    hidden_size: int = 3
    """D, units of each layer in each direction, 1 to 256"""
    num_layers: int = 2
    """K, layers, each reading the one below, 1 to 8"""
    batch_first: bool = True
    """whether x and output begin with N; else with L"""
    bidirectional: bool = False
    """whether a second row of cells reads each sequence from its end"""
    seed: int = 1
    """of the weights and of the input"""

    def __post_init__(self) -> None:
        one_of("cell", self.cell, tuple(GATES))
        for name, high in LIMITS.items():
            object.__setattr__(self, name, whole_number(name, getattr(self, name), 1, high))
        true_or_false("batch_first", self.batch_first)
        true_or_false("bidirectional", self.bidirectional)
        object.__setattr__(self, "seed", whole_number("seed", self.seed, 0, MAX_SEED))

    @property
    def ways(self) -> int:
        """Directions in which a sequence is read, 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def parameters(self) -> int:
        """How many numbers the layer learns."""
        return sum(weight.count for weight in weights(self))

    @property
    def products(self) -> int:
        """About how many multiplications a pass takes: each weight once a step and sequence."""
        return self.batch * self.steps * self.parameters

    @property
    def quick(self) -> bool:
        """Whether a pass takes no time that anyone would notice: the only ones that `follow` makes."""
        return self.parameters <= MAX_PARAMETERS and self.products <= MAX_PRODUCTS


@dataclass(frozen=True)
class Axis:
    """One axis of a tensor."""

    letters: str
    """as the lecture writes its length: "N", "2D" """
    size: int
    """its length"""


@dataclass(frozen=True)
class Shaped:
    """A tensor by its name and its axes."""

    name: str
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(axis.size for axis in self.axes)

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Block:
    """The rows of a stacked weight that belong to one gate: `weight[start:stop]`."""

    gate: str
    start: int
    stop: int


@dataclass(frozen=True)
class Weight(Shaped):
    """A stacked weight (two axes) or bias (one) of one layer in one direction."""

    layer: int
    reverse: bool
    blocks: tuple[Block, ...]
    """from top to bottom, in torch's order"""


@dataclass(frozen=True)
class Comparison:
    """Two parts of what the layer returns, written as code, and how far apart they are."""

    left: str
    right: str
    difference: float
    """the largest absolute difference over the whole batch; 0 if they are the same numbers"""


@dataclass(frozen=True, eq=False)
class Pass:
    """A batch that went through the layer: the numbers of one item of it, read-only, and how exact they are."""

    config: ShapesConfig
    item: int
    """the item of the batch whose numbers these are"""
    x: Array
    """(L, Q) its input, in [-1, 1]"""
    output: Array
    """(L, ways * D) its output; forward direction first"""
    h_n: Array
    """(K * ways, D) its last hidden states"""
    c_n: Array | None
    """(K * ways, D) its last cell states; None where the cell has none"""
    items: tuple[int, ...]
    """neighbours in the batch that were followed too, `item` among them"""
    last: Array
    """(len(items), ways * D) the output of these at step L - 1"""
    weights: Mapping[str, Array]
    """every stacked weight and bias, by torch's name"""
    shapes: Mapping[str, tuple[int, ...]]
    """the shapes of torch's own tensors, by the names of `tensors`"""
    comparisons: tuple[Comparison, ...]
    """what output at the last step is, and what it is not, measured on the batch"""
    difference_from_torch: float
    """largest absolute difference from torch's pass of the whole batch, over all numbers above"""
    difference_of_blocks: float
    """largest absolute difference between the gates of a step and those computed from the blocks one by one"""

    @property
    def agrees(self) -> bool:
        """Whether torch's tensors have the shapes that `tensors` says, and its numbers are ours to rounding."""
        said = {one.name: one.shape for one in tensors(self.config)}
        # No number of a pass from zeros is much larger than 1.
        return self.shapes == said and self.difference_from_torch <= 1e-5


def tensors(config: ShapesConfig) -> tuple[Shaped, ...]:
    """What goes in and comes out: x, h0, (c0,) out, hn, (cn)."""
    n, steps = Axis("N", config.batch), Axis("L", config.steps)
    outer = (n, steps) if config.batch_first else (steps, n)
    units = Axis("D", config.hidden_size)
    states = (_times(config.ways, "K", config.num_layers), n, units)
    cells = config.cell == "lstm"
    return (
        Shaped("x", (*outer, Axis("Q", config.input_size))),
        Shaped("h0", states),
        *((Shaped("c0", states),) if cells else ()),
        Shaped("out", (*outer, _times(config.ways, "D", config.hidden_size))),
        Shaped("hn", states),
        *((Shaped("cn", states),) if cells else ()),
    )


def weights(config: ShapesConfig) -> tuple[Weight, ...]:
    """Every stacked weight and bias of the layer, in torch's order and under torch's names."""
    gates = GATES[config.cell]
    size = config.hidden_size
    rows = _times(len(gates), "D", size)
    blocks = tuple(Block(gate, k * size, (k + 1) * size) for k, gate in enumerate(gates))
    found = list[Weight]()
    for layer in range(config.num_layers):
        read = Axis("Q", config.input_size) if layer == 0 else _times(config.ways, "D", size)
        for reverse in (False, True)[: config.ways]:
            end = f"l{layer}{'_reverse' if reverse else ''}"
            for name, axes in (
                ("weight_ih", (rows, read)),
                ("weight_hh", (rows, Axis("D", size))),
                ("bias_ih", (rows,)),
                ("bias_hh", (rows,)),
            ):
                found.append(Weight(f"{name}_{end}", axes, layer, reverse, blocks))
    return tuple(found)


def build_layer(config: ShapesConfig) -> nn.RNNBase:
    """The layer, with the very weights that torch draws after `torch.manual_seed(config.seed)`."""
    model = ModelConfig(
        cell=config.cell,
        input_size=config.input_size,
        hidden_size=config.hidden_size,
        num_layers=config.num_layers,
        bidirectional=config.bidirectional,
        seed=config.seed,
        output_size=1,  # of the head, which is drawn after the layer and left out here
    )
    layer = build_model(model).recurrent
    layer.batch_first = config.batch_first
    return layer


def draw_input(config: ShapesConfig) -> torch.Tensor:
    """A batch for the layer, uniform in [-1, 1): (N, L, Q), or the same numbers as (L, N, Q)."""
    generator = torch.Generator().manual_seed(config.seed)
    x = torch.rand(config.batch, config.steps, config.input_size, generator=generator) * 2 - 1
    return x if config.batch_first else x.transpose(0, 1)


def code(config: ShapesConfig) -> str:
    """The pass in plain torch: run anywhere, it gives the numbers of `follow`."""
    options = [str(config.input_size), str(config.hidden_size)]
    options += [f"num_layers={config.num_layers}"] if config.num_layers > 1 else []
    options += ["batch_first=True"] if config.batch_first else []
    options += ["bidirectional=True"] if config.bidirectional else []
    swap = "" if config.batch_first else ".transpose(0, 1)"
    size = f"{config.batch}, {config.steps}, {config.input_size}"
    final = "(hn, cn)" if config.cell == "lstm" else "hn"
    return "\n".join(
        (
            "import torch",
            "",
            f"torch.manual_seed({config.seed})",
            f"layer = torch.nn.{MODULES[config.cell]}({', '.join(options)})",
            f"generator = torch.Generator().manual_seed({config.seed})",
            f"x = (torch.rand({size}, generator=generator) * 2 - 1){swap}",
            f"out, {final} = layer(x)",
        )
    )


def follow(config: ShapesConfig, item: int = 0) -> Pass:
    """Send a batch through the layer, from a state of zeros, and keep the numbers of one item of it.

    The item, and some neighbours, go through our own steps; the whole batch goes through torch, which gives the shapes
    and the difference.

    Args:
        config: the layer and the batch; `config.quick`.
        item: 0 to N - 1.

    Raises:
        ValueError: `config` is too large, or there is no such item.
    """
    if not config.quick:
        raise ValueError(
            f"`config` must have at most {MAX_PARAMETERS:,} parameters and take at most {MAX_PRODUCTS:,} "
            f"multiplications; got {config.parameters:,} and {config.products:,}."
        )
    item = whole_number("item", item, 0, config.batch - 1)
    layer, x = build_layer(config), draw_input(config)
    h_0 = torch.zeros(config.num_layers * config.ways, config.batch, config.hidden_size)
    with torch.no_grad():
        output, final = layer(x, (h_0, h_0) if config.cell == "lstm" else h_0)
    h_n, c_n = final if config.cell == "lstm" else (final, None)
    shapes = {"x": x.shape, "h0": h_0.shape, "out": output.shape, "hn": h_n.shape}
    if c_n is not None:
        shapes |= {"c0": h_0.shape, "cn": c_n.shape}

    items = _neighbours(config, item)
    rows = slice(items[0], items[-1] + 1)
    at = item - items[0]
    tr = trace(layer, x[rows] if config.batch_first else x[:, rows], compare=False)  # with the whole batch, below
    ours_h, ours_c = tr.state if isinstance(tr.state, tuple) else (tr.state, None)
    ours = np.concatenate([way.h for way in tr.layers[-config.ways :]], axis=-1)  # (L, items, ways * D)
    by_item = output if config.batch_first else output.transpose(0, 1)  # (N, L, ways * D)
    theirs = [by_item[rows].transpose(0, 1), h_n[:, rows], None if c_n is None else c_n[:, rows]]
    difference = max(
        float(np.abs(mine - other.numpy()).max())
        for mine, other in zip((ours, ours_h, ours_c), theirs, strict=True)
        if mine is not None and other is not None
    )

    own = {name: tensor.detach().numpy() for name, tensor in layer.named_parameters()}
    first = tr.layers[0]
    x_last = x[item, -1] if config.batch_first else x[-1, item]
    h_prev = first.h_prev[-1, at]
    gates = gates_from_blocks(config, own, x_last.numpy(), h_prev)
    blocks_difference = max(float(np.abs(first.values[gate][-1, at] - one).max()) for gate, one in gates.items())

    return Pass(
        config=config,
        item=item,
        x=_frozen((x[item] if config.batch_first else x[:, item]).numpy()),
        output=_frozen(ours[:, at]),
        h_n=_frozen(ours_h[:, at]),
        c_n=None if ours_c is None else _frozen(ours_c[:, at]),
        items=items,
        last=_frozen(ours[-1]),
        weights={name: _frozen(array) for name, array in own.items()},
        shapes={name: tuple(shape) for name, shape in shapes.items()},
        comparisons=_compare(config, by_item, h_n),
        difference_from_torch=difference,
        difference_of_blocks=blocks_difference,
    )


def gates_from_blocks(config: ShapesConfig, weights: Mapping[str, Array], x: Array, h: Array) -> dict[str, Array]:
    """The gates of one step of layer 0, forward, each from its own rows of the stacked weights, (D,) each.

    As torch's documentation writes them, i = sigmoid(W_ii x + b_ii + W_hi h + b_hi) and so on, where W_ii are the first
    D rows of `weight_ih_l0`.

    Args:
        config: of the layer.
        weights: by torch's names.
        x: (Q,) input.
        h: (D,) the state that the step starts from.
    """
    w_ih, w_hh = weights["weight_ih_l0"], weights["weight_hh_l0"]
    b_ih, b_hh = weights["bias_ih_l0"], weights["bias_hh_l0"]
    size, found = config.hidden_size, dict[str, Array]()
    for k, gate in enumerate(GATES[config.cell]):
        rows = slice(k * size, (k + 1) * size)
        from_x, from_h = w_ih[rows] @ x + b_ih[rows], w_hh[rows] @ h + b_hh[rows]
        if gate == "n":
            found[gate] = np.tanh(from_x + found["r"] * from_h)
        else:
            found[gate] = np.tanh(from_x + from_h) if gate in ("g", "h") else sigmoid(from_x + from_h)
    return found


def _times(factor: int, letter: str, size: int) -> Axis:
    return Axis(letter if factor == 1 else f"{factor}{letter}", factor * size)


def _neighbours(config: ShapesConfig, item: int) -> tuple[int, ...]:
    """The items that are followed: `item` and those beside it, as many as are soon done."""
    many = _PRODUCTS_FOLLOWED // (config.steps * config.parameters)
    count = max(1, min(_ITEMS, config.batch, many))
    first = max(0, item - count + 1)
    return tuple(range(first, first + count))


def _compare(config: ShapesConfig, output: torch.Tensor, h_n: torch.Tensor) -> tuple[Comparison, ...]:
    """What output (N, L, ways * D) at its ends has to do with the last states h_n (K * ways, N, D)."""
    size = config.hidden_size

    def part(step: int, units: str) -> str:
        return f"out[:, {step}, {units}]" if config.batch_first else f"out[{step}, :, {units}]"

    def compare(left: str, a: torch.Tensor, right: str, b: torch.Tensor) -> Comparison:
        return Comparison(left, right, float((a - b).abs().max()))

    if not config.bidirectional:
        whole = "out[:, -1, :]" if config.batch_first else "out[-1]"
        return (compare(whole, output[:, -1], "hn[-1]", h_n[-1]),)
    forward, backward = f":{size}", f"{size}:"
    return (
        compare(part(-1, forward), output[:, -1, :size], "hn[-2]", h_n[-2]),
        compare(part(-1, backward), output[:, -1, size:], "hn[-1]", h_n[-1]),
        compare(part(0, backward), output[:, 0, size:], "hn[-1]", h_n[-1]),
    )


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
