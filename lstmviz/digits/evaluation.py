"""What a trained reader can do: its share of right answers, what it takes for what, and where it fails."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lstmviz.digits.prepare import prepare
from lstmviz.models import Model

_AT_ONCE = 1000  # images read at once; more are no faster


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The answers to n images after their last row."""

    labels: NDArray[np.int64]
    """(n,) what each is"""
    probabilities: NDArray[np.float32]
    """(n, 10)"""

    @property
    def answers(self) -> NDArray[np.int64]:
        """(n,) the likeliest digit."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float((self.answers == self.labels).mean())

    @property
    def confusion(self) -> NDArray[np.int64]:
        """(10, 10): how many of each digit, by row, got which answer, by column."""
        counts = np.zeros((10, 10), dtype=np.int64)
        np.add.at(counts, (self.labels, self.answers), 1)
        return counts

    def hardest(self, count: int) -> NDArray[np.int64]:
        """(count,) the images whose own digit was found least likely, the worst first."""
        return np.argsort(self.probabilities[np.arange(len(self.labels)), self.labels], kind="stable")[:count]


def evaluate(
    model: Model, images: NDArray[np.uint8] | NDArray[np.float32], labels: NDArray[np.integer[Any]]
) -> Evaluation:
    """Let `model` read images (n, 28, 28), uint8 with ink 255 or float32 in [0, 1]."""
    scale = 255 if images.dtype == np.uint8 else 1
    told = []
    with torch.inference_mode():
        for part in torch.from_numpy(images).split(_AT_ONCE):
            rows = (part.to(torch.float32) / scale).transpose(0, 1).contiguous()
            hidden, _ = model.recurrent(rows)
            told.append(torch.softmax(model.head(hidden[-1]), dim=1).numpy())
    return Evaluation(labels.astype(np.int64), np.concatenate(told))


def other_hands() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """scikit-learn's load_digits as MNIST would have drawn it: (1797, 28, 28) in [0, 1], and labels (1797,).

    Its images have 8 x 8 pixels, are by other writers, and nothing is ever trained with them.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    return np.stack([prepare(image / 16) for image in found.images]), found.target.astype(np.uint8)
