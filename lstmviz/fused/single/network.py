"""The arrays behind the kernel of one small network, and the calls that run epochs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused.batch import KERNELS
from lstmviz.fused.cache import kept_on_disk, recovering
from lstmviz.fused.shared import Weights
from lstmviz.fused.single.layout import layout_of
from lstmviz.fused.training import ADAM_BETAS, ADAM_EPS, Position, Training, check_text
from lstmviz.fused.vector import lanes

with kept_on_disk():
    from lstmviz.fused.single import epochs

Array = NDArray[Any]


class Single(Training):
    """One network whose units fit a vector, trained on one text with Adam, in less time than a lane of a `Batch` takes.

    Its numbers are those of a `Batch` to the bit.
    """

    def __init__(
        self,
        cell: str,
        parameters: Array,
        x: Array,
        y: Array,
        *,
        letters: int,
        hidden_size: int,
        lr: float,
        mean: bool = True,
    ) -> None:
        """Make the arrays for training from `parameters` on, (P,); all else is as in `Batch`.

        Raises:
            ValueError: there are more units than lanes, another number of parameters, or letters out of range: the
                kernel itself checks no bounds.
        """
        gates, width = KERNELS[cell].GATES, lanes(parameters.itemsize)
        if not 1 <= hidden_size <= width:
            raise ValueError(f"`hidden_size` must be 1 to {width}; got {hidden_size}.")
        expected = gates * hidden_size * (letters + hidden_size + 2) + letters * (hidden_size + 1)
        if parameters.shape != (expected,):
            raise ValueError(f"`parameters` must be {expected} numbers; got {parameters.shape}.")
        check_text(x, y, letters)
        self.dtype, self.updates = parameters.dtype, 0
        self._steps, self._units, self._size = len(x), hidden_size, expected
        self._scale = 1.0 / len(x) if mean else 1.0
        self._run = recovering(epochs.run)
        # A copy, always writable: to numba a read-only array is another type, compiled for again.
        self._x = np.array(x, np.int64)
        layout = layout_of(gates, letters, hidden_size, len(x), width, relu=cell == "rnn_relu")
        self._at, self._moves = layout.places, (layout.weights, layout.gradients)
        self._m = self._rows(self._at.end)
        self._flat = self._m.reshape(-1)
        steps = np.arange(len(x))
        self._m[self._at.wanted + steps // width * letters + y, steps % width] = 1
        vectors = self._at.gradient - self._at.values
        values, gradient = (self._m[begin : begin + vectors] for begin in (self._at.values, self._at.gradient))
        self._weights = Weights(values, self._rows(vectors), self._rows(vectors), gradient, self._rows(1))
        self._weights.rate[:] = lr
        self.replace(parameters)

    def run(self, epochs: int, *, train: bool = True) -> tuple[Array, Array]:
        """Train for `epochs`; returns the loss and the share of right predictions before each, (epochs,).

        With `train=False` the weights stay; the gradients are there.

        Raises:
            ValueError: `epochs` is below 0.
        """
        return self._run_epochs(epochs, train, np.empty((0, 0), self.dtype))

    def run_remembering(self, epochs: int, *, train: bool = True) -> tuple[Array, Array, Array]:
        """As `run`, and the parameters before each update, (epochs, P).

        Raises:
            ValueError: `epochs` is below 0.
        """
        history = np.empty((max(epochs, 0), self._size), self.dtype)
        return *self._run_epochs(epochs, train, history), history

    def _run_epochs(self, epochs: int, train: bool, history: Array) -> tuple[Array, Array]:
        if epochs < 0:
            raise ValueError(f"`epochs` must be at least 0; got {epochs}.")
        losses, hits = self._rows(epochs), self._rows(epochs)
        constants = (*ADAM_BETAS, ADAM_EPS)
        scratch: Any = (self._m, self._flat, self._at, self._moves, self._weights)
        self._run(*scratch, self._x, self._scale, constants, self.updates, losses, hits, history, train)
        if train:
            self.updates += epochs
        return losses[:, 0], hits[:, 0] / self._steps

    def states(self, start: int, stop: int) -> Array:
        """The hidden states after some steps of the last epoch run, (stop - start, H), a copy.

        Raises:
            ValueError: the text has no such steps.
        """
        if not 0 <= start < stop <= self._steps:
            raise ValueError(f"`start` and `stop` must be steps in 0 to {self._steps}; got {start} and {stop}.")
        return self._m[self._at.h + 1 :][start:stop, : self._units].copy()  # the initial state comes first

    @property
    def parameters(self) -> Array:
        """The parameters now, (P,), a copy."""
        return self._numbers(self._weights.values)

    @property
    def gradients(self) -> Array:
        """The gradients of the last epoch run, (P,), a copy."""
        return self._numbers(self._weights.gradient)

    def replace(self, parameters: Array) -> None:
        """Go on from other parameters, (P,); what Adam remembers of the old ones stays."""
        self._weights.values.reshape(-1)[: self._size] = parameters

    def moments(self, position: Position) -> tuple[Array, Array]:
        """What Adam remembers there of the gradients and of their squares, each (P,)."""
        return self._numbers(position.first), self._numbers(position.second)

    def _numbers(self, rows: Array) -> Array:
        return rows.reshape(-1)[: self._size].copy()
