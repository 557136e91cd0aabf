"""Sweeps in the background: one worker for all sessions that ask the same question, each with its own view of it.

A session that stops keeps what it has and leaves the worker; with the last one gone the worker stops too, and whoever
comes later goes on from there. As with trainings, the worker's thread makes no Streamlit call and is polled; and each
bundle is trained when it is the sweep's turn at the cores.
"""

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

import streamlit as st

from lstmviz.fused import is_warm, warm
from lstmviz.sweeps import (
    Bundle,
    BundleResult,
    SchedulerError,
    StoppedError,
    Store,
    SweepConfig,
    estimate_sweep_seconds,
    scheduler_address,
    sweep_bundles,
)
from lstmviz.ui.background.bounds import (
    ASK_BEFORE_SWEEP,
    KEPT_IDLE_SWEEPS,
    KEPT_SWEEP_BYTES,
    LINGER,
    QUICK_SWEEP,
    SHORT_WORK,
    SWEEP_AT_ONCE,
)
from lstmviz.ui.background.jobs import work
from lstmviz.ui.background.threads import behind_answers
from lstmviz.ui.background.turns import TURNS, Turn
from lstmviz.ui.frame.clicks import wait
from lstmviz.ui.frame.experiment import Experiment

MANY_SEEDS = range(25)
MANY_CELLS = ("rnn", "lstm", "gru")
"""What is trained beside one experiment where a page speaks of many networks."""


@dataclass(frozen=True, eq=False)
class Progress:
    """What a sweep has brought so far."""

    results: tuple[BundleResult, ...]
    """finished bundles, in the order of the sweep's"""
    networks: int
    """how many networks there are to be"""
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
    """files of the store that were met, set aside, and their bundles trained again"""
    unkept: bool = False
    """whether results cannot be written to the store"""

    @property
    def networks_done(self) -> int:
        """How many networks are finished."""
        return sum(len(result.bundle.seeds) for result in self.results)


