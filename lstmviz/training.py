"""Training: gradient descent with Adam as a generator of records, by the fused kernels or by torch's autograd."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lstmviz._checks import instance, one_of, real_number, whole_number
from lstmviz._clock import worked
from lstmviz.fused import ADAM_BETAS, ADAM_EPS, Batch, lanes
from lstmviz.limits import MAX_EPOCHS, MAX_FUSED_SIZE, MAX_LR
from lstmviz.models import Model, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.tasks import Task

BACKENDS = ("fused", "torch")
SNAPSHOT_MULTIPLE = 3000
"""The lecture shows its networks after each 3000 epochs, so these are always among the snapshots."""
_SLICE_SECONDS = 0.03  # how long the kernels run between two looks at whether anyone still listens
_TRIAL_SECONDS = 0.05  # how long an estimate is measured


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How a network is trained, checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    epochs: int = 1000
    """updates of the parameters, each from one pass over the whole text, 1 to 100,000"""
    lr: float = 0.1
    """Adam's learning rate, above 0, at most 10; its betas and epsilon are torch's defaults"""
    loss: str = "mean"
    """cross entropy over the steps: their "mean" or their "sum\""""
    target_loss: float | None = None
    """stop at the first record whose loss is not above this; None: train to the end"""
    snapshots: int = 60
    """about how many records carry a copy of the parameters, 2 to 1000"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "epochs": whole_number("epochs", self.epochs, 1, MAX_EPOCHS),
            "lr": real_number("lr", self.lr, 0.0, MAX_LR, above=True),
            "loss": one_of("loss", self.loss, ("mean", "sum")),
            "snapshots": whole_number("snapshots", self.snapshots, 2, 1000),
        }
        if self.target_loss is not None:
            checked["target_loss"] = real_number("target_loss", self.target_loss, 0.0, 1e9)
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class Record:
    """What is known after `epoch` updates; loss and accuracy belong to the parameters of that moment."""

    epoch: int
    """updates made so far; 0 is the untrained network"""
    loss: float
    """cross entropy in nats, mean or sum over the steps"""
    accuracy: float
    """share of the steps whose most probable letter is the right one, 0 to 1"""
    parameters: Mapping[str, NDArray[Any]] | None
    """copies under their `state_dict` names on the snapshot epochs and the last record, else None"""


@dataclass(frozen=True, eq=False)
class Records:
    """The records of `models` trained side by side over a few epochs: row k belongs to epoch `first + k`."""

    first: int
    losses: NDArray[Any]
    """(epochs, models)"""
    accuracies: NDArray[Any]
    """(epochs, models)"""
    parameters: tuple[Mapping[str, NDArray[Any]], ...]
    """each model's parameters after `first` updates"""
    states: NDArray[Any] | None = None
    """(models, steps, H) the hidden states of those parameters at the steps asked for"""


class TrainingDiverged(ArithmeticError):
    """The loss was no finite number any more; the model keeps the parameters of the record before.

    Attributes:
        epoch: the first epoch whose loss is not finite.
    """

    def __init__(self, epoch: int, lr: float) -> None:
        super().__init__(
            f"The loss is not a finite number at epoch {epoch}; train with a learning rate below {lr:g}, "
            "or from another seed."
        )
        self.epoch = epoch
        self.lr = lr

    def __reduce__(self) -> Any:
        return type(self), (self.epoch, self.lr)


def snapshot_epochs(epochs: int, count: int = 60) -> tuple[int, ...]:
    """The epochs whose parameters are kept: the first, the last, the multiples of 3000, and others, denser early.

    They grow with the cube of their number, so that the first half of them covers an eighth of the training, when most
    happens. About `count` of them; fewer where the training has fewer epochs.
    """
    curve = (round(epochs * (k / (count - 1)) ** 3) for k in range(count))
    return tuple(sorted({*curve, *range(0, epochs + 1, SNAPSHOT_MULTIPLE), epochs}))


