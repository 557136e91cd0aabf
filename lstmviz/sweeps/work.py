"""One bundle trained, and what is kept of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lstmviz.models import Model, build_model
from lstmviz.sweeps.asked import Said, ask, judges, of_pattern
from lstmviz.sweeps.config import Bundle
from lstmviz.tasks import PatternTask
from lstmviz.training import train_many

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class BundleResult:
    """What came of a bundle of N networks, with E looks at the P steps that `bundle.steps` names."""

    bundle: Bundle
    losses: Float
    """(epochs + 1, N) cross entropy in nats or squared error, the mean over the steps learned from, before each update
    and after the last"""
    h: Float
    """(E, N, P, H) hidden states, at the epochs `bundle.kept`"""
    probabilities: Float
    """(E, N, P, V) what the networks say comes next, 0 to 1; of a task of numbers the numbers that they tell"""
    margins: Float
    """(E, N) by how much what is due is ahead where that is least, NaN where a number is not finite

    Of a pattern in its last repetition, else in all that judges the networks (`asked.judges`): a network is right
    everywhere if this is above 0.
    """
    parameters: Mapping[str, Float]
    """the weights after the last update, by their `state_dict` names, each (N, ...)"""

    @property
    def solved(self) -> NDArray[np.bool_]:
        """(N,) whether the trained network is right everywhere, by more than `bundle.margin`."""
        with np.errstate(invalid="ignore"):
            return self.margins[-1] > self.bundle.margin

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
    """(epochs + 1,) cross entropy in nats or squared error"""
    margin: float
    """by how much what is due is ahead where that is least, as `BundleResult.margins`; NaN after divergence"""
    solved: bool
    """whether it is right everywhere, by more than the margin of its bundle"""
    diverged_at: int | None
    """the first epoch whose loss is no finite number"""
    h: Float
    """(P, H) the hidden states at the last pattern, or the last steps of the face of another task"""
    probabilities: Float
    """(P, V) the predictions there, 0 to 1, or the numbers told"""
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
    task, steps = bundle.learned, bundle.steps
    states = steps if isinstance(task, PatternTask) else None  # of a pattern the kernel gives them
    by = None if states else judges(task)
    losses, said = list[Float](), list[Said]()

    def going_on(epoch: int) -> None:
        if look is not None and not look(epoch):
            raise StoppedError

    for records in train_many(models, task, bundle.training, threads=1, states=states, look=going_on):
        losses.append(records.losses)
        if by is None:
            assert records.states is not None
            said.append(of_pattern(task, steps, records.states, records.parameters))
        else:
            said.append(ask(bundle.cell, records.parameters, task, steps, by))
    last = records.parameters
    h, outputs, margins = (np.stack(parts) for parts in zip(*said, strict=True))
    return BundleResult(
        bundle,
        np.concatenate(losses),
        h,
        outputs,
        margins,
        {name: np.stack([one[name] for one in last]) for name in last[0]},
    )
