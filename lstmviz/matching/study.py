"""A network that learns to tell whether the halves match, and how it does by their length."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, real_number, true_or_false, whole_number
from lstmviz.base.limits import MAX_EPOCHS, MAX_LR, MAX_SEED
from lstmviz.matching.reach import reach
from lstmviz.models import CELLS, Model, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.sweeps.evidence import Rate, success
from lstmviz.tasks import Examples, matching_task
from lstmviz.tasks.matching import MatchingTask
from lstmviz.training import TrainConfig, evaluate, train_many

BLOCKS = 100
"""Points of the curves of a training: each is the mean of so much of it."""
MAX_LONGEST = 20
MAX_HIDDEN = 256
MAX_BATCH = 256
MAX_TESTS = 100_000
_AT_ONCE = 5_000  # tests read together, whose states then stay below 25 MB


@dataclass(frozen=True, kw_only=True)
class MatchingConfig:
    """One network and its training, by default the notes'; checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    cell: str = "rnn_relu"
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    hidden_size: int = 50
    """1 to 256"""
    longest: int = 10
    """digits in the longest half, 1 to 20"""
    palindrome: bool = False
    """whether the second half is to mirror the first"""
    updates: int = 100_000
    """1 to 100,000, by Adam"""
    lr: float = 1e-3
    """Adam's learning rate, above 0, at most 10"""
    batch: int = 1
    """sequences an update, 1 to 256"""
    seed: int = 0
    """of the first weights and of the sequences, 0 to 2**32 - 1"""
    tests: int = 20_000
    """sequences that are asked at the end, none of which was learned from, 100 to 100,000"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "cell": one_of("cell", self.cell, CELLS),
            "hidden_size": whole_number("hidden_size", self.hidden_size, 1, MAX_HIDDEN),
            "longest": whole_number("longest", self.longest, 1, MAX_LONGEST),
            "palindrome": true_or_false("palindrome", self.palindrome),
            "updates": whole_number("updates", self.updates, 1, MAX_EPOCHS),
            "lr": real_number("lr", self.lr, 0.0, MAX_LR, above=True),
            "batch": whole_number("batch", self.batch, 1, MAX_BATCH),
            "seed": whole_number("seed", self.seed, 0, MAX_SEED),
            "tests": whole_number("tests", self.tests, 100, MAX_TESTS),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def task(self) -> MatchingTask:
        """The sequences that it reads."""
        return matching_task(self.longest, self.palindrome, seed=self.seed, drawn=self.batch)


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of one training."""

    config: MatchingConfig
    updates: NDArray[np.int64]
    """(B,) at the end of which update each block of the training ends"""
    loss: NDArray[np.float64]
    """(B,) mean cross entropy of a block's sequences in nats, each before anything was learned from it"""
    accuracy: NDArray[np.float64]
    """(B,) share of a block's sequences that were answered right, 0 to 1, likewise"""
    by_half: Mapping[int, Rate]
    """how many tests of each half's length were answered right, with Wilson's interval; empty if it diverged"""
    parameters: Mapping[str, NDArray[Any]]
    """the network in the end, as `parameters_of` names them"""
    first_state: tuple[Mapping[int, float], Mapping[int, float]]
    """before the training and after it: half -> log10 of how much of the last state's gradient is left at the first
    state, minus infinity where it is exactly 0; of the halves of `by_half`"""
    diverged: bool
    """whether its loss became no finite number"""

    @property
    def mean_accuracy(self) -> float:
        """Over the whole training: what the notes report of theirs as 0.71."""
        sizes = np.diff(self.updates, prepend=0)
        return float((self.accuracy * sizes).sum() / sizes.sum())

    @property
    def tested(self) -> Rate | None:
        """How many of all tests were answered right; None if it diverged."""
        rates = self.by_half.values()
        return success(sum(one.solved for one in rates), sum(one.trials for one in rates)) if rates else None


def network_of(config: MatchingConfig, parameters: Mapping[str, NDArray[Any]] | None = None) -> Model:
    """The network before its training, or with the `parameters` that it has learned."""
    shape = ModelConfig(
        cell=config.cell, input_size=10, hidden_size=config.hidden_size, output_size=2, seed=config.seed
    )
    model = build_model(shape)
    if parameters is not None:
        load_parameters(model, parameters)
    return model


def learn(config: MatchingConfig, look: Callable[[int], None] | None = None) -> Learned:
    """Train one network and test it by length.

    Args:
        config: which, and how.
        look: told the update reached every few hundredths of a second; what it raises ends the training.
    """
    task, model = config.task(), network_of(config)
    losses, accuracies = [np.empty(0)], [np.empty(0)]
    training = TrainConfig(epochs=config.updates, lr=config.lr)
    for records in train_many([model], task, training, threads=1, look=look):
        losses.append(records.losses[:, 0])
        accuracies.append(records.accuracies[:, 0])
    # Record e is of the sequences of update e + 1, and the last of ones that nothing is learned from.
    loss, accuracy = (np.concatenate(parts)[: config.updates].astype(float) for parts in (losses, accuracies))
    diverged = not np.isfinite(loss).all()
    ends = np.unique(np.linspace(0, config.updates, min(BLOCKS, config.updates) + 1).round().astype(np.int64))
    with np.errstate(invalid="ignore", over="ignore"):
        means = [np.add.reduceat(one, ends[:-1]) / np.diff(ends) for one in (loss, accuracy)]
    by_half = {} if diverged else _tested(model, task, _tests(config))
    return Learned(
        config=config,
        updates=ends[1:],
        loss=means[0],
        accuracy=means[1],
        by_half=by_half,
        parameters=parameters_of(model),
        first_state=(_first_state(network_of(config), task, by_half), _first_state(model, task, by_half)),
        diverged=diverged,
    )


def _tests(config: MatchingConfig) -> Examples:
    return _drawn(config.longest, config.palindrome, config.seed, config.tests)


@lru_cache(maxsize=4)  # the cells of a study are asked the same
def _drawn(longest: int, palindrome: bool, seed: int, count: int) -> Examples:
    return matching_task(longest, palindrome, seed=seed).tests(count)


def _tested(model: Model, task: MatchingTask, tests: Examples) -> dict[int, Rate]:
    """How many of the tests of each length of a half are answered right."""
    right = np.concatenate([evaluate(model, task, part).right for part in _parts(tests)])
    halves = tests.lengths // 2
    return {
        int(half): success(int(right[halves == half].sum()), int((halves == half).sum())) for half in np.unique(halves)
    }


def _first_state(model: Model, task: MatchingTask, halves: Collection[int]) -> dict[int, float]:
    if not halves:
        return {}
    found = reach(model, task)
    ends = {half: row[2 * half - 1] for half, row in zip(found.halves, found.log10, strict=True)}
    return {half: float(ends[half]) if np.isfinite(ends[half]) else -np.inf for half in halves}


def _parts(examples: Examples) -> list[Examples]:
    return [examples.rows(slice(k, k + _AT_ONCE)) for k in range(0, len(examples.lengths), _AT_ONCE)]
