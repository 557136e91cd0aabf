"""Boxes of states that a network never leaves, and the way of its own trajectory into one.

Everything is said of deviations from an orbit that is computed in floating point, the centres. By the mean value
theorem a state that deviates by d from a centre deviates after the step by J d, plus what the centres themselves are
off by, where J is one of the derivatives over all states between them (Moore 1966; for orbits, Zgliczynski 2002). The
derivatives of a period are multiplied before they are applied, so that what turns in a circle does not seem to grow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmviz.base.clock import worked
from lstmviz.cells.step import Array
from lstmviz.proof.balls import Ball, exact, up
from lstmviz.proof.step import ahead, ball_step
from lstmviz.statemap import StateMap, pattern_inputs

_SIZES = (0.3, 0.1, 0.03, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10)  # of the boxes that are tried, in the scale of a state
_PARTS = (1.0, 0.5, 0.1, 1e-2)  # how much of a box its inner box fills
_GUESSES = 20  # of the boxes on the way through a period, at most
_HOPELESS = 1e6  # a side of a box about which nothing is known yet
_NARROW = 1e-6  # a box whose slopes are those of its centre, near enough
_LONGEST = 64  # periods after which a box must have led into its inner box
_SATURATED = 4.0  # a c beyond this tells h no more than its sign: 1 - tanh(4) < 0.001


@dataclass(frozen=True, eq=False)
class Period:
    """One period on boxes around a float orbit of P steps."""

    derivative: Ball
    """(S, S) of the whole period, over all states of the boxes"""
    off: Array
    """(S,) by how much the end of the orbit misses the true one"""
    margin: float
    """the least by which a right letter is ahead in any state of any box"""
    margins: tuple[float, ...]
    """(P,) of each step"""


@dataclass(frozen=True, eq=False)
class Trap:
    """A box that no trajectory leaves which starts in its inner box."""

    centre: Array
    """(S,) the state at the start of a period"""
    orbit: Array
    """(P, S) the states after each step of the period, the last one the centre again"""
    outer: Array
    """(S,) half the sides of the box at the start of each period"""
    inner: Array
    """(S,) those of the inner box"""
    periods: int
    """after so many periods every trajectory is in the inner box again"""
    margin: float
    """the least by which a right letter is ahead in the boxes of all steps, above 0"""
    contraction: float
    """the largest |eigenvalue| of the period at the centre, not enclosed"""


def orbit_of(f: StateMap, start: Array, pattern: Sequence[int]) -> Array:
    """(P, S) the states after each letter, in floating point."""
    return f.states(pattern_inputs(pattern, f.input_size), start)


def follow(f: StateMap, centre: Array, orbit: Array, box: Array, pattern: Sequence[int]) -> Period | None:
    """One period of all states within `box` (S,) of `centre`; None where no enclosure of it is found.

    The derivatives of all steps are taken at once, over boxes that are guessed; that the states stay within them is
    what their product shows afterwards. Where they do not, the boxes that they were shown to need are the next guess:
    each such try makes one more step right for certain. Where they do, the same makes the guess tighter.
    """
    codes = np.array([*pattern, pattern[0]])
    starts = np.concatenate([centre[None], orbit[:-1]])
    images, slopes = ball_step(f, exact(starts), codes[:-1])
    miss = up(np.abs(images.mid - orbit) + images.rad + 2.0**-52 * np.abs(orbit))
    guess, found = _reach(slopes.mid, box, miss), None
    for attempt in range(min(len(orbit) + 2, _GUESSES)):
        _, slopes = ball_step(f, Ball(starts, guess), codes[:-1])
        product, boxes = exact(np.eye(f.size)), [box]
        off: Array = np.zeros(f.size)
        for t in range(len(orbit)):
            product = slopes[t] @ product
            off = up(slopes.size[t] @ off + miss[t])
            boxes.append(up(product.size @ box + off))
        needed = np.stack(boxes)
        if np.isfinite(needed).all() and (needed[:-1] <= guess).all():
            margins = ahead(f, Ball(orbit, needed[1:]), codes[1:])
            found = Period(product, off, float(margins.min()), tuple(margins.tolist()))
            if box.max() < _NARROW or (needed[:-1] >= 0.95 * guess).all():
                return found
        elif found is not None:
            return found
        guess = np.where(np.isfinite(needed[:-1]), needed[:-1], _HOPELESS)
        if found is None and attempt == 0:
            guess[1:] *= 1.2
    return found


def _reach(slopes: Array, box: Array, miss: Array) -> Array:
    """(P, S) boxes that the states before each step may well be in, by the derivatives at the centres alone."""
    product, off, boxes = np.eye(len(box)), np.zeros(len(box)), [box]
    for slope, missed in zip(slopes[:-1], miss[:-1], strict=True):
        product, off = slope @ product, np.abs(slope) @ off + missed
        boxes.append(1.25 * (np.abs(product) @ box + off))
    return np.stack(boxes)


def find_trap(f: StateMap, centre: Array, pattern: Sequence[int], deadline: float = np.inf) -> Trap | None:
    """A trap around a fixed point of a period, the largest of those tried by the deadline; None if none holds."""
    xs = pattern_inputs(pattern, f.input_size)
    _, jacobian = f.after_with_jacobian(centre, xs)
    contraction = float(np.abs(np.linalg.eigvals(jacobian)).max())
    if not contraction < 1:
        return None
    orbit = orbit_of(f, centre, pattern)
    orbit[-1] = centre
    shape = _shape(jacobian)
    far = _saturated(f, centre)
    shapes = [np.where(far > 0, 0.0, shape)] if (far > 0).any() else []
    for size in _SIZES:
        for base in [*shapes, shape]:
            if worked() > deadline:
                return None
            box = np.where((far > 0) & (base == 0), far, size * base)
            one = follow(f, centre, orbit, box, pattern)
            if one is None or not one.margin > 0:
                continue
            found = _trapped(one, box)
            if found is not None:
                inner, periods = found
                return Trap(centre, orbit, box, inner, periods, one.margin, contraction)
    return None


def _shape(jacobian: Array) -> Array:
    """(S,) the sides of a box, relative to each other, that powers of the derivative stay within: the largest is 1."""
    sides, power = np.ones(len(jacobian)), np.abs(np.eye(len(jacobian)))
    product = np.eye(len(jacobian))
    for _ in range(_LONGEST):
        product = jacobian @ product
        power = np.abs(product)
        sides = np.maximum(sides, power.sum(axis=-1))
        if power.sum(axis=-1).max() < 0.5:
            break
    scaled: Array = sides / sides.max()
    return scaled


def _saturated(f: StateMap, centre: Array) -> Array:
    """(S,) for each c so far from 0 that its tanh is at its end, how far it may move; 0 for all else."""
    far = np.zeros(f.size)
    if f.parts == 2:
        for layer in range(len(f.layers)):
            start = (2 * layer + 1) * f.hidden_size
            own = slice(start, start + f.hidden_size)
            far[own] = np.maximum(np.abs(centre[own]) - _SATURATED, 0.0)
    return far


def _trapped(one: Period, box: Array) -> tuple[Array, int] | None:
    """An inner box that comes back into itself without leaving `box` on the way, and after how many periods."""
    product = exact(np.eye(len(box)))
    drift: Array = np.zeros(len(box))
    reach, drifts = list[Array](), list[Array]()
    for _ in range(_LONGEST):
        drift = up(drift + product.size @ one.off)
        product = one.derivative @ product
        if not product.sound:
            return None
        reach.append(product.size)
        drifts.append(drift)
        for part in _PARTS:
            inner = part * box
            ends = [up(size @ inner + by) for size, by in zip(reach, drifts, strict=True)]
            if (ends[-1] <= inner).all() and all((end <= box).all() for end in ends):
                return inner, len(ends)
        if all(((size @ box) * _PARTS[-1] > box).any() for size in reach[-1:]) and len(reach) > 8:
            return None
    return None


@dataclass(frozen=True, eq=False)
class Way:
    """The network's own trajectory, enclosed from its start until it is in a trap."""

    steps: int
    """how many letters are read until then"""
    margin: float
    """the least by which a right letter is ahead on the way, from `first` on; inf if nothing is on the way"""


