"""What the numbers say: where a GPU's advantage comes from, and what a step of torch's spends on arithmetic."""

from dataclasses import dataclass, replace

from lstmviz.timing.model import Fit
from lstmviz.timing.results import Measurement, Results
from lstmviz.timing.row import Row

_CLEARLY = 1.25  # a factor between two ratios that says something


@dataclass(frozen=True)
class Advantage:
    """How much faster one way is than another, taken apart: seconds of the same number of epochs.

    The way back is what a row with backward takes beyond the one without: gradients, the update, and what the way
    forward keeps for them.
    """

    row: Row
    slow_forward: float
    slow_back: float
    fast_forward: float
    fast_back: float

    @property
    def forward(self) -> float:
        """How many times faster forward."""
        return self.slow_forward / self.fast_forward

    @property
    def back(self) -> float:
        """How many times faster on the way back."""
        return self.slow_back / self.fast_back

    @property
    def whole(self) -> float:
        """How many times faster in all."""
        return (self.slow_forward + self.slow_back) / (self.fast_forward + self.fast_back)

    @property
    def saved(self) -> float:
        """Seconds that are saved in all; below 0 where the other is faster."""
        return self.slow_forward + self.slow_back - self.fast_forward - self.fast_back

    @property
    def share_of_back(self) -> float:
        """Of the seconds saved, the share of the way back."""
        return (self.slow_back - self.fast_back) / self.saved

    @property
    def verdict(self) -> str:
        """Whose ratio is clearly larger: "back", "forward", or "both" where neither is."""
        if self.back > _CLEARLY * self.forward:
            return "back"
        return "forward" if self.forward > _CLEARLY * self.back else "both"


def advantage(row: Row, slow: Results, fast: Results, ways: tuple[str, str] = ("cpu", "gpu")) -> Advantage | None:
    """The advantage at a row; None where one of the four numbers is missing, or the way back takes no time."""
    pairs = []
    for results, way in zip((slow, fast), ways, strict=True):
        found = [results.best(replace(row, backward=backward), way) for backward in (False, True)]
        seconds = [one.seconds(row.epochs) for one in found if one is not None]
        if len(seconds) < 2 or seconds[1] <= seconds[0]:
            return None
        pairs.append((seconds[0], seconds[1] - seconds[0]))
    return Advantage(replace(row, backward=True), *pairs[0], *pairs[1])


def arithmetic_share(one: Measurement, fit: Fit) -> float:
    """The share of a step's time that its operations take at the throughput of `fit`; the rest is calls and waits."""
    return min(one.row.work / fit.throughput / (1e-9 * one.step_nanoseconds), 1.0)
