"""What the networks of a run do, computed once for all sessions: a trace is decided by the experiment and the epoch."""

import streamlit as st

from lstmviz.models import Model, build_model, load_parameters
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import Trace, trace, trace_snapshots
from lstmviz.ui.experiment import Experiment
from lstmviz.ui.jobs import Run, configs

# Results are frozen and their arrays read-only, so sessions can share them without copies.


def model_at(run: Run, epoch: int) -> Model:
    """The network as it was after `epoch` updates, one of `run.kept`."""
    model = build_model(configs(run.experiment)[0])
    load_parameters(model, run.snapshots[run.kept.index(epoch)])
    return model


def trace_at(run: Run, epoch: int) -> Trace:
    """That network followed through the whole text."""
    return _trace_at(run.experiment, epoch, run)


def trace_all(run: Run) -> Trace:
    """All snapshots of `run` followed through the whole text; every array leads with an axis over `run.kept`."""
    if run.finished:
        return _trace_all(run.experiment, run.kept, run)
    return _follow_all(run)  # each look at a growing run is another one, and not worth keeping


@st.cache_resource(max_entries=128, show_spinner=False)
def _trace_at(experiment: Experiment, epoch: int, _run: Run) -> Trace:
    task = alphabet_task(experiment.task)
    return trace(model_at(_run, epoch), task.one_hot(), letters=task.labels)


@st.cache_resource(max_entries=32, show_spinner=False)
def _trace_all(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> Trace:
    return _follow_all(_run)


def _follow_all(run: Run) -> Trace:
    task = run.task
    return trace_snapshots(build_model(configs(run.experiment)[0]), run.snapshots, task.one_hot(), letters=task.labels)
