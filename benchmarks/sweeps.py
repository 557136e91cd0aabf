"""Sweeps: the notes' grids, growth with models, steps and sizes, two workers against one, and memory."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

import numpy as np

from benchmarks.training import _notes
from lstmviz.sweeps import SchedulerError, SweepConfig, cluster_threads, estimate_sweep_seconds, sweep, sweep_bundles
from lstmviz.tasks import alphabet_task

ROOT = Path(__file__).parents[1]
PLOT = ROOT / "docs" / "growth.svg"
ROUNDS = 3
# Epochs of the notes' loop that are really timed; the rest is that, scaled.
TIMED = {"rnn": 25, "lstm": 100, "gru": 10}
SEEDS, EPOCHS, HIDDEN = 25, 3000, 3

MODELS = (25, 100, 400, 1000, 2500, 10_000)
REPEATS = (10, 30, 100, 300, 1000)  # of abcabC: 59 to 5999 steps
SIZES = (2, 4, 8, 16, 32, 64)


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    _seconds(SweepConfig(cells=tuple(TIMED), hidden_size=HIDDEN, seeds=range(16), epochs=50))  # loads the kernels
    yield from _grids()
    yield ""
    yield from _growth()
    yield ""
    yield from _workers()
    yield ""
    yield from _memory()


def _seconds(config: SweepConfig, **options) -> float:
    """How long a sweep takes with nothing known."""
    began = time.perf_counter()
    for _ in sweep_bundles(config.bundles(), **{"scheduler": "", **options}):
        pass
    return time.perf_counter() - began


def _grids() -> Iterator[str]:
    task = alphabet_task("abcabC")
    yield f"Grids of {SEEDS} seeds through `sweep`, {task.pattern}, {HIDDEN} hidden nodes, {EPOCHS} epochs, no store."
    notes: dict[str, list[float]] = {cell: [] for cell in TIMED}
    here: dict[tuple[str, ...], list[float]] = {cells: [] for cells in (("rnn", "lstm"), ("gru",))}
    for _ in range(ROUNDS):
        for cells, seconds in here.items():
            for cell in cells:
                scale = SEEDS * EPOCHS / TIMED[cell]
                notes[cell].append(_notes(cell, task, HIDDEN, TIMED[cell]) * scale)
            config = SweepConfig(cells=cells, hidden_size=HIDDEN, seeds=range(SEEDS), epochs=EPOCHS)
            began = time.perf_counter()
            assert sum(1 for _ in sweep(config, scheduler="")) == config.networks
            seconds.append(time.perf_counter() - began)
    for cells, seconds in here.items():
        slow, fast = sum(statistics.median(notes[cell]) for cell in cells), statistics.median(seconds)
        said = estimate_sweep_seconds(SweepConfig(cells=cells, hidden_size=HIDDEN, seeds=range(SEEDS), epochs=EPOCHS))
        yield (
            f"  {' + '.join(cells):10} notes {slow:7.1f} s (scaled)   sweep {fast:6.3f} s, estimated {said:.2f} s   "
            f"{slow / fast:.0f}x"
        )


def _growth() -> Iterator[str]:
    """Time against models, steps and hidden size, each for two cells; draws `PLOT`."""
    short = {"task": "abaB", "cells": "lstm", "hidden_size": 2, "repeats": 25, "epochs": 50, "snapshots": 2}
    lines = {
        "models": (MODELS, [SweepConfig(**short, seeds=range(count)) for count in MODELS]),
        "steps": (
            [6 * repeats - 1 for repeats in REPEATS],
            [SweepConfig(cells="lstm", seeds=range(32), epochs=1500, snapshots=2, repeats=count) for count in REPEATS],
        ),
        "hidden nodes": (
            SIZES,
            [
                SweepConfig(cells="lstm", hidden_size=size, seeds=range(32), epochs=40, snapshots=2, repeats=50)
                for size in SIZES
            ],
        ),
    }
    yield f"Growth (LSTM, {os.cpu_count()} cores, median of {ROUNDS}); slope: of log time against log number."
    measured: dict[str, tuple[Sequence[int], list[float], float]] = {}
    for name, (numbers, configs) in lines.items():
        rounds = np.array([[_seconds(config) for config in configs] for _ in range(ROUNDS)])
        seconds = np.median(rounds, axis=0).tolist()
        # From the second on: the smallest cannot keep all cores at work.
        slope = float(np.polyfit(np.log(numbers[1:]), np.log(seconds[1:]), 1)[0])
        measured[name] = numbers, seconds, slope
        yield f"  {name:13} " + "  ".join(f"{number:>7,}" for number in numbers)
        yield f"  {'seconds':13} " + "  ".join(f"{one:7.3f}" for one in seconds) + f"   slope {slope:.2f}"
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(_plot(measured), encoding="utf-8")
    yield f"  drawn in {PLOT.relative_to(ROOT)}"


def _plot(lines: dict[str, tuple[Sequence[int], list[float], float]]) -> str:
    """Time against each number, both on logarithmic axes, as SVG that suits light and dark pages."""
    left, top, width, height = 64, 40, 560, 330
    spans = [[number for numbers, _, _ in lines.values() for number in numbers]]
    spans.append([one for _, seconds, _ in lines.values() for one in seconds])
    (x0, x1), (y0, y1) = ((int(np.floor(np.log10(min(s)))), int(np.ceil(np.log10(max(s))))) for s in spans)

    def place(number: float, seconds: float) -> tuple[float, float]:
        across, up = (np.log10(number) - x0) / (x1 - x0), (np.log10(seconds) - y0) / (y1 - y0)
        return left + width * float(across), top + height * (1 - float(up))

    parts = []
    for power in range(x0, x1 + 1):
        x, _ = place(10**power, 1)
        parts.append(f'<path class="grid" d="M{x:.1f} {top}V{top + height}"/>')
        parts.append(f'<text x="{x:.1f}" y="{top + height + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y0, y1 + 1):
        _, y = place(1, 10.0**power)
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{left + width}"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    # Told apart by colours that are safe for colour-blind eyes, by marks, and by words at their ends.
    styles = zip(lines.items(), ("#0072b2", "#d55e00", "#009e73"), ("circle", "square", "diamond"), strict=True)
    for row, ((name, (numbers, seconds, slope)), colour, mark) in enumerate(styles):
        points = [place(*point) for point in zip(numbers, seconds, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(mark, x, y, colour) for x, y in points]
        y = top + 14 + 20 * row
        parts.append(_mark(mark, left + 16, y - 4, colour))
        parts.append(f'<text x="{left + 28}" y="{y}">{escape(name)}: slope {slope:.2f}</text>')
    parts.append(
        f'<text class="title" x="{left}" y="20">Time of a sweep (LSTM) against models, steps, hidden nodes</text>'
    )
    parts.append(
        f'<text x="{left + width / 2}" y="{top + height + 40}" text-anchor="middle">number (logarithmic axes)</text>'
    )
    style = (
        "text{font:13px sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.grid{stroke:#8884;fill:none}"
        "@media(prefers-color-scheme:dark){text{fill:#ddd}}"
    )
    size = f'viewBox="0 0 {left + width + 24} {top + height + 54}"'
    title = "<title>Time of a sweep grows in proportion to models and steps</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{title}<style>{style}</style>'
    return "\n".join([head, *parts, "</svg>", ""])


def _mark(kind: str, x: float, y: float, colour: str) -> str:
    match kind:
        case "circle":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
        case "square":
            return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'
        case _:
            return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" fill="{colour}"/>'


def _workers() -> Iterator[str]:
    config = SweepConfig(cells=("rnn", "lstm"), seeds=range(320), epochs=EPOCHS, snapshots=2)  # as for the memory map
    with tempfile.TemporaryDirectory() as folder, _cluster(Path(folder), 1) as one, _cluster(Path(folder), 2) as two:
        addresses = {1: one, 2: two}
        for address in addresses.values():
            _seconds(config, scheduler=address)  # loads torch and the kernels there
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(ROUNDS):
            for count, address in addresses.items():
                seconds[count].append(_seconds(config, scheduler=address))
        threads = {count: statistics.median(_seconds(config, threads=count) for _ in range(ROUNDS)) for count in (1, 2)}
    alone, both = (statistics.median(seconds[count]) for count in (1, 2))
    yield f"Dask workers of one thread each, {config.networks} RNNs and LSTMs, {EPOCHS} epochs, medians of {ROUNDS}."
    yield (
        f"  one worker {alone:.2f} s   two workers {both:.2f} s   {alone / both:.2f}x   "
        f"(threads of one process: {threads[1]:.2f} s and {threads[2]:.2f} s, {threads[1] / threads[2]:.2f}x)"
    )


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    """The address of a scheduler on loopback with `workers` workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    own = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder)]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += [["worker", address, *own]] * workers
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if cluster_threads(address) == workers:
                    break
            except SchedulerError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)
        yield address
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


# In a process of its own, whose memory Linux counts from its own start: what `getrusage` tells holds its parent's too.
_MEASURE = """
import re, sys
from pathlib import Path
from lstmviz.sweeps import SweepConfig, sweep
config = SweepConfig(task="abaB", cells="lstm", hidden_size=4, seeds=range(int(sys.argv[1])), epochs=100)
count = sum(1 for _ in sweep(config, scheduler=""))
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(count, int(peak[1]) / 1024)
"""


def _memory() -> Iterator[str]:
    peaks = {}
    for networks in (1, 1000, 10_000):
        run = subprocess.run(
            [sys.executable, "-c", _MEASURE, str(networks)], cwd=ROOT, check=True, capture_output=True, text=True
        )
        count, peak = run.stdout.split()
        assert int(count) == networks
        peaks[networks] = float(peak)
    yield "Peak memory of a process that goes through a sweep (LSTM, 4 nodes, 100 epochs, 60 looks at each network)."
    yield "  " + "   ".join(f"{networks:,} networks {peak:.0f} MB" for networks, peak in peaks.items())
