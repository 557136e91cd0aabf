"""What a sweep trains: networks over tasks, cells, sizes, learning rates and seeds, cut into bundles of lanes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from math import prod
from numbers import Integral
from typing import Any, NamedTuple

from lstmviz.base.checks import one_of, real_number, whole_number
from lstmviz.base.limits import MAX_EPOCHS, MAX_FUSED_SIZE, MAX_LR, MAX_SEED
from lstmviz.fused import UNITS_FROM, along_units, lanes
from lstmviz.models import CELLS, ModelConfig, parameter_count
from lstmviz.predictions.outcome import MARGIN
from lstmviz.tasks import PatternTask, Task, alphabet_task, is_pattern, named_task
from lstmviz.training import TrainConfig, snapshot_epochs

LANES = lanes(4)
"""Networks in a bundle at most: as many as share a vector in float32."""
FAIRNESS = ("hidden_size", "parameters")
AT_ONCE = 4
"""The same where the task is no pattern: each is trained by itself there, and takes a second or so."""
MOST_STEPS = 24
"""So many steps of such a task's face are looked at, the last ones."""
MAX_NETWORKS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A unit of work: networks that differ by their seed alone, trained side by side in the lanes of one vector."""

    task: str
    """the pattern of the text, or the name of another task"""
    repeats: int
    """how often a pattern stands there"""
    cell: str
    hidden_size: int
    lr: float
    epochs: int
    seeds: tuple[int, ...]
    """at most 16"""
    snapshots: int
    """about how many times the networks are looked at; see `lstmviz.training.snapshot_epochs`"""

    @property
    def learned(self) -> Task:
        """What is learned; its face is the sequence that is looked at."""
        return _learned(self.task, self.repeats)

    @property
    def text(self) -> PatternTask:
        """The text that is learned.

        Raises:
            TypeError: the task is no pattern.
        """
        task = self.learned
        if not isinstance(task, PatternTask):
            raise TypeError(f"`task` must be a pattern to have a text; got {self.task!r}.")
        return task

    @property
    def steps(self) -> slice:
        """The steps of the face that are looked at: the last pattern, or the last ones up to the last question."""
        return steps_of(self.learned)

    @property
    def margin(self) -> float:
        """By more than so much what is due must lead: `outcome.MARGIN`; a number need only be within its tolerance."""
        return 0.0 if self.learned.of_numbers else MARGIN

    @property
    def parameters(self) -> int:
        """How many numbers each of its networks learns."""
        return _parameters(self.cell, self.task, self.hidden_size)

    @property
    def training(self) -> TrainConfig:
        """How each of its networks is trained."""
        return TrainConfig(epochs=self.epochs, lr=self.lr, snapshots=self.snapshots)

    @property
    def kept(self) -> tuple[int, ...]:
        """The epochs at which the networks are looked at."""
        return snapshot_epochs(self.epochs, self.snapshots)

    def network(self, seed: int) -> ModelConfig:
        """What `build_model` makes one of its networks from."""
        task = self.learned
        return ModelConfig(
            cell=self.cell,
            input_size=task.input_size,
            hidden_size=self.hidden_size,
            output_size=task.output_size,
            seed=seed,
        )


class Axes(NamedTuple):
    """The values that a sweep combines."""

    tasks: tuple[str, ...]
    cells: tuple[str, ...]
    hidden_sizes: tuple[int, ...]
    lrs: tuple[float, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SweepConfig:
    """Networks to be trained: every combination of the tasks, cells, sizes, rates and seeds; checked when made.

    `task`, `cells`, `hidden_size` and `lr` take one value or several, `seeds` several; they hold tuples once made.

    Raises:
        ValueError: a value is out of range, given twice, or there are more than a million networks.
    """

    task: str | Iterable[str] = "abcabC"
    """patterns, as `alphabet_task` takes them, or names of other tasks, as `named_task` does"""
    cells: str | Iterable[str] = ("rnn", "lstm")
    """of "rnn", "rnn_relu", "lstm" and "gru\""""
    hidden_size: int | Iterable[int] = 3
    """1 to 64"""
    lr: float | Iterable[float] = 0.1
    """Adam's learning rates, above 0, at most 10"""
    seeds: Iterable[int] = range(25)
    """of the first weights, as `build_model` takes them; one number alone, which could mean so many, is refused"""
    epochs: int = 3000
    """updates of every network, 1 to 100,000"""
    match: str = "hidden_size"
    """what the cells have in common: "hidden_size", or "parameters": then `hidden_size` is that of the cell with the
    most gates, and each other cell has as many units as bring its count of parameters nearest to that one's"""
    repeats: int = 100
    """how often a pattern stands in its text, 2 to 1000"""
    snapshots: int = 60
    """about how many times the networks are looked at, 2 to 1000"""

    def __post_init__(self) -> None:
        repeats = whole_number("repeats", self.repeats, 2, 1000)
        checked: dict[str, Any] = {
            "task": tuple(_checked(one) for one in _several(self.task)),
            "cells": tuple(one_of("cells", one, CELLS) for one in _several(self.cells)),
            "hidden_size": tuple(
                whole_number("hidden_size", one, 1, MAX_FUSED_SIZE) for one in _several(self.hidden_size)
            ),
            "lr": tuple(real_number("lr", one, 0.0, MAX_LR, above=True) for one in _several(self.lr)),
            "seeds": tuple(whole_number("seeds", one, 0, MAX_SEED) for one in _seeds(self.seeds)),
            "epochs": whole_number("epochs", self.epochs, 1, MAX_EPOCHS),
            "match": one_of("match", self.match, FAIRNESS),
            "repeats": repeats,
            "snapshots": whole_number("snapshots", self.snapshots, 2, 1000),
        }
        for name, value in checked.items():
            if isinstance(value, tuple):
                if len(value) > MAX_NETWORKS:
                    raise ValueError(f"`{name}` must hold at most {MAX_NETWORKS:,} values.")
                if not value:
                    raise ValueError(f"`{name}` must hold at least one value; got none.")
                if len(set(value)) < len(value):
                    raise ValueError(f"`{name}` must hold each value once; got {list(value)!r:.80}.")
            object.__setattr__(self, name, value)
        self._check_match()
        if self.networks > MAX_NETWORKS:
            raise ValueError(f"A sweep must have at most {MAX_NETWORKS:,} networks; this one has {self.networks:,}.")

    def _check_match(self) -> None:
        """Complain where a cell cannot have as many parameters as the one with the most gates."""
        tasks, cells, sizes, _, _ = self.axes
        if self.match == "hidden_size":
            return
        for task, cell in product(tasks, cells):
            wanted = self._wanted(task, max(sizes))
            if _parameters(cell, task, MAX_FUSED_SIZE) < wanted:
                raise ValueError(
                    f"`hidden_size` must be smaller for `match`: the largest cell has {wanted:,} parameters with "
                    f"{max(sizes)} units, and {cell} needs more than {MAX_FUSED_SIZE} units for as many."
                )

    @property
    def axes(self) -> Axes:
        """All values, each axis as a tuple."""
        return Axes(*(_several(axis) for axis in (self.task, self.cells, self.hidden_size, self.lr, self.seeds)))

    @property
    def networks(self) -> int:
        """How many networks are trained."""
        return prod(len(axis) for axis in self.axes)

    def bundles(self) -> Iterator[Bundle]:
        """The units of work, in the order of the axes; the cells take turns, so that all of them grow at once."""
        tasks, cells, sizes, rates, seeds = self.axes
        for task, size, lr in product(tasks, sizes, rates):
            together = LANES if is_pattern(task) else AT_ONCE
            parts = [seeds[k : k + together] for k in range(0, len(seeds), together)]
            for part, cell in product(parts, cells):
                yield Bundle(
                    task=task,
                    repeats=self.repeats,
                    cell=cell,
                    hidden_size=self.size_of(cell, task, size),
                    lr=lr,
                    epochs=self.epochs,
                    seeds=part,
                    snapshots=self.snapshots,
                )

    def size_of(self, cell: str, task: str, hidden_size: int) -> int:
        """The units that `cell` has where the sweep says `hidden_size`."""
        if self.match == "hidden_size":
            return hidden_size
        wanted = self._wanted(task, hidden_size)
        return min(range(1, MAX_FUSED_SIZE + 1), key=lambda size: abs(_parameters(cell, task, size) - wanted))

    @property
    def kernels(self) -> list[tuple[str, int]]:
        """A cell and a size for each kernel that it needs."""
        tasks, cells, sizes, _, _ = self.axes
        found = dict[tuple[str, bool], int]()
        for task, cell, size in product(tasks, cells, sizes):
            # What is no pattern is trained along the units at any size.
            units = self.size_of(cell, task, size)
            units = units if is_pattern(task) else max(units, UNITS_FROM)
            found.setdefault((cell, along_units(units)), units)
        return [(cell, units) for (cell, _), units in found.items()]

    def _wanted(self, task: str, hidden_size: int) -> int:
        """The parameters of the cell that has the most of them."""
        return max(_parameters(cell, task, hidden_size) for cell in self.axes.cells)


