"""Follow a network through a sequence and keep everything: each gate, state, sum and output of each step.

The steps are those of `cells`, taken one after the other as the textbook does, and every trace carries the largest
difference from what torch computes for the same network and input.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstmviz.cells import (
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
from lstmviz.models import Model, check_parameters, load_parameters

if TYPE_CHECKING:
    import pandas as pd

_STEPS: dict[str, Callable[[Array, Array, Weights, Held], RNNStep | GRUStep]] = {
    "rnn": rnn_step,
    "rnn_relu": rnn_relu_step,
    "gru": gru_step,
}
CELL_OF_MODE = {"RNN_TANH": "rnn", "RNN_RELU": "rnn_relu", "LSTM": "lstm", "GRU": "gru"}
_DTYPES = {torch.float32: np.float32, torch.float64: np.float64}
_CHECKED_SNAPSHOTS = 4


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """One layer in one direction. Every array is (T, H), or (T, N, H) for a batch of N, and read-only.

    The quantities are also attributes: `layer.i` is `layer.values["i"]`. By cell:

    - rnn, rnn_relu: h_pre, h;
    - lstm: i_pre f_pre g_pre o_pre, i f g o, c, h;
    - gru: r_pre z_pre n_pre, n_hidden, r z n, h.

    `_pre` is the sum that goes into the non-linearity; `lstmviz.cells` has the ranges. Entry t belongs to x[t] in the
    reverse direction too, where the state comes from entry t + 1.
    """

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    layer: int
    """0 for the layer that reads the input"""
    reverse: bool
    """whether it reads the sequence from its end"""
    values: Mapping[str, Array]
    """every quantity of every step, by name"""
    h_prev: Array
    """the hidden state that each step started from"""
    c_prev: Array | None
    """the cell state that each step started from; None where the cell has none"""

    def __getattr__(self, name: str) -> Array:
        values = self.__dict__.get("values", {})  # absent while a copy or an unpickled trace is being put together
        if name not in values:
            cell = self.__dict__.get("cell", "layer")
            raise AttributeError(f"a trace of {cell} has no `{name}`; it has {', '.join(values)}.")
        return values[name]


@dataclass(frozen=True, eq=False)
class Trace:
    """A network followed through a sequence. Frozen, its arrays read-only, sequence first in every one of them.

    With one layer and one direction the quantities of `LayerTrace` are attributes here too: tr.i, tr.c, tr.h_prev, ...
    """

    axes: tuple[str, ...]
    """what the axes before the last one count: ("step",), ("step", "sequence") for a batch, ("snapshot", "step")"""
    layers: tuple[LayerTrace, ...]
    """one a layer and direction, in torch's order: layer 0 forward, layer 0 reverse, layer 1 forward, ..."""
    state: Array | tuple[Array, Array]
    """the final state h, or (h, c), in the shape in which torch returns and takes it: (len(layers), ..., H)"""
    logits: Array | None
    """(T, V) or (T, N, V) the head's outputs; None for a bare recurrent layer"""
    probabilities: Array | None
    """softmax of the logits, in [0, 1] and of sum 1; None for a bare recurrent layer"""
    difference_from_torch: float
    """largest absolute difference from torch over the outputs of all steps, the final states and the logits

    Rounding alone makes it at most 1e-6 in float32 and 1e-12 in float64 while the numbers inside stay near 1. It grows
    with the largest of them, sums included: large inputs, a ReLU state, an LSTM cell that counts; and a network that
    amplifies small changes amplifies this one. Two numbers that are both not finite agree; where one is, it is inf.
    NaN where nothing was compared: on request, or where a quantity is held, since torch has no such run.
    """
    step_difference_from_torch: float | None = None
    """largest absolute difference of any single step that torch takes from the very state that ours started from

    What a network makes of rounding from step to step is left out here: a chaotic one can drift far from torch over a
    text in which each step of it is exact. None for several layers or directions, for batches, and where nothing was
    compared.
    """
    letters: tuple[str, ...] | None = None
    """(T,) labels of the steps, for `to_pandas`"""

    @cached_property
    def largest(self) -> float:
        """The largest finite magnitude of any number in the trace, by which rounding errors are measured."""
        arrays = [*(array for layer in self.layers for array in layer.values.values()), self.logits]
        return max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in arrays if a is not None)

    def __getattr__(self, name: str) -> Any:
        layers = self.__dict__.get("layers", ())
        if len(layers) != 1:
            raise AttributeError(f"this trace has {len(layers)} layers, so no `{name}`; take `layers[k].{name}`.")
        return getattr(layers[0], name)

    def snapshot(self, which: int | slice) -> "Trace":
        """One snapshot of a trace of several, without their axis, or with it those of a slice.

        Its differences from torch remain those of them all.

        Raises:
            ValueError: the trace is of one network alone.
        """
        if self.axes[0] != "snapshot":
            raise ValueError("`snapshot` needs a trace of several snapshots, as `trace_snapshots` gives it.")

        def part(array: Array | None) -> Any:
            return None if array is None else array[which]

        layers = tuple(
            replace(
                layer,
                values={name: array[which] for name, array in layer.values.items()},
                h_prev=layer.h_prev[which],
                c_prev=part(layer.c_prev),
            )
            for layer in self.layers
        )
        return replace(
            self,
            axes=self.axes if isinstance(which, slice) else self.axes[1:],
            layers=layers,
            state=tuple(map(part, self.state)) if isinstance(self.state, tuple) else part(self.state),
            logits=part(self.logits),
            probabilities=part(self.probabilities),
        )

    def to_pandas(self, letters: Sequence[str] | None = None) -> "pd.DataFrame":
        """Every number as a row of its own: columns layer, step, letter, quantity, unit, value.

        The rows of `logits` and `probabilities` come last, with the number after the last layer's as their layer.
        Traces that need it get one column more: `sequence` (batch) or `snapshot` first, `direction` ("forward",
        "reverse") after the layer if there are two.

        Args:
            letters: (T,) labels of the steps; those that the trace was made with if left out, None if there are none.

        Raises:
            ValueError: there is not one letter for each step.
        """
        import pandas as pd  # here, because it takes a third of a second that no other part of the engine needs

        steps = self.layers[0].h_prev.shape[self.axes.index("step")]
        letters = self.letters if letters is None else _check_letters(letters, steps)
        two_ways = any(layer.reverse for layer in self.layers)
        frames = [
            self._frame(name, array, letters, layer.layer, layer.reverse if two_ways else None)
            for layer in self.layers
            for name, array in layer.values.items()
        ]
        top = self.layers[-1].layer + 1
        for name, outputs in (("logits", self.logits), ("probabilities", self.probabilities)):
            if outputs is not None:
                frames.append(self._frame(name, outputs, letters, top, False if two_ways else None))
        return pd.concat(frames, ignore_index=True)

    def _frame(
        self, name: str, array: Array, letters: tuple[str, ...] | None, layer: int, reverse: bool | None
    ) -> "pd.DataFrame":
        """The rows of one quantity."""
        import pandas as pd

        index = dict(zip((*self.axes, "unit"), (axis.ravel() for axis in np.indices(array.shape)), strict=True))
        step, unit = index.pop("step"), index.pop("unit")
        columns: dict[str, Any] = {**index, "layer": layer}
        if reverse is not None:
            columns["direction"] = "reverse" if reverse else "forward"
        columns["step"] = step
        columns["letter"] = None if letters is None else np.array(letters, dtype=object)[step]
        columns |= {"quantity": name, "unit": unit, "value": array.ravel()}
        return pd.DataFrame(columns)


