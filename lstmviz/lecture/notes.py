"""The numbers that the notes print, and the comparison of ours with them.

Every printed number is kept as the text that was printed, because its last digit is part of what it says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lstmviz.cells.step import Array

_NOTES: dict[str, Any] = json.loads((Path(__file__).parent / "numbers.json").read_text(encoding="utf-8"))

SOURCES: Mapping[str, str] = _NOTES["sources"]
"""What the project's examples come from: title, author and date, as far as they are known; "lecture" comes first."""


EDGE = 0.1
"""How far beyond the edge between two digits a number still agrees, in units of its last printed digit.

Thousands of updates in float32 leave a noise of 0.02 to 0.08 of that unit (see `groups`), so on the edge the last bit
of some sum decides which digit is printed, and another order of the same sums may decide otherwise.
"""

_SIGNS = ("+", "-")


@dataclass(frozen=True)
class Line:
    """Numbers that stand side by side in the notes."""

    run: str
    """what they are read from: "zeros" (the trained network, started from a state of zeros), "last_state" (started from
    the state in which the first pass ended), "replay" (the notes' own loop) or "recurrence" (the loop put right)"""
    quantity: str
    """h, c, i, f, g, or yhat for the probabilities"""
    at: tuple[tuple[int, int], ...]
    """(step, unit) of each number; a negative step counts from the end"""
    expected: tuple[str, ...]
    """each number as printed; "+" or "-" where only its sign is told"""
    tolerance: tuple[float, ...] | None = None
    """how far each may be off; None: not at all, to the last printed digit"""


@dataclass(frozen=True)
class Comparison:
    """A line of the notes and the numbers that came out here, in the order of `line.expected`."""

    line: Line
    ours: tuple[float, ...]

    @property
    def rounded(self) -> tuple[str, ...]:
        """Ours, with as many digits as the notes print; with one more where it agrees from beyond the edge."""
        return tuple(
            _like(text, value, more=agrees and _like(text, value) != text and self.line.tolerance is None)
            for text, value, agrees in zip(self.line.expected, self.ours, self.agrees, strict=True)
        )

    @property
    def agrees(self) -> tuple[bool, ...]:
        """Whether ours rounds to the printed digits, but for `EDGE`; or lies within the tolerance, if there is one."""
        tolerances = self.line.tolerance or tuple(_half_a_digit(text) for text in self.line.expected)
        return tuple(
            _like(text, value) == text if text in _SIGNS else abs(value - float(text)) <= tolerance
            for text, value, tolerance in zip(self.line.expected, self.ours, tolerances, strict=True)
        )

    @property
    def differences(self) -> tuple[float | None, ...]:
        """The absolute difference of each from the printed number; None where only a sign is told."""
        pairs = zip(self.line.expected, self.ours, strict=True)
        return tuple(None if text in _SIGNS else abs(value - float(text)) for text, value in pairs)

    @property
    def difference(self) -> float | None:
        """The largest of the differences; None where there is none."""
        return max((size for size in self.differences if size is not None), default=None)


def printed_lines(group: str) -> tuple[Line, ...]:
    """The lines of one group of the notes."""
    return tuple(
        Line(
            run=entry["run"],
            quantity=entry["quantity"],
            at=tuple((entry["step"], unit) for unit in range(len(entry["expected"]))),
            expected=tuple(entry["expected"]),
            tolerance=tuple(entry["tolerance"]) if "tolerance" in entry else None,
        )
        for entry in _NOTES["lines"][group]
    )


def compare(line: Line, values: Mapping[str, Array]) -> Comparison:
    """`line` beside our numbers; `values` holds one array (T, units) for each quantity."""
    return Comparison(line, tuple(float(values[line.quantity][step, unit]) for step, unit in line.at))


def _like(text: str, value: float, more: bool = False) -> str:
    """`value` rounded to the digits of `text`, or to one `more`, and written in the same form."""
    if text in _SIGNS:
        return "+" if value > 0 else "-"
    mantissa, exponent = [*text.split("e"), ""][:2]
    decimals = len(mantissa.partition(".")[2]) + more
    return f"{value:.{decimals}{'e' if exponent else 'f'}}"


def _half_a_digit(text: str) -> float:
    """Half a unit of the last digit of `text`, and the edge."""
    return 0.0 if text in _SIGNS else (0.5 + EDGE) * 10.0 ** int(Decimal(text).as_tuple().exponent)
