"""Training in the background: one thread drains the generator of records, any number of pages look on.

It trains when it is its turn at the cores, some hundredths of a second ahead of what it shows, so that a training that
is slowed down or stopped holds up nobody.

Short ones that wait in line together, alike but for their seed, are trained as a crowd by the first whose turn comes.

A thread here makes no Streamlit call. What has come so far is read through `Job.so_far`, a frozen copy, so a page never
sees half a record. A stopped job keeps its generator and goes on from the very record where it stood.
"""

import threading
import time
from collections.abc import Hashable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused import UNITS_FROM, along_units, compiles, is_warm, warm
from lstmviz.models import ModelConfig, build_model, parameter_count
from lstmviz.tasks import PatternTask, Task, named_task
from lstmviz.training import Record, TrainConfig, TrainingDiverged, train
from lstmviz.ui.background.bounds import LOOK_SECONDS, SHORT_WORK
from lstmviz.ui.background.crowds import CROWDS, Crowd, Part
from lstmviz.ui.background.threads import behind_answers, one_thread
from lstmviz.ui.background.turns import TURNS
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.requests.clicks import wait

one_thread()


@dataclass(frozen=True, eq=False)
class Run:
    """What a training has brought so far; `epochs`, `losses` and `accuracies` have one entry a record."""

    experiment: Experiment
    state: str
    """"running", "stopped", "done" or "diverged\""""
    epochs: NDArray[np.int64]
    losses: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    kept: tuple[int, ...]
    """the snapshot epochs reached"""
    snapshots: tuple[Mapping[str, NDArray[Any]], ...]
    """the parameters of each"""
    seconds: float
    """time spent training; pauses, and the naps of a training that is spread out, do not count"""
    elapsed: float
    """the same with the naps, and with the waits for its turn since it began"""
    diverged_at: int | None
    """the epoch whose loss was no finite number any more"""
    waiting: int | None = None
    """how many come before it, while it waits for its turn for longer than a moment"""
    spread: float = 0.0
    """about how many seconds it is slowed down to, for who watches; 0 for not at all"""
    face: int = 0
    """the number of the sequence that is looked at, where the task has several"""

    @property
    def task(self) -> Task:
        """What is learned, with the sequence that is looked at."""
        return named_task(self.experiment.task, self.face)

    @property
    def text(self) -> PatternTask:
        """The text that is learned.

        Raises:
            TypeError: the task is no alphabet pattern.
        """
        task = self.task
        if not isinstance(task, PatternTask):
            raise TypeError(f"`task` must be an alphabet pattern; got {self.experiment.task!r}.")
        return task

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "diverged")

    @property
    def known(self) -> Hashable:
        """What decides all that can be made of the snapshots so far, and what can be said of them.

        A training that diverges before its second snapshot has the same snapshots as one that has just begun.
        """
        return self.experiment, self.kept, self.diverged_at, self.face

    @property
    def loss(self) -> float:
        """The loss of the last snapshot, which is the network that pages show."""
        return float(self.losses[self.kept[-1]])


def configs(experiment: Experiment) -> tuple[ModelConfig, TrainConfig]:
    """The network and the training that an experiment stands for."""
    task = named_task(experiment.task)
    model = ModelConfig(
        cell=experiment.cell,
        input_size=task.input_size,
        hidden_size=experiment.hidden_size,
        output_size=task.output_size,
        seed=experiment.seed,
    )
    return model, TrainConfig(epochs=experiment.epochs, lr=experiment.lr)


def work(task: Task, cell: str, hidden_size: int, epochs: int) -> float:
    """How much there is to compute, in no unit: a step has its latency, and products of units and letters."""
    return epochs * len(task.x) * (100 + parameter_count(cell, task.input_size, hidden_size))


def kernel_of(experiment: Experiment) -> tuple[str, int]:
    """The cell and the size by which its kernel is known; what is no pattern is trained along the units at any size."""
    size = experiment.hidden_size
    return experiment.cell, size if experiment.repeats_a_pattern else max(size, UNITS_FROM)


