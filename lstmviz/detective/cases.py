"""What the detective has found in the network that comes along, measured once by a command and kept beside its weights.

Testing every unit and holding the best ones takes minutes, so the dashboard shows what `python -m lstmviz.detective
investigate` wrote, and says of which Python and when. The same files are held out in each version of Python, but their
text may differ a little; whoever doubts a figure runs the command again.
"""

import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lstmviz.detective.hypotheses import KEYS
from lstmviz.detective.knockout import Change, SignChange, UnitKnockout, knock_out
from lstmviz.detective.reading import Cell
from lstmviz.detective.testing import Finding, find_cells
from lstmviz.models import Model

FILE = Path(__file__).parent / "weights" / "cases.json"
_SIGNS = 8  # of the signs that got dearer, the dearest


@dataclass(frozen=True)
class Case:
    """A unit that was chosen for a hypothesis, what it knows on other text, and what is lost without it."""

    finding: Finding
    convincing: bool
    """as `Finding.convincing`"""
    bits: float
    """what a character costs the whole network, in bits"""
    held_at: float
    everywhere: Change
    holds: Change
    elsewhere: Change
    difference: Change
    above: float | None
    p: float
    """of the difference, against other units held; see `UnitKnockout.p`"""
    p_everywhere: float
    specific: bool
    """as `UnitKnockout.specific`"""
    signs: tuple[SignChange, ...]
    """the signs that got dearest in all, those that got dearer at all"""


@dataclass(frozen=True)
class Cases:
    """All that was found, and by what."""

    written: str
    """date"""
    python: str
    """whose library was read"""
    texts: int
    """how many excerpts chose, and as many confirmed"""
    characters: int
    """of the confirming half"""
    others: int
    """units that each was compared with, held likewise"""
    cases: tuple[Case, ...]
    """those of each hypothesis together, in the order of `KEYS`, the strongest on the choosing half first"""

    def of(self, hypothesis: str) -> tuple[Case, ...]:
        """The units that were chosen for one hypothesis."""
        return tuple(case for case in self.cases if case.finding.hypothesis == hypothesis)


def investigate(model: Model, top: int = 3, look: Callable[[str], None] = lambda _: None) -> Cases:
    """Find the units of `model`, and hold each of the best at its mean; some minutes.

    look: is told each that is done.

    Raises:
        FileNotFoundError: Python's library cannot be read.
    """
    findings = find_cells(model, top=top)
    cases, others = list[Case](), 0
    for key in KEYS:
        for one in findings.best(key):
            held = knock_out(model, key, one.cell.layer, one.cell.unit, findings.confirming)
            others = len(held.others)
            cases.append(_case(one, held))
            look(f"{key}: unit {one.cell.unit + 1} of layer {one.cell.layer + 1}")
    return Cases(
        written=datetime.now(UTC).date().isoformat(),
        python=platform.python_version(),
        texts=len(findings.confirming),
        characters=sum(map(len, findings.confirming)),
        others=others,
        cases=tuple(cases),
    )


def written_down(cases: Cases) -> str:
    """As JSON; what is no number as null."""
    return json.dumps(_plain(asdict(cases)), indent=1)


@cache
def known_cases() -> Cases:
    """What the command has found in the network that comes along."""
    return read_cases(FILE.read_text(encoding="utf-8"))


def read_cases(text: str) -> Cases:
    """What `written_down` wrote."""
    told = json.loads(text)
    cases = []
    for one in told.pop("cases"):
        finding = one.pop("finding")
        cell = Cell(**finding.pop("cell"))
        one["finding"] = Finding(cell=cell, **_numbers(finding))
        one["signs"] = tuple(SignChange(**sign) for sign in one["signs"])
        for name in ("everywhere", "holds", "elsewhere", "difference"):
            one[name] = Change(**_numbers(one[name]))
        cases.append(Case(**one))
    return Cases(cases=tuple(cases), **told)


def _case(one: Finding, held: UnitKnockout) -> Case:
    return Case(
        finding=one,
        convincing=one.convincing,
        bits=held.bits,
        held_at=held.held_at,
        everywhere=held.everywhere,
        holds=held.holds,
        elsewhere=held.elsewhere,
        difference=held.difference,
        above=held.above,
        p=held.p,
        p_everywhere=held.p_everywhere,
        specific=held.specific,
        signs=tuple(sign for sign in held.signs[:_SIGNS] if sign.total > 0),
    )


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(own) for name, own in value.items()}
        case list() | tuple():
            return [_plain(own) for own in value]
        case bool() | np.bool_():
            return bool(value)
        case float() | np.floating():
            return round(float(value), 6) if np.isfinite(value) else None
        case np.integer():
            return int(value)
    return value


def _numbers(told: dict[str, Any]) -> dict[str, Any]:
    """With NaN again where there was no number."""
    return {name: np.nan if value is None else value for name, value in told.items()}
