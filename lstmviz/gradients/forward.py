"""The way there: networks read a task in float64, and everything is kept that the way back needs.

Several networks of one shape are read together. Their `StateMap` is one whose weights lead with an axis of E networks,
and every array here has the steps first and the networks second: (T, E, H).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.cells import sequence
from lstmviz.cells.step import Array, Weights
from lstmviz.statemap import StateMap, check_fits, state_map
from lstmviz.tasks import Task


@dataclass(frozen=True, eq=False)
class LayerRun:
    """One layer of E networks over T steps."""

    values: Mapping[str, Array]
    """all that `lstmviz.cells` computes, by its names, each (T, E, H); with "h_prev", and for an LSTM "c_prev\""""
    x: Array
    """(T, E, V) what the layer read, or (T, 1, V) where all read the same"""


@dataclass(frozen=True, eq=False)
class Run:
    """E networks over the first T steps of a task."""

    networks: StateMap
    """their map, each weight with a leading axis of E"""
    layers: tuple[LayerRun, ...]
    """the layer that reads the input first"""
    loss: Array
    """(T, E) the loss of each step, at least 0: cross entropy in nats, or of numbers the mean of their squared errors;
    NaN where nothing is asked"""
    error: Array
    """(T, E, P) d loss / d what the head tells: the probabilities less 1 at the target, or 2 / P times each number's
    error; 0 where nothing is asked"""
    asked: NDArray[np.bool_]
    """(T,) at which steps something is asked"""

    def states(self) -> Array:
        """(T, E, S) the state after each step, in the order of `StateMap`."""
        names = ("h", "c")[: self.networks.parts]
        return np.concatenate([layer.values[name] for layer in self.layers for name in names], axis=-1)

    def first_not_finite(self) -> list[int | None]:
        """For each network the first step at which its state or its loss is no finite number; None if all are."""
        fine = np.isfinite(self.loss) | ~self.asked[:, None]
        for layer in self.layers:
            fine &= np.isfinite(layer.values["h"]).all(axis=-1) & np.isfinite(layer.values.get("c", 0.0)).all(axis=-1)
        return [None if column.all() else int(np.argmin(column)) for column in fine.T]


def networks_of(model: nn.Module | StateMap, task: Task, gains: Sequence[float] = (1.0,)) -> StateMap:
    """The network once for each gain, by which its recurrent weights U (torch's weight_hh) are multiplied.

    Raises:
        TypeError: `task` is none, or as `state_map`.
        ValueError: there is no head, or the network does not read and tell what `task` asks for; or as `state_map`.
    """
    f = model if isinstance(model, StateMap) else state_map(model)
    check_fits(f, task)
    factors = np.asarray(gains, dtype=float)[:, None, None]
    assert f.head is not None
    weight, bias = f.head
    return StateMap(
        f.cell,
        tuple(Weights(w.ih[None], w.hh * factors, w.b_ih[None], w.b_hh[None]) for w in f.layers),
        (weight[None], bias[None]),
    )


def stacked(maps: Sequence[StateMap]) -> StateMap:
    """Networks of one shape as one map, each weight with a leading axis over them.

    Raises:
        ValueError: there are none, or of several shapes.
    """
    kinds = {(f.cell, len(f.layers), f.input_size, f.hidden_size) for f in maps}
    if len(kinds) != 1:
        raise ValueError(f"`models` must be at least one, all of one cell and size; got {len(kinds)} kinds.")
    heads = [f.head for f in maps if f.head is not None]
    layers = [
        Weights(*(np.stack(parts) for parts in zip(*w, strict=True)))
        for w in zip(*(f.layers for f in maps), strict=True)
    ]
    return StateMap(maps[0].cell, tuple(layers), (np.stack([w for w, _ in heads]), np.stack([b for _, b in heads])))


def read(networks: StateMap, task: Task, steps: int) -> Run:
    """The networks over the first `steps` steps of the face of `task`, from a zero state."""
    x = task.inputs()[:steps].astype(float)[:, None]
    layers = []
    with np.errstate(all="ignore"):  # a ReLU under a large gain overflows; that is what is to be seen
        for w in networks.layers:
            first = np.zeros((w.hh.shape[0], w.hh.shape[-1]))
            layers.append(LayerRun(sequence.read(networks.cell, w, x, first, first), x))
            x = layers[-1].values["h"]
        assert networks.head is not None
        weight, bias = networks.head
        loss, error = _losses(np.matvec(weight, x) + bias, task, steps)
    return Run(networks, tuple(layers), loss, error, task.scored[:steps])


def _losses(told: Array, task: Task, steps: int) -> tuple[Array, Array]:
    """The loss of each step and its derivative by what the head tells, (T, E, P): (T, E) and (T, E, P).

    The mean over the asked steps is what a training learns from, if the face is all it reads.
    """
    asked, target = task.scored[:steps], task.y[:steps]
    if task.of_numbers:
        apart = told - target[:, None]
        loss, error = (apart**2).mean(axis=-1), 2 / apart.shape[-1] * apart
    else:
        loss, error = cross_entropy(told, np.where(asked, target, 0))
    return np.where(asked[:, None], loss, np.nan), np.where(asked[:, None, None], error, 0.0)


def cross_entropy(logits: Array, y: Any) -> tuple[Array, Array]:
    """The loss of each step and its derivative by the logits: (T, E, V) and (T,) to (T, E) and (T, E, V).

    Where the network is sure, 1 less its probability is the sum of the others, and not what is left of 1 by rounding;
    so both stay exact down to the smallest numbers.
    """
    right = np.broadcast_to(y[:, None, None], (*logits.shape[:-1], 1))
    gaps = logits - np.take_along_axis(logits, right, axis=-1)
    top = np.maximum(gaps.max(axis=-1, keepdims=True), 0)
    powers = np.exp(gaps - top)
    np.put_along_axis(powers, right, 0.0, axis=-1)
    others = powers.sum(axis=-1, keepdims=True)
    own = np.exp(-top)
    loss = np.where(top > 0, top + np.log(own + others), np.log1p(others))
    error = powers / (own + others)
    np.put_along_axis(error, right, -others / (own + others), axis=-1)
    return loss[..., 0], error
