"""What every part that looks at a run is told of it beside its numbers, and what it may ask for."""

from typing import Any

import numpy as np
import streamlit as st

from lstmviz.figures.theme import Palette
from lstmviz.packing import window
from lstmviz.predictions.patterns import Contrast, contrast, telling_step
from lstmviz.tasks import PatternTask, Task
from lstmviz.tracing.arithmetic import GATES
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import trace_all, trace_at
from lstmviz.ui.frame.controls.experiment import change_experiment
from lstmviz.ui.frame.language import language
from lstmviz.ui.frame.requests.url import VIEW_PARAMS
from lstmviz.ui.parts.part import Part

_THEMES = {name: Palette(dark=name == "dark").as_told for name in ("light", "dark")}


def header(part: Part, run: Run, bound: float) -> dict[str, Any]:
    """The header of the packets that `part` is sent of `run`; `viewer.js` reads it.

    bound: where the scale ends of what no function bounds.
    """
    return {
        "experiment": f"{run.experiment} {run.face}",
        "language": language(),
        "words": part.words(language()),
        "themes": _THEMES,
        "bound": bound,
        "defaults": {"t": _telling(run.task), "epoch": run.kept[-1], **_opens_on(run)},
    }


def _opens_on(run: Run) -> dict[str, Any]:
    """The unit, from 1 on, and the quantity that tell the step worth looking at from its twin; while it trains, any."""
    if run.finished and isinstance(run.task, PatternTask):
        found = _telling_contrast(run)
        if found is not None:
            return {"unit": found.unit + 1, "q": found.quantity}
    return {"unit": 1, "q": GATES[run.experiment.cell][0]}


@of_run()
def _telling_contrast(run: Run) -> Contrast | None:
    return contrast(trace_at(run, run.kept[-1]), run.text, telling_step(run.text))


def _telling(task: Task) -> int:
    """A step worth looking at: of a sequence the last at which something is asked."""
    return telling_step(task) if isinstance(task, PatternTask) else int(np.flatnonzero(task.scored)[-1])


def asked_steps(run: Run) -> range:
    """The steps that are sent of `run`: all, or of a text too long for that those that the URL asks for."""
    return window(trace_all(run), run.task, start=_asked("from"), around=_asked("t"))


def answer(key: str) -> None:
    """Do what the part under `key` asks for: other values in the URL, or another experiment."""
    wish = st.session_state[key].ask
    if not isinstance(wish, dict):
        return
    for name, value in dict(wish.get("url") or {}).items():
        if name in VIEW_PARAMS and value is None:
            st.query_params.pop(name, None)
        elif name in VIEW_PARAMS:
            st.query_params[name] = str(value)
    if wish.get("experiment"):
        change_experiment(**{str(name): str(value) for name, value in wish["experiment"].items()})


def _asked(name: str) -> int | None:
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 8 else None
