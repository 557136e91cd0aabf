"""Networks of other seeds in the portrait of the one on display: trained if need be, matched unit by unit."""

import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.claims.networks import look_at, parameters_of_bundles
from lstmviz.dynamics.alignment import align
from lstmviz.models import ModelConfig
from lstmviz.packing import packet
from lstmviz.sweeps import BundleResult
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.sweeping import MANY_CELLS, MANY_SEEDS, current_sweep, many_seeds
from lstmviz.ui.background.traces import trace_at
from lstmviz.ui.background.watched import View
from lstmviz.ui.frame.controls.fields import quote
from lstmviz.ui.frame.language import _
from lstmviz.ui.views.states.points import states_of
from lstmviz.ui.waiting import sweep as waiting


@dataclass(frozen=True, eq=False)
class Others:
    """The networks of other seeds that solved the task, beside one network."""

    told: dict[str, Any]
    """how many there are; `portrait/seeds.js` reads it"""
    packed: bytes
    """their states at the places of the last pattern"""


def asked(run: Run) -> bool:
    """Whether the URL asks for them, and there are any: of a pattern."""
    return st.query_params.get("seeds") == "1" and run.experiment.repeats_a_pattern


def refused(run: Run) -> str | None:
    """A sentence where the URL says of them what it cannot say."""
    text = st.query_params.get("seeds", "0")
    if text == "1" and not run.experiment.repeats_a_pattern:
        return _("Other seeds are drawn for patterns; this task is shown without them.")
    if text in ("0", "1"):
        return None
    sentence = _("A link draws other seeds with seeds=1 and leaves them out with seeds=0; this one says {got}.")
    return sentence.format(got=quote(text))


def found(run: Run) -> Others | None:
    """The other networks; None where they are not asked for, or not there yet."""
    if not asked(run) or not run.finished:
        return None
    cell = run.experiment.cell
    own = tuple(result for result in _job(run).so_far().results if result.bundle.cell == cell)
    if sum(len(result.bundle.seeds) for result in own) < len(MANY_SEEDS):
        return None
    return remembered(lambda: _matched(run, own), "other seeds", run.known)


def progress(run: Run) -> None:
    """Draw how far their training is, while there is more to come."""
    if asked(run) and run.finished:
        job = _job(run)
        waiting.live(job, job.so_far(), lambda progress: None)


def are_awaited(run: Run) -> bool:
    """Whether `progress` has something to show: what waits for the same sweep need not show it again."""
    return asked(run) and run.finished and _job(run).so_far().state != "done"


def _job(run: Run) -> View:
    """The sweep that the section on saturation shows too; one of its own for a cell that is not in it."""
    config, cell = many_seeds(run.experiment), run.experiment.cell
    if cell in MANY_CELLS:
        return current_sweep("states", config)
    return current_sweep("states_alone", replace(config, cells=(cell,)))


def _matched(run: Run, results: tuple[BundleResult, ...]) -> Others:
    experiment, task = run.experiment, run.text
    letters, hidden, period = len(task.alphabet), experiment.hidden_size, task.period
    config = ModelConfig(cell=experiment.cell, input_size=letters, hidden_size=hidden, output_size=letters)
    look = look_at(config, parameters_of_bundles(results), task, periods=1)
    seeds = np.array([seed for result in results for seed in result.bundle.seeds])
    chosen = look.group("solved") & (seeds != experiment.seed)
    parts = [look.values[part] for part in ("h", "c") if part in look.values]
    theirs = np.concatenate(parts, axis=-1)[chosen]
    own = states_of(trace_at(run, run.kept[-1]))[task.last_pattern]
    if np.isfinite(own).all():
        scale = max(1.0, float(np.abs(own[:, hidden:]).max(initial=0.0)))
        signs = experiment.cell != "rnn_relu"
        aligned = [align(own, states, hidden, signs=signs, scale=scale) for states in theirs]
    else:
        aligned = []  # a training that diverged has nothing to be matched with
    told = {
        "others": int((seeds != experiment.seed).sum()),
        "solved": len(aligned),
        "matched": sum(one.matches for one in aligned),
        "places": period * len(aligned),
        "nearest": sum(int((one.nearest == np.arange(period)).sum()) for one in aligned),
        "start": task.last_pattern.start,
    }
    states = np.array([one.states for one in aligned]).reshape(len(aligned), period, own.shape[-1])
    return Others(told, zlib.compress(packet({"kind": "seeds"}, {"states": states}), 1))
