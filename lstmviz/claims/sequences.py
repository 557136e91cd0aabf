"""Where the values of one network lie while it reads many sequences of its task."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lstmviz.claims.distributions import Distribution, Thresholds, distribution
from lstmviz.claims.networks import Parameters, values_of
from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import Task
from lstmviz.tracing import trace_snapshots


def over_sequences(
    config: ModelConfig, parameters: Parameters, tasks: Sequence[Task], thresholds: Thresholds | None = None
) -> Mapping[str, Distribution]:
    """The distribution of each quantity over all steps of the faces of `tasks`, each step counting alike.

    Args:
        config: the network's shape, of one layer and one direction; its seed and precision do not matter.
        parameters: its weights.
        tasks: one task with several faces, at least one.
        thresholds: what "at -1 or 1" and "near 0" mean; `Thresholds()` if left out.

    Raises:
        ValueError: there is no task, or as `trace_snapshots`.
    """
    if not tasks:
        raise ValueError("`tasks` must be at least one task; got none.")
    thresholds = Thresholds() if thresholds is None else thresholds
    exact = build_model(replace(config, dtype="float64"))
    read = []
    for task in tasks:
        tr = trace_snapshots(exact, [parameters], task.inputs().astype(np.float64), compare=False)
        read.append(values_of(tr, slice(0, len(task.x))))
    joined = {name: np.concatenate([one[name] for one in read], axis=1) for name in read[0]}
    return {name: distribution(name, array, config.cell, thresholds) for name, array in joined.items()}
