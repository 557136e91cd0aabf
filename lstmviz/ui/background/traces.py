"""What the networks of a run do, computed once for all sessions: a trace is decided by the experiment and the epoch."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.figures.theme import largest
from lstmviz.models import Model, ModelConfig, build_model, load_parameters
from lstmviz.tracing import Trace, trace_snapshots
from lstmviz.ui.background.bounds import KEPT_PACKETS, KEPT_TRACE_BYTES
from lstmviz.ui.background.jobs import Run, configs
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.shelf import Shelf
from lstmviz.ui.frame.controls.experiment import Experiment

_MOST_GROWING = 256


class _Traces(Shelf[Trace]):
    """Traces by what decides them. They are frozen, so sessions share them."""

    def __init__(self) -> None:
        super().__init__(KEPT_TRACE_BYTES, _size)
        self._growing: OrderedDict[Any, Any] = OrderedDict()  # by its subject, the key of a trace that still grows
        self._growing_lock = threading.Lock()

    def supersede(self, subject: Any, key: Any) -> None:
        """Drop what was kept of `subject` under another key: it has grown since."""
        with self._growing_lock:
            before, self._growing[subject] = self._growing.get(subject), key
            while len(self._growing) > _MOST_GROWING:
                self._growing.popitem(last=False)
        if before != key:
            self.drop(before)


def shaped_as(experiment: Experiment) -> Model:
    """A network of an experiment's shapes, for which snapshots are given: nobody asks for its weights or changes it."""
    return _shaped(replace(configs(experiment)[0], seed=0))


@lru_cache(maxsize=KEPT_PACKETS)
def _shaped(config: ModelConfig) -> Model:
    return build_model(config)


def model_at(run: Run, epoch: int) -> Model:
    """The network as it was after `epoch` updates, one of `run.kept`."""
    model = build_model(configs(run.experiment)[0])
    load_parameters(model, run.snapshots[run.kept.index(epoch)])
    return model


def trace_at(run: Run, epoch: int) -> Trace:
    """One of the snapshots of `run` followed through the whole text."""
    return trace_all(run).snapshot(run.kept.index(epoch))


def trace_all(run: Run) -> Trace:
    """All snapshots of `run` followed through the whole text; every array leads with an axis over `run.kept`."""

    def follow() -> Trace:
        task, model = run.task, shaped_as(run.experiment)
        return trace_snapshots(model, run.snapshots, task.inputs(), letters=task.labels, compare=compare)

    compare = run.state != "running"  # no badge is drawn of what grows
    key = run.known, compare
    found = _traces().get(key, follow)
    if not run.finished:
        _traces().supersede((run.experiment, run.face), key)
    return found


def keep_trace(key: Any, make: Callable[[], Trace]) -> Trace:
    """The trace that `key` decides, from `make` unless it is kept."""
    return _traces().get(key, make)


def largest_state(run: Run) -> float:
    """The bound of the scale for what no function bounds, c and the state of a ReLU network: the same on every page.

    It is the largest magnitude of that state over the whole text and all snapshots.
    """
    return _largest_state(run) if run.experiment.cell in ("lstm", "rnn_relu") else 1.0


@of_run()
def _largest_state(run: Run) -> float:
    tr = trace_all(run)
    return largest(tr.c if run.experiment.cell == "lstm" else tr.h)


@st.cache_resource
def _traces() -> _Traces:
    return _Traces()


def _size(tr: Trace) -> int:
    arrays = [*(array for layer in tr.layers for array in layer.values.values()), tr.logits, tr.probabilities]
    states = [state for layer in tr.layers for state in (layer.h_prev, layer.c_prev)]
    return sum(np.asarray(array).nbytes for array in (*arrays, *states) if array is not None)
