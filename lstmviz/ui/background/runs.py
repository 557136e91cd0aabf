"""Trainings and their finished runs: one that is done is shared with all sessions.

Finished runs are kept for all sessions of the server, and who comes while another session trains the same waits a
moment for that: thirty students behind one link train once. A training that takes longer belongs to the session that
started it, so that nobody stops it for the others.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import streamlit as st

from lstmviz.tasks import named_task
from lstmviz.training import estimate_seconds
from lstmviz.ui.background import kept
from lstmviz.ui.background.bounds import ASK_BEFORE_RUN, KEPT_RUNS, POLL, QUICK_RUN, RUN_AT_ONCE
from lstmviz.ui.background.jobs import Job, Run, configs
from lstmviz.ui.background.memory import give_back_memory
from lstmviz.ui.frame.controls.experiment import Experiment, change_experiment, current_experiment


@dataclass
class SharedRuns:
    """Finished runs of all sessions, the least recently used one dropped first, and the trainings under way."""

    runs: OrderedDict[Experiment, Run] = field(default_factory=OrderedDict)
    jobs: dict[Experiment, Job] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, experiment: Experiment) -> Run | None:
        """The finished run, if there is one."""
        with self.lock:
            if experiment in self.runs:
                self.runs.move_to_end(experiment)
                return self.runs[experiment]
        run = kept.find(experiment)
        if run is not None:
            self.show(run)
        return run

    def put(self, run: Run) -> None:
        """Keep a finished run, here and, unless it is known, on disk."""
        with self.lock:
            known = run.experiment in self.runs
        self.show(run)
        if not known:
            kept.keep(run)

    def show(self, run: Run) -> None:
        """Let all sessions see a finished run for now."""
        with self.lock:
            self.runs[run.experiment] = run
            self.jobs.pop(run.experiment, None)
            while len(self.runs) > KEPT_RUNS:
                self.runs.popitem(last=False)

    def begun(self, experiment: Experiment, party: Hashable = None) -> Job:
        """A new training of `experiment`, in the turn of `party`, that others may wait for."""
        with self.lock:
            self.jobs = {known: job for known, job in self.jobs.items() if not job.ended}
            job = self.jobs[experiment] = Job(experiment, party=party)
            return job

    def joined(self, experiment: Experiment) -> Run | None:
        """What another session's training of `experiment` brings, if there is one and it ends in a moment."""
        with self.lock:
            job = self.jobs.get(experiment)
        if job is None or not job.wait(RUN_AT_ONCE):
            return None
        try:
            run = job.so_far()
        except BaseException:  # it came to grief: whoever asks next begins anew
            with self.lock:
                self.jobs.pop(experiment, None)
            return None
        if not run.finished:  # it was given up
            return None
        self.put(run)
        return run

    def together(
        self,
        experiment: Experiment,
        seconds: float,
        party: Hashable = None,
        look: Callable[[Run], object] = lambda run: None,
    ) -> Run | None:
        """The run of `experiment`; sessions that want it at one time train it once.

        It is waited for so many seconds at most, beside those in which it waits for its turn, the one of `party` if
        nobody has begun it. `look` is told now and then how far it is; what it raises ends the wait.
        """
        with self.lock:
            job = self.jobs.get(experiment)
            own = job is None or job.ended
            if job is None or own:
                job = self.jobs[experiment] = Job(experiment, party=party)
        try:
            while not job.wait(min(POLL, seconds)) and seconds > 0:
                run = job.so_far()
                seconds -= POLL if run.waiting is None else 0
                look(run)
            ended, run = job.ended, job.so_far()
        finally:
            if own and not job.ended:
                job.cancel()
        if run.finished:
            self.put(run)
            return run
        return None if own or not ended else self.together(experiment, seconds, party, look)


