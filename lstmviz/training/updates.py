"""What torch computes for one update: the losses of a text, their gradient, and what the optimizer makes of it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstmviz.fused import ADAM_BETAS, ADAM_EPS
from lstmviz.models import Model
from lstmviz.tasks import Task
from lstmviz.training.config import TrainConfig

_drawing = threading.Lock()  # torch's random state is one for all threads


class Reading(NamedTuple):
    """What a network makes of a text as it stands."""

    loss: Tensor
    """cross entropy of the steps that are learned from, with its graph unless dropout acts"""
    accuracy: float
    """share of those that are right"""
    held_out_loss: float | None
    """the mean cross entropy of the others; None where there are none"""


def read(model: Model, task: Task, config: TrainConfig) -> Reading:
    """The losses of `model`, without dropout."""
    if not dropout_acts(model):
        return _read(model, task, config)
    model.eval()
    try:
        with torch.no_grad():
            return _read(model, task, config)
    finally:
        model.train()


def update(model: Model, task: Task, config: TrainConfig, reading: Reading, epoch: int, optimizer: Any) -> None:
    """Take one step down the gradient of the loss; `reading` is that of the model as it stands."""
    optimizer.zero_grad()
    if dropout_acts(model):
        with _seeded(model, epoch):
            _read(model, task, config).loss.backward()
    else:
        reading.loss.backward()
    if config.max_norm is not None:
        nn.utils.clip_grad_norm_([one for one in model.parameters() if one.grad is not None], config.max_norm)
    optimizer.step()


def optimizer_of(
    model: Model, config: TrainConfig, state: Mapping[Tensor, dict[str, Any]] | None = None
) -> torch.optim.Optimizer:
    """The optimizer of torch for all that learns, with what is remembered of it."""
    learning = [one for one in model.parameters() if one.requires_grad]
    optimizer: torch.optim.Optimizer
    match config.optimizer:
        case "adamw":
            optimizer = torch.optim.AdamW(learning, lr=config.lr)
        case "sgd":
            optimizer = torch.optim.SGD(learning, lr=config.lr, momentum=config.momentum)
        case "rmsprop":
            optimizer = torch.optim.RMSprop(learning, lr=config.lr, momentum=config.momentum)
        case _:
            optimizer = torch.optim.Adam(learning, lr=config.lr, betas=ADAM_BETAS, eps=ADAM_EPS)
    optimizer.state.update({one: state[one] for one in learning if one in state} if state else {})
    return optimizer


def learned_steps(task: Task, config: TrainConfig) -> int:
    """How many steps of the text, from its start, are learned from."""
    steps = len(task.x)
    return steps - min(round(config.held_out * steps), steps - 1)


def dropout_acts(model: Model) -> bool:
    """Whether a run of `model` draws what it leaves out."""
    return model.training and model.recurrent.dropout > 0 and model.recurrent.num_layers > 1


def _read(model: Model, task: Task, config: TrainConfig) -> Reading:
    weight = next(model.parameters())
    x = torch.tensor(task.one_hot(), dtype=weight.dtype, device=weight.device)
    y = torch.tensor(task.y, device=weight.device)
    count = learned_steps(task, config)
    logits = _logits(model, x, config.truncate)
    loss = nn.functional.cross_entropy(logits[:count], y[:count], reduction=config.loss)
    accuracy = (logits[:count].argmax(1) == y[:count]).double().mean().item()
    held_out = None
    if count < len(y):
        held_out = nn.functional.cross_entropy(logits[count:].detach(), y[count:]).item()
    return Reading(loss, accuracy, held_out)


def _logits(model: Model, x: Tensor, truncate: int | None) -> Tensor:
    """(T, V) what the network says after each step."""
    if truncate is None:
        logits: Tensor = model(x)[0]
        return logits
    pieces, state = list[Tensor](), None
    for piece in x.split(truncate):
        said, state = model(piece, state)
        state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        pieces.append(said)
    return torch.cat(pieces)


@contextmanager
def _seeded(model: Model, epoch: int) -> Iterator[None]:
    """Within it, dropout draws what the model's seed and the number of the update decide, whoever else draws."""
    devices = [one.device for one in model.parameters() if one.is_cuda][:1]
    with _drawing, torch.random.fork_rng(devices):
        torch.manual_seed((model.config.seed << 20) + epoch)
        yield