def trace(
    model: nn.Module,
    x: Any,
    state: Any = None,
    *,
    letters: Sequence[str] | None = None,
    held: Sequence[Held] | None = None,
    compare: bool = True,
) -> Trace:
    """Follow `model` through `x` and keep every number; `model` and torch's random state are left as they are.

    Args:
        model: a `Model`, or a bare nn.RNN, nn.LSTM or nn.GRU of any number of layers and directions, in float32 or
            float64. Weights that are not finite, as a diverged training leaves them, are followed like any others.
        x: (T, V), (T, N, V), or (N, T, V) for a bare layer with batch_first; numpy or torch, finite. The trace has
            the sequence first in any case.
        state: where to start, as torch takes it: h of shape (layers * directions, H) or (layers * directions, N, H),
            for an LSTM the pair (h, c). Zeros if left out.
        letters: (T,) labels of the steps, kept as texts, for `Trace.to_pandas`.
        held: (T,) for each step, what is to be held in it: see `lstmviz.cells`; nothing if left out. Only for a network
            of one layer and one direction.
        compare: whether to run torch too and measure the difference; there is none to measure where something is held.

    Raises:
        TypeError: `model` is none of these, or `x` is a PackedSequence.
        ValueError: a shape does not fit, a number of `x` or `state` is not finite, something is held in a network of
            several layers or directions, or the layer does what a trace does not follow: projections (`proj_size`),
            dropout while training, other precisions.
    """
    layer, head = parts_of(model)
    x = check_input(layer, x)
    h, c = _check_state(layer, x.shape[1:-1], state)
    labels = None if letters is None else _check_letters(letters, len(x))
    if held is not None and len(h) > 1:
        raise ValueError("`held` must be left out for a network of several layers or directions.")
    holds = _check_held(held, len(x))
    compare = compare and held is None
    weights = weights_of(layer, _computed_with(layer))
    ways = 2 if layer.bidirectional else 1

    layers: list[LayerTrace] = []
    outputs = x
    for k in range(layer.num_layers):
        for n in range(k * ways, (k + 1) * ways):
            layers.append(_follow(layer, n, weights[n], outputs, h[n], c[n], holds))
        outputs = np.concatenate([way.h for way in layers[-ways:]], axis=-1)
    final_h = np.stack([_last(way, way.h) for way in layers])
    final_c = np.stack([_last(way, way.c) for way in layers]) if isinstance(layer, nn.LSTM) else None
    logits = None if head is None else _linear(head, outputs)

    difference: float = np.nan
    step_difference: float | None = None
    if compare:
        theirs = _run_torch(layer, head, x, h, c if final_c is not None else None)
        difference = _difference([outputs, final_h, final_c, logits], theirs)
        step_difference = _step_difference(layer, x, layers[0]) if len(layers) == 1 and x.ndim == 2 else None

    return Trace(
        axes=("step", "sequence")[: x.ndim - 1],
        layers=tuple(layers),
        state=_frozen(final_h) if final_c is None else (_frozen(final_h), _frozen(final_c)),
        logits=None if logits is None else _frozen(logits),
        probabilities=None if logits is None else _frozen(_softmax(logits)),
        difference_from_torch=difference,
        step_difference_from_torch=step_difference,
        letters=labels,
    )


