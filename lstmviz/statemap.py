"""A recurrent network as a map of its state: s' = F(s; x), with the matrix of its derivatives.

What a network can remember is decided by this map: where it leads (`dynamics`), what it can tell apart (`automata`),
what learning can reach through it (`gradients`), and what is so forever (`proof`). It is computed in float64 from the
trained weights taken as exact, by the very steps of `cells`; of a small network, whole rounds of inputs by a compiled
loop of the same equations.

The state of a network is all that a step hands on to the next one, as one vector of S numbers: for each layer its h,
followed, in an LSTM, by its c. One layer of H units has S = H, or 2H for an LSTM.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.base.checks import instance
from lstmviz.cells.derivatives import with_derivative
from lstmviz.cells.step import Array, Weights, gru_step, lstm_step, rnn_relu_step, rnn_step
from lstmviz.fused import CELL_NUMBERS, compiles, go_round
from lstmviz.tasks import PatternTask, Task, check_pattern
from lstmviz.tracing.following import shape_of, weights_of
from lstmviz.tracing.given import parts_of
from lstmviz.tracing.in_use import weights_in_use
from lstmviz.tracing.stacking import stacked_weights

_SMALL = 16  # units of a network whose rounds of inputs go through the compiled loop


@dataclass(frozen=True, eq=False)
class StateMap:
    """The map of a network read in one direction; made by `state_map`. Its arrays are float64."""

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    layers: tuple[Weights, ...]
    """the weights of each layer, the one that reads the input first"""
    head: tuple[Array, Array] | None
    """the weight, (V_out, H), and the bias, (V_out,), of the head over the last layer's h; None for a bare layer"""

    @cached_property
    def hidden_size(self) -> int:
        """H, the units of each layer."""
        return int(self.layers[0].hh.shape[-1])

    @property
    def input_size(self) -> int:
        """V, the numbers read at each step."""
        return int(self.layers[0].ih.shape[-1])

    @cached_property
    def parts(self) -> int:
        """Vectors of H numbers in a layer's state: h, and c where there is one."""
        return 2 if self.cell == "lstm" else 1

    @cached_property
    def size(self) -> int:
        """S, the numbers of the whole state."""
        return len(self.layers) * self.parts * self.hidden_size

    def h(self, s: Array, layer: int = -1) -> Array:
        """The hidden state of a layer, (..., H), within the states s (..., S)."""
        return s[..., self._where(layer, 0)]

    def c(self, s: Array, layer: int = -1) -> Array | None:
        """The cell state of a layer, (..., H); None where the cell has none."""
        return s[..., self._where(layer, 1)] if self.parts == 2 else None

    def step(self, s: Array, x: Array) -> Array:
        """The state after reading x (..., V) in the state s (..., S): (..., S)."""
        states = []
        for k, w in enumerate(self.layers):
            h = s[..., self._where(k, 0)]
            match self.cell:
                case "lstm":
                    step = lstm_step(x, h, s[..., self._where(k, 1)], w)
                    states += [step.h, step.c]
                case "gru":
                    states.append(gru_step(x, h, w).h)
                case "rnn_relu":
                    states.append(rnn_relu_step(x, h, w).h)
                case _:
                    states.append(rnn_step(x, h, w).h)
            x = states[-self.parts]
        return np.concatenate(states, axis=-1)

    def jacobian(self, s: Array, x: Array) -> Array:
        """D s' / d s at s (..., S) and x (..., V): (..., S, S), the numbers of s' along the rows.

        A ReLU counts as flat at 0, as torch takes it.
        """
        return self.step_with_jacobian(s, x)[1]

    def step_with_jacobian(self, s: Array, x: Array) -> tuple[Array, Array]:
        """The state after reading x, and its derivative: (..., S), (..., S, S)."""
        lead = np.broadcast_shapes(s.shape[:-1], x.shape[:-1])
        full = np.zeros((*lead, self.size, self.size))
        size, units = self.parts * self.hidden_size, self.hidden_size
        states = []
        below: Array | None = None  # d x / d s of what this layer reads
        for k, w in enumerate(self.layers):
            rows = slice(k * size, (k + 1) * size)
            h, c = s[..., self._where(k, 0)], s[..., self._where(k, 1)] if self.parts == 2 else None
            after = with_derivative(self.cell, x, h, c, w, read=below is not None)
            full[..., rows, rows] = after.by_state
            if below is not None:
                full[..., rows, :] += after.by_input @ below
            below = full[..., rows.start : rows.start + units, :]
            states.append(after.state)
            x = after.state[..., :units]
        return states[0] if len(states) == 1 else np.concatenate(states, axis=-1), full

    def states(self, xs: Array, start: Array | None = None) -> Array:
        """The state after each step of xs (T, ..., V), from `start` (..., S), zeros if left out: (T, ..., S)."""
        s = np.zeros((*xs.shape[1:-1], self.size)) if start is None else start
        states = []
        for x in xs:
            s = self.step(s, x)
            states.append(s)
        return np.stack(states)

    def after(self, s: Array, xs: Array) -> Array:
        """The state after all of xs, (P, V), from the states s (..., S): the map of a whole period, (..., S)."""
        if self._is_small and xs.ndim == 2:
            return self._round(s, xs, derivative=False)[0]
        for x in xs:
            s = self.step(s, x)
        return s

    def after_with_jacobian(self, s: Array, xs: Array) -> tuple[Array, Array]:
        """The same, and its derivative by the chain rule: (..., S), (..., S, S)."""
        if self._is_small and xs.ndim == 2:
            return self._round(s, xs, derivative=True)
        product: Array = np.broadcast_to(np.eye(self.size), (*s.shape[:-1], self.size, self.size))
        for k, x in enumerate(xs):
            s, jacobian = self.step_with_jacobian(s, x)
            product = jacobian @ product if k else jacobian
        return s, product

    def logits(self, s: Array) -> Array:
        """What the head says in the states s (..., S): (..., V_out).

        Raises:
            ValueError: there is no head.
        """
        weight, bias = _head_of(self)
        return np.matvec(weight, self.h(s)) + bias

    @cached_property
    def _is_small(self) -> bool:
        """Whether the compiled loop is quicker than arrays."""
        return len(self.layers) == 1 and self.hidden_size <= _SMALL and compiles()

    def _round(self, s: Array, xs: Array, derivative: bool) -> tuple[Array, Array]:
        """`after_with_jacobian` by the compiled loop; (0, S, S) for the derivatives if they are not asked for."""
        sets = self.layers[0].hh.shape[:-2]
        lead = np.broadcast_shapes(s.shape[:-1], sets)
        end = np.array(np.broadcast_to(s, (*lead, self.size)), dtype=float)
        which = np.array(np.broadcast_to(np.arange(prod(sets)).reshape(sets), lead)).ravel()
        product = np.empty((len(which) if derivative else 0, self.size, self.size))
        # The loop is compiled for arrays that lie in order and can be written to.
        weights, read = [a.reshape(-1, *a.shape[len(sets) :]) for a in self.layers[0]], np.asarray(xs, dtype=float)
        given = [np.require(a, requirements=["C", "W"]) for a in (*weights, which, read)]
        go_round(CELL_NUMBERS[self.cell], *given, end.reshape(-1, self.size), product)
        return end, product.reshape(*lead, self.size, self.size) if derivative else product

    def _where(self, layer: int, part: int) -> slice:
        """The place of a layer's h (part 0) or c (part 1) in the state."""
        start = ((layer % len(self.layers)) * self.parts + part) * self.hidden_size
        return slice(start, start + self.hidden_size)


