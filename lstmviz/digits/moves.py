"""Row by row, which digit gained and which lost, and what in the row and in the network moved it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from lstmviz.digits.reading import Reading, sequence
from lstmviz.models import Model


@dataclass(frozen=True, eq=False)
class Moves:
    """What each of the 28 steps of a reading did, against the step before it; before the first nothing was seen."""

    rise: NDArray[np.int64]
    """(28,) the digit whose probability rose most"""
    fall: NDArray[np.int64]
    """(28,) the one whose probability fell most"""
    before: NDArray[np.float32]
    """(10,) the probabilities before the first step: those of the head's bias, since all states are 0"""
    units: NDArray[np.float32]
    """(28, H) what each unit of the last layer added to the logit of `rise` less that of `fall`: the change of its h
    times the difference of its two weights in the head; all units together are the whole change"""
    pixels: NDArray[np.float32]
    """(28, 28) what the step's pixels did to that difference, to first order: the slope of it by each pixel, with the
    states before the step as they were, times the pixel's ink"""


def moves(model: Model, reading: Reading, image: ArrayLike) -> Moves:
    """What the steps of `reading`, which `model` made of `image`, did.

    Raises:
        ValueError: as `read`.
    """
    rows = sequence(model, image, reading.order, reading.covered)
    weight, bias = (values.detach().numpy() for values in (model.head.weight, model.head.bias))
    before = np.exp(bias - bias.max())
    before /= before.sum()
    change = np.diff(reading.probabilities, axis=0, prepend=before[None])
    rise, fall = change.argmax(axis=1), change.argmin(axis=1)
    last = reading.trace.layers[-1]
    units = np.diff(last.h, axis=0, prepend=np.zeros_like(last.h[:1])) * (weight[rise] - weight[fall])
    return Moves(rise, fall, before, units, _pixels(model, reading, rows, rise, fall))


def _pixels(
    model: Model, reading: Reading, rows: NDArray[np.float32], rise: NDArray[np.int64], fall: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Ink times slope; the 28 steps as a batch of sequences of one step, each from the state that it really had."""
    layers = reading.trace.layers
    steps = np.arange(len(rows))
    with torch.inference_mode(False), torch.enable_grad():
        names = ("h", "c") if model.config.cell == "lstm" else ("h",)
        state = tuple(torch.tensor(np.stack([_before(layer.values[name]) for layer in layers])) for name in names)
        x = torch.tensor(rows, requires_grad=True)
        hidden, _ = model.eval().recurrent(x[None], state if len(state) > 1 else state[0])
        logits = model.head(hidden[0])
        (slope,) = torch.autograd.grad((logits[steps, rise] - logits[steps, fall]).sum(), x)
    return (slope.numpy() * rows).astype(np.float32)


def _before(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same a step earlier; 0 before the first."""
    return np.concatenate([np.zeros_like(values[:1]), values[:-1]])
