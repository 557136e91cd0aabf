"""What the engine finds of the gradients of a run, kept for all sessions, as far as it is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from lstmviz.cells.step import Array
from lstmviz.claims.networks import Parameters, parameters_of_bundles
from lstmviz.gradients import (
    Band,
    ByLag,
    Clipping,
    GradientsThroughTime,
    band,
    by_lag,
    clip_norms,
    gradients_of_snapshots,
    gradients_through_time,
)
from lstmviz.gradients.through_time import WINDOW
from lstmviz.statemap import StateMap, state_map
from lstmviz.sweeps import BundleResult
from lstmviz.tasks import Task, sequences_of
from lstmviz.ui.background.bounds import KEPT_RUNS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run, remembered
from lstmviz.ui.background.traces import model_at, shaped_as
from lstmviz.ui.parts.run.sequence import first_sequences

Runs = Mapping[str, Run]
"""The run on display and those beside it, by their cells."""
MOMENTS = 9
"""Snapshots of a training that are looked at, the first and the last among them."""
GAINS = tuple(round(0.1 * k, 1) for k in range(41))
"""By which the recurrent weights can be multiplied."""
_WIDE = 16  # hidden nodes; with more, the window is shorter
_SHORT_WINDOW = 24
_MOST_SEQUENCES = 25
_AT_ONCE = 4_000_000  # numbers of Jacobians that are in memory together


@dataclass(frozen=True, eq=False)
class Seen:
    """What is drawn of the gradients of one network over a window of N steps."""

    cell: str
    steps: range
    matrices: Mapping[str, Array]
    """log10 |dL_t/dh_k| as "h", and "c" where there is one: (N, N) float32"""
    lags: Mapping[str, ByLag]
    """by lag, relative to lag 0, of "h", "c" and "path\""""
    underflows: int
    zeros: int
    singular: Array
    """(N, S) log10 of the singular values of the product of Jacobians that ends at the last step, NaN where one is not
    resolved; no rows where it was not asked for, and where the network's numbers are not finite"""


def window(run: Run) -> range:
    """The steps that are looked at: the last ones, fewer in a wide network."""
    total = len(run.task.x)
    length = WINDOW if run.experiment.hidden_size <= _WIDE else max(_SHORT_WINDOW, 1)
    return range(max(0, total - length), total)


def map_of(run: Run) -> StateMap | None:
    """The map of the network on display; None where its weights are no finite numbers."""

    def make() -> StateMap | None:
        try:
            return state_map(model_at(run, run.kept[-1]))
        except ValueError:
            return None

    return remembered(make, "map", run.known)


def moments(run: Run) -> tuple[int, ...]:
    """The snapshots that are looked at, by their places in `run.kept`."""
    last = len(run.kept) - 1
    return tuple(sorted({round(k * last / (MOMENTS - 1)) for k in range(MOMENTS)}))


@of_run(KEPT_RUNS)
def through_training(run: Run) -> tuple[Seen | None, ...]:
    """The gradients at each of `moments`; None where the weights are no finite numbers."""
    chosen = [run.snapshots[e] for e in moments(run)]
    fine = [all(np.isfinite(array).all() for array in one.values()) for one in chosen]
    found = _look(run, [one for one, good in zip(chosen, fine, strict=True) if good])
    return tuple(next(found) if good else None for good in fine)


def _look(run: Run, snapshots: Sequence[Parameters]) -> Iterator[Seen]:
    """What is seen of some networks, as many at once as fit; of the last one the singular values too."""
    model, steps, left = shaped_as(run.experiment), window(run), len(snapshots)
    for part in _parts(run, snapshots):
        for one in gradients_of_snapshots(model, part, run.task, steps=steps):
            left -= 1
            yield seen(one, singular=not left)


