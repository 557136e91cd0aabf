"""One sequence as it is read: what would be answered at each step, and from which on that stands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.models import Model
from lstmviz.tasks.matching import MatchingTask
from lstmviz.tracing import Trace, trace


@dataclass(frozen=True, eq=False)
class Reading:
    """A sequence of T digits and what a network makes of it."""

    symbols: str
    """the T digits"""
    yes: NDArray[np.float64]
    """(T,) the probability of "they match" if the sequence ended with that step, 0 to 1"""
    decided: int
    """the first step, counted from 0, from which on the more probable answer is always the last step's"""
    due: bool
    """whether the halves match"""
    trace: Trace
    """everything that the network computed"""

    @property
    def said(self) -> bool:
        """What it answers when the last digit has been read; a tie counts as no."""
        return bool(self.yes[-1] > 0.5)


def read(model: Model, task: MatchingTask, symbols: str) -> Reading:
    """Let a network read `symbols`, such as "1212".

    Raises:
        ValueError: they are no digits, an odd number of them, or the network's sizes are others.
    """
    face = task.reading(symbols)
    traced = trace(model, face.inputs(), letters=list(symbols))
    assert traced.probabilities is not None  # a Model has a head
    yes = traced.probabilities[:, 1].astype(float)
    others = np.flatnonzero((yes > 0.5) != (yes[-1] > 0.5))
    return Reading(symbols, yes, int(others[-1]) + 1 if len(others) else 0, bool(face.y[-1]), traced)
