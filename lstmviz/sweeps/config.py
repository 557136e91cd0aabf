"""What a sweep trains: networks over tasks, cells, sizes, learning rates and seeds, cut into bundles of lanes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from numbers import Integral
from typing import Any, NamedTuple

from lstmviz._checks import one_of, real_number, whole_number
from lstmviz.fused import along_units, lanes
from lstmviz.limits import MAX_EPOCHS, MAX_FUSED_SIZE, MAX_LR, MAX_SEED
from lstmviz.models import CELLS, ModelConfig, parameter_count
from lstmviz.tasks import PatternTask, alphabet_task
from lstmviz.training import TrainConfig, snapshot_epochs

LANES = lanes(4)
"""Networks in a bundle at most: as many as share a vector in float32."""
FAIRNESS = ("hidden_size", "parameters")
MAX_NETWORKS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A unit of work: networks that differ by their seed alone, trained side by side in the lanes of one vector."""

    task: str
    """the pattern of the text"""
    repeats: int
    """how often it stands there"""
    cell: str
    hidden_size: int
    lr: float
    epochs: int
    seeds: tuple[int, ...]
    """at most 16"""
    snapshots: int
    """about how many times the last pattern is looked at; see `lstmviz.training.snapshot_epochs`"""

    @property
    def text(self) -> PatternTask:
        """The text that is learned."""
        return alphabet_task(self.task, self.repeats)

    @property
    def training(self) -> TrainConfig:
        """How each of its networks is trained."""
        return TrainConfig(epochs=self.epochs, lr=self.lr, snapshots=self.snapshots)

    @property
    def kept(self) -> tuple[int, ...]:
        """The epochs at which the last pattern is looked at."""
        return snapshot_epochs(self.epochs, self.snapshots)

    def network(self, seed: int) -> ModelConfig:
        """What `build_model` makes one of its networks from."""
        letters = len(self.text.alphabet)
        return ModelConfig(
            cell=self.cell, input_size=letters, hidden_size=self.hidden_size, output_size=letters, seed=seed
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
    """patterns, as `alphabet_task` takes them"""
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
    """how often the pattern stands in the text, 2 to 1000"""
    snapshots: int = 60
    """about how many times the last pattern is looked at, 2 to 1000"""

    def __post_init__(self) -> None:
        repeats = whole_number("repeats", self.repeats, 2, 1000)
        checked: dict[str, Any] = {
            "task": tuple(alphabet_task(one, 2).pattern for one in _several(self.task)),
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
            wanted, letters = self._wanted(task, max(sizes)), len(alphabet_task(task, 2).alphabet)
            if parameter_count(cell, letters, MAX_FUSED_SIZE) < wanted:
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
        parts = [seeds[k : k + LANES] for k in range(0, len(seeds), LANES)]
        for task, size, lr, part, cell in product(tasks, sizes, rates, parts, cells):
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
        letters, wanted = len(alphabet_task(task, 2).alphabet), self._wanted(task, hidden_size)
        return min(range(1, MAX_FUSED_SIZE + 1), key=lambda size: abs(parameter_count(cell, letters, size) - wanted))

    @property
    def kernels(self) -> list[tuple[str, int]]:
        """A cell and a size for each kernel that it needs."""
        tasks, cells, sizes, _, _ = self.axes
        found = dict[tuple[str, bool], int]()
        for task, cell, size in product(tasks, cells, sizes):
            units = self.size_of(cell, task, size)
            found.setdefault((cell, along_units(units)), units)
        return [(cell, units) for (cell, _), units in found.items()]

    def _wanted(self, task: str, hidden_size: int) -> int:
        """The parameters of the cell that has the most of them."""
        letters = len(alphabet_task(task, 2).alphabet)
        return max(parameter_count(cell, letters, hidden_size) for cell in self.axes.cells)


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
