"""Strings of which some belong to a language and others do not: which?"""

from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, whole_number
from lstmviz.tasks.base import Examples
from lstmviz.tasks.drawn import ENOUGH, with_first_face
from lstmviz.tasks.matching import (
    MAX_LENGTH,
    NO_OR_YES,
    AnswerTask,
    answers_of,
    asked_at_the_end,
    checked_draws,
)

_DEAD = -1
# Where 0 and 1 lead from each state, and the states in which a string belongs to the language (Tomita 1982).
_TOMITA: dict[str, tuple[tuple[tuple[int, int], ...], tuple[int, ...]]] = {
    "tomita1": (((_DEAD, 0),), (0,)),  # 1*
    "tomita2": (((_DEAD, 1), (0, _DEAD)), (0,)),  # (10)*
    # no odd number of 0s right after an odd number of 1s: even or odd so far, of 1s and of 0s after odd 1s
    "tomita3": (((0, 1), (2, 0), (3, _DEAD), (2, 1)), (0, 1, 3)),
    "tomita4": (((1, 0), (2, 0), (_DEAD, 0)), (0, 1, 2)),  # no 000
    "tomita5": (((1, 2), (0, 3), (3, 0), (2, 1)), (0,)),  # even numbers of 0s and of 1s
    "tomita6": (((1, 2), (2, 0), (0, 1)), (0,)),  # the number of 0s less that of 1s is a multiple of 3
    "tomita7": (((0, 1), (2, 1), (2, 3), (_DEAD, 3)), (0, 1, 2, 3)),  # 0*1*0*1*
}
LANGUAGES = ("anbn", *_TOMITA)


@dataclass(frozen=True, eq=False, kw_only=True)
class AcceptTask(AnswerTask):
    """Strings of two letters, and whether each belongs to a language."""

    language: str
    """one of `LANGUAGES`"""
    longest: int
    """the largest n of a^n b^n that is learned from, or the symbols of the longest string of bits"""

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """Both answers with equal chance, and each n, or each length that has strings of that answer."""
        answers = rng.integers(0, 2, count)
        if self.language == "anbn":
            return self._counted(rng, answers, testing)
        lengths = np.zeros(count, dtype=np.int64)
        for answer in (0, 1):
            rows = np.flatnonzero(answers == answer)
            lengths[rows] = rng.choice(np.flatnonzero(self.exist(answer)), len(rows))
        return self._walked(rng, lengths, answers)

    def redraw(self, rng: np.random.Generator, drawn: Examples, *, testing: bool = False) -> Examples:
        """Others of the same lengths and answers; of a^n b^n just others."""
        if self.language == "anbn":
            return self.draw(rng, len(drawn.lengths), testing=testing)
        return self._walked(rng, drawn.lengths, answers_of(drawn))

    def for_tests(self, drawn: Examples) -> NDArray[np.bool_]:
        """By the larger of the two counts of a^n b^m; of the other languages a tenth of the strings."""
        if self.language != "anbn":
            return super().for_tests(drawn)
        inside = np.arange(drawn.inputs.shape[1]) < drawn.lengths[:, None]
        many = (drawn.inputs * inside).sum(axis=1)
        return np.maximum(many, drawn.lengths - many) > self.longest

    def both_sides(self, drawn: Examples) -> NDArray[np.bool_]:
        """Where there are enough strings of a length and answer; of a^n b^n always."""
        if self.language == "anbn":
            return np.ones(len(drawn.lengths), dtype=bool)
        ways = np.stack([self._ways(answer)[:, 0] for answer in (0, 1)])
        return ways[answers_of(drawn), drawn.lengths] >= ENOUGH

    def answer_of(self, codes: NDArray[np.int64]) -> int:
        """1 if the string belongs to the language."""
        word = "".join(self.alphabet[code] for code in codes)
        if self.language == "anbn":
            match = regex.fullmatch("(a+)(b+)", word)
            return int(match is not None and len(match[1]) == len(match[2]))
        moves, accepting = machine_of(self.language)
        state = 0
        for code in codes:
            state = moves[state, code]
        return int(accepting[state])

    def _counted(self, rng: np.random.Generator, answers: NDArray[np.int64], testing: bool) -> Examples:
        """a^n b^n, or a^n b^m; where for tests, the larger count is beyond `longest`."""
        low, high = (self.longest + 1, 2 * self.longest) if testing else (1, self.longest)
        count = len(answers)
        most = rng.integers(low, high + 1, count)
        if not testing:  # the larger of two different numbers is never 1
            most = np.where((answers == 0) & (most == 1), rng.integers(2, high + 1, count), most)
        fewer = np.where(answers == 1, most, rng.integers(1, np.maximum(most, 2)))
        swapped = rng.integers(0, 2, count) == 1
        n, m = np.where(swapped, fewer, most), np.where(swapped, most, fewer)
        places = np.arange(int((n + m).max()))
        return asked_at_the_end((places >= n[:, None]).astype(np.int64), n + m, answers)

    def _walked(self, rng: np.random.Generator, lengths: NDArray[np.int64], answers: NDArray[np.int64]) -> Examples:
        """Strings of these lengths and answers, each with equal chance: at each symbol by how many go on either way."""
        moves, _ = machine_of(self.language)
        ways = np.stack([self._ways(answer) for answer in (0, 1)])  # by answer, symbols to come, state
        state = np.zeros(len(lengths), dtype=np.int64)
        bits = np.zeros((len(lengths), self.longest), dtype=np.int64)
        for t in range(int(lengths.max())):
            left = np.maximum(lengths - t - 1, 0)
            zero, one = (ways[answers, left, moves[state, bit]] for bit in (0, 1))
            bits[:, t] = rng.random(len(lengths)) * (zero + one) >= zero
            state = moves[state, bits[:, t]]
        return asked_at_the_end(bits, lengths, answers)

    def _ways(self, answer: int) -> NDArray[np.float64]:
        """(longest + 1, states) how many strings of so many symbols lead from a state to the answer."""
        moves, accepting = machine_of(self.language)
        ways = [(accepting == bool(answer)).astype(np.float64)]
        for _ in range(self.longest):
            ways.append(ways[-1][moves].sum(axis=1))
        return np.stack(ways)

    def exist(self, answer: int) -> NDArray[np.bool_]:
        """(longest + 1,) whether strings of a length have the answer, 0 or 1; an empty one asks nothing."""
        some = self._ways(answer)[:, 0] > 0
        some[0] = False
        return some


