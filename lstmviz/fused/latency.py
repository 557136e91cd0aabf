"""How long one tanh takes from what goes in to what comes out, when nothing else is to be done meanwhile."""

import time
from typing import Any

import numpy as np
from numba import njit

from lstmviz.fused.units.curves import tanh
from lstmviz.fused.vector import VECTOR_BYTES, load, store

_CHAIN = 100_000
_ROUNDS = 5


@njit(_nrt=False)
def _tanh_of_tanh(rows, times):
    v = load(rows, 0)
    for _ in range(times):
        v = tanh(v)
    store(rows, 0, v)


def tanh_nanoseconds(dtype: Any = np.float32) -> float:
    """Nanoseconds of a vector's tanh in a chain, each of which waits for the one before: the least of some rounds.

    No step of a recurrence can be shorter, whoever computes it in this way.
    """
    count = VECTOR_BYTES // np.dtype(dtype).itemsize
    rows = np.full((1, count), 0.5, dtype)
    _tanh_of_tanh(rows, 1)
    found = []
    for _ in range(_ROUNDS):
        rows[:] = 0.5
        began = time.perf_counter()
        _tanh_of_tanh(rows, _CHAIN)
        found.append(time.perf_counter() - began)
    return 1e9 * min(found) / _CHAIN
