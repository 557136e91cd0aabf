"""The last pattern at every snapshot: of a training under way, each is followed once, as it comes."""

import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lstmviz.figures.theme import largest
from lstmviz.packing import packet
from lstmviz.tasks import PatternTask, Task
from lstmviz.tracing import Trace, trace_snapshots
from lstmviz.ui.background.bounds import KEPT_ENDS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import about, text_of
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import largest_state, shaped_as, trace_all
from lstmviz.ui.frame.controls.experiment import Experiment

MOST_STEPS = 24
"""Of a longer sequence the last ones are shown."""

Pattern = tuple[NDArray[Any], NDArray[Any]]
"""h (P, H) and what is told, probabilities or numbers, (P, A) over the last pattern, of one snapshot"""


@dataclass
class _Growing:
    """The snapshots of trainings under way, the least recently used training dropped first."""

    found: OrderedDict[tuple[Experiment, int], dict[int, Pattern]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def of(self, run: Run) -> list[Pattern]:
        """All snapshots so far; those that came since the last call are followed now."""
        with self.lock:
            found = self.found.setdefault((run.experiment, run.face), {})
            self.found.move_to_end((run.experiment, run.face))
            new = [e for e, epoch in enumerate(run.kept) if epoch not in found]
            if new:
                task, model = run.task, shaped_as(run.experiment)
                snapshots = [run.snapshots[e] for e in new]
                tr = trace_snapshots(model, snapshots, task.inputs(), compare=False)
                found |= zip([run.kept[e] for e in new], _patterns(tr, task), strict=True)
            while len(self.found) > KEPT_ENDS:
                self.found.popitem(last=False)
            return [found[epoch] for epoch in run.kept]


def shown_of(task: Task) -> slice:
    """The steps that are shown: the last pattern of a text, or of a sequence so many of the last."""
    if isinstance(task, PatternTask):
        return task.last_pattern
    return slice(max(len(task.x) - MOST_STEPS, 0), len(task.x))


def packed_learned(run: Run) -> bytes:
    """The last pattern at every snapshot so far, for the browser."""
    if run.state == "running":
        return _pack(run, _growing().of(run))
    return _packed(run)


def bound(run: Run) -> float:
    """Where the scale of a ReLU network's state ends: of a training under way, at the largest of what is shown."""
    if run.experiment.cell != "rnn_relu":
        return 1.0
    return max(largest(h) for h, _ in _growing().of(run)) if run.state == "running" else largest_state(run)


@of_run(KEPT_ENDS)
def _packed(run: Run) -> bytes:
    tr = trace_all(run)
    return _pack(run, _patterns(tr, run.task), tr.logits)


@st.cache_resource
def _growing() -> _Growing:
    return _Growing()


def _patterns(tr: Trace, task: Task) -> list[Pattern]:
    told, last = np.asarray(tr.logits if task.of_numbers else tr.probabilities), shown_of(task)
    return [(tr.h[e, last].copy(), told[e, last].copy()) for e in range(len(tr.h))]


def _pack(run: Run, patterns: list[Pattern], all_told: NDArray[Any] | None = None) -> bytes:
    """The steps that are shown; the scale of numbers ends where `all_told`, or else what is shown, does."""
    task, last = run.task, shown_of(run.task)
    told = np.stack([one for _, one in patterns])
    x, y = ((array if task.of_numbers else array.astype(np.int32)) for array in (task.x, task.y))
    arrays = {"x": x, "y": y, "h": np.stack([h for h, _ in patterns])}
    arrays["logits" if task.of_numbers else "probabilities"] = told
    if task.of_numbers:
        arrays["scored"] = task.scored.astype(np.uint8)
    if task.legal is not None:
        arrays["legal"] = task.legal.astype(np.uint8)
    return zlib.compress(packet(about(run) | text_of(run, last, told if all_told is None else all_told), arrays), 1)
