"""Where the values of networks lie: their histograms, and the shares at +-1 and near 0."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import real_number
from lstmviz.cells.step import Array
from lstmviz.claims.intervals import Mean, mean_over_networks
from lstmviz.sweeps.evidence import LARGE

GATES = frozenset("ifrzo")
"""The quantities that are gates, in [0, 1]; z and r are the GRU's."""
BINS = 40
UNBOUNDED = 4.0
"""A quantity without bounds is counted in bins from -`UNBOUNDED` to `UNBOUNDED`, and what lies outside beside them."""


@dataclass(frozen=True)
class Thresholds:
    """What the words of the notes are taken to mean, checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    large: float = LARGE
    """"at -1 or 1": above this in size, and no farther beyond 1 than this is below it; above 0, below 1"""
    small: float = 0.1
    """"near 0": below this in size; above 0, below 1"""
    close: float = 0.1
    """"close": apart by less than this; above 0, below 1"""

    def __post_init__(self) -> None:
        for name in ("large", "small", "close"):
            number = real_number(name, getattr(self, name), 0.0, 1.0, above=True)
            if number == 1:
                raise ValueError(f"`{name}` must be below 1; got 1.")
            object.__setattr__(self, name, number)

    def at_one(self, values: Array) -> NDArray[np.bool_]:
        """Where values are at -1 or 1, of their shape."""
        return np.abs(np.abs(values) - 1) < 1 - self.large

    def near_zero(self, values: Array) -> NDArray[np.bool_]:
        """Where values are near 0, of their shape."""
        return np.abs(values) < self.small


@dataclass(frozen=True, eq=False)
class Distribution:
    """Where the values of one quantity lie; a gate is "near 0" where it is shut and "at 1" where it is open."""

    edges: NDArray[np.float64]
    """(bins + 1,) fixed: [-1, 1], [0, 1] for a gate, [-4, 4] for what has no bounds, in bins of equal width"""
    shares: NDArray[np.float64]
    """(bins,) of all values; with `below` and `beyond` their sum is 1; NaN where there is no network"""
    below: float
    """the share below the first edge"""
    beyond: float
    """the share above the last edge"""
    smallest: float
    """the least value; NaN where there is no network"""
    largest: float
    """the largest value"""
    at_one: Mean
    """the share at -1 or 1"""
    near_zero: Mean
    """the share near 0"""
    past_one: Mean
    """the share beyond +-1 by more than `at_one` allows; 0 for all that is bounded by 1"""


def share_of_each(where: NDArray[np.bool_]) -> Array:
    """Of each network the share of its values, (E, S, H) to (E,)."""
    shares: Array = where.mean(axis=(1, 2))
    return shares


def distribution(name: str, values: Array, cell: str, thresholds: Thresholds) -> Distribution:
    """The distribution of the values (E, S, H) of the quantity `name` over E networks, each of which counts alike."""
    edges = np.linspace(*_range(name, cell), BINS + 1)
    means = [
        mean_over_networks(share_of_each(where))
        for where in (thresholds.at_one(values), thresholds.near_zero(values), np.abs(values) >= 2 - thresholds.large)
    ]
    if not len(values):
        return Distribution(edges, np.full(BINS, np.nan), np.nan, np.nan, np.nan, np.nan, *means)
    counts, _ = np.histogram(values, edges)
    below, beyond = float((values < edges[0]).mean()), float((values > edges[-1]).mean())
    return Distribution(edges, counts / values.size, below, beyond, float(values.min()), float(values.max()), *means)


def _range(name: str, cell: str) -> tuple[float, float]:
    if name in GATES:
        return 0.0, 1.0
    bounded = name in ("g", "n", "i*g", "tanh(c)") or (name == "h" and cell != "rnn_relu")
    return (-1.0, 1.0) if bounded else (-UNBOUNDED, UNBOUNDED)
