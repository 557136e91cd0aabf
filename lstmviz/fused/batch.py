"""Models side by side: the arrays behind the kernels, and the call that runs epochs."""

from typing import Any

import numpy as np

from lstmviz.fused.cache import kept_on_disk, recovering
from lstmviz.fused.shared import BLOCK, Text, Weights, Work
from lstmviz.fused.standing import Position, position_of, rewind_to, zero_rows
from lstmviz.fused.vector import lanes

with kept_on_disk():
    from lstmviz.fused import gru, lstm, rnn

KERNELS = {"rnn": rnn, "rnn_relu": rnn, "lstm": lstm, "gru": gru}
ADAM_BETAS = (0.9, 0.999)
ADAM_EPS = 1e-8


class Batch:
    """Up to `lanes(itemsize)` models of one cell and shape, trained on one text with Adam, each in its own lane.

    A lane's numbers do not depend on the other lanes: a model trained alone and in a full batch ends with equal bits.
    """

    def __init__(
        self,
        cell: str,
        parameters: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
        *,
        letters: int,
        hidden_size: int,
        lr: float | np.ndarray,
        mean: bool = True,
    ) -> None:
        """Make the arrays for training from `parameters` on.

        parameters: float32 or float64, (models, P): for each model weight_ih, weight_hh, bias_ih, bias_hh, and the
        head's weight and bias, each flattened. x, y: the letters' numbers in [0, letters), one a step. lr: Adam's rate,
        one or one a model. mean: whether the loss is the mean over the steps or their sum.

        Raises:
            ValueError: there are more models than lanes, parameters of another length, or letters out of range: the
                kernels themselves check no bounds.
        """
        gates = KERNELS[cell].GATES * hidden_size
        expected = gates * (letters + hidden_size + 2) + letters * (hidden_size + 1)
        if not 1 <= len(parameters) <= lanes(parameters.itemsize) or parameters.shape[1:] != (expected,):
            most = lanes(parameters.itemsize)
            raise ValueError(f"`parameters` must be at most {most} rows of {expected}; got {parameters.shape}.")
        if x.shape != y.shape or x.ndim != 1 or not len(x):
            raise ValueError(f"`x` and `y` must be as long as each other, at least 1; got {x.shape} and {y.shape}.")
        for name, steps in (("x", x), ("y", y)):
            if steps.min() < 0 or steps.max() >= letters:
                raise ValueError(f"`{name}` must hold letters 0 to {letters - 1}; got {steps.min()} to {steps.max()}.")
        kernel = KERNELS[cell]
        self.cell = cell
        self.models = len(parameters)
        self.width = lanes(parameters.itemsize)
        self.dtype = parameters.dtype
        self.shape = (letters, hidden_size)
        self.updates = 0
        self.steps = len(x)
        self._run = recovering(kernel.run)
        self._scale = 1.0 / self.steps if mean else 1.0
        self._nothing = np.empty((0, 0), self.dtype)  # in place of what is to be remembered
        # Copies, always writable: to numba a read-only array is another type, compiled for again.
        self._text = Text(*(np.array(a, np.int64) for a in (x, y)))
        T, V, H, G = self.steps, letters, hidden_size, kernel.GATES * hidden_size
        P = parameters.shape[1]
        self._weights = Weights(*(self._rows(n) for n in (P, P, P, P, 1)))
        # Lanes without a model repeat the first one: zeros or leftovers could overflow and slow the others down.
        self._fill = np.arange(self.width) % self.models
        self.replace(parameters)
        self._weights.rate[:] = np.broadcast_to(np.asarray(lr, self.dtype), (self.models,))[self._fill]
        d_input = self._rows(BLOCK * G)
        self._work = Work(
            gates=self._rows(T * G),
            h=self._rows((T + 1) * H),
            c=self._rows((T + 1) * H),
            inner=self._rows(T * H),
            d_h=self._rows(BLOCK * H),
            d_input=d_input,
            d_hidden=self._rows(BLOCK * G) if cell == "gru" else d_input,
            d_logits=self._rows(BLOCK * V),
            carry=self._rows(2 * H),
            letter_rows=self._rows(V * G),
            letter_sums=self._rows(V * G),
            tally=self._rows(2),
        )

    def _rows(self, count: int) -> np.ndarray:
        return zero_rows(count, self.dtype)

    def run(self, epochs: int, *, train: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Train for `epochs`; returns the loss and the share of right predictions, each (epochs, models).

        Row e belongs to the parameters before the e-th update of this call, so a call with `train=False` and one epoch
        measures the models as they stand.

        Raises:
            ValueError: `epochs` is below 0.
        """
        losses, hits = self._run_epochs(epochs, train, self._nothing)
        return losses[:, : self.models], hits[:, : self.models] / self.steps

    def run_remembering(self, epochs: int, *, train: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same of the first model alone: losses and shares (epochs,), and the parameters they belong to.

        Those are (epochs, P): row e holds what the model was before the e-th update of this call.

        Raises:
            ValueError: `epochs` is below 0.
        """
        history = np.empty((max(epochs, 0), len(self._weights.values)), self.dtype)
        losses, hits = self._run_epochs(epochs, train, history)
        return losses[:, 0], hits[:, 0] / self.steps, history

    def _run_epochs(self, epochs: int, train: bool, history: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if epochs < 0:
            raise ValueError(f"`epochs` must be at least 0; got {epochs}.")
        losses, hits = self._rows(epochs), self._rows(epochs)
        V, H = self.shape
        scratch: Any = (self._weights, self._text, self._work)
        relu = self.cell == "rnn_relu"
        constants = (*ADAM_BETAS, ADAM_EPS)
        self._run(*scratch, V, H, relu, self._scale, constants, self.updates, losses, hits, history, train)
        if train:
            self.updates += epochs
        return losses, hits

    def states(self, start: int, stop: int) -> np.ndarray:
        """The hidden states after some steps of the last epoch run, (models, stop - start, H), a copy.

        Raises:
            ValueError: the text has no such steps.
        """
        if not 0 <= start < stop <= self.steps:
            raise ValueError(f"`start` and `stop` must be steps in 0 to {self.steps}; got {start} and {stop}.")
        H = self.shape[1]
        rows = self._work.h[(start + 1) * H : (stop + 1) * H, : self.models]  # the initial state comes first
        return rows.reshape(stop - start, H, self.models).transpose(2, 0, 1).copy()

    @property
    def parameters(self) -> np.ndarray:
        """The parameters now, (models, P), a copy."""
        return self._weights.values.T[: self.models].copy()

    @property
    def gradients(self) -> np.ndarray:
        """The gradients of the last epoch run, (models, P), a copy."""
        return self._weights.gradient.T[: self.models].copy()

    def replace(self, parameters: np.ndarray) -> None:
        """Go on from other parameters, (models, P) or (P,) of one; what Adam remembers of the old ones stays."""
        self._weights.values[:] = np.atleast_2d(parameters).T[:, self._fill]

    def position(self) -> Position:
        """Where the training stands, to come back to with `rewind`."""
        return position_of(self._weights, self.updates)

    def rewind(self, position: Position) -> None:
        """Go back to `position`; training on from there gives the same numbers again."""
        rewind_to(self._weights, position)
        self.updates = position.updates

    def moments(self, position: Position) -> tuple[np.ndarray, np.ndarray]:
        """What Adam remembers there of the gradients and of their squares, each (models, P)."""
        return position.first.T[: self.models].copy(), position.second.T[: self.models].copy()
