"""Finished runs on disk: what another server of a class has trained, or this one before it was started again."""

import functools

import numpy as np

from lstmviz.store.trainings import Training, TrainingStore
from lstmviz.tasks import named_task
from lstmviz.ui.background.bounds import KEEP_FROM
from lstmviz.ui.background.jobs import Run, configs
from lstmviz.ui.frame.controls.experiment import Experiment


def find(experiment: Experiment) -> Run | None:
    """The finished run of `experiment`, if it is on disk."""
    found = _store().get(named_task(experiment.task), *configs(experiment))
    if found is None:
        return None
    return Run(
        experiment=experiment,
        state="done" if found.diverged_at is None else "diverged",
        epochs=np.arange(len(found.losses)),
        losses=found.losses,
        accuracies=found.accuracies,
        kept=found.kept,
        snapshots=found.snapshots,
        seconds=found.seconds,
        elapsed=found.seconds,
        diverged_at=found.diverged_at,
    )


def keep(run: Run) -> None:
    """Write a finished run down, where reading it will be quicker than training it."""
    if run.seconds < KEEP_FROM:
        return
    training = Training(run.losses, run.accuracies, run.kept, run.snapshots, run.seconds, run.diverged_at)
    _store().put(named_task(run.experiment.task), *configs(run.experiment), training)


@functools.cache
def _store() -> TrainingStore:
    """Of the whole server, and of every other program of this user."""
    return TrainingStore()
