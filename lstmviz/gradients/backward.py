"""Backpropagation through time, step by step, with every number kept (Rumelhart et al. 1986; Werbos 1990).

The whole sequence is read from a zero state and the way back is taken in full, in float64; nothing is truncated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from lstmviz.base.checks import one_of, whole_number
from lstmviz.cells.step import Array
from lstmviz.gradients.forward import Run, networks_of, read
from lstmviz.gradients.steps import PRE, RECURRENT, joined, step_back
from lstmviz.statemap import StateMap
from lstmviz.tasks import Task

_WAYS = ("above", "next", "carried", "h_prev", "c_prev")  # parts of a derivative by the way they take, and not one


@dataclass(frozen=True, eq=False)
class LayerBackward:
    """One layer on the way back. Every array of values and derivatives is (T, H)."""

    values: Mapping[str, Array]
    """what the layer computed on the way there, by the names of `lstmviz.cells`; with h_prev, and c_prev of an LSTM"""
    x: Array
    """(T, V) what it read"""
    d: Mapping[str, Array]
    """the derivatives of the loss by what it computed: d["c"] is dL/dc, d["i_pre"] that by the sum inside the gate i

    By cell: rnn, rnn_relu: h, h_pre; lstm: h, c, o, i, f, g, i_pre, f_pre, g_pre, o_pre; gru: h, n, z, r, n_hidden,
    r_pre, z_pre, n_pre. dL/dh and dL/dc are autograd's: all ways count.
    """
    from_above: Array
    """the part of dL/dh_t that comes within step t, from the head or from the layer above"""
    from_next: Array
    """the part of dL/dh_t that comes from step t + 1"""
    carried: Array | None
    """of an LSTM, the part of dL/dc_t that comes along c: dL/dc_{t+1} * f_{t+1}"""


@dataclass(frozen=True, eq=False)
class Backward:
    """A network's loss followed back through a sequence, from the last step whose loss counts to the first."""

    task: Task
    """what was read, its face, and what was asked"""
    networks: StateMap
    """the network, in float64"""
    layers: tuple[LayerBackward, ...]
    """the layer that reads the input first"""
    at: int | None
    """the one step whose loss is followed; None for that of all asked steps"""
    loss: float
    """the loss that is followed: cross entropy in nats, or of numbers the mean of their squared errors"""
    error: Array
    """(T, P) dL/d what the head tells: at each step whose loss counts its probabilities less 1 at the target, or 2 / P
    times each number's error, times `share`; else 0"""
    share: float
    """what the loss of one step counts: 1, or 1 / asked steps where the loss is their mean"""
    gradients: Mapping[str, Array]
    """dL/dW of every parameter, by its name in `state_dict`"""

    @property
    def steps(self) -> range:
        """The T steps of the way back: from the first to the last whose loss counts."""
        return range(len(self.error))

    @property
    def reaches(self) -> int:
        """The earliest step at which dL/dh of any layer is more than float64 holds as exactly 0; T if none is."""
        arrives = np.any([(layer.d["h"] != 0).any(axis=-1) for layer in self.layers], axis=0)
        return int(np.argmax(arrives)) if arrives.any() else len(arrives)

    def contribution(self, t: int) -> dict[str, Array]:
        """What step t alone adds to the gradient of each parameter: outer products, by the parameter's name.

        Raises:
            ValueError: t is not one of the steps.
        """
        t = whole_number("t", t, 0, len(self.error) - 1)
        return self._sums(slice(t, t + 1))

    def accumulated(self, t: int) -> dict[str, Array]:
        """The gradient of each parameter as it stands when the way back has done step t: the sum over t and all later.

        Raises:
            ValueError: t is not one of the steps.
        """
        t = whole_number("t", t, 0, len(self.error) - 1)
        return self._sums(slice(t, None))

    def _sums(self, part: slice) -> dict[str, Array]:
        layers = [
            (
                {n: a[part, None] for n, a in one.values.items()},
                one.x[part, None],
                {n: a[part, None] for n, a in one.d.items()},
            )
            for one in self.layers
        ]
        sums = _parameter_gradients(self.networks.cell, layers, self.error[part, None])
        return {name: array[0] for name, array in sums.items()}


