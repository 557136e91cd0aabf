"""Follow many snapshots of the weights of one network through the same sequence, all at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstmviz.cells.step import Array, Held
from lstmviz.tracing.calls import compute, exactly
from lstmviz.tracing.following import difference, follow, frozen, shape_of, softmax, weights_of
from lstmviz.tracing.given import check_held, check_input, check_state, dtype_of, parts_of
from lstmviz.tracing.of_call import numbers, state_of, step_difference
from lstmviz.tracing.result import LayerTrace, Trace, check_letters
from lstmviz.tracing.stacking import stacked_weights

_CHECKED_SNAPSHOTS = 4


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
    layer, _ = parts_of(model)
    if layer.num_layers > 1 or layer.bidirectional:
        raise ValueError("`model` must have one layer and one direction for its snapshots to be followed together.")
    x = check_input(layer, x)
    if x.ndim != 2:
        raise ValueError(f"`x` must have shape (T, {layer.input_size}) for snapshots; got {x.shape}.")
    kept = [snapshot for snapshot in snapshots if snapshot is not None]
    first = check_state(layer, (), state)
    labels = None if letters is None else check_letters(letters, len(x))
    holds = check_held(held, len(x))
    shape = shape_of(layer)
    flat, of_head = stacked_weights(model, kept, x.dtype)

    # The states of all snapshots are the batch, and so are their weights.
    h, c = (np.repeat(part, len(kept), axis=0)[None] for part in first)
    [followed], _, _ = follow(shape, weights_of(shape, flat), x, h, c, holds)
    traced = LayerTrace(
        cell=followed.cell,
        layer=0,
        reverse=False,
        values={name: _snapshots_first(array) for name, array in followed.values.items()},
        h_prev=_snapshots_first(followed.h_prev),
        c_prev=None if followed.c_prev is None else _snapshots_first(followed.c_prev),
    )
    states = [traced.h, traced.c] if shape.cell == "lstm" else [traced.h]
    logits = None
    if of_head:
        with np.errstate(all="ignore"):
            # Over a copy in order, so that each has the bits that it has alone.
            logits = np.matmul(np.ascontiguousarray(traced.h), of_head[0].swapaxes(-1, -2))
            logits = logits if len(of_head) == 1 else logits + of_head[1][:, None]
    whole, step = np.nan, None
    if compare and held is None:
        whole, step = _differences_of_some(layer, flat, of_head, x, first, traced, logits)
    return Trace(
        axes=("snapshot", "step"),
        layers=(traced,),
        state=state_of(*(part[:, -1:] for part in states)),
        logits=None if logits is None else frozen(logits),
        probabilities=None if logits is None else frozen(softmax(logits)),
        difference_from_torch=whole,
        step_difference_from_torch=step,
        letters=labels,
        device=str(next(layer.parameters()).device),
        precision=str(dtype_of(layer)).removeprefix("torch."),
    )


def _differences_of_some(
    layer: nn.RNNBase,
    flat: Sequence[Array],
    of_head: Sequence[Array],
    x: Array,
    first: Sequence[Array],
    traced: LayerTrace,
    logits: Array | None,
) -> tuple[float, float | None]:
    """Both differences, each the largest over some of the snapshots, followed together from the states (1, H)."""
    like = next(layer.parameters())
    shape = shape_of(layer)

    def tensor(array: Array) -> Tensor:
        return torch.tensor(array, dtype=like.dtype, device=like.device)

    whole = steps = 0.0
    for e in sorted({round(e) for e in np.linspace(0, len(traced.h) - 1, _CHECKED_SNAPSHOTS)}):
        weights = [tensor(array[e]) for array in flat]
        states = tuple(tensor(part[:, None]) for part in first[: 2 if shape.cell == "lstm" else 1])
        outputs, final = compute(shape, weights, tensor(x[:, None]), states)
        one = LayerTrace(
            cell=traced.cell,
            layer=0,
            reverse=False,
            values={name: array[e] for name, array in traced.values.items()},
            h_prev=traced.h_prev[e],
            c_prev=None if traced.c_prev is None else traced.c_prev[e],
        )
        ours = [one.h, *([one.h[-1:]] if one.c_prev is None else [one.h[-1:], one.c[-1:]])]
        whole = max(whole, difference(ours, [numbers(outputs)[:, 0], *(numbers(part)[:, 0] for part in final)]))
        if logits is not None:
            head = [tensor(array[e]) for array in of_head]
            with torch.no_grad(), exactly(like.device):
                whole = max(whole, difference([logits[e]], [numbers(nn.functional.linear(outputs[:, 0], *head))]))
        if like.dtype in (torch.float32, torch.float64):
            steps = max(steps, step_difference(shape, weights, x, one))
    return whole, steps if like.dtype in (torch.float32, torch.float64) else None


def _snapshots_first(array: Array) -> Array:
    return frozen(np.moveaxis(array, 0, 1))
