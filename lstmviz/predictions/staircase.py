"""The stairs down which a pattern's loss goes: what the best reader loses that looks back so many letters and no more.

A network that has learned all but the bit that needs memory tosses a coin there, and does nothing else wrong: its loss
is that of the last stair but one.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.tasks import PatternTask, check_pattern

NEAR = 0.1
"""As far as a network's probabilities may be from a reader's, letter by letter, and still be those: the largest sum of
what one letter has too much."""


@dataclass(frozen=True)
class Stair:
    """The best reader of a pattern that sees its last letters alone, at the places of the pattern, each as often."""

    memory: int | None
    """how many letters it sees, the present one included: 0 knows how frequent each letter is, None not even that"""
    loss: float
    """its mean cross entropy over the pattern, in nats"""
    written: str
    """the loss as a formula: "ln 4", or "(2/6) ln 2"; "0" of the reader that knows all; else "" """
    tossed: tuple[tuple[str, ...], ...]
    """between which letters it has to toss a coin, in the order of the pattern, each set once"""


def stairs(task: PatternTask) -> tuple[Stair, ...]:
    """From chance down to 0: of readers that lose the same the one that sees the fewest letters.

    The mean loss of a reader that sees k letters is the conditional entropy of the next one given these (Shannon 1951).

    Raises:
        TypeError: `task` is no alphabet pattern.
    """
    check_pattern(task)
    return _stairs(task.letters, task.alphabet)


def standing(told: NDArray[Any], task: PatternTask) -> Stair | None:
    """On which stair a network stands that said `told` of the last pattern: whose probabilities its own are, nearly.

    Args:
        told: (P, V) its probabilities at the steps of `task.last_pattern`.
        task: what it read.

    Returns:
        The stair with the smallest loss of which no letter's probabilities are further away than `NEAR`; else None.

    Raises:
        TypeError: `task` is no alphabet pattern.
        ValueError: `told` has another shape.
    """
    check_pattern(task)
    if told.shape != (task.period, task.output_size):
        raise ValueError(f"`told` must have the shape {(task.period, task.output_size)}; got {told.shape}.")
    for stair in reversed(stairs(task)):
        away = np.abs(told - _reader(task.letters, task.alphabet, stair.memory)).sum(axis=-1) / 2
        if np.isfinite(away).all() and away.max() <= NEAR:
            return stair
    return None


@lru_cache(maxsize=64)
def _stairs(letters: tuple[str, ...], alphabet: tuple[str, ...]) -> tuple[Stair, ...]:
    period = len(letters)
    found = [Stair(None, log(len(alphabet)), f"ln {len(alphabet)}", (alphabet,))]
    for memory in range(period + 1):
        told = _reader(letters, alphabet, memory)
        own = told[np.arange(period), [alphabet.index(letters[(k + 1) % period]) for k in range(period)]]
        loss = float(-np.log(own).mean())
        if loss > found[-1].loss - 1e-9:
            continue
        sets = dict.fromkeys(tuple(alphabet[v] for v in np.flatnonzero(row)) for row in told)
        tossed = tuple(one for one in sets if len(one) > 1)
        found.append(Stair(memory, max(loss, 0.0), _written(told), tossed))
        if not tossed:
            break
    return tuple(found)


def _reader(letters: tuple[str, ...], alphabet: tuple[str, ...], memory: int | None) -> NDArray[np.float64]:
    """(P, V) how often each letter follows what the reader sees, at each place of the pattern."""
    period = len(letters)
    if memory is None:
        return np.full((period, len(alphabet)), 1 / len(alphabet))
    seen = [tuple(letters[(k - back) % period] for back in range(memory)) for k in range(period)]
    followers = {one: Counter[str]() for one in seen}
    for k, one in enumerate(seen):
        followers[one][letters[(k + 1) % period]] += 1
    counts = np.array([[followers[one][letter] for letter in alphabet] for one in seen], dtype=float)
    shares: NDArray[np.float64] = counts / counts.sum(axis=1, keepdims=True)
    return shares


def _written(told: NDArray[np.float64]) -> str:
    """The loss as fractions of the pattern at which it tosses fairly between so many letters."""
    ways = Counter[int]()
    for row in told:
        possible = row[row > 0]
        if np.ptp(possible) > 1e-9:
            return ""
        ways[len(possible)] += 1
    period = len(told)
    parts = [
        f"ln {count}" if times == period else f"({times}/{period}) ln {count}"
        for count, times in sorted(ways.items())
        if count > 1
    ]
    return " + ".join(parts) or "0"
