"""What the networks of a run do, computed once for all sessions: a trace is decided by the experiment and the epoch."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from lstmviz.models import Model, build_model, load_parameters
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import Trace, trace, trace_snapshots
from lstmviz.ui.experiment import Experiment
from lstmviz.ui.jobs import Run, configs

# Results are frozen and their arrays read-only, so sessions can share them without copies.


def model_at(run: Run, epoch: int) -> Model:
    """The network as it was after `epoch` updates, one of `run.kept`."""
    return _model(run.experiment, run.snapshots[run.kept.index(epoch)])


def trace_at(run: Run, epoch: int) -> Trace:
    """That network followed through the whole text."""
    return _trace_at(run.experiment, epoch, run.snapshots[run.kept.index(epoch)])


def trace_all(run: Run) -> Trace:
    """All snapshots of `run` followed through the whole text; every array leads with an axis over `run.kept`."""
    return _trace_all(run.experiment, run.kept, run.snapshots)


def _model(experiment: Experiment, parameters: Mapping[str, NDArray[Any]]) -> Model:
    model = build_model(configs(experiment)[0])
    load_parameters(model, parameters)
    return model


@st.cache_resource(max_entries=128, show_spinner=False)
def _trace_at(experiment: Experiment, epoch: int, _parameters: Mapping[str, NDArray[Any]]) -> Trace:
    task = alphabet_task(experiment.task)
    return trace(_model(experiment, _parameters), task.one_hot(), letters=task.labels)


@st.cache_resource(max_entries=32, show_spinner=False)
def _trace_all(
    experiment: Experiment, kept: tuple[int, ...], _snapshots: tuple[Mapping[str, NDArray[Any]], ...]
) -> Trace:
    task = alphabet_task(experiment.task)
    model = build_model(configs(experiment)[0])
    return trace_snapshots(model, _snapshots, task.one_hot(), letters=task.labels)
