"""Sweeps in the background: shared by those who ask the same, stopped by each for itself."""

import socket
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lstmviz.base.cores import cores
from lstmviz.sweeps import Store, SweepConfig, sweep_bundles
from lstmviz.ui.background.sweeping import SweepWorker
from lstmviz.ui.background.turns import Turns
from lstmviz.ui.background.watched import Shared, View


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """Sweeps begin without earlier results, and leave none behind."""
    store = Store(tmp_path)
    monkeypatch.setattr("lstmviz.ui.background.sweeping._store", lambda: store)
    return store


@pytest.fixture
def one_slot(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """A machine of one core, and waits that are talked about soon."""
    turns = Turns(1)
    monkeypatch.setattr("lstmviz.ui.background.watched.TURNS", turns)
    monkeypatch.setattr("lstmviz.ui.background.turns.SAY_WAITING", 0.05)
    return turns


QUICK = SweepConfig(cells=("rnn", "lstm"), seeds=range(20), epochs=30)
LONG = SweepConfig(cells=("rnn", "lstm"), seeds=range(64), epochs=20_000)


def _shared_worker(shared: Shared, config: SweepConfig) -> SweepWorker:
    return shared.worker(config, lambda: SweepWorker(config))


def _until(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_brings_what_the_engine_brings():
    job = View(SweepWorker(QUICK), ask=None)
    job.wait(30)
    progress = job.so_far()
    assert (progress.state, progress.share, progress.networks_done, progress.networks) == ("done", 1.0, 40, 40)
    assert [result.bundle for result in progress.results] == list(QUICK.bundles())
    found = {result.bundle: result for result in progress.results}
    for wanted in sweep_bundles(QUICK.bundles()):
        np.testing.assert_array_equal(found.pop(wanted.bundle).losses, wanted.losses)
    assert not found


def test_a_stopped_one_keeps_what_it_has_and_goes_on_from_there():
    many = SweepConfig(cells=("rnn", "lstm"), seeds=range(256), epochs=3000)  # bundles that are soon finished
    job = View(SweepWorker(many), ask=None)
    _until(lambda: job.so_far().results)
    job.stop()
    stopped = job.so_far()
    assert stopped.state == "stopped"
    assert 0 < stopped.share < 1
    _until(lambda: not job._worker._thread.is_alive())
    # How promptly, in work: no bundle was begun, and of those under way one a core at most was at its end.
    assert len(job._worker._results) <= len(stopped.results) + cores()
    job.resume()
    _until(lambda: len(job.so_far().results) > len(stopped.results))
    assert set(stopped.results) <= set(job.so_far().results)
    job.stop()


def test_who_stops_does_not_stop_the_others():
    shared = Shared()
    one, other = (View(_shared_worker(shared, LONG), ask=None) for _ in range(2))
    one.stop()
    one.stop()  # twice is no more than once
    before = other.so_far().share
    _until(lambda: other.so_far().share > before)
    assert one.so_far().state == "stopped"
    other.stop()
    _until(lambda: not one._worker._thread.is_alive())
    assert not one._worker._results


def test_a_long_one_waits_for_a_word():
    job = View(SweepWorker(QUICK), ask=600.0)
    assert (job.so_far().state, job.so_far().results) == ("asking", ())
    job.resume()
    job.wait(30)
    assert job.so_far().state == "done"


def test_progress_grows_within_a_bundle_too():
    job = View(SweepWorker(SweepConfig(cells="lstm", seeds=(1,), epochs=5000)), ask=None)
    shares = set()
    while job.so_far().state == "running":
        shares.add(job.so_far().share)
        time.sleep(0.002)
    assert len(shares) > 5
    assert all(0 <= share <= 1 for share in shares)


def test_what_goes_wrong_is_told_to_who_looks(monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError("out of order")
        yield

    shared = Shared()
    with monkeypatch.context() as broken:
        broken.setattr("lstmviz.ui.background.sweeping.sweep_bundles", fail)
        job = View(_shared_worker(shared, QUICK), ask=None)
        job.wait(10)
    assert job.failed
    with pytest.raises(RuntimeError, match="out of order"):
        job.so_far()
    job.stop()  # as the page does with what it no longer shows
    assert not job._worker.watched
    again = View(_shared_worker(shared, QUICK), ask=None)
    again.wait(30)
    assert again.so_far().state == "done"


def test_of_sweeps_that_were_only_asked_about_some_are_kept(monkeypatch):
    monkeypatch.setattr("lstmviz.ui.background.watched.KEPT_IDLE_SWEEPS", 3)
    shared = Shared()
    for epochs in range(1, 9):
        _shared_worker(shared, SweepConfig(cells="lstm", seeds=(1,), epochs=epochs))
    assert [config.epochs for config in shared.workers] == [5, 6, 7, 8]


def test_old_results_make_room(monkeypatch):
    monkeypatch.setattr("lstmviz.ui.background.watched.KEPT_SWEEP_BYTES", 1)
    shared = Shared()
    job = View(_shared_worker(shared, QUICK), ask=None)
    job.wait(30)
    assert _shared_worker(shared, QUICK) is job._worker
    job.stop()
    other = _shared_worker(shared, LONG)
    assert list(shared.workers) == [LONG]
    assert _shared_worker(shared, LONG) is other


def test_without_the_cluster_that_was_asked_for_this_machine_trains(monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    monkeypatch.setenv("LSTMVIZ_SCHEDULER", address)
    job = View(SweepWorker(QUICK), ask=None)
    job.wait(30)
    progress = job.so_far()
    assert (progress.state, progress.networks_done) == ("done", 40)
    assert progress.refused is not None
    assert (progress.refused.reason, progress.refused.address) == ("unreachable", address)


def test_a_sweep_waits_for_its_turn_and_says_so(one_slot: Turns):
    other = one_slot.turn("another", short=True)
    assert other.take()
    job, behind = (View(SweepWorker(config), ask=None) for config in (QUICK, LONG))
    _until(lambda: job.so_far().waiting == 0 and behind.so_far().waiting is not None)
    assert behind.so_far().waiting > 0
    assert job.so_far().share == 0
    job.stop()
    _until(lambda: not job._worker._thread.is_alive())
    _until(lambda: behind.so_far().waiting == 0)
    assert (job.so_far().state, job.so_far().waiting) == ("stopped", None)
    job.resume()
    other.give()
    job.wait(30)
    progress = job.so_far()
    assert (progress.state, progress.networks_done, progress.waiting) == ("done", 40, None)
    behind.stop()
    _until(lambda: not behind._worker._thread.is_alive())
    assert not behind._worker._results
    assert other.take(0)


def test_sweeps_take_turns(one_slot: Turns):
    jobs = [View(SweepWorker(replace(LONG, epochs=LONG.epochs + k)), ask=None) for k in range(2)]
    for job in [*jobs, *jobs]:
        reached = job.so_far().share
        _until(lambda job=job, reached=reached: job.so_far().share > reached)
    quick = one_slot.turn("another", short=True)
    assert quick.take(5)
    quick.give()
    for job in jobs:
        job.stop()
        _until(lambda job=job: not job._worker._thread.is_alive())
        assert not job._worker._results


def test_what_is_in_the_store_is_not_trained_again(own_store: Store):
    for _ in sweep_bundles(QUICK.bundles(), store=own_store):
        pass
    known = own_store.found
    job = View(SweepWorker(QUICK), ask=None)
    job.wait(30)
    assert job.so_far().networks_done == 40
    assert own_store.found == known + len(list(QUICK.bundles()))
