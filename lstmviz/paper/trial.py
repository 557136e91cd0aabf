"""One row from one seed: shown sequence after sequence until it succeeds, or its limit is reached."""

import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import instance, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.fused import Network
from lstmviz.models import ModelConfig, build_model, parameters_of
from lstmviz.paper.cell import BlockConfig, BlockNetwork, Sequences
from lstmviz.paper.rows import CHECKED_EVERY, SIZES, Row, Today
from lstmviz.paper.strings import sequences_of, string_pair
from lstmviz.tasks import AddingTask, Examples, adding_task
from lstmviz.tasks.base import joined
from lstmviz.training.drawn import rows_of

RIGHT_WITHIN = 0.04
"""An answer of the adding problem that is not as far off is right."""
RECENT = 2000
"""so many of the latest sequences have all to be answered right,"""
MEAN_ERROR = 0.01
"""and be this near on average"""
ADDING_TESTS = 2560
ADDING_LENGTH = 100
_PART = 1000  # sequences that are laid out at a time
_FEW = 32


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of one training."""

    seed: int
    sequences: int | None
    """shown until it succeeded, a multiple of `CHECKED_EVERY`; None: it did not within its limit, or diverged"""
    shown: int
    """sequences shown in all"""
    wrong: int | None = None
    """of the adding problem, if solved: wrong answers among `ADDING_TESTS` sequences that nothing was learned from"""
    missed: tuple[int, int] | None = None
    """of the embedded Reber grammar, if not solved: among the 256 + 256 strings, those that are wrong at the T or P
    before the end alone, which had to be remembered, and those that are wrong elsewhere; of a `BlockConfig`"""
    seconds: float
    """of work of its thread"""

    @property
    def solved(self) -> bool:
        """Whether it succeeded."""
        return self.sequences is not None


def reproduce(
    row: Row, seeds: Iterable[int], look: Callable[[int, int], None] | None = None
) -> Generator[Trial, None, None]:
    """Train `row` from each seed, one after the other.

    A seed decides about everything: the two sets of strings or the numbers to be added, the first weights, the order.
    Success on the embedded Reber grammar: at each step of all 256 + 256 strings the legal symbols are the most active.
    On the adding problem: the latest 2000 sequences were answered within 0.04, with a mean error below 0.01, each
    before anything was learned from it.

    Args:
        row: which; one of `ROWS`, or one's own.
        seeds: 0 to 2**32 - 1 each.
        look: told the seed and how many sequences it was shown, after every `CHECKED_EVERY`; what it raises ends it.
    """
    instance("row", row, Row)
    for seed in seeds:
        yield _trial(row, whole_number("seeds", seed, 0, MAX_SEED), look)


def _trial(row: Row, seed: int, look: Callable[[int, int], None] | None) -> Trial:
    began = time.thread_time()
    shown = 0
    steps = _reber(row, seed) if row.task == "embedded_reber" else _adding(row, seed)
    for solved, about in steps:
        shown += CHECKED_EVERY
        if look is not None:
            look(seed, shown)
        if solved or solved is None or shown >= row.limit:
            took, sequences = time.thread_time() - began, shown if solved else None
            return Trial(seed=seed, sequences=sequences, shown=shown, seconds=took, **about())
    raise AssertionError("a training has no end of its own")


Outcome = tuple[bool | None, Callable[[], dict[str, Any]]]
"""Whether it has succeeded, None if it diverged; and what else a `Trial` would say of it, were this its end"""


def _reber(row: Row, seed: int) -> Generator[Outcome, None, None]:
    pair = string_pair(seed)
    order = np.random.default_rng((seed, 1)).integers(0, len(pair.training.lengths), row.limit + _PART)
    if isinstance(row.network, Today):
        yield from _reber_today(row, row.network, seed, pair.training, pair.test, order)
    else:
        yield from _reber_blocks(row, row.network, seed, pair.training, pair.test, order)


def _reber_blocks(
    row: Row, config: BlockConfig, seed: int, training: Examples, test: Examples, order: NDArray[np.int64]
) -> Generator[Outcome, None, None]:
    network = BlockNetwork(config, seed)
    sets = [sequences_of(one, config.outputs) for one in (training, test)]
    first = [0, 0]  # the string of each set that was wrong last is looked at first: most looks end there
    for start in range(0, len(order), CHECKED_EVERY):
        network.learn(sets[0][0], order[start : start + CHECKED_EVERY], row.lr, row.update)
        for k, (sequences, legal) in enumerate(sets):
            first[k] = network.first_wrong(sequences, legal, max(first[k], 0))
            if first[k] >= 0:
                break
        solved = first[0] < 0 and first[1] < 0
        yield solved, dict if solved else partial(_missed, network, sets)


def _missed(network: BlockNetwork, sets: Iterable[tuple[Sequences, NDArray[np.bool_]]]) -> dict[str, Any]:
    """How many strings are wrong at the last but one symbol alone, and how many elsewhere."""
    remembered = elsewhere = 0
    for sequences, legal in sets:
        told, starts = network.read(sequences), sequences.starts
        wrong = ~(np.where(legal, told, np.inf).min(axis=1) > np.where(legal, -np.inf, told).max(axis=1))
        steps, last = np.add.reduceat(wrong, starts[:-1], dtype=int), wrong[starts[1:] - 2]
        remembered += int((last & (steps == 1)).sum())
        elsewhere += int((steps > last).sum())
    return {"missed": (remembered, elsewhere)}


def _reber_today(
    row: Row, today: Today, seed: int, training: Examples, test: Examples, order: NDArray[np.int64]
) -> Generator[Outcome, None, None]:
    weights = _first_weights(row, today, seed)

    def on(examples: Examples, together: int | None) -> Network:
        return _network(row, today, weights, examples, together)

    both = joined([training, test])
    judges = [on(both.rows(slice(_FEW)), None), on(both, None)]  # most looks end with the few
    for network, losses, _ in _in_parts(lambda first: on(training.rows(order[first : first + _PART]), 1)):
        if not np.isfinite(losses).all():
            yield None, dict
        for judge in judges:
            judge.replace(network.parameters)
        yield all(judge.measure()[1][0] == 1.0 for judge in judges), dict


def _in_parts(make: Callable[[int], Network]) -> Generator[tuple[Network, NDArray[Any], NDArray[Any]], None, None]:
    """A network trained without end on what `make(first)` lays out, `_PART` sequences at a time.

    After every `CHECKED_EVERY`: the network, its losses and the shares of right answers before each update.
    """
    network, first = make(0), 0
    while True:
        for _ in range(_PART // CHECKED_EVERY):
            yield network, *network.run(CHECKED_EVERY)
        first += _PART
        position = network.position()
        network = make(first)
        network.rewind(position)


def _adding(row: Row, seed: int) -> Generator[Outcome, None, None]:
    task = adding_task(ADDING_LENGTH, seed=seed)
    errors = np.full(RECENT, np.inf)
    network = row.network
    parts = _adding_today(row, network, task) if isinstance(network, Today) else _adding_blocks(row, network, task)
    for latest, test in parts:
        if not np.isfinite(latest).all():
            yield None, dict
        errors = np.concatenate([errors[len(latest) :], latest])
        solved = bool(errors.max() < RIGHT_WITHIN and errors.mean() < MEAN_ERROR)
        yield solved, partial(_wrong, test) if solved else dict


def _wrong(test: Callable[[], NDArray[np.float64]]) -> dict[str, Any]:
    return {"wrong": int((test() >= RIGHT_WITHIN).sum())}


Errors = tuple[NDArray[np.float64], Callable[[], NDArray[np.float64]]]
"""How far off the answers to the latest sequences were, and a function that says it of the tests"""


def _adding_blocks(row: Row, config: BlockConfig, task: AddingTask) -> Generator[Errors, None, None]:
    network = BlockNetwork(config, task.seed)

    def test() -> NDArray[np.float64]:
        tests = _added(task.tests(ADDING_TESTS))
        return np.abs(network.read(tests) - tests.y)[tests.asked, 0]

    for start in range(0, row.limit + CHECKED_EVERY, CHECKED_EVERY):
        sequences = _added(task.examples(start, count=CHECKED_EVERY))
        yield network.learn(sequences, range(CHECKED_EVERY), row.lr, row.update), test


def _added(examples: Examples) -> Sequences:
    read = rows_of(examples, numbers=True)
    asked = ~np.isnan(read.y[:, 0])
    starts = np.concatenate([[0], np.cumsum(examples.lengths)])
    return Sequences(np.ascontiguousarray(read.x), np.where(asked[:, None], read.y, 0.0), asked, starts)


def _adding_today(row: Row, today: Today, task: AddingTask) -> Generator[Errors, None, None]:
    weights = _first_weights(row, today, task.seed)

    def on(examples: Examples) -> Network:
        return _network(row, today, weights, examples, 1)

    for network, losses, _ in _in_parts(lambda first: on(task.examples(first, count=_PART))):

        def test(network: Network = network) -> NDArray[np.float64]:
            judge = on(task.tests(ADDING_TESTS))
            judge.replace(network.parameters)
            return np.sqrt(judge.measure(ADDING_TESTS)[0].astype(float))

        yield np.sqrt(losses.astype(float)), test  # one number is asked of each, so a loss is its squared error


def _first_weights(row: Row, today: Today, seed: int) -> NDArray[Any]:
    inputs, outputs = SIZES[row.task]
    shape = ModelConfig(
        cell=today.cell, input_size=inputs, hidden_size=today.hidden_size, output_size=outputs, seed=seed
    )
    return np.concatenate([one.ravel() for one in parameters_of(build_model(shape)).values()])


def _network(row: Row, today: Today, weights: NDArray[Any], examples: Examples, together: int | None) -> Network:
    """The kernel of one of today's cells over `examples`, `together` of them an update."""
    inputs, outputs = SIZES[row.task]
    read = rows_of(examples, numbers=row.task == "adding")
    return Network(
        today.cell,
        weights,
        read.x,
        read.y,
        inputs=inputs,
        hidden_size=today.hidden_size,
        outputs=outputs,
        lr=row.lr,
        lengths=examples.lengths,
        together=together,
        legal=read.legal,
    )
