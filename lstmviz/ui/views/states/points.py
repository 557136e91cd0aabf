"""The states of a run: its trained map, the map that the URL asks for, and the principal axes."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.cells import Array
from lstmviz.dynamics.planes import Principal, principal_axes
from lstmviz.statemap import StateMap, state_map
from lstmviz.tasks import Task, named_task
from lstmviz.tracing import Trace
from lstmviz.ui.background.bounds import KEPT_ENDS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import model_at, trace_all
from lstmviz.ui.frame.fields import quote
from lstmviz.ui.frame.language import _

_AXES = 3
_FACES = 25  # sequences of a task beside the one on display


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


def asked_letter(run: Run) -> int:
    """The map that the URL asks for: 0 for a whole pattern, k for the letter k - 1.

    A sequence that ends has no map as a whole: there it is the symbol that its task reads most often.
    """
    text = st.query_params.get("map", "")
    return int(text) if _names_map(text, run) else _usual_map(run)


def refused_letter(run: Run) -> str | None:
    """A sentence where the URL asks for a map that this text or task has not."""
    text, alphabet = st.query_params.get("map"), run.task.alphabet
    if text is None or _names_map(text, run):
        return None
    sentence = _("This text has no map {got}, so that of a whole pattern is shown: maps are numbered from 0 to {high}.")
    if not run.experiment.repeats_a_pattern:
        sentence = _("This task has no map {got}, so that of {letter} is shown: maps are numbered from 1 to {high}.")
    return sentence.format(got=quote(text), letter=quote(alphabet[_usual_map(run) - 1]), high=len(alphabet))


def _names_map(text: str, run: Run) -> bool:
    there = range(0 if run.experiment.repeats_a_pattern else 1, len(run.task.alphabet) + 1)
    return text.isascii() and text.isdecimal() and len(text) < 4 and int(text) in there


def _usual_map(run: Run) -> int:
    return 0 if run.experiment.repeats_a_pattern else _most_read(run.experiment.task) + 1


@lru_cache(maxsize=64)
def _most_read(name: str) -> int:
    """The symbol that the first sequences of a task hold most often, the first one of equals."""
    faces = _faces(name)
    counts = np.bincount(np.concatenate([face.x for face in faces]), minlength=len(faces[0].alphabet))
    return int(counts.argmax())


@lru_cache(maxsize=64)
def told_sequences(name: str) -> list[dict[str, Any]]:
    """Some sequences of a task as `portrait/sequences.js` reads them: the symbols, and what is right after each."""
    return [{"x": face.x.tolist(), "due": [_due(face, t) for t in range(len(face.x))]} for face in _faces(name)]


def _due(face: Task, t: int) -> list[int]:
    if not face.scored[t]:
        return []
    return [int(face.y[t])] if face.legal is None else np.flatnonzero(face.legal[t]).tolist()


def _faces(name: str) -> list[Task]:
    return [named_task(name, number) for number in range(_FACES)]


def letters_of(run: Run, letter: int) -> list[int]:
    """The letters that such a map reads, by their numbers."""
    return run.text.x[: run.text.period].tolist() if letter == 0 else [letter - 1]


@of_run(KEPT_ENDS)
def axes(run: Run) -> dict[str, Any] | None:
    """The principal axes of the states of all snapshots, as `portrait/plane.js` reads them; None of one number.

    Those of a training that diverged are of the snapshots that are finite. Of a task that has many sequences the
    trained network's states through some others count too: one alone is short.
    """
    states = states_of(trace_all(run))
    flat = states.reshape(-1, states.shape[-1])
    if not run.experiment.repeats_a_pattern and (f := last_map(run)) is not None:
        others = [f.states(face.one_hot().astype(float)) for face in _faces(run.experiment.task)]
        flat = np.concatenate([flat, *others])
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
