"""A step takes its latency, and its work at some throughput: two numbers, fitted; and where two curves cross."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from lstmviz.timing.results import Measurement

_LEAST_POINTS = 3


@dataclass(frozen=True)
class Fit:
    """Seconds of a step = `latency` + work / `throughput`."""

    latency: float
    """seconds that a step takes however little there is to compute"""
    throughput: float
    """floating-point operations a second, however many there are"""
    off: float
    """the largest factor by which a measured step is off, at least 1"""

    def seconds(self, work: float) -> float:
        """Of a step with so many floating-point operations."""
        return self.latency + work / self.throughput

    @property
    def knee(self) -> float:
        """Operations a step of which half the time is latency; with fewer a step hardly gets shorter."""
        return self.latency * self.throughput


def fit(measured: Iterable[Measurement]) -> Fit | None:
    """The two numbers that fit best, all factors counting alike; None for fewer than three amounts of work."""
    points = [(one.row.work, 1e-9 * one.step_nanoseconds) for one in measured]
    if len({work for work, _ in points}) < _LEAST_POINTS:
        return None
    work, seconds = np.array(points).T
    # Of numbers that differ by decades the logarithms are what can be compared.
    start = np.log([seconds.min(), (work / seconds).max()])

    def off(logs: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.log(np.exp(logs[0]) + work / np.exp(logs[1])) - np.log(seconds)
        return found

    best = least_squares(off, start, loss="soft_l1").x
    return Fit(float(np.exp(best[0])), float(np.exp(best[1])), float(np.exp(np.abs(off(best)).max())))


def crossing(x: Sequence[float], one: Sequence[float], other: Sequence[float]) -> float | None:
    """Where `one` gets below `other` for good, both measured at the same x > 0, ascending; None where it does not.

    Between two measured places the curves are taken for straight in logarithms. Ahead everywhere: it is x[0].
    """
    ahead = np.log(np.asarray(one)) - np.log(np.asarray(other))
    if not len(ahead) or ahead[-1] >= 0:
        return None
    behind = np.flatnonzero(ahead >= 0)
    if not len(behind):
        return float(x[0])
    k = behind[-1]
    share = ahead[k] / (ahead[k] - ahead[k + 1])
    return float(np.exp(np.log(x[k]) + share * (np.log(x[k + 1]) - np.log(x[k]))))


def growth(x: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope of log time against log x: 1 is a straight line, 0 no growth, 2 the square."""
    return float(np.polyfit(np.log(x), np.log(seconds), 1)[0])
