"""Which unit the answer hangs on: each one's state held at its mean, and what is still right then."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array
from lstmviz.changes.knockout import means_of, one_by_one, reading_held
from lstmviz.grammars.config import COUNTED, EMBEDDED, MIN_LONGEST, GrammarConfig, LanguageTask, task_of
from lstmviz.grammars.lengths import counted
from lstmviz.grammars.reading import state_of
from lstmviz.models import Model
from lstmviz.statemap import state_map
from lstmviz.sweeps.evidence import Comparison, Rate, difference, success
from lstmviz.tasks import Examples, GrammarTask
from lstmviz.tasks.base import joined
from lstmviz.tasks.spelling import GRAPHS, all_strings

_USUAL = {"reber": 15, **dict.fromkeys(EMBEDDED, 18)}
_MOST_BITS = 8


@dataclass(frozen=True, eq=False)
class Knockout:
    """What a network of H units still does where the state of one of them is held at its mean in every step.

    Of the embedded Reber grammar, and of the continual one, whose first string is read, it is asked at the last symbol
    but one alone, and right is who gives the symbol that
    is due, T or P, more than the other of these two: who remembers nothing is right in half of the strings. Of the
    other languages right is who has a string right from beginning to end.
    """

    quantity: str
    """the state that is held: "c" in an LSTM, else "h\""""
    means: Array
    """(H,) that of each unit over all steps of all strings"""
    free: Rate
    """how many strings are right where nothing is held"""
    held: tuple[Rate, ...]
    """(H,) where one unit is"""
    all_held: Rate
    """where all units are"""
    longest: int
    """the strings are all that there are up to this length"""

    @property
    def costs(self) -> tuple[Comparison, ...]:
        """(H,) whether holding a unit changes how much is right by more than chance; as many tests as units."""
        return tuple(difference(self.free, one, len(self.held)) for one in self.held)

    @property
    def needed(self) -> tuple[int, ...]:
        """The units without which fewer strings are right, by more than chance, the dearest first."""
        dear = [k for k, one in enumerate(self.costs) if one.differ and self.held[k].rate < self.free.rate]
        return tuple(sorted(dear, key=lambda k: self.held[k].rate))


def knockout(config: GrammarConfig, model: Model, longest: int | None = None) -> Knockout:
    """Hold the state of each unit of `model`, which has learned as `config` says, at its mean, one after the other.

    Args:
        config: which language, and which of its strings were learned from.
        model: the network.
        longest: all strings up to this length are asked; if left out, 15 symbols of the Reber grammar and 18 of
            embedded strings, all n that were learned from, or 8 bits. Their number grows as fast as the language's.

    Raises:
        ValueError: the network has other sizes than the language asks for.
    """
    longest = _usual(config) if longest is None else longest
    strings = _strings(config.language, longest)
    quantity = state_of(config)
    f = state_map(model)
    means = means_of(f, strings.inputs, strings.lengths, quantity)
    put = np.vstack([one_by_one(means), means])
    logits = np.stack([one for _, one in reading_held(f, strings.inputs, quantity, put)], axis=2)
    right = [_right(config.language, strings, one, config.task()) for one in logits]
    free, *held, all_held = (success(int(one.sum()), len(one)) for one in right)
    return Knockout(quantity=quantity, means=means, free=free, held=tuple(held), all_held=all_held, longest=longest)


def _right(language: str, strings: Examples, logits: Array, task: LanguageTask) -> NDArray[np.bool_]:
    """(N,) which strings are right; logits (N, T, V)."""
    rows = np.arange(len(strings.lengths))
    if language in EMBEDDED:
        last = strings.lengths - 2
        t, p = (logits[rows, last, task.alphabet.index(symbol)] for symbol in "TP")
        return np.where(strings.targets[rows, last] == task.alphabet.index("T"), t > p, p > t)
    if strings.legal is None:
        told: NDArray[np.bool_] = (
            logits[rows, strings.lengths - 1].argmax(axis=1) == strings.targets[rows, strings.lengths - 1]
        )
        return told
    least = np.where(strings.legal, logits, np.inf).min(axis=-1)
    most = np.where(strings.legal, -np.inf, logits).max(axis=-1)
    return ((least > most) | ~strings.scored).all(axis=1)


def _usual(config: GrammarConfig) -> int:
    if config.language in COUNTED:
        return config.longest
    return _USUAL.get(config.language, min(config.longest, _MOST_BITS))


@lru_cache(maxsize=16)
def _strings(language: str, longest: int) -> Examples:
    task = task_of(language, max(longest, MIN_LONGEST))
    if language in COUNTED:
        assert isinstance(task, GrammarTask)
        return joined([counted(task, n) for n in range(1, longest + 1)])
    if language in EMBEDDED:
        words = list(all_strings("embedded_reber", longest))
    elif language in GRAPHS:
        words = list(all_strings(language, longest))
    else:
        words = ["".join(bits) for length in range(1, longest + 1) for bits in product("01", repeat=length)]
    return joined([_examples(task, word) for word in words])


def _examples(task: LanguageTask, word: str) -> Examples:
    face = task.reading(word)
    legal = None if face.legal is None else face.legal[None]
    return Examples(face.x[None], face.y[None], face.scored[None], np.array([len(face.x)]), legal=legal)