def trace_snapshots(
    model: nn.Module,
    snapshots: Iterable[Mapping[str, np.ndarray] | None],
    x: Any,
    state: Any = None,
    *,
    letters: Sequence[str] | None = None,
    held: Sequence[Held] | None = None,
    compare: bool = True,
) -> Trace:
    """Follow E snapshots of the weights of `model` through the same `x`, all at once; every array leads with an axis E.

    So tr.i is (E, T, H), the logits (E, T, V) and the final state (E, 1, H), each from the same state.
    `difference_from_torch` is measured on the first snapshot, the last, and two between, since torch has to run them
    one by one.

    Args:
        model: of one layer and one direction; only its shape matters, its own weights do not.
        snapshots: the weights, named as `parameters_of` names them; None among them, as most records of `train` have,
            is left out, and numbers that are not finite are let pass.
        x: (T, V), numpy or torch, finite.
        state: where every snapshot starts, as torch takes it: h of shape (1, H), for an LSTM the pair (h, c). Zeros if
            left out.
        letters: (T,) labels of the steps, for `Trace.to_pandas`.
        held: (T,) for each step, what is to be held in it: see `lstmviz.cells`; nothing if left out.
        compare: whether to run torch too and measure the difference; there is none to measure where something is held.

    Raises:
        TypeError: as `trace`.
        ValueError: as `trace`; or there is no snapshot, one does not fit the model, or `x` is a batch.
    """
    layer, head = parts_of(model)
    if layer.num_layers > 1 or layer.bidirectional:
        raise ValueError("`model` must have one layer and one direction for its snapshots to be followed together.")
    x = check_input(layer, x)
    if x.ndim != 2:
        raise ValueError(f"`x` must have shape (T, {layer.input_size}) for snapshots; got {x.shape}.")
    kept = [snapshot for snapshot in snapshots if snapshot is not None]
    if not kept:
        raise ValueError("`snapshots` must hold at least one set of weights; got none.")
    for snapshot in kept:
        check_parameters(model, snapshot)
    first_h, first_c = _check_state(layer, (), state)
    labels = None if letters is None else _check_letters(letters, len(x))
    holds = _check_held(held, len(x))
    compare = compare and held is None
    stacked = {name: np.stack([snapshot[name] for snapshot in kept]).astype(x.dtype) for name in kept[0]}
    own = stacked if head is None else {name.removeprefix("recurrent."): array for name, array in stacked.items()}

    every_h, every_c = (np.repeat(first, len(kept), axis=0) for first in (first_h, first_c))
    followed = _follow(layer, 0, weights_of(layer, own)[0], x, every_h, every_c, holds)
    snapshots_first = LayerTrace(
        cell=followed.cell,
        layer=0,
        reverse=False,
        values={name: _snapshots_first(array) for name, array in followed.values.items()},
        h_prev=_snapshots_first(followed.h_prev),
        c_prev=None if followed.c_prev is None else _snapshots_first(followed.c_prev),
    )
    h = snapshots_first.h
    c = snapshots_first.c if isinstance(layer, nn.LSTM) else None
    logits = None
    if head is not None:
        with np.errstate(all="ignore"):
            logits = np.matmul(h, stacked["head.weight"].swapaxes(-1, -2)) + stacked["head.bias"][:, None]

    difference: float = np.nan
    step_difference: float | None = None
    if compare:
        difference, step_difference = _differences_of_some(model, kept, x, first_h, first_c, snapshots_first, logits)

    return Trace(
        axes=("snapshot", "step"),
        layers=(snapshots_first,),
        state=h[:, -1:] if c is None else (h[:, -1:], c[:, -1:]),
        logits=None if logits is None else _frozen(logits),
        probabilities=None if logits is None else _frozen(_softmax(logits)),
        difference_from_torch=difference,
        step_difference_from_torch=step_difference,
        letters=labels,
    )


