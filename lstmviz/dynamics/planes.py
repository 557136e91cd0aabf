"""States seen from their principal axes, and which unit tells two clouds of them apart.

Principal component analysis (Pearson 1901; Hotelling 1933) by the singular value decomposition of the centred states.
"""

from dataclasses import dataclass

import numpy as np

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.predictions.patterns import twins
from lstmviz.statemap import StateMap
from lstmviz.tasks import PatternTask, check_pattern


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat of two dimensions in the space of states: centre + a u + b v."""

    centre: Array
    """(S,) the state at a = b = 0"""
    axes: Array
    """(2, S) u and v, of length 1 and at right angles"""
    names: tuple[str, str]
    """what the axes are called"""

    def lift(self, coordinates: Array) -> Array:
        """The states (..., S) at coordinates (..., 2)."""
        return self.centre + coordinates @ self.axes

    def project(self, states: Array) -> Array:
        """The coordinates (..., 2) of the points of the plane that are nearest to states (..., S)."""
        return (states - self.centre) @ self.axes.T


@dataclass(frozen=True, eq=False)
class Principal:
    """The principal axes of some states, K of them, the one along which they vary most first."""

    mean: Array
    """(S,)"""
    axes: Array
    """(K, S) of length 1, at right angles; the heaviest number of each is positive"""
    variances: Array
    """(K,) of the states along each axis, over N - 1"""
    shares: Array
    """(K,) of the whole variance, 0 to 1; zeros where all states are one"""
    names: tuple[str, ...]
    """(S,) what the numbers of a state are called"""

    def project(self, states: Array) -> Array:
        """The coordinates (..., K) of states (..., S)."""
        return (states - self.mean) @ self.axes.T

    def lift(self, coordinates: Array) -> Array:
        """The states (..., S) at coordinates (..., k) on the first k axes, the others at 0."""
        return self.mean + coordinates @ self.axes[: coordinates.shape[-1]]

    def heaviest(self, axis: int, count: int = 2) -> tuple[tuple[str, float], ...]:
        """The numbers that weigh most on an axis, by name, and their loadings (-1 to 1; all squares add up to 1)."""
        loadings = self.axes[axis]
        order = np.argsort(-np.abs(loadings), kind="stable")[:count]
        return tuple((self.names[k], float(loadings[k])) for k in order)

    def plane(self, first: int = 0, second: int = 1) -> Plane:
        """The plane of two of the axes through the mean.

        Raises:
            ValueError: the states have fewer axes, or both are the same.
        """
        for name, axis in (("first", first), ("second", second)):
            whole_number(name, axis, 0, len(self.axes) - 1)
        if first == second:
            raise ValueError(f"`second` must be another axis than `first`; got {second} for both.")
        return Plane(self.mean, self.axes[[first, second]], (f"axis {first + 1}", f"axis {second + 1}"))


@dataclass(frozen=True)
class Gap:
    """How far one number of the state lies apart at two places of the pattern."""

    name: str
    """of the number, such as "h2\""""
    at_first: float
    """its mean at the first place"""
    at_second: float
    """its mean at the second place"""
    spread: float
    """the pooled standard deviation of the two clouds (over n - 1 each)"""
    margin: float
    """what lies free between the ranges of the two clouds; 0 or less where they touch or overlap"""

    @property
    def gap(self) -> float:
        """Between the means."""
        return abs(self.at_first - self.at_second)

    @property
    def over_spread(self) -> float:
        """The gap in units of the spread (Cohen's d); inf where the clouds are points, NaN where these are one."""
        return self.gap / self.spread if self.spread else (np.inf if self.gap else np.nan)

    @property
    def apart(self) -> bool:
        """Whether the ranges do not overlap, so that a threshold tells the places apart every time.

        Ranges must be 1e-6 apart, since rounding alone makes some difference between any two places.
        """
        return self.margin > 1e-6 * max(1.0, abs(self.at_first), abs(self.at_second))


@dataclass(frozen=True)
class Clouds:
    """Two places of the pattern where one letter is read, and every number of the state there."""

    first: int
    """a place of the pattern, 0 to period - 1"""
    second: int
    """a later place with the same letter"""
    labels: tuple[str, str]
    """what the task calls them: b1, b2"""
    periods: int
    """how many last whole periods were looked at: the states in each cloud"""
    gaps: tuple[Gap, ...]
    """the clearest first: those apart by their margin, the others by their gap over the spread"""

    def best(self, part: str = "") -> Gap | None:
        """The number that tells the places apart best, of "h" or of "c" if `part` says so; None if none is finite."""
        return next((gap for gap in self.gaps if gap.name.startswith(part)), None)


