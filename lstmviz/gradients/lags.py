"""Gradients by lag: how the strength changes with the distance t - k, in one network and over many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import real_number
from lstmviz.cells.step import Array
from lstmviz.gradients.through_time import GradientsThroughTime


@dataclass(frozen=True, eq=False)
class ByLag:
    """The N diagonals of a matrix of gradients; entry `lag` belongs to all pairs of the window with t - k = lag."""

    log10: Array
    """(N,) the mean of log10 over the entries above 0: log10 of their geometric mean; NaN where there are none"""
    mean: Array
    """(N,) log10 of the arithmetic mean of all entries, zeros too, -inf where all are 0; led by the largest of them"""
    zeros: NDArray[np.int64]
    """(N,) how many entries are exactly 0, which no geometric mean can take in and `log10` leaves out"""
    count: NDArray[np.int64]
    """(N,) how many entries there are: N - lag, less those that are no number"""


@dataclass(frozen=True, eq=False)
class Band:
    """The strengths by lag of several networks, or of one that reads several sequences, as quantiles over them."""

    quantiles: tuple[float, ...]
    """0 to 1"""
    log10: Array
    """(Q, N) each quantile of the networks' own `ByLag.log10`, one of their values and none between them; N is the
    longest window

    A network all of whose entries at a lag are 0 counts as the lowest, -inf. NaN where no network has entries.
    """
    networks: NDArray[np.int64]
    """(N,) how many networks have entries at this lag"""
    all_zero: NDArray[np.int64]
    """(N,) how many of them have nothing but zeros"""


def by_lag(gradients: GradientsThroughTime, of: str = "h", *, relative: bool = False) -> ByLag:
    """The strengths of one network by lag.

    Args:
        gradients: the matrices.
        of: "h" or "c", or "path", the direct path of c alone.
        relative: whether each is taken relative to the same loss's gradient at lag 0, so that how wrong the network is
            at step t does not count; rows where that is 0 are then left out.

    Raises:
        ValueError: `of` is none of these, or the cell has no c.
    """
    logs = gradients.log10(of)
    if relative:
        start = np.diagonal(logs)
        logs = logs - np.where(np.isfinite(start), start, np.nan)[:, None]
    lines = _diagonals(logs)
    there = ~np.isnan(lines)
    above = there & ~np.isneginf(lines)
    entries, some = there.sum(axis=1), above.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # lags without an entry above 0, or with an infinite one
        log10 = np.where(above, lines, 0).sum(axis=1) / some
        largest = np.where(above, lines, -np.inf).max(axis=1)
        shares = np.where(above, 10 ** (lines - largest[:, None]), 0).sum(axis=1) / entries
        mean = np.where(some, largest + np.log10(shares), np.where(entries, -np.inf, np.nan))
    return ByLag(log10=log10, mean=mean, zeros=entries - some, count=entries)


def _diagonals(matrix: Array) -> Array:
    """The main diagonal of (N, N) and those below it as rows, (N, N), NaN beyond their ends."""
    column = np.arange(len(matrix))
    row = column[:, None] + column
    return np.where(row < len(matrix), matrix[np.minimum(row, len(matrix) - 1), column], np.nan)


def band(
    several: Sequence[GradientsThroughTime],
    of: str = "h",
    quantiles: Sequence[float] = (0.1, 0.5, 0.9),
    *,
    relative: bool = False,
) -> Band:
    """How the strengths by lag differ between networks, such as the seeds of a sweep, or between sequences.

    Args:
        several: the matrices of each; those of a shorter window have no entries at the lags beyond it.
        of: as for `by_lag`.
        quantiles: which, 0 to 1.
        relative: as for `by_lag`.

    Raises:
        ValueError: there are no networks, a quantile is out of range, or as `by_lag`.
    """
    shares = tuple(real_number("quantiles", q, 0.0, 1.0) for q in quantiles)
    if not several:
        raise ValueError("`several` must be at least one network; got none.")
    lags = [by_lag(one, of, relative=relative) for one in several]
    longest = max(len(one.count) for one in lags)
    counts, zeros = (_rows([getattr(one, name) for one in lags], longest, 0) for name in ("count", "zeros"))
    values = _rows([one.log10 for one in lags], longest, np.nan)
    all_zero = (counts > 0) & (counts == zeros)
    values[all_zero] = -np.inf
    present = counts > 0
    logs = np.full((len(shares), values.shape[1]), np.nan)
    for lag in range(values.shape[1]):
        own = np.sort(values[present[:, lag], lag])
        if len(own):  # the inverse of the distribution function: -inf has no values between it and others
            logs[:, lag] = [own[max(0, int(np.ceil(q * len(own) - 1e-9)) - 1)] for q in shares]
    return Band(shares, logs, present.sum(axis=0), all_zero.sum(axis=0))


def _rows(several: Sequence[NDArray[Any]], longest: int, beyond: float) -> NDArray[Any]:
    """Arrays below each other, the shorter ones filled up with `beyond`."""
    return np.array([np.pad(one, (0, longest - len(one)), constant_values=beyond) for one in several])
