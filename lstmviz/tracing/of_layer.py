"""Follow a recurrent layer, with the head of a `Model` or without, through a sequence or a batch of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstmviz.cells.step import Array, Held
from lstmviz.models import Model
from lstmviz.tracing.calls import Call, record
from lstmviz.tracing.following import difference, frozen, shape_of, softmax, taken_steps
from lstmviz.tracing.given import check_input, check_lengths, check_state, parts_of
from lstmviz.tracing.in_use import is_plain, weights_in_use
from lstmviz.tracing.of_call import numbers, trace_call
from lstmviz.tracing.of_network import trace_network, unwrapped
from lstmviz.tracing.result import NetworkTrace, Trace, check_letters


@overload
def trace(
    model: Model | nn.RNNBase,
    x: Any,
    state: Any = None,
    *,
    lengths: Any = None,
    letters: Sequence[str] | None = None,
    held: Sequence[Held] | None = None,
    compare: bool = True,
) -> Trace: ...
@overload
def trace(model: nn.Module, x: Any, state: Any = None, *, letters: Sequence[str] | None = None) -> NetworkTrace: ...
def trace(
    model: nn.Module,
    x: Any,
    state: Any = None,
    *,
    lengths: Any = None,
    letters: Sequence[str] | None = None,
    held: Sequence[Held] | None = None,
    compare: bool = True,
) -> Trace | NetworkTrace:
    """Follow `model` through `x` and keep every number; `model` and torch's random state are left as they are.

    What is followed is the call `model(x)`, or `model(x, state)` where a state is given: with the weights, the first
    state and the input that reach torch's own recurrence in it, whether a parametrization, pruning, a hook or a
    `forward` of the user's own made them. It is called once.

    Args:
        model: a `Model`, or a bare nn.RNN, nn.LSTM or nn.GRU of any number of layers and directions, in float32 or
            float64, or in float16 or bfloat16 and then followed in float32. Weights that are not finite, as a diverged
            training leaves them, are followed like any others. Any other module is a network of which each recurrent
            layer and cell is followed: see `NetworkTrace`.
        x: (T, V), (T, N, V), or (N, T, V) for a bare layer with batch_first; numpy or torch, finite; or for a bare
            layer a PackedSequence. The trace has the sequence first in any case. For a network, what it is called with;
            a tuple holds several arguments.
        state: where to start, as torch takes it: h of shape (layers * directions, H) or (layers * directions, N, H),
            for an LSTM the pair (h, c). Zeros if left out.
        lengths: (N,) how many steps each sequence of a batch has, where `x` is padded: each is followed to its own end,
            and T is the longest of them.
        letters: (T,) labels of the steps, kept as texts, for `Trace.to_pandas`.
        held: (T,) for each step, what is to be held in it: see `lstmviz.cells`; nothing if left out. Only for a network
            of one layer and one direction.
        compare: whether to run torch too and measure the difference; there is none to measure where something is held.

    Raises:
        TypeError: `model` is no module, or a Model whose head is not linear.
        ValueError: a shape does not fit, a number of `x` or `state` is not finite, something is held in a network of
            several layers or directions, or the layer does what a trace does not follow: projections (`proj_size`),
            dropout while training, other precisions, something done to its outputs after the recurrence; or a network
            calls no recurrent layer of torch.
    """
    model = unwrapped(model)
    if not isinstance(model, Model | nn.RNN | nn.LSTM | nn.GRU):
        for name, given in (("lengths", lengths), ("held", held)):
            if given is not None:
                raise ValueError(f"`{name}` must be left out for a whole network; {type(model).__name__} is one.")
        return trace_network(model, x, state, letters)
    return _trace_layer(model, x, state, lengths, letters, held, compare)


def _trace_layer(
    model: nn.Module,
    x: Any,
    state: Any,
    lengths: Any,
    letters: Sequence[str] | None,
    held: Sequence[Held] | None,
    compare: bool,
) -> Trace:
    layer, head = parts_of(model)
    if isinstance(x, PackedSequence):
        if lengths is not None:
            raise ValueError("`lengths` must be left out where `x` is a PackedSequence, which knows its own.")
        x, lengths = pad_packed_sequence(x, batch_first=layer.batch_first)
    x = check_input(layer, x)
    labels = None if letters is None else check_letters(letters, len(x))
    if lengths is not None:
        lengths = check_lengths(lengths, x)
        x, labels = x[: max(lengths)], labels and labels[: max(lengths)]
    if held is not None and (layer.num_layers > 1 or layer.bidirectional):
        raise ValueError("`held` must be left out for a network of several layers or directions.")
    h, c = check_state(layer, x.shape[1:-1], state)
    states = (h, c) if isinstance(layer, nn.LSTM) else (h,)

    their_logits = None
    if (compare and held is None) or not is_plain(layer):
        call, their_logits = _called(model, layer, x, () if state is None else states, lengths)
    else:
        call = _as_it_would_be(layer, x, states, lengths)
    traced, outputs = trace_call(call if compare else replace(call, outputs=None), letters=labels, held=held)
    if head is None:
        return traced
    logits = _linear(head, outputs)
    whole = traced.difference_from_torch
    if not np.isnan(whole):
        whole = max(whole, difference([logits], [their_logits]))
    return replace(traced, logits=frozen(logits), probabilities=frozen(softmax(logits)), difference_from_torch=whole)


def _called(
    model: nn.Module, layer: nn.RNNBase, x: Array, state: tuple[Array, ...], lengths: tuple[int, ...] | None
) -> tuple[Call, Array | None]:
    """The call that the user's own comes down to, and torch's logits (T, ..., V) if there is a head."""
    swap = layer.batch_first and x.ndim == 3
    given: Any = _tensor(x.swapaxes(0, 1) if swap else x, layer)
    if lengths is not None:
        given = pack_padded_sequence(given, torch.tensor(lengths), batch_first=swap, enforce_sorted=False)
    states = tuple(_tensor(part, layer) for part in state)
    start: tuple[Any, ...] = (states if len(states) == 2 else states[0],) if states else ()
    read = list[Any]()  # by the head of a Model

    def run() -> Any:
        if not isinstance(model, Model):
            return model(given, *start)
        listening = model.head.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
        try:
            if lengths is None:
                return model(given, *start)
            outputs, final = model.recurrent(given, *start)
            return model.head(pad_packed_sequence(outputs)[0]), final
        finally:
            listening.remove()

    calls, returned = record(model, run)
    if len(calls) != 1:
        raise ValueError(f"`model` must call torch's recurrence once; {type(model).__name__} did {len(calls)} times.")
    [call] = calls
    first = returned[0] if isinstance(returned, tuple) else returned
    seen = read[0] if read else first
    if isinstance(seen, PackedSequence):
        seen, _ = pad_packed_sequence(seen, batch_first=swap)
    assert call.outputs is not None  # it was run
    outputs = call.outputs if call.batched else call.outputs[:, 0]
    if not isinstance(seen, Tensor) or not _same(seen.transpose(0, 1) if swap else seen, outputs):
        raise ValueError(
            "`model` must give its outputs as torch's recurrence makes them; a hook or a `forward` of its own does "
            "something with them first, which a trace of the layer alone does not follow."
        )
    logits = None
    if read:
        logits = numbers(first)
        if lengths is not None:
            logits[~taken_steps(lengths, len(x))] = np.nan
    return call, logits


def _as_it_would_be(layer: nn.RNNBase, x: Array, state: tuple[Array, ...], lengths: tuple[int, ...] | None) -> Call:
    """The call that a plain layer makes, without making it."""

    def batch(array: Array) -> Tensor:
        return _tensor(array if x.ndim == 3 else array[:, None], layer)

    states = tuple(map(batch, state))
    return Call("", shape_of(layer), batch(x), lengths, states, weights_in_use(layer), x.ndim == 3)


def _tensor(array: Array, layer: nn.RNNBase) -> Tensor:
    like = next(layer.parameters())
    return torch.tensor(array, dtype=like.dtype, device=like.device)


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.equal(one.nan_to_num(), other.nan_to_num())


def _linear(head: nn.Linear, hidden: Array) -> Array:
    """The head's outputs, from its own weights as they are computed with."""
    with np.errstate(all="ignore"):
        logits: Array = np.matmul(hidden, numbers(head.weight).T)
        return logits if head.bias is None else logits + numbers(head.bias)
