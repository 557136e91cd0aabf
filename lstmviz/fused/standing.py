"""What both layouts have in common: rows on cache lines of their own, and where a training stands."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused.shared import Weights
from lstmviz.fused.vector import VECTOR_BYTES

Array = NDArray[Any]


class Position(NamedTuple):
    """Where a training stands: everything that an update reads and writes."""

    values: Array
    first: Array
    second: Array
    updates: int


def zero_rows(count: int, dtype: np.dtype[Any]) -> Array:
    """Zeros of shape (count, lanes), each row on a cache line of its own."""
    room = np.zeros(count * VECTOR_BYTES + VECTOR_BYTES, np.uint8)
    start = -room.__array_interface__["data"][0] % VECTOR_BYTES
    return room[start : start + count * VECTOR_BYTES].view(dtype).reshape(count, VECTOR_BYTES // dtype.itemsize)


def position_of(weights: Weights, updates: int) -> Position:
    """A copy of what makes up a position."""
    return Position(weights.values.copy(), weights.first.copy(), weights.second.copy(), updates)


def rewind_to(weights: Weights, position: Position) -> None:
    """Write the weights of a position, and what Adam remembers there."""
    weights.values[:], weights.first[:], weights.second[:] = position[:3]
