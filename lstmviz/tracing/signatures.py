"""Which units mark a stretch of steps, and where else they do: the search of LSTMVis (Strobelt et al. 2018).

A unit marks a stretch if it is on at every step of it and off at the steps around. What is on is beyond a threshold, on
either side of 0: a gate or a hidden state that is strongly negative can mark something too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import real_number, whole_number
from lstmviz.cells.step import Array


@dataclass(frozen=True)
class Signature:
    """The units that mark a stretch, and by which rule they were found."""

    units: tuple[int, ...]
    """(K,) their numbers, rising; none if nothing marks the stretch"""
    signs: tuple[int, ...]
    """(K,) 1 where a unit is on above the threshold, -1 where it is below minus the threshold"""
    threshold: float
    """beyond which a unit is on"""
    before: int
    """steps ahead of a stretch at which its units are off, as many of them as there are"""
    after: int
    """the same behind it"""


@dataclass(frozen=True)
class Place:
    """A stretch of steps that bears a signature."""

    start: int
    """its first step"""
    stop: int
    """the step behind its last"""
    strength: float
    """by how much its units are on, the mean over all of them and all steps: beyond the threshold"""


def signature(
    values: Array, start: int, stop: int, *, threshold: float = 0.3, before: int = 1, after: int = 1
) -> Signature:
    """The units that are on from step `start` to the one before `stop` and off around that.

    Args:
        values: (T, U) of any quantity: h, c or a gate of the units of a layer, or of all layers side by side.
        start: the first step of the stretch, 0 to T - 1.
        stop: the step behind its last, above `start`, at most T.
        threshold: beyond which a unit is on, 0 or above.
        before: steps ahead at which it must be off, 0 to T; where the text begins, as many as there are.
        after: the same behind.

    Raises:
        ValueError: `values` has another shape or is not finite, or one of the others is out of range.
    """
    steps = _steps(values)
    start = whole_number("start", start, 0, steps - 1)
    stop = whole_number("stop", stop, start + 1, steps)
    threshold = real_number("threshold", threshold, 0.0, 1e12)
    before, after = whole_number("before", before, 0, steps), whole_number("after", after, 0, steps)
    within = values[start:stop]
    around = np.concatenate([values[max(start - before, 0) : start], values[stop : stop + after]])
    found = list[tuple[int, int]]()
    for sign in (1, -1):
        marks = (sign * within > threshold).all(axis=0) & (sign * around <= threshold).all(axis=0)
        found += [(int(unit), sign) for unit in np.flatnonzero(marks)]
    found.sort()
    return Signature(tuple(unit for unit, _ in found), tuple(sign for _, sign in found), threshold, before, after)


def places(values: Array, marks: Signature) -> list[Place]:
    """The longest stretches with all units of a signature on, and all of them off around, in the order of the text.

    Args:
        values: (T, U) of the same units as those that the signature is of.
        marks: with one unit at least, or there are no places.

    Raises:
        ValueError: `values` has another shape, fewer units, or is not finite.
    """
    steps = _steps(values)
    if not marks.units:
        return []
    if max(marks.units) >= values.shape[1]:
        raise ValueError(f"`values` must have the units of the signature, up to number {max(marks.units)}.")
    signed = values[:, list(marks.units)] * np.array(marks.signs)
    on = signed > marks.threshold
    found = []
    for start, stop in _runs(on.all(axis=1)):
        around = np.concatenate([on[max(start - marks.before, 0) : start], on[stop : min(stop + marks.after, steps)]])
        if not around.any():
            found.append(Place(start, stop, float(signed[start:stop].mean() - marks.threshold)))
    return found


def _runs(there: NDArray[np.bool_]) -> Sequence[tuple[int, int]]:
    """The longest stretches of True: their first steps, and those behind their last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _steps(values: Array) -> int:
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise ValueError(f"`values` must be finite numbers of shape (T, U); got {values.shape}.")
    return len(values)
