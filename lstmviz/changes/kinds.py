"""What can be changed in a network from outside: a gate held, a unit off, another letter, a weight typed over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, real_number, whole_number
from lstmviz.models import MAX_SIZE
from lstmviz.tasks import MAX_LETTERS, MAX_REPEATS, Task

QUANTITIES = {
    "rnn": ("h",),
    "rnn_relu": ("h",),
    "lstm": ("i", "f", "g", "o", "c", "h"),
    "gru": ("r", "z", "n", "h"),
}
"""What can be held in each cell, in the order in which a step computes it."""
STATES = {"rnn": ("h",), "rnn_relu": ("h",), "lstm": ("h", "c"), "gru": ("h",)}
"""What each cell starts from."""
WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "head.weight", "head.bias")
"""What can be typed over."""
LARGEST = 1e6
"""The largest magnitude of a state or weight that is set by hand."""

RANGES = (
    dict.fromkeys("ifozr", (0.0, 1.0)) | dict.fromkeys("gn", (-1.0, 1.0)) | dict.fromkeys("ch", (-LARGEST, LARGEST))
)
"""Between which numbers each can be held."""
_MAX_STEP = MAX_LETTERS * MAX_REPEATS


@dataclass(frozen=True)
class Hold:
    """A gate, candidate or state held at a value where a step computes it: all that comes after it uses that value.

    A unit switched off is `Hold("h", 0.0, unit)`.

    Raises:
        ValueError: a value is out of range.
    """

    quantity: str
    """what the cell computes: i f g o c h for an LSTM, r z n h for a GRU, h for a plain network"""
    value: float
    """0 to 1 for the gates i f o r z, -1 to 1 for the candidates g n, at most 1e6 in magnitude for the states c h"""
    unit: int | None = None
    """0 to H - 1; None for every unit"""
    first: int = 0
    """the first step in which it is held"""
    last: int | None = None
    """the last one; None for the end of the text"""

    def __post_init__(self) -> None:
        one_of("quantity", self.quantity, tuple(RANGES))
        first = whole_number("first", self.first, 0, _MAX_STEP)
        last = None if self.last is None else whole_number("last", self.last, first, _MAX_STEP)
        _set(self, value=_value(self.value, *RANGES[self.quantity]), unit=_unit(self.unit), first=first, last=last)


@dataclass(frozen=True)
class Read:
    """Another letter read at one step; the letter to predict there stays that of the text.

    Raises:
        ValueError: a value is out of range.
    """

    step: int
    """0 to T - 1"""
    letter: int
    """an index in the alphabet"""

    def __post_init__(self) -> None:
        step, letter = whole_number("step", self.step, 0, _MAX_STEP), whole_number("letter", self.letter, 0, MAX_SIZE)
        _set(self, step=step, letter=letter)


@dataclass(frozen=True)
class Start:
    """The state before the first step, which is 0 otherwise.

    Raises:
        ValueError: a value is out of range.
    """

    quantity: str
    """"h", or for an LSTM "c\""""
    unit: int | None
    """0 to H - 1; None for every unit"""
    value: float
    """at most 1e6 in magnitude"""

    def __post_init__(self) -> None:
        one_of("quantity", self.quantity, ("h", "c"))
        _set(self, unit=_unit(self.unit), value=_value(self.value, -LARGEST, LARGEST))


@dataclass(frozen=True)
class SetWeight:
    """One weight typed over, for the whole text.

    Raises:
        ValueError: a value is out of range.
    """

    name: str
    """"weight_ih", "weight_hh", "bias_ih", "bias_hh" for the layer's, "head.weight", "head.bias" for the head's"""
    index: tuple[int, ...]
    """(row, column), or (row,) in a bias, in torch's matrix: H rows each of i, f, g, o, of r, z, n in a GRU"""
    value: float
    """at most 1e6 in magnitude"""

    def __post_init__(self) -> None:
        one_of("name", self.name, WEIGHTS)
        count = 1 if "bias" in self.name else 2
        if not isinstance(self.index, tuple) or len(self.index) != count:
            raise ValueError(f"`index` must be a tuple of {count} for {self.name}; got {self.index!r}.")
        index = tuple(whole_number("index", k, 0, 4 * MAX_SIZE) for k in self.index)
        _set(self, index=index, value=_value(self.value, -LARGEST, LARGEST))


Change = Hold | Read | Start | SetWeight
"""Any of the changes; of several about the same thing the last one counts."""


def letters_read(task: Task, changes: Iterable[Change]) -> NDArray[np.int64]:
    """The letters that the network reads in `task` with `changes` made, (T,), as indices in the alphabet.

    Raises:
        IndexError: a change names a step that the text does not have.
    """
    read = task.x.copy()
    for change in changes:
        if isinstance(change, Read):
            read[change.step] = change.letter
    return read


def changed_weights(parameters: Mapping[str, np.ndarray], changes: Iterable[Change]) -> dict[str, np.ndarray]:
    """`parameters`, named as `parameters_of` names them, with the weights typed over that `changes` name.

    Only the arrays that change are copied.

    Raises:
        KeyError: a change names a weight that is not there.
        IndexError: it names a row or column that is not there.
    """
    changed = dict(parameters)
    for change in changes:
        if isinstance(change, SetWeight):
            name = change.name if change.name.startswith("head") else f"recurrent.{change.name}_l0"
            changed[name] = changed[name].copy()
            changed[name][change.index] = change.value
    return changed


def _value(value: Any, low: float, high: float) -> float:
    return real_number("value", value, low, high) + 0.0  # -0.0 is 0 to a reader


def _unit(unit: Any) -> int | None:
    return None if unit is None else whole_number("unit", unit, 0, MAX_SIZE - 1)


def _set(change: Change, **checked: Any) -> None:
    """Put the checked values in place: numpy's numbers become Python's."""
    for name, value in checked.items():
        object.__setattr__(change, name, value)