def _checked(name: Any) -> str:
    """The task's one name."""
    if isinstance(name, str) and not is_pattern(name):
        named_task(name)  # refuses a series that will not do
        return name
    return alphabet_task(name, 2).pattern


@lru_cache(maxsize=64)
def _learned(task: str, repeats: int) -> Task:
    return alphabet_task(task, repeats) if is_pattern(task) else named_task(task)


def _parameters(cell: str, task: str, hidden_size: int) -> int:
    learned = _learned(task, 2)
    return parameter_count(cell, learned.input_size, hidden_size, learned.output_size)


def steps_of(task: Task) -> slice:
    """The steps of the face of `task` that a sweep looks at, as `Bundle.steps` says."""
    if isinstance(task, PatternTask):
        return task.last_pattern
    end = int(task.scored.nonzero()[0][-1]) + 1
    return slice(max(end - MOST_STEPS, 0), end)


def _seeds(value: Any) -> tuple[Any, ...]:
    """`value` as several seeds."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        raise ValueError(f"`seeds` must be several numbers: range({value}) for so many seeds, ({value},) for that one.")
    return _several(value)


def _several(value: Any) -> tuple[Any, ...]:
    """`value` as several values; one alone, or a text, stands for itself. Of more than are allowed, one too many."""
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return tuple(islice(value, MAX_NETWORKS + 1))
    return (value,)
