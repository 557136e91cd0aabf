"""How much of the last loss reaches each earlier state, by the length of the sequence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.gradients import gradients_through_time
from lstmviz.models import Model
from lstmviz.tasks import Examples
from lstmviz.tasks.matching import MatchingTask


@dataclass(frozen=True, eq=False)
class Reach:
    """The gradients of one network, over some sequences of each length."""

    halves: tuple[int, ...]
    log10: NDArray[np.float64]
    """(halves, 2 * longest) mean over the sequences of log10 |dL/dh_k| / |dL/dh_T|, of the state k steps before the
    last, 0 at k = 0; NaN before the sequence begins, and where the gradient is exactly 0 in all of them"""
    dead: NDArray[np.float64]
    """(halves, 2 * longest) in which share of the sequences it is exactly 0, as behind ReLUs that are all off; 0 to 1,
    NaN before the sequence begins"""


def reach(model: Model, task: MatchingTask, sequences: int = 12) -> Reach:
    """Follow the loss of the last step back through `sequences` tests of each length.

    The gradient is the exact one in float64, as `gradients_through_time` finds it.

    Raises:
        TypeError: as `gradients_through_time`.
        ValueError: likewise, or the network has diverged.
    """
    halves = tuple(range(1, task.longest + 1))
    log10, dead = np.full((2, len(halves), 2 * task.longest), np.nan)
    tests = task.tests(256 * task.longest)
    for row, half in enumerate(halves):
        rows = np.flatnonzero(tests.lengths == 2 * half)[:sequences]
        found = np.array([_one(model, task, tests.rows(rows[[k]])) for k in range(len(rows))])
        if not len(found):
            continue
        zero = np.isneginf(found)
        alive = np.where(zero, np.nan, found)
        counted = (~zero).sum(axis=0)
        with np.errstate(invalid="ignore"):
            log10[row, : 2 * half] = np.where(counted > 0, np.nansum(alive, axis=0) / counted, np.nan)
        dead[row, : 2 * half] = zero.mean(axis=0)
    return Reach(halves, log10, dead)


def _one(model: Model, task: MatchingTask, example: Examples) -> NDArray[np.float64]:
    """(2n,) log10 of the gradients to the states, the last one first, each by that of the last."""
    symbols = "".join(task.alphabet[code] for code in example.inputs[0])
    gradients = gradients_through_time(model, task.reading(symbols), steps=slice(0, len(symbols)))
    if gradients.first_not_finite is not None:
        raise ValueError("`model` must have numbers that are finite; this one has diverged.")
    back = gradients.log10_h[-1, ::-1].astype(float)
    return back - back[0] if np.isfinite(back[0]) else np.full(len(back), -np.inf)