def check_input(layer: nn.RNNBase, x: Any) -> Array:
    """`x` as a numpy array in the precision of `layer`, sequence first: (T, V) or (T, N, V).

    Raises:
        TypeError: `x` is a PackedSequence.
        ValueError: its shape does not fit, or a number is not finite.
    """
    if isinstance(x, PackedSequence):
        raise TypeError("`x` must be an array or a tensor; got a PackedSequence, which a trace does not follow.")
    x = _array("x", x, _DTYPES[_a_weight(layer).dtype])
    batch = "(N, T, V)" if layer.batch_first else "(T, N, V)"
    if x.ndim not in (2, 3) or 0 in x.shape:
        raise ValueError(f"`x` must have shape (T, V) or {batch} with no side of 0; got {x.shape}.")
    if x.shape[-1] != layer.input_size:
        raise ValueError(f"`x` must have {layer.input_size} numbers a step, as the model reads; got {x.shape[-1]}.")
    return x.swapaxes(0, 1) if layer.batch_first and x.ndim == 3 else x


def parts_of(model: nn.Module) -> tuple[nn.RNNBase, nn.Linear | None]:
    """The recurrent layer of `model` and its head if it has one, once they are known to be such as we can follow."""
    layer, head = (model.recurrent, model.head) if isinstance(model, Model) else (model, None)
    if not isinstance(layer, nn.RNN | nn.LSTM | nn.GRU):
        raise TypeError(f"`model` must be a Model, nn.RNN, nn.LSTM or nn.GRU; got {type(model).__name__}.")
    if layer.proj_size > 0:
        raise ValueError(f"`model` must have no projection (proj_size=0); got proj_size={layer.proj_size}.")
    if layer.training and layer.dropout > 0 and layer.num_layers > 1:  # torch's acts between layers alone
        raise ValueError(f"`model` must be in eval() mode, or dropout={layer.dropout} changes every run at random.")
    if (dtype := _a_weight(layer).dtype) not in _DTYPES:
        raise ValueError(f"`model` must be in float32 or float64; got {dtype}.")
    return layer, head


def _a_weight(layer: nn.RNNBase) -> Tensor:
    """Any weight of `layer`: all share precision and device."""
    return next(layer.parameters())


