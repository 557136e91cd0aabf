"""Training the head that tells what is no digit, and measuring it; see `doubt.py`."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from lstmviz.digits.augment import augment
from lstmviz.digits.data import Mnist
from lstmviz.digits.doubt import HELD, Head, features
from lstmviz.digits.drawings import elsewhere
from lstmviz.digits.drawings.kinds import drawn, plain
from lstmviz.digits.drawings.others import others
from lstmviz.digits.prepare import NotADigit, prepare
from lstmviz.digits.recipes import RECIPES, Augmentation

ALARMS = 0.01
"""Share of the held-back digits that may be doubted: half of what is borne elsewhere, since others write otherwise."""
_HELD_BACK = 5000  # of MNIST's training images, the last ones
_SCAN, _GREYS = 8, 16
_OF_EACH = 60  # drawings of each kind that is measured with
_MEASURED = 2  # the seed of these


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How many images a head is trained with."""

    mnist: int = 12_000
    """digits of MNIST, each once as it is and once distorted; a third of them once more as a poor scan"""
    drawn: int = 4_000
    """digits drawn by strokes, half of them of rare kinds"""
    others: int = 8_000
    """drawings that are no digits, each once as it is and once distorted"""


def make_head(data: Mnist, seed: int, amounts: Amounts | None = None) -> Head:
    """A head for the shipped readers from MNIST's training set, whose last 5,000 images set the threshold alone."""
    amounts = amounts or Amounts()
    rng = np.random.default_rng(seed)
    images, labels = data.train_images[:-_HELD_BACK], data.train_labels[:-_HELD_BACK]
    chosen = images[rng.choice(len(images), min(amounts.mnist, len(images)), replace=False)]
    half = amounts.drawn // 2
    strokes = np.concatenate([drawn(half, seed + 1)[0], plain(amounts.drawn - half, seed + 2)[0]])
    none = others(amounts.others, seed + 3, images, labels)
    how = RECIPES["hands"].augmentation
    assert how is not None
    scanned = poor(chosen[: len(chosen) // 3])
    digits = np.concatenate([features(one) for one in (chosen, distorted(chosen, how, seed), scanned, strokes)])
    nothing = np.concatenate([features(one) for one in (none, distorted(none, how, seed + 1))])
    held = data.train_images[-_HELD_BACK:]
    return with_threshold(train_head(digits, nothing, seed), features(held), features(poor(held)), ALARMS)


def distorted(images: NDArray[np.uint8], how: Augmentation, seed: int) -> NDArray[np.float32]:
    """The same images, each by its own random amounts: (n, 28, 28) in [0, 1]."""
    generator = torch.Generator().manual_seed(seed)
    parts = torch.from_numpy(images).split(500)  # what is drawn once for a batch differs
    return torch.cat([augment(part.float() / 255, how, generator) for part in parts]).numpy()


def poor(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The same digits out of a scan of 8 x 8 pixels and 17 greys: (n, 28, 28) in [0, 1], as `prepare` enlarges them."""
    scans = np.zeros((len(images), 28, 28), np.float32)
    for image, scan in zip(images, scans, strict=True):
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        digit = torch.from_numpy(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32) / 255)
        high, wide = (max(1, round(_SCAN * side / max(digit.shape))) for side in digit.shape)
        small = nn.functional.interpolate(digit[None, None], size=(high, wide), mode="area")[0, 0].numpy()
        try:
            scan[:] = prepare(np.rint(_GREYS * small / small.max()) / _GREYS)
        except NotADigit:  # a broad pen left a blot: no scan would be kept of it
            scan[:] = image / np.float32(255)
    return scans


def train_head(
    digits: NDArray[np.float32], others: NDArray[np.float32], seed: int, *, units: int = 48, epochs: int = 30
) -> Head:
    """A head that tells features of digits, (n, features), from those of what is none; every number from the seed.

    Both count as much, however many there are. Without a threshold yet: see `with_threshold`.
    """
    x = torch.from_numpy(np.concatenate([digits, others]))
    y = torch.cat([torch.zeros(len(digits)), torch.ones(len(others))])
    weights = torch.where(y > 0, len(y) / 2 / len(others), len(y) / 2 / len(digits))
    mean, scale = x.mean(dim=0), x.std(dim=0) + 0.05  # a unit that hardly ever moves shall not decide
    x = (x - mean) / scale
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Dropout(0.2), nn.Linear(x.shape[1], units), nn.Tanh(), nn.Linear(units, 1))
        optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.05)
        for epoch in range(epochs):
            for group in optimiser.param_groups:
                group["lr"] = 2e-3 * (1 - epoch / epochs)
            for chosen in torch.randperm(len(x), generator=generator).split(256):
                loss = nn.functional.binary_cross_entropy_with_logits(net(x[chosen])[:, 0], y[chosen], weights[chosen])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
    hidden, last = net[1], net[3]
    assert isinstance(hidden, nn.Linear)
    assert isinstance(last, nn.Linear)

    def told(values: torch.Tensor) -> NDArray[np.float32]:
        return values.detach().numpy().astype(np.float32)

    return Head(
        mean=told(mean),
        scale=told(scale),
        hidden_weight=told(hidden.weight),
        hidden_bias=told(hidden.bias),
        weight=told(last.weight[0]),
        bias=told(last.bias),
        threshold=np.zeros(1, np.float32),
        held=np.zeros(HELD, np.float32),
    )


def with_threshold(head: Head, plain: NDArray[np.float32], scanned: NDArray[np.float32], alarms: float) -> Head:
    """The head with a threshold that at most a share `alarms` of either set of held-back digits' features is above."""
    own, other = head.scores(plain), head.scores(scanned)
    threshold = max(np.quantile(own, 1 - alarms), np.quantile(other, 1 - alarms))
    quantiles = np.quantile(own, np.linspace(0, 1, HELD))
    return replace(head, threshold=np.array([threshold], np.float32), held=quantiles.astype(np.float32))


@dataclass(frozen=True, eq=False)
class Measured:
    """What a head is good for."""

    alarms: dict[str, float]
    """by the set of digits: the share that is doubted though it is one"""
    doubted: dict[str, float]
    """by the kind of shape, of another making and in no training: the share that is doubted"""
    auroc: dict[str, dict[str, float]]
    """by the set of digits, and by the kind of shape that is told from it; "all" for all kinds together"""


def measure_head(head: Head, sets: dict[str, NDArray[np.uint8] | NDArray[np.float32]]) -> Measured:
    """The head on these sets of digits, (n, 28, 28) each, and on the shapes of `drawings/elsewhere.py`."""
    digits = {name: head.scores(features(images)) for name, images in sets.items()}
    kinds = {kind: head.scores(features(elsewhere.shapes(kind, _OF_EACH, _MEASURED))) for kind in elsewhere.SHAPES}
    threshold = float(head.threshold[0])
    every = {**kinds, "all": np.concatenate(list(kinds.values()))}
    return Measured(
        alarms={name: float((found > threshold).mean()) for name, found in digits.items()},
        doubted={kind: float((found > threshold).mean()) for kind, found in every.items()},
        auroc={name: {kind: auroc(low, high) for kind, high in every.items()} for name, low in digits.items()},
    )


def auroc(digits: ArrayLike, others: ArrayLike) -> float:
    """How often what is no digit scores higher than a digit, of all pairs of them; ties count half (Mann-Whitney)."""
    low, high = np.sort(np.asarray(digits)), np.asarray(others)
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    return float(below.mean() / 2 / len(low))
