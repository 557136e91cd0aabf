"""What a rerun costs the server: CPU of its process for the same view again, and for a new seed beside its training."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.visitor import Visitor
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.navigation import PAGES
from lstmviz.ui.waiting.training import CELLS
from tests.browser.conftest import running_server

AGAIN, SEEDS = 20, 7
QUERY = "task=abcabC&cell=lstm&hidden=3&seed={seed}&lr=0.1&epochs=1500"
# The pages that show the sidebar's network; Gradients trains those of the other cells beside it.
RETRAINED = ("home", "cell", "gates", "training", "states", "gradients", "automaton")


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield f"CPU of the server, ms: the same view again (median of {AGAIN}), a new seed (median of {SEEDS})"
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "log") as url:
        port = urlsplit(url).port
        assert port is not None
        yield from asyncio.run(_measure(port, server_process(port)))


def server_process(port: int) -> psutil.Process:
    """The process that listens on a port of this machine."""
    for one in psutil.net_connections("tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid:
            return psutil.Process(one.pid)
    raise RuntimeError(f"Nobody listens on port {port}.")


async def _measure(port: int, process: psutil.Process) -> list[str]:
    lines, seed = list[str](), int(time.time())  # one that nobody has trained yet
    trained = {cell: statistics.median(_training(cell, seed) for seed in range(SEEDS)) for cell in CELLS}
    async with Visitor(port) as visitor:
        for key, entry in PAGES.items():
            name = "" if key == "home" else Path(entry.file).stem
            for _ in range(3):  # warm-up: a sweep or a lecture is trained to its end
                await visitor.ask(name, QUERY.format(seed=1))
                await _quiet(process)
            again = [await _cpu(process, visitor, name, 1) for _ in range(AGAIN)]
            line = f"  {key:10} {statistics.median(again):6.1f}"
            if key in RETRAINED:
                new = []
                for _ in range(SEEDS):
                    seed += 1
                    new.append(await _cpu(process, visitor, name, seed, settle=0.6))
                alone = sum(trained.values()) if key == "gradients" else trained["lstm"]
                beside = statistics.median(new) - alone
                line += f"   new seed {statistics.median(new):6.1f}: its training {alone:.1f}, the rest {beside:.1f}"
            lines.append(line)
    return lines


async def _quiet(process: psutil.Process) -> None:
    """Wait until the server has had nothing to do for a second."""
    for _ in range(120):
        before = spent(process)
        await asyncio.sleep(1.0)
        if spent(process) - before < 0.02:
            return


async def _cpu(process: psutil.Process, visitor: Visitor, page: str, seed: int, settle: float = 0.05) -> float:
    """Milliseconds of the server's CPU until a page is drawn and nothing goes on."""
    before = spent(process)
    await visitor.ask(page, QUERY.format(seed=seed))
    await asyncio.sleep(settle)
    return 1e3 * (spent(process) - before)


def spent(process: psutil.Process) -> float:
    """Seconds of CPU so far, of threads that have ended too: on Linux to the nanosecond, elsewhere in hundredths."""
    if sys.platform == "linux":
        return time.clock_gettime((~process.pid << 3) | 2)  # the process's own clock, as clock_getcpuclockid names it
    return sum(process.cpu_times()[:2])


def _training(cell: str, seed: int) -> float:
    """Milliseconds of CPU that a training takes alone."""
    before = time.process_time()
    Job(Experiment(cell=cell, seed=seed)).wait(60)
    return 1e3 * (time.process_time() - before)
