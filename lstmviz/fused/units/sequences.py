"""Sequences as the kernels read them: step by step, those of a lot side by side, the longest first.

An update has one lot or several: what a few sequences leave behind stays in a near cache until the way back reads it.
"""

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
    lots: Numbers
    """the first step of each lot, and the end"""
    updates: Numbers
    """the first lot of each update, and the end"""
    sequences: Numbers
    """(sequences,) in which order those of each update come, as numbers of the given ones"""
    equal: bool
    """whether the sequences within a lot are equally long"""

    @property
    def first_rows(self) -> Numbers:
        """The first row of each update, and the end."""
        return self.steps[self.lots[self.updates]]

    @property
    def first_sequences(self) -> Numbers:
        """(updates + 1,) how many sequences come before each update, and all of them."""
        return np.concatenate([[0], np.cumsum(self._sizes)])[self.updates]

    @property
    def places_in_h(self) -> Numbers:
        """(rows,) where the states of the rows lie among those of a layer, where there is one update.

        A lot's first states come before its rows; where a state is not the next one's `before`, behind them there is
        room for as many.
        """
        sizes = self._sizes
        before = np.cumsum(sizes) - (0 if self.equal else sizes)
        return np.arange(len(self.rows)) + np.repeat(before, np.diff(self.steps[self.lots]))

    @property
    def _sizes(self) -> Numbers:
        """How many sequences each lot has."""
        return np.diff(self.steps)[self.lots[:-1]]


def order_of(lengths: Numbers, together: int, side_by_side: int) -> Order:
    """The order for sequences of these lengths, `together` of them an update, `side_by_side` of those a lot.

    The last of each may have fewer. lengths: (sequences,) whole numbers, at least 1.
    """
    count = len(lengths)
    update, within = np.divmod(np.arange(count), together)
    sequences = np.lexsort((-lengths, update))
    lot = update * -(-together // side_by_side) + within // side_by_side
    begins_lot = np.append(True, np.diff(lot) > 0)
    sorted_lengths = lengths[sequences]
    longest = sorted_lengths[begins_lot]
    lots = np.concatenate([[0], np.cumsum(longest)])
    updates = np.append(np.unique(update[begins_lot], return_index=True)[1], len(longest))
    begins = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    of_row = np.repeat(np.arange(count), sorted_lengths)  # place of its sequence among the sorted ones
    step = np.arange(len(of_row)) - np.repeat(np.cumsum(sorted_lengths) - sorted_lengths, sorted_lengths)
    global_step = lots[lot[of_row]] + step
    order = np.argsort(global_step, kind="stable")
    rows = (begins[sequences[of_row]] + step)[order]
    sizes = np.bincount(global_step, minlength=lots[-1])
    steps = np.concatenate([[0], np.cumsum(sizes)])
    equal = bool((sizes == np.repeat(sizes[lots[:-1]], longest)).all())
    return Order(rows, np.append(steps, steps[-1]), lots, updates, sequences, equal)


def joined(parts: Sequence[Array]) -> tuple[Array, Numbers]:
    """Sequences one behind the other, and their lengths."""
    return np.concatenate(parts), np.array([len(part) for part in parts], np.int64)
