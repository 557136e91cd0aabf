"""Rows that differ in one number, as a chart shows them: steps, nodes or batch."""

from dataclasses import dataclass

from lstmviz.timing.model import crossing
from lstmviz.timing.results import Measurement, Results
from lstmviz.timing.row import Row, rows_against

AXES = {"steps": "steps", "nodes": "hidden_size", "batch": "batch"}
"""The number of a row that each chart goes along."""


@dataclass(frozen=True)
class Series:
    """What one way took along an axis, as far as it was measured."""

    what: str
    measured: tuple[Measurement, ...]

    @property
    def x(self) -> tuple[int, ...]:
        """The places, ascending."""
        return tuple(getattr(one.row, AXES[self.what]) for one in self.measured)

    @property
    def seconds(self) -> tuple[float, ...]:
        """Of an epoch."""
        return tuple(one.epoch_seconds for one in self.measured)


def series(results: Results, way: str, what: str, cell: str, backward: bool) -> Series:
    """The rows of a chart that `results` have, by the number of threads that was fastest."""
    rows: tuple[Row, ...] = rows_against(what, cell, backward=(backward,))
    found = [results.best(row, way) for row in rows]
    return Series(what, tuple(one for one in found if one is not None))


def overtakes(one: Series, other: Series) -> float | None:
    """From where on `one` is faster than `other`; None where it never is, or has no place in common with it."""
    common = sorted(set(one.x) & set(other.x))
    if not common:
        return None
    times = [[each.seconds[each.x.index(place)] for place in common] for each in (one, other)]
    return crossing(common, *times)
