"""Training the character LSTM: truncated backpropagation through time, the state carried from stretch to stretch."""

import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from lstmviz.base.checks import real_number, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.detective.alphabet import ALPHABET
from lstmviz.models import Model, ModelConfig, build_model


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the network is made; what is left as it is made the one that comes with the package.

    Raises:
        ValueError: a value is out of range.
    """

    hidden_size: int = 192
    """units of each layer, 1 to 4096"""
    num_layers: int = 2
    """layers, each reading the one below, 1 to 16"""
    seed: int = 0
    """of the first weights, the order of the files and the states that start anew"""
    epochs: int = 4
    """times that every file is read, 1 to 1000"""
    lanes: int = 64
    """stretches of text that are read side by side, 1 to 4096"""
    steps: int = 100
    """characters that an error is followed back over, 2 to 10,000"""
    lr: float = 4e-3
    """the peak of Adam's learning rate, above 0, at most 1"""
    warm: float = 0.03
    """share of the updates in which the rate rises to it; then it falls to nothing along half a cosine"""
    anew: float = 0.02
    """the chance, 0 to 1, that a lane's state is set to zero before a stretch, so that the network knows how to begin
    in the middle of a text"""
    clip: float = 1.0
    """the longest gradient that is followed, above 0"""
    forget_bias: float = 1.0
    """what the forget gates' biases add up to at first"""

    def __post_init__(self) -> None:
        whole_number("epochs", self.epochs, 1, 1000)
        whole_number("lanes", self.lanes, 1, 4096)
        whole_number("steps", self.steps, 2, 10_000)
        whole_number("seed", self.seed, 0, MAX_SEED)
        real_number("lr", self.lr, 0.0, 1.0, above=True)
        real_number("warm", self.warm, 0.0, 1.0)
        real_number("anew", self.anew, 0.0, 1.0)
        real_number("clip", self.clip, 0.0, 1e6, above=True)

    @property
    def model(self) -> ModelConfig:
        """The network before it has learned."""
        return ModelConfig(
            input_size=len(ALPHABET),
            hidden_size=self.hidden_size,
            output_size=len(ALPHABET),
            num_layers=self.num_layers,
            seed=self.seed,
            forget_bias=self.forget_bias,
        )


@dataclass(frozen=True)
class Stretch:
    """What has been read since the last report."""

    update: int
    """updates so far"""
    updates: int
    """in all"""
    characters: int
    """characters read so far"""
    bits: float
    """mean loss since the last report, in bits per character"""
    seconds: float
    """by the clock, since the training began"""
    model: Model
    """the network so far, the same object each time"""


def train(recipe: Recipe, texts: Sequence[NDArray[np.int64]], every: int = 100) -> Generator[Stretch, None, None]:
    """Train a network on files, as `alphabet.encode` numbers their characters; one `Stretch` each `every` updates.

    Each epoch the files lie one behind the other in an order of its own, cut into `lanes` equal parts that are read
    side by side, `steps` characters an update; what does not fill the last stretch is left. torch's global generator
    is neither read nor moved.

    Raises:
        ValueError: there is less text than one update reads.
    """
    total = sum(map(len, texts))
    stretches = (total // recipe.lanes - 1) // recipe.steps
    if stretches < 1:
        least = recipe.lanes * (recipe.steps + 1)
        raise ValueError(f"`texts` must hold at least {least:,} characters for one update; got {total:,}.")
    return _stretches(recipe, texts, stretches, whole_number("every", every, 1, 10**9))


def _stretches(
    recipe: Recipe, texts: Sequence[NDArray[np.int64]], stretches: int, every: int
) -> Generator[Stretch, None, None]:
    model = build_model(recipe.model)
    rng = np.random.default_rng(recipe.seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.lr, fused=True)
    updates, update, summed, began = recipe.epochs * stretches, 0, 0.0, time.perf_counter()
    for _ in range(recipe.epochs):
        whole = np.concatenate([texts[k] for k in rng.permutation(len(texts))])
        length = len(whole) // recipe.lanes
        lanes = torch.from_numpy(whole[: length * recipe.lanes].reshape(recipe.lanes, length).T.copy())
        state = torch.zeros(2, recipe.num_layers, recipe.lanes, recipe.hidden_size)
        for first in range(0, stretches * recipe.steps, recipe.steps):
            kept = torch.from_numpy(rng.random(recipe.lanes) >= recipe.anew)
            for group in optimiser.param_groups:
                group["lr"] = recipe.lr * _rate(update / updates, recipe.warm)
            loss, state = _update(
                recipe, model, optimiser, lanes[first : first + recipe.steps + 1], state * kept[:, None]
            )
            update, summed = update + 1, summed + loss
            if update % every == 0 or update == updates:
                yield Stretch(
                    update=update,
                    updates=updates,
                    characters=update * recipe.lanes * recipe.steps,
                    bits=summed / ((update - 1) % every + 1) / math.log(2),
                    seconds=time.perf_counter() - began,
                    model=model,
                )
                summed = 0.0


def _update(
    recipe: Recipe, model: Model, optimiser: torch.optim.Optimizer, codes: Tensor, state: Tensor
) -> tuple[float, Tensor]:
    """One stretch, codes (steps + 1, lanes), read from `state` (2, layers, lanes, H): its loss, the state behind it."""
    x = one_hot(codes[:-1], len(ALPHABET)).to(torch.float32)
    logits, after = model(x, (state[0], state[1]))
    loss = cross_entropy(logits.flatten(0, 1), codes[1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
    optimiser.step()
    return loss.item(), torch.stack(after).detach()


def _rate(done: float, warm: float) -> float:
    """The learning rate as a share of its peak when `done` (0 to 1) of the updates are behind."""
    return done / warm if done < warm else (1 + math.cos(math.pi * (done - warm) / (1 - warm))) / 2
