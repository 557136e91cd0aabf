"""Trained networks of one shape looked at all together: every quantity over the last whole patterns of their text."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array, Weights, lstm_step
from lstmviz.models import Model, ModelConfig, build_model, load_parameters
from lstmviz.predictions.outcome import outcome
from lstmviz.sweeps import BundleResult
from lstmviz.tasks import PatternTask, check_pattern
from lstmviz.tracing import LayerTrace, Trace, trace, trace_snapshots
from lstmviz.training import TrainConfig, train_many

Parameters = Mapping[str, NDArray[np.floating]]
"""The weights of one network, under their `state_dict` names."""

PERIODS = 10
"""How many of the last whole patterns are looked at, where the text has as many."""


@dataclass(frozen=True, eq=False)
class Look:
    """E networks of one cell and size, over S steps of their text: whole patterns, the last of which is the task's.

    All arrays are float64, computed from the weights taken as exact.
    """

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    task: PatternTask
    hidden_size: int
    """H"""
    window: slice
    """the steps of the text that are looked at"""
    values: Mapping[str, Array]
    """(E, S, H) each, by name: h of every cell; of an LSTM also i, f, o, g, c, and what they make: "i*g", "f*c" with
    the c of the step before, "tanh(c)", "o*c"; of a GRU r, z, n"""
    replayed: Mapping[str, Array] | None
    """the same names as the notes' loop has them, in which every step starts from zeros (see `lecture.replay`); None
    but for an LSTM, since the notes replay no other cell"""
    by_formula: Mapping[str, Array] | None
    """`values` with the h that the notes' formula has, tanh(o*c) for o*tanh(c); None but for an LSTM"""
    solved: NDArray[np.bool_]
    """(E,) whether the network names every letter of the last pattern right"""
    diverged: NDArray[np.bool_]
    """(E,) whether a number of it is not finite; such a network is not solved, and counts in no share"""
    difference_from_torch: float
    """largest absolute difference from torch in float64, as `trace` measures it, over the steps looked at and from the
    state in which ours enters them, of the first and the last network that is finite; NaN where none is

    All networks over the whole text would take torch longer than the training.
    """

    @property
    def steps(self) -> int:
        """S."""
        return self.window.stop - self.window.start

    def group(self, of: str) -> NDArray[np.bool_]:
        """(E,) which networks are "solved", "failed" (finite, but not solved) or "all" of the finite ones."""
        chosen = {"solved": self.solved, "failed": ~self.solved, "all": np.ones_like(self.solved)}[of]
        return chosen & ~self.diverged


def look_at(config: ModelConfig, parameters: Sequence[Parameters], task: PatternTask, periods: int = PERIODS) -> Look:
    """Follow networks of the shape `config` through the whole text of `task`, and keep its last patterns.

    Args:
        config: the shape, of one layer and one direction; its seed and precision do not matter.
        parameters: the weights of each network, at least one; numbers that are not finite are let pass.
        task: what they read.
        periods: how many of the last whole patterns to keep, 1 or more; all of them where the text has fewer.

    Raises:
        TypeError: `task` is no alphabet pattern.
        ValueError: as `trace_snapshots`; the task has other letters than the networks; `periods` is out of range.
    """
    check_pattern(task)
    periods = min(whole_number("periods", periods, 1, 10**6), task.repeats - 1)
    exact = build_model(replace(config, dtype="float64"))
    x = task.one_hot().astype(np.float64)
    tr = trace_snapshots(exact, parameters, x, compare=False)
    window = slice(task.last_pattern.stop - periods * task.period, task.last_pattern.stop)
    sure = outcome(tr.probabilities, task).sure[:, task.last_pattern].all(axis=-1)
    finite = np.array([all(np.isfinite(array).all() for array in one.values()) for one in parameters])
    for array in tr.layers[0].values.values():
        finite &= np.isfinite(array).all(axis=(1, 2))
    values = values_of(tr, window)
    lstm = config.cell == "lstm"
    return Look(
        cell=config.cell,
        task=task,
        hidden_size=config.hidden_size,
        window=window,
        values=values,
        replayed=_replayed(parameters, x[window]) if lstm else None,
        by_formula={**values, "h": np.tanh(values["o*c"])} if lstm else None,
        solved=sure & finite,
        diverged=~finite,
        difference_from_torch=_difference(exact, parameters, np.flatnonzero(finite), tr.layers[0], x, window),
    )


