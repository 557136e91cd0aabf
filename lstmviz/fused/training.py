"""What all that the kernels train have in common: weights, updates, places to come back to."""

from typing import Any, NamedTuple

import numpy as np

from lstmviz.fused.shared import Weights
from lstmviz.fused.vector import VECTOR_BYTES, lanes

ADAM_BETAS = (0.9, 0.999)
ADAM_EPS = 1e-8


class Position(NamedTuple):
    """Where a training stands: everything that an update reads and writes."""

    values: np.ndarray
    first: np.ndarray
    second: np.ndarray
    updates: int


class Training:
    """Weights in training, and how many updates they have had."""

    dtype: np.dtype[Any]
    updates: int
    _weights: Weights

    def _rows(self, count: int) -> np.ndarray:
        """Zeros of shape (count, lanes), each row on a cache line of its own."""
        room = np.zeros(count * VECTOR_BYTES + VECTOR_BYTES, np.uint8)
        start = -room.__array_interface__["data"][0] % VECTOR_BYTES
        return room[start : start + count * VECTOR_BYTES].view(self.dtype).reshape(count, lanes(self.dtype.itemsize))

    def position(self) -> Position:
        """Where the training stands, to come back to with `rewind`."""
        w = self._weights
        return Position(w.values.copy(), w.first.copy(), w.second.copy(), self.updates)

    def rewind(self, position: Position) -> None:
        """Go back to `position`; training on from there gives the same numbers again."""
        w = self._weights
        w.values[:], w.first[:], w.second[:] = position[:3]
        self.updates = position.updates


def check_text(x: np.ndarray, y: np.ndarray, letters: int) -> None:
    """Check a text and what is to be predicted: the kernels check no bounds.

    Raises:
        ValueError: they are not as long as each other, empty, or hold letters out of range.
    """
    if x.shape != y.shape or x.ndim != 1 or not len(x):
        raise ValueError(f"`x` and `y` must be as long as each other, at least 1; got {x.shape} and {y.shape}.")
    for name, steps in (("x", x), ("y", y)):
        if steps.min() < 0 or steps.max() >= letters:
            raise ValueError(f"`{name}` must hold letters 0 to {letters - 1}; got {steps.min()} to {steps.max()}.")
