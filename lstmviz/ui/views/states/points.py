"""The states of a run: its trained map, other sequences of its task, and the principal axes."""

from functools import lru_cache
from typing import Any

import numpy as np

from lstmviz.cells.step import Array
from lstmviz.dynamics.planes import Principal, principal_axes
from lstmviz.statemap import StateMap, state_map
from lstmviz.tasks import Task, side_by_side
from lstmviz.tracing import Trace
from lstmviz.ui.background.bounds import KEPT_ENDS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import model_at, trace_all
from lstmviz.ui.parts.run.sequence import first_sequences
from lstmviz.ui.views.states.maps import FACES

_AXES = 3


def states_of(tr: Trace) -> Array:
    """(..., T, S) the states of a trace of one layer, h first and then c."""
    c = tr.layers[0].values.get("c")
    return np.asarray(tr.h if c is None else np.concatenate([tr.h, c], axis=-1), dtype=float)


def last_map(run: Run) -> StateMap | None:
    """The map of the trained network; None where its training diverged."""
    try:
        return state_map(model_at(run, run.kept[-1]))
    except ValueError:
        return None


@lru_cache(maxsize=64)
def told_sequences(name: str) -> list[dict[str, Any]] | None:
    """Some sequences of a task as `portrait/sequences.js` reads them: what is read, and what is right after each step.

    None of a series, which is one alone.
    """
    faces = first_sequences(name, FACES)
    if len(faces) == 1:
        return None
    return [{"x": face.x.tolist(), "due": [_due(face, t) for t in range(len(face.x))]} for face in faces]


def _due(face: Task, t: int) -> list[int] | list[float]:
    """The symbols that are right, or the numbers that are due; nothing where nothing is asked."""
    if not face.scored[t]:
        return []
    if face.of_numbers:
        return list(map(float, face.y[t]))
    return [int(face.y[t])] if face.legal is None else np.flatnonzero(face.legal[t]).tolist()


@of_run(KEPT_ENDS)
def axes(run: Run) -> dict[str, Any] | None:
    """The principal axes of the states of all snapshots, as `portrait/plane.js` reads them; None of one number.

    Those of a training that diverged are of the snapshots that are finite. Of a task that has many sequences the
    trained network's states through some others count too: one alone is short.
    """
    states = states_of(trace_all(run))
    flat = states.reshape(-1, states.shape[-1])
    if not run.experiment.repeats_a_pattern and (f := last_map(run)) is not None:
        inputs, own = side_by_side(first_sequences(run.experiment.task, FACES))
        with np.errstate(all="ignore"):
            flat = np.concatenate([flat, f.states(inputs)[own]])
    flat = flat[np.isfinite(flat).all(axis=-1)]
    if flat.shape[-1] < 2 or len(flat) < 2:
        return None
    hidden = run.experiment.hidden_size
    parts = states.shape[-1] // hidden
    names = tuple(f"{part}{unit + 1}" for part in "hc"[:parts] for unit in range(hidden))
    found = principal_axes(flat, names)
    return {
        "mean": found.mean.tolist(),
        "axes": found.axes[:_AXES].tolist(),
        "share": found.shares[:_AXES].tolist(),
        "reach": np.maximum(np.abs(found.project(flat)).max(axis=0)[:_AXES], 1e-6).tolist(),
        "heaviest": [_heaviest(found, k) for k in range(min(_AXES, len(found.axes)))],
    }


def _heaviest(found: Principal, axis: int) -> str:
    return ", ".join(name for name, _loading in found.heaviest(axis))
