"""A changed run as the cell player reads it, packed once for all sessions."""

import numpy as np

from lstmviz.packing import pack_run
from lstmviz.ui.background.bounds import KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import about
from lstmviz.ui.background.remembered import kept
from lstmviz.ui.views.cell.changes import Changed, held


def packed_changed(run: Run, changed: Changed, steps: range) -> bytes:
    """The snapshots of `run`, changed from outside, with what that changes of the predictions.

    The shape of all runs is in `parts/run/data.js`.
    """
    decides = run.known, changed.text, steps
    return kept(lambda: _packed(run, changed, steps), "changed", KEPT_PACKETS, *decides)


def _packed(run: Run, changed: Changed, steps: range) -> bytes:
    part = slice(steps.start, steps.stop)
    effect = changed.effect
    more = {
        "x": changed.letters.astype(np.int32),
        "effect_probability": effect.probability[:, part],
        "effect_loss": (effect.loss_after - effect.loss_before)[:, part],
        "effect_loss_before": effect.loss_before[:, part],
        "effect_loss_after": effect.loss_after[:, part],
        "effect_first": effect.first.astype(np.int32),
        "effect_last": effect.last.astype(np.int32),
    }
    said = about(run) | {"held": held(changed.changes)}
    return pack_run(changed.trace, run.task, changed.parameters, steps, more, **said)
