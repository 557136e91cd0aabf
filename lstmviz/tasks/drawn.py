"""Tasks whose sequences are drawn: afresh for each epoch of a training, and others, apart from those, to test it."""

import json
from abc import abstractmethod
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.tasks.base import NOTHING, Examples, Task, frozen, joined

TESTED_SHARE = 10
"""One of so many different sequences is for tests alone, where a length and an answer have enough of them."""
ENOUGH = 100
"""Where fewer than so many different sequences exist, all are learned from."""
_NO_TESTS = f"the task has no sequences for tests: of each length and answer fewer than {ENOUGH} exist."
_BLOCK = 1024  # sequences that are drawn at once
_TRIES = 64  # how often what fell on the other side is drawn again; after that it has another length and answer
_TRAIN, _TEST, _FACE = range(3)
MAX_DRAWN = 10_000
_OF_ANY_TASK = {one.name for one in fields(Task)}

Kind = TypeVar("Kind", bound="DrawnTask")


@dataclass(frozen=True, eq=False, kw_only=True)
class DrawnTask(Task):
    """A task whose sequences are drawn from `seed`: `drawn` of them for each epoch, by default one.

    Those of `tests` are never among them.
    """

    seed: int
    """what all draws begin from, 0 to 2**32 - 1"""
    drawn: int
    """sequences that an epoch holds"""

    @property
    def key(self) -> str:
        """The kind, and what its draws depend on: all its fields but those of a face."""
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _OF_ANY_TASK}
        return json.dumps({"kind": type(self).__name__} | own)

    @property
    def fixed(self) -> bool:
        """False: each epoch draws its own."""
        return False

    def examples(self, epoch: int = 0, held_out: float = 0.0, *, count: int = 1) -> Examples:
        """The sequences drawn for epoch number `epoch`, or for `count` epochs from that one on, one after the other.

        Raises:
            ValueError: `held_out` is not 0: what is held out of a drawn task are its `tests`.
        """
        if held_out:
            raise ValueError(
                "`held_out` must be 0 for a task that draws its sequences: its tests are never learned from anyway."
            )
        return _part(self, _TRAIN, epoch * self.drawn, (epoch + count) * self.drawn)

    def tests(self, count: int = 256) -> Examples:
        """`count` sequences, 1 to 100,000, that no epoch ever holds: always the same ones."""
        count = whole_number("count", count, 1, 100_000)
        return _part(self, _TEST, 0, count)

    def example(self, number: int) -> Self:
        """The same task with another face: sequence `number`, 0 to 2**32 - 1, drawn as the training's are."""
        number = whole_number("number", number, 0, MAX_SEED)
        one = _part(self, _FACE, number, number + 1)
        return replace(self, **self.face_of(one))

    def face_of(self, examples: Examples) -> dict[str, Any]:
        """The fields of a face: the one sequence of `examples`."""
        x, y, scored = examples.inputs[0], examples.targets[0], examples.scored[0]
        return {
            "x": frozen(x.copy()),
            "y": frozen(y.copy()),
            "scored": frozen(scored.copy()),
            "labels": self.names(x, self.alphabet),
            "target_labels": tuple(
                name if asked else "" for name, asked in zip(self.names(y, self.answers), scored, strict=True)
            ),
            "legal": None if examples.legal is None else frozen(examples.legal[0].copy()),
        }

    def names(self, values: NDArray[Any], symbols: tuple[str, ...]) -> tuple[str, ...]:
        """What is read or due at each step, as a reader would write it."""
        if symbols:
            return tuple("" if one == NOTHING else symbols[one] for one in values)
        return tuple(" ".join(f"{number:.3g}" for number in row) for row in values)

    @abstractmethod
    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """`count` sequences, those for tests where a kind of task draws them otherwise."""

    def for_tests(self, drawn: Examples) -> NDArray[np.bool_]:
        """(N,) which of the sequences are for tests alone: by a digest of each, so that it is always the same."""
        return _digests(drawn, self.seed) % np.uint64(TESTED_SHARE) == 0

    def both_sides(self, drawn: Examples) -> NDArray[np.bool_]:
        """(N,) whether of the length and answer of each there are enough sequences for tests to have their share."""
        return np.ones(len(drawn.lengths), dtype=bool)

    def redraw(self, rng: np.random.Generator, drawn: Examples, *, testing: bool = False) -> Examples:
        """Others in the place of these, of the same lengths and answers where a kind of task has such."""
        return self.draw(rng, len(drawn.lengths), testing=testing)


