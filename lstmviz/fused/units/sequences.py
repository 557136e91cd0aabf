"""Sequences as the kernels read them: step by step, all sequences of an update side by side, the longest first."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]
Numbers = NDArray[np.int64]


class Order(NamedTuple):
    """In which order rows are read."""

    rows: Numbers
    """(rows,) for each row as it is read, its number in the sequences as they were given, one behind the other"""
    steps: Numbers
    """the first row of each step, and the end, twice"""
    updates: Numbers
    """the first step of each update, and the end"""
    sequences: Numbers
    """(sequences,) in which order those of each update come, as numbers of the given ones"""
    equal: bool
    """whether the sequences within an update are equally long, and each update has as many"""


def order_of(lengths: Numbers, together: int) -> Order:
    """The order for sequences of these lengths, `together` of them an update (the last may have fewer).

    lengths: (sequences,) whole numbers, at least 1.
    """
    count = len(lengths)
    update = np.arange(count) // together
    sequences = np.lexsort((-lengths, update))
    longest = np.maximum.reduceat(lengths, np.arange(0, count, together))
    updates = np.concatenate([[0], np.cumsum(longest)])
    begins = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    sorted_lengths = lengths[sequences]
    of_row = np.repeat(np.arange(count), sorted_lengths)  # place of its sequence among the sorted ones
    step = np.arange(len(of_row)) - np.repeat(np.cumsum(sorted_lengths) - sorted_lengths, sorted_lengths)
    global_step = updates[of_row // together] + step
    order = np.argsort(global_step, kind="stable")
    rows = (begins[sequences[of_row]] + step)[order]
    sizes = np.bincount(global_step, minlength=updates[-1])
    steps = np.concatenate([[0], np.cumsum(sizes)])
    first = sizes[updates[:-1]]
    equal = bool((sizes == np.repeat(first, longest)).all())
    return Order(rows, np.append(steps, steps[-1]), updates, sequences, equal)


def joined(parts: Sequence[Array]) -> tuple[Array, Numbers]:
    """Sequences one behind the other, and their lengths."""
    return np.concatenate(parts), np.array([len(part) for part in parts], np.int64)
