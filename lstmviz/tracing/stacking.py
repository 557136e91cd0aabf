"""Many snapshots of the weights of one network as one set, each weight with a leading axis over them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from lstmviz.cells.step import Array
from lstmviz.models import check_parameters, load_parameters, parameters_of
from lstmviz.tracing.calls import record
from lstmviz.tracing.given import parts_of
from lstmviz.tracing.in_use import is_plain, weight_names, weights_in_use
from lstmviz.tracing.of_call import numbers


def stacked_weights(
    model: nn.Module, snapshots: Sequence[Mapping[str, np.ndarray]], dtype: Any
) -> tuple[list[Array], list[Array]]:
    """The weights of the layer, in torch's order, and those of the head if there is one, each of all E snapshots.

    Raises:
        ValueError: there is no snapshot, or one does not fit the model.
    """
    if not snapshots:
        raise ValueError("`snapshots` must hold at least one set of weights; got none.")
    check_parameters(model, *snapshots)
    layer, head = parts_of(model)
    if is_plain(layer) and (head is None or type(head) is nn.Linear):
        of_layer = weight_names(layer)
        if head is None:
            names, of_head = of_layer, list[str]()
        else:
            names = [f"recurrent.{name}" for name in of_layer]
            of_head = ["head.weight", *(["head.bias"] if head.bias is not None else [])]
        flat, heads = (
            [np.stack([one[name] for one in snapshots]).astype(dtype) for name in some] for some in (names, of_head)
        )
        return flat, heads
    before = parameters_of(model)
    try:
        every = [_in_use(model, snapshot) for snapshot in snapshots]
    finally:
        _in_use(model, before)
    flat, heads = (
        [np.stack(arrays).astype(dtype) for arrays in zip(*some, strict=True)] for some in zip(*every, strict=True)
    )
    return flat, heads


def _in_use(model: nn.Module, snapshot: Mapping[str, np.ndarray]) -> tuple[list[Array], list[Array]]:
    """What the layer of `model` and its head make of these weights, which are the model's from now on."""
    layer, head = parts_of(model)
    load_parameters(model, snapshot)
    of_layer = weights_in_use(layer)
    if head is not None:  # a call, so that its hooks make its weights anew
        record(head, lambda: head(torch.zeros_like(head.weight[:1])))
    of_head = [] if head is None else [head.weight, *([] if head.bias is None else [head.bias])]
    return list(map(numbers, of_layer)), list(map(numbers, of_head))
