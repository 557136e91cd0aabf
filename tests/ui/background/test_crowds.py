"""Trainings that wait together are trained side by side, and nobody can tell by the numbers."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from lstmviz.fused.choice import UNITS_FROM
from lstmviz.training import train_many
from lstmviz.ui.background.jobs import Job, Run
from lstmviz.ui.background.turns import Turns
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.ui.background.patience import wait_for

SMALL = Experiment("abaB", "lstm", 2, 7, 0.1, 200)
UNSTABLE = Experiment("abcabC", "rnn_relu", 8, 1, 1.0, 300)


@contextmanager
def full(turns: Turns):
    """The only slot is taken: all that begins meanwhile waits."""
    blocker = turns.turn("someone", short=True)
    assert blocker.take()
    yield
    blocker.give()


@pytest.fixture
def go_on(monkeypatch) -> threading.Event:
    """Until it is set, crowds stand still behind their first records."""
    event = threading.Event()

    def in_steps(*arguments, **options):
        records = train_many(*arguments, **options)
        yield next(records)
        assert event.wait(60)
        yield from records

    monkeypatch.setattr("lstmviz.ui.background.crowds.train_many", in_steps)
    return event


def waiting(*experiments: Experiment) -> list[Job]:
    """Their jobs, each in line."""
    jobs = list[Job]()
    for one in experiments:
        jobs.append(Job(one))
        wait_for(lambda: jobs[-1]._turn.waits)
    return jobs


def ended(job: Job) -> Run:
    assert job.wait(30)
    return job.so_far()


def equal(run: Run, other: Run) -> None:
    assert run.state == other.state
    assert run.diverged_at == other.diverged_at
    assert run.kept == other.kept
    for name in ("epochs", "losses", "accuracies"):
        np.testing.assert_array_equal(getattr(run, name), getattr(other, name))
    for one, two in zip(run.snapshots, other.snapshots, strict=True):
        assert {name: one[name].tobytes() for name in one} == {name: two[name].tobytes() for name in two}


@pytest.mark.parametrize("shape", [SMALL, UNSTABLE, replace(SMALL, cell="gru", hidden_size=5)])
def test_a_crowd_brings_what_each_brings_alone(one_slot, shape):
    alone = [ended(Job(replace(shape, seed=seed))) for seed in range(6)]
    with full(one_slot):
        jobs = waiting(*(replace(shape, seed=seed) for seed in range(6)))
    for job, run in zip(jobs, alone, strict=True):
        equal(ended(job), run)
    assert {job.crowd for job in jobs} == {jobs[0].crowd}
    assert jobs[0].crowd is not None
    if shape is UNSTABLE:
        assert len({run.diverged_at for run in alone}) > 1


def test_only_what_differs_by_its_seed_alone_goes_together_and_no_more_than_fit(one_slot):
    with full(one_slot):
        others = waiting(replace(SMALL, lr=0.05), replace(SMALL, hidden_size=3), replace(SMALL, task="abcabC"))
        jobs = waiting(*(replace(SMALL, seed=seed) for seed in range(18)))
    for job in (*others, *jobs):
        assert ended(job).state == "done"
    assert [job.crowd for job in others] == [None] * 3
    crowds = [job.crowd for job in jobs]
    assert [crowds.count(one) for one in dict.fromkeys(crowds)] == [16, 2]


def test_large_ones_which_gain_nothing_by_it_stay_alone(one_slot):
    with full(one_slot):
        jobs = waiting(*(replace(SMALL, hidden_size=UNITS_FROM, epochs=5, seed=seed) for seed in range(2)))
    for job in jobs:
        assert ended(job).state == "done"
        assert job.crowd is None


def test_who_trains_the_others_goes_on_for_them_when_it_is_given_up(one_slot, go_on):
    with full(one_slot):
        jobs = waiting(*(replace(SMALL, seed=seed) for seed in range(3)))
    wait_for(lambda: jobs[0].crowd is not None)
    jobs[0].cancel()
    jobs[2].cancel()
    go_on.set()
    assert ended(jobs[1]).state == "done"
    assert len(ended(jobs[1]).losses) == SMALL.epochs + 1


def test_a_crowd_that_nobody_wants_ends(one_slot, go_on):
    with full(one_slot):
        jobs = waiting(*(replace(SMALL, epochs=20_000, seed=seed) for seed in range(2)))
    wait_for(lambda: jobs[0].crowd is not None)
    for job in jobs:
        job.cancel()
    go_on.set()
    for job in jobs:
        assert job.wait(10)
        assert len(job.so_far().losses) < 20_001


def test_one_of_a_crowd_stops_and_goes_on(one_slot, go_on):
    with full(one_slot):
        jobs = waiting(*(replace(SMALL, seed=seed) for seed in range(2)))
    wait_for(lambda: jobs[1].crowd is not None)
    jobs[1].stop()
    go_on.set()
    assert ended(jobs[0]).state == "done"
    stopped = jobs[1].so_far()
    assert stopped.state == "stopped"
    assert len(stopped.losses) < SMALL.epochs
    jobs[1].resume()
    equal(ended(jobs[1]), ended(Job(replace(SMALL, seed=1))))


def test_who_is_stopped_in_line_is_not_taken_along(one_slot):
    with full(one_slot):
        jobs = waiting(*(replace(SMALL, seed=seed) for seed in range(3)))
        jobs[1].stop()
        wait_for(lambda: not jobs[1]._turn.waits)
    assert ended(jobs[0]).state == ended(jobs[2]).state == "done"
    assert jobs[1].crowd is None
    assert len(jobs[1].so_far().losses) == 1
    jobs[1].resume()
    assert ended(jobs[1]).state == "done"


def test_a_failure_reaches_all(one_slot, monkeypatch):
    def fail(*_: object, **__: object):
        raise MemoryError("none left")

    monkeypatch.setattr("lstmviz.ui.background.crowds.train_many", fail)
    with full(one_slot):
        jobs = waiting(SMALL, replace(SMALL, seed=8))
    for job in jobs:
        assert job.wait(10)
        with pytest.raises(MemoryError):
            job.so_far()
