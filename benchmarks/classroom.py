"""Sixty students with an action every five seconds each: their waits with a server a core, with one, and its memory."""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.reruns import server_process, spent
from benchmarks.visitor import Visitor
from lstmviz.ui.background.bounds import TRIM_SECONDS
from tests.browser.conftest import ROOT, free_port, running_server
from tests.conftest import own_cache

STUDENTS, THINK = 60, 5.0  # people; seconds between two actions of one, on average
SECONDS, LONG = 90, 600  # of the class; of the one that looks at memory
OWN = 0.2  # share of actions that train a network that nobody has trained yet
PAGES = ("", "cell", "gates", "training", "grid", "digits", "shapes", "lecture")
LET_GO = 125  # seconds that Streamlit keeps a session whose tab was closed; the next tab's coming clears it away
SHARED = "task=abcabC&cell=lstm&hidden=3&seed={seed}&lr=0.1&epochs=1500"


@dataclass
class Class:
    """What came of a lesson."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    exceptions: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    cores: float = 0.0

    def all_waits(self) -> list[float]:
        """Of all actions but the first, which opens the page."""
        return [one for kind, waits in self.waits.items() if kind != "first" for one in waits]


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield f"A class: {STUDENTS} students, an action each {THINK:.0f} s, {OWN:.0%} of them new trainings, {SECONDS} s"
    with _room() as (port, processes):
        yield f"  make class, {len(processes) - 1} processes behind one address, just started, and then again"
        for _ in range(2):
            yield from _told(asyncio.run(lesson_of(port, processes, SECONDS)))
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "log") as url:
        port = urlsplit(url).port
        assert port is not None
        process = server_process(port)
        empty = _megabytes([process])
        yield "  one server, just started"
        yield from _told(asyncio.run(lesson_of(port, [process], SECONDS)))
        lesson = asyncio.run(lesson_of(port, [process], LONG))
        yield f"  the {LONG} s after that, the server warm: {_percentiles(lesson.all_waits())}"
        third = lesson.megabytes[len(lesson.megabytes) // 3]
        time.sleep(LET_GO)
        asyncio.run(_look_in(port))
        time.sleep(TRIM_SECONDS + 5)
        yield (
            f"  memory over {LONG} s: {empty:.0f} MB empty, {lesson.megabytes[0]:.0f} at the start, {third:.0f} after "
            f"a third, {lesson.megabytes[-1]:.0f} at the end ({lesson.megabytes[-1] / third - 1:+.1%}); "
            f"{_megabytes([process]):.0f} once all tabs are closed"
        )


@contextlib.contextmanager
def _room() -> Iterator[tuple[int, list[psutil.Process]]]:
    """What `make class` starts on this machine: its port, and all of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        port, log, cache = free_port(), Path(folder) / "log", own_cache(Path(folder) / "cache")
        with log.open("wb") as out:
            room = subprocess.Popen(
                [sys.executable, "-m", "lstmviz.classroom", "--port", str(port)],
                cwd=ROOT,
                env={**os.environ, "LSTMVIZ_CACHE_DIR": str(cache)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            while "Ctrl-C stops everything" not in log.read_text():
                if room.poll() is not None:
                    raise RuntimeError(log.read_text())
                time.sleep(0.1)
            leader = psutil.Process(room.pid)
            yield port, [leader, *leader.children(recursive=True)]
        finally:
            room.terminate()
            room.wait(20)


def _told(lesson: Class) -> Iterator[str]:
    for kind, waits in sorted(lesson.waits.items()):
        yield f"    {kind:16} n={len(waits):4}  {_percentiles(waits)}"
    yield (
        f"    all: {_percentiles(lesson.all_waits())}; exceptions {len(lesson.exceptions)}, lost sessions "
        f"{len(lesson.lost)}; {lesson.cores:.2f} cores"
    )


async def lesson_of(port: int, processes: Sequence[psutil.Process], seconds: float, students: int = STUDENTS) -> Class:
    """Let so many students work so long on what these processes serve."""
    lesson, stop = Class(), time.time() + seconds

    async def watch() -> None:
        while time.time() < stop:
            lesson.megabytes.append(_megabytes(processes))
            await asyncio.sleep(2)

    before, began = sum(map(spent, processes)), time.time()
    await asyncio.gather(watch(), *(_student(number, port, stop, lesson) for number in range(students)))
    lesson.cores = (sum(map(spent, processes)) - before) / (time.time() - began)
    return lesson


async def _look_in(port: int) -> None:
    async with Visitor(port) as visitor:
        await visitor.ask("", SHARED.format(seed=1))


async def _student(number: int, port: int, stop: float, lesson: Class) -> None:
    chance = random.Random(f"{number} {stop}")  # other seeds in each run: nobody has trained them

    async def act(kind: str) -> None:
        answer = await visitor.ask(page, query)
        lesson.waits[kind].append(answer.seconds)
        lesson.exceptions.extend(answer.exceptions)

    await asyncio.sleep(chance.random() * THINK)
    try:
        async with Visitor(port) as visitor:
            page, query = "", SHARED.format(seed=1)
            await act("first")
            while time.time() < stop:
                await asyncio.sleep(chance.expovariate(1 / THINK))
                kind = chance.random()
                if kind < 0.4:
                    page = chance.choice(PAGES)
                    await act(f"page {page or 'home'}")
                elif kind < 0.4 + OWN:
                    query = _own(chance)
                    page = chance.choice(PAGES[:4])
                    await act("own training")
                else:
                    query = SHARED.format(seed=chance.randint(1, 3))
                    page = chance.choice(PAGES[:3])
                    await act("shared training")
    except Exception as failure:
        lesson.lost.append(f"{type(failure).__name__}: {failure}")


def _own(chance: random.Random) -> str:
    task, cell = chance.choice(["abaB", "AbAcAd", "abcabC", "abcdabcD"]), chance.choice(["lstm", "rnn", "gru"])
    hidden, seed = chance.randint(2, 4), chance.randrange(2**31)
    return f"task={task}&cell={cell}&hidden={hidden}&seed={seed}&lr=0.1&epochs=1500"


def _megabytes(processes: Sequence[psutil.Process]) -> float:
    size: int = sum(process.memory_info().rss for process in processes)
    return size / 2**20


def _percentiles(waits: Sequence[float]) -> str:
    ordered = sorted(waits)
    at = [1e3 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99)]
    return "p50 {:5.0f}  p95 {:5.0f}  p99 {:5.0f} ms".format(*at)
