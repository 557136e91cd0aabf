"""Runs as the cell player reads them, packed once for all sessions."""

from typing import Any

import numpy as np
import streamlit as st

from lstmviz.packing import pack_run
from lstmviz.ui.changes import Changed, held
from lstmviz.ui.experiment import Experiment
from lstmviz.ui.jobs import Run
from lstmviz.ui.traces import trace_all

_KEPT = 16  # packets, of half a megabyte each as a rule, of seven at most


def packed(run: Run, steps: range) -> bytes:
    """The snapshots of `run` through some steps."""
    return _packed(run.experiment, run.kept, (steps.start, steps.stop), run)


def packed_changed(run: Run, changed: Changed, steps: range) -> bytes:
    """The same, changed from outside, with what that changes of the predictions."""
    return _packed_changed(run.experiment, run.kept, (steps.start, steps.stop), changed.text, run, changed)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _packed(experiment: Experiment, kept: tuple[int, ...], steps: tuple[int, int], _run: Run) -> bytes:
    return pack_run(trace_all(_run), _run.task, _run.snapshots, range(*steps), **_about(_run))


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _packed_changed(
    experiment: Experiment, kept: tuple[int, ...], steps: tuple[int, int], text: str, _run: Run, _changed: Changed
) -> bytes:
    part = slice(*steps)
    effect = _changed.effect
    more = {
        "x": _changed.letters.astype(np.int32),
        "effect_probability": effect.probability[:, part],
        "effect_loss": (effect.loss_after - effect.loss_before)[:, part],
        "effect_loss_before": effect.loss_before[:, part],
        "effect_loss_after": effect.loss_after[:, part],
        "effect_first": effect.first.astype(np.int32),
        "effect_last": effect.last.astype(np.int32),
    }
    about = _about(_run) | {"held": held(_changed.changes)}
    return pack_run(_changed.trace, _run.task, _changed.parameters, range(*steps), more, **about)


def _about(run: Run) -> dict[str, Any]:
    """What a packet says of a run beside its numbers."""
    experiment = run.experiment
    return {
        "seed": experiment.seed,
        "lr": experiment.lr,
        "trained": experiment.epochs,
        "diverged": run.diverged_at,
        "epochs": list(run.kept),
        "losses": [float(loss) if np.isfinite(loss) else None for loss in run.losses[list(run.kept)]],
    }
