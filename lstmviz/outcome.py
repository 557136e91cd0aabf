"""What a network predicts, held against what comes: the verdict on a trace."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.tasks import Task


@dataclass(frozen=True, eq=False)
class Outcome:
    """The predictions of every step; with snapshots, every array leads with an axis over them."""

    predicted: NDArray[np.int64]
    """(T,) the most probable letter, as an index in the alphabet"""
    right: NDArray[np.bool_]
    """(T,) whether it is the one that comes; never where a probability is not finite"""
    certainty: NDArray[Any]
    """(T,) the probability given to the letter that comes, 0 to 1"""
    last_pattern: slice
    """the steps of the task's last pattern, by which success is judged"""

    @property
    def solved_since(self) -> int | None:
        """The first snapshot from which on every one names the whole last pattern right; None if the last does not.

        A trace without snapshots counts as one.
        """
        missed = np.flatnonzero(~np.atleast_2d(self.right)[:, self.last_pattern].all(axis=-1))
        first = int(missed[-1]) + 1 if len(missed) else 0
        return first if first < len(np.atleast_2d(self.right)) else None


def outcome(probabilities: NDArray[Any] | None, task: Task) -> Outcome:
    """Hold `probabilities`, (T, V) or (E, T, V) as a trace has them, against the letters of `task`.

    Raises:
        ValueError: there are none, as in the trace of a bare layer, or the steps or letters are not the task's.
    """
    if probabilities is None:
        raise ValueError("`probabilities` must come from a network with a head; got None.")
    if probabilities.shape[-2:] != (len(task.y), len(task.alphabet)):
        raise ValueError(
            f"`probabilities` must end in the shape {(len(task.y), len(task.alphabet))}; got {probabilities.shape}."
        )
    predicted = probabilities.argmax(axis=-1)
    finite = np.isfinite(probabilities).all(axis=-1)
    certainty = np.take_along_axis(probabilities, np.broadcast_to(task.y, predicted.shape)[..., None], axis=-1)[..., 0]
    return Outcome(predicted, (predicted == task.y) & finite, certainty, task.last_pattern)
