"""Training by torch's autograd: any module, any device, any precision that torch trains in."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lstmviz.models import Model, load_parameters, parameters_of
from lstmviz.tasks import Task
from lstmviz.training.config import TrainConfig, snapshot_epochs
from lstmviz.training.lessons import Lessons
from lstmviz.training.plain import check_trainable, standing
from lstmviz.training.records import Record, Records, TrainingDiverged
from lstmviz.training.updates import optimizer_of, read, update


class Given(NamedTuple):
    """A training that goes on behind a record that was given."""

    epoch: int
    state: Mapping[Tensor, dict[str, Any]]
    """what torch's optimizer remembers of each parameter"""


def train_by_torch(
    model: Model, task: Task, config: TrainConfig, given: Given | None = None
) -> Generator[Record, None, None]:
    """The records of a training, or those that come behind `given`.

    The caller may change the model between two records; the next update is then that of the changed model.
    """
    lessons = Lessons(task, config.batch_size, config.held_out)
    optimizer = optimizer_of(model, config, None if given is None else given.state)
    snapshots = frozenset(snapshot_epochs(config.epochs, config.snapshots))
    target = -np.inf if config.target_loss is None else config.target_loss
    before = parameters_of(model)
    for epoch in range(0 if given is None else given.epoch, config.epochs + 1):
        check_trainable(model)  # for this update, whatever the caller did since the last one
        reading = read(model, lessons, epoch, config)
        if given is None or epoch > given.epoch:
            value = reading.loss.item()
            if not np.isfinite(value):
                load_parameters(model, before)
                raise TrainingDiverged(epoch, config.lr)
            before = parameters_of(model)
            done = value <= target or epoch == config.epochs
            stood = standing(model)
            kept = before if done or epoch in snapshots else None
            yield Record(epoch, value, reading.accuracy, kept, reading.held_out_loss)
            if done:
                return
            changed = standing(model) != stood
            if changed:
                optimizer = optimizer_of(model, config, optimizer.state)
            check_trainable(model)
            if changed or not _same(before, parameters_of(model)):
                reading = read(model, lessons, epoch, config)
                before = parameters_of(model)
        update(model, lessons, config, reading, epoch, optimizer)


def train_many_by_torch(
    models: Sequence[Model],
    task: Task,
    config: TrainConfig,
    states: slice | None,
    look: Callable[[int], None] | None,
    given: Sequence[Given] | None = None,
) -> Generator[Records, None, None]:
    """The records of many models, one after the other from snapshot to snapshot; see `train_many`."""
    config = replace(config, target_loss=None)
    trainings = [_and_on(train_by_torch(*one)) for one in _trainings(models, task, config, given)]
    done = -1 if given is None else given[0].epoch
    for epoch, following in pairwise((*snapshot_epochs(config.epochs, config.snapshots), config.epochs + 1)):
        if epoch <= done:
            continue
        losses = np.empty((following - epoch, len(models)))
        accuracies, held_out = np.empty_like(losses), np.full_like(losses, np.nan)
        parameters, looked = [], []
        for k, (model, training) in enumerate(zip(models, trainings, strict=True)):
            for e in range(following - epoch):
                if look is not None:
                    look(epoch + e)
                record = next(training)
                if record is None and e == 0:
                    _spoil(model)
                losses[e, k], accuracies[e, k] = (np.nan, np.nan) if record is None else (record.loss, record.accuracy)
                if record is not None and record.held_out_loss is not None:
                    held_out[e, k] = record.held_out_loss
                if e == 0:
                    parameters.append(parameters_of(model))
                    if states is not None:
                        looked.append(_states(model, task, states))
            if record is None:
                _spoil(model)
        rows = np.stack(looked) if looked else None
        apart = None if np.isnan(held_out).all() else held_out
        yield Records(epoch, losses, accuracies, tuple(parameters), rows, apart)


def _trainings(
    models: Sequence[Model], task: Task, config: TrainConfig, given: Sequence[Given] | None
) -> Iterator[tuple[Model, Task, TrainConfig, Given | None]]:
    for k, model in enumerate(models):
        yield model, task, config, None if given is None else given[k]


def _and_on(records: Generator[Record, None, None]) -> Iterator[Record | None]:
    """The records, and None for each epoch after the loss became no finite number."""
    with suppress(TrainingDiverged):
        yield from records
    while True:
        yield None


def _spoil(model: Model) -> None:
    """What is left of a network that diverged."""
    with torch.no_grad():
        for one in model.parameters():
            one.fill_(np.nan)


def _states(model: Model, task: Task, steps: slice) -> NDArray[Any]:
    """(steps, H) the hidden states there."""
    weight = next(model.parameters())
    with torch.no_grad():
        hidden, _ = model.recurrent(torch.tensor(task.inputs(), dtype=weight.dtype, device=weight.device))
    rows: NDArray[Any] = hidden[steps].cpu().numpy()
    return rows


def _same(one: Mapping[str, NDArray[Any]], other: Mapping[str, NDArray[Any]]) -> bool:
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)
