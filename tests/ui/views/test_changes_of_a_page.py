"""Changes from the URL: each part that will not do is left out with one sentence, the others are made."""

import numpy as np
import pytest

from lstmviz.changes.effect import trace_changed
from lstmviz.changes.kinds import Hold, Read
from lstmviz.ui.background.jobs import Job, Run
from lstmviz.ui.background.traces import model_at
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.views.cell.changes import changed_run, held, preset_texts, read_changes


@pytest.fixture(scope="module")
def run() -> Run:
    job = Job(Experiment("abaB", "lstm", 2, 1, 0.1, 30))
    job.wait(60)
    return job.so_far()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("nonsense", "is no change"),
        ("f9=0", "a unit that this network does not have (2 in all)"),
        ("r1=0", "nothing that this network computes"),
        ("f1=2", "out of range"),
        ("f1=nan", "out of range"),
        ("f1=0@9999", "no step of this text (0 to 398)"),
        ("x=9@1", "a letter that this text does not have (3 in all)"),
        ("weight_hh.99.1=0", "a weight that this network does not have"),
        ("<b>=1", "“<b>=1”"),
    ],
)
def test_a_part_that_will_not_do(run: Run, part: str, said: str) -> None:
    changes, notices = read_changes(f"f1=0@8;{part};x=2@3", run)
    assert changes == (Hold("f", 0.0, 0, 8, 8), Read(3, 1))
    assert len(notices) == 1
    assert said in notices[0]


def test_too_many_changes_are_cut_off_and_that_is_said(run: Run) -> None:
    changes, notices = read_changes("f1=0@8;" * 100, run)
    assert len(changes) == 64
    assert notices == ["There are more changes than can be made at once: only the first 64 count."]


def test_every_snapshot_is_changed_as_the_engine_changes_one(run: Run) -> None:
    changes, _ = read_changes("f1=0@8-;x=2@3;weight_hh.1.1=2", run)
    changed = changed_run(run, changes)
    assert changed.text == "f1=0@8-;x=2@3;weight_hh.1.1=2"
    for e in (0, len(run.kept) - 1):
        alone = trace_changed(model_at(run, run.kept[e]), run.task, changes)
        for name in ("i", "f", "g", "o", "c", "h"):
            np.testing.assert_allclose(getattr(changed.trace, name)[e], getattr(alone, name), rtol=0, atol=2e-6)
        assert changed.parameters[e]["recurrent.weight_hh_l0"][0, 0] == 2
    assert changed.letters[3] == 1
    assert (np.delete(changed.letters, 3) == np.delete(run.task.x, 3)).all()
    assert held(changes) == [{"quantity": "f", "unit": 0, "first": 8, "last": None}]


def test_many_parts_that_will_not_do_are_one_sentence(run: Run) -> None:
    _, notices = read_changes("f9=0;r1=0;f1=7", run)
    assert len(notices) == 1
    assert notices[0].endswith("2 more changes could not be made.")


def test_presets_can_be_read_again(run: Run) -> None:
    found = preset_texts(run)
    assert {"forget_0", "forget_1", "output_0", "wrong_letter"} <= {preset["key"] for preset in found}
    for preset in found:
        changes, notices = read_changes(preset["text"], run)
        assert changes
        assert not notices


def test_a_wrong_letter_is_looked_at_where_the_network_goes_wrong(run: Run) -> None:
    (wrong,) = (preset for preset in preset_texts(run) if preset["key"] == "wrong_letter")
    changes, _ = read_changes(wrong["text"], run)
    changed = changed_run(run, changes)
    names = changed.trace.probabilities[-1].argmax(-1)
    mistakes = np.flatnonzero(names != run.task.y)
    assert wrong["at"] == mistakes[mistakes >= changes[0].step][0] > changes[0].step
    assert [preset["at"] for preset in preset_texts(run) if preset["key"].startswith("forget")] == [None, None]