def train(
    model: Model, task: Task, config: TrainConfig | None = None, *, backend: str | None = None
) -> Generator[Record, None, None]:
    """Train `model` in place; yields the records of epochs 0 (untrained) to `config.epochs` as they come.

    Nothing happens before the first record is asked for. When the generator ends or is closed (a `break` closes it),
    the model holds the parameters of the last record given, to the bit: nothing trains on unseen.

    Args:
        model: its `input_size` and `output_size` must be the number of letters of `task`.
        task: the text; each epoch reads it once, from a zero state.
        config: `TrainConfig()` if left out.
        backend: "fused" (numba; one layer, one direction, at most 64 letters and units, on the CPU) or "torch"
            (autograd, on the device where the model is); the fused one where it applies if left out.

    Raises:
        TypeError: `model`, `task` or `config` is something else.
        ValueError: task and model do not fit, or the backend does not fit the model.
        TrainingDiverged: the loss became inf or NaN; all records before were given.
    """
    config = TrainConfig() if config is None else config
    instance("config", config, TrainConfig)
    _check_fit(model, task)
    if backend is None:
        backend = "fused" if _fused_refusal(model) is None else "torch"
    if one_of("backend", backend, BACKENDS) == "torch":
        return _train_torch(model, task, config)
    if refusal := _fused_refusal(model):
        raise ValueError(f'`backend` can be "fused" {refusal}; use "torch".')
    return _train_fused(model, task, config)


def train_many(
    models: Iterable[Model],
    task: Task,
    config: TrainConfig | None = None,
    *,
    threads: int | None = None,
    states: slice | None = None,
    look: Callable[[int], None] | None = None,
) -> Generator[Records, None, None]:
    """Train models of one shape side by side, each exactly as `train` would; yields from snapshot to snapshot.

    Bundles of 16 (float32) or 8 (float64) models share a vector, and `threads` (all cores if left out) share the
    bundles. A model that diverges goes on as NaN and disturbs nobody. `config.target_loss` is not looked at. As with
    `train`, whoever stops early has models that stand at the last epoch seen.

    Args:
        models: at least one, all of one shape.
        task: the text.
        config: `TrainConfig()` if left out.
        threads: how many bundles are trained at once.
        states: the steps whose hidden states come with the records.
        look: told the epoch reached every few hundredths of a second, between records too; what it raises ends the
            training, with the models wherever they were.

    Raises:
        TypeError: a model, `task` or `config` is something else.
        ValueError: no models, models of different shapes, models that do not fit the task or the fused kernels, or
            `threads` is not between 1 and 1024.
    """
    config = TrainConfig() if config is None else config
    instance("config", config, TrainConfig)
    models = tuple(models)
    for model in models:
        _check_fit(model, task)
    threads = whole_number("threads", os.cpu_count() or 1 if threads is None else threads, 1, 1024)
    kinds = {(model.config.cell, model.config.hidden_size, str(model.head.weight.dtype)) for model in models}
    if len(kinds) != 1:
        raise ValueError(f"`models` must be at least one, all of one cell, size and precision; got {len(kinds)} kinds.")
    for model in models:
        if refusal := _fused_refusal(model):
            raise ValueError(f"`models` can be trained side by side {refusal}.")
    return _train_many(models, task, config, threads, states, look)


def estimate_seconds(model_config: ModelConfig, task: Task, config: TrainConfig) -> float:
    """Seconds that `train` would take on a core of its own: some epochs are run, for 50 ms or so, and thrown away.

    Raises:
        ValueError: task and model do not fit.
    """
    model = build_model(model_config)
    _check_fit(model, task)
    run = _batch([model], task, config).run if _fused_refusal(model) is None else None
    endless = TrainConfig(epochs=MAX_EPOCHS, lr=1e-6, loss=config.loss)  # a step so small does not diverge
    records = _train_torch(model, task, endless)

    def seconds_for(epochs: int) -> float:
        began = worked()
        _ = [next(records) for _ in range(epochs)] if run is None else run(epochs)
        return worked() - began

    seconds_for(1)  # pays for set-up and, once a machine, compilation
    count, seconds, fastest = 1, 0.0, np.inf
    while seconds < _TRIAL_SECONDS and count < config.epochs:
        seconds = seconds_for(count)
        fastest = min(fastest, seconds / count)  # a look away of this machine's would make the others seem slow
        count *= 2
    return config.epochs * (fastest if count > 1 else seconds_for(1))


