"""What a trained reader can do: its share of right answers, what it takes for what, and where it fails."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from lstmviz.digits.calibration import expected_calibration_error
from lstmviz.digits.prepare import prepare
from lstmviz.digits.reading import DIGITS, SIDE, check_reader
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
    def calibration_error(self) -> float:
        """`expected_calibration_error` of these answers."""
        return expected_calibration_error(self.probabilities, self.labels)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """(10, 10): how many of each digit, by row, got which answer, by column."""
        counts = np.zeros((10, 10), dtype=np.int64)
        np.add.at(counts, (self.labels, self.answers), 1)
        return counts

    def hardest(self, count: int) -> NDArray[np.int64]:
        """(count,) the images whose own digit was found least likely, the worst first."""
        return np.argsort(self.probabilities[np.arange(len(self.labels)), self.labels], kind="stable")[:count]


def evaluate(model: Model, images: ArrayLike, labels: ArrayLike) -> Evaluation:
    """Let `model` read images.

    Args:
        model: 28 numbers in, 10 out; see `load_reader`.
        images: (n, 28, 28), n at least 1: whole numbers from 0 to 255 (ink), or others from 0 to 1.
        labels: (n,) the digits that they are.

    Raises:
        TypeError: `model` is something else.
        ValueError: an array has another shape or other numbers, or `model` reads or tells others.
    """
    digits = _digits(labels)
    logits = logits_of(model, images)
    if len(digits) != len(logits):
        raise ValueError(f"`labels` must be as many as the images, {len(logits)}; got {len(digits)}.")
    return Evaluation(digits, torch.softmax(torch.from_numpy(logits), dim=1).numpy())


def logits_of(model: Model, images: ArrayLike, row: int = SIDE - 1) -> NDArray[np.float32]:
    """(n, 10): what the head of `model` says after row `row`, the last one if left out, before the softmax.

    Arguments and errors as for `evaluate`.
    """
    check_reader(model)
    weight = model.head.weight
    told = []
    with torch.inference_mode():
        for part in torch.from_numpy(_ink(images)).split(_AT_ONCE):
            hidden, _ = model.recurrent(part[:, : row + 1].to(weight).transpose(0, 1).contiguous())
            told.append(model.head(hidden[-1]).to("cpu", torch.float32).numpy())
    return np.concatenate(told)


def _ink(images: ArrayLike) -> NDArray[np.float32]:
    """(n, 28, 28) in [0, 1]."""
    given = np.asarray(images)
    if given.ndim != 3 or given.shape[1:] != (SIDE, SIDE) or not len(given) or given.dtype.kind not in "biuf":
        raise ValueError(f"`images` must be numbers of shape (n, {SIDE}, {SIDE}); got {given.dtype} {given.shape}.")
    low, high = given.min(), given.max()
    if given.dtype.kind in "iu":
        if high == 1:
            raise ValueError("`images` must be floats where 1 is ink; among whole numbers, 255 is.")
        most, scale = 255, 255
    else:
        most = scale = 1
    if not (low >= 0 and high <= most):
        raise ValueError(
            f"`images` must hold whole numbers from 0 to 255, or others from 0 to 1; got {given.dtype} from {low:g} "
            f"to {high:g}."
        )
    return (given / np.float32(scale)).astype(np.float32)


def _digits(labels: ArrayLike) -> NDArray[np.int64]:
    given = np.asarray(labels)
    if given.ndim != 1 or given.dtype.kind not in "iu" or not np.isin(given, np.arange(DIGITS)).all():
        raise ValueError(f"`labels` must be a row of whole numbers from 0 to {DIGITS - 1}.")
    return given.astype(np.int64)


def other_hands() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """scikit-learn's load_digits as MNIST would have drawn it: (1797, 28, 28) in [0, 1], and labels (1797,).

    Its images have 8 x 8 pixels, are by other writers, and nothing is ever trained with them.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    return np.stack([prepare(image / 16) for image in found.images]), found.target.astype(np.uint8)