def accept_task(language: str, longest: int = 10, *, seed: int = 0, drawn: int = 1) -> AcceptTask:
    """A string read symbol by symbol; when the last has been read: does it belong to the language?

    - "anbn": strings a^n b^m; those with n = m belong. The larger of the two is 1 to `longest` with equal chance; tests
      have it beyond that, up to twice `longest`;
    - "tomita1" to "tomita7": strings of bits (Tomita 1982): 1*; (10)*; no odd number of 0s right after an odd number of
      1s; no 000; an even number of 0s and of 1s; the number of 0s less that of 1s a multiple of 3; 0*1*0*1*. Each
      length from 1 to `longest` that has strings of the answer with equal chance.

    Half of the strings belong to the language.

    Args:
        language: one of `LANGUAGES`.
        longest: 2 to 500, of the Tomita languages 2 to 1000.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: strings in an epoch, 1 to 10,000.

    Raises:
        ValueError: a value is unknown or out of range.
    """
    language = one_of("language", language, LANGUAGES)
    return with_first_face(
        AcceptTask,
        language=language,
        longest=whole_number("longest", longest, 2, 500 if language == "anbn" else MAX_LENGTH),
        alphabet=("a", "b") if language == "anbn" else ("0", "1"),
        answers=NO_OR_YES,
        memory=None,
        **checked_draws(seed, drawn),
    )


def machine_of(language: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The moves of a Tomita language (states, 2), which of its states accept, (states,); the last is never left."""
    moves, accepting = _TOMITA[language]
    dead = len(moves)
    table = np.array([*moves, (dead, dead)], dtype=np.int64)
    return np.where(table == _DEAD, dead, table), np.isin(np.arange(dead + 1), accepting)
