"""The sections of the page of the gradients, one at a time, and the text beside them."""

from typing import Any

import numpy as np
import streamlit as st

from lstmviz.figures.gradients import strength
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.language import N_, _, language, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.parts.run.sequence import said_of_sequence
from lstmviz.ui.views.gradients import backwards, gain, through_time
from lstmviz.ui.views.gradients.computed import (
    Runs,
    Seen,
    clipping,
    far_lag,
    map_of,
    moments,
    singular_values,
    through_training,
)
from lstmviz.ui.waiting.training import runs_beside

_SECTIONS = {"time": N_("Through time"), "gain": N_("Gain and clipping"), "back": N_("Backwards")}
_FAR = 10


def show(run: Run) -> str:
    """Draw the choice of a section and the one that is chosen; returns its name."""
    chosen = choose_section("gradients_section", {key: _(label) for key, label in _SECTIONS.items()})
    palette = Palette(dark=st.context.theme.type == "dark")
    f = map_of(run)
    if f is None:
        st.info(_("The training diverged: its weights are no finite numbers, and nothing can be followed further."))
    elif chosen == "time":
        through_time.show(run, palette)
    elif chosen == "gain":
        gain.show(run, f, palette)
    else:
        backwards.show(run)
    return chosen


def text(run: Run, section: str) -> tuple[str, str, dict[str, Value]]:
    """Which text fits a run and the section on display, which variant of it, and the values in it."""
    f = map_of(run)
    if f is None:
        return "gradients_diverged", "", {"epoch": f"{run.diverged_at or 0:,}"}
    if section == "time":
        runs = runs_beside(run)
        every = tuple(other.known for other in runs.values())
        kind = "numbers" if run.task.of_numbers else "sequence"
        name = "gradients" if run.experiment.repeats_a_pattern else f"gradients_{kind}"
        return name, "", remembered(lambda: _time(run, runs), "text of gradients", *every, run.experiment, language())
    about = (run.known, language())
    if section == "gain":
        return "gradients_gain", "", remembered(lambda: _gain(run), "text of gains", *about)
    variant = "once" if run.task.scored.sum() == 1 else ""
    return "gradients_back", variant, remembered(lambda: _back(run), "text of the way back", *about)


def _time(run: Run, runs: Runs) -> dict[str, Value]:
    found = {cell: seen for cell, other in runs.items() if (seen := through_training(other)[-1]) is not None}
    own = found.get(run.experiment.cell)
    lag = far_lag(own, _FAR) if own is not None else _FAR
    return _task_says(run) | {
        "lag": lag,
        "cells": " ".join(_cell_says(cell, seen, lag) for cell, seen in found.items()),
        "training": _training_says(run, lag),
        "path": _path_says(found.get("lstm"), lag),
        "state": _singular_says(run, lag),
    }


def _task_says(run: Run) -> dict[str, Value]:
    """How far back the task itself asks, or what it asks and where."""
    if run.experiment.repeats_a_pattern:
        return {"pattern": run.text.pattern, "memory": run.text.memory, "back": run.text.memory - 1}
    return said_of_sequence(run) | {"asked": _asked_says(run)}


def _asked_says(run: Run) -> str:
    """At which steps of the sequence there is a loss."""
    asked = np.flatnonzero(run.task.scored)
    if len(asked) == len(run.task.x):
        return _("Something is asked at each of its {steps} steps, so each has a loss.").format(steps=len(asked))
    if len(asked) == 1:
        text = _("Something is asked at step {step} alone, so there is one loss and one row of squares.")
        return text.format(step=asked[0])
    text = _("Something is asked at {count} of its {steps} steps; only these have a loss and a row of squares.")
    return text.format(count=len(asked), steps=len(run.task.x))


def _share(seen: Seen, of: str, lag: int) -> str:
    """What is left at a lag of the gradient at lag 0."""
    found = seen.lags[of]
    if lag >= len(found.log10) or not np.isfinite(found.log10[lag]):
        return _("nothing")
    return strength(float(found.log10[lag]))


def _cell_says(cell: str, seen: Seen, lag: int) -> str:
    return "{cell}: {share}.".format(cell=CELL_NAMES[cell], share=_share(seen, "h", lag))


def _training_says(run: Run, lag: int) -> str:
    """What was left before the training, and after it."""
    found, places = through_training(run), moments(run)
    first, last = found[0], found[-1]
    if len(places) < 2 or first is None or last is None:
        return ""
    text = _("Before the training {first} was left in this network, after it {last}.")
    return text.format(first=_share(first, "h", lag), last=_share(last, "h", lag))


def _path_says(seen: Seen | None, lag: int) -> str:
    """The direct path of c beside all ways."""
    if seen is None:
        return ""
    text = _(
        "In the LSTM the forget gates alone, along the direct path of c, leave {path} of the gradient on c at lag "
        "{lag}; with all ways it is {all}. The path is one of several: those over h and the gates add to it or take "
        "from it."
    )
    return text.format(path=_share(seen, "path", lag), all=_share(seen, "c", lag), lag=lag)


def _singular_says(run: Run, lag: int) -> str:
    """How much of a deviation of the state is left."""
    values = singular_values(run)
    if lag >= len(values) or not np.isfinite(values[lag, 0]):
        return ""
    resolved = int(np.isfinite(values[lag]).sum())
    text = ngettext(
        "Over {lag} steps the product of all Jacobians changes a deviation of the state by at most a factor of {most}; "
        "{count} of its {size} singular values stands above rounding.",
        "Over {lag} steps the product of all Jacobians changes a deviation of the state by at most a factor of {most}; "
        "{count} of its {size} singular values stand above rounding.",
        resolved,
    )
    return text.format(lag=lag, most=strength(float(values[lag, 0])), count=resolved, size=values.shape[1])


def _gain(run: Run) -> dict[str, Value]:
    f = map_of(run)
    assert f is not None
    found = clipping(run, f)
    at = int(np.abs(found.gains - 1.0).argmin())
    finite = np.isfinite(found.norm)
    said = ""
    if finite.any():
        top = int(np.where(finite, found.norm, -1.0).argmax())
        said = _(
            "At gain 1, as it was trained, the norm of the gradient is {norm}; it is largest, {most}, at gain {gain}."
        )
        said = said.format(norm=_plain(found.norm[at]), most=_plain(found.norm[top]), gain=f"{found.gains[top]:g}")
    return {"norms": said, "cell": CELL_NAMES[run.experiment.cell], "why": _why(run)}


def _why(run: Run) -> str:
    """What holds the product of the slopes down in this cell."""
    if run.experiment.cell == "rnn_relu":
        return _(
            "A ReLU has the slope 1 or 0 and no bound, so nothing holds the product down once the weights are large."
        )
    return _(
        "Large weights do not only multiply: they also push tanh and the gates to their ends, where slopes are near 0. "
        "So a larger gain can make a gradient smaller."
    )


def _back(run: Run) -> dict[str, Value]:
    steps = backwards.steps_of(run.task)
    said: dict[str, Any] = {"first": steps[0], "last": steps[-1], "units": ""}
    if run.experiment.hidden_size > backwards.MOST_UNITS:
        text = _("Of the {count} units the first {shown} can be looked at.")
        said["units"] = text.format(count=run.experiment.hidden_size, shown=backwards.MOST_UNITS)
    return said


def _plain(value: float) -> str:
    return strength(float(np.log10(value))) if value > 0 else "0"