def _array(name: str, given: Any, dtype: type) -> Array:
    """`given` as a finite numpy array of `dtype`, a copy if it was none."""
    if isinstance(given, Tensor):
        given = given.detach().cpu()
        given = given.to(torch.float64).numpy() if given.is_floating_point() else given.numpy()
    array = np.asarray(given)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"`{name}` must hold real numbers; got {array.dtype}.")
    with np.errstate(over="ignore"):
        array = array.astype(dtype)
    if not np.isfinite(array).all():
        raise ValueError(f"`{name}` must hold finite numbers only; got {array[~np.isfinite(array)][0]}.")
    return array


def _check_state(layer: nn.RNNBase, batch: tuple[int, ...], state: Any) -> tuple[Array, Array]:
    """The states h and c to start from, (layers * directions, *batch, H); c counts for nothing outside an LSTM."""
    dtype = _DTYPES[_a_weight(layer).dtype]
    shape = (layer.num_layers * (2 if layer.bidirectional else 1), *batch, layer.hidden_size)
    if state is None:
        return np.zeros(shape, dtype), np.zeros(shape, dtype)
    if isinstance(layer, nn.LSTM):
        if not isinstance(state, tuple | list) or len(state) != 2:
            raise ValueError(f"`state` must be a pair (h, c) for an LSTM; got {type(state).__name__}.")
        h, c = _array("state", state[0], dtype), _array("state", state[1], dtype)
    else:
        h = _array("state", state, dtype)
        c = np.zeros(shape, dtype)
    for given in (h, c):
        if given.shape != shape:
            raise ValueError(f"`state` must have shape {shape}, as torch takes it; got {given.shape}.")
    return h, c


def _check_letters(letters: Sequence[str], steps: int) -> tuple[str, ...]:
    if len(letters) != steps:
        raise ValueError(f"`letters` must have one label for each of the {steps} steps; got {len(letters)}.")
    return tuple(map(str, letters))


def _check_held(held: Sequence[Held] | None, steps: int) -> Sequence[Held]:
    """What is held in each step."""
    if held is None:
        return (as_it_is,) * steps
    if len(held) != steps:
        raise ValueError(f"`held` must have one entry for each of the {steps} steps; got {len(held)}.")
    return held


def weights_of(layer: nn.RNNBase, named: Mapping[str, Array]) -> list[Weights]:
    """The weights of each layer and direction, in torch's order; a layer without biases has biases of 0."""
    weights = []
    for k in range(layer.num_layers):
        for way in ("", "_reverse") if layer.bidirectional else ("",):
            ih, hh = named[f"weight_ih_l{k}{way}"], named[f"weight_hh_l{k}{way}"]
            none = np.zeros(ih.shape[:-1], ih.dtype)
            b_ih, b_hh = named.get(f"bias_ih_l{k}{way}", none), named.get(f"bias_hh_l{k}{way}", none)
            weights.append(Weights(ih, hh, b_ih, b_hh))
    return weights


def _follow(layer: nn.RNNBase, n: int, w: Weights, x: Array, h: Array, c: Array, held: Sequence[Held]) -> LayerTrace:
    """Layer and direction `n` of `layer`, step by step over x (T, ..., V) from the state h, c (..., H)."""
    cell = CELL_OF_MODE[layer.mode]
    ways = 2 if layer.bidirectional else 1
    reverse = n % ways == 1
    first_h, first_c = h, c
    steps: list[LSTMStep | GRUStep | RNNStep] = []
    with np.errstate(all="ignore"):  # a diverged network overflows; its infinities are what is to be seen
        for x_t, held_t in zip(x[::-1] if reverse else x, held, strict=True):
            step = lstm_step(x_t, h, c, w, held_t) if cell == "lstm" else _STEPS[cell](x_t, h, w, held_t)
            h, c = step.h, getattr(step, "c", c)
            steps.append(step)
    columns = zip(steps[0]._fields, zip(*steps, strict=True), strict=True)
    values = {name: _frozen(np.stack(column[::-1] if reverse else column)) for name, column in columns}
    return LayerTrace(
        cell=cell,
        layer=n // ways,
        reverse=reverse,
        values=values,
        h_prev=_before(first_h, values["h"], reverse),
        c_prev=_before(first_c, values["c"], reverse) if cell == "lstm" else None,
    )


def _before(first: Array, states: Array, reverse: bool) -> Array:
    """The state before each step, given the first one and those after each step."""
    return _frozen(np.concatenate([states[1:], first[None]] if reverse else [first[None], states[:-1]]))


