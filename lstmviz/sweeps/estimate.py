"""How long a sweep takes, said before it starts."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lstmviz.base.checks import instance, whole_number
from lstmviz.base.clock import worked
from lstmviz.base.cores import cores
from lstmviz.base.limits import MAX_EPOCHS
from lstmviz.fused import UNITS_FROM, along_units, warm
from lstmviz.models import Model
from lstmviz.sweeps.config import AT_ONCE, LANES, Bundle, SweepConfig
from lstmviz.sweeps.work import StoppedError, networks_of, train_networks
from lstmviz.tasks import alphabet_task, is_pattern
from lstmviz.training import TrainConfig, estimate_seconds, snapshot_epochs

_TRIAL_SECONDS = 0.6  # for all measurements together, set-up and overshooting left out
_PATIENCE = 4  # times as long a measurement may take on a machine that has other work
_TRIAL_STEPS = 100  # of the text that is measured; a longer one takes as much longer
_POINTS = 4  # kinds measured of each cell; what lies between is interpolated


@dataclass(frozen=True)
class _Kind:
    """Bundles that take equally long: one text, cell and size."""

    task: str
    cell: str
    hidden_size: int

    @property
    def is_pattern(self) -> bool:
        return is_pattern(self.task)

    @property
    def period(self) -> int:
        return alphabet_task(self.task, 2).period

    @property
    def kernel(self) -> tuple[str, str, bool]:
        """What trains them: between sizes of one kernel, times can be interpolated; tasks of other kinds differ."""
        return self.cell, "" if self.is_pattern else self.task, along_units(self.hidden_size)

    @property
    def work(self) -> int:
        """About how many multiplications a step takes, in no unit."""
        return self.bundle(2).parameters

    def bundle(self, snapshots: int) -> Bundle:
        """One to be measured: endless, on a short text."""
        return Bundle(
            task=self.task,
            repeats=max(2, _TRIAL_STEPS // self.period) if self.is_pattern else 2,
            cell=self.cell,
            hidden_size=self.hidden_size,
            lr=1e-6,  # a step so small does not diverge
            epochs=MAX_EPOCHS,
            seeds=tuple(range(LANES)),
            snapshots=snapshots,
        )


@dataclass(frozen=True)
class _Cost:
    """Seconds: once a bundle, and for each step of an epoch and of a look at the last pattern."""

    set_up: float
    epoch_step: float
    look_step: float


def estimate_sweep_seconds(config: SweepConfig, threads: int | None = None) -> float:
    """Seconds that `sweep(config)` would take now if nothing of it were in the store.

    Of each cell the smallest networks, the largest and two between are trained for some epochs, and thrown away (those
    of 16 units and more for themselves, since another kernel trains them); other
    sizes are interpolated. That takes about a second, and longer only where a kernel must be compiled first.

    Args:
        config: the sweep.
        threads: how many bundles are trained at once, as for `sweep`; or how many a cluster trains.

    Raises:
        TypeError: `config` is something else.
        ValueError: `threads` is not between 1 and 1,000,000.
    """
    instance("config", config, SweepConfig)
    threads = whole_number("threads", cores() if threads is None else threads, 1, 1_000_000)
    kinds = list(_kinds(config))
    kernels = {kind.kernel for kind in kinds}
    chosen = {kernel: _spread([kind for kind in kinds if kind.kernel == kernel]) for kernel in kernels}
    allowance = _TRIAL_SECONDS / sum(map(len, chosen.values()))
    seconds = np.empty(len(kinds))
    for kernel, points in chosen.items():
        of_patterns = points[0].is_pattern
        size = points[0].hidden_size
        warm(kernel[0], hidden_size=size if of_patterns else max(size, UNITS_FROM))
        costs = [_measured(kind, allowance) for kind in points] if of_patterns else []
        alone = [] if of_patterns else [_alone(kind, config) for kind in points]
        for k, kind in enumerate(kinds):
            if kind.kernel != kernel:
                continue
            if of_patterns:
                seconds[k] = _seconds(kind, config, points, costs)
            else:
                seconds[k] = AT_ONCE * float(np.interp(kind.work, [point.work for point in points], alone))
    rates, seeds = len(config.axes.lrs), len(config.axes.seeds)
    bundles = np.array([-(-seeds // (LANES if kind.is_pattern else AT_ONCE)) for kind in kinds])
    return float(max((seconds * bundles).sum() * rates / threads, seconds.max()))


def _alone(kind: _Kind, config: SweepConfig) -> float:
    """Seconds for one network of a task that is no pattern."""
    bundle = kind.bundle(config.snapshots)
    return estimate_seconds(bundle.network(0), bundle.learned, TrainConfig(epochs=config.epochs))


def _kinds(config: SweepConfig) -> Iterator[_Kind]:
    for task in config.axes.tasks:
        for cell in config.axes.cells:
            for size in config.axes.hidden_sizes:
                yield _Kind(task, cell, config.size_of(cell, task, size))


def _spread(kinds: Sequence[_Kind]) -> list[_Kind]:
    """The kinds with the least and the most work, and some between."""
    ordered = list({kind.work: kind for kind in sorted(kinds, key=lambda kind: kind.work)}.values())
    places = {round(place) for place in np.linspace(0, len(ordered) - 1, _POINTS).tolist()}
    return [ordered[place] for place in sorted(places)]


def _measured(kind: _Kind, allowance: float) -> _Cost:
    steps = kind.period * kind.bundle(2).repeats
    began = worked()
    models = networks_of(kind.bundle(2))
    begun, epoch = _paces(kind.bundle(2), models, allowance / 2)
    # Looks after every epoch at first. The same networks, since building them takes longer than all else.
    _, looked = _paces(kind.bundle(1000), models, allowance / 2)
    return _Cost(begun - began, epoch / steps, max(looked - epoch, 0.0) / steps)


def _paces(bundle: Bundle, models: Sequence[Model], allowance: float) -> tuple[float, float]:
    """Train `models` for `allowance` seconds of work, one epoch at least; when that began, and seconds of an epoch."""
    marks: list[tuple[int, float]] = []
    patience = time.perf_counter() + _PATIENCE * allowance

    def look(epoch: int) -> bool:
        marks.append((epoch, worked()))
        # Somebody waits for this, however much else the machine has to do.
        return len(marks) < 2 or (marks[-1][1] - marks[0][1] < allowance and time.perf_counter() < patience)

    with suppress(StoppedError):
        train_networks(bundle, models, look)
    # The fastest: a look away of this machine's would make the others seem slow.
    pace = min((after - before) / (then - now) for (now, before), (then, after) in pairwise(marks))
    return marks[0][1], pace


def _seconds(kind: _Kind, config: SweepConfig, points: Sequence[_Kind], costs: Sequence[_Cost]) -> float:
    """How long one bundle of `kind` takes."""

    def between(values: list[float]) -> float:
        return float(np.interp(kind.work, [point.work for point in points], values))

    epoch, look = between([one.epoch_step for one in costs]), between([one.look_step for one in costs])
    looks = len(snapshot_epochs(config.epochs, config.snapshots))
    steps = kind.period * config.repeats
    return between([one.set_up for one in costs]) + steps * (epoch * config.epochs + look * looks)
