"""What becomes of a network that reads on and on: its states after a thousand, ten thousand, a million letters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.predictions.simulation import MAX_STEPS, simulate
from lstmviz.statemap import StateMap, state_map
from lstmviz.tasks import PatternTask, check_pattern

STOPS = (1_000, 10_000, 1_000_000)
"""Letters after which it is looked at, if nothing else is said."""


@dataclass(frozen=True, eq=False)
class Stop:
    """A network after so many letters, at the end of a pattern."""

    steps: int
    """how many letters it has read: whole patterns, at least as many as were asked for"""
    state: Array
    """(S,) its state then"""
    moved: Array
    """(S,) by how much the last pattern changed it"""
    wrong: int
    """how many letters it has named wrong so far"""
    margin: float
    """the least by which a right letter's logit was ahead since the stop before; below 0 where one was wrong"""


@dataclass(frozen=True, eq=False)
class LongRun:
    """What came of reading on."""

    stops: tuple[Stop, ...]
    first_wrong: int | None
    """the first step named wrong, None if there is none"""
    last_wrong: int | None
    """the last one"""


def long_run(model: nn.Module | StateMap, task: PatternTask, stops: Sequence[int] = STOPS) -> LongRun:
    """Read the pattern of `task` again and again, in float64, and look at the network now and then.

    Args:
        model: a `Model` of one direction over the letters of the task, or its map.
        task: the pattern.
        stops: letters after which to look, ascending, at most 100,000,000.

    Raises:
        TypeError: `task` is no alphabet pattern, or as `state_map`.
        ValueError: as `state_map` and `simulate`, or `stops` is empty, not ascending, or out of range.
    """
    check_pattern(task)
    f = model if isinstance(model, StateMap) else state_map(model)
    asked = [whole_number("stops", stop, 1, MAX_STEPS - task.period) for stop in stops]
    if not asked or asked != sorted(set(asked)):
        raise ValueError(f"`stops` must be numbers of letters, ascending; got {list(stops)}.")
    seen, found = 0, list[Stop]()
    state: Array = np.zeros(f.size)
    wrong = 0
    first: int | None = None
    last: int | None = None
    for stop in asked:
        whole = -(-stop // task.period) * task.period - seen
        if whole == 0:
            continue
        before = max(whole - task.period - 1, 0)
        part = simulate(f, task, whole, start=state, keep=[before])
        beginning = part.kept[0] if whole > task.period else state
        if part.first_wrong is not None and first is None:
            first = seen + part.first_wrong
        last = last if part.last_wrong is None else seen + part.last_wrong
        wrong, seen, state = wrong + part.wrong, seen + whole, part.end
        with np.errstate(invalid="ignore"):
            found.append(Stop(seen, state, state - beginning, wrong, part.margin))
    return LongRun(tuple(found), first, last)
