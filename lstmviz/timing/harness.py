"""How something is timed: warm-up, then repeats until the median is known well enough or the time is up.

Nothing here knows what is timed, nor on what: a work to be done, a clock, and something that waits until a device has
done it.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb

WARM_UPS = 2
LEAST_REPEATS = 3
TIGHT = 0.01
"""half the width of the interval of the median, in shares of the median, at which it is known well enough"""
SHORTEST = 5e-3
"""seconds of a repeat: what is over sooner is done several times in it"""
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Timed:
    """What a work took, once: seconds."""

    median: float
    least: float
    most: float
    low: float
    """the interval of the median, at 95 % (fewer than six repeats: from the least to the most)"""
    high: float
    repeats: int
    inner: int = 1
    """how often the work was done within each repeat"""

    @property
    def spread(self) -> float:
        """Half the width of the interval, in shares of the median."""
        return (self.high - self.low) / 2 / self.median if self.median else 0.0


@dataclass(frozen=True)
class Progress:
    """How far a measurement is."""

    share: float
    """of the time it has, 0 to 1"""
    repeats: int
    seconds: float | None
    """the median so far"""


def measure(
    work: Callable[[], object],
    *,
    budget: float,
    synchronise: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Progress | Timed]:
    """Do `work` again and again; yields how far it is after each repeat, and in the end what it took.

    Whoever stops in between simply asks for no more.

    budget: seconds for the repeats; the least number of them is done all the same.
    synchronise: waits until a device has done all that it was asked to, before and after every repeat.
    """

    def once(times: int) -> float:
        synchronise()
        began = clock()
        for _ in range(times):
            work()
        synchronise()
        return clock() - began

    began = clock()
    for _ in range(WARM_UPS):
        last = once(1)
        yield Progress(0.0, 0, None)
        if last > budget / LEAST_REPEATS:  # there is no time to get warm in
            break
    inner = max(1, round(SHORTEST / last)) if last > 0 else 1_000
    began = clock()
    found: list[float] = []
    while True:
        found.append(once(inner) / inner)
        timed = summary(found, inner)
        used = clock() - began
        enough = len(found) >= LEAST_REPEATS and (used >= budget or (len(found) > 5 and timed.spread <= TIGHT))
        if enough:
            yield timed
            return
        share = max(used / budget if budget else 0.0, 0.0)
        yield Progress(min(share, 0.99), len(found), timed.median)


def summary(seconds: list[float], inner: int = 1) -> Timed:
    """The median of some repeats, and its interval: between two of them, by their order alone."""
    ordered = sorted(seconds)
    low, high = _order(len(ordered))
    return Timed(statistics.median(ordered), ordered[0], ordered[-1], ordered[low], ordered[high], len(ordered), inner)


def _order(count: int) -> tuple[int, int]:
    """Places in order between which the median lies at 95 %: the sign test turned round."""
    tail, k = 0.0, 0
    while k < count // 2 and (tail := tail + comb(count, k) / 2**count) <= (1 - _CONFIDENCE) / 2:
        k += 1
    k = max(k - 1, 0)
    return k, count - 1 - k
