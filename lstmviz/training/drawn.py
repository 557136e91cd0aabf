"""The examples of a task as the kernels read them, and a network that has others in each epoch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused import Network, Position
from lstmviz.tasks import NOTHING, Examples

_ROWS = 4096  # of examples that are laid out at a time, about


class Rows(NamedTuple):
    """Sequences one behind the other, each to its own end: R rows."""

    x: NDArray[Any]
    """(R,) or (R, Q)"""
    y: NDArray[Any]
    """(R,), `NOTHING` where nothing is learned from, or (R, P), NaN there"""
    legal: NDArray[np.bool_] | None
    """(R, V)"""


def rows_of(examples: Examples, numbers: bool) -> Rows:
    """`examples` without their padding; `numbers` says that numbers are told, not symbols."""
    inside = np.arange(examples.inputs.shape[1]) < examples.lengths[:, None]
    if numbers:
        y = np.where(examples.scored[..., None], examples.targets, np.nan)
    else:
        y = np.where(examples.scored, examples.targets, NOTHING)
    legal = None if examples.legal is None else examples.legal[inside]
    return Rows(examples.inputs[inside], y[inside], legal)


class DrawnNetwork:
    """A network with the face of `Network`, whose every update is an epoch with sequences of its own.

    Those of some epochs are laid out at a time; where an epoch lies decides which, so that going back finds the same.
    """

    def __init__(self, make: Callable[[int, int], Network], drawn: int) -> None:
        """Train on what `make(epoch, count)` lays out: `count` epochs of `drawn` sequences each, from one on."""
        self._make, self._count = make, max(1, _ROWS // (32 * drawn))
        self._first = 0
        self._network = make(0, self._count)

    @property
    def _epoch(self) -> int:
        return self._network.updates

    def _ready(self) -> int:
        """Have the next epoch laid out; returns how many are from there on."""
        first = self._epoch // self._count * self._count
        if first != self._first:
            position = self._network.position()
            self._first, self._network = first, self._make(first, self._count)
            self._network.rewind(position)
        return first + self._count - self._epoch

    def run_remembering(self, epochs: int, *, train: bool = True) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """As `Network.run_remembering`; without `train` one epoch only."""
        return self._each(lambda network, count: network.run_remembering(count, train=train), epochs)

    def run(self, epochs: int, *, train: bool = True) -> tuple[NDArray[Any], NDArray[Any]]:
        """As `Network.run`, likewise."""
        return self._each(lambda network, count: network.run(count, train=train), epochs)

    def _each(self, run: Callable[[Network, int], Any], epochs: int) -> Any:
        parts, left = list[Any](), epochs
        while not parts or left:
            count = min(left, self._ready())
            parts.append(run(self._network, count))
            left -= count
        return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))

    def states(self, start: int, stop: int) -> NDArray[Any]:
        """Never asked of it: what is drawn has no steps that come again.

        Raises:
            ValueError: always.
        """
        raise ValueError("`states` must be asked of a task that reads one text.")

    @property
    def parameters(self) -> NDArray[Any]:
        """As `Network.parameters`."""
        return self._network.parameters

    def replace(self, parameters: NDArray[Any]) -> None:
        """As `Network.replace`."""
        self._network.replace(parameters)

    def position(self) -> Position:
        """As `Network.position`."""
        return self._network.position()

    def rewind(self, position: Position) -> None:
        """As `Network.rewind`."""
        self._network.rewind(position)
        self._ready()

    def moments(self, position: Position) -> tuple[NDArray[Any], NDArray[Any]]:
        """As `Network.moments`."""
        return self._network.moments(position)
