"""Work that sessions look on at: one worker for all who ask the same question, each with a view of its own.

A session that stops keeps what it has and leaves the worker; with the last one gone the worker stops too, and whoever
comes later goes on from there. As with trainings, the worker's thread makes no Streamlit call and is polled; and each
part of the work is done when it is its turn at the cores.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import streamlit as st

from lstmviz.sweeps import SchedulerError, StoppedError
from lstmviz.ui.background.bounds import ASK_BEFORE_SWEEP, KEPT_IDLE_SWEEPS, KEPT_SWEEP_BYTES, LINGER, SWEEP_AT_ONCE
from lstmviz.ui.background.threads import behind_answers
from lstmviz.ui.background.turns import TURNS, Turn
from lstmviz.ui.frame.requests.clicks import wait

Part = TypeVar("Part", bound=Hashable)
"""What is worked on in one go, such as a bundle of networks."""


@dataclass(frozen=True, eq=False)
class Progress:
    """What has come of the work so far."""

    results: tuple[Any, ...]
    """of the parts that are finished, in their order"""
    networks: int
    """how many networks there are to be"""
    networks_done: int
    """how many are finished"""
    share: float
    """of the work, 0 to 1"""
    state: str
    """"asking", "running", "stopped" or "done\""""
    left: float | None = None
    """about how many seconds it still takes; None before that can be said"""
    waiting: int | None = None
    """how many come before it, while it waits for its turn for longer than a moment"""
    compiling: bool = False
    """whether kernels are compiled first, once on a machine"""
    refused: SchedulerError | None = None
    """why the cluster that should do the work did not, so that this machine does"""
    damaged: int = 0
    """files of the store that were met, set aside, and their part done again"""
    unkept: bool = False
    """whether results cannot be written to the store"""


