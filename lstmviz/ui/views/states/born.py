"""What a run's map leads back to itself at each snapshot of the training, alone or in circles of two."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.dynamics.births import Births, births
from lstmviz.dynamics.cycle_births import CycleBirths, cycle_births
from lstmviz.dynamics.following import Event
from lstmviz.packing import packet
from lstmviz.statemap import state_map
from lstmviz.ui.background.bounds import KEPT_ENDS, KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import shaped_as
from lstmviz.ui.views.states.maps import inputs_of

MOST_UNITS = 16
"""of a network whose circles are looked for: it takes as long again as the points do"""
CIRCLE = 2
"""states of the circles that are followed over the training"""
_STRIDE = 2  # snapshots lie so near to each other that what is there in one is led on to the next
_VECTORS = 2  # directions of a point that are drawn


@of_run(KEPT_PACKETS)
def born(run: Run, letter: int) -> Births:
    """The fixed points of the map over the training: of a whole pattern, or what is read by `letter`."""
    return births(shaped_as(run.experiment), run.snapshots, inputs_of(run, letter), stride=_STRIDE)


def circling(run: Run, letter: int) -> CycleBirths | None:
    """Its cycles of two; None where the network is too large for them."""
    return None if run.experiment.hidden_size > MOST_UNITS else _circling(run, letter)


@of_run(KEPT_PACKETS)
def _circling(run: Run, letter: int) -> CycleBirths:
    model, fixed = shaped_as(run.experiment), born(run, letter)
    return cycle_births(model, run.snapshots, inputs_of(run, letter), CIRCLE, fixed=fixed)


@of_run(KEPT_ENDS)
def packed_points(run: Run, letter: int) -> bytes:
    """Both for the browser; `portrait/points.js` has the shape."""
    points, cycles = born(run, letter), circling(run, letter)
    size = state_map(shaped_as(run.experiment)).size
    circles = cycles.branches if cycles is not None else ()
    arrays = _points(points, size) | _circles(circles, size)
    told = [_told(event) for event in points.events]
    told += [_told(event, "cycle_") for event in (cycles.events if cycles is not None else ())]
    about = {
        "kind": "points",
        "branches": len(points.branches),
        "circles": cycles is not None,
        "events": sorted(told, key=lambda event: event["snapshot"]),
        "starts": points.starts,
    }
    return zlib.compress(packet(about, arrays), 1)


def _told(event: Event, of: str = "") -> dict[str, Any]:
    return {"snapshot": event.snapshot, "kind": of + event.kind.replace(" ", "_"), "branch": event.branches[0]}


def _points(found: Births, size: int) -> dict[str, NDArray[Any]]:
    seen = _in_order(found.branches)
    arrays: dict[str, NDArray[Any]] = {
        "snapshot": np.array([e for e, _, _ in seen], dtype=np.int32),
        "branch": np.array([number for _, number, _ in seen], dtype=np.int32),
        "stable": np.array([found.branches[number].stable[k] for _, number, k in seen], dtype=np.int32),
        "modulus": np.array([abs(found.branches[number].eigenvalues[k, 0]) for _, number, k in seen]),
        "state": np.array([found.branches[number].s[k] for _, number, k in seen]).reshape(-1, size),
    }
    return arrays | _directions(found, seen, size)


def _circles(branches: tuple[Any, ...], size: int) -> dict[str, NDArray[Any]]:
    seen = _in_order(branches)
    return {
        "cycle_snapshot": np.array([e for e, _, _ in seen], dtype=np.int32),
        "cycle_branch": np.array([number for _, number, _ in seen], dtype=np.int32),
        "cycle_stable": np.array([branches[number].stable[k] for _, number, k in seen], dtype=np.int32),
        "cycle_modulus": np.array([abs(branches[number].eigenvalues[k, 0]) for _, number, k in seen]),
        "cycle_states": np.array([branches[number].states[k] for _, number, k in seen]).reshape(-1, CIRCLE, size),
    }


def _in_order(branches: tuple[Any, ...]) -> list[tuple[int, int, int]]:
    """Each point of each branch: its snapshot, the number of its branch, and its place there."""
    return sorted((branch.first + k, n, k) for n, branch in enumerate(branches) for k in range(len(branch.stable)))


def _directions(found: Births, seen: list[tuple[int, int, int]], size: int) -> dict[str, NDArray[Any]]:
    """The first real eigenvectors of each point: how many, and themselves."""
    counts, vectors = np.zeros(len(seen), dtype=np.int32), np.zeros((len(seen), _VECTORS, size))
    for row, (_, number, k) in enumerate(seen):
        branch = found.branches[number]
        real = np.flatnonzero(np.abs(branch.eigenvalues[k].imag) < 1e-9)[:_VECTORS]
        counts[row] = len(real)
        vectors[row, : len(real)] = branch.eigenvectors[k][:, real].real.T
    return {"directions": counts, "vectors": vectors}
