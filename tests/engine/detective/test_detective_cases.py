"""What comes along of the detective's findings is what the network does here."""

import dataclasses
import math

import numpy as np
import pytest

from lstmviz.detective.cases import Cases, investigate, known_cases, read_cases, written_down
from lstmviz.detective.hypotheses import KEYS
from lstmviz.detective.knockout import knock_out
from lstmviz.detective.reader import load_detective
from lstmviz.detective.testing import find_cells


def test_the_file_holds_three_units_for_each_hypothesis():
    found = known_cases()
    assert [case.finding.hypothesis for case in found.cases] == [key for key in KEYS for _ in range(3)]
    for case in found.cases:
        assert 0 < case.p <= 1
        assert 0 < case.finding.corrected <= 1
        assert case.convincing == case.finding.convincing
        assert case.difference.mean == pytest.approx(case.holds.mean - case.elsewhere.mean, abs=1e-5)
        assert case.everywhere.characters == case.holds.characters + case.elsewhere.characters


def test_one_of_its_knockouts_comes_out_again():
    case = known_cases().of("brackets")[0]
    cell = case.finding.cell
    held = knock_out(load_detective(), "brackets", cell.layer, cell.unit, others=0, draws=100)
    if held.bits == pytest.approx(case.bits, abs=1e-4):  # the same text of the library
        assert held.holds.mean == pytest.approx(case.holds.mean, abs=1e-4)
        assert held.held_at == pytest.approx(case.held_at, abs=1e-4)
    assert held.holds.mean > held.elsewhere.mean  # in any version of Python


def test_what_is_written_is_read_again(monkeypatch):
    texts = ('x = "a string of some length"\n' * 6, 'y = ("another", 1)  # and a comment\n' * 5)
    model = load_detective()
    findings = find_cells(model, texts, top=1)
    monkeypatch.setattr("lstmviz.detective.cases.find_cells", lambda model, top: findings)
    seen = []
    found = investigate(model, 1, seen.append)
    assert len(seen) == len(found.cases) == len(findings.findings)
    again = read_cases(written_down(found))
    assert isinstance(again, Cases)
    for one, other in zip(found.cases, again.cases, strict=True):
        assert close(dataclasses.asdict(one), dataclasses.asdict(other))


def close(one, other) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float | np.floating):
        return (math.isnan(one) and math.isnan(other)) or one == pytest.approx(other, abs=1e-5)
    return bool(one == other)
