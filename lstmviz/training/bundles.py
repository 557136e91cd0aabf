"""The kernels behind a training: networks side by side, or one alone, with one face."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused import Batch, Network, Position, Single, along_units, is_single, lanes
from lstmviz.models import Model
from lstmviz.tasks import DrawnTask, Examples, PatternTask, Task
from lstmviz.training.config import TrainConfig
from lstmviz.training.drawn import DrawnNetwork, rows_of
from lstmviz.training.plain import Held


class Alone:
    """One network in a kernel of its own, with the face of a batch of one."""

    models = 1

    def __init__(self, network: Network | DrawnNetwork | Single) -> None:
        self._network = network
        self.run_remembering, self.position = network.run_remembering, network.position
        self.rewind = network.rewind

    def run(self, epochs: int, *, train: bool = True) -> tuple[NDArray[Any], NDArray[Any]]:
        """As `Batch.run`, each (epochs, 1)."""
        losses, shares = self._network.run(epochs, train=train)
        return losses[:, None], shares[:, None]

    def states(self, start: int, stop: int) -> NDArray[Any]:
        """As `Batch.states`, (1, stop - start, H)."""
        return self._network.states(start, stop)[None]

    @property
    def parameters(self) -> NDArray[Any]:
        """(1, P)."""
        return self._network.parameters[None]

    def replace(self, parameters: NDArray[Any]) -> None:
        """As `Batch.replace`."""
        self._network.replace(parameters.ravel())

    def moments(self, position: Position) -> tuple[NDArray[Any], NDArray[Any]]:
        """As `Batch.moments`, each (1, P)."""
        first, second = self._network.moments(position)
        return first[None], second[None]


Bundle = Batch | Alone


def bundle_of(model: Model, task: Task, config: TrainConfig) -> Bundle:
    """The kernel of one model, the quickest that trains it to the bits that it has among others."""
    made, width = model.config, lanes(model.head.weight.element_size())
    if not isinstance(task, PatternTask) or not is_single(width, made.hidden_size, made.input_size, made.num_layers):
        (bundle,) = bundles_of([model], task, config)
        return bundle
    options = {"letters": made.input_size, "hidden_size": made.hidden_size, **_rule(config)}
    return Alone(Single(made.cell, Held(model).row(), task.x, task.y, **options))


def bundles_of(models: Sequence[Model], task: Task, config: TrainConfig) -> list[Bundle]:
    """The kernels of models of one shape that they can train: as many as share a vector, or each its own."""
    first = models[0].config
    rows = [Held(model).row() for model in models]
    if not isinstance(task, PatternTask):
        return [Alone(_network_for(model, row, task, config)) for model, row in zip(models, rows, strict=True)]
    if along_units(first.hidden_size, first.input_size, first.num_layers):
        return [Alone(_network_of(model, row, task, config)) for model, row in zip(models, rows, strict=True)]
    width = lanes(models[0].head.weight.element_size())
    return [
        Batch(
            first.cell,
            np.stack(rows[k : k + width]),
            task.x,
            task.y,
            letters=first.input_size,
            hidden_size=first.hidden_size,
            **_rule(config),
        )
        for k in range(0, len(models), width)
    ]


def _network_of(model: Model, row: NDArray[Any], task: PatternTask, config: TrainConfig) -> Network:
    return Network(model.config.cell, row, task.x, task.y, **_options(model, config))


def _network_for(model: Model, row: NDArray[Any], task: Task, config: TrainConfig) -> Network | DrawnNetwork:
    """The kernel for any task: on all that an epoch holds, or on what each epoch draws."""

    def on(examples: Examples, together: int | None) -> Network:
        read = rows_of(examples, task.of_numbers)
        return Network(
            model.config.cell,
            row,
            read.x,
            read.y,
            lengths=examples.lengths,
            together=together,
            legal=read.legal,
            tolerance=np.inf if task.tolerance is None else task.tolerance,
            **_options(model, config),
        )

    if isinstance(task, DrawnTask):
        drawn = task
        return DrawnNetwork(lambda epoch, count: on(drawn.examples(epoch, count=count), drawn.drawn), drawn.drawn)
    return on(task.examples(), None)


def _options(model: Model, config: TrainConfig) -> dict[str, Any]:
    return {
        "inputs": model.config.input_size,
        "hidden_size": model.config.hidden_size,
        "outputs": model.config.output_size,
        "layers": model.config.num_layers,
    } | _rule(config)


def _rule(config: TrainConfig) -> dict[str, Any]:
    return {"lr": config.lr, "mean": config.loss == "mean"}