@dataclass(eq=False)
class Slot:
    """What a session is training, and the run that it showed last; sessions take turns by it."""

    job: Job | None = None
    paused: Job | None = None  # was stopped half-way, and may go on
    stopped: Experiment | None = None  # what that came to: the same training, of as many epochs
    shown: Run | None = None
    accepted: Experiment | None = None  # a long training that was agreed to
    trained_again: int = 0  # how often that was asked for
    again: Experiment | None = None  # what is trained once more, until that was told

    def is_asked_again(self, times: int, experiment: Experiment) -> bool:
        """Whether `experiment` is to be trained anew: once each time that `times` grows. Noted in `again`."""
        asked = times > self.trained_again
        self.trained_again = times
        if asked:
            self.again = experiment
        elif self.again != experiment:
            self.again = None
        return asked

    def start(self, experiment: Experiment, *, spread: float = 0.0) -> Job:
        """Begin a training in place of the one before; over about `spread` seconds it is nobody else's."""
        self.cancel()
        job = Job(experiment, spread=spread, party=self) if spread else shared_runs().begun(experiment, self)
        self.job = job
        return self.job

    def cancel(self) -> None:
        """Give the training up; what it brought stays on display, finished or not."""
        job, shown = self.job, self.shown
        self.job = None
        if job is None:
            return
        if shown is not None and shown.experiment == job.experiment and not shown.finished:
            with suppress(Exception):  # of what came to grief, what was shown last stays
                shown = job.so_far()
            self.shown = shown if shown.finished else replace(shown, state="stopped")
            if shown.finished:
                shared_runs().put(shown)
        job.cancel()

    def stop(self, job: Job) -> Experiment | None:
        """Stop `job` half-way; returns the experiment that it has come to, the network of all pages from then on.

        None where nothing is left to stop. What would take long to train once more ends with its last snapshot.
        """
        job.stop()
        run = job.so_far()
        if run.finished:
            return None
        if job is self.job:
            self.job = None
        stopped = replace(job.experiment, epochs=max(len(run.epochs) - 1, 1))
        if takes_long(stopped) and (last := run.kept[-1]):
            ended = slice(last + 1)
            stopped = replace(job.experiment, epochs=last)
            curves = {name: getattr(run, name)[ended] for name in ("epochs", "losses", "accuracies")}
            shared_runs().show(replace(run, experiment=stopped, state="done", **curves))
        self.paused, self.stopped = job, stopped
        return stopped

    def go_on(self, job: Job) -> None:
        """Let a training that was stopped go on, in place of the one that is under way."""
        if job is self.paused:
            self.cancel()
            self.job, self.paused, self.stopped = job, None, None
        job.resume()

    def forget(self) -> None:
        """Give up what was stopped half-way: it cannot go on any more."""
        job, self.paused, self.stopped = self.paused, None, None
        if job is not None:
            job.cancel()

    def release(self) -> None:
        """Give up all trainings, as when the tab is closed."""
        self.forget()
        self.cancel()


@st.cache_resource
def shared_runs() -> SharedRuns:
    """Those of the whole server; what comes and goes with them is given back from then on."""
    give_back_memory()
    return SharedRuns()


@st.cache_resource(scope="session", on_release=Slot.release)
def own_slot() -> Slot:
    """What the session that asks is training."""
    return Slot()


def watch(experiment: Experiment, spread: float) -> None:
    """Train `experiment` anew for this session alone, over about `spread` seconds; for a button's `on_click`."""
    slot = own_slot()
    slot.forget()
    slot.start(experiment, spread=spread)
    slot.again = None
    _tell_epochs(experiment)  # of one that was stopped the URL says how far it came


def stop(job: Job) -> None:
    """Stop a training half-way: its network is that of all pages then; for a button's `on_click`."""
    stopped = own_slot().stop(job)
    if stopped is not None:
        _tell_epochs(stopped)


def resume(job: Job) -> None:
    """Let a training that was stopped go on; for a button's `on_click`."""
    own_slot().go_on(job)
    _tell_epochs(job.experiment)


def _tell_epochs(experiment: Experiment) -> None:
    """Have the URL say the epochs of `experiment`, unless Back has led to another one by now."""
    if replace(current_experiment(), epochs=experiment.epochs) == experiment:
        change_experiment(epochs=str(experiment.epochs))


def watched(experiment: Experiment) -> Job | None:
    """This session's own training of `experiment`, under way, stopped or just ended."""
    job = own_slot().job
    return job if job is not None and job.experiment == experiment else None


def paused(experiment: Experiment) -> Job | None:
    """The training that this session stopped half-way, if `experiment` is what it came to."""
    slot = own_slot()
    return slot.paused if slot.stopped == experiment else None


def takes_long(experiment: Experiment) -> bool:
    """Whether a training takes so long that it is asked about first."""
    task = named_task(experiment.task)
    work = experiment.epochs * len(task.x) * (experiment.hidden_size + task.input_size) ** 2
    quick = experiment.repeats_a_pattern and work <= QUICK_RUN
    return not quick and estimate(experiment) >= ASK_BEFORE_RUN


@st.cache_data(max_entries=256, show_spinner=False)
def estimate(experiment: Experiment) -> float:
    """About how many seconds a training takes on this machine."""
    model_config, train_config = configs(experiment)
    return estimate_seconds(model_config, named_task(experiment.task), train_config)
