"""Sweeps on a Dask cluster: the same numbers as here whatever becomes of workers, and a sentence where none answers."""

import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from distributed.comm import CommClosedError

from lstmviz.sweeps import (
    Bundle,
    BundleResult,
    SchedulerError,
    StoppedError,
    Store,
    SweepConfig,
    cluster_threads,
    sweep,
    sweep_bundles,
)
from lstmviz.sweeps import cluster as cluster_module

ROOT = Path(__file__).parents[3]
CONFIG = SweepConfig(task="abaB", cells=("rnn", "lstm"), hidden_size=2, seeds=range(80), epochs=400)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A scheduler and workers on loopback, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = _free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.processes: list[subprocess.Popen] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")

    def _start(self, *arguments: str) -> subprocess.Popen:
        log = self.folder / f"{len(self.processes)}.log"
        with log.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments], cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT
            )
        self.processes.append(process)
        return process

    def add_worker(self) -> subprocess.Popen:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder)]
        return self._start("worker", self.address, "--host", "127.0.0.1", *options)

    def wait_for(self, threads: int) -> None:
        """Until so many workers' threads are known to the scheduler; 0: until it answers at all."""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            try:
                if cluster_threads(self.address) == threads:
                    return
            except SchedulerError as error:
                if threads == 0 and error.reason == "no_workers":
                    return
        raise AssertionError("".join(log.read_text() for log in self.folder.glob("*.log")))

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.end()


def _all_equal(some: dict[Bundle, BundleResult], others: dict[Bundle, BundleResult]) -> bool:
    def parts(result: BundleResult) -> list[np.ndarray]:
        return [result.losses, result.h, result.probabilities, *result.parameters.values()]

    return some.keys() == others.keys() and all(
        a.tobytes() == b.tobytes()
        for bundle, result in some.items()
        for a, b in zip(parts(result), parts(others[bundle]), strict=True)
    )


def test_a_killed_worker_changes_nothing(cluster, tmp_path, monkeypatch):
    threads = {result.bundle: result for result in sweep_bundles(CONFIG.bundles(), scheduler="")}
    workers = [cluster.add_worker(), cluster.add_worker()]
    cluster.wait_for(2)
    monkeypatch.setenv("LSTMVIZ_SCHEDULER", cluster.address)
    store = Store(tmp_path / "store")
    found = {}
    for result in sweep_bundles(CONFIG.bundles(), store=store):
        if not found:  # both are at work, with more waiting at each
            workers[0].kill()
        found[result.bundle] = result
    assert workers[0].wait() != 0
    assert _all_equal(found, threads)
    assert cluster_threads(cluster.address) == 1
    # What came from the cluster was kept: nothing is left for it to do.
    again = {result.bundle: result for result in sweep_bundles(CONFIG.bundles(), store=Store(tmp_path / "store"))}
    assert _all_equal(again, threads)
    assert store.found == 0


