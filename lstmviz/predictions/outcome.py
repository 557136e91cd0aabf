"""What a network says, held against what is due: the verdict on a trace."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.tasks import PatternTask, Task
from lstmviz.tracing import Trace

MARGIN = 0.1
"""By more than so much what is right must lead for a task to count as solved: who is right by less tosses a coin."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What is said at every step, and whether it is right; with snapshots, every array leads with an axis over them.

    Right means, at a step where something is asked, and never where an output is not finite:

    - one symbol is due: it is the most probable one;
    - several symbols are legal: those, and no others, are the most active ones, each of them more than any illegal one.
      So Hochreiter & Schmidhuber (1997, section 5.1) judge the embedded Reber grammar; it needs no threshold, and for
      one legal symbol it is the same question again;
    - numbers are due: each is at most the task's tolerance away.
    """

    predicted: NDArray[Any]
    """(T,) the most probable symbol, as an index in the task's answers; (T, P) the numbers told"""
    right: NDArray[np.bool_]
    """(T,) whether that is right; False where nothing is asked"""
    certainty: NDArray[Any]
    """(T,) the probability given to the symbol that is due, 0 to 1, to all legal ones together where several are; NaN
    where nothing is asked, and for numbers"""
    margin: NDArray[Any]
    """(T,) by how much: the smallest probability of what is due, or legal, less the largest of any other symbol, -1 to
    1; for numbers the tolerance less the largest error of the step; above 0 where right, NaN where nothing is asked"""
    sure: NDArray[np.bool_]
    """(T,) whether it is right, and by more than `MARGIN`; of numbers, whether it is right"""
    judged: NDArray[np.bool_]
    """(T,) the steps by which success is judged: those of a pattern task's last pattern, else all that are asked"""
    last_pattern: slice | None
    """the steps of the task's last pattern; None for other tasks"""

    @property
    def solved_since(self) -> int | None:
        """The first snapshot from which on every one is right, and sure, at all judged steps; None if the last is not.

        A trace without snapshots counts as one.
        """
        missed = np.flatnonzero(~np.atleast_2d(self.sure)[:, self.judged].all(axis=-1))
        first = int(missed[-1]) + 1 if len(missed) else 0
        return first if first < len(np.atleast_2d(self.sure)) else None


def outcome(told: Trace | NDArray[Any] | None, task: Task) -> Outcome:
    """Hold what a network said while it read the face of `task` against what was due.

    Args:
        told: a trace of the network, of one or of snapshots; or of a trace the probabilities, (T, V) or (E, T, V), and
            for numbers the logits, (T, P) or (E, T, P).
        task: what was read.

    Raises:
        ValueError: there are no outputs, as in the trace of a bare layer, or they are not of the task's steps and size.
    """
    if isinstance(told, Trace):
        told = told.logits if task.of_numbers else told.probabilities
    name = "logits" if task.of_numbers else "probabilities"
    if told is None:
        raise ValueError(f"`{name}` must come from a network with a head; got None.")
    if told.shape[-2:] != (len(task.y), task.output_size):
        raise ValueError(f"`{name}` must end in the shape {(len(task.y), task.output_size)}; got {told.shape}.")
    predicted, right, certainty, margin = _of_numbers(told, task) if task.of_numbers else _of_symbols(told, task)
    right = right & task.scored & np.isfinite(told).all(axis=-1)
    margin = np.where(task.scored, margin, np.nan)
    last = task.last_pattern if isinstance(task, PatternTask) else None
    with np.errstate(invalid="ignore"):
        sure = right if task.of_numbers else right & (margin > MARGIN)
    return Outcome(predicted, right, certainty, margin, sure, task.judged, last)


def legal_mass(told: Trace | NDArray[Any] | None, task: Task) -> NDArray[Any]:
    """How probable what may come is to a network at each step of the face of `task`, all legal symbols together.

    Args:
        told: as for `outcome`.
        task: one of symbols; where one symbol alone is right, it is that one's probability.

    Returns:
        (T,), or (E, T) of snapshots, 0 to 1; NaN where nothing is asked.

    Raises:
        ValueError: as `outcome`; or `task` is one of numbers.
    """
    if task.of_numbers:
        raise ValueError("`task` must be one of symbols; got one of numbers.")
    return outcome(told, task).certainty


def mean_loss(task: Task) -> float:
    """The squared error of who knows nothing of what is read and always tells the mean of what is due: its variance.

    It is that of the task's tests, of each number by itself.

    Raises:
        ValueError: the task is one of symbols.
    """
    if not task.of_numbers:
        raise ValueError("`task` must be one of numbers; got one of symbols.")
    tests = task.tests()
    return float(tests.targets[tests.scored].var(axis=0).mean())


def margins(told: NDArray[Any], due: NDArray[Any], tolerance: float | None = None) -> NDArray[Any]:
    """By how much what is due leads, as `Outcome.margin` has it, whatever is asked: (...).

    Args:
        told: (..., V) probabilities, or (..., P) numbers.
        due: (..., V) True for each symbol that is due or legal, or (..., P) the numbers that are.
        tolerance: how far a number may be off; None for symbols.
    """
    with np.errstate(invalid="ignore"):
        if tolerance is not None:
            off: NDArray[Any] = np.abs(told - due).max(axis=-1)
            return tolerance - off
        least = np.where(due, told, np.inf).min(axis=-1)
        lead: NDArray[Any] = least - np.where(due, 0, told).max(axis=-1)
        return lead


def _of_symbols(told: NDArray[Any], task: Task) -> tuple[NDArray[Any], ...]:
    """What is said, whether right, with what certainty and margin."""
    predicted = told.argmax(axis=-1)
    due = np.arange(task.output_size) == task.y[:, None] if task.legal is None else task.legal
    margin = margins(told, due)
    right = predicted == task.y if task.legal is None else margin > 0
    certainty = np.where(task.scored, np.where(due, told, 0).sum(axis=-1), np.nan)
    return predicted, right, certainty, margin


def _of_numbers(told: NDArray[Any], task: Task) -> tuple[NDArray[Any], ...]:
    margin = margins(told, task.y, task.tolerance)
    return told, margin >= 0, np.full(margin.shape, np.nan), margin