def _parts(run: Run, snapshots: Sequence[Parameters]) -> list[Sequence[Parameters]]:
    size = run.experiment.hidden_size * (2 if run.experiment.cell == "lstm" else 1)
    count = max(1, _AT_ONCE // (len(window(run)) * size * size))
    return [snapshots[k : k + count] for k in range(0, len(snapshots), count)]


def seen(found: GradientsThroughTime, *, singular: bool = False) -> Seen:
    """What is drawn of the gradients of one network."""
    resolved = singular and np.isfinite(found.jacobians).all()
    names = ("h",) if found.log10_c is None else ("h", "c")
    ways = names if found.log10_path is None else (*names, "path")
    return Seen(
        cell=found.cell,
        steps=found.steps,
        matrices={name: found.log10(name).astype(np.float32) for name in names},
        lags={name: by_lag(found, name, relative=True) for name in ways},
        underflows=found.underflows,
        zeros=found.zeros,
        singular=found.singular_values()[0] if resolved else np.empty((0, 1)),
    )


def far_lag(found: Seen, most: int) -> int:
    """The largest lag, up to `most`, that there is a gradient on h at: where few steps ask, not every lag has one."""
    there = np.flatnonzero(found.lags["h"].count[: most + 1])
    return int(there[-1]) if len(there) else min(most, len(found.steps) - 1)


def place_at(run: Run, epoch: int) -> int:
    """Which of `moments` is nearest to an epoch."""
    places = moments(run)
    return min(range(len(places)), key=lambda k: abs(run.kept[places[k]] - epoch))


def singular_values(run: Run) -> Array:
    """Those of the last network, as `Seen.singular`."""
    last = through_training(run)[-1]
    return np.empty((0, 1)) if last is None else last.singular


def bands(run: Run, results: tuple[BundleResult, ...]) -> Mapping[str, Mapping[str, Band]]:
    """For each cell of a sweep, the strengths by lag over its seeds, of "h", "c" and "path", relative to lag 0."""
    return remembered(partial(_bands, run, results), "gradients by lag", *(result.bundle for result in results))


def _bands(run: Run, results: tuple[BundleResult, ...]) -> dict[str, dict[str, Band]]:
    found: dict[str, dict[str, Band]] = {}
    for cell in dict.fromkeys(result.bundle.cell for result in results):
        own = parameters_of_bundles(result for result in results if result.bundle.cell == cell)
        fine = [one for one in own if all(np.isfinite(array).all() for array in one.values())]
        if fine:
            found[cell] = _band_of(cell, run, fine)
    return found


def _band_of(cell: str, run: Run, networks: Sequence[Parameters]) -> dict[str, Band]:
    model = shaped_as(replace(run.experiment, cell=cell))
    several: list[GradientsThroughTime] = []
    for part in _parts(run, networks):
        several += gradients_of_snapshots(model, part, run.task, steps=window(run))
    return {of: band(several, of, relative=True) for of in _ways(cell)}


def sequences_read(run: Run) -> int:
    """How many sequences of a task the bands are over, the first ones; 1 where it has no others, and so no bands."""
    return min(_MOST_SEQUENCES, sequences_of(run.experiment.task))


def bands_of_sequences(runs: Runs) -> Mapping[str, Mapping[str, Band]]:
    """The same for each of some networks over several sequences of their task; none where it has one."""
    decides = tuple((run.experiment, run.kept, run.diverged_at) for run in runs.values())
    return remembered(partial(_bands_of_sequences, runs), "gradients by lag over sequences", *decides)


def _bands_of_sequences(runs: Runs) -> dict[str, dict[str, Band]]:
    found: dict[str, dict[str, Band]] = {}
    for cell, run in runs.items():
        f, faces = map_of(run), first_sequences(run.experiment.task, _MOST_SEQUENCES)
        if f is not None and len(faces) > 1:
            several = [gradients_through_time(f, face) for face in faces]
            found[cell] = {of: band(several, of, relative=True) for of in _ways(cell)}
    return found


def _ways(cell: str) -> tuple[str, ...]:
    return ("h", "c", "path") if cell == "lstm" else ("h",)


def at_gain(run: Run, f: StateMap, gain: float) -> Seen:
    """The gradients of the trained network with its recurrent weights times `gain`."""
    return remembered(
        lambda: seen(gradients_through_time(f, run.task, steps=window(run), gain=gain)),
        "gradients at a gain",
        run.known,
        gain,
    )


def clipping(run: Run, f: StateMap) -> Clipping:
    """The norm of the whole gradient at each of `GAINS`, clipped to 1."""
    return remembered(partial(_clipping, f, run.task), "norms by gain", run.known)


def _clipping(f: StateMap, task: Task) -> Clipping:
    size = f.hidden_size * f.hidden_size * len(task.x)
    several = max(1, 20 * _AT_ONCE // size)  # gains at once: all but those of wide networks
    parts = [clip_norms(f, task, gains=GAINS[k : k + several]) for k in range(0, len(GAINS), several)]
    if len(parts) == 1:
        return parts[0]
    return Clipping(
        max_norm=parts[0].max_norm,
        gains=np.concatenate([one.gains for one in parts]),
        loss=np.concatenate([one.loss for one in parts]),
        norm=np.concatenate([one.norm for one in parts]),
        factor=np.concatenate([one.factor for one in parts]),
        clipped=np.concatenate([one.clipped for one in parts]),
        by_parameter={
            name: np.concatenate([one.by_parameter[name] for one in parts]) for name in parts[0].by_parameter
        },
    )