def train_networks(
    task: PatternTask, config: ModelConfig, seeds: Iterable[int], epochs: int = 1000, lr: float = 0.1
) -> tuple[Parameters, ...]:
    """The weights after `epochs` updates of networks that differ by their seeds alone, trained side by side.

    Args:
        task: the text.
        config: the shape; its own seed does not matter.
        seeds: one a network, at least one.
        epochs: updates of the parameters, 1 to 100,000.
        lr: Adam's learning rate, above 0, at most 10.

    Raises:
        ValueError: as `ModelConfig`, `TrainConfig` and `train_many`.
    """
    models = [build_model(replace(config, seed=seed)) for seed in seeds]
    records = train_many(models, task, TrainConfig(epochs=epochs, lr=lr, snapshots=2))
    return deque(records, maxlen=1)[0].parameters


def parameters_of_bundles(results: Iterable[BundleResult]) -> list[Parameters]:
    """The final weights of each network of some bundles, as `look_at` takes them: a sweep need not be repeated."""
    return [
        {name: array[k] for name, array in result.parameters.items()}
        for result in results
        for k in range(len(result.bundle.seeds))
    ]


def values_of(tr: Trace, window: slice) -> dict[str, Array]:
    """What is counted of networks over the steps of a window, (E, S, H) by name: values, and an LSTM's products."""
    layer = tr.layers[0]
    kept = {
        name: array[:, window]
        for name, array in layer.values.items()
        if not name.endswith("_pre") and name != "n_hidden"
    }
    return kept if layer.c_prev is None else _with_products(kept, layer.c_prev[:, window])


def _with_products(values: dict[str, Array], c_prev: Array) -> dict[str, Array]:
    """The values of an LSTM and the products on the way from g to h."""
    with np.errstate(all="ignore"):
        return {
            **values,
            "i*g": values["i"] * values["g"],
            "f*c": values["f"] * c_prev,
            "tanh(c)": np.tanh(values["c"]),
            "o*c": values["o"] * values["c"],
        }


def _difference(
    exact: Model,
    parameters: Sequence[Parameters],
    finite: NDArray[np.int64],
    followed: LayerTrace,
    x: Array,
    window: slice,
) -> float:
    """The difference from torch of the first and the last of the networks `finite`, within the window."""
    found = []
    for e in {*finite[:1].tolist(), *finite[-1:].tolist()}:
        load_parameters(exact, parameters[e])
        h = followed.h_prev[e, None, window.start]
        c = None if followed.c_prev is None else followed.c_prev[e, None, window.start]
        found.append(trace(exact, x[window], h if c is None else (h, c)).difference_from_torch)
    return max(found, default=np.nan)


def _replayed(parameters: Sequence[Parameters], x: Array) -> dict[str, Array]:
    """What the notes' loop shows of each network at the letters x (S, V): each a first step, from zeros."""

    def stacked(name: str) -> Array:
        return np.stack([one[f"recurrent.{name}_l0"] for one in parameters])[:, None].astype(np.float64)

    w = Weights(stacked("weight_ih"), stacked("weight_hh"), stacked("bias_ih"), stacked("bias_hh"))
    none = np.zeros((len(parameters), len(x), w.hh.shape[-1]))
    with np.errstate(all="ignore"):
        step = lstm_step(x, none, none, w)
    return _with_products({name: getattr(step, name) for name in ("i", "f", "g", "o", "c", "h")}, none)
