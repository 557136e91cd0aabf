"""Runs as the parts in the browser read them, packed once for all sessions."""

from typing import Any

import numpy as np
import streamlit as st

from lstmviz.packing import pack_run
from lstmviz.ui.background.bounds import KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame.experiment import Experiment


def packed(run: Run, steps: range) -> bytes:
    """The snapshots of `run` through some steps."""
    return _packed(run.experiment, run.kept, (steps.start, steps.stop), run)


@st.cache_resource(max_entries=KEPT_PACKETS, show_spinner=False)
def _packed(experiment: Experiment, kept: tuple[int, ...], steps: tuple[int, int], _run: Run) -> bytes:
    return pack_run(trace_all(_run), _run.task, _run.snapshots, range(*steps), **about(_run))


def about(run: Run) -> dict[str, Any]:
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