def way_into(
    f: StateMap,
    trap: Trap,
    start: Array,
    pattern: Sequence[int],
    most: int,
    first: int = 0,
    deadline: float = np.inf,
) -> tuple[Way | None, str]:
    """Follow the trajectory from `start` period by period until it is in the trap's inner box.

    Args:
        f: the network.
        trap: where it is to end, of the same pattern.
        start: (S,) exactly this state.
        pattern: the letters of a period.
        most: so many periods at most.
        first: steps before this one need not be right.
        deadline: by the clock of this thread's work; then it is given up.

    Returns:
        The way, or None and the reason: "wrong" where a prediction cannot be enclosed to be right, "wide" where the
        enclosure grows too wide or overflows, "long" where it has not arrived in so many periods, "time" where it was
        given up.
    """
    size = f.size
    centre, margin = start, np.inf
    box: Array = np.zeros(size)
    entered: Array = np.zeros(size)  # the box at the beginning of the present block of periods
    product, drifts = exact(np.eye(size)), list[tuple[Ball, Array]]()
    for period in range(most + 1):
        if (up(np.abs(centre - trap.centre) + box + 2.0**-52 * np.abs(centre)) <= trap.inner).all():
            return Way(period * len(pattern), margin), ""
        if worked() > deadline:
            return None, "time"
        orbit = orbit_of(f, centre, pattern)
        one = follow(f, centre, orbit, box, pattern)
        if one is None or box.max(initial=0.0) > 1e3:
            return None, "wide"
        counted = one.margins[max(0, first - period * len(pattern)) :]
        if not all(value > 0 for value in counted):
            return None, "wrong" if box.max(initial=0.0) < 1e-6 else "wide"
        margin = min([margin, *counted])
        product = one.derivative @ product
        drifts = [(one.derivative @ by, off) for by, off in drifts] + [(exact(np.eye(size)), one.off)]
        box = up(product.size @ entered + sum((by.size @ off for by, off in drifts), np.zeros(size)))
        if len(drifts) >= min(trap.periods, 16):  # a new block: what was gathered becomes a box
            entered, product, drifts = box, exact(np.eye(size)), []
        centre = orbit[-1]
    return None, "long"
