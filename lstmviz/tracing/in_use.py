"""The weights that a layer computes with, which need not be what it learns."""

import torch
from torch import Tensor, nn

from lstmviz.tracing.calls import record


def is_plain(layer: nn.RNNBase) -> bool:
    """Whether a call of `layer` does what torch's own class says, with the parameters that it has."""
    hooks = (layer._forward_pre_hooks, layer._forward_hooks)
    return type(layer) in (nn.RNN, nn.LSTM, nn.GRU) and not any(hooks) and "forward" not in vars(layer)


def weight_names(layer: nn.RNNBase) -> list[str]:
    """Torch's names in torch's order: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, ..."""
    return [name for names in layer._all_weights for name in names]


def weights_in_use(layer: nn.RNNBase) -> tuple[Tensor, ...]:
    """Those of each layer and direction, in torch's order.

    A weight that is pruned, parametrized, normalized or dropped is made of others; it is heard of in a call of a step.

    Raises:
        ValueError: the layer does not call torch's recurrence once.
    """
    if is_plain(layer):
        return tuple(getattr(layer, name) for name in weight_names(layer))
    like = next(layer.parameters())
    step = torch.zeros((1, layer.input_size), dtype=like.dtype, device=like.device)
    calls, _ = record(layer, lambda: layer(step))
    if len(calls) != 1:
        raise ValueError(f"`model` must call torch's recurrence once; {type(layer).__name__} did {len(calls)} times.")
    return calls[0].weights
