"""Perhaps not a digit: a small head on what the three readers hold after the last row, and what it says of a drawing.

The readers know digits alone, and give anything to one of the ten. What they hold while they do so differs, though: the
states in which they end, how large their logits are (the energy, log sum exp: W. Liu et al., "Energy-based
Out-of-distribution Detection", NeurIPS 2020), and whether they agree. A network of one hidden layer is trained on these
with digits on one side and strokes that are none on the other, by `python -m lstmviz.digits doubt`.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load_file
from torch import Tensor

from lstmviz.digits.readers import READERS, WEIGHTS, load_reader
from lstmviz.models import Model

FILE = WEIGHTS / "doubt.safetensors"
HELD = 1001
"""Quantiles of the scores of held-back digits that come along."""
_AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class Doubt:
    """What speaks against a drawing being a digit."""

    score: float
    """the head's logit: the larger, the less it is like a digit"""
    perhaps: bool
    """whether it is above the threshold, as few digits are"""
    rarer: float
    """the share of the held-back digits whose score is as large, 0 to 1"""
    answers: dict[str, int]
    """of each reader by its cell, the likeliest digit"""

    @property
    def agreed(self) -> bool:
        """Whether all three readers say the same."""
        return len(set(self.answers.values())) == 1


@dataclass(frozen=True, eq=False)
class Head:
    """A layer of tanh units on the features, and the score; with what held-back digits score."""

    mean: NDArray[np.float32]
    """(features,) of the training set"""
    scale: NDArray[np.float32]
    """(features,) standard deviations there"""
    hidden_weight: NDArray[np.float32]
    """(units, features)"""
    hidden_bias: NDArray[np.float32]
    """(units,)"""
    weight: NDArray[np.float32]
    """(units,)"""
    bias: NDArray[np.float32]
    """(1,)"""
    threshold: NDArray[np.float32]
    """(1,) from which on a score is doubted"""
    held: NDArray[np.float32]
    """(HELD,) quantiles 0, 0.001 ... 1 of the scores of digits that were held back"""

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) of (n, features)."""
        units = np.tanh((features - self.mean) / self.scale @ self.hidden_weight.T + self.hidden_bias)
        told: NDArray[np.float32] = units @ self.weight + self.bias
        return told


def doubt(image: ArrayLike) -> Doubt:
    """What the shipped readers and the head make of an image, (28, 28) in [0, 1], as `prepare` makes it."""
    found, answers = _features(np.asarray(image, dtype=np.float32)[None])
    head = load_head()
    score = float(head.scores(found)[0])
    return Doubt(
        score=score,
        perhaps=score > float(head.threshold[0]),
        rarer=float((head.held >= score).mean()),
        answers=dict(zip(READERS, answers[0].tolist(), strict=True)),
    )


def scores(images: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) the shipped head's scores of images, (n, 28, 28), uint8 with 255 for ink or floats with 1."""
    return load_head().scores(features(images))


def features(images: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, features): what the three readers hold after the last row, one after the other.

    Of each the states h of both layers, the ten logits less their largest, and the energy -log sum exp of the logits;
    then how far the three probability distributions lie apart, as half the sum of differences, by pairs.
    """
    return _features(images)[0]


def _features(images: NDArray[np.uint8] | NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The features, and (n, readers) the readers' answers."""
    ink = images.astype(np.float32) / (255 if images.dtype == np.uint8 else 1)
    found, answers = [], []
    with torch.inference_mode():
        for part in torch.from_numpy(ink).split(_AT_ONCE):
            rows = part.transpose(0, 1).contiguous()
            ends = [_end(load_reader(cell), rows) for cell in READERS]
            shares = [torch.softmax(logits, dim=1) for _, logits in ends]
            apart = [(shares[a] - shares[b]).abs().sum(dim=1) / 2 for a, b in ((0, 1), (0, 2), (1, 2))]
            each = [
                torch.cat([states, logits - logits.amax(1, keepdim=True), -logits.logsumexp(1, keepdim=True)], dim=1)
                for states, logits in ends
            ]
            found.append(torch.cat([*each, torch.stack(apart, dim=1)], dim=1).numpy())
            answers.append(torch.stack([logits.argmax(dim=1) for _, logits in ends], dim=1).numpy())
    return np.concatenate(found), np.concatenate(answers)


def _end(model: Model, rows: Tensor) -> tuple[Tensor, Tensor]:
    """The last h of all layers, (n, layers * units), and the logits, (n, 10)."""
    _, state = model.recurrent(rows)
    last = state[0] if isinstance(state, tuple) else state  # an LSTM's state is h and c
    return last.transpose(0, 1).flatten(1), model.head(last[-1])


@cache
def load_head(file: Path = FILE) -> Head:
    """The shipped head; one object for all who ask."""
    return Head(**load_file(file))


def head_arrays(head: Head) -> dict[str, NDArray[np.float32]]:
    """What the head consists of, by name, as `load_head` takes it from a file."""
    return {name: np.ascontiguousarray(values) for name, values in vars(head).items()}


def readers_are() -> str:
    """Which readers those that come along are, by a number for their weights: a head is of no use with others."""
    digest = hashlib.sha256()
    for cell in READERS:
        digest.update((WEIGHTS / f"{cell}.safetensors").read_bytes())
    return digest.hexdigest()[:16]
