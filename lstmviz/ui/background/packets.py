"""Runs as the parts in the browser read them, packed once for all sessions."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.packing import pack_run, packet, said_of
from lstmviz.ui.background.bounds import KEPT_ENDS, KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import trace_all


@of_run(KEPT_PACKETS)
def packed(run: Run, steps: range) -> bytes:
    """The snapshots of `run` through some steps."""
    return pack_run(trace_all(run), run.task, run.snapshots, steps, **about(run))


@of_run(KEPT_ENDS)
def packed_end(run: Run) -> bytes:
    """The last snapshot of `run` through the whole text."""
    said = about(run)
    said |= {"epochs": said["epochs"][-1:], "losses": said["losses"][-1:]}
    if run.task.of_numbers:  # one scale, wherever the run is drawn
        said["largest"] = said_of(run.task, trace_all(run).logits)["largest"]
    tr = trace_all(run).snapshot(slice(-1, None))
    return pack_run(tr, run.task, run.snapshots[-1:], range(len(run.task.x)), **said)


def packed_outline(run: Run) -> bytes:
    """What is known of `run` at each snapshot without its numbers: epochs and losses, over the whole text."""
    task = run.task
    arrays = {
        name: array if task.of_numbers else array.astype(np.int32) for name, array in (("x", task.x), ("y", task.y))
    }
    return zlib.compress(packet(about(run) | text_of(run, slice(0, len(task.x))), arrays), 1)


def text_of(run: Run, steps: slice, told: NDArray[Any] | None = None) -> dict[str, Any]:
    """What a packet of some steps says of the network and of what it read, beside `about`; `told` as for `said_of`."""
    task = run.task
    return {
        "cell": run.experiment.cell,
        "units": run.experiment.hidden_size,
        "alphabet": list(task.alphabet),
        **said_of(task, told),
        "steps": len(task.x),
        "start": steps.start,
        "stop": steps.stop,
    }


def about(run: Run) -> dict[str, Any]:
    """What a packet says of a run beside its numbers; the whole shape is in `parts/run/data.js`."""
    experiment = run.experiment
    return {
        "pattern": experiment.task,
        "seed": experiment.seed,
        "lr": experiment.lr,
        "trained": experiment.epochs,
        "diverged": run.diverged_at,
        "epochs": list(run.kept),
        "losses": [float(loss) if np.isfinite(loss) else None for loss in run.losses[list(run.kept)]],
    }
