"""Two slips of the notes, computed beside what is right: the index in a loop, and the place of a tanh."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lstmviz.cells.step import Array, LSTMStep, Weights, lstm_step
from lstmviz.models import Model, parameters_of
from lstmviz.tasks import PatternTask

MISREAD = 0.05
"""From here on a number of the wrong replay counts as misread: a colour or a second digit that tells something else."""


@dataclass(frozen=True, eq=False)
class Replay:
    """One trained LSTM, followed through its text by two loops that differ in an index.

    `printed` and `followed` hold the gates i f g o, their sums (`_pre`) and the states c h, each (T, H).
    """

    printed: Mapping[str, Array]
    """the loop as in the notes: it reads rows t of h and c, which still hold zeros, so every step is a first step"""
    followed: Mapping[str, Array]
    """the loop that reads rows t - 1, the state that the step before left"""
    printed_difference: float
    """largest difference between the first loop's h and the outputs of torch.nn.LSTM"""
    followed_difference: float
    """the same of the second loop"""

    def misread(self, quantity: str) -> NDArray[np.bool_]:
        """(T, H) where the first loop shows a number that is off by more than `MISREAD`."""
        return np.abs(self.printed[quantity] - self.followed[quantity]) > MISREAD


def replay_both_ways(model: Model, task: PatternTask) -> Replay:
    """Follow the LSTM `model` through the text of `task` as the notes do, and as it runs.

    Raises:
        ValueError: `model` is no LSTM of one layer and one direction.
    """
    config = model.config
    if config.cell != "lstm" or config.num_layers > 1 or config.bidirectional:
        raise ValueError(f"`model` must be an LSTM of one layer and one direction; got the cell '{config.cell}'.")
    x = task.one_hot().astype(config.dtype)
    w = _weights(model)
    printed, followed = _replay_as_printed(x, w), _replay_as_it_runs(x, w)
    with torch.no_grad():
        outputs = model.recurrent(torch.tensor(x))[0].numpy()
    return Replay(
        printed=printed,
        followed=followed,
        printed_difference=float(np.abs(printed["h"] - outputs).max()),
        followed_difference=float(np.abs(followed["h"] - outputs).max()),
    )


def _replay_as_printed(x: Array, w: Weights) -> dict[str, Array]:
    h, cell, steps = _zeros(x, w), _zeros(x, w), []
    for t in range(len(x)):
        step = lstm_step(x[t], h[t], cell[t], w)  # the slip: rows t are what this step is about to write
        h[t], cell[t] = step.h, step.c
        steps.append(step)
    return _stacked(steps)


def _replay_as_it_runs(x: Array, w: Weights) -> dict[str, Array]:
    h, cell, steps = _zeros(x, w), _zeros(x, w), []
    for t in range(len(x)):
        step = lstm_step(
            x[t], h[t - 1], cell[t - 1], w
        )  # at t = 0 these are the last rows: zeros still, as it should be
        h[t], cell[t] = step.h, step.c
        steps.append(step)
    return _stacked(steps)


@dataclass(frozen=True)
class OutputFormula:
    """One unit of the untrained LSTM at one step, and its output by the formula that is right and by the other."""

    step: int
    unit: int
    o: float
    c: float
    outside: float
    """o * tanh(c), as torch computes h"""
    inside: float
    """tanh(o * c)"""


def output_formulas(model: Model, task: PatternTask, steps: tuple[int, ...] = (0, -1)) -> tuple[OutputFormula, ...]:
    """Both formulas for h at the given steps, for every unit of the LSTM `model` reading the text of `task`.

    Raises:
        ValueError: `model` is no LSTM of one layer and one direction.
    """
    values = replay_both_ways(model, task).followed
    return tuple(
        OutputFormula(step, unit, float(o), float(c), float(o * np.tanh(c)), float(np.tanh(o * c)))
        for step in steps
        for unit, (o, c) in enumerate(zip(values["o"][step], values["c"][step], strict=True))
    )


def _weights(model: Model) -> Weights:
    named = parameters_of(model)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return Weights(*(named[f"recurrent.{name}"] for name in names))


def _zeros(x: Array, w: Weights) -> Array:
    return np.zeros((len(x), w.hh.shape[-1]), x.dtype)


def _stacked(steps: list[LSTMStep]) -> dict[str, Array]:
    values = {name: np.stack(column) for name, column in zip(LSTMStep._fields, zip(*steps, strict=True), strict=True)}
    for array in values.values():
        array.flags.writeable = False
    return values
