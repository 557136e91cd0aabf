"""One call of torch's recurrence followed step by step, and compared with what it gave."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lstmviz.cells.step import Array, Held
from lstmviz.tracing.calls import Call, Shape, compute
from lstmviz.tracing.following import difference, follow, frozen, taken_steps, weights_of
from lstmviz.tracing.given import check_held, followed_in
from lstmviz.tracing.result import LayerTrace, Trace


def trace_call(
    call: Call, *, letters: tuple[str, ...] | None = None, held: Sequence[Held] | None = None
) -> tuple[Trace, Array]:
    """The trace of `call`, compared with it if it was run and nothing is held, and its outputs (T, ..., D*H)."""

    def own(tensor: Tensor) -> Array:  # without the axis of the batch where none was given
        array = numbers(tensor)
        return array if call.batched else array[:, 0]

    x, (h, *c) = own(call.x), map(own, call.state)
    weights = weights_of(call.shape, list(map(numbers, call.weights)))
    layers, outputs, final = follow(call.shape, weights, x, h, c[0] if c else h, check_held(held, len(x)), call.lengths)
    whole, step = np.nan, None
    if call.outputs is not None and held is None:
        theirs = own(call.outputs)
        if call.lengths is not None:
            theirs[~taken_steps(call.lengths, len(x))] = np.nan
        whole = difference([outputs, *final], [theirs, *map(own, call.final)])
        if len(layers) == 1 and not call.batched and call.x.dtype in (torch.float32, torch.float64):
            step = step_difference(call.shape, call.weights, x, layers[0])
    traced = Trace(
        axes=("step", "sequence")[: x.ndim - 1],
        layers=tuple(layers),
        state=state_of(*map(frozen, final)),
        logits=None,
        probabilities=None,
        difference_from_torch=whole,
        step_difference_from_torch=step,
        letters=letters,
        lengths=call.lengths,
        device=str(call.x.device),
        precision=str(call.x.dtype).removeprefix("torch."),
    )
    return traced, outputs


def step_difference(shape: Shape, weights: Sequence[Tensor], x: Array, followed: LayerTrace) -> float:
    """Largest difference of one step: torch takes all T at once, as a batch of texts of one letter each."""
    before = [followed.h_prev, *([] if followed.c_prev is None else [followed.c_prev])]
    after = [followed.h, *([] if followed.c_prev is None else [followed.c])]
    like = weights[0]
    rows, *states = (torch.tensor(array[None], dtype=like.dtype, device=like.device) for array in (x, *before))
    _, theirs = compute(shape, weights, rows, tuple(states))
    return difference([array[None] for array in after], list(map(numbers, theirs)))


def state_of(h: Array, c: Array | None = None) -> Array | tuple[Array, Array]:
    """A state as torch gives and takes it."""
    return h if c is None else (h, c)


def numbers(tensor: Tensor) -> Array:
    """A copy of `tensor` in the precision in which it is followed."""
    array: Array = tensor.detach().cpu().to(torch.float64).numpy().astype(followed_in(tensor.dtype))
    return array
