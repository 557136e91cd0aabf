"""Sequences with one question, asked when the last symbol has been read: do the halves match, which came first?"""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import true_or_false, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.tasks.base import NOTHING, Examples
from lstmviz.tasks.drawn import ENOUGH, MAX_DRAWN, DrawnTask, with_first_face

NO_OR_YES = ("no", "yes")
MAX_LENGTH = 1000
MAX_HALF = 500


@dataclass(frozen=True, eq=False, kw_only=True)
class AnswerTask(DrawnTask):
    """A task that asks once, at the last step of a sequence."""

    def reading(self, symbols: str) -> Self:
        """The same task with a face of one's own, such as "1212", and the answer that is right for it.

        Raises:
            ValueError: a symbol is not in the alphabet, or the sequence is none of which the task can ask.
        """
        codes = codes_of(symbols, self.alphabet)
        answer = self.answer_of(codes)
        drawn = asked_at_the_end(codes[None], np.array([len(codes)]), np.array([answer]))
        return replace(self, **self.face_of(drawn))

    @abstractmethod
    def answer_of(self, codes: NDArray[np.int64]) -> int:
        """Which of `answers` is right for a sequence.

        Raises:
            ValueError: it is none of which the task can ask.
        """


def codes_of(symbols: str, alphabet: tuple[str, ...]) -> NDArray[np.int64]:
    """`symbols`, of one character each, as indices in `alphabet`."""
    if not isinstance(symbols, str) or not 1 <= len(symbols) <= MAX_LENGTH:
        raise ValueError(f"`symbols` must be a string of 1 to {MAX_LENGTH} symbols.")
    for symbol in symbols:
        if symbol not in alphabet:
            raise ValueError(f"`symbols` must hold {' '.join(alphabet)} only; got {symbol!r}.")
    return np.array([alphabet.index(symbol) for symbol in symbols], dtype=np.int64)


def asked_at_the_end(inputs: NDArray[np.int64], lengths: NDArray[np.int64], answers: NDArray[Any]) -> Examples:
    """Sequences with their answers due at their last steps; what stands behind their ends is made 0."""
    places = np.arange(inputs.shape[1])
    last = places == lengths[:, None] - 1
    inputs = np.where(places < lengths[:, None], inputs, 0)
    return Examples(inputs, np.where(last, answers[:, None], NOTHING).astype(np.int64), last, lengths)


def answers_of(drawn: Examples) -> NDArray[np.int64]:
    """(N,) the answers due at the ends."""
    answers: NDArray[np.int64] = drawn.targets[np.arange(len(drawn.lengths)), drawn.lengths - 1]
    return answers


