"""What torch computes for one epoch: the losses of its examples, their gradient, what the optimizer makes of it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstmviz.fused import ADAM_BETAS, ADAM_EPS
from lstmviz.models import Model
from lstmviz.training.config import TrainConfig
from lstmviz.training.lessons import Batch, Lessons, loss_of, right_steps, told

_drawing = threading.Lock()  # torch's random state is one for all threads


class Reading(NamedTuple):
    """What a network makes of an epoch's examples as it stands."""

    loss: Tensor
    """of the steps that are learned from, with its graph where the update takes the gradient of just this"""
    accuracy: float
    """share of those that are right"""
    held_out_loss: float | None
    """the mean loss of the others; None where there are none"""


def read(model: Model, lessons: Lessons, epoch: int, config: TrainConfig) -> Reading:
    """The losses of `model` on all that the epoch holds, without dropout."""
    if not dropout_acts(model) and lessons.whole:
        return _read(model, lessons, epoch, config)
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return _read(model, lessons, epoch, config)
    finally:
        model.train(training)


def update(model: Model, lessons: Lessons, config: TrainConfig, reading: Reading, epoch: int, optimizer: Any) -> None:
    """Go down the gradient of the loss: one step for each batch; `reading` is that of the model as it stands."""
    if dropout_acts(model):
        with _seeded(model, epoch):
            for batch in lessons.batches(epoch, model):
                _step(model, config, optimizer, loss_of(batch, _logits(model, batch, config.truncate), config.loss))
    elif lessons.whole:
        _step(model, config, optimizer, reading.loss)
    else:
        for batch in lessons.batches(epoch, model):
            _step(model, config, optimizer, loss_of(batch, _logits(model, batch, config.truncate), config.loss))


def _step(model: Model, config: TrainConfig, optimizer: Any, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
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


def dropout_acts(model: Model) -> bool:
    """Whether a run of `model` draws what it leaves out."""
    return model.training and model.recurrent.dropout > 0 and model.recurrent.num_layers > 1


def _read(model: Model, lessons: Lessons, epoch: int, config: TrainConfig) -> Reading:
    batch = lessons.all_of(epoch, model)
    logits = _logits(model, batch, config.truncate)
    loss = loss_of(batch, logits, config.loss)
    held_out = None
    if batch.held_out is not None:
        held_out = loss_of(batch, logits.detach(), "mean", batch.held_out).item()
    return Reading(loss, right_steps(batch, logits.detach()).double().mean().item(), held_out)


def _logits(model: Model, batch: Batch, truncate: int | None) -> Tensor:
    """What the network says after each step, (T, V), or (T, N, V) for several sequences."""
    if truncate is None:
        return told(model, batch)
    pieces, state = list[Tensor](), None
    for piece in batch.x.split(truncate):
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
