"""Checks shared by the configs: each refuses a value with one sentence that names it, its range and what was given."""

import math
import numbers
import operator
import reprlib
from collections.abc import Sequence
from typing import Any


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """`value` as an `int` in [low, high]; numpy integers pass, booleans and floats do not.

    Raises:
        ValueError: `value` is not a whole number, or lies outside the range.
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"`{name}` must be a whole number between {low} and {high}; got {_shown(value)}.") from None
    if not low <= number <= high:
        raise ValueError(f"`{name}` must be between {low} and {high}; got {_shown(number)}.")
    return number


def real_number(name: str, value: Any, low: float, high: float, *, above: bool = False) -> float:
    """`value` as a finite `float` in [low, high], or in (low, high] with `above`; booleans and strings do not pass.

    Raises:
        ValueError: `value` is no number, not finite, or outside the range.
    """
    bounds = f"above {low:g}, at most {high:g}" if above else f"between {low:g} and {high:g}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(f"`{name}` must be a number {bounds}; got {_shown(value)}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not (low < number or (number == low and not above)) or not number <= high:
        raise ValueError(f"`{name}` must be {bounds}; got {number:g}.")
    return number


def one_of(name: str, value: Any, options: Sequence[str]) -> str:
    """`value` if it is one of `options`.

    Raises:
        ValueError: it is not; the message lists the options.
    """
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"`{name}` must be one of {', '.join(options)}; got {_shown(value)}.")
    return value


def true_or_false(name: str, value: Any) -> bool:
    """`value` if it is a boolean.

    Raises:
        ValueError: it is something else, however true it may look.
    """
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` must be True or False; got {_shown(value)}.")
    return value


def instance(name: str, value: Any, kind: type) -> None:
    """Do nothing if `value` is a `kind`.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, kind):
        raise TypeError(f"`{name}` must be a {kind.__name__}; got a value of type {type(value).__name__}.")


def _shown(value: Any) -> str:
    """`value` as a sentence can hold it."""
    try:
        return reprlib.repr(value)
    except ValueError:  # Python writes no whole number of more than some thousand digits
        return "a number of thousands of digits"
