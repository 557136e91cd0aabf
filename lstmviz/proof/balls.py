"""Interval arithmetic on arrays, each number known as a middle and a radius, rounded outwards.

A ball holds every real number within `rad` of `mid` (Rump 1999, whose form suits matrix products: a product of balls is
three products of ordinary matrices). What an operation rounds in float64 is bounded and added to the radius: a sum of n
products is off by at most n units of 2^-53 of the sum of their sizes, in whatever order it is taken, and whether or not
products are fused into it (Higham 2002, section 3.1). Radii are not negative, so that their own rounding is covered by
making each a little larger.

numpy's exp and tanh are not correctly rounded. They are taken to be right to `ULPS` units in the last place; the
libraries that numpy is built on state 4 or less, and a test compares them with 50 digits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmviz.cells.step import Array

ULPS = 16
"""Units in the last place by which exp and tanh may be off: what their libraries state, four times over."""

_EPS = 2.0**-52
_TINY = 1e-300  # more than all that underflows in a sum of some thousand terms
_WIDER = 1 + 2.0**-40  # more than what some hundred sums and products of radii round


@dataclass(frozen=True, eq=False)
class Ball:
    """An array of balls."""

    mid: Array
    rad: Array

    @property
    def low(self) -> Array:
        """A number that none of what each ball holds is below."""
        return np.nextafter(self.mid - self.rad, -np.inf)

    @property
    def high(self) -> Array:
        """A number that none of what each ball holds is above."""
        return np.nextafter(self.mid + self.rad, np.inf)

    @property
    def size(self) -> Array:
        """The largest magnitude in each ball, or more."""
        return up(np.abs(self.mid) + self.rad)

    @property
    def sound(self) -> bool:
        """Whether all of it is finite: what has overflowed holds nothing."""
        return bool(np.isfinite(self.mid).all() and np.isfinite(self.rad).all())

    def __add__(self, other: "Ball") -> "Ball":
        mid = self.mid + other.mid
        return Ball(mid, up(self.rad + other.rad + _EPS * np.abs(mid)))

    def __sub__(self, other: "Ball") -> "Ball":
        return self + Ball(-other.mid, other.rad)

    def __mul__(self, other: "Ball") -> "Ball":
        mid = self.mid * other.mid
        rad = np.abs(self.mid) * other.rad + self.rad * (np.abs(other.mid) + other.rad)
        return Ball(mid, up(rad + _EPS * np.abs(mid)))

    def __matmul__(self, other: "Ball") -> "Ball":
        mid = self.mid @ other.mid
        mine, theirs = np.abs(self.mid), np.abs(other.mid)
        rounding = (self.mid.shape[-1] + 2) * _EPS
        rad = mine @ (other.rad + rounding * theirs) + self.rad @ (theirs + other.rad)
        return Ball(mid, up(rad))

    def __getitem__(self, place: Any) -> "Ball":
        return Ball(self.mid[place], self.rad[place])


def up(radius: Array) -> Array:
    """A radius, or a bound made of radii, with what its own computation may have rounded away."""
    return radius * _WIDER + _TINY


def exact(array: Array) -> Ball:
    """Balls of single numbers."""
    return Ball(array, np.zeros_like(array))


def between(low: Array, high: Array) -> Ball:
    """The balls that hold everything from `low` to `high`."""
    mid = low + (high - low) / 2
    return Ball(mid, up(np.maximum(high - mid, mid - low) + _EPS * np.abs(mid)))


def stack(balls: list[Ball], axis: int = 0) -> Ball:
    """Balls one after the other along an axis that they have."""
    return Ball(np.concatenate([b.mid for b in balls], axis), np.concatenate([b.rad for b in balls], axis))


def tanh(a: Ball) -> Ball:
    """The hyperbolic tangent, which grows with its argument."""
    low, high = np.tanh(a.low), np.tanh(a.high)
    return between(low - ULPS * _EPS * np.abs(low) - _TINY, high + ULPS * _EPS * np.abs(high) + _TINY)


def sigmoid(a: Ball) -> Ball:
    """1 / (1 + exp(-a)), which grows with its argument."""
    with np.errstate(over="ignore", under="ignore"):  # exp(-a) = inf gives the right lower end, 0
        low, high = (1 / (1 + np.exp(-end)) for end in (a.low, a.high))
    # The sum and the quotient round once each; exp(-a) is at most all of the sum, so its error counts once.
    off = (ULPS + 4) * _EPS
    return between(np.maximum(low - off * low - _TINY, 0.0), high + off * high + _TINY)


def slope_of_tanh(value: Ball) -> Ball:
    """1 - tanh(a)^2 where tanh(a) is within `value`: at least 0."""
    return _at_least_zero(exact(np.ones_like(value.mid)) - value * value)


def slope_of_sigmoid(value: Ball) -> Ball:
    """sigmoid(a) (1 - sigmoid(a)) where sigmoid(a) is within `value`: at least 0."""
    return _at_least_zero(value * (exact(np.ones_like(value.mid)) - value))


def relu(a: Ball) -> Ball:
    """max(0, a)."""
    return between(np.maximum(a.low, 0.0), np.maximum(a.high, 0.0))


def slope_of_relu(a: Ball) -> Ball:
    """All slopes that max(0, a) has between two points of `a`: 0 below 0, 1 above, all from 0 to 1 where it holds 0."""
    return between((a.low > 0).astype(float), (a.high > 0).astype(float))


def _at_least_zero(a: Ball) -> Ball:
    return between(np.maximum(a.low, 0.0), np.maximum(a.high, 0.0))
