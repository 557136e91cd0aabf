"""Background training: the same records as in the foreground, stopped and resumed at will."""

import threading
import time

import numpy as np
import pytest

from lstmviz.models import build_model, parameters_of
from lstmviz.training import train
from lstmviz.ui.background.jobs import Job, configs
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.ui.background.patience import wait_for

SMALL = Experiment("abaB", "lstm", 2, 7, 0.1, 200)
LONG = Experiment("abaB", "lstm", 2, 7, 0.1, 100_000)


def test_a_job_brings_the_records_of_the_training_itself():
    job = Job(SMALL)
    assert job.wait(30)
    run = job.so_far()
    model_config, train_config = configs(SMALL)
    model = build_model(model_config)
    records = list(train(model, run.task, train_config))
    assert run.state == "done"
    assert run.finished
    np.testing.assert_array_equal(run.losses, [r.loss for r in records])
    np.testing.assert_array_equal(run.accuracies, [r.accuracy for r in records])
    assert run.kept == tuple(r.epoch for r in records if r.parameters is not None)
    assert run.loss == records[-1].loss
    for name, value in parameters_of(model).items():
        np.testing.assert_array_equal(run.snapshots[-1][name], value)


def test_stop_holds_at_once_and_resume_goes_on_to_the_same_end():
    straight = Job(SMALL)
    job = Job(SMALL, spread=1.0)
    wait_for(lambda: len(job.so_far().epochs) > 10)
    job.stop()
    time.sleep(0.1)
    held = job.so_far()
    time.sleep(0.2)
    assert job.so_far().state == "stopped"
    assert len(job.so_far().epochs) == len(held.epochs) < 201
    job.resume()
    assert job.so_far().state == "running"
    assert job.wait(30)
    assert straight.wait(30)
    np.testing.assert_array_equal(job.so_far().losses, straight.so_far().losses)


@pytest.mark.parametrize("spread", [0.0, 1e6])
def test_cancel_ends_the_thread(spread):
    job = Job(LONG, spread=spread)
    job.so_far()
    thread = next(t for t in threading.enumerate() if t.name == f"train {LONG}")
    job.stop()
    job.cancel()
    assert not job.so_far().finished
    thread.join(10)
    assert not thread.is_alive()


def test_a_job_knows_how_much_is_done():
    job = Job(LONG)
    wait_for(lambda: job.done_share > 0)
    job.cancel()
    assert job.wait(20)
    assert job.done_share == job.so_far().epochs[-1] / LONG.epochs < 1
    job = Job(SMALL)
    assert job.wait(30)
    assert job.done_share == 1


def test_a_diverged_run_says_when_and_keeps_the_rest():
    job = Job(Experiment("abcabC", "rnn_relu", 8, 1, 10.0, 300))
    assert job.wait(30)
    run = job.so_far()
    assert run.state == "diverged"
    assert run.diverged_at == len(run.epochs)
    assert np.isfinite(run.losses).all()
    assert run.kept[0] == 0


def test_a_failure_reaches_whoever_asks(monkeypatch):
    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("lstmviz.ui.background.jobs.train", fail)
    job = Job(SMALL)
    with pytest.raises(MemoryError, match="no room"):
        job.so_far()


def test_a_training_waits_for_its_turn_and_says_so(one_slot):
    other = one_slot.turn("another", short=True)
    assert other.take()
    first, second = Job(SMALL), Job(SMALL)
    wait_for(lambda: (first.so_far().waiting, second.so_far().waiting) in [(0, 1), (1, 0)])
    assert first.so_far().epochs.tolist() == [0]  # the untrained network can be shown
    assert first.so_far().state == "running"
    second.stop()
    wait_for(lambda: first.so_far().waiting == 0)
    assert (second.so_far().state, second.so_far().waiting) == ("stopped", None)
    other.give()
    assert first.wait(30)
    assert len(second.so_far().epochs) == 1
    second.resume()
    assert second.wait(30)
    assert second.so_far().waiting is None
    np.testing.assert_array_equal(first.so_far().losses, second.so_far().losses)
    assert first.so_far().elapsed < 5  # of which the wait before it began is no part


def test_who_is_given_up_in_line_leaves_it(one_slot):
    other = one_slot.turn("another", short=True)
    assert other.take()
    job = Job(SMALL)
    wait_for(lambda: job.so_far().waiting == 0)
    job.cancel()
    assert job.wait(10)
    other.give()
    assert other.take(0)


@pytest.mark.parametrize("spread", [0.0, 1e6])
def test_neither_a_stopped_training_nor_one_that_naps_holds_a_slot(one_slot, spread):
    job = Job(LONG, spread=spread)
    wait_for(lambda: job._turn.first is not None)
    if not spread:
        job.stop()
    quick = Job(SMALL)
    assert quick.wait(30)
    assert not job.ended
    other = one_slot.turn("another", short=False)
    wait_for(lambda: other.take(0))
    job.cancel()
    assert job.wait(10)


def test_long_trainings_take_turns_and_let_short_ones_go_first(one_slot):
    jobs = [Job(LONG), Job(LONG)]
    for job in [*jobs, *jobs]:
        reached = len(job.so_far().epochs)
        wait_for(lambda job=job, reached=reached: len(job.so_far().epochs) > reached)
    assert Job(SMALL).wait(10)
    assert not any(job.ended for job in jobs)
    assert [job._turn.short for job in jobs] == [False, False]
    for job in jobs:
        job.cancel()
        assert job.wait(10)


@pytest.mark.parametrize(
    ("experiment", "state"), [(SMALL, "done"), (Experiment("abcabC", "rnn_relu", 8, 4, 0.5, 300), "diverged")]
)
def test_a_watched_training_brings_the_same(experiment, state):
    quick, watched = Job(experiment), Job(experiment, spread=0.5)
    assert quick.wait(30)
    assert watched.wait(30)
    expected, run = quick.so_far(), watched.so_far()
    assert (run.state, run.diverged_at, run.kept) == (state, expected.diverged_at, expected.kept)
    assert len(run.epochs) > 5
    np.testing.assert_array_equal(run.losses, expected.losses)
    naps = 0.5 / experiment.epochs * (len(run.epochs) - 1)
    assert run.elapsed - run.seconds >= 0.99 * naps


def test_what_is_watched_takes_as_long_for_each_doubling_of_the_epochs():
    job = Job(SMALL, spread=2.0)
    assert job.wait(60)
    run = job.so_far()
    assert run.spread == 2.0
    assert run.elapsed - run.seconds == pytest.approx(2.0, rel=0.1)