def _check_fit(model: Model, task: Task) -> None:
    instance("model", model, Model)
    instance("task", task, Task)
    letters, config = len(task.alphabet), model.config
    if (config.input_size, config.output_size) != (letters, letters):
        raise ValueError(
            f"`model` must read and predict the task's {letters} letters; "
            f"got input_size {config.input_size} and output_size {config.output_size}."
        )


def _fused_refusal(model: Model) -> str | None:
    """Why the fused kernels cannot train `model`, to stand behind "can be"; None if they can."""
    config = model.config
    if config.num_layers > 1 or config.bidirectional:
        return "for one layer and one direction"
    if config.hidden_size > MAX_FUSED_SIZE or config.input_size > MAX_FUSED_SIZE:
        return f"up to {MAX_FUSED_SIZE} hidden units and letters"
    if model.head.weight.device.type != "cpu":
        return "on the CPU only"
    if str(model.head.weight.dtype) not in ("torch.float32", "torch.float64"):
        return "in float32 or float64 only"
    return None


def _flat(model: Model) -> NDArray[Any]:
    """All parameters in one row, in the order of `state_dict`, which is the one the kernels expect."""
    return np.concatenate([value.ravel() for value in parameters_of(model).values()])


def _layout(model: Model) -> dict[str, tuple[slice, tuple[int, ...]]]:
    """Where each weight lies in the row of `_flat`, and its shape."""
    layout, start = {}, 0
    for name, tensor in model.state_dict().items():
        layout[name] = slice(start, start + tensor.numel()), tuple(tensor.shape)
        start += tensor.numel()
    return layout


def _named(row: NDArray[Any], layout: Mapping[str, tuple[slice, tuple[int, ...]]]) -> dict[str, NDArray[Any]]:
    """Copies of the weights in the row of `_flat`, by their names."""
    return {name: row[place].reshape(shape).copy() for name, (place, shape) in layout.items()}


def _batch(models: Sequence[Model], task: Task, config: TrainConfig) -> Batch:
    first = models[0].config
    return Batch(
        first.cell,
        np.stack([_flat(model) for model in models]),
        task.x,
        task.y,
        letters=first.input_size,
        hidden_size=first.hidden_size,
        lr=config.lr,
        mean=config.loss == "mean",
    )


def _train_fused(model: Model, task: Task, config: TrainConfig) -> Generator[Record, None, None]:
    batch = _batch([model], task, config)
    layout = _layout(model)
    before = start = batch.position()
    target = -np.inf if config.target_loss is None else config.target_loss
    shown = 0
    try:
        size = 1
        for epoch, following in pairwise((*snapshot_epochs(config.epochs, config.snapshots), config.epochs + 1)):
            parameters: dict[str, NDArray[Any]] | None = _named(batch.parameters[0], layout)
            while epoch < following:
                before, start = start, batch.position()
                began = time.perf_counter()
                # The last record needs no update behind it.
                count = min(size, following - epoch)
                losses, accuracies = batch.run(count, train=epoch < config.epochs)
                size = max(1, int(count * _SLICE_SECONDS / max(time.perf_counter() - began, 1e-6)))
                for loss, accuracy in zip(losses[:, 0].tolist(), accuracies[:, 0].tolist(), strict=True):
                    if not np.isfinite(loss):
                        raise TrainingDiverged(epoch, config.lr)
                    shown = epoch
                    if loss <= target:
                        if parameters is None:
                            _go_back(batch, start, shown)
                            parameters = _named(batch.parameters[0], layout)
                        yield Record(epoch, loss, accuracy, parameters)
                        return
                    yield Record(epoch, loss, accuracy, parameters)
                    parameters = None
                    epoch += 1
    finally:
        # The kernels run some epochs ahead of the records: go back to the last one that was seen. It may be the last of
        # the slice before, where the first loss of this one is no number.
        _go_back(batch, start if shown >= start.updates else before, shown)
        load_parameters(model, _named(batch.parameters[0], layout))


