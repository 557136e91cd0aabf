"""What sessions share and what is their own, without a browser: two slots stand for two sessions."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from lstmviz.fused import Network, Single, along_units
from lstmviz.store.trainings import TrainingStore
from lstmviz.training import bundles
from lstmviz.ui.background import jobs, kept, runs
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.turns import Turns
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.language import speaking
from lstmviz.ui.waiting import training

QUICK = Experiment("abaB", "lstm", 2, 3, 0.1, 300)
LONG = Experiment("abaB", "lstm", 2, 3, 0.1, 100_000)


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    store = TrainingStore(tmp_path)
    monkeypatch.setattr(kept, "_store", lambda: store)
    return store


def _session(shared, monkeypatch):
    monkeypatch.setattr(runs, "shared_runs", lambda: shared)
    monkeypatch.setattr(training, "shared_runs", lambda: shared)
    return runs.Slot()


def test_who_asks_for_a_training_under_way_waits_for_it(monkeypatch):
    shared = runs.SharedRuns()
    first = _session(shared, monkeypatch)
    job = first.start(QUICK)
    begun = []
    monkeypatch.setattr(runs, "Job", lambda *arguments, **options: begun.append(arguments))
    results = []
    others = [threading.Thread(target=lambda: results.append(shared.joined(QUICK))) for _ in range(5)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert job.wait(30)
    assert len(results) == 5
    assert not begun
    assert shared.get(QUICK) is not None or None in results
    for run in results:
        assert run is None or run.losses.tolist() == job.so_far().losses.tolist()


def test_a_long_training_is_its_sessions_own(monkeypatch):
    shared = runs.SharedRuns()
    first, second = _session(shared, monkeypatch), _session(shared, monkeypatch)
    mine = first.start(LONG)
    assert shared.joined(LONG) is None  # it does not end in a moment
    theirs = second.start(LONG)
    mine.stop()
    assert mine.so_far().state == "stopped"
    assert theirs.so_far().state == "running"
    first.cancel()
    second.cancel()
    assert shared.joined(LONG) is None  # given up is not finished


def test_a_network_beside_that_several_want_is_trained_once(monkeypatch):
    shared, begun = runs.SharedRuns(), []

    def counted(experiment, **options):
        begun.append(experiment)
        return Job(experiment, **options)

    monkeypatch.setattr(runs, "Job", counted)
    some = Experiment("abaB", "lstm", 2, 3, 0.1, 20_000)  # takes longer than five threads need to begin
    results, all_there = [], threading.Barrier(5)

    def session():
        all_there.wait(30)
        results.append(shared.together(some, 60.0))

    sessions = [threading.Thread(target=session) for _ in range(5)]
    for one in sessions:
        one.start()
    for one in sessions:
        one.join()
    assert [run.state for run in results] == ["done"] * 5
    assert shared.get(some) is not None
    assert begun == [some]
    assert shared.together(LONG, 0.1) is None
    assert shared.jobs[LONG].wait(30)  # nobody waits for it any more


def test_who_waits_for_a_network_beside_hears_of_it_and_may_go(monkeypatch):
    turns = Turns(1)
    monkeypatch.setattr("lstmviz.ui.background.jobs.TURNS", turns)
    monkeypatch.setattr("lstmviz.ui.background.turns.SAY_WAITING", 0.05)
    monkeypatch.setattr(runs, "POLL", 0.1)
    other = turns.turn("another", short=True)
    assert other.take()
    shared, heard = runs.SharedRuns(), []

    def look(run):
        heard.append(run.waiting)
        if len(heard) == 10:
            other.give()

    assert shared.together(QUICK, 0.5, look=look).finished  # the wait for its turn is no part of its seconds
    assert heard.count(0) >= 5

    def gone(_):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        shared.together(LONG, 60.0, look=gone)
    assert shared.jobs[LONG].wait(10)
    assert turns.turn("another", short=False).take(0)


def test_a_network_beside_whose_training_was_given_up_is_trained_anew(monkeypatch):
    shared = runs.SharedRuns()
    given_up = shared.begun(LONG)
    threading.Timer(0.2, given_up.cancel).start()
    assert shared.together(LONG, 0.5) is None  # its own takes longer than that
    assert shared.jobs[LONG] is not given_up


def test_after_a_failure_the_next_try_begins_anew(monkeypatch):
    shared = runs.SharedRuns()
    slot = _session(shared, monkeypatch)
    monkeypatch.setattr(training, "_must_ask", lambda slot, experiment: False)
    with monkeypatch.context() as broken:
        broken.setattr("lstmviz.ui.background.jobs.train", lambda *_: (_ for _ in ()).throw(MemoryError("too large")))
        with pytest.raises(MemoryError):
            training._train(slot, QUICK)
    deadline = time.monotonic() + 30
    while not (run := training._train(slot, QUICK)).finished:
        assert time.monotonic() < deadline
    assert run.state == "done"


@pytest.mark.parametrize(("experiment", "state"), [(QUICK, "done"), (LONG, "stopped")])
def test_a_training_given_up_stays_on_display_as_what_it_is(monkeypatch, experiment, state):
    shared = runs.SharedRuns()
    slot = _session(shared, monkeypatch)
    job = slot.start(experiment)
    slot.shown = job.so_far()
    assert slot.shown.state == "running"
    if state == "done":
        assert job.wait(30)
    slot.cancel()
    assert slot.shown.state == state
    assert (shared.get(experiment) is not None) == (state == "done")


def test_a_training_that_came_to_grief_is_given_up_without_a_word(monkeypatch):
    slot = _session(runs.SharedRuns(), monkeypatch)
    job = slot.start(LONG)
    slot.shown = job.so_far()
    job._failure = MemoryError("too large")
    slot.cancel()
    assert (slot.job, slot.shown.state) == (None, "stopped")
    assert job.wait(30)


def test_a_training_to_be_watched_is_not_joined(monkeypatch):
    shared = runs.SharedRuns()
    slot = _session(shared, monkeypatch)
    slot.start(QUICK, spread=60.0)
    assert shared.jobs == {}
    slot.cancel()


def test_the_least_recently_used_runs_are_dropped(monkeypatch):
    shared = runs.SharedRuns()
    monkeypatch.setattr(runs, "KEPT_RUNS", 2)
    for seed in (1, 2, 3):
        job = Job(Experiment("ab", "rnn", 1, seed, 0.1, 1))
        assert job.wait(30)
        shared.put(job.so_far())
        shared.get(Experiment("ab", "rnn", 1, 1, 0.1, 1))
    assert [experiment.seed for experiment in shared.runs] == [3, 1]


def test_what_one_server_has_trained_another_one_shows(own_store):
    first, second = runs.SharedRuns(), runs.SharedRuns()
    trained = Experiment("abaB", "lstm", 2, 3, 0.1, 2000)
    run = first.together(trained, 60.0)
    found = second.get(trained)
    assert found is not None
    assert own_store.files.found == 1
    assert second.get(trained) is found  # from its own memory
    assert own_store.files.found == 1
    for name in ("epochs", "losses", "accuracies"):
        np.testing.assert_array_equal(getattr(found, name), getattr(run, name))
    assert (found.experiment, found.state, found.kept, found.seconds) == (trained, "done", run.kept, run.seconds)
    for one, other in zip(found.snapshots, run.snapshots, strict=True):
        assert list(one) == list(other)
        assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_a_run_is_written_down_once_however_many_waited_for_it(own_store, monkeypatch):
    written = []
    monkeypatch.setattr(own_store, "put", lambda *what: written.append(what))
    shared = runs.SharedRuns()
    run = shared.together(Experiment("abaB", "lstm", 2, 3, 0.1, 2000), 60.0)
    for _ in range(5):
        shared.put(run)
    assert len(written) == 1


def test_a_training_that_is_quicker_than_reading_is_not_written_down(own_store):
    run = runs.SharedRuns().together(Experiment("ab", "rnn", 1, 1, 0.1, 1), 60.0)
    assert run.state == "done"
    assert not list(own_store.files.folder.iterdir())


def test_lengths_of_time_are_said_as_people_do():
    said = [training.duration(seconds) for seconds in (0.2, 20, 89, 300, 9000)]
    assert said == ["less than a second", "20 s", "89 s", "5 min", "2.5 h"]


@pytest.mark.parametrize(
    ("code", "next_", "behind"),
    [
        ("en", "waiting its turn: it comes next", "waiting its turn: {count} before it"),
        ("ko", "차례를 기다리는 중: 바로 다음 차례", "차례를 기다리는 중: 앞에 {count}건"),
    ],
)
def test_the_place_in_line_is_said_in_both_languages(code, next_, behind):
    with speaking(code):
        said = [training.place_in_line(ahead) for ahead in (0, 1, 1200)]
    assert said == [next_, behind.format(count="1"), behind.format(count="1,200")]


def test_a_tab_may_be_closed_at_any_moment(monkeypatch):
    """Closing empties the slot from another thread, also while the script waits for the training."""
    shared = runs.SharedRuns()
    slot = _session(shared, monkeypatch)
    monkeypatch.setattr(training, "is_warm", lambda cell, **_: True)
    monkeypatch.setattr(training, "_must_ask", lambda slot, experiment: False)
    closing = threading.Timer(0.1, slot.cancel)
    closing.start()
    run = training._train(slot, LONG)
    closing.join()
    assert run.kept[0] == 0
    assert not run.finished


@pytest.mark.parametrize(
    ("experiment", "size"),
    [(Experiment("abaB", "gru", 3), 3), (Experiment("abaB", "gru", 20), 20), (Experiment("bit parity", "gru", 6), 16)],
)
def test_the_kernel_that_trains_it_is_the_one_that_is_compiled_before(experiment, size, monkeypatch):
    """What is compiled inside a training is not said: a page would stand still for a minute on a new machine."""
    assert jobs.kernel_of(experiment) == ("gru", size)
    used = []
    for name in ("Batch", "Single", "Network"):
        kernel = getattr(bundles, name)
        monkeypatch.setattr(bundles, name, lambda *a, kernel=kernel, **o: used.append(kernel) or kernel(*a, **o))
    job = jobs.Job(replace(experiment, epochs=1))
    assert job.wait(60)
    assert set(used) == {Network if along_units(size) else Single}


def test_what_takes_long_is_stopped_at_its_last_snapshot_and_is_there_at_once(monkeypatch):
    slot = _session(runs.SharedRuns(), monkeypatch)
    monkeypatch.setattr(runs, "takes_long", lambda experiment: True)
    job = slot.start(LONG)
    while job.so_far().kept[-1] == 0:
        time.sleep(0.01)
    stopped = slot.stop(job)
    assert stopped == replace(LONG, epochs=stopped.epochs)
    run = runs.shared_runs().get(stopped)
    assert (run.state, run.kept[-1], len(run.losses)) == ("done", stopped.epochs, stopped.epochs + 1)
    assert slot.job is None
    slot.go_on(job)
    assert (slot.job, slot.paused, slot.stopped) == (job, None, None)
    assert job.so_far().state == "running"
    slot.release()
    assert job.wait(10)
