"""`train`, `train_many`, and how long one of them would take."""

import warnings
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace

import numpy as np

from lstmviz.base.checks import instance, one_of, whole_number
from lstmviz.base.clock import worked
from lstmviz.base.cores import cores
from lstmviz.base.limits import MAX_EPOCHS
from lstmviz.fused import compiles
from lstmviz.models import Model, ModelConfig, build_model
from lstmviz.tasks import PatternTask, Task
from lstmviz.training.bundles import bundle_of
from lstmviz.training.by_kernels import train_by_kernels, train_side_by_side
from lstmviz.training.by_torch import train_by_torch, train_many_by_torch
from lstmviz.training.config import TrainConfig
from lstmviz.training.plain import check_trainable, fused_refusal
from lstmviz.training.records import Record, Records

BACKENDS = ("fused", "torch")
_TRIAL_SECONDS = 0.05  # how long an estimate is measured


def train(
    model: Model, task: Task, config: TrainConfig | None = None, *, backend: str | None = None
) -> Generator[Record, None, None]:
    """Train `model` in place; yields the records of epochs 0 (untrained) to `config.epochs` as they come.

    Nothing happens before the first record is asked for. Whenever the caller has control, the model holds the
    parameters of the record just given, to the bit, however the loop is left. What the caller changes of the model
    between two records is trained on from there; what the fused kernels cannot train then, torch goes on with.

    Args:
        model: its `input_size` and `output_size` must be those of `task`.
        task: what is learned; each epoch reads all of `task.examples` once, each sequence from a zero state.
        config: `TrainConfig()` if left out.
        backend: "fused" (numba; one direction, at most 1,024 letters and units, on the CPU, the
            network as `build_model` makes it, without dropout, hooks or weights that are frozen, tied or replaced; Adam
            on the whole gradient) or "torch" (autograd, on the device where the model is); the fused one where it
            applies if left out.

    Raises:
        TypeError: `model`, `task` or `config` is something else.
        ValueError: task and model do not fit, the backend does not fit the model, gradients are switched off, nothing
            of the model learns, or its weights are not float32 or float64 in memory.
        TrainingDiverged: the loss became inf or NaN; all records before were given.
    """
    config = TrainConfig() if config is None else config
    instance("config", config, TrainConfig)
    _check_fit(model, task, config)
    check_trainable(model)
    if backend is None:
        backend = "fused" if _refusal(model, task, config) is None else "torch"
        _warn_if_nothing_compiles()
    if one_of("backend", backend, BACKENDS) == "torch":
        return train_by_torch(model, task, config)
    if refusal := _refusal(model, task, config):
        raise ValueError(f'`backend` can be "fused" {refusal}; use "torch".')
    return train_by_kernels(model, task, config)


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

    Bundles of 16 (float32) or 8 (float64) models share a vector, larger ones (from 16 units on) have vectors of their
    own, and `threads` (all cores if left out) share the bundles; what the fused kernels cannot train, torch does, one
    model after the other. A model that diverges goes on
    as NaN and disturbs nobody. `config.target_loss` is not looked at. Whenever the caller has control, the models hold
    the parameters of the last epoch in the records just given.

    Args:
        models: at least one, all of one shape.
        task: what is learned.
        config: `TrainConfig()` if left out.
        threads: how many bundles are trained at once.
        states: the steps of the task's face whose hidden states come with the records.
        look: told the epoch reached every few hundredths of a second, between records too; what it raises ends the
            training, with the models wherever they were.

    Raises:
        TypeError: a model, `task` or `config` is something else.
        ValueError: no models, models of different shapes, models that do not fit the task or cannot be trained (as
            `train` says), or `threads` is not between 1 and 1024.
    """
    config = TrainConfig() if config is None else config
    instance("config", config, TrainConfig)
    models = tuple(models)
    for model in models:
        _check_fit(model, task, config)
    threads = whole_number("threads", cores() if threads is None else threads, 1, 1024)
    kinds = {
        (one.config.cell, one.config.hidden_size, one.config.num_layers, str(next(one.parameters()).dtype))
        for one in models
    }
    if len(kinds) != 1:
        raise ValueError(f"`models` must be at least one, all of one cell, size and precision; got {len(kinds)} kinds.")
    for model in models:
        check_trainable(model)
    follows_states = states is not None and not isinstance(task, PatternTask)
    if follows_states or any(_refusal(model, task, config) is not None for model in models):
        _warn_if_nothing_compiles()
        return train_many_by_torch(models, task, config, states, look)
    return train_side_by_side(models, task, config, threads, states, look)


def estimate_seconds(model_config: ModelConfig, task: Task, config: TrainConfig) -> float:
    """Seconds that `train` would take on a core of its own: some epochs are run, for 50 ms or so, and thrown away.

    Raises:
        ValueError: task and model do not fit.
    """
    model = build_model(model_config)
    _check_fit(model, task, config)
    run = bundle_of(model, task, config).run if _refusal(model, task, config) is None else None
    endless = replace(config, epochs=MAX_EPOCHS, lr=1e-6, target_loss=None)  # a step so small does not diverge
    records = train_by_torch(model, task, endless)

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


def _refusal(model: Model, task: Task, config: TrainConfig) -> str | None:
    """Why the fused kernels cannot train `model` so, to stand behind "can be"; None if they can."""
    if not config.plain:
        return "for Adam, without clipping, truncation, batches or a part held out"
    if task.examples(0, config.held_out).held_out is not None:
        return "where all that is asked is learned from"
    return fused_refusal(model)


def _check_fit(model: Model, task: Task, config: TrainConfig) -> None:
    check_sizes(model, task)
    task.examples(0, config.held_out)  # refuses a part held out that the task has not
    if config.truncate is not None and model.config.bidirectional:
        raise ValueError(
            "`truncate` must be left out for a network that reads both ways: its gradient flows both ways."
        )


def check_sizes(model: Model, task: Task) -> None:
    """Do nothing if `model` reads and tells what `task` does.

    Raises:
        TypeError: `model` or `task` is something else.
        ValueError: the sizes differ.
    """
    instance("model", model, Model)
    instance("task", task, Task)
    wanted, sizes = (task.input_size, task.output_size), (model.config.input_size, model.config.output_size)
    if sizes != wanted:
        due = f"read and predict the task's {wanted[0]} letters"
        if task.answers != task.alphabet or task.of_numbers:
            due = f"read {wanted[0]} and tell {wanted[1]} numbers a step, as the task does"
        raise ValueError(f"`model` must {due}; got input_size {sizes[0]} and output_size {sizes[1]}.")


def _warn_if_nothing_compiles() -> None:
    if not compiles():
        warnings.warn(
            "NUMBA_DISABLE_JIT is set, so torch trains, which takes far longer.", RuntimeWarning, stacklevel=3
        )
