"""What the browser is told of a run's states beside its numbers: principal axes, and what maps to itself."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lstmviz.cells import Array
from lstmviz.dynamics.births import Births, Branch, births
from lstmviz.dynamics.planes import Principal, principal_axes
from lstmviz.models import build_model
from lstmviz.packing import packet
from lstmviz.statemap import StateMap, pattern_inputs, state_map
from lstmviz.tracing import Trace
from lstmviz.ui.background.bounds import KEPT_ENDS, KEPT_PACKETS
from lstmviz.ui.background.jobs import Run, configs
from lstmviz.ui.background.traces import model_at, trace_all
from lstmviz.ui.frame.experiment import Experiment

TURNS = 2
"""States of the cycles that are followed: what loses its stability by turning over has one around it"""
_VECTORS = 2  # directions of a point that are drawn
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


def asked_letter(run: Run) -> int:
    """The map that the URL asks for: 0 for a whole pattern, k for the letter k - 1."""
    text = st.query_params.get("map", "0")
    letter = int(text) if text.isdecimal() and len(text) < 4 else 0
    return letter if letter <= len(run.task.alphabet) else 0


def letters_of(run: Run, letter: int) -> list[int]:
    """The letters that such a map reads, by their numbers."""
    return run.task.x[: run.task.period].tolist() if letter == 0 else [letter - 1]


def axes(run: Run) -> dict[str, Any] | None:
    """The principal axes of the states of all snapshots, as `portrait/plane.js` reads them; None of one number.

    Those of a training that diverged are of the snapshots that are finite.
    """
    return _axes(run.experiment, run.kept, run)


def born(run: Run, letter: int, turns: int = 1) -> Births:
    """The fixed points of the map over the training: of a whole pattern, or of the letter k - 1 where `letter` is k.

    turns: its cycles of so many states instead.
    """
    return _born(run.experiment, run.kept, letter, turns, run)


def packed_points(run: Run, letter: int) -> bytes:
    """The same for the browser; `portrait/points.js` has the shape."""
    return _packed(run.experiment, run.kept, letter, run)


@st.cache_data(max_entries=KEPT_ENDS, show_spinner=False)
def _axes(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> dict[str, Any] | None:
    states = states_of(trace_all(_run))
    flat = states.reshape(-1, states.shape[-1])
    flat = flat[np.isfinite(flat).all(axis=-1)]
    if flat.shape[-1] < 2 or len(flat) < 2:
        return None
    hidden, parts = experiment.hidden_size, states.shape[-1] // experiment.hidden_size
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


@st.cache_resource(max_entries=KEPT_PACKETS, show_spinner=False)
def _born(experiment: Experiment, kept: tuple[int, ...], letter: int, turns: int, _run: Run) -> Births:
    xs = pattern_inputs(letters_of(_run, letter), len(_run.task.alphabet))
    return births(build_model(configs(experiment)[0]), _run.snapshots, xs, turns=turns)


@st.cache_resource(max_entries=KEPT_ENDS, show_spinner=False)
def _packed(experiment: Experiment, kept: tuple[int, ...], letter: int, _run: Run) -> bytes:
    found, cycles = born(_run, letter), born(_run, letter, TURNS)
    model = build_model(configs(experiment)[0])
    size = state_map(model).size
    branches = [*found.branches, *cycles.branches]
    alone = len(found.branches)
    one = [number if number < alone else alone + branch.cycle for number, branch in enumerate(branches)]
    seen = [(branch.first + k, number, k) for number, branch in enumerate(branches) for k in range(len(branch.s))]
    seen.sort()
    arrays: dict[str, NDArray[Any]] = {
        "snapshot": np.array([e for e, _, _ in seen], dtype=np.int32),
        "branch": np.array([number for _, number, _ in seen], dtype=np.int32),
        "one": np.array([one[number] for _, number, _ in seen], dtype=np.int32),
        "cycle": np.array([number >= alone for _, number, _ in seen], dtype=np.int32),
        "stable": np.array([branches[number].stable[k] for _, number, k in seen], dtype=np.int32),
        "modulus": np.array([abs(branches[number].eigenvalues[k, 0]) for _, number, k in seen]),
        "state": np.array([branches[number].s[k] for _, number, k in seen]).reshape(-1, size),
    }
    xs = pattern_inputs(letters_of(_run, letter), len(_run.task.alphabet))
    arrays |= _directions(branches[:alone], _run, seen, xs, size)
    told: list[dict[str, Any]] = [
        {"snapshot": event.snapshot, "kind": event.kind.replace(" ", "_")} for event in found.events
    ]
    told += [{"snapshot": event.snapshot, "kind": f"cycle_{event.kind.replace(' ', '_')}"} for event in cycles.events]
    told.sort(key=lambda event: event["snapshot"])
    about = {"kind": "points", "events": told, "starts": found.starts}
    return zlib.compress(packet(about, arrays), 1)


def _directions(
    branches: Sequence[Branch], run: Run, seen: list[tuple[int, int, int]], xs: Array, size: int
) -> dict[str, NDArray[Any]]:
    """The first real eigenvectors of each fixed point: how many, and themselves; states of cycles have none."""
    counts, vectors = np.zeros(len(seen), dtype=np.int32), np.zeros((len(seen), _VECTORS, size))
    maps: dict[int, StateMap] = {}
    for row, (e, number, k) in enumerate(seen):
        if number >= len(branches):
            continue
        if e not in maps:
            maps[e] = state_map(model_at(run, run.kept[e]))
        _, jacobian = maps[e].after_with_jacobian(branches[number].s[k], xs)
        values, columns = np.linalg.eig(jacobian)
        order = np.argsort(-np.abs(values))
        real = [j for j in order if abs(values[j].imag) < 1e-9][:_VECTORS]
        counts[row] = len(real)
        for place, j in enumerate(real):
            vectors[row, place] = columns[:, j].real
    return {"directions": counts, "vectors": vectors}
