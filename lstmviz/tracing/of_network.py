"""Follow every recurrent layer and cell of a whole network through one call of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstmviz.tracing.calls import Call, record
from lstmviz.tracing.given import check_in_memory
from lstmviz.tracing.of_call import trace_call
from lstmviz.tracing.result import NetworkTrace, Trace, check_letters


def trace_network(network: nn.Module, x: Any, state: Any = None, letters: Sequence[str] | None = None) -> NetworkTrace:
    """Follow what `network(x)`, or `network(x, state)`, or `network(*x)` for a tuple, calls of torch's recurrence.

    numpy's arrays are given as tensors where the network is, those of numbers with a point in its precision.

    Raises:
        TypeError: `network` is no module.
        ValueError: it called no recurrent layer, or one that is not followed.
    """
    if not isinstance(network, nn.Module):
        raise TypeError(f"`model` must be a module of torch; got {type(network).__name__}.")
    check_in_memory(network)
    given = [_as_tensor(one, network) for one in (x if isinstance(x, tuple) else (x,))]
    if state is not None:
        given.append(state)
    calls, returned = record(network, lambda: network(*given))
    if not calls:
        raise ValueError(
            f"`model` must call a recurrent layer or cell of torch; {type(network).__name__} called none that can be "
            "heard of (those compiled by TorchScript cannot)."
        )
    traces = dict[str, Trace]()
    for name in dict.fromkeys(call.module for call in calls):
        sequences = _sequences([call for call in calls if call.module == name])
        for k, sequence in enumerate(sequences):
            key = name if len(sequences) == 1 else f"{name}[{k}]"
            labels = None if letters is None else check_letters(letters, len(sequence.x))
            traces[key], _ = trace_call(sequence, letters=labels)
    return NetworkTrace(traces, returned)


def unwrapped(module: Any) -> Any:
    """The module itself: without what torch.compile, DataParallel and DistributedDataParallel put around it."""
    while True:
        if hasattr(module, "_orig_mod"):
            module = module._orig_mod
        elif isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
            module = module.module
        else:
            return module


def _as_tensor(given: Any, network: nn.Module) -> Any:
    """Numpy's arrays as tensors; anything else as it is."""
    if not isinstance(given, np.ndarray):
        return given
    like = next((one for one in network.parameters() if one.is_floating_point()), torch.empty(0))
    return torch.tensor(given, dtype=like.dtype if given.dtype.kind == "f" else None, device=like.device)


def _sequences(calls: Sequence[Call]) -> list[Call]:
    """The calls of one module, those joined that go on from the state of the one before."""
    sequences = list[list[Call]]()
    for call in calls:
        if sequences and _goes_on(sequences[-1][-1], call):
            sequences[-1].append(call)
        else:
            sequences.append([call])
    return [_joined(sequence) for sequence in sequences]


def _goes_on(before: Call, call: Call) -> bool:
    """Whether `call` starts from the state that `before` gave, with the same weights, one direction and no padding."""
    return (
        not call.shape.bidirectional
        and before.lengths is None
        and call.lengths is None
        and before.batched == call.batched
        and _equal(before.final, call.state)
        and _equal(before.weights, call.weights)
    )


def _equal(some: tuple[Tensor, ...], others: tuple[Tensor, ...]) -> bool:
    return len(some) == len(others) and all(
        one is other or (one.shape == other.shape and torch.equal(one, other))
        for one, other in zip(some, others, strict=True)
    )


def _joined(calls: Sequence[Call]) -> Call:
    """One call of all their steps."""
    if len(calls) == 1:
        return calls[0]
    outputs = torch.cat([call.outputs for call in calls if call.outputs is not None])
    return replace(calls[0], x=torch.cat([call.x for call in calls]), outputs=outputs, final=calls[-1].final)
