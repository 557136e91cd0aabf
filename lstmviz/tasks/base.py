"""What a task is: data and an objective, and one sequence of the data to look at."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NOTHING = -1
"""The target of a step at which nothing is asked, and of the padding behind a shorter sequence."""


class Examples(NamedTuple):
    """What an epoch of a training learns from: N sequences, padded behind their ends to the T steps of the longest."""

    inputs: NDArray[Any]
    """(N, T) int64, the symbols read as indices in the task's `alphabet`, or (N, T, Q) float64; padded with 0"""
    targets: NDArray[Any]
    """(N, T) int64, what is to be said as indices in `answers`, or (N, T, P) float64; `NOTHING` where no
    symbol is asked"""
    scored: NDArray[np.bool_]
    """(N, T) which steps are learned from"""
    lengths: NDArray[np.int64]
    """(N,) the steps of each sequence"""
    held_out: NDArray[np.bool_] | None = None
    """(N, T) which steps are asked too, but never learned from; None where there are none"""
    legal: NDArray[np.bool_] | None = None
    """(N, T, V) which symbols may come, where several may; None where the target is the one right answer"""

    def rows(self, which: Any) -> "Examples":
        """Some of the sequences, by their numbers or as a slice, with as many steps as the longest of them."""
        lengths = self.lengths[which]
        steps = lengths.max(initial=1)
        return Examples(
            self.inputs[which, :steps],
            self.targets[which, :steps],
            self.scored[which, :steps],
            lengths,
            None if self.held_out is None else self.held_out[which, :steps],
            None if self.legal is None else self.legal[which, :steps],
        )

    def padded(self, steps: int) -> "Examples":
        """The same sequences with padding up to so many steps."""
        more = steps - self.inputs.shape[1]
        if not more:
            return self

        def wider(array: NDArray[Any], fill: int = 0) -> NDArray[Any]:
            return np.pad(array, [(0, 0), (0, more), *[(0, 0)] * (array.ndim - 2)], constant_values=fill)

        return Examples(
            wider(self.inputs),
            wider(self.targets, NOTHING if self.targets.ndim == 2 else 0),
            wider(self.scored),
            self.lengths,
            None if self.held_out is None else wider(self.held_out),
            None if self.legal is None else wider(self.legal),
        )


def joined(parts: Sequence[Examples]) -> Examples:
    """All sequences of several sets of one task, in their order."""
    steps = max(part.inputs.shape[1] for part in parts)
    columns: Any = zip(*(part.padded(steps) for part in parts), strict=True)
    whole: list[Any] = [None if column[0] is None else np.concatenate(column) for column in columns]
    return Examples(*whole)


