"""Training by the fused kernels: one model, or many of one shape side by side."""

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.models import Model
from lstmviz.tasks import Task
from lstmviz.training.bundles import Bundle, bundle_of, bundles_of
from lstmviz.training.by_torch import Given, train_by_torch, train_many_by_torch
from lstmviz.training.config import TrainConfig, snapshot_epochs
from lstmviz.training.plain import Held, check_trainable, fused_refusal
from lstmviz.training.records import Record, Records, TrainingDiverged

_SLICE_SECONDS = 0.03  # how long the kernels run between two looks at whether anyone still listens


def train_by_kernels(model: Model, task: Task, config: TrainConfig) -> Generator[Record, None, None]:
    """The records of one model. The kernels run ahead of them, and keep the parameters of each epoch for its record."""
    check_trainable(model)
    batch = bundle_of(model, task, config)
    held, layout = Held(model), _layout(model)
    target = -np.inf if config.target_loss is None else config.target_loss
    kept = frozenset(snapshot_epochs(config.epochs, config.snapshots))
    epoch, size, given = 0, 1, -1
    while epoch <= config.epochs:
        start, began = batch.position(), time.perf_counter()
        # The last record needs no update behind it, and is measured alone for that.
        count = min(size, config.epochs - epoch) or 1
        losses, accuracies, rows = batch.run_remembering(count, train=epoch < config.epochs)
        size = min(2 * count, max(1, int(count * _SLICE_SECONDS / max(time.perf_counter() - began, 1e-6))))
        for k, (loss, accuracy) in enumerate(zip(losses.tolist(), accuracies.tolist(), strict=True)):
            if epoch > given:
                if not np.isfinite(loss):
                    raise TrainingDiverged(epoch, config.lr)
                row, done = rows[k], loss <= target or epoch == config.epochs
                held.put(row)
                given = epoch
                yield Record(epoch, loss, accuracy, _named(row, layout) if done or epoch in kept else None)
                if done:
                    return
                if not held.stand(row):  # the caller has changed the model: what was trained ahead is another's
                    check_trainable(model)
                    batch.rewind(start)
                    batch.run(k)
                    if fused_refusal(model) is not None:
                        position = batch.position()
                        first, second = batch.moments(position)
                        state = held.adam_state(first[0], second[0], position.updates)
                        yield from train_by_torch(model, task, config, Given(epoch, state))
                        return
                    held = Held(model)
                    batch.replace(held.row()[None])
                    size = 1  # who changes it once may do so at each record
                    break
            epoch += 1


def train_side_by_side(
    models: Sequence[Model],
    task: Task,
    config: TrainConfig,
    threads: int,
    states: slice | None,
    look: Callable[[int], None] | None,
) -> Generator[Records, None, None]:
    """The records of many models; see `train_many`."""
    for model in models:
        check_trainable(model)
    batches = bundles_of(models, task, config)
    held, layout = [Held(model) for model in models], _layout(models[0])
    workers = min(threads, len(batches))

    def rows() -> NDArray[Any]:
        return np.concatenate([batch.parameters for batch in batches])

    def states_now(batch: Bundle) -> NDArray[Any]:
        assert states is not None
        batch.run(1, train=False)
        return batch.states(states.start, states.stop)

    def run(epochs: int, train: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        parts = each(lambda batch: batch.run(epochs, train=train), batches)
        losses, accuracies = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        return losses, accuracies

    def run_looking(first: int, epochs: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """The slices of a run, between which `look` is told how far it is."""
        slices, done, size = list[tuple[NDArray[Any], NDArray[Any]]](), 0, 1
        while done < epochs:
            if look is not None:
                look(first + done)
            began = time.perf_counter()
            count = epochs - done if look is None else min(size, epochs - done)
            slices.append(run(count, True))
            done += count
            size = max(1, int(count * _SLICE_SECONDS / max(time.perf_counter() - began, 1e-6)))
        return slices

    with ThreadPoolExecutor(workers) as pool:
        # One worker is the caller itself: handing over takes longer than an epoch where other threads want the lock.
        each: Callable[..., Iterable[Any]] = map if workers == 1 else pool.map
        for epoch, following in pairwise((*snapshot_epochs(config.epochs, config.snapshots), config.epochs + 1)):
            parameters = tuple(_named(row, layout) for row in rows())
            looked = None if states is None else np.concatenate(list(each(states_now, batches)))
            slices = run_looking(epoch, following - 1 - epoch)
            now, positions = rows(), [batch.position() for batch in batches]
            slices.append(run(1, following <= config.epochs))
            losses, accuracies = (np.concatenate(part) for part in zip(*slices, strict=True))
            for one, row in zip(held, now, strict=True):
                one.put(row)
            yield Records(epoch, losses, accuracies, parameters, looked)
            if not all(one.stand(row) for one, row in zip(held, now, strict=True)):  # the caller has changed them
                if following > config.epochs:
                    return
                for model in models:
                    check_trainable(model)
                if any(fused_refusal(model) is not None for model in models):
                    stood = [batch.moments(position) for batch, position in zip(batches, positions, strict=True)]
                    first, second = (np.concatenate(moment) for moment in zip(*stood, strict=True))
                    given = [
                        Given(following - 1, one.adam_state(first[k], second[k], following - 1))
                        for k, one in enumerate(held)
                    ]
                    yield from train_many_by_torch(models, task, config, states, look, given)
                    return
                held = [Held(model) for model in models]
                rest = iter(held)
                for batch, position in zip(batches, positions, strict=True):
                    batch.rewind(position)
                    batch.replace(np.stack([next(rest).row() for _ in range(batch.models)]))
                run(1, True)


def _layout(model: Model) -> dict[str, tuple[slice, tuple[int, ...]]]:
    """Where each weight lies in a row, and its shape."""
    layout, start = {}, 0
    for name, tensor in model.state_dict().items():
        layout[name] = slice(start, start + tensor.numel()), tuple(tensor.shape)
        start += tensor.numel()
    return layout


def _named(row: NDArray[Any], layout: Mapping[str, tuple[slice, tuple[int, ...]]]) -> dict[str, NDArray[Any]]:
    """Copies of the weights in a row, by their names."""
    return {name: row[place].reshape(shape).copy() for name, (place, shape) in layout.items()}