def test_who_stops_takes_back_what_is_handed_out(cluster):
    worker = cluster.add_worker()
    cluster.wait_for(1)
    long = SweepConfig(cells="lstm", hidden_size=64, seeds=range(64), epochs=100_000).bundles()

    def stop(bundle: Bundle, epoch: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        next(sweep_bundles(long, scheduler=cluster.address, look=stop))
    began = time.monotonic()
    runs = sweep(replace(CONFIG, seeds=range(3)), scheduler=cluster.address)
    assert len(list(runs)) == 6
    assert time.monotonic() - began < 120  # one of those that were taken back takes many minutes
    # The last worker gone, and with it the scheduler: told, not waited for.
    with closing(sweep_bundles(CONFIG.bundles(), scheduler=cluster.address)) as results:
        next(results)
        worker.kill()
        cluster.processes[0].kill()
        with pytest.raises(SchedulerError) as lost:
            list(results)
    assert (lost.value.reason, lost.value.address) == ("unreachable", cluster.address)


def test_a_connection_that_breaks_in_the_middle_of_an_answer_is_a_lost_scheduler():
    class Torn:
        def result(self, timeout):
            raise CommClosedError("in <TCP>: ConnectionResetError")

    with pytest.raises(SchedulerError) as lost:
        cluster_module._result(None, Torn(), "tcp://127.0.0.1:1")
    assert lost.value.reason == "unreachable"


def test_lost_workers_are_waited_for_but_not_forever(cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "LOST_SECONDS", 1.0)
    cluster.wait_for(0)
    with pytest.raises(SchedulerError, match="has no workers; start some with") as nobody:
        next(sweep_bundles(CONFIG.bundles(), scheduler=cluster.address))
    assert nobody.value.reason == "no_workers"
    worker = cluster.add_worker()
    cluster.wait_for(1)
    with closing(sweep_bundles(CONFIG.bundles(), scheduler=cluster.address)) as results:
        next(results)
        worker.kill()
        with pytest.raises(SchedulerError, match="no workers") as lost:
            list(results)
    assert lost.value.reason == "no_workers"


def test_a_result_whose_worker_died_before_it_was_handed_over_is_not_waited_for_forever(monkeypatch):
    """Dask takes the future back to be done again: by nobody, where that was the last worker."""
    monkeypatch.setattr(cluster_module, "LOST_SECONDS", 0.3)
    workers = iter([1, 1, 0])  # and none any more

    class Rescheduled:
        asked = 0

        def result(self, timeout):
            self.asked += 1
            time.sleep(0.05)
            if self.asked == 40:
                return "digest", "the result"
            raise TimeoutError

    monkeypatch.setattr(cluster_module, "_threads", lambda *_: next(workers, 0))
    future = Rescheduled()
    with pytest.raises(SchedulerError) as lost:
        cluster_module._result(None, future, "tcp://127.0.0.1:1")
    assert lost.value.reason == "no_workers"
    assert 5 < future.asked < 40
    monkeypatch.setattr(cluster_module, "_threads", lambda *_: 1)
    assert cluster_module._result(None, future, "tcp://127.0.0.1:1") == ("digest", "the result")


def test_workers_with_another_lstmviz_are_refused(cluster, monkeypatch):
    cluster.add_worker()
    cluster.wait_for(1)
    monkeypatch.setattr(cluster_module, "code_digest", lambda: "another")
    with pytest.raises(SchedulerError, match="install the same ones") as other:
        next(sweep(CONFIG, scheduler=cluster.address))
    assert other.value.reason == "version"


@pytest.mark.parametrize(
    ("address", "reason", "sentence"),
    [
        ("tcp://127.0.0.1:{port}", "unreachable", "start one with `python -m dask scheduler`"),
        ("tcp://nobody.invalid:8786", "unreachable", "No Dask scheduler answers at tcp://nobody.invalid:8786"),
        ("localhost:8786", "address", "must be an address such as tcp://127.0.0.1:8786; got 'localhost:8786'"),
        ("tcp://localhost", "address", "must be an address"),
        ("tcp://localhost:99999", "address", "must be an address"),
        ("http://localhost:8786", "address", "must be an address"),
        ("tcp://local host:8786", "address", "must be an address"),
    ],
)
def test_where_nobody_can_help_is_told_within_five_seconds(address, reason, sentence):
    address = address.format(port=_free_port())
    began = time.monotonic()
    with pytest.raises(SchedulerError) as error:
        next(sweep(CONFIG, scheduler=address))
    assert time.monotonic() - began < 5
    assert (error.value.reason, error.value.address) == (reason, address)
    assert sentence in str(error.value)
    copy = pickle.loads(pickle.dumps(error.value))
    assert (copy.reason, str(copy)) == (reason, str(error.value))


def test_somebody_who_listens_but_is_no_scheduler_is_told_within_five_seconds():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        with pytest.raises(SchedulerError) as error:
            cluster_threads(f"tcp://127.0.0.1:{mute.getsockname()[1]}")
        assert time.monotonic() - began < 5
    assert error.value.reason == "unreachable"


def test_without_dask_one_is_told_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SchedulerError, match="pip install") as error:
        cluster_threads("tcp://127.0.0.1:8786")
    assert error.value.reason == "missing"
