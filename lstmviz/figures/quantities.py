"""What the pictures of a trace are made of: quantities over steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from lstmviz.figures.theme import Scale


@dataclass(frozen=True, eq=False)
class Quantity:
    """One quantity of a trace over the steps of a window, in some snapshots."""

    name: str
    """as a trace names it; "yhat" for the probabilities"""
    sign: str
    """how it is written"""
    word: str
    """what it is called"""
    colour: str
    """its identity colour"""
    scale: Scale
    values: NDArray[Any]
    """(snapshots, steps, units)"""
    units: Sequence[str]
    """names of the units"""


@dataclass(frozen=True, eq=False)
class Rows:
    """The steps of a window."""

    labels: Sequence[str]
    """the letter read at each"""
    answers: Sequence[int]
    """the number of the letter that comes next"""
    starts: Sequence[int]
    """the rows, but for the first, that begin a period"""
