"""What a class waits for its trainings while a sweep and somebody's long training are under way."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lstmviz.fused import warm
from lstmviz.sweeps import Store, SweepConfig
from lstmviz.ui.background import sweeping
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.watched import View
from lstmviz.ui.frame.controls.experiment import Experiment

STUDENTS = 60
SWEEP = SweepConfig(task="abcabC", cells=("rnn", "lstm"), seeds=range(500), epochs=3000)
LONG = Experiment(epochs=100_000)
APART = 0.5  # seconds between two students, where they do not press at the same moment


def _waits(apart: float, first_seed: int) -> list[float]:
    """How long each student waits for a new seed."""
    waits = list[float]()

    def student(seed: int) -> None:
        began = time.perf_counter()
        Job(Experiment(seed=seed)).wait(600)
        waits.append(time.perf_counter() - began)

    students = [threading.Thread(target=student, args=(first_seed + k,)) for k in range(STUDENTS)]
    for one in students:
        one.start()
        time.sleep(apart)
    for one in students:
        one.join()
    return waits


def _line(when: str, waits: list[float]) -> str:
    return f"  {when:18} p50 {np.quantile(waits, 0.5):5.2f} s   p95 {np.quantile(waits, 0.95):5.2f} s"


def report() -> Iterator[str]:
    """The lines of the report, as they are measured."""
    for cell in SWEEP.axes.cells:
        warm(cell)
    alone = Job(Experiment(seed=1))
    alone.wait(60)
    yield (
        f"Turns: {STUDENTS} students with a new seed each (alone: {alone.so_far().seconds:.2f} s), "
        f"beside a sweep of {SWEEP.networks:,} networks and a long training."
    )
    with tempfile.TemporaryDirectory() as folder:
        store, kept = Store(Path(folder)), sweeping._store
        sweeping._store = lambda: store  # type: ignore[assignment]
        sweep, long = View(sweeping.SweepWorker(SWEEP), ask=None), Job(LONG)
        try:
            time.sleep(1)
            share, epochs, began = sweep.so_far().share, len(long.so_far().epochs), time.perf_counter()
            yield _line("all at one moment", _waits(0.0, 1000))
            yield _line(f"one each {APART} s", _waits(APART, 2000))
            share, epochs = sweep.so_far().share - share, len(long.so_far().epochs) - epochs
            seconds = time.perf_counter() - began
            yield (
                f"  In these {seconds:.0f} s the sweep trained {share * SWEEP.networks:.0f} networks, "
                f"the long training {epochs:,} epochs."
            )
        finally:
            sweep.stop()
            long.cancel()
            long.wait(60)
            if sweep._worker._thread is not None:
                sweep._worker._thread.join()
            sweeping._store = kept