@dataclass(frozen=True, eq=False, kw_only=True)
class Task(ABC):
    """What a network reads, what is asked of it and at which steps, and one sequence of it to look at: its face.

    The face has T steps; a training reads `examples`. A network reads `input_size` numbers a step, V symbols one-hot or
    Q numbers, and tells `output_size`: a logit for each of the answers, or P numbers. Compare `key` to compare tasks.
    """

    alphabet: tuple[str, ...]
    """the symbols that are read: symbol k is `alphabet[k]`; empty where numbers are read"""
    answers: tuple[str, ...]
    """what can be said, likewise; the alphabet again where the next symbol is asked"""
    x: NDArray[Any]
    """(T,) int64, the symbol read at each step, as an index in `alphabet`, or (T, Q) float64; read-only"""
    y: NDArray[Any]
    """(T,) int64, what is to be said, as an index in `answers`, `NOTHING` where nothing is asked, or (T, P) float64, 0
    there"""
    scored: NDArray[np.bool_]
    """(T,) at which steps something is asked; read-only"""
    labels: tuple[str, ...]
    """(T,) names of what is read, with equal symbols told apart where the task can"""
    target_labels: tuple[str, ...]
    """(T,) names of what is to be said; empty where nothing is asked"""
    memory: int | None
    """how many steps, the present one included, are always enough to know what is asked; None where that is not known
    or has no end"""
    legal: NDArray[np.bool_] | None = None
    """(T, V) which symbols may come at each step, where several may; None where `y` is the one right answer"""
    tolerance: float | None = None
    """how far a number that is told may be from its target and still be right; None for symbols"""

    @property
    @abstractmethod
    def key(self) -> str:
        """What decides about a training on it, as JSON: equal for equal tasks, whichever sequence is their face."""

    @property
    def of_numbers(self) -> bool:
        """Whether numbers are told and the squared error is learned from; else symbols, by their cross entropy."""
        return not self.answers

    @property
    def input_size(self) -> int:
        """Numbers read at each step: V for symbols, which are read one-hot, else Q."""
        return len(self.alphabet) or self.x.shape[1]

    @property
    def output_size(self) -> int:
        """Numbers told at each step: one for each answer, else P."""
        return len(self.answers) or self.y.shape[1]

    @property
    def fixed(self) -> bool:
        """Whether every epoch holds the same examples; else each draws its own."""
        return True

    @property
    def judged(self) -> NDArray[np.bool_]:
        """(T,) the steps of the face that all have to be right for the task to be solved."""
        return self.scored

    def inputs(self) -> NDArray[Any]:
        """The face as the network reads it: (T, V) float32, 1 in the symbol's column and 0 elsewhere, or (T, Q)."""
        return self.one_hot() if self.alphabet else self.x

    def one_hot(self) -> NDArray[np.float32]:
        """The symbols of the face as the network reads them, (T, V): 1 in the symbol's column and 0 elsewhere.

        Raises:
            ValueError: the task reads numbers, which `inputs` gives.
        """
        if not self.alphabet:
            raise ValueError("`one_hot` is for tasks that read symbols; take `inputs()` where numbers are read.")
        return np.eye(len(self.alphabet), dtype=np.float32)[self.x]

    def examples(self, epoch: int = 0, held_out: float = 0.0) -> Examples:
        """What epoch number `epoch` (0, 1, ...) learns from: the face alone, unless a kind of task has more.

        Args:
            epoch: which; the same number gives the same examples.
            held_out: share of the steps, the last ones, that are read but not learned from, 0 to 0.9.

        Raises:
            ValueError: nothing that is asked is left to learn from, or the task has no part that could be held out.
        """
        steps = len(self.x)
        learned = np.arange(steps) < steps - min(round(held_out * steps), steps - 1)
        return one_sequence(self, learned)

    def tests(self, count: int = 256) -> Examples:
        """What a trained network is tested on: what is never learned from, or all examples where there is no such part.

        count: how many sequences, where they are drawn.
        """
        return self.examples()


def side_by_side(faces: Sequence[Task]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The faces of tasks that read alike, for a network to read together.

    Returns:
        (T, N, V) their inputs, padded with 0 behind their ends to the T steps of the longest; and (T, N) which steps
        are a face's own.
    """
    lengths = [len(face.x) for face in faces]
    inputs = np.zeros((max(lengths), len(faces), faces[0].input_size))
    for n, face in enumerate(faces):
        inputs[: lengths[n], n] = face.inputs()
    return inputs, np.arange(len(inputs))[:, None] < lengths


def check_symbols(task: Any) -> None:
    """Do nothing if `task` reads symbols and asks for symbols.

    Raises:
        TypeError: it is a task of numbers, or none.
    """
    if not isinstance(task, Task) or not task.alphabet or task.of_numbers:
        kind = type(task).__name__
        raise TypeError(f"`task` must be one that reads symbols and asks for them; got a value of type {kind}.")


def one_sequence(task: Task, learned: NDArray[np.bool_]) -> Examples:
    """The face of `task` as its only example, of which the steps of `learned`, (T,), are learned from.

    Raises:
        ValueError: at none of them anything is asked.
    """
    scored, others = task.scored & learned, task.scored & ~learned
    if not scored.any():
        raise ValueError("`held_out` must leave a step that is asked for the training to learn from.")
    return Examples(
        inputs=task.x[None],
        targets=task.y[None],
        scored=scored[None],
        lengths=np.array([len(task.x)]),
        held_out=others[None] if others.any() else None,
        legal=None if task.legal is None else task.legal[None],
    )


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """`array`, read-only from now on."""
    array.flags.writeable = False
    return array