def backpropagate(model: nn.Module | StateMap, task: Task, *, at: int | None = None, loss: str = "mean") -> Backward:
    """Follow the loss back through time.

    Args:
        model: a `Model` of one direction and any number of layers, or its `StateMap`.
        task: what is asked of it; its face is read.
        at: the asked step whose loss alone is followed; that of all of them if left out.
        loss: of all asked steps, the "mean", or the "sum".

    Raises:
        TypeError: as `gradients_through_time`.
        ValueError: `at` is no step or nothing is asked there, `loss` is neither, or as `gradients_through_time`.
    """
    networks = networks_of(model, task)
    last = int(np.flatnonzero(task.scored)[-1])
    if at is not None:
        at = whole_number("at", at, 0, len(task.x) - 1)
        if not task.scored[at]:
            raise ValueError(f"`at` must be a step at which something is asked; got {at}.")
    asked = int(task.scored.sum())
    share = 1.0 if one_of("loss", loss, ("mean", "sum")) == "sum" or at is not None else 1 / asked
    run = read(networks, task, (last if at is None else at) + 1)
    error = run.error * share
    if at is not None:
        error[:at] = 0
    followed = back_through(run, error)
    losses = run.loss[:, 0]
    f = StateMap(
        networks.cell,
        tuple(type(w)(*(array[0] for array in w)) for w in networks.layers),
        None if networks.head is None else (networks.head[0][0], networks.head[1][0]),
    )
    layers = tuple(
        LayerBackward(
            values={name: array[:, 0] for name, array in one.values.items()},
            x=one.x[:, 0],
            d={name: array[:, 0] for name, array in d.items() if name not in _WAYS},
            from_above=d["above"][:, 0],
            from_next=d["next"][:, 0],
            carried=d["carried"][:, 0] if "carried" in d else None,
        )
        for one, d in zip(run.layers, followed, strict=True)
    )
    gradients = parameter_gradients(run, followed, error)
    return Backward(
        task=task,
        networks=f,
        layers=layers,
        at=at,
        loss=float(losses[at] if at is not None else losses[run.asked].sum() * share),
        error=error[:, 0],
        share=share,
        gradients={name: array[0] for name, array in gradients.items()},
    )


def back_through(run: Run, error: Array) -> list[dict[str, Array]]:
    """The derivatives of a loss, layer by layer, given those by what the head tells, `error` (T, E, P).

    Each is (T, E, H), by the names of `step_back`; with "above", "next" and "carried", the parts of dL/dh and dL/dc by
    where they come from.
    """
    f = run.networks
    assert f.head is not None
    followed: list[dict[str, Array]] = []
    with np.errstate(all="ignore"):
        above = np.matvec(f.head[0].swapaxes(-1, -2), error)
        for w, layer in zip(reversed(f.layers), reversed(run.layers), strict=True):
            d = _back_layer(f.cell, layer.values, w.hh, above)
            followed.append(d)
            above = np.matvec(w.ih.swapaxes(-1, -2), joined(PRE[f.cell], d))
    return followed[::-1]


def parameter_gradients(run: Run, followed: list[dict[str, Array]], error: Array) -> dict[str, Array]:
    """dL/dW of every parameter of E networks, (E, ...) each, by the names of `state_dict`."""
    layers = [(one.values, one.x, d) for one, d in zip(run.layers, followed, strict=True)]
    with np.errstate(all="ignore"):
        return _parameter_gradients(run.networks.cell, layers, error)


def _back_layer(cell: str, values: Mapping[str, Array], hh: Array, above: Array) -> dict[str, Array]:
    """One layer, from the last step to the first, given what reaches its h from above, (T, E, H)."""
    back = hh.swapaxes(-1, -2)
    following, carried = np.zeros_like(above[0]), np.zeros_like(above[0])
    steps: list[dict[str, Array]] = []
    for t in range(len(above) - 1, -1, -1):
        v = {name: array[t] for name, array in values.items()}
        d = step_back(cell, v, above[t] + following, carried)
        d["next"] = following
        if cell == "lstm":
            d["carried"], carried = carried, d["c_prev"]
        following = np.matvec(back, joined(RECURRENT[cell], d))
        if cell == "gru":
            following = following + d["h_prev"]
        steps.append(d)
    result: dict[str, Array] = {name: np.array([step[name] for step in reversed(steps)]) for name in steps[0]}
    return result | {"above": above}


def _parameter_gradients(cell: str, layers: Any, error: Array) -> dict[str, Array]:
    """Sums over the steps of outer products; `layers` holds (values, x, d) of each."""
    sums: dict[str, Array] = {}
    for k, (values, x, d) in enumerate(layers):
        by_input, by_state = joined(PRE[cell], d), joined(RECURRENT[cell], d)
        sums[f"recurrent.weight_ih_l{k}"] = _outer(by_input, x)
        sums[f"recurrent.weight_hh_l{k}"] = _outer(by_state, values["h_prev"])
        sums[f"recurrent.bias_ih_l{k}"] = by_input.sum(axis=0)
        sums[f"recurrent.bias_hh_l{k}"] = by_state.sum(axis=0)
    return sums | {"head.weight": _outer(error, layers[-1][0]["h"]), "head.bias": error.sum(axis=0)}


def _outer(left: Array, right: Array) -> Array:
    """The sum over T of the outer products of (T, E, A) and (T, E or 1, B): (E, A, B)."""
    product: Array = left.transpose(1, 2, 0) @ right.swapaxes(0, 1)
    return product
