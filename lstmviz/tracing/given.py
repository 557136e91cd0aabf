"""What a trace is given: checked, and brought into numpy's arrays, sequence first."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstmviz.cells.step import Array, Held, as_it_is
from lstmviz.models import Model

CELL_OF_MODE = {"RNN_TANH": "rnn", "RNN_RELU": "rnn_relu", "LSTM": "lstm", "GRU": "gru"}
_DTYPES = {torch.float32: np.float32, torch.float64: np.float64, torch.float16: np.float32, torch.bfloat16: np.float32}
"""the precisions of a network, and the one in which it is followed"""


def parts_of(model: nn.Module) -> tuple[nn.RNNBase, nn.Linear | None]:
    """The recurrent layer of `model` and its head if it has one, once they are known to be such as we can follow.

    Raises:
        TypeError: `model` is no Model with a linear head, and no nn.RNN, nn.LSTM or nn.GRU.
        ValueError: it has a projection, dropout that acts, a precision that is not followed, or no weights in memory.
    """
    layer, head = (model.recurrent, model.head) if isinstance(model, Model) else (model, None)
    if not isinstance(layer, nn.RNN | nn.LSTM | nn.GRU):
        raise TypeError(f"`model` must be a Model, nn.RNN, nn.LSTM or nn.GRU; got {type(model).__name__}.")
    if head is not None and not isinstance(head, nn.Linear):
        raise TypeError(f"`model.head` must be an nn.Linear; got {type(head).__name__}.")
    if layer.proj_size > 0:
        raise ValueError(f"`model` must have no projection (proj_size=0); got proj_size={layer.proj_size}.")
    if layer.training and layer.dropout > 0 and layer.num_layers > 1:  # torch's acts between layers alone
        raise ValueError(f"`model` must be in eval() mode, or dropout={layer.dropout} changes every run at random.")
    check_in_memory(layer)
    if (dtype := dtype_of(layer)) not in _DTYPES:
        raise ValueError(f"`model` must be in float32, float64, float16 or bfloat16; got {dtype}.")
    return layer, head


def check_in_memory(model: nn.Module) -> None:
    """Do nothing if `model` has weights that can be computed with.

    Raises:
        ValueError: they have a shape alone.
    """
    if any(one.is_meta for one in model.parameters()):
        raise ValueError("`model` must have its weights in memory; they are on the meta device.")


def dtype_of(layer: nn.Module) -> torch.dtype:
    """The precision of `layer`: that of any weight, since all share it."""
    return next(layer.parameters()).dtype


def followed_in(dtype: torch.dtype) -> type:
    """Numpy's precision in which a network of torch's precision `dtype` is followed."""
    return _DTYPES[dtype]


def check_input(layer: nn.RNNBase, x: Any) -> Array:
    """`x` as a numpy array in the precision of `layer`, sequence first: (T, V) or (T, N, V).

    Raises:
        TypeError: `x` is a PackedSequence.
        ValueError: its shape does not fit, or a number is not finite.
    """
    if isinstance(x, PackedSequence):
        raise TypeError("`x` must be an array or a tensor here; got a PackedSequence.")
    dtype = dtype_of(layer)
    x = finite("x", x, _DTYPES[dtype])
    if dtype in (torch.float16, torch.bfloat16):  # as the layer reads it
        x = torch.tensor(x).to(dtype).float().numpy()
    batch = "(N, T, V)" if layer.batch_first else "(T, N, V)"
    if x.ndim not in (2, 3) or 0 in x.shape:
        raise ValueError(f"`x` must have shape (T, V) or {batch} with no side of 0; got {x.shape}.")
    if x.shape[-1] != layer.input_size:
        raise ValueError(f"`x` must have {layer.input_size} numbers a step, as the model reads; got {x.shape[-1]}.")
    return x.swapaxes(0, 1) if layer.batch_first and x.ndim == 3 else x


def check_state(layer: nn.RNNBase, batch: tuple[int, ...], state: Any) -> tuple[Array, Array]:
    """The states h and c to start from, (layers * directions, *batch, H); c counts for nothing outside an LSTM."""
    dtype = _DTYPES[dtype_of(layer)]
    shape = (layer.num_layers * (2 if layer.bidirectional else 1), *batch, layer.hidden_size)
    if state is None:
        return np.zeros(shape, dtype), np.zeros(shape, dtype)
    if isinstance(layer, nn.LSTM):
        if not isinstance(state, tuple | list) or len(state) != 2:
            raise ValueError(f"`state` must be a pair (h, c) for an LSTM; got {type(state).__name__}.")
        h, c = finite("state", state[0], dtype), finite("state", state[1], dtype)
    else:
        h = finite("state", state, dtype)
        c = np.zeros(shape, dtype)
    for given in (h, c):
        if given.shape != shape:
            raise ValueError(f"`state` must have shape {shape}, as torch takes it; got {given.shape}.")
    return h, c


def check_lengths(lengths: Any, x: Array) -> tuple[int, ...]:
    """How many steps each sequence of the batch x (T, N, V) has."""
    if x.ndim != 3:
        raise ValueError(f"`lengths` must be left out where `x` is one sequence; it has shape {x.shape}.")
    if isinstance(lengths, Tensor):
        lengths = lengths.tolist()
    wanted = f"`lengths` must hold a whole number from 1 to {len(x)} for each of the {x.shape[1]} sequences"
    try:
        whole = tuple(int(length) for length in lengths)
        same = all(a == b for a, b in zip(whole, lengths, strict=True))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{wanted}; got {lengths!r:.80}.") from error
    if not same or len(whole) != x.shape[1] or not all(1 <= length <= len(x) for length in whole):
        raise ValueError(f"{wanted}; got {lengths!r:.80}.")
    return whole


def check_held(held: Sequence[Held] | None, steps: int) -> Sequence[Held]:
    """What is held in each step."""
    if held is None:
        return (as_it_is,) * steps
    if len(held) != steps:
        raise ValueError(f"`held` must have one entry for each of the {steps} steps; got {len(held)}.")
    return held


def finite(name: str, given: Any, dtype: type) -> Array:
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
