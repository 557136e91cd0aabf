"""What a sweep proves: success rates with their intervals, tests of differences, and what solved networks hold in h.

Nothing here knows how the networks came to be; one that diverged counts as one that did not solve its task.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from lstmviz.base.checks import real_number, whole_number
from lstmviz.sweeps import Bundle, BundleResult

LEVEL = 0.95
"""How sure an interval is, and with 1 - `LEVEL` how rare by chance a difference must be to be called one."""
LARGE = 0.9
"""An |h| above this is called large: the tanh that makes it hardly answers its input any more."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Rate:
    """How many of some networks solved their task, and between what bounds their chance to do so lies."""

    solved: int
    trials: int
    """1 or more"""
    low: float
    """0 to 1; Wilson's interval: of many such, the share `level` holds the true chance"""
    high: float
    level: float

    @property
    def rate(self) -> float:
        """The share that solved it, 0 to 1."""
        return self.solved / self.trials


@dataclass(frozen=True)
class Comparison:
    """Whether two rates differ by more than chance explains: Fisher's exact test, two-sided."""

    p: float
    """how probable a table at least this uneven is if both chances are equal, 0 to 1"""
    pairs: int = 1
    """how many pairs are compared in the same breath"""

    @property
    def chance(self) -> float:
        """An upper bound for the probability that any of the pairs comes out so uneven by chance (Bonferroni)."""
        return min(1.0, self.p * self.pairs)

    @property
    def differ(self) -> bool:
        """Whether that is rare enough to say that the two differ."""
        return self.chance < 1 - LEVEL


@dataclass(frozen=True, eq=False)
class Magnitudes:
    """How large the hidden states of solved networks are, as shares of all |h| at the steps looked at."""

    networks: int
    """how many solved networks they come from"""
    shares: NDArray[np.float64]
    """(bins,) between 0 and 1, in bins of equal width; NaN where no network is solved"""
    beyond: float
    """the share above 1, which only the cell "rnn_relu" reaches"""
    large: float
    """the share above `LARGE`"""


def success(solved: int, trials: int, level: float = LEVEL) -> Rate:
    """The success rate of `trials` networks of which `solved` solved their task, with Wilson's interval.

    Wilson's (1927), because the usual interval is empty at 0 and at 100 %, where grids often end.

    Args:
        solved: 0 to `trials`.
        trials: 1 or more.
        level: how sure the interval is to be, above 0 and below 1.

    Raises:
        ValueError: a value is out of range.
    """
    trials = whole_number("trials", trials, 1, 10**9)
    solved = whole_number("solved", solved, 0, trials)
    if not real_number("level", level, 0.0, 1.0, above=True) < 1:
        raise ValueError("`level` must be below 1; got 1.")
    return Rate(solved, trials, *_wilson(solved, trials, level), level)


@lru_cache(maxsize=4096)  # as of Fisher's test below
def _wilson(solved: int, trials: int, level: float) -> tuple[float, float]:
    """Wilson's interval."""
    interval = stats.binomtest(solved, trials).proportion_ci(confidence_level=level, method="wilson")
    return float(interval.low), float(interval.high)


def difference(a: Rate, b: Rate, pairs: int = 1) -> Comparison:
    """Fisher's exact test of two rates, two-sided.

    The same seeds in two cells are not pairs: their weights have other shapes, so they are drawn apart.

    Args:
        a: the one rate.
        b: the other; which is which makes no difference.
        pairs: how many such tests are made together.

    Raises:
        ValueError: `pairs` is less than 1.
    """
    p = _fisher(a.solved, a.trials - a.solved, b.solved, b.trials - b.solved)
    return Comparison(p, whole_number("pairs", pairs, 1, 10**6))


@lru_cache(maxsize=4096)  # SciPy takes milliseconds for each, and a page asks for the same ones at every rerun
def _fisher(*table: int) -> float:
    """The probability of a table of two rows of two, as Fisher's exact test has it."""
    return min(1.0, float(stats.fisher_exact([table[:2], table[2:]]).pvalue))


def differences(rates: Mapping[Key, Rate]) -> dict[tuple[Key, Key], Comparison]:
    """Every two of `rates` compared, as many tests made together as there are pairs."""
    pairs = list(combinations(rates, 2))
    return {(a, b): difference(rates[a], rates[b], len(pairs)) for a, b in pairs}


def rates(results: Iterable[BundleResult], of: Callable[[Bundle], Key]) -> dict[Key, Rate]:
    """The success rate of each group of networks; `of` names the group that a bundle belongs to."""
    counts: dict[Key, tuple[int, int]] = {}
    for result in results:
        solved, trials = counts.get(of(result.bundle), (0, 0))
        counts[of(result.bundle)] = solved + int(result.solved.sum()), trials + len(result.solved)
    return {key: success(solved, trials) for key, (solved, trials) in counts.items()}


def h_distribution(results: Sequence[BundleResult], bins: int = 20) -> dict[str, Magnitudes]:
    """The distribution of |h| over the steps looked at of the solved networks, for each cell; every |h| counts once.

    Args:
        results: bundles, of any tasks and sizes.
        bins: how many bins there are between 0 and 1, 1 to 1000.

    Raises:
        ValueError: `bins` is out of range.
    """
    bins = whole_number("bins", bins, 1, 1000)
    found = dict[str, Magnitudes]()
    for cell in dict.fromkeys(result.bundle.cell for result in results):
        own = [result for result in results if result.bundle.cell == cell]
        solved = sum(int(result.solved.sum()) for result in own)
        sizes = np.concatenate([np.abs(result.h[-1][result.solved]).ravel() for result in own])
        if not solved:
            found[cell] = Magnitudes(0, np.full(bins, np.nan), np.nan, np.nan)
            continue
        counts, _edges = np.histogram(sizes, bins, (0.0, 1.0))
        found[cell] = Magnitudes(solved, counts / len(sizes), float((sizes > 1).mean()), float((sizes > LARGE).mean()))
    return found
