"""One bundle trained, and what is kept of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.models import Model, build_model
from lstmviz.sweeps.config import Bundle
from lstmviz.training import train_many

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class BundleResult:
    """What came of a bundle of N networks, with E looks at the last pattern of P letters."""

    bundle: Bundle
    losses: Float
    """(epochs + 1, N) cross entropy in nats, the mean over the steps, before each update and after the last"""
    h: Float
    """(E, N, P, H) hidden states at the last pattern, at the epochs `bundle.kept`"""
    probabilities: Float
    """(E, N, P, V) what the networks say comes next, 0 to 1"""
    parameters: Mapping[str, Float]
    """the weights after the last update, by their `state_dict` names, each (N, ...)"""

    @cached_property
    def margins(self) -> Float:
        """(E, N) by how much the right letter is ahead where that is least in the last pattern, -1 to 1.

        A network is right at every letter of the pattern if this is above 0. NaN where its numbers are not finite.
        """
        text = self.bundle.text
        right = text.y[text.last_pattern]
        here = np.arange(len(right))
        others = self.probabilities.copy()
        others[..., here, right] = -1.0
        with np.errstate(invalid="ignore"):
            ahead = self.probabilities[..., here, right] - others.max(axis=-1)
        margins: Float = ahead.min(axis=-1)
        return margins

    @property
    def solved(self) -> NDArray[np.bool_]:
        """(N,) whether the trained network names every letter of the last pattern right."""
        with np.errstate(invalid="ignore"):
            return self.margins[-1] > 0

    @cached_property
    def diverged_at(self) -> NDArray[np.int64]:
        """(N,) the first epoch whose loss is no finite number; -1 where there is none."""
        wrong = ~np.isfinite(self.losses)
        return np.where(wrong.any(axis=0), wrong.argmax(axis=0), -1)

    def runs(self) -> Iterator["SweepRun"]:
        """Its networks, one by one."""
        for n, seed in enumerate(self.bundle.seeds):
            diverged = int(self.diverged_at[n])
            yield SweepRun(
                task=self.bundle.task,
                cell=self.bundle.cell,
                hidden_size=self.bundle.hidden_size,
                lr=self.bundle.lr,
                epochs=self.bundle.epochs,
                seed=seed,
                losses=self.losses[:, n],
                margin=float(self.margins[-1, n]),
                solved=bool(self.solved[n]),
                diverged_at=None if diverged < 0 else diverged,
                h=self.h[-1, n],
                probabilities=self.probabilities[-1, n],
                parameters={name: rows[n] for name, rows in self.parameters.items()},
            )


@dataclass(frozen=True, eq=False)
class SweepRun:
    """One network of a sweep, trained: `train(build_model(...))` with its values gives the same numbers, to the bit."""

    task: str
    cell: str
    hidden_size: int
    lr: float
    epochs: int
    seed: int
    losses: Float
    """(epochs + 1,) cross entropy in nats"""
    margin: float
    """by how much the right letter is ahead where that is least in the last pattern, -1 to 1; NaN after divergence"""
    solved: bool
    """whether every letter of the last pattern is named right"""
    diverged_at: int | None
    """the first epoch whose loss is no finite number"""
    h: Float
    """(P, H) the hidden states at the last pattern"""
    probabilities: Float
    """(P, V) the predictions there, 0 to 1"""
    parameters: Mapping[str, Float]
    """the weights, by their `state_dict` names"""

    @property
    def loss(self) -> float:
        """The last loss, in nats."""
        return float(self.losses[-1])


class StoppedError(Exception):
    """A bundle was given up, because nobody waits for it any more."""


def train_bundle(bundle: Bundle, look: Callable[[int], bool] | None = None) -> BundleResult:
    """Train `bundle` on one thread.

    Args:
        bundle: what to train.
        look: called with the epoch reached, every few hundredths of a second; the training is given up if it says
            False.

    Raises:
        StoppedError: `look` said so.
    """
    return train_networks(bundle, networks_of(bundle), look)


def networks_of(bundle: Bundle) -> list[Model]:
    """The untrained networks of a bundle, in the order of its seeds."""
    return [build_model(bundle.network(seed)) for seed in bundle.seeds]


def train_networks(bundle: Bundle, models: Sequence[Model], look: Callable[[int], bool] | None = None) -> BundleResult:
    """As `train_bundle`, from networks that are there already."""
    text = bundle.text
    losses, states, probabilities = list[Float](), list[Float](), list[Float]()

    def going_on(epoch: int) -> None:
        if look is not None and not look(epoch):
            raise StoppedError

    for records in train_many(models, text, bundle.training, threads=1, states=text.last_pattern, look=going_on):
        losses.append(records.losses)
        assert records.states is not None
        states.append(records.states)
        probabilities.append(_predictions(records.states, records.parameters))
    last = records.parameters
    return BundleResult(
        bundle,
        np.concatenate(losses),
        np.stack(states),
        np.stack(probabilities),
        {name: np.stack([one[name] for one in last]) for name in last[0]},
    )


def _predictions(h: Float, parameters: tuple[Mapping[str, Any], ...]) -> Float:
    """The head and softmax over the states of each network, (N, P, H) -> (N, P, V)."""
    weight, bias = (np.stack([one[name] for one in parameters]) for name in ("head.weight", "head.bias"))
    with np.errstate(all="ignore"):
        logits = h @ weight.transpose(0, 2, 1) + bias[:, None]
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        shares: Float = powers / powers.sum(axis=-1, keepdims=True)
    return shares