def _last(way: LayerTrace, states: Array) -> Array:
    """The state after the step that was taken last."""
    return states[0] if way.reverse else states[-1]


def _computed_with(layer: nn.RNNBase) -> dict[str, Array]:
    """The weights and biases that `layer` computes with, by their names, which need not be what it learns.

    A pruned or parametrized weight is made of others, whose names the layer's `state_dict` has.
    """
    ways = ("", "_reverse") if layer.bidirectional else ("",)
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh") if layer.bias else ("weight_ih", "weight_hh")
    names = [f"{kind}_l{k}{way}" for k in range(layer.num_layers) for way in ways for kind in kinds]
    with torch.no_grad():
        return {name: getattr(layer, name).detach().cpu().numpy() for name in names}


def _linear(head: nn.Linear, hidden: Array) -> Array:
    with np.errstate(all="ignore"):
        logits: Array = np.matmul(hidden, head.weight.detach().cpu().numpy().T)
        return logits if head.bias is None else logits + head.bias.detach().cpu().numpy()


def _softmax(logits: Array) -> Array:
    """exp(a) / sum of exp(a) over the last axis; the largest is taken off first, so that exp cannot overflow."""
    with np.errstate(all="ignore"):
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)


def _run_torch(
    layer: nn.RNNBase, head: nn.Linear | None, x: Array, h: Array, c: Array | None
) -> list[np.ndarray | None]:
    """What torch computes: outputs (sequence first), final h, final c and logits, None where there are none."""
    device = _a_weight(layer).device
    swap = layer.batch_first and x.ndim == 3

    def tensor(array: Array) -> Tensor:
        return torch.tensor(array, device=device)

    # In the precision of the weights: TF32 and autocast would round the sums to ten bits and less.
    exact = torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, allow_tf32=False)
    with torch.no_grad(), exact, torch.autocast(device.type, enabled=False):
        start = tensor(h) if c is None else (tensor(h), tensor(c))
        outputs, final = layer(tensor(x.swapaxes(0, 1) if swap else x), start)
        outputs = outputs.transpose(0, 1) if swap else outputs
        final_h, final_c = (final, None) if c is None else final
        logits = None if head is None else head(outputs)
    return [None if part is None else part.cpu().numpy() for part in (outputs, final_h, final_c, logits)]


def _differences_of_some(
    model: nn.Module,
    snapshots: Sequence[Mapping[str, np.ndarray]],
    x: Array,
    h: Array,
    c: Array,
    followed: LayerTrace,
    logits: Array | None,
) -> tuple[float, float]:
    """Both differences, each the largest over some of the snapshots, followed together from the state h, c (1, H)."""
    difference = step_difference = 0.0
    twin = copy.deepcopy(model)
    for e in sorted({round(e) for e in np.linspace(0, len(snapshots) - 1, _CHECKED_SNAPSHOTS)}):
        load_parameters(twin, snapshots[e])
        layer, head = parts_of(twin)
        one = LayerTrace(
            cell=followed.cell,
            layer=0,
            reverse=False,
            values={name: array[e] for name, array in followed.values.items()},
            h_prev=followed.h_prev[e],
            c_prev=None if followed.c_prev is None else followed.c_prev[e],
        )
        final_c = None if one.c_prev is None else one.c[-1:]
        theirs = _run_torch(layer, head, x, h, None if final_c is None else c)
        difference = max(
            difference, _difference([one.h, one.h[-1:], final_c, None if logits is None else logits[e]], theirs)
        )
        step_difference = max(step_difference, _step_difference(layer, x, one))
    return difference, step_difference


def _step_difference(layer: nn.RNNBase, x: Array, followed: LayerTrace) -> float:
    """Largest difference of one step: torch takes all T at once, as a batch of texts of one letter each."""
    c_prev = None if followed.c_prev is None else followed.c_prev[None]
    _, h, c, _ = _run_torch(layer, None, x[None], followed.h_prev[None], c_prev)
    ours = [followed.h[None], None if c is None else followed.c[None]]
    return _difference(ours, [h, c])


def _difference(ours: Sequence[np.ndarray | None], theirs: Sequence[np.ndarray | None]) -> float:
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


def _snapshots_first(array: Array) -> Array:
    return _frozen(np.ascontiguousarray(np.moveaxis(array, 0, 1)))


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
