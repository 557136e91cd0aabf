"""A network that reads its pattern again and again, for a million steps: where does it first go wrong?

In float64, one number after the other. A sum is taken in another order here than in numpy, so after
many steps of a chaotic network the two can differ in every digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.fused import CELL_NUMBERS, read
from lstmviz.statemap import StateMap, check_letters
from lstmviz.tasks import PatternTask

MAX_STEPS = 100_000_000


@dataclass(frozen=True, eq=False)
class Simulation:
    """What came of reading a pattern repeated without end, for `steps` letters."""

    steps: int
    """how many letters were read"""
    first_wrong: int | None
    """the first step whose most probable letter is not the one that comes; a tie, or a number that is none, is wrong"""
    last_wrong: int | None
    """the last such step"""
    wrong: int
    """how many there are"""
    margin: float
    """the least by which the logit of the right letter was ahead of the next best, over all steps; -inf
    where it was no finite number"""
    margin_at: int
    """the step where that was"""
    end: Array
    """(S,) the state after the last step"""
    kept_steps: NDArray[np.int64]
    """(K,) the steps whose states were asked for"""
    kept: Array
    """(K, S) the states after them"""


def simulate(
    f: StateMap, task: PatternTask, steps: int, *, start: Array | None = None, keep: Sequence[int] = ()
) -> Simulation:
    """Let a network read the pattern of `task` without end.

    Args:
        f: the network, with a head over the letters of the task.
        task: its pattern.
        steps: how many letters to read, 1 to 100,000,000.
        start: (S,) the state to begin in; zeros if left out.
        keep: steps after which the state is kept, in any order.

    Raises:
        ValueError: the network has no head or other letters than the task, or a number is out of range.
    """
    steps = whole_number("steps", steps, 1, MAX_STEPS)
    check_letters(f, task)
    assert f.head is not None
    letters = f.input_size
    kept = np.array(sorted({whole_number("keep", one, 0, steps - 1) for one in keep}), dtype=np.int64)
    s = np.zeros(f.size) if start is None else np.array(start, dtype=float)
    if s.shape != (f.size,):
        raise ValueError(f"`start` must have shape ({f.size},); got {s.shape}.")
    widest = max(letters, f.hidden_size)
    ih = np.zeros((len(f.layers), len(f.layers[0].ih), widest))
    for layer, w in zip(ih, f.layers, strict=True):
        layer[:, : w.ih.shape[1]] = w.ih
    hh, b_ih, b_hh = (np.stack([getattr(w, name) for w in f.layers]) for name in ("hh", "b_ih", "b_hh"))
    states = np.zeros((len(kept), f.size))
    codes = np.append(task.x, task.y[-1])[: task.period].astype(np.int64)
    told = read(CELL_NUMBERS[f.cell], ih, hh, b_ih, b_hh, f.head[0], f.head[1], codes, steps, s, kept, states)
    first, last, wrong, margin, at = told
    return Simulation(
        steps=steps,
        first_wrong=None if first < 0 else int(first),
        last_wrong=None if last < 0 else int(last),
        wrong=int(wrong),
        margin=float(margin),
        margin_at=int(at),
        end=s,
        kept_steps=kept,
        kept=states,
    )
