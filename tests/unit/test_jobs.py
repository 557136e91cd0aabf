"""Background training: the same records as in the foreground, stopped and resumed at will."""

import threading
import time

import numpy as np
import pytest

from lstmviz.models import build_model, parameters_of
from lstmviz.training import train
from lstmviz.ui.background.jobs import Job, configs
from lstmviz.ui.frame.experiment import Experiment

SMALL = Experiment("abaB", "lstm", 2, 7, 0.1, 200)
LONG = Experiment("abaB", "lstm", 2, 7, 0.1, 100_000)


def _wait_for(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


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
    _wait_for(lambda: len(job.so_far().epochs) > 10)
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
