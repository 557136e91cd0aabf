"""Sweeps in the background, as work that sessions look on at: their parts are bundles, kept in the store."""

import functools
import threading
from contextlib import AbstractContextManager, closing
from dataclasses import replace

import streamlit as st

from lstmviz.fused import is_warm, warm
from lstmviz.sweeps import (
    Bundle,
    SchedulerError,
    Store,
    SweepConfig,
    estimate_sweep_seconds,
    scheduler_address,
    sweep_bundles,
)
from lstmviz.tasks import PatternTask
from lstmviz.ui.background.bounds import QUICK_SWEEP, SHORT_WORK
from lstmviz.ui.background.jobs import work
from lstmviz.ui.background.watched import Progress, View, Worker, current_view
from lstmviz.ui.frame.controls.experiment import Experiment

MANY_SEEDS = range(25)
MANY_CELLS = ("rnn", "lstm", "gru")
"""What is trained beside one experiment where a page speaks of many networks."""


class SweepWorker(Worker[Bundle]):
    """One sweep: on the cluster that the environment names, or on this machine."""

    config: SweepConfig

    def __init__(self, config: SweepConfig) -> None:
        super().__init__(config, {bundle: _cost(bundle) for bundle in config.bundles()})
        self._damaged_before = len(_store().set_aside)
        self._refused: SchedulerError | None = None

    def networks_in(self, part: Bundle) -> int:
        """One for each of its seeds."""
        return len(part.seeds)

    def estimate(self) -> float:
        """About how many seconds it takes; 0 where it is surely quick, or under way for somebody else."""
        missing = self.missing
        cost = sum(self._costs[bundle] for bundle in missing)
        if self.watched or cost <= QUICK_SWEEP:
            return 0.0
        cost = sum(self._costs[bundle] for bundle in missing if not _store().file(bundle).exists())
        return _estimate(self.config) * cost / self._total

    @property
    def size(self) -> int:
        """Bytes of its results."""
        return sum(
            sum(array.nbytes for array in (one.losses, one.h, one.probabilities, one.margins, *one.parameters.values()))
            for one in list(self._results.values())
        )

    def so_far(self) -> Progress:
        """What there is by now, with what the store and the cluster have to say."""
        return replace(
            super().so_far(),
            refused=self._refused,
            damaged=len(_store().set_aside) - self._damaged_before,
            unkept=_store().refusal is not None,
        )

    def carry_out(self, stop: threading.Event) -> None:
        """Train what is missing."""
        address = scheduler_address()
        if address is not None:
            try:
                return self._train(stop, address)
            except SchedulerError as refused:  # this machine can do it too, if more slowly
                self._refused = refused
        self._compile()
        self._train(stop, "")

    def _compile(self) -> None:
        cold = [(cell, size) for cell, size in self.config.kernels if not is_warm(cell, hidden_size=size)]
        if cold:
            with self.compiling():
                for cell, size in cold:
                    warm(cell, hidden_size=size)

    def _train(self, stop: threading.Event, scheduler: str) -> None:
        """Train what is missing, on the cluster at the address `scheduler`, or here if that is empty."""
        if scheduler:
            self.begin()
        missing = self.missing
        short = sum(self._costs[bundle] for bundle in missing) <= SHORT_WORK

        def in_turn(bundle: Bundle) -> AbstractContextManager[None]:
            return self.in_turn(bundle, stop, short=short)

        def look(bundle: Bundle, epoch: int) -> None:
            self.look(bundle, epoch / bundle.epochs, stop)

        bundles = sweep_bundles(missing, look=look, within=in_turn, store=_store(), scheduler=scheduler)
        with closing(bundles) as results:
            for result in results:
                self.finish(result.bundle, result)
                if stop.is_set():
                    return


@functools.cache
def _store() -> Store:
    """Of the whole server, and of every other program of this user: one answer for all who ask the same."""
    return Store()


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


def current_sweep(key: str, config: SweepConfig) -> View:
    """The sweep shown at the place `key`, begun if nobody has."""
    return current_view(key, config, lambda: SweepWorker(config))


@st.cache_data(max_entries=64, ttl=20, show_spinner=False)  # what else the machine has to do changes
def _estimate(config: SweepConfig) -> float:
    return estimate_sweep_seconds(config)


def _cost(bundle: Bundle) -> float:
    """In the unit of `jobs.work`; what shares no vector is trained one sequence and one network after the other."""
    task = bundle.learned
    cost = work(task, bundle.cell, bundle.hidden_size, bundle.epochs)
    if isinstance(task, PatternTask):
        return cost
    return cost * len(bundle.seeds) * float(task.examples().lengths.sum()) / len(task.x)