def state_map(model: nn.Module) -> StateMap:
    """The map of `model`, a `Model` or a bare nn.RNN, nn.LSTM or nn.GRU of any number of layers, as it is now.

    Raises:
        TypeError: `model` is none of these.
        ValueError: it reads both ways, so that no state holds all that a step needs; a weight is not finite; or as
            `trace`.
    """
    layer, head = _one_way(model)
    flat = list(map(_exact, weights_in_use(layer)))
    own_head = None
    if head is not None:
        own_head = _exact(head.weight), np.zeros(len(head.weight)) if head.bias is None else _exact(head.bias)
    arrays = [*flat, *(own_head or ())]
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("`model` must have finite weights; this one's training diverged.")
    shape = shape_of(layer)
    return StateMap(shape.cell, tuple(weights_of(shape, flat)), own_head)


def stacked_map(model: nn.Module, snapshots: Sequence[Mapping[str, Array]]) -> tuple[StateMap, NDArray[np.bool_]]:
    """The map under E snapshots of the weights, which lead with an axis of E; and (E,) whether they are all finite.

    Of `model` only the shape matters. Weights that are not finite are set to 0, so that nothing overflows where nothing
    will be looked at.

    Raises:
        TypeError: as `state_map`.
        ValueError: there is no snapshot, one does not fit the model, or it reads both ways.
    """
    layer, head = _one_way(model)
    flat, of_head = stacked_weights(model, snapshots, float)
    finite = np.all([np.isfinite(a).reshape(len(a), -1).all(axis=-1) for a in (*flat, *of_head)], axis=0)
    if not finite.all():
        flat, of_head = (
            [np.where(finite.reshape(-1, *[1] * (a.ndim - 1)), a, 0.0) for a in arrays] for arrays in (flat, of_head)
        )
    own_head = None
    if head is not None:
        weight, *bias = of_head
        own_head = weight, bias[0] if bias else np.zeros(weight.shape[:-1])
    shape = shape_of(layer)
    return StateMap(shape.cell, tuple(weights_of(shape, flat)), own_head), finite


