"""A changed run as the cell player reads it, packed once for all sessions."""

import numpy as np
import streamlit as st

from lstmviz.packing import pack_run
from lstmviz.ui.background.bounds import KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import about
from lstmviz.ui.frame.experiment import Experiment
from lstmviz.ui.views.cell.changes import Changed, held


def packed_changed(run: Run, changed: Changed, steps: range) -> bytes:
    """The snapshots of `run`, changed from outside, with what that changes of the predictions.

    The shape of all runs is in `parts/run/data.js`.
    """
    return _packed_changed(run.experiment, run.kept, (steps.start, steps.stop), changed.text, run, changed)


@st.cache_resource(max_entries=KEPT_PACKETS, show_spinner=False)
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
    said = about(_run) | {"held": held(_changed.changes)}
    return pack_run(_changed.trace, _run.task, _changed.parameters, range(*steps), more, **said)
