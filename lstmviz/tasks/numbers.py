"""Numbers in, numbers out: series of one's own, and the problems by which memory for numbers is measured."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import real_number, true_or_false, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.tasks.base import Examples, Task, frozen, one_sequence
from lstmviz.tasks.drawn import DrawnTask, with_first_face
from lstmviz.tasks.matching import checked_draws

MAX_STEPS = 100_000
MAX_NUMBERS = 4096
MAX_LENGTH = 2000


@dataclass(frozen=True, eq=False, kw_only=True)
class NumberTask(Task):
    """One sequence of numbers, and numbers to be told at each of its steps, or at the last; by squared error.

    Its last steps can be held back: they are read, but never learned from. Where a series was scaled, `mean` and
    `spread` lead back: number * spread + mean.
    """

    learned: int
    """steps that are learned from; those behind them are for tests"""
    mean: NDArray[np.float64] | None = None
    """(Q,) what was taken from each number of a series before it was divided by `spread`"""
    spread: NDArray[np.float64] | None = None
    """(Q,)"""

    @property
    def key(self) -> str:
        """A digest of the numbers, and what is learned from."""
        numbers = sha256(self.x.tobytes() + self.y.tobytes() + self.scored.tobytes()).hexdigest()
        about = {"learned": self.learned, "tolerance": self.tolerance}
        return json.dumps({"kind": "numbers", "numbers": numbers, "sizes": [self.x.shape[1], self.y.shape[1]]} | about)

    def examples(self, epoch: int = 0, held_out: float = 0.0) -> Examples:
        """The sequence; `held_out` is a share of the steps that are learned from, the last of these.

        Raises:
            ValueError: nothing that is asked is left to learn from.
        """
        kept = self.learned - min(round(held_out * self.learned), self.learned - 1)
        return one_sequence(self, np.arange(len(self.x)) < kept)

    def tests(self, count: int = 256) -> Examples:
        """The sequence, asked at the steps that are not learned from, or at all where none is held back."""
        behind = np.arange(len(self.x)) >= self.learned
        return one_sequence(self, behind if (behind & self.scored).any() else ~behind)._replace(held_out=None)


def number_task(
    x: Any, y: Any, *, at_end: bool = False, test: float = 0.0, tolerance: float | None = None, scaling: Any = None
) -> NumberTask:
    """The task of telling the numbers `y[t]` when `x[0]` to `x[t]` have been read, by their squared error.

    Args:
        x: (T, Q), or (T,) for one number a step; finite; 2 to 100,000 steps of up to 4096 numbers.
        y: (T, P), or (T,).
        at_end: ask at the last step alone.
        test: share of the steps, the last ones, that are read but never learned from, 0 to 0.9.
        tolerance: how far a number may be from its target and still be right, above 0; a tenth of the standard
            deviation of the targets learned from, or of 1 where they do not vary, if left out.
        scaling: the mean and the spread, (Q,) each, by which a series was scaled, to be remembered.

    Raises:
        ValueError: the arrays do not fit each other, are not finite, or an option is out of range.
    """
    x, y = _columns("x", x), _columns("y", y)
    if len(x) != len(y):
        raise ValueError(f"`y` must have a row for each of the {len(x)} steps of `x`; got {len(y)}.")
    steps = len(x)
    scored = np.arange(steps) == steps - 1 if true_or_false("at_end", at_end) else np.ones(steps, dtype=bool)
    learned = steps - min(round(real_number("test", test, 0.0, 0.9) * steps), steps - 1)
    if not scored[:learned].any():
        raise ValueError("`test` must be 0 where the last step alone is asked.")
    if tolerance is None:
        tolerance = 0.1 * (float(y[:learned][scored[:learned]].std()) or 1.0)
    return NumberTask(
        alphabet=(),
        answers=(),
        x=frozen(x),
        y=frozen(y),
        scored=frozen(scored),
        labels=_names(x, np.ones(steps, dtype=bool)),
        target_labels=_names(y, scored),
        memory=None,
        tolerance=real_number("tolerance", tolerance, 0.0, 1e9, above=True),
        learned=learned,
        mean=None if scaling is None else frozen(scaling[0]),
        spread=None if scaling is None else frozen(scaling[1]),
    )


def noise_task(steps: int = 2000, width: int = 4, seed: int = 0) -> NumberTask:
    """Normal noise in, other normal noise out: the notes' measurement of time, `randn(T, 4)` twice.

    Nothing can be learned of it but by heart; what it shows is how long an update takes.

    Args:
        steps: T, 2 to 100,000.
        width: numbers a step, read and told, 1 to 4096.
        seed: what they are drawn from, 0 to 2**32 - 1.

    Raises:
        ValueError: a value is out of range.
    """
    size = whole_number("steps", steps, 2, MAX_STEPS), whole_number("width", width, 1, MAX_NUMBERS)
    rng = np.random.default_rng(whole_number("seed", seed, 0, MAX_SEED))
    return number_task(rng.standard_normal(size), rng.standard_normal(size))


def sine_task(steps: int = 400, period: float = 25.0, *, test: float = 0.25) -> NumberTask:
    """A sine of amplitude 1, read value by value; at each the next one is asked, right within 0.05.

    Args:
        steps: T, 2 to 100,000.
        period: in steps, 2 to 100,000.
        test: share of the steps, the last ones, that are not learned from, 0 to 0.9.

    Raises:
        ValueError: a value is out of range.
    """
    steps = whole_number("steps", steps, 2, MAX_STEPS)
    wave = np.sin(2 * np.pi * np.arange(steps + 1) / real_number("period", period, 2.0, MAX_STEPS))
    return number_task(wave[:-1], wave[1:], test=test, tolerance=0.05)


def series_task(values: Any, *, test: float = 0.2) -> NumberTask:
    """A series of one's own, read value by value; at each the next one is asked.

    It is scaled by the mean and the spread (standard deviation) of what is learned from alone, so that nothing is known
    of the rest; `mean` and `spread` of the task lead back.

    Args:
        values: (T + 1,) or (T + 1, Q), finite, 3 to 100,001 rows.
        test: share of the steps, the last ones, that are not learned from, 0 to 0.9.

    Raises:
        ValueError: the values are none of this kind, or do not vary where they are learned from.
    """
    values = _columns("values", values, least=3)
    steps = len(values) - 1
    learned = steps - min(round(real_number("test", test, 0.0, 0.9) * steps), steps - 1)
    part = values[: learned + 1]
    mean, spread = part.mean(axis=0), part.std(axis=0)
    if not (spread > 0).all():
        raise ValueError(f"`values` must vary in the first {learned + 1} rows, which are learned from.")
    scaled = (values - mean) / spread
    return number_task(scaled[:-1], scaled[1:], test=test, scaling=(mean, spread))


@dataclass(frozen=True, eq=False, kw_only=True)
class AddingTask(DrawnTask):
    """Pairs of a number and a mark; at the end, the sum of the two marked numbers is asked."""

    length: int
    """pairs in the shortest sequence"""

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """Each length with equal chance, numbers from -1 to 1."""
        longest = self.length + self.length // 10
        lengths, rows = rng.integers(self.length, longest + 1, count), np.arange(count)
        values, marks = rng.uniform(-1, 1, (count, longest)), np.zeros((count, longest))
        first = rng.integers(0, 10, count)
        second = rng.integers(0, self.length // 2 - 2, count)  # of the first T/2 - 1 pairs, the one marked left out
        second += second >= first
        marks[:, 0] = marks[rows, lengths - 1] = -1
        marks[rows, first] = marks[rows, second] = 1
        # Where the first pair is marked, its number counts as 0.
        sums = np.where(first == 0, 0, values[rows, first]) + np.where(second == 0, 0, values[rows, second])
        inside = np.arange(longest) < lengths[:, None]
        last = np.arange(longest) == lengths[:, None] - 1
        return Examples(
            np.stack([values, marks], axis=-1) * inside[..., None],
            np.where(last, 0.5 + sums[:, None] / 4, 0.0)[..., None],
            last,
            lengths,
        )


def adding_task(length: int = 100, *, seed: int = 0, drawn: int = 1) -> AddingTask:
    """Two of many numbers are marked; when the last pair has been read: what is their sum?

    The adding problem of Hochreiter & Schmidhuber (1997, experiment 4): `length` to a tenth more pairs; numbers from -1
    to 1; a mark of 1 at one of the first ten pairs and at one other of the first length / 2 - 1, of -1 at the first and
    the last pair, of 0 elsewhere. The target is 0.5 + sum / 4, right within 0.04. Should the first pair be marked, its
    number counts as 0.

    Args:
        length: pairs in the shortest sequence, 24 to 2000.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: sequences in an epoch, 1 to 10,000.

    Raises:
        ValueError: a value is out of range.
    """
    return with_first_face(
        AddingTask,
        length=whole_number("length", length, 24, MAX_LENGTH),
        alphabet=(),
        answers=(),
        memory=None,
        tolerance=0.04,
        **checked_draws(seed, drawn),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class EchoTask(DrawnTask):
    """Noise, and what it was some steps ago."""

    back: int
    """steps"""
    steps: int
    """of each sequence"""

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """Numbers from -1 to 1."""
        values = rng.uniform(-1, 1, (count, self.steps, 1))
        echo = np.zeros_like(values)
        echo[:, self.back :] = values[:, : self.steps - self.back]
        scored = np.broadcast_to(np.arange(self.steps) >= self.back, values.shape[:2])
        return Examples(values, echo, scored, np.full(count, self.steps))


def echo_task(back: int = 3, steps: int = 50, *, seed: int = 0, drawn: int = 1) -> EchoTask:
    """Numbers from -1 to 1, read one by one; at each, the one of `back` steps ago is asked, right within 0.1.

    Args:
        back: how many steps ago, 1 to 1000; before that nothing is asked.
        steps: of each sequence, more than `back`, up to 2000.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: sequences in an epoch, 1 to 10,000.

    Raises:
        ValueError: a value is out of range.
    """
    back = whole_number("back", back, 1, 1000)
    return with_first_face(
        EchoTask,
        back=back,
        steps=whole_number("steps", steps, back + 1, MAX_LENGTH),
        alphabet=(),
        answers=(),
        memory=back + 1,
        tolerance=0.1,
        **checked_draws(seed, drawn),
    )


def _columns(name: str, values: Any, least: int = 2) -> NDArray[np.float64]:
    """`values` as (T, Q), a copy."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"`{name}` must be an array of numbers, (T, Q) or (T,).") from None
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or not 1 <= array.shape[1] <= MAX_NUMBERS:
        raise ValueError(f"`{name}` must have shape (T, Q) or (T,), Q from 1 to {MAX_NUMBERS}; got {np.shape(values)}.")
    if not least <= len(array) <= MAX_STEPS + 1:
        raise ValueError(f"`{name}` must have {least} to {MAX_STEPS} rows; got {len(array)}.")
    if len(wrong := np.argwhere(~np.isfinite(array))):
        raise ValueError(f"`{name}` must be finite; row {wrong[0][0]} is not.")
    return array


def _names(rows: NDArray[np.float64], asked: NDArray[np.bool_]) -> tuple[str, ...]:
    """The numbers of each step, as a reader would write them; nothing where nothing is asked."""
    return tuple(" ".join(f"{one:.3g}" for one in row) if due else "" for row, due in zip(rows, asked, strict=True))