def _one_way(model: nn.Module) -> tuple[Any, Any]:
    """The layer and the head.

    Raises:
        TypeError: as `state_map`.
        ValueError: it reads both ways.
    """
    layer, head = parts_of(model)
    if layer.bidirectional:
        raise ValueError(
            "`model` must read in one direction: read both ways, it has no state that decides the next one."
        )
    return layer, head


def check_letters(f: StateMap, task: PatternTask) -> None:
    """Do nothing if the network reads and names the letters of `task`.

    Raises:
        TypeError: `task` is no alphabet pattern.
        ValueError: it does not, or has no head.
    """
    check_pattern(task)
    letters = len(task.alphabet)
    reads, names = f.input_size, _head_of(f)[1].shape[-1]
    if (reads, names) != (letters, letters):
        raise ValueError(
            f"`model` must read and name the task's {letters} letters; got one that reads {reads} and names {names}."
        )


def check_fits(f: StateMap, task: Task) -> None:
    """Do nothing if the network reads what `task` gives it and tells what the task asks for.

    Raises:
        TypeError: `task` is none.
        ValueError: it does not, or has no head.
    """
    instance("task", task, Task)
    reads, tells = f.input_size, _head_of(f)[1].shape[-1]
    if (reads, tells) != (task.input_size, task.output_size):
        raise ValueError(
            f"`model` must read {task.input_size} numbers a step and tell {task.output_size}, as the task does; "
            f"got one that reads {reads} and tells {tells}."
        )


def _head_of(f: StateMap) -> tuple[Array, Array]:
    """The head.

    Raises:
        ValueError: there is none.
    """
    if f.head is None:
        raise ValueError("`model` must have a head for its predictions; got a bare recurrent layer.")
    return f.head


def pattern_inputs(codes: Sequence[int] | Array, letters: int) -> Array:
    """Letters as the network reads them, one-hot in float64: (P,) numbers of letters to (P, letters)."""
    return np.eye(letters)[np.asarray(codes)]


def _exact(tensor: Any) -> Array:
    """A tensor's numbers in float64, which holds each float32 exactly."""
    array: Array = tensor.detach().cpu().double().numpy()
    return array
