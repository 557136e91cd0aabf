"""The network of 1997: blocks of memory cells between two gates each, without a forget gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, real_number, true_or_false, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.fused.cache import kept_on_disk, recovering

with kept_on_disk():
    from lstmviz.paper import kernel

_LEARN = {"sequence": recovering(kernel.learn), "step": recovering(kernel.learn_at_each_step)}
_read, _first_wrong = recovering(kernel.read), recovering(kernel.first_wrong)

BIASED = ("gates", "all")
UPDATES = ("sequence", "step")
MAX_BLOCKS, MAX_CELLS, MAX_NUMBERS = 64, 64, 1024


@dataclass(frozen=True, kw_only=True)
class BlockConfig:
    """The shape of such a network, and how its first weights are drawn; checked when made.

    Raises:
        ValueError: a value is out of range, or there are not as many gate biases as blocks.
    """

    inputs: int
    """Q, numbers read at each step, 1 to 1024"""
    outputs: int
    """P, output units, 1 to 1024"""
    blocks: int
    """each with one input gate and one output gate, 1 to 64"""
    size: int
    """memory cells in each block, 1 to 64"""
    linear: bool = False
    """whether the output units are linear, and not logistic"""
    biased: str = "gates"
    """which units have a bias: the "gates", or "all" that are no inputs"""
    g: float = 2.0
    """what goes into a cell is squashed between -`g` and `g`, above 0, at most 100"""
    h: float = 1.0
    """what comes out of it between -`h` and `h`, likewise"""
    spread: float = 0.2
    """all first weights are drawn evenly from -`spread` to `spread`, above 0, at most 10; these are not:"""
    input_gates: tuple[float, ...] | None = None
    """the first bias of each block's input gate, -100 to 100; None: drawn as all weights are"""
    output_gates: tuple[float, ...] | None = None
    """likewise of its output gate"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "inputs": whole_number("inputs", self.inputs, 1, MAX_NUMBERS),
            "outputs": whole_number("outputs", self.outputs, 1, MAX_NUMBERS),
            "blocks": whole_number("blocks", self.blocks, 1, MAX_BLOCKS),
            "size": whole_number("size", self.size, 1, MAX_CELLS),
            "linear": true_or_false("linear", self.linear),
            "biased": one_of("biased", self.biased, BIASED),
            "g": real_number("g", self.g, 0.0, 100.0, above=True),
            "h": real_number("h", self.h, 0.0, 100.0, above=True),
            "spread": real_number("spread", self.spread, 0.0, 10.0, above=True),
        }
        for name in ("input_gates", "output_gates"):
            if (given := getattr(self, name)) is not None:
                if len(given) != self.blocks:
                    raise ValueError(f"`{name}` must be one number for each block; got {len(given)}.")
                checked[name] = tuple(real_number(name, one, -100.0, 100.0) for one in given)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def cells(self) -> int:
        """C, memory cells of all blocks."""
        return self.blocks * self.size

    @property
    def units(self) -> int:
        """U, of the hidden layer: all gates and cells."""
        return 2 * self.blocks + self.cells

    @property
    def weights(self) -> int:
        """How many numbers are learned: hidden units read the inputs and the hidden layer, outputs the cells."""
        biases = self.units + self.outputs if self.biased == "all" else 2 * self.blocks
        return self.units * (self.inputs + self.units) + self.cells * self.outputs + biases


class Sequences(NamedTuple):
    """N sequences one behind the other: R steps in all."""

    x: NDArray[np.float64]
    """(R, Q)"""
    y: NDArray[np.float64]
    """(R, P)"""
    asked: NDArray[np.bool_]
    """(R,) at which steps there is an error"""
    starts: NDArray[np.int64]
    """(N + 1,) where each begins, and where the last ends"""


class BlockNetwork:
    """A network of 1997, which learns by the paper's truncated gradient (appendix A.1).

    At each step, with y the activations of the hidden layer, f the logistic function, g and h the same, scaled:

        in(t), out(t) = f(W [x(t), y(t - 1), 1])        each block
        s(t) = s(t - 1) + in(t) g(W [x(t), y(t - 1), 1])        each of its cells; s(0) = 0
        y(t) = out(t) h(s(t));    told(t) = f(V [y of the cells, 1]), or without f

    Attributes:
        config: what it was made from.
        hidden: (Q + U + 1, U) float64, a column for each hidden unit: the b input gates, the b output gates, the cells
            block by block; a row for what it reads: the inputs, the hidden units likewise, and the bias.
        output: (C + 1, P) float64, likewise; the last row is the bias.
    """

    def __init__(self, config: BlockConfig, seed: int = 0) -> None:
        """Draw the first weights from `seed`, 0 to 2**32 - 1."""
        rng = np.random.default_rng((whole_number("seed", seed, 0, MAX_SEED), 1997))
        self.config = config
        shape = config.inputs + config.units + 1, config.units
        self.hidden = rng.uniform(-config.spread, config.spread, shape)
        self.output = rng.uniform(-config.spread, config.spread, (config.cells + 1, config.outputs))
        if config.biased == "gates":
            self.hidden[-1, 2 * config.blocks :] = self.output[-1] = 0.0
        for first, biases in ((0, config.input_gates), (config.blocks, config.output_gates)):
            if biases is not None:
                self.hidden[-1, first : first + config.blocks] = biases

    def learn(
        self, sequences: Sequences, order: Sequence[int] | NDArray[np.int64], lr: float, update: str = "sequence"
    ) -> NDArray[np.float64]:
        """Descend half the squared error of the sequences of `order`, one after the other.

        Args:
            sequences: of `inputs` and `outputs` numbers a step.
            order: (M,) which of them, 0 to N - 1.
            lr: learning rate, by which the gradient, summed over steps and outputs, is multiplied.
            update: whether the weights change at the end of each "sequence", or at each "step" that has an error.

        Returns:
            (M,) the largest absolute error of each, before anything was learned from it where `update` is "sequence".
        """
        learn = _LEARN[one_of("update", update, UPDATES)]
        shown = np.ascontiguousarray(order, dtype=np.int64)
        errors = np.empty(len(shown))
        everywhere = self.config.biased == "all"
        learn(*self._weights, everywhere, everywhere, *sequences, shown, float(lr), errors)
        return errors

    def read(self, sequences: Sequences) -> NDArray[np.float64]:
        """(R, P) what is told at each step, 0 to 1 where not `linear`; the weights are left as they are."""
        told = np.empty((len(sequences.x), self.config.outputs))
        _read(*self._weights, sequences.x, sequences.starts, told)
        return told

    def first_wrong(self, sequences: Sequences, legal: NDArray[np.bool_], begin: int = 0) -> int:
        """The first sequence, from number `begin` on and around, that has a step where the legal symbols do not lead.

        legal: (R, P) which symbols may come at each step. Returns -1 where all are right.
        """
        return int(_first_wrong(*self._weights, sequences.x, legal, sequences.starts, begin))

    @property
    def _weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64], int, float, float, bool]:
        config = self.config
        return self.hidden, self.output, config.size, config.g, config.h, config.linear