class _Worker:
    """One sweep, carried out on a thread for as long as somebody looks on; what is finished stays."""

    def __init__(self, config: SweepConfig) -> None:
        self.config = config
        self._costs = {bundle: _cost(bundle) for bundle in config.bundles()}
        self._total = sum(self._costs.values())
        self._lock = threading.Lock()
        self._results: dict[Bundle, BundleResult] = {}
        self._reached: dict[Bundle, float] = {}  # the share of a bundle under way
        self._turns: dict[Bundle, Turn] = {}  # of those under way on this machine
        self._watchers = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._began: float | None = None
        self._share_before = 0.0  # finished when it began the last time
        self._compiling = False
        self._damaged_before = len(_store().set_aside)
        self._failure: BaseException | None = None
        self._refused: SchedulerError | None = None

    def join(self) -> None:
        """One more looks on; the first sets it to work."""
        with self._lock:
            self._watchers += 1
            if self._watchers == 1 and not self._ended.is_set():
                self._stop = threading.Event()
                self._thread = threading.Thread(
                    target=self._work, args=(self._stop, self._thread), name="sweep", daemon=True
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
        return self._watchers > 0

    def estimate(self) -> float:
        """About how many seconds it takes; 0 where it is surely quick, or under way for somebody else."""
        with self._lock:
            missing = [bundle for bundle in self._costs if bundle not in self._results]
        cost = sum(self._costs[bundle] for bundle in missing)
        if self.watched or cost <= QUICK_SWEEP:
            return 0.0
        cost = sum(self._costs[bundle] for bundle in missing if not _store().file(bundle).exists())
        return _estimate(self.config) * cost / self._total

    @property
    def size(self) -> int:
        """Bytes of its results."""
        return sum(
            sum(array.nbytes for array in (one.losses, one.h, one.probabilities, *one.parameters.values()))
            for one in list(self._results.values())
        )

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it came."""
        return wait(self._ended.wait, seconds)

    def so_far(self) -> Progress:
        with self._lock:
            share = 1.0 if self._ended.is_set() else self._share()
            left = None
            if self._began is not None and share - self._share_before > 0.01:
                left = (time.perf_counter() - self._began) / (share - self._share_before) * (1 - share)
            return Progress(
                results=tuple(self._results[bundle] for bundle in self._costs if bundle in self._results),
                networks=self.config.networks,
                share=share,
                state="done" if self._ended.is_set() else "running",
                left=left,
                waiting=self._waiting(),
                compiling=self._compiling,
                refused=self._refused,
                damaged=len(_store().set_aside) - self._damaged_before,
                unkept=_store().refusal is not None,
            )

    def _share(self) -> float:
        """How much of the work is done, 0 to 1."""
        done = sum(self._costs[bundle] for bundle in self._results)
        done += sum(self._costs[bundle] * share for bundle, share in self._reached.items())
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
            address = scheduler_address()
            if address is not None:
                try:
                    self._train(stop, address)
                except SchedulerError as refused:  # this machine can do it too, if more slowly
                    self._refused = refused
                    address = None
            if address is None:
                self._compile()
                self._train(stop, "")
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

    def _begin(self) -> None:
        """From now on it can be told how long it takes."""
        with self._lock:
            if self._began is None:
                self._began, self._share_before = time.perf_counter(), self._share()

    def _compile(self) -> None:
        cold = [(cell, size) for cell, size in self.config.kernels if not is_warm(cell, hidden_size=size)]
        self._compiling = bool(cold)
        for cell, size in cold:
            warm(cell, hidden_size=size)
        self._compiling = False

    def _train(self, stop: threading.Event, scheduler: str) -> None:
        """Train what is missing, on the cluster at the address `scheduler`, or here if that is empty."""
        if scheduler:
            self._begin()
        missing = [bundle for bundle in self._costs if bundle not in self._results]
        short = sum(self._costs[bundle] for bundle in missing) <= SHORT_WORK

        @contextmanager
        def in_turn(bundle: Bundle) -> Iterator[None]:
            behind_answers()
            with TURNS.turn(self, short=short, wanted=lambda: not stop.is_set()) as turn:
                with self._lock:
                    self._turns[bundle] = turn
                try:
                    if not turn.take():
                        raise StoppedError
                    self._begin()
                    yield
                finally:
                    with self._lock:
                        del self._turns[bundle]

        def look(bundle: Bundle, epoch: int) -> None:
            turn = self._turns.get(bundle)  # none of its own on a cluster
            if stop.is_set() or (turn is not None and not turn.take()):
                raise StoppedError
            with self._lock:
                self._reached[bundle] = epoch / bundle.epochs

        bundles = sweep_bundles(missing, look=look, within=in_turn, store=_store(), scheduler=scheduler)
        with closing(bundles) as results:
            for result in results:
                with self._lock:
                    self._reached.pop(result.bundle, None)
                    self._results[result.bundle] = result
                if stop.is_set():
                    return


class SweepJob:
    """A session's view of a sweep: it may stop and go on without touching what others see."""

    def __init__(self, worker: _Worker, *, ask: float | None) -> None:
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
class _Slot:
    """The sweeps that a session looks at, by the place where they are shown."""

    jobs: dict[str, SweepJob] = field(default_factory=dict)

    def release(self) -> None:
        """Let go, but not at once: a page that is reloaded is a new session, and goes on where it was."""
        for job in self.jobs.values():
            timer = threading.Timer(LINGER, job.stop)
            timer.daemon = True
            timer.start()


@dataclass
class _Shared:
    """The sweeps of all sessions, the least recently asked for dropped first."""

    workers: OrderedDict[SweepConfig, _Worker] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def worker(self, config: SweepConfig) -> _Worker:
        with self.lock:
            found = self.workers.pop(config, None)
            if found is None or found.failure is not None:
                found = _Worker(config)
            self.workers[config] = found
            idle = [one for one in self.workers.values() if not one.watched and one is not found]
            excess = sum(one.size for one in idle) - KEPT_SWEEP_BYTES
            while idle and (excess > 0 or len(idle) > KEPT_IDLE_SWEEPS):
                excess -= self.workers.pop(idle.pop(0).config).size
            return found


@functools.cache
def _store() -> Store:
    """Of the whole server, and of every other program of this user: one answer for all who ask the same."""
    return Store()


@st.cache_resource
def _shared() -> _Shared:
    return _Shared()


@st.cache_resource(scope="session", on_release=_Slot.release)
def _slot() -> _Slot:
    return _Slot()


def many_seeds(experiment: Experiment) -> SweepConfig:
    """The networks of 25 seeds and three cells that are otherwise as in `experiment`: trained once for all pages."""
    return SweepConfig(
        task=experiment.task,
        cells=MANY_CELLS,
        hidden_size=experiment.hidden_size,
        lr=experiment.lr,
        epochs=experiment.epochs,
        seeds=MANY_SEEDS,
    )


def current_sweep(key: str, config: SweepConfig) -> SweepJob:
    """The sweep shown at the place `key`, begun if nobody has; another one shown there before is left alone.

    A quick one is waited for a moment, so that it is simply there; one that takes long is asked about first, which
    `waiting.sweep` draws.
    """
    jobs = _slot().jobs
    job = jobs.get(key)
    if job is None or job.config != config or job.failed:
        if job is not None:
            job.stop()
        worker = _shared().worker(config)
        seconds = worker.estimate()
        job = jobs[key] = SweepJob(worker, ask=seconds if seconds > ASK_BEFORE_SWEEP else None)
        job.wait(SWEEP_AT_ONCE)
    return job


@st.cache_data(max_entries=64, ttl=20, show_spinner=False)  # what else the machine has to do changes
def _estimate(config: SweepConfig) -> float:
    return estimate_sweep_seconds(config)


def _cost(bundle: Bundle) -> float:
    return work(bundle.text, bundle.cell, bundle.hidden_size, bundle.epochs)
