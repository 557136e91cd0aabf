"""Layers followed step by step, as the textbook does, and how far that is from what torch gave."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.cells.sequence import read
from lstmviz.cells.step import (
    Array,
    GRUStep,
    Held,
    LSTMStep,
    RNNStep,
    Weights,
    as_it_is,
    gru_step,
    lstm_step,
    rnn_relu_step,
    rnn_step,
)
from lstmviz.tracing.calls import Shape
from lstmviz.tracing.given import CELL_OF_MODE
from lstmviz.tracing.result import LayerTrace

_STEPS: dict[str, Callable[[Array, Array, Weights, Held], RNNStep | GRUStep]] = {
    "rnn": rnn_step,
    "rnn_relu": rnn_relu_step,
    "gru": gru_step,
}


def shape_of(layer: nn.RNNBase) -> Shape:
    """What the weights of `layer` are for."""
    return Shape(CELL_OF_MODE[layer.mode], layer.num_layers, layer.bidirectional, layer.bias)


def weights_of(shape: Shape, flat: Sequence[Array]) -> list[Weights]:
    """The weights of each layer and direction, in torch's order; a layer without biases has biases of 0."""
    each = 4 if shape.bias else 2
    weights = []
    for begin in range(0, len(flat), each):
        ih, hh, *biases = flat[begin : begin + each]
        none = np.zeros(ih.shape[:-1], ih.dtype)
        b_ih, b_hh = biases or (none, none)
        weights.append(Weights(ih, hh, b_ih, b_hh))
    return weights


def follow(
    shape: Shape,
    weights: Sequence[Weights],
    x: Array,
    h: Array,
    c: Array,
    held: Sequence[Held],
    lengths: tuple[int, ...] | None = None,
) -> tuple[list[LayerTrace], Array, tuple[Array, ...]]:
    """All layers and directions over x (T, ..., V) from the states h, c (L*D, ..., H).

    Returns the layers, the outputs (T, ..., D*H) and the final state (h,) or (h, c), each (L*D, ..., H).
    """
    taken = None if lengths is None else taken_steps(lengths, len(x))
    layers: list[LayerTrace] = []
    ends: list[tuple[Array, ...]] = []
    outputs = x
    for k in range(shape.num_layers):
        for n in range(k * shape.ways, (k + 1) * shape.ways):
            layer, end = _follow(shape.cell, k, n % shape.ways == 1, weights[n], outputs, h[n], c[n], held, taken)
            layers.append(layer)
            ends.append(end)
        outputs = np.concatenate([way.h for way in layers[-shape.ways :]], axis=-1)
    return layers, outputs, tuple(np.stack(states) for states in zip(*ends, strict=True))


def _follow(
    cell: str,
    layer: int,
    reverse: bool,
    w: Weights,
    x: Array,
    h: Array,
    c: Array,
    held: Sequence[Held],
    taken: NDArray[np.bool_] | None,
) -> tuple[LayerTrace, tuple[Array, ...]]:
    """One layer in one direction, step by step, and its final state.

    taken: (T, N) whether a sequence of a batch has this step; where it has not, its state stays as it is.
    """
    order = slice(None, None, -1 if reverse else None)
    x, held, taken = x[order], held[order], None if taken is None else taken[order]
    nothing = all(hold is as_it_is for hold in held)
    values = read(cell, w, x, h, c, taken) if nothing else _held(cell, w, x, h, c, held, taken)
    end = tuple(values[name][-1] for name in ("h", "c") if name in values)

    def shown(array: Array) -> Array:
        if taken is not None:
            array = np.where(taken[..., None], array, np.asarray(np.nan, array.dtype))
        return frozen(array[order])

    arrays = {name: shown(array) for name, array in values.items()}
    h_prev, c_prev = arrays.pop("h_prev"), arrays.pop("c_prev", None)
    return LayerTrace(cell=cell, layer=layer, reverse=reverse, values=arrays, h_prev=h_prev, c_prev=c_prev), end


def _held(
    cell: str, w: Weights, x: Array, h: Array, c: Array, held: Sequence[Held], taken: NDArray[np.bool_] | None
) -> dict[str, Array]:
    """As `cells.sequence.read`, by the steps of `cells`, which let a value be held from outside."""
    steps: list[LSTMStep | GRUStep | RNNStep] = []
    before: list[tuple[Array, Array]] = []
    with np.errstate(all="ignore"):  # a diverged network overflows; its infinities are what is to be seen
        for t, x_t in enumerate(x):
            before.append((h, c))
            step = lstm_step(x_t, h, c, w, held[t]) if cell == "lstm" else _STEPS[cell](x_t, h, w, held[t])
            steps.append(step)
            new_c = getattr(step, "c", c)
            if taken is None:
                h, c = step.h, new_c
            else:
                h, c = np.where(taken[t][:, None], step.h, h), np.where(taken[t][:, None], new_c, c)
    names = ("h_prev", "c_prev") if cell == "lstm" else ("h_prev",)
    starts = zip(names, zip(*before, strict=True), strict=False)
    columns = zip(steps[0]._fields, zip(*steps, strict=True), strict=True)
    return {name: np.stack(column) for name, column in (*columns, *starts)}


def taken_steps(lengths: tuple[int, ...], steps: int) -> NDArray[np.bool_]:
    """(T, N) whether each sequence of a batch has each step."""
    return np.arange(steps)[:, None] < np.array(lengths)


def difference(ours: Sequence[np.ndarray | None], theirs: Sequence[np.ndarray | None]) -> float:
    """Largest absolute difference; 0 where neither number is finite, inf where one is."""
    largest = 0.0
    for mine, other in zip(ours, theirs, strict=True):
        if mine is None or other is None:
            continue
        finite, other_finite = np.isfinite(mine), np.isfinite(other)
        if (finite != other_finite).any():
            return np.inf
        largest = max(largest, float(np.abs(mine[finite] - other[finite]).max(initial=0)))
    return largest


def softmax(logits: Array) -> Array:
    """exp(a) / sum of exp(a) over the last axis; the largest is taken off first, so that exp cannot overflow."""
    with np.errstate(all="ignore"):
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)


def frozen(array: Array) -> Array:
    """`array`, read-only from now on."""
    array.flags.writeable = False
    return array
