"""Which numbers of a state count: a steady trend over time, beside what repeats in each period.

A trend is of the steps looked at. A cell whose forget gate is a little below 1 counts ever more slowly and comes to
rest, at a fixed point of the period (`fixed_points`), perhaps long after the text has ended.
"""

from dataclasses import dataclass

import numpy as np

from lstmviz.base.checks import real_number, whole_number
from lstmviz.cells.step import Array
from lstmviz.tasks import PatternTask, check_pattern

STEADY = 0.9
"""A number counts where its trend explains at least this share of what it changes by from period to period."""
FAR = 0.1
"""... and takes it at least this far in the steps looked at: what is still settling has not moved by so much."""


@dataclass(frozen=True, eq=False)
class Trends:
    """The straight lines that fit each number of a state best, one slope for all places of the pattern."""

    names: tuple[str, ...]
    """(S,) what the numbers are called"""
    per_step: Array
    """(S,) the slopes; NaN where a number is not finite"""
    r2: Array
    """(S,) the share of the variance about the mean of each place that the line explains, 0 to 1; 0 where nothing
    varies"""
    steps: int
    """how many steps were looked at, whole periods"""
    period: int

    @property
    def per_period(self) -> Array:
        """(S,) the change in a whole period."""
        return self.per_step * self.period

    @property
    def counts(self) -> Array:
        """(S,) bool: R^2 is at least `STEADY` and the line goes at least `FAR` over the steps looked at."""
        with np.errstate(invalid="ignore"):
            return np.asarray((self.r2 >= STEADY) & (np.abs(self.per_step) * self.steps >= FAR))

    @property
    def counters(self) -> tuple[str, ...]:
        """The names of those that count, the fastest first."""
        order = np.argsort(-np.abs(self.per_step), kind="stable")
        return tuple(self.names[k] for k in order if self.counts[k])


def trends(states: Array, names: tuple[str, ...], task: PatternTask, skip: float = 0.25) -> Trends:
    """The trend of each number over time, by least squares within the places of the pattern.

    Each place has a mean of its own, so what repeats in every period takes no part in the trend.

    Args:
        states: (T, S) after each step that read a letter of the task: of h, c or both.
        names: (S,) what the numbers are called.
        task: what was read.
        skip: the share of the periods, from the first one, in which the network settles and that is left out: 0 to 0.9.

    Raises:
        TypeError: `task` is no alphabet pattern.
        ValueError: fewer than three whole periods are left, `skip` is out of range, or not a name for each number.
    """
    check_pattern(task)
    return trends_of(states, names, task.period, skip)


def trends_of(states: Array, names: tuple[str, ...], period: int = 1, skip: float = 0.25) -> Trends:
    """The same of what repeats every `period` steps, such as one symbol read again and again.

    Raises:
        ValueError: as `trends`, or `period` is less than 1.
    """
    period = whole_number("period", period, 1, 10**6)
    states = np.asarray(states, dtype=float)
    if len(names) != states.shape[-1]:
        raise ValueError(f"`names` must name each of the {states.shape[-1]} numbers of a state; got {len(names)}.")
    whole = len(states) // period
    first = int(whole * real_number("skip", skip, 0.0, 0.9))
    if whole - first < 3:
        raise ValueError(
            f"`states` must hold at least three whole periods of {period} after those skipped; "
            f"got {len(states)} states, {first} periods of them skipped."
        )
    kept = states[first * period : whole * period].reshape(whole - first, period, -1)
    time = (np.arange(whole - first) - (whole - first - 1) / 2)[:, None, None] * period
    with np.errstate(all="ignore"):
        about = kept - kept.mean(axis=0)
        slope = (time * about).sum(axis=(0, 1)) / (time**2).sum() / period
        total = (about**2).sum(axis=(0, 1))
        explained = slope**2 * (time**2).sum() * period
        # Rounding alone varies by some 1e-16 of the number itself, and is no trend to be proud of.
        flat = total <= (1e-12 * np.maximum(1.0, np.abs(kept).max(axis=(0, 1)))) ** 2 * about[..., 0].size
        r2 = np.where(flat, 0.0, np.minimum(1.0, explained / total))
    finite = np.isfinite(kept).all(axis=(0, 1))
    return Trends(
        names=tuple(names),
        per_step=np.where(finite, slope, np.nan),
        r2=np.where(finite, r2, np.nan),
        steps=(whole - first) * period,
        period=period,
    )
