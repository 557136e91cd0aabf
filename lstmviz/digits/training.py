"""Training a reader on MNIST: the images stay one tensor of bytes, whole batches are picked and distorted at once."""

import copy
import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lstmviz.digits.augment import augment
from lstmviz.digits.recipes import Recipe
from lstmviz.models import Model, ModelConfig, build_model

ROWS = 28
"""Steps that an image takes, and numbers read at each."""
_WARM = 0.2  # share of the updates in which a one-cycle rate rises
_START, _END = 1 / 25, 1e-3  # of the peak rate


@dataclass(frozen=True)
class Epoch:
    """One walk through all images."""

    number: int
    """counted from 1"""
    loss: float
    """mean over the epoch, of the images as distorted"""
    seconds: float
    """by the clock"""
    cpu_seconds: float
    """that this process computed, over all its threads"""
    model: Model
    """the network so far, its weights averaged where the recipe says so; the same object at every epoch"""


def reader_config(recipe: Recipe, cell: str, seed: int) -> ModelConfig:
    """The network that `recipe` trains: 28 pixels in, ten digits out."""
    return ModelConfig(
        cell=cell,
        input_size=ROWS,
        hidden_size=recipe.hidden_size,
        output_size=10,
        num_layers=recipe.num_layers,
        seed=seed,
    )


def steps_of(recipe: Recipe, images: int) -> int:
    """Updates of one epoch over so many images; the last batch may be smaller."""
    return math.ceil(images / recipe.batch)


def train(
    recipe: Recipe,
    cell: str,
    seed: int,
    images: Tensor,
    labels: Tensor,
    *,
    start: Model | None = None,
    on_step: Callable[[], None] | None = None,
) -> Generator[Epoch, None, None]:
    """Train a reader, one `Epoch` at a time.

    images: uint8 (n, 28, 28), ink 255. labels: int64 (n,), 0 to 9. start: a network whose weights are gone on from,
    instead of the seed's. on_step: called after each update. The order of the images, the distortions and dropout
    follow from `seed`; torch's global generator is as before between epochs.

    Raises:
        ValueError: the cell or the seed is none, or `images` and `labels`, or `start`, do not fit.
    """
    if images.dtype != torch.uint8 or images.shape[1:] != (ROWS, ROWS) or len(images) == 0:
        raise ValueError(f"`images` must be uint8 (n, 28, 28); got {images.dtype} {tuple(images.shape)}.")
    if labels.shape != images.shape[:1]:
        raise ValueError(f"`labels` must hold one label for each image; got {len(labels)} for {len(images)}.")
    model = build_model(reader_config(recipe, cell, seed))
    if start is not None:
        if replace(start.config, seed=seed) != model.config:
            raise ValueError(f"`start` must be a network as the recipe trains, {model.config}; got {start.config}.")
        model.load_state_dict(start.state_dict())
    return _epochs(recipe, model, images, labels, on_step or (lambda: None))


def _epochs(
    recipe: Recipe, model: Model, images: Tensor, labels: Tensor, on_step: Callable[[], None]
) -> Generator[Epoch, None, None]:
    generator = torch.Generator().manual_seed(model.config.seed)
    averaged = copy.deepcopy(model).eval() if recipe.average else None
    optimiser = _optimiser(recipe, model)
    total = recipe.epochs * steps_of(recipe, len(images))
    step = 0
    for number in range(1, recipe.epochs + 1):
        started, started_cpu = time.perf_counter(), time.process_time()
        summed = 0.0
        # Dropout draws from torch's global generator, which is not ours to move.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(model.config.seed * 1009 + number)
            model.train()
            model.recurrent.dropout = recipe.dropout
            for chosen in torch.randperm(len(images), generator=generator).split(recipe.batch):
                rate = optimiser.defaults["lr"] * (_one_cycle(step / total) if recipe.one_cycle else 1.0)
                for group in optimiser.param_groups:
                    group["lr"] = rate
                loss = _update(recipe, model, optimiser, images[chosen], labels[chosen], generator)
                summed += loss * len(chosen)
                step += 1
                if averaged is not None:
                    _average(averaged, model, min(recipe.average, step / (step + 10)))
                on_step()
            model.eval()
            model.recurrent.dropout = 0.0
        yield Epoch(
            number=number,
            loss=summed / len(images),
            seconds=time.perf_counter() - started,
            cpu_seconds=time.process_time() - started_cpu,
            model=model if averaged is None else averaged,
        )


def _optimiser(recipe: Recipe, model: Model) -> torch.optim.Optimizer:
    rate = recipe.rnn_lr if model.config.cell == "rnn" and recipe.rnn_lr is not None else recipe.lr
    weights = [p for p in model.parameters() if p.ndim > 1]
    biases = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": weights, "weight_decay": recipe.weight_decay}, {"params": biases, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, fused=True)  # without decay it is Adam


def _update(
    recipe: Recipe,
    model: Model,
    optimiser: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    generator: torch.Generator,
) -> float:
    x = images.to(torch.float32).div_(255)
    if recipe.augmentation is not None:
        x = augment(x, recipe.augmentation, generator)
    hidden, _ = model.recurrent(x.transpose(0, 1).contiguous())  # rows are the steps
    loss = cross_entropy(model.head(hidden[-1]), labels, label_smoothing=recipe.smoothing)
    if recipe.early:
        every = model.head(hidden).flatten(0, 1)
        loss = loss + recipe.early * cross_entropy(every, labels.repeat(ROWS), label_smoothing=recipe.smoothing)
    optimiser.zero_grad()
    loss.backward()
    if recipe.clip is not None:
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
    optimiser.step()
    return loss.item()


def _average(averaged: Model, model: Model, kept: float) -> None:
    with torch.no_grad():
        torch._foreach_lerp_(list(averaged.parameters()), list(model.parameters()), 1 - kept)


def _one_cycle(done: float) -> float:
    """The rate as a share of its peak when `done` (0 to 1) of the updates are behind: half a cosine up, one down."""
    if done < _WARM:
        start, end, way = _START, 1.0, done / _WARM
    else:
        start, end, way = 1.0, _END, (done - _WARM) / (1 - _WARM)
    return end + (start - end) * (1 + math.cos(math.pi * way)) / 2
