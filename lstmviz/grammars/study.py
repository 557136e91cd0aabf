"""A network that learns a language, and how it does on strings by their length, far beyond those it learned from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.changes.knockout import SECONDS
from lstmviz.grammars.config import EMBEDDED, GrammarConfig, LanguageTask
from lstmviz.grammars.lengths import all_of, strings_by_length
from lstmviz.models import Model, load_parameters, parameters_of
from lstmviz.sweeps.evidence import Rate, success
from lstmviz.tasks import Examples
from lstmviz.training import TrainConfig, evaluate, train_many

BLOCKS = 100
"""Points of the curves of a training: each is the mean of so much of it."""
_AT_ONCE = 512  # strings read together


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of one training."""

    config: GrammarConfig
    updates: NDArray[np.int64]
    """(B,) at the end of which update each block of the training ends"""
    loss: NDArray[np.float64]
    """(B,) mean cross entropy of a block's strings in nats, each before anything was learned from it"""
    accuracy: NDArray[np.float64]
    """(B,) share of what was asked that was right, 0 to 1, likewise"""
    by_length: Mapping[int, Rate]
    """how many of the strings asked of each length were right from beginning to end, with Wilson's interval; empty if
    it diverged. Right is as in `Outcome`"""
    remembered: Mapping[int, Rate]
    """of `EMBEDDED`: how often the last symbol but one of an embedded string was right, the T or P that the second one
    was; else empty"""
    parameters: Mapping[str, NDArray[Any]]
    """the network in the end, as `parameters_of` names them"""
    diverged: bool
    """whether its loss became no finite number"""

    @property
    def right_up_to(self) -> int:
        """The largest length up to which all strings asked of every length are right; 0 if there is none."""
        reached = 0
        for length, rate in self.by_length.items():
            if rate.solved < rate.trials:
                break
            reached = length
        return reached

    @property
    def longest_asked(self) -> int:
        """The largest length that was asked; 0 if it diverged."""
        return max(self.by_length, default=0)


def network_of(config: GrammarConfig, parameters: Mapping[str, NDArray[Any]]) -> Model:
    """The network with the `parameters` that it has learned."""
    model = config.network()
    load_parameters(model, parameters)
    return model


def learn(config: GrammarConfig, look: Callable[[int], None] | None = None) -> Learned:
    """Train one network and test it by length.

    Args:
        config: which, and how.
        look: told the update reached every few hundredths of a second; what it raises ends the training.
    """
    task, model = config.task(), config.network()
    losses, accuracies = [np.empty(0)], [np.empty(0)]
    training = TrainConfig(epochs=config.updates, lr=config.lr)
    for records in train_many([model], task, training, threads=1, look=look):
        losses.append(records.losses[:, 0])
        accuracies.append(records.accuracies[:, 0])
    # Record e is of the strings of update e + 1, and the last of ones that nothing is learned from.
    loss, accuracy = (np.concatenate(parts)[: config.updates].astype(float) for parts in (losses, accuracies))
    diverged = not np.isfinite(loss).all()
    ends = np.unique(np.linspace(0, config.updates, min(BLOCKS, config.updates) + 1).round().astype(np.int64))
    with np.errstate(invalid="ignore", over="ignore"):
        means = [np.add.reduceat(one, ends[:-1]) / np.diff(ends) for one in (loss, accuracy)]
    by_length, remembered = ({}, {}) if diverged else tested(config, model)
    return Learned(
        config=config,
        updates=ends[1:],
        loss=means[0],
        accuracy=means[1],
        by_length=by_length,
        remembered=remembered,
        parameters=parameters_of(model),
        diverged=diverged,
    )


def tested(config: GrammarConfig, model: Model) -> tuple[dict[int, Rate], dict[int, Rate]]:
    """`Learned.by_length` and `Learned.remembered` of a network."""
    task = config.task()
    strings, lengths = all_of(strings_by_length(config))
    due = _remembered(task, strings) if config.language in EMBEDDED else None
    right, kept = list[NDArray[np.bool_]](), list[NDArray[np.bool_]]()
    for begin in range(0, len(lengths), _AT_ONCE):
        part = strings.rows(slice(begin, begin + _AT_ONCE))
        found = evaluate(model, task, part)
        right.append(found.right)
        if due is not None:
            kept.append(found.right_steps[due[begin : begin + _AT_ONCE, : found.right_steps.shape[1]]])
    by_length = _rates(np.concatenate(right), lengths)
    if due is None:
        return by_length, {}
    return by_length, _rates(np.concatenate(kept), np.repeat(lengths, due.sum(axis=1)))


def _remembered(task: LanguageTask, strings: Examples) -> NDArray[np.bool_]:
    """(N, T) at which steps T alone may come, or P alone: only where an embedded string is about to end."""
    assert strings.legal is not None
    t_or_p = np.isin(np.array(task.alphabet), tuple(SECONDS))
    due: NDArray[np.bool_] = strings.scored & (strings.legal.sum(axis=2) == 1) & strings.legal[..., t_or_p].any(axis=2)
    return due


def _rates(right: NDArray[np.bool_], lengths: NDArray[np.int64]) -> dict[int, Rate]:
    found = dict[int, Rate]()
    for length in np.unique(lengths):
        own = right[lengths == length]
        found[int(length)] = success(int(own.sum()), len(own))
    return found