def with_first_face(kind: type[Kind], **fields: Any) -> Kind:
    """A task of this kind whose face is its example number 0."""
    none: dict[str, Any] = {"x": np.empty((0, 1)), "y": np.empty((0, 1)), "scored": np.empty(0, bool)}
    return kind(**(none | fields), labels=(), target_labels=()).example(0)


def _part(task: DrawnTask, purpose: int, first: int, last: int) -> Examples:
    """Sequences `first` to `last`, without this one, of those for a purpose."""
    source = _Source(task.key, task)
    parts = [
        _block(source, purpose, k).rows(slice(max(first - k * _BLOCK, 0), last - k * _BLOCK))
        for k in range(first // _BLOCK, (last - 1) // _BLOCK + 1)
    ]
    return joined(parts) if len(parts) > 1 else parts[0]


@dataclass(frozen=True)
class _Source:
    """A task by what its draws depend on, whichever sequence is its face."""

    key: str
    task: DrawnTask = field(compare=False)


@lru_cache(maxsize=64)
def _block(source: _Source, purpose: int, number: int) -> Examples:
    """Block `number` of the sequences for a purpose: always the same."""
    task, testing = source.task, purpose == _TEST
    rng = np.random.default_rng((task.seed, purpose, number))
    drawn = (_picked if type(task).redraw is DrawnTask.redraw else _corrected)(task, rng, testing)
    for array in drawn:
        if array is not None:
            array.flags.writeable = False  # it is kept, and parts of it are handed out
    return drawn


def _picked(task: DrawnTask, rng: np.random.Generator, testing: bool) -> Examples:
    """A block of a task whose sequences are all drawn alike: those on the right side, of as many as it takes."""
    parts, missing = list[Examples](), _BLOCK
    for _ in range(1000):
        share = TESTED_SHARE if testing else 1
        drawn = task.draw(rng, min(2 * share * missing, _BLOCK) if parts else _BLOCK, testing=testing)
        right = np.flatnonzero((task.for_tests(drawn) & task.both_sides(drawn)) == testing)[:missing]
        if len(right):
            parts.append(drawn if len(right) == _BLOCK else drawn.rows(right))
        missing -= len(right)
        if not missing:
            return joined(parts) if len(parts) > 1 else parts[0]
    raise ValueError(_NO_TESTS)


def _corrected(task: DrawnTask, rng: np.random.Generator, testing: bool) -> Examples:
    """A block in which what is on the wrong side is drawn again, of the same length and answer."""
    drawn = task.draw(rng, _BLOCK, testing=testing)
    for attempt in range(1, 1000):
        apart = task.for_tests(drawn) & task.both_sides(drawn)
        wrong = np.flatnonzero(apart != testing)
        if not len(wrong):
            return drawn
        some = drawn.rows(wrong)
        again = task.redraw(rng, some, testing=testing)
        fresh = np.flatnonzero(~task.both_sides(some)) if attempt % _TRIES else np.arange(len(wrong))
        if len(fresh):
            again = _placed(again, fresh, task.draw(rng, len(fresh), testing=testing))
        drawn = _placed(drawn, wrong, again)
    raise ValueError(_NO_TESTS)


def _placed(drawn: Examples, rows: NDArray[np.intp], others: Examples) -> Examples:
    """`drawn` with `others` in these rows."""
    order = np.arange(len(drawn.lengths))
    order[rows] = len(order) + np.arange(len(rows))
    return joined([drawn, others]).rows(order)


def _digests(drawn: Examples, seed: int) -> NDArray[np.uint64]:
    """A number of 64 bits for each sequence: FNV-1a over its steps, then splitmix64's mixing, from `seed`."""
    inputs = drawn.inputs
    words = inputs.astype(np.uint64) if inputs.ndim == 2 else inputs.view(np.uint64).sum(axis=-1, dtype=np.uint64)
    digest = np.full(len(inputs), 0xCBF29CE484222325 ^ seed, dtype=np.uint64)
    for t in range(inputs.shape[1]):
        digest = np.where(t < drawn.lengths, (digest ^ (words[:, t] + np.uint64(1))) * np.uint64(0x100000001B3), digest)
    digest = (digest ^ (digest >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    digest = (digest ^ (digest >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = digest ^ (digest >> np.uint64(31))
    return mixed
