"""How long a row takes and how much memory it needs, before it is begun; what is too much is refused."""

import os
from dataclasses import dataclass

from lstmviz.timing.row import Row

MOST_SECONDS = 3600.0
"""that a measurement may take"""
_SHARE_OF_MEMORY = 0.8
_LEAST_EPOCHS = 4
"""that are passed before there is a median: a warm-up and three repeats"""
# torch's CPU path, from its six rows on the server of `shipped/xeon.json` with two threads, on the cautious side.
_STEP = {"rnn": 15e-6, "lstm": 10e-6, "gru": 30e-6}
_BACKWARD = 10.0
_OPERATIONS = 1.5e10
"""a second"""


class RefusedError(ValueError):
    """A row that would need more memory or time than there is; its sentence names the estimate.

    `what` is "memory" or "time", `needs` and `most` are in bytes or in seconds.
    """

    def __init__(self, what: str, needs: float, most: float) -> None:
        """Say what is too much."""
        self.what, self.needs, self.most = what, needs, most
        unit, word = ("GB", 1e9) if what == "memory" else ("hours", 3600.0)
        super().__init__(
            f"This row needs about {needs / word:,.1f} {unit} of {what}, and at most {most / word:,.1f} {unit} are to "
            "be had: choose fewer steps, nodes or sequences."
        )


@dataclass(frozen=True)
class Estimate:
    """What a measurement costs, roughly."""

    epoch_seconds: float
    seconds: float
    """of the whole measurement"""
    bytes: int


def estimate(row: Row, budget: float, *, known: float | None = None) -> Estimate:
    """What it costs to measure `row` by torch on the CPU, with `budget` seconds for its repeats.

    known: seconds an epoch, where it has been measured on this machine.

    Raises:
        RefusedError: it needs more memory than this machine has, or takes more than an hour.
    """
    epoch = row.steps * (_STEP[row.cell] * (_BACKWARD if row.backward else 1.0) + row.work / _OPERATIONS)
    epoch = epoch if known is None else known
    needs, most = row.bytes, memory() * _SHARE_OF_MEMORY
    if needs > most:
        raise RefusedError("memory", needs, most)
    seconds = max(budget, _LEAST_EPOCHS * epoch)
    if seconds > MOST_SECONDS:
        raise RefusedError("time", seconds, MOST_SECONDS)
    return Estimate(epoch, seconds, needs)


def memory() -> float:
    """Bytes of memory that can be had: what the system says is available, else what the machine has, else 4 GB."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            sizes = {name: text for name, _, text in (line.partition(":") for line in lines)}
        return float(sizes["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return 4e9
