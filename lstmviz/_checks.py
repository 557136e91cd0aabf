"""Checks shared by the configs: each refuses a value with one sentence that names it, its range and what was given."""

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
        raise ValueError(
            f"`{name}` must be a whole number between {low} and {high}; got {reprlib.repr(value)}."
        ) from None
    if not low <= number <= high:
        raise ValueError(f"`{name}` must be between {low} and {high}; got {reprlib.repr(number)}.")
    return number


def real_number(name: str, value: Any, low: float, high: float, *, above: bool = False) -> float:
    """`value` as a finite `float` in [low, high], or in (low, high] with `above`; booleans and strings do not pass.

    Raises:
        ValueError: `value` is no number, not finite, or outside the range.
    """
    bounds = f"above {low:g}, at most {high:g}" if above else f"between {low:g} and {high:g}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(f"`{name}` must be a number {bounds}; got {reprlib.repr(value)}.")
    number = float(value)
    if not (low < number or (number == low and not above)) or not number <= high:
        raise ValueError(f"`{name}` must be {bounds}; got {number:g}.")
    return number


def one_of(name: str, value: Any, options: Sequence[str]) -> str:
    """`value` if it is one of `options`.

    Raises:
        ValueError: it is not; the message lists the options.
    """
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"`{name}` must be one of {', '.join(options)}; got {reprlib.repr(value)}.")
    return value


def true_or_false(name: str, value: Any) -> bool:
    """`value` if it is a boolean.

    Raises:
        ValueError: it is something else, however true it may look.
    """
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` must be True or False; got {reprlib.repr(value)}.")
    return value
