"""Whether the fused kernels compute what autograd would on this very module, and its parameters where they lie.

A module is more than its weights: hooks, frozen, tied, pruned or parametrized weights, another layer in a layer's place
all change what training does to it. The kernels know of none of that, so they stand in for autograd only where there is
none of it, and each record looks again, because a caller may change the module inside the loop.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.modules import module as torch_modules

from lstmviz.base.limits import MAX_UNITS
from lstmviz.fused import compiles
from lstmviz.models import Model

_LAYERS: dict[str, type[nn.Module]] = {"rnn": nn.RNN, "rnn_relu": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
_RECURRENT = ("weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l")
_HEAD = ("weight", "bias")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def check_trainable(model: nn.Module) -> None:
    """Do nothing if autograd can train `model` as it stands.

    Raises:
        ValueError: gradients are switched off here, nothing of the model learns, its weights are not in memory, or are
            of another precision than float32 or float64.
    """
    if not torch.is_grad_enabled():
        raise ValueError("`train` needs gradients, which are switched off here; leave torch.no_grad or inference_mode.")
    parameters = tuple(model.parameters())
    if any(one.device.type == "meta" for one in parameters):
        raise ValueError("`model` must have its weights in memory; they are on the meta device.")
    kinds = sorted({str(one.dtype).removeprefix("torch.") for one in parameters})
    if kinds not in (["float32"], ["float64"]):
        raise ValueError(f"`model` must be in float32 or float64 throughout to be trained; got {' and '.join(kinds)}.")
    if any(one.is_inference() for one in parameters):
        raise ValueError("`model` must be made outside of torch.inference_mode: its weights cannot learn.")
    if not any(one.requires_grad for one in parameters):
        raise ValueError("`model` must have a weight that learns; all are frozen (requires_grad is False).")


def fused_refusal(model: Model) -> str | None:
    """Why the fused kernels cannot train `model`, to stand behind "can be"; None if they can."""
    config, recurrent = model.config, model.recurrent
    if not compiles():
        return "where numba compiles, and NUMBA_DISABLE_JIT is set"
    if config.bidirectional:
        return "for one direction"
    if max(config.hidden_size, config.input_size) > MAX_UNITS:
        return f"up to {MAX_UNITS} hidden units and letters"
    if not _is_as_built(model):
        return "for a network as `build_model` makes it, no part or weight of it replaced, pruned or parametrized"
    if recurrent.num_layers > 1 and recurrent.dropout > 0:
        return "without dropout"
    parameters = [getattr(owner, name) for owner, name in _places(model)]
    if any(one.device.type != "cpu" for one in parameters):
        return "on the CPU only"
    if {str(one.dtype) for one in parameters} not in ({"torch.float32"}, {"torch.float64"}):
        return "in float32 or float64 only"
    if not all(one.requires_grad for one in parameters):
        return "where every weight learns (requires_grad)"
    if _has_hooks(model) or any(one._backward_hooks or one._post_accumulate_grad_hooks for one in parameters):
        return "without hooks"
    if len({one.untyped_storage().data_ptr() for one in parameters}) < len(parameters) and _overlap(parameters):
        return "without weights that share their memory"
    if not all(one.is_contiguous() and not one.is_conj() and not one.is_neg() for one in parameters):
        return "with weights that lie in order in memory"
    if torch.is_autocast_enabled("cpu"):
        return "outside of torch.autocast"
    return None


def _is_as_built(model: Model) -> bool:
    config, recurrent, head = model.config, model.recurrent, model.head
    if type(model) is not Model or type(recurrent) is not _LAYERS[config.cell] or type(head) is not nn.Linear:
        return False
    shape = (recurrent.input_size, recurrent.hidden_size, recurrent.num_layers, recurrent.proj_size)
    wanted = (config.input_size, config.hidden_size, config.num_layers, 0)
    kind = {"rnn": "RNN_TANH", "rnn_relu": "RNN_RELU"}.get(config.cell, config.cell.upper())
    return (
        shape == wanted
        and recurrent.mode == kind
        and recurrent.bias
        and not recurrent.bidirectional
        and not recurrent.batch_first
        and [name for name, _ in model.named_parameters(remove_duplicate=False)] == _names(config.num_layers)
        and tuple(head.weight.shape) == (config.output_size, config.hidden_size)
        and not any("forward" in vars(one) for one in model.modules())
        and next(iter(model.buffers()), None) is None
    )


def _recurrent_names(layers: int) -> list[str]:
    return [f"{name}{layer}" for layer in range(layers) for name in _RECURRENT]


def _names(layers: int) -> list[str]:
    return [*(f"recurrent.{name}" for name in _recurrent_names(layers)), *(f"head.{name}" for name in _HEAD)]


def _places(model: Model) -> list[tuple[nn.Module, str]]:
    """Whose each weight is, and its name there, in the order of `state_dict`."""
    recurrent = [(model.recurrent, name) for name in _recurrent_names(model.config.num_layers)]
    return [*recurrent, *((model.head, name) for name in _HEAD)]


def _hooks_of(model: nn.Module) -> list[Any]:
    return [getattr(one, name) for one in model.modules() for name in _HOOKS]


def standing(model: nn.Module) -> list[Any]:
    """What a change of is a change of the module, beside the numbers in it: its parts, hooks, and all that learns."""
    learning = [(name, id(one)) for name, one in model.named_parameters() if one.requires_grad]
    return [*learning, *map(id, model.modules()), *(tuple(hooks) for hooks in _hooks_of(model))]


def _has_hooks(model: nn.Module) -> bool:
    return any(_hooks_of(model)) or torch_modules._has_any_global_hook()


def _overlap(parameters: Sequence[torch.Tensor]) -> bool:
    """Whether two of them share a byte."""
    spans = sorted((one.data_ptr(), one.data_ptr() + one.numel() * one.element_size()) for one in parameters)
    return any(start < end for (_, end), (start, _) in pairwise(spans))


class Held:
    """The parameters of a model that the kernels can train, where they lie: to be read and written as one row.

    The row is in the order of `state_dict`, which is the one the kernels expect.
    """

    def __init__(self, model: Model) -> None:
        self._children = model._modules
        self._parts = tuple(model._modules.items())
        self._hooks = _hooks_of(model)
        self._recurrent, self._dropout = model.recurrent, model.recurrent.dropout
        self._places = []
        self._views = []
        start = 0
        for owner, name in _places(model):
            one = owner._parameters[name]
            assert one is not None
            view = one.detach().numpy().reshape(-1)
            self._views.append((view, slice(start, start + len(view))))
            self._places.append((owner._parameters, name, one, one.data_ptr()))
            start += len(view)
        self._now = np.empty(start, view.dtype)

    def row(self) -> NDArray[Any]:
        """What they are now, a copy."""
        return np.concatenate([view for view, _ in self._views])

    def put(self, row: NDArray[Any]) -> None:
        """Write them."""
        for view, part in self._views:
            view[:] = row[part]

    def adam_state(self, first: NDArray[Any], second: NDArray[Any], updates: int) -> dict[torch.Tensor, dict[str, Any]]:
        """What torch's Adam would remember of them after so many updates; nothing before the first."""
        return {
            one: {
                "step": torch.tensor(float(updates)),
                "exp_avg": torch.tensor(first[part]).view_as(one),
                "exp_avg_sq": torch.tensor(second[part]).view_as(one),
            }
            for (_, _, one, _), (_, part) in zip(self._places, self._views, strict=True)
            if updates
        }

    def stand(self, row: NDArray[Any]) -> bool:
        """Whether the model still is what it was, and its parameters are those of `row`, to the bit."""
        for part, module in self._parts:
            if self._children.get(part) is not module:
                return False
        for owner, name, one, place in self._places:
            if owner.get(name) is not one or not one.requires_grad or one.data_ptr() != place:
                return False
            if one._backward_hooks or one._post_accumulate_grad_hooks:
                return False
        if any(self._hooks) or self._recurrent.dropout != self._dropout:
            return False
        np.concatenate([view for view, _ in self._views], out=self._now)
        return self._now.tobytes() == row.tobytes()
