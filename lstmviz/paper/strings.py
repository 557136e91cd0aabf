"""The strings of experiment 1: 256 of the embedded Reber grammar to learn from, and 256 others to test on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.paper.cell import Sequences
from lstmviz.tasks import Examples, grammar_task
from lstmviz.tasks.base import joined

STRINGS = 256
"""in each of the two sets"""


class StringPair(NamedTuple):
    """Both sets; no string of `test` is one of `training`, though a short one can stand in its set several times."""

    training: Examples
    test: Examples


def string_pair(seed: int = 0, count: int = STRINGS) -> StringPair:
    """Two sets of `count` strings each, 1 to 10,000, drawn from `seed`, 0 to 2**32 - 1.

    At each fork of the graph both ways have equal chance. As in the paper, the training set is drawn freely, and of
    what is drawn for the test set only strings are taken that are not in the training set.
    """
    count = whole_number("count", count, 1, 10_000)
    rng = np.random.default_rng((whole_number("seed", seed, 0, MAX_SEED), 256))
    grammar = grammar_task("embedded_reber")
    training = grammar.draw(rng, count)
    known = set(_written(training))
    tests = list[Examples]()
    while sum(len(part.lengths) for part in tests) < count:
        drawn = grammar.draw(rng, count)
        fresh = np.array([one not in known for one in _written(drawn)])
        if fresh.any():
            tests.append(drawn.rows(np.flatnonzero(fresh)))
    return StringPair(training, joined(tests).rows(slice(0, count)))


def sequences_of(examples: Examples, symbols: int) -> tuple[Sequences, NDArray[np.bool_]]:
    """Strings as a network of 1997 reads them, one-hot, to tell the next symbol; and (R, V) which symbols are legal."""
    inside = np.arange(examples.inputs.shape[1]) < examples.lengths[:, None]
    one_hot = np.eye(symbols)
    starts = np.concatenate([[0], np.cumsum(examples.lengths)])
    asked = np.ones(int(starts[-1]), dtype=bool)
    assert examples.legal is not None
    legal = np.ascontiguousarray(examples.legal[inside])
    return Sequences(one_hot[examples.inputs[inside]], one_hot[examples.targets[inside]], asked, starts), legal


def _written(examples: Examples) -> list[bytes]:
    """What is read of each string, which decides it: the last symbol is always the same."""
    inputs = examples.inputs.astype(np.uint8)
    return [row[:length].tobytes() for row, length in zip(inputs, examples.lengths, strict=True)]
