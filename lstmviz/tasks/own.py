"""A series of one's own, whose name holds its numbers: "numbers 1.5 2 0.25"; so a link to it needs nothing else."""

import math
import re
from collections.abc import Sequence

LEAST_NUMBERS, MOST_NUMBERS = 12, 500
"""How many there can be: all of them travel in the URL."""
MAX_NUMBER = 1e12
_BEGIN = "numbers "
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,3})?", re.IGNORECASE)


class NumbersError(ValueError):
    """Numbers that are no series; `kind` says why: "number", with the part that is none, "count" or "size"."""

    def __init__(self, kind: str, sentence: str, part: str = "") -> None:
        """Keep what is wrong, and where."""
        self.kind, self.part = kind, part
        super().__init__(sentence)


def is_series(name: str) -> bool:
    """Whether a task of that name is a series of one's own."""
    return name[: len(_BEGIN)].casefold() == _BEGIN


def series_name(values: Sequence[float]) -> str:
    """The name of the series of these numbers, which it holds to five digits.

    Raises:
        NumbersError: they are fewer than `LEAST_NUMBERS`, more than `MOST_NUMBERS`, or not within `MAX_NUMBER` of 0.
    """
    if not LEAST_NUMBERS <= len(values) <= MOST_NUMBERS:
        sentence = f"`values` must be {LEAST_NUMBERS} to {MOST_NUMBERS} numbers; got {len(values)}."
        raise NumbersError("count", sentence)
    for value in values:
        if not abs(value) <= MAX_NUMBER:  # NaN is not either
            raise NumbersError("size", f"`values` must be at most {MAX_NUMBER:g} from 0; got {value}.", f"{value:g}")
    return _BEGIN + " ".join(f"{value:.5g}" for value in values)


def numbers_in(name: str) -> list[float]:
    """The numbers of a series by its name; commas and semicolons part them as spaces do.

    Raises:
        NumbersError: a part is no number.
    """
    text = name[len(_BEGIN) :].strip(" \t\r\n,;")
    parts = re.split(r"[\s,;]+", text) if text else []
    for part in parts:
        if not _NUMBER.fullmatch(part):
            raise NumbersError("number", f"`name` must hold numbers; got {part[:40]!r}.", part)
    return [float(part) for part in parts]


EXAMPLE_SERIES = series_name(
    [round(10 * math.sin(math.pi * step / 6) + 4 * math.sin(math.pi * step / 2.5), 1) + 0 for step in range(72)]
)
"""Two waves in one, to begin with."""