class Worker(ABC, Generic[Part]):
    """Work in parts, carried out on a thread for as long as somebody looks on; what is finished stays."""

    def __init__(self, config: Any, costs: Mapping[Part, float]) -> None:
        """Parts in their order, each with what it costs in no unit."""
        self.config = config
        self._costs = dict(costs)
        self._total = sum(self._costs.values())
        self._lock = threading.Lock()
        self._results: dict[Part, Any] = {}
        self._reached: dict[Part, float] = {}  # the share of a part under way
        self._turns: dict[Part, Turn] = {}  # of those under way on this machine
        self._watchers = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._began: float | None = None
        self._share_before = 0.0  # finished when it began the last time
        self._compiling = False
        self._failure: BaseException | None = None

    @abstractmethod
    def carry_out(self, stop: threading.Event) -> None:
        """Do what is missing, on the worker's thread, by `in_turn`, `look` and `finish`.

        Raises:
            StoppedError: nobody looks on any more.
        """

    @abstractmethod
    def estimate(self) -> float:
        """About how many seconds it takes; 0 where it is surely quick, or under way for somebody else."""

    @abstractmethod
    def networks_in(self, part: Part) -> int:
        """How many networks a part holds."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes of its results."""

    @property
    def missing(self) -> list[Part]:
        """The parts that are not finished."""
        with self._lock:
            return [part for part in self._costs if part not in self._results]

    def join(self) -> None:
        """One more looks on; the first sets it to work."""
        with self._lock:
            self._watchers += 1
            if self._watchers == 1 and not self._ended.is_set():
                self._stop = threading.Event()
                self._thread = threading.Thread(
                    target=self._work, args=(self._stop, self._thread), name="work", daemon=True
                )
                self._thread.start()

    def leave(self) -> None:
        """One fewer; without any it stops."""
        with self._lock:
            self._watchers -= 1
            if not self._watchers:
                self._stop.set()
                for turn in self._turns.values():
                    turn.wake()

    @property
    def failure(self) -> BaseException | None:
        """What it came to grief of."""
        return self._failure

    @property
    def watched(self) -> bool:
        """Whether anybody looks on."""
        return self._watchers > 0

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it came."""
        return wait(self._ended.wait, seconds)

    def so_far(self) -> Progress:
        """What there is by now."""
        with self._lock:
            share = 1.0 if self._ended.is_set() else self._share()
            left = None
            if self._began is not None and share - self._share_before > 0.01:
                left = (time.perf_counter() - self._began) / (share - self._share_before) * (1 - share)
            return Progress(
                results=tuple(self._results[part] for part in self._costs if part in self._results),
                networks=sum(map(self.networks_in, self._costs)),
                networks_done=sum(map(self.networks_in, self._results)),
                share=share,
                state="done" if self._ended.is_set() else "running",
                left=left,
                waiting=self._waiting(),
                compiling=self._compiling,
            )

    @contextmanager
    def in_turn(self, part: Part, stop: threading.Event, *, short: bool) -> Iterator[None]:
        """Around the work on a part: begins when it is its turn, and says so to `look`.

        Raises:
            StoppedError: nobody looks on any more.
        """
        behind_answers()
        with TURNS.turn(self, short=short, wanted=lambda: not stop.is_set()) as turn:
            with self._lock:
                self._turns[part] = turn
            try:
                if not turn.take():
                    raise StoppedError
                self.begin()
                yield
            finally:
                with self._lock:
                    del self._turns[part]

    def look(self, part: Part, share: float, stop: threading.Event) -> None:
        """To be called every few hundredths of a second: how far a part is, and whether it may go on.

        Raises:
            StoppedError: nobody looks on any more.
        """
        turn = self._turns.get(part)  # none of its own on a cluster
        if stop.is_set() or (turn is not None and not turn.take()):
            raise StoppedError
        with self._lock:
            self._reached[part] = share

    def finish(self, part: Part, result: Any) -> None:
        """Keep what came of a part."""
        with self._lock:
            self._reached.pop(part, None)
            self._results[part] = result

    def begin(self) -> None:
        """From now on it can be told how long it takes."""
        with self._lock:
            if self._began is None:
                self._began, self._share_before = time.perf_counter(), self._share()

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Around the compilation of kernels, which is said meanwhile."""
        self._compiling = True
        yield
        self._compiling = False

    def _share(self) -> float:
        """How much of the work is done, 0 to 1."""
        done = sum(self._costs[part] for part in self._results)
        done += sum(self._costs[part] * share for part, share in self._reached.items())
        return min(done / self._total, 1.0)

    def _waiting(self) -> int | None:
        """How many come before it, where each thread of its own waits."""
        places = [turn.ahead for turn in self._turns.values()]
        said = [place for place in places if place is not None]
        return min(said) if said and len(said) == len(places) else None

    def _work(self, stop: threading.Event, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            self.carry_out(stop)
        except StoppedError:
            pass
        except BaseException as failure:  # told to whoever asks next, on their thread
            self._failure = failure
        finally:
            with self._lock:
                self._reached.clear()
                self._began = None
                if self._failure is not None or len(self._results) == len(self._costs):
                    self._ended.set()


class View:
    """A session's view of a worker: it may stop and go on without touching what others see."""

    def __init__(self, worker: Worker[Any], *, ask: float | None) -> None:
        """Look on at `worker`, at once or, where its estimate `ask` in seconds is given, once that was agreed to."""
        self.config = worker.config
        self.estimate = ask
        self._worker = worker
        self._kept: Progress | None = None  # what a stopped view shows
        if ask is None:
            worker.join()
        else:
            self._kept = replace(worker.so_far(), state="asking", waiting=None)

    @property
    def failed(self) -> bool:
        """Whether it came to grief, so that only another try can help."""
        return self._worker.failure is not None

    def so_far(self) -> Progress:
        """What there is by now.

        Raises:
            BaseException: what it came to grief of.
        """
        if self._kept is None and self._worker.failure is not None:
            raise self._worker.failure
        return self._kept or self._worker.so_far()

    def stop(self) -> None:
        """Keep what there is; `resume` goes on from there."""
        if self._kept is None:
            self._kept = replace(self._worker.so_far(), state="stopped", left=None, waiting=None)
            self._worker.leave()

    def resume(self) -> None:
        """Go on, or begin what was asked about."""
        if self._kept is not None:
            self._worker.join()
            self._kept = None

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        if self._kept is None:
            self._worker.wait(seconds)


@dataclass
class Shared:
    """The workers of all sessions, the least recently asked for dropped first."""

    workers: OrderedDict[Hashable, Worker[Any]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def worker(self, config: Hashable, make: Callable[[], Worker[Any]]) -> Worker[Any]:
        """The one that works on `config`, made if there is none or the last one came to grief."""
        with self.lock:
            found = self.workers.pop(config, None)
            if found is None or found.failure is not None:
                found = make()
            self.workers[config] = found
            idle = [one for one in self.workers.values() if not one.watched and one is not found]
            excess = sum(one.size for one in idle) - KEPT_SWEEP_BYTES
            while idle and (excess > 0 or len(idle) > KEPT_IDLE_SWEEPS):
                excess -= self.workers.pop(idle.pop(0).config).size
            return found


@dataclass
class _Slot:
    """What a session looks at, by the place where it is shown."""

    views: dict[str, View] = field(default_factory=dict)

    def release(self) -> None:
        """Let go, but not at once: a page that is reloaded is a new session, and goes on where it was."""
        for view in self.views.values():
            timer = threading.Timer(LINGER, view.stop)
            timer.daemon = True
            timer.start()


@st.cache_resource
def shared() -> Shared:
    """Of the whole server."""
    return Shared()


@st.cache_resource(scope="session", on_release=_Slot.release)
def _slot() -> _Slot:
    return _Slot()


def current_view(key: str, config: Hashable, make: Callable[[], Worker[Any]]) -> View:
    """The work shown at the place `key`, begun if nobody has; another one shown there before is left alone.

    Quick work is waited for a moment, so that it is simply there; what takes long is asked about first, which
    `waiting.sweep` draws.
    """
    views = _slot().views
    view = views.get(key)
    if view is None or view.config != config or view.failed:
        if view is not None:
            view.stop()
        worker = shared().worker(config, make)
        seconds = worker.estimate()
        view = views[key] = View(worker, ask=seconds if seconds > ASK_BEFORE_SWEEP else None)
        if seconds < SWEEP_AT_ONCE:  # what takes longer is not there anyway, and the page need not wait for that
            view.wait(SWEEP_AT_ONCE)
    return view
