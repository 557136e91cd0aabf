"""How sure a mean over networks is: an interval for the mean of numbers that have bounds, few of them, of any shape.

The steps of one network are not independent: it repeats its pattern, so forty steps may be ten times the same four.
Networks from different seeds are. So each network says one number, its own share, and the interval is over networks.

Such shares often sit at 0 or at 1, where Student's interval is far too narrow, or empty if all agree. The one used here
is that of Learned-Miller & Thomas (2020, "A new confidence interval for the mean of a bounded random variable"): the
Bayesian bootstrap (Rubin 1981) with one imagined network more, which sits at the upper bound for the upper end and at
the lower bound for the lower one. For shares that are all 0 or 1 it is the exact interval of Clopper & Pearson (1934).
That it holds what it says for every distribution is proven for those, and a conjecture of its authors beyond; the tests
measure it on the kinds that occur here. The ends are found by 10,000 draws that are always the same, so each of
them cuts off between 1.5 and 3.5%.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import real_number
from lstmviz.cells.step import Array
from lstmviz.sweeps.evidence import LEVEL

_DRAWS = 10_000
_NUMBERS = 4_000_000  # of the weights drawn at once; a thousand networks and more get fewer draws, never below 1000


@dataclass(frozen=True)
class Mean:
    """A mean over networks, each of which counts once, and between what bounds the true one lies."""

    mean: float
    """NaN where no network has the number"""
    low: float
    high: float
    networks: int
    """how many it is taken over"""
    level: float = LEVEL
    """of many such intervals, at least this share holds the true mean"""

    def above(self, bar: float) -> bool | None:
        """Whether the true mean is above `bar`: the whole interval is, or none of it; None: it holds the bar."""
        if self.low > bar:
            return True
        return False if self.high < bar else None


def mean_over_networks(values: Array, low: float = 0.0, high: float = 1.0, level: float = LEVEL) -> Mean:
    """The mean of one number of each network, with its interval.

    Args:
        values: (n,) each between `low` and `high`; NaN for a network that does not have the number.
        low: the least that a network's number can be.
        high: the largest.
        level: how sure the interval is to be, above 0 and below 1.

    Raises:
        ValueError: a value lies outside, or `level` is out of range.
    """
    x = _checked(values, low, high, level)
    if not len(x):
        return Mean(np.nan, np.nan, np.nan, 0, level)
    lower, upper = _ends(x, low, high)
    return Mean(float(x.mean()), *_interval(lower, upper, low, high, level), len(x), level)


def difference_over_networks(a: Array, b: Array, low: float = 0.0, high: float = 1.0, level: float = LEVEL) -> Mean:
    """The mean of `a` less that of `b`, numbers of networks that have nothing to do with one another.

    For two numbers of the same networks take `mean_over_networks` of their differences, which is narrower.

    Args:
        a: (n,) each between `low` and `high`; NaN for a network that does not have the number.
        b: (m,) the same.
        low: the least that a network's number can be.
        high: the largest.
        level: how sure the interval is to be, above 0 and below 1.

    Raises:
        ValueError: a value lies outside, or `level` is out of range.
    """
    x, y = _checked(a, low, high, level), _checked(b, low, high, level)
    if not (len(x) and len(y)):
        return Mean(np.nan, np.nan, np.nan, 0, level)
    (x_lower, x_upper), (y_lower, y_upper) = _ends(x, low, high), _ends(y, low, high, other=1)
    ends = _interval(x_lower - y_upper, x_upper - y_lower, low - high, high - low, level)
    return Mean(float(x.mean() - y.mean()), *ends, len(x) + len(y), level)


def _checked(values: Array, low: float, high: float, level: float) -> NDArray[np.float64]:
    if not real_number("level", level, 0.0, 1.0, above=True) < 1:
        raise ValueError("`level` must be below 1; got 1.")
    x = np.asarray(values, dtype=np.float64)
    x = np.sort(x[~np.isnan(x)])
    if len(x) and not low <= x[0] <= x[-1] <= high:
        raise ValueError(f"`values` must be between {low:g} and {high:g}; got {x[0]:g} to {x[-1]:g}.")
    return x


def _ends(x: NDArray[np.float64], low: float, high: float, other: int = 0) -> tuple[Array, Array]:
    """The means under each draw of the weights, with the imagined network at the one bound and at the other."""
    w = _weights(len(x), other)
    own = w[:, :-1] @ x
    return own + w[:, -1] * low, own + w[:, -1] * high


def _interval(lower: Array, upper: Array, low: float, high: float, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    ends = float(np.quantile(lower, tail)), float(np.quantile(upper, 1 - tail))
    return max(ends[0], low), min(ends[1], high)  # weights sum to 1 but for their rounding


@lru_cache(maxsize=16)
def _weights(networks: int, other: int) -> NDArray[np.float64]:
    """(draws, networks + 1) weights of sum 1, all such equally probable; always the same, and others with `other`."""
    draws = max(1000, min(_DRAWS, _NUMBERS // (networks + 1)))
    return np.random.default_rng([networks, other]).dirichlet(np.ones(networks + 1), draws)