@dataclass(frozen=True, eq=False, kw_only=True)
class MatchingTask(AnswerTask):
    """Digits of which the second half repeats the first, or mirrors it, or does neither."""

    longest: int
    """digits in the longest half"""
    palindrome: bool
    """whether the second half is to be the first one backwards"""

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """Halves of each length, and both answers, with equal chance."""
        return self._filled(rng, rng.integers(1, self.longest + 1, count), rng.integers(0, 2, count))

    def redraw(self, rng: np.random.Generator, drawn: Examples, *, testing: bool = False) -> Examples:
        """Others of the same lengths and answers."""
        return self._filled(rng, drawn.lengths // 2, answers_of(drawn))

    def both_sides(self, drawn: Examples) -> NDArray[np.bool_]:
        """Where the digits of a half, or of a whole that does not match, make enough sequences."""
        halves = 10.0 ** (drawn.lengths // 2)
        return np.where(answers_of(drawn) == 1, halves, halves * (halves - 1)) >= ENOUGH

    def _filled(self, rng: np.random.Generator, halves: NDArray[np.int64], answers: NDArray[np.int64]) -> Examples:
        places = np.arange(self.longest)
        first, second = (rng.integers(0, 10, (len(halves), self.longest)) for _ in range(2))
        inside = places < halves[:, None]
        # Entry j of a half that matches is that of the first half, or of the first half backwards.
        source = np.where(inside, halves[:, None] - 1 - places, 0) if self.palindrome else places[None]
        wanted = np.take_along_axis(first, np.broadcast_to(source, first.shape), axis=1)
        second = np.where(answers[:, None] == 1, wanted, second)
        while len(same := np.flatnonzero((answers == 0) & ((second == wanted) | ~inside).all(axis=1))):
            second[same] = rng.integers(0, 10, (len(same), self.longest))
        digits = np.zeros((len(halves), 2 * self.longest), dtype=np.int64)
        digits[:, : self.longest] = first
        rows = np.broadcast_to(np.arange(len(halves))[:, None], inside.shape)
        digits[rows[inside], (halves[:, None] + places)[inside]] = second[inside]
        return asked_at_the_end(digits, 2 * halves, answers)

    def answer_of(self, codes: NDArray[np.int64]) -> int:
        """1 if the halves match.

        Raises:
            ValueError: there are no two halves of one length.
        """
        if len(codes) % 2:
            raise ValueError(f"`symbols` must have two halves of one length; got {len(codes)} digits.")
        half = len(codes) // 2
        return int((codes[half:] == (codes[:half][::-1] if self.palindrome else codes[:half])).all())


def matching_task(longest: int = 10, palindrome: bool = False, *, seed: int = 0, drawn: int = 1) -> MatchingTask:
    """Digits read one by one; when the last has been read: does the second half repeat the first?

    As in the lecture notes: halves of 1 to `longest` digits with equal chance, half of the sequences matching, drawn
    afresh for each update. A sequence that does not match differs from one that does in at least one digit.

    Args:
        longest: digits in the longest half, 1 to 500.
        palindrome: ask instead whether the second half is the first one backwards.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: sequences in an epoch, 1 to 10,000; the notes have one.

    Raises:
        ValueError: a value is out of range.
    """
    return with_first_face(
        MatchingTask,
        longest=whole_number("longest", longest, 1, MAX_HALF),
        palindrome=true_or_false("palindrome", palindrome),
        alphabet=tuple("0123456789"),
        answers=NO_OR_YES,
        memory=None,
        **checked_draws(seed, drawn),
    )


def checked_draws(seed: int, drawn: int) -> dict[str, int]:
    """The fields that every drawn task has."""
    return {"seed": whole_number("seed", seed, 0, MAX_SEED), "drawn": whole_number("drawn", drawn, 1, MAX_DRAWN)}


@dataclass(frozen=True, eq=False, kw_only=True)
class ParityTask(AnswerTask):
    """Bits, and whether the ones among them are even or odd."""

    longest: int
    """bits in the longest sequence"""

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """Each length, and both answers, with equal chance."""
        return self._filled(rng, rng.integers(1, self.longest + 1, count), rng.integers(0, 2, count))

    def redraw(self, rng: np.random.Generator, drawn: Examples, *, testing: bool = False) -> Examples:
        """Others of the same lengths and answers."""
        return self._filled(rng, drawn.lengths, answers_of(drawn))

    def both_sides(self, drawn: Examples) -> NDArray[np.bool_]:
        """Half of the sequences of a length have either answer."""
        return 2.0 ** (drawn.lengths - 1) >= ENOUGH

    def _filled(self, rng: np.random.Generator, lengths: NDArray[np.int64], answers: NDArray[np.int64]) -> Examples:
        bits = rng.integers(0, 2, (len(lengths), self.longest))
        places = np.arange(self.longest)
        before = np.where(places < lengths[:, None] - 1, bits, 0).sum(axis=1)
        bits[np.arange(len(lengths)), lengths - 1] = (answers - before) % 2
        return asked_at_the_end(bits, lengths, answers)

    def answer_of(self, codes: NDArray[np.int64]) -> int:
        """1 if the ones are odd."""
        return int(codes.sum() % 2)


def parity_task(longest: int = 10, *, seed: int = 0, drawn: int = 1) -> ParityTask:
    """Bits read one by one; when the last has been read: are the ones among them even or odd?

    Sequences have 1 to `longest` bits with equal chance. Every single bit counts, so there is nothing that could be
    learned in part.

    Args:
        longest: 1 to 1000.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: sequences in an epoch, 1 to 10,000.

    Raises:
        ValueError: a value is out of range.
    """
    return with_first_face(
        ParityTask,
        longest=whole_number("longest", longest, 1, MAX_LENGTH),
        alphabet=("0", "1"),
        answers=("even", "odd"),
        memory=None,
        **checked_draws(seed, drawn),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class OrderTask(AnswerTask):
    """A long sequence of a, b, c and d with an X or a Y in two places, and which two they were."""

    length: int
    """steps of the shortest sequence"""

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """All four answers with equal chance."""
        return self._filled(rng, rng.integers(0, 4, count))

    def redraw(self, rng: np.random.Generator, drawn: Examples, *, testing: bool = False) -> Examples:
        """Others with the same answers."""
        return self._filled(rng, answers_of(drawn))

    def _filled(self, rng: np.random.Generator, answers: NDArray[np.int64]) -> Examples:
        count, tenth = len(answers), self.length // 10
        longest = self.length + tenth
        lengths = rng.integers(self.length, longest + 1, count)
        symbols = rng.integers(2, 6, (count, longest))  # a, b, c, d
        rows = np.arange(count)
        symbols[:, 0] = 0  # E
        symbols[rows, lengths - 1] = 1  # B
        symbols[rows, rng.integers(tenth, 2 * tenth + 1, count)] = 6 + answers // 2  # X, Y
        symbols[rows, rng.integers(5 * tenth, 6 * tenth + 1, count)] = 6 + answers % 2
        return asked_at_the_end(symbols, lengths, answers)

    def answer_of(self, codes: NDArray[np.int64]) -> int:
        """0 to 3: XX, XY, YX, YY.

        Raises:
            ValueError: X and Y do not stand in just two places.
        """
        marks = codes[codes >= 6] - 6
        if len(marks) != 2:
            raise ValueError(f"`symbols` must have an X or a Y in two places; got {len(marks)}.")
        return int(2 * marks[0] + marks[1])


def order_task(length: int = 100, *, seed: int = 0, drawn: int = 1) -> OrderTask:
    """Two symbols, X or Y each, far apart in a long sequence: in which order did they come?

    The temporal order problem of Hochreiter & Schmidhuber (1997, experiment 6a): E, then a, b, c and d at random, B at
    the end; at one of the steps 10 to 20 and at one of 50 to 60 an X or a Y; 100 to 110 steps, each number with equal
    chance. `length` makes all of it longer or shorter in proportion. The answers, their Q, R, S and U, are named by
    what was read.

    Args:
        length: steps of the shortest sequence, 10 to 1000.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: sequences in an epoch, 1 to 10,000.

    Raises:
        ValueError: a value is out of range.
    """
    return with_first_face(
        OrderTask,
        length=whole_number("length", length, 10, MAX_LENGTH),
        alphabet=tuple("EBabcdXY"),
        answers=("XX", "XY", "YX", "YY"),
        memory=None,
        **checked_draws(seed, drawn),
    )
