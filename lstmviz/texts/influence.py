"""How much each letter that was read matters for what a network says next: the gradient to the inputs."""

import numpy as np
import torch
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.models import Model

MAX_BACK = 100
_AT_ONCE = 256  # predictions followed back together


def influence(model: Model, codes: NDArray[np.int64], back: int = 30) -> NDArray[np.float64]:
    """How strongly the prediction after each letter answers to the letters before it.

    At step t the network says some letter, the most probable one. The entry [t, k] is the length of the gradient of its
    log-probability with respect to the one-hot input k letters earlier: |d log p_t / d x_{t-k}|, k from 0, the letter
    just read. It is exact as far back as it goes: the state before that is taken as it was.

    Args:
        model: of one direction, with finite weights.
        codes: (T,) the letters read, numbers below `input_size`.
        back: letters followed back, the one just read included, 1 to 100.

    Returns:
        (T, back), 0 before the text begins.

    Raises:
        ValueError: `codes` is no such array, `back` is out of range, or the network reads both ways.
    """
    back = whole_number("back", back, 1, MAX_BACK)
    if model.config.bidirectional:
        raise ValueError("`model` must read in one direction.")
    codes = np.array(codes)  # torch wants one that it could write to
    if codes.ndim != 1 or not len(codes) or codes.min() < 0 or codes.max() >= model.config.input_size:
        raise ValueError(f"`codes` must be letters below {model.config.input_size}, of shape (T,).")
    eye = torch.eye(model.config.input_size, dtype=model.head.weight.dtype)
    states = _states(model, eye[torch.from_numpy(codes)])
    found = np.zeros((len(codes), back))
    for first in range(0, len(codes), _AT_ONCE):
        last = np.arange(first, min(first + _AT_ONCE, len(codes)))
        # What the first ones read beyond their own step is not asked about.
        starts = np.maximum(last - back + 1, 0)
        steps = np.minimum(starts[:, None] + np.arange(back), len(codes) - 1)
        x = eye[torch.from_numpy(codes[steps].T)].requires_grad_()
        state = tuple(part[:, torch.from_numpy(starts)].contiguous() for part in states)
        hidden, _ = model.recurrent(x, state if len(state) > 1 else state[0])
        rows = torch.arange(len(last))
        own = torch.from_numpy(last - starts)
        said = torch.log_softmax(model.head(hidden[own, rows]), dim=1).max(dim=1).values.sum()
        (gradient,) = torch.autograd.grad(said, x)
        size = gradient.norm(dim=2).numpy()  # (back, rows), by the step within
        for row, t in enumerate(last):
            reach = int(own[row]) + 1
            found[t, :reach] = size[:reach, row][::-1]
    return found


def _states(model: Model, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The state before each step, each part (layers, T, H): h, and of an LSTM c."""
    before = list[tuple[torch.Tensor, ...]]()
    state = tuple(
        torch.zeros(model.config.num_layers, model.config.hidden_size, dtype=x.dtype)
        for _ in range(2 if model.config.cell == "lstm" else 1)
    )
    with torch.no_grad():
        for one in x:
            before.append(state)
            _, after = model.recurrent(one[None], state if len(state) > 1 else state[0])
            state = after if isinstance(after, tuple) else (after,)
    return tuple(torch.stack(part, dim=1) for part in zip(*before, strict=True))