class Job:
    """One training on a thread of its own; starts as soon as it is its turn."""

    def __init__(self, experiment: Experiment, *, spread: float = 0.0, party: Hashable = None) -> None:
        """Train `experiment` for `party`, a session, with which others take turns.

        It is slowed down so that it takes about `spread` seconds, 0 for full speed, each doubling of the epochs the
        same time: most happens early.
        """
        self.experiment = experiment
        self.crowd: Crowd | None = None
        self._spread = spread
        self._lock = threading.Lock()
        self._go = threading.Event()
        self._go.set()
        self._ended = threading.Event()
        self._arrived = threading.Event()
        self._cancelled = threading.Event()
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._kept: list[int] = []
        self._snapshots: list[Mapping[str, NDArray[Any]]] = []
        self._seconds = self._napped = 0.0
        self._diverged_at: int | None = None
        self._failure: BaseException | None = None
        self._to_show: list[Part] = []  # what a crowd brought while it was stopped
        task = named_task(experiment.task)
        short = (
            experiment.repeats_a_pattern
            and work(task, experiment.cell, experiment.hidden_size, experiment.epochs) <= SHORT_WORK
        )
        self._turn = TURNS.turn(self if party is None else party, short=short, wanted=self._waits_or_leads)
        threading.Thread(target=self._drain, name=f"train {experiment}", daemon=True).start()

    def stop(self) -> None:
        """Stop at once; `resume` goes on from there."""
        self._go.clear()
        self._turn.wake()

    def resume(self) -> None:
        """Go on where the training was stopped."""
        self._go.set()

    def cancel(self) -> None:
        """End for good, as when the browser's tab is closed."""
        self._cancelled.set()
        self._go.set()
        self._turn.wake()

    def wake(self) -> None:
        """Look whether it is still to wait in line."""
        self._turn.wake()

    @property
    def is_wanted(self) -> bool:
        """Whether it is neither stopped nor given up."""
        return self._go.is_set() and not self.is_given_up

    @property
    def is_given_up(self) -> bool:
        """Whether it was ended for good."""
        return self._cancelled.is_set()

    @property
    def ended(self) -> bool:
        """Whether its thread has ended, for whatever reason."""
        return self._ended.is_set()

    @property
    def done_share(self) -> float:
        """How much of it is done, 0 to 1."""
        with self._lock:
            return max(len(self._losses) - 1, 0) / self.experiment.epochs

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it came."""
        return wait(self._ended.wait, seconds)

    def so_far(self) -> Run:
        """What there is by now; waits for the untrained network, the first record, which comes without a turn."""
        self._arrived.wait()
        if self._failure is not None:
            raise self._failure
        with self._lock:
            state = "running" if self._go.is_set() else "stopped"
            if self._ended.is_set() and not self._cancelled.is_set():
                state = "done" if self._diverged_at is None else "diverged"
            return Run(
                experiment=self.experiment,
                state=state,
                epochs=np.arange(len(self._losses)),
                losses=np.array(self._losses),
                accuracies=np.array(self._accuracies),
                kept=tuple(self._kept),
                snapshots=tuple(self._snapshots),
                seconds=self._seconds,
                elapsed=self._seconds + self._napped,
                diverged_at=self._diverged_at,
                waiting=self._turn.ahead if state == "running" else None,
                spread=self._spread,
            )

    def _drain(self) -> None:
        behind_answers()
        try:
            self._train()
        except TrainingDiverged as diverged:
            self._diverged_at = diverged.epoch
        except BaseException as failure:  # told to whoever asks next, on their thread
            self._failure = failure
        finally:
            self._ended.set()
            self._arrived.set()

    def _train(self) -> None:
        cell, size = kernel_of(self.experiment)
        if not is_warm(cell, hidden_size=size, alone=True):
            warm(cell, hidden_size=size, alone=True)
        model_config, train_config = configs(self.experiment)
        model, task = build_model(model_config), named_task(self.experiment.task)
        nap = self._spread / np.log1p(train_config.epochs)
        with self._turn, closing(train(model, task, train_config)) as records:
            self._show(next(records))
            if self._is_trained_in_a_crowd():
                return
            for record in self._trained(records):
                self._show(record)
                if nap:
                    pause = nap * np.log1p(1 / record.epoch)
                    self._cancelled.wait(pause)
                    self._napped += pause
                if not self._go.is_set():
                    self._turn.give()
                    self._go.wait()
                if self._cancelled.is_set():
                    return

    def _show(self, record: Record) -> None:
        with self._lock:
            self._losses.append(record.loss)
            self._accuracies.append(record.accuracy)
            if record.parameters is not None:
                self._kept.append(record.epoch)
                self._snapshots.append(record.parameters)
        self._arrived.set()

    def _trained(self, records: Iterator[Record]) -> Iterator[Record]:
        """The records, trained only while it is this one's turn; each look's time of them comes at once."""
        end: Exception | None = None
        while end is None:
            asked = time.perf_counter()
            while not self._turn.take():
                self._go.wait()
                if self._cancelled.is_set():
                    return
                asked = time.perf_counter()
            began = time.perf_counter()
            if len(self._losses) > 1:
                self._napped += began - asked
            fresh = []
            try:
                while time.perf_counter() - began < LOOK_SECONDS:
                    fresh.append(next(records))
            except (StopIteration, TrainingDiverged) as reason:
                end = reason
            self._seconds += time.perf_counter() - began
            if self._spread:
                self._turn.give()
            yield from fresh
        if isinstance(end, TrainingDiverged):
            raise end

    def _waits_or_leads(self) -> bool:
        """Whether it is to have a turn: who is taken along has none."""
        if self.crowd is not None:
            return self.crowd.members[0] is self and self.crowd.is_wanted
        return self.is_wanted

    @property
    def _shares_a_vector(self) -> bool:
        """Whether networks of its shape are trained side by side for the price of one, by what is compiled by now."""
        made = self.experiment
        return made.repeats_a_pattern and compiles() and not along_units(made.hidden_size) and is_warm(made.cell)

    def _is_trained_in_a_crowd(self) -> bool:
        """Wait for its turn or to be taken along; whether all is done then, so that nothing is left to train here."""
        if self._spread or not self._turn.short or not self._shares_a_vector:
            return False
        CROWDS.enter(self)
        try:
            while not (served := self._turn.take()) and self.crowd is None and not self.is_given_up:
                self._go.wait()
        finally:
            crowd = CROWDS.leave(self, served=served)
        if crowd is None:
            return self.is_given_up
        if crowd.members[0] is self:
            configs_ = [configs(one.experiment) for one in crowd.members]
            task = named_task(self.experiment.task)
            crowd.train(self._turn, [build_model(model) for model, _ in configs_], task, configs_[0][1])
        self._turn.give()
        crowd.ended.wait()
        if crowd.failure is not None:
            raise crowd.failure
        while self._to_show and not self.is_given_up:
            self._go.wait()
            self._show_parts()
        return True

    def feed(self, part: Part) -> None:
        """Take in what a crowd brings; where it is stopped, show that only when it goes on."""
        with self._lock:
            self._to_show.append(part)
        self._show_parts()

    def _show_parts(self) -> None:
        with self._lock:
            while self._to_show and self._go.is_set():
                part = self._to_show.pop(0)
                if self._diverged_at is None:
                    self._take_in(part)

    def _take_in(self, part: Part) -> None:
        self._seconds = part.seconds
        for epoch, (loss, accuracy) in enumerate(zip(part.losses, part.accuracies, strict=True), part.first):
            if epoch < len(self._losses):  # the untrained network is there already
                continue
            if not np.isfinite(loss):
                self._diverged_at = epoch
                return
            self._losses.append(loss)
            self._accuracies.append(accuracy)
            if epoch == part.first:
                self._kept.append(epoch)
                self._snapshots.append(part.parameters)
