"""What a network does at each place of the pattern: where it tells equal letters apart, and whether it has settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array
from lstmviz.tasks import PatternTask, check_pattern
from lstmviz.tracing import Trace

GATES = {"lstm": ("i", "f", "o"), "gru": ("r", "z"), "rnn": (), "rnn_relu": ()}
"""The gates of each cell, in the order of the notes' pictures."""


@dataclass(frozen=True)
class Split:
    """The number of a trace that differs most between two places of the pattern where equal letters are read."""

    quantity: str
    """as the trace names it"""
    unit: int
    """0 to H - 1"""
    first: int
    """a place of the pattern, 0 to period - 1"""
    second: int
    """a later place with the same letter"""
    at_first: float
    """the number at the first place, the mean over the periods looked at"""
    at_second: float
    """the same at the second place"""

    @property
    def gap(self) -> float:
        """How far the two are apart."""
        return abs(self.at_first - self.at_second)


@dataclass(frozen=True)
class Drift:
    """The unit of a state that changes most from one period to the next."""

    unit: int
    """0 to H - 1"""
    per_period: float
    """how much it changes in one period, the mean over the periods looked at"""


def twins(task: PatternTask) -> tuple[tuple[int, int], ...]:
    """Places of the pattern with equal letters that different letters follow: only memory can tell them apart.

    Every pair, the earlier place first; none where the present letter always settles the next one.
    """
    check_pattern(task)
    followers = [*task.letters[1:], task.letters[0]]
    return tuple(
        (first, second)
        for first, second in combinations(range(task.period), 2)
        if task.letters[first] == task.letters[second] and followers[first] != followers[second]
    )


def telling_step(task: PatternTask) -> int:
    """A step worth looking at: near the end, where the network has settled, but two periods before it, to go on from.

    It is the last such step whose letter alone does not settle the next one; where every letter settles it, the last.
    """
    last = len(task.x) - 1 - min(2, task.repeats - 1) * task.period
    places = {place for pair in twins(task) for place in pair}
    return max((t for t in range(last + 1) if t % task.period in places), default=last)


@dataclass(frozen=True)
class Contrast:
    """The number of the state in which two steps differ most, before they read one letter that two others follow."""

    quantity: str
    """h, or an LSTM's c"""
    unit: int
    """0 to H - 1"""
    step: int
    twin: int
    """the other step"""
    here: float
    """the number before `step`"""
    there: float
    """the number before `twin`"""


def contrast(tr: Trace, task: PatternTask, step: int) -> Contrast | None:
    """What tells `step` from the nearest step that reads the same letter before another one; of two the earlier.

    Args:
        tr: the trace of one network, (T, H) arrays.
        task: what it read.
        step: 0 to T - 1.

    Returns:
        None where no such step is. Numbers that are not finite count for nothing.
    """
    others = np.flatnonzero((task.x == task.x[step]) & (task.y != task.y[step]))
    if not len(others):
        return None
    twin = int(others[np.abs(others - step).argmin()])
    found = list[tuple[float, Contrast]]()
    for quantity in ("h", "c") if tr.layers[0].cell == "lstm" else ("h",):
        before = getattr(tr, f"{quantity}_prev")
        with np.errstate(all="ignore"):
            gaps = np.abs(before[step] - before[twin])
        gaps = np.where(np.isfinite(gaps), gaps, -1.0)
        unit = int(gaps.argmax())
        here, there = float(before[step, unit]), float(before[twin, unit])
        found.append((float(gaps[unit]), Contrast(quantity, unit, step, twin, here, there)))
    return max(found, key=lambda one: one[0])[1]


def habits(values: NDArray[Any], task: PatternTask, periods: int = 10) -> Array:
    """The mean of `values`, (T, K), at each place of the pattern over the last whole `periods`: (period, K)."""
    with np.errstate(all="ignore"):
        return _periods(values, task, periods).mean(axis=0)


def widest_split(
    tr: Trace, task: PatternTask, quantities: Sequence[str], places: Sequence[tuple[int, int]] | None = None
) -> Split | None:
    """The unit, among those of some quantities of one range, that tells two `twins` apart most clearly.

    Args:
        tr: the trace of one network, (T, H) arrays.
        task: what it read.
        quantities: names of the trace's values.
        places: the pairs of places to look at; all twins if left out.

    Returns:
        None where there is no pair or no quantity. Numbers that are not finite count for nothing.
    """
    found = list[Split]()
    for quantity in quantities:
        means = habits(getattr(tr, quantity), task)
        for first, second in twins(task) if places is None else places:
            with np.errstate(all="ignore"):
                gaps = np.abs(means[first] - means[second])
            unit = int(np.where(np.isfinite(gaps), gaps, -1.0).argmax())
            found.append(Split(quantity, unit, first, second, float(means[first, unit]), float(means[second, unit])))
    return max(found, key=lambda split: split.gap if np.isfinite(split.gap) else -1.0, default=None)


def drift(states: NDArray[Any], task: PatternTask, periods: int = 10) -> Drift:
    """The unit of `states`, (T, H), that changes most from period to period over the last whole `periods`.

    A state that repeats itself in each period changes by 0; one that counts changes by as much every time.
    """
    periods = min(periods, len(states) // task.period)
    ends = _periods(states, task, periods)[:, -1]
    with np.errstate(all="ignore"):
        changes = (ends[-1] - ends[0]) / max(periods - 1, 1)
    unit = int(np.where(np.isfinite(changes), np.abs(changes), -1.0).argmax())
    return Drift(unit, float(changes[unit]))


def repeats_since(states: NDArray[Any], task: PatternTask, still: float) -> int | None:
    """The first step of the period since which no number of `states`, (T, H), changes by `still` to the next period.

    None where the last two whole periods differ by as much, or there are no two.
    """
    periods = _periods(states, task, len(states) // task.period)
    with np.errstate(all="ignore"):
        moved = ~(np.abs(np.diff(periods, axis=0)).max(axis=(1, 2)) < still)
    if not len(moved) or moved[-1]:
        return None
    return int((np.flatnonzero(moved)[-1] + 1) * task.period) if moved.any() else 0


def _periods(values: NDArray[Any], task: PatternTask, periods: int) -> Array:
    """The last whole periods of `values`, (periods, period, K)."""
    check_pattern(task)
    whole = len(values) // task.period
    kept = values[: whole * task.period].reshape(whole, task.period, -1)
    return kept[-min(periods, whole) :]
