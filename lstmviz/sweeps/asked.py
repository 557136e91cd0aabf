"""What networks of one shape say to sequences, side by side: to the one that is looked at, and to those that judge."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.sequence import read
from lstmviz.cells.step import Weights
from lstmviz.predictions.outcome import margins
from lstmviz.tasks import Examples, Task

Float = NDArray[np.float32]
JUDGED_BY = 24
"""How many sequences judge the networks of a task whose sequences are drawn."""


class Said(NamedTuple):
    """What N networks make of the P steps that are looked at, and of all that judges them."""

    h: Float
    """(N, P, H) hidden states"""
    outputs: Float
    """(N, P, V) what comes next, as probabilities; or the numbers told, (N, P, Q)"""
    margins: Float
    """(N,) by how much what is due is ahead where that is least, as `Outcome.margin` has it; NaN where no finite number
    was told"""


def judges(task: Task) -> Examples:
    """What decides whether a network has learned `task`.

    Sequences that no training holds, where they are drawn; else all that are learned; of a pattern its text.
    """
    return task.tests(JUDGED_BY)


def of_pattern(task: Task, steps: slice, h: Float, parameters: Sequence[Mapping[str, Float]]) -> Said:
    """What networks say of the steps of a pattern that they are judged by, from their states there, (N, P, H)."""
    outputs = _told(task, h, parameters)
    return Said(h, outputs, margins(outputs, np.eye(task.output_size, dtype=bool)[task.y[steps]]).min(axis=-1))


def ask(cell: str, parameters: Sequence[Mapping[str, Float]], task: Task, steps: slice, by: Examples) -> Said:
    """Have networks of one layer read the face of a task that is no pattern, and the sequences of `by`.

    Args:
        cell: of all of them.
        parameters: of each, by their `state_dict` names.
        task: what they have learned.
        steps: those of the face that are looked at.
        by: as `judges` gives them.
    """
    h = _states(cell, parameters, task.inputs()[:, None])[:, steps, 0]
    inputs = np.eye(task.input_size, dtype=np.float32)[by.inputs] if task.alphabet else by.inputs.astype(np.float32)
    told = _told(task, _states(cell, parameters, inputs.swapaxes(0, 1)), parameters)
    due: Any = by.targets if task.of_numbers else by.legal
    if due is None:
        due = by.targets[..., None] == np.arange(task.output_size)
    leads = margins(told, due.swapaxes(0, 1), task.tolerance)
    leads = np.where(by.scored.T, leads, np.inf)
    return Said(h, _told(task, h, parameters), leads.min(axis=(1, 2)))


def _states(cell: str, parameters: Sequence[Mapping[str, Float]], x: Float) -> Float:
    """(N, T, B, H) of all networks after each step of all sequences, x (T, B, V)."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    w = Weights(*(_stacked(parameters, f"recurrent.{name}")[:, None] for name in names))
    start = np.zeros((len(parameters), x.shape[1], w.hh.shape[-1]), w.hh.dtype)
    states: Float = read(cell, w, x.astype(w.hh.dtype)[:, None], start, start)["h"].swapaxes(0, 1)
    return states


def _told(task: Task, h: Float, parameters: Sequence[Mapping[str, Float]]) -> Float:
    """The head over the states of each network, and of symbols their probabilities: (N, ..., H) -> (N, ..., V)."""
    weight, bias = _stacked(parameters, "head.weight"), _stacked(parameters, "head.bias")
    with np.errstate(all="ignore"):
        flat = h.reshape(len(h), -1, h.shape[-1])
        outputs: Float = flat @ weight.transpose(0, 2, 1) + bias[:, None]
        if not task.of_numbers:
            powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
            outputs = powers / powers.sum(axis=-1, keepdims=True)
    return outputs.reshape(*h.shape[:-1], -1)


def _stacked(parameters: Sequence[Mapping[str, Float]], name: str) -> Float:
    return np.stack([one[name] for one in parameters])