def state_names(f: StateMap) -> tuple[str, ...]:
    """What the numbers of a state are called: h1, h2, c1, c2; with several layers h1 of layer 1, ..."""
    return tuple(
        f"{part}{unit + 1}" + (f" of layer {layer + 1}" if len(f.layers) > 1 else "")
        for layer in range(len(f.layers))
        for part in "hc"[: f.parts]
        for unit in range(f.hidden_size)
    )


def unit_plane(f: StateMap, first: int, second: int, held: Array) -> Plane:
    """The plane of two numbers of the state, by their places in it, the others as in the state `held` (S,).

    Raises:
        ValueError: a place is out of range, both are the same, or `held` is no state of this network.
    """
    if np.shape(held) != (f.size,):
        raise ValueError(f"`held` must have shape ({f.size},); got {np.shape(held)}.")
    places = [whole_number("first", first, 0, f.size - 1), whole_number("second", second, 0, f.size - 1)]
    if first == second:
        raise ValueError(f"`second` must be another number of the state than `first`; got {second} for both.")
    centre = np.array(held, dtype=float)
    centre[places] = 0.0
    names = state_names(f)
    return Plane(centre, np.eye(f.size)[places], (names[first], names[second]))


def principal_axes(states: Array, names: tuple[str, ...]) -> Principal:
    """The principal axes of states (..., S), N of them in all: min(N, S) axes.

    The sign of an axis is free; here its heaviest number is positive (the first one of equals).

    Args:
        states: finite, at least two of them.
        names: (S,) as `state_names` gives them.

    Raises:
        ValueError: fewer than two states, numbers that are not finite, or not a name for each number.
    """
    flat = np.asarray(states, dtype=float).reshape(-1, np.shape(states)[-1])
    if len(flat) < 2 or not np.isfinite(flat).all():
        raise ValueError(f"`states` must be at least two states of finite numbers; got shape {np.shape(states)}.")
    if len(names) != flat.shape[-1]:
        raise ValueError(f"`names` must name each of the {flat.shape[-1]} numbers of a state; got {len(names)}.")
    mean = flat.mean(axis=0)
    # Of the triangle that a rotation of the rows leaves: its axes and variances are theirs, and it is small.
    _, sizes, axes = np.linalg.svd(np.linalg.qr(flat - mean, mode="r"), full_matrices=False)
    rounded = np.round(np.abs(axes), 12)  # two loadings that are equal but for rounding must not take turns
    heaviest = np.take_along_axis(axes, rounded.argmax(axis=-1)[:, None], axis=-1)
    axes = np.where(heaviest < 0, -axes, axes)
    variances = sizes**2 / (len(flat) - 1)
    total = variances.sum()
    return Principal(mean, axes, variances, variances / total if total > 0 else np.zeros_like(variances), tuple(names))


def clouds(states: Array, names: tuple[str, ...], task: PatternTask, periods: int = 10) -> tuple[Clouds, ...]:
    """For each two places that only memory tells apart: how far each number of the state differs between them.

    Args:
        states: (T, S) after each step that read a letter of the task.
        names: (S,) as `state_names` gives them.
        task: what was read.
        periods: how many last whole periods to look at, 2 or more; all where the text has fewer.

    Raises:
        TypeError: `task` is no alphabet pattern.
        ValueError: there are not two whole periods, or `periods` is less than 2.
    """
    check_pattern(task)
    whole = len(states) // task.period
    if whole < 2:
        raise ValueError(f"`states` must hold at least two whole periods of {task.period}; got {len(states)} states.")
    count = min(whole_number("periods", periods, 2, 10**6), whole)
    kept = np.asarray(states, dtype=float)[(whole - count) * task.period : whole * task.period]
    by_place = kept.reshape(count, task.period, -1)
    return tuple(
        Clouds(
            first=first,
            second=second,
            labels=(task.labels[first], task.labels[second]),
            periods=count,
            gaps=_gaps(by_place[:, first], by_place[:, second], names),
        )
        for first, second in twins(task)
    )


def _gaps(a: Array, b: Array, names: tuple[str, ...]) -> tuple[Gap, ...]:
    """All numbers of two clouds (n, S), the clearest first; those not finite are left out."""
    gaps = list[Gap]()
    for k in np.flatnonzero(np.isfinite(a).all(axis=0) & np.isfinite(b).all(axis=0)):
        one, other = a[:, k], b[:, k]
        spread = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
        margin = max(one.min() - other.max(), other.min() - one.max())
        gaps.append(Gap(names[k], float(one.mean()), float(other.mean()), float(spread), float(margin)))
    return tuple(sorted(gaps, key=lambda gap: (gap.apart, gap.margin if gap.apart else _finite(gap)), reverse=True))


def _finite(gap: Gap) -> float:
    return gap.over_spread if gap.gap else 0.0