def _go_back(batch: Batch, start: Any, epoch: int) -> None:
    """Bring `batch` to `epoch` updates, from `start` on, a position at or before it."""
    if batch.updates != epoch:
        batch.rewind(start)
        batch.run(epoch - start.updates)


def _train_torch(model: Model, task: Task, config: TrainConfig) -> Generator[Record, None, None]:
    weight = model.head.weight
    x = torch.tensor(task.one_hot(), dtype=weight.dtype, device=weight.device)
    y = torch.tensor(task.y, device=weight.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr, betas=ADAM_BETAS, eps=ADAM_EPS)
    snapshots = frozenset(snapshot_epochs(config.epochs, config.snapshots))
    target = -np.inf if config.target_loss is None else config.target_loss
    before = parameters_of(model)
    for epoch in range(config.epochs + 1):
        logits, _ = model(x)
        loss = torch.nn.functional.cross_entropy(logits, y, reduction=config.loss)
        value = loss.item()
        if not np.isfinite(value):
            load_parameters(model, before)
            raise TrainingDiverged(epoch, config.lr)
        before = parameters_of(model)
        accuracy = (logits.argmax(1) == y).double().mean().item()
        done = value <= target or epoch == config.epochs
        yield Record(epoch, value, accuracy, before if done or epoch in snapshots else None)
        if done:
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _train_many(
    models: Sequence[Model],
    task: Task,
    config: TrainConfig,
    threads: int,
    states: slice | None,
    look: Callable[[int], None] | None,
) -> Generator[Records, None, None]:
    width = lanes(models[0].head.weight.element_size())
    bundles = [models[k : k + width] for k in range(0, len(models), width)]
    batches = [_batch(bundle, task, config) for bundle in bundles]
    layout = _layout(models[0])

    def rows() -> NDArray[Any]:
        return np.concatenate([batch.parameters for batch in batches])

    def states_now(batch: Batch) -> NDArray[Any]:
        assert states is not None
        batch.run(1, train=False)
        return batch.states(states.start, states.stop)

    def run(epochs: int, train: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        parts = each(lambda batch: batch.run(epochs, train=train), batches)
        losses, accuracies = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        return losses, accuracies

    def run_looking(first: int, epochs: int, train: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        if look is None:
            return run(epochs, train)
        slices, done, size = [], 0, 1
        while done < epochs:
            look(first + done)
            began = time.perf_counter()
            count = min(size, epochs - done)
            slices.append(run(count, train))
            done += count
            size = max(1, int(count * _SLICE_SECONDS / max(time.perf_counter() - began, 1e-6)))
        losses, accuracies = (np.concatenate(part) for part in zip(*slices, strict=True))
        return losses, accuracies

    seen = True  # what `look` raises comes before anything was given
    workers = min(threads, len(batches))
    with ThreadPoolExecutor(workers) as pool:
        # One worker is the caller itself: handing over takes longer than an epoch where other threads want the lock.
        each: Callable[..., Iterable[Any]] = map if workers == 1 else pool.map
        try:
            for epoch, following in pairwise((*snapshot_epochs(config.epochs, config.snapshots), config.epochs + 1)):
                starts = [batch.position() for batch in batches]
                parameters = tuple(_named(row, layout) for row in rows())
                looked = None if states is None else np.concatenate(list(each(states_now, batches)))
                losses, accuracies = run_looking(epoch, following - epoch, epoch < config.epochs)
                seen = False
                yield Records(epoch, losses, accuracies, parameters, looked)
                seen = True
        finally:
            if not seen:  # stopped here: the models go to the last record that was given
                for batch, start in zip(batches, starts, strict=True):
                    _go_back(batch, start, min(following - 1, config.epochs))
            for row, model in zip(rows(), models, strict=True):
                load_parameters(model, _named(row, layout))
