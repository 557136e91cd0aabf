"""Where the values of one network lie while it reads many sequences of its task."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lstmviz.claims.distributions import Distribution, Thresholds, distribution
from lstmviz.claims.networks import Parameters, values_of
from lstmviz.models import ModelConfig, build_model, load_parameters
from lstmviz.tasks import Task, side_by_side
from lstmviz.tracing import trace


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
        ValueError: there is no task, or as `trace` and `load_parameters`.
    """
    if not tasks:
        raise ValueError("`tasks` must be at least one task; got none.")
    thresholds = Thresholds() if thresholds is None else thresholds
    exact = build_model(replace(config, dtype="float64"))
    load_parameters(exact, parameters)
    x, own = side_by_side(tasks)
    values = values_of(trace(exact, x, lengths=own.sum(axis=0), compare=False), slice(None))
    # One network, whose steps are those of all sequences in a row.
    return {name: distribution(name, array[own][None], config.cell, thresholds) for name, array in values.items()}
