"""What the browser is told of the gradients through time: the matrices of all cells at all moments, on one scale."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.figures.gradients import MOST_DECADES, gradient_scale
from lstmviz.figures.theme import Palette
from lstmviz.packing import packet
from lstmviz.ui.background.bounds import KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import kept
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.views.gradients.computed import Runs, moments, place_at, through_training, window


def packed_matrices(run: Run, runs: Runs) -> bytes:
    """The matrices of `runs` at the moments of `run`, which is one of them; `matrices/found.js` has the shape."""
    decides = tuple(one.known for one in (run, *runs.values()))
    return kept(lambda: _packed(run, runs), "matrices", KEPT_PACKETS, decides)


def _packed(run: Run, runs: Runs) -> bytes:
    places, steps = moments(run), window(run)
    empty = np.full((len(steps), len(steps)), np.nan, dtype=np.float32)
    arrays: dict[str, NDArray[Any]] = {}
    told: list[dict[str, Any]] = []
    zeros, underflows = np.zeros(len(places), dtype=int), np.zeros(len(places), dtype=int)
    for cell, other in runs.items():
        nearest = [place_at(other, run.kept[place]) for place in places]
        found = [through_training(other)[k] for k in nearest]
        names = next((list(one.matrices) for one in found if one is not None), [])
        epochs = [other.kept[moments(other)[k]] for k in nearest]
        for name in names:
            arrays[f"{cell}_{name}"] = np.stack([empty if one is None else one.matrices[name] for one in found])
            told.append(
                {"name": f"{cell}_{name}", "network": CELL_NAMES[cell], "of": name, "own": other is run}
                | {"epochs": epochs}
            )
        zeros += [0 if one is None else one.zeros for one in found]
        underflows += [0 if one is None else one.underflows for one in found]
    scales = {name: gradient_scale(list(arrays.values()), Palette(dark=name == "dark")) for name in ("light", "dark")}
    low, high = scales["light"].low, scales["light"].high
    about = {
        "kind": "matrices",
        "first": steps[0],
        "last": steps[-1],
        "asked": (np.flatnonzero(run.task.scored[steps.start : steps.stop]) + steps.start).tolist(),
        "places": list(places),
        "matrices": told,
        "zeros": zeros.tolist(),
        "underflows": underflows.tolist(),
        "low": low,
        "high": high,
        "cut": high - low >= MOST_DECADES,
        "stops": {name: scale.colours for name, scale in scales.items()},
    }
    return zlib.compress(packet(about, arrays), 6)
