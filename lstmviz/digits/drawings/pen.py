"""A pen for training: strokes written by an unsteady hand, and the ink that they leave, all from a generator passed in.

Points are (x, y) in about [0, 1], x to the right and y down, as on the pad.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lstmviz.digits.prepare import prepare

Stroke = NDArray[np.float64]
"""(points, 2)"""

_SIDE = 56  # pixels of the paper: twice as many as the networks see, so that little is lost
_MARGIN = 0.12  # of the paper, around what is written
_BETWEEN = 6  # points between two that a curve goes through
_WIDTHS = (0.04, 0.15)  # of the pen, by the longer side of what is written: MNIST's hairlines and its felt pens


def line(*points: tuple[float, float]) -> Stroke:
    """Straight from point to point."""
    return np.array(points, dtype=float)


def curve(*points: tuple[float, float]) -> Stroke:
    """Smoothly through the points: a Catmull-Rom spline."""
    p = np.array([points[0], *points, points[-1]], dtype=float)
    t = np.arange(_BETWEEN)[:, None] / _BETWEEN
    weights = np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2])
    parts = [np.einsum("kto,kp->tp", weights, p[k : k + 4]) / 2 for k in range(len(points) - 1)]
    return np.concatenate([*parts, p[-1:]])


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Stroke:
    """Part of an ellipse about (x, y) with these radii, between two angles in degrees: 0 to the right, 90 down."""
    angle = np.radians(np.linspace(start, end, max(6, int(abs(end - start) / 18) + 2)))
    return np.stack([x + wide * np.cos(angle), y + high * np.sin(angle)], axis=1)


def joined(*strokes: Stroke) -> Stroke:
    """One stroke through all points, the pen never lifted."""
    return np.concatenate(strokes)


def by_hand(strokes: Sequence[Stroke], rng: Generator, *, turn: float = 4.0, slant: float = 0.1) -> list[Stroke]:
    """The strokes bent, turned and slanted, as nobody writes twice alike.

    turn: degrees, and slant: share of the height, standard deviations of both.
    """
    angle, lean = np.radians(rng.normal(0, turn)), rng.normal(0, slant)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[np.exp(rng.normal(0, 0.12)), -lean], [0, 1]])
    waves, phases = rng.normal(0, 5, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    reach = rng.uniform(0, 0.025)
    written = []
    for stroke in strokes:
        points = _dense(stroke)
        for wave, phase in zip(waves, phases, strict=True):
            points = points + reach * np.sin(points @ wave.T + phase)
        written.append((points - 0.5) @ matrix.T + 0.5)
    return written


def _dense(stroke: Stroke) -> Stroke:
    """The same path with points close enough to be bent."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    counts = np.maximum(1, np.ceil(lengths / 0.15).astype(int))
    parts = [a + (b - a) * (np.arange(n) / n)[:, None] for a, b, n in zip(stroke, stroke[1:], counts, strict=False)]
    return np.concatenate([*parts, stroke[-1:]])


def ink(strokes: Sequence[Stroke], width: float, side: int = _SIDE) -> NDArray[np.float64]:
    """(side, side) in [0, 1]: the strokes on paper, with all of them in the middle and nothing cut off.

    width: of the pen, as a share of the longer side of what is written.
    """
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = (1 - 2 * _MARGIN) * side / max((high - low).max(), 1e-9)
    middle = (low + high) / 2
    return stamped(
        [(stroke - middle) * scale + side / 2 for stroke in strokes], width * scale * (high - low).max(), side
    )


def stamped(strokes: Sequence[Stroke], width: float, side: int) -> NDArray[np.float64]:
    """(side, side): ink of strokes given in pixels, by each pixel's distance to the nearest of them."""
    y, x = (np.indices((side, side)) + 0.5).reshape(2, -1, 1)
    start = np.concatenate([stroke[:-1] for stroke in strokes])
    way = np.concatenate([np.diff(stroke, axis=0) for stroke in strokes])
    along = ((x - start[:, 0]) * way[:, 0] + (y - start[:, 1]) * way[:, 1]) / np.maximum((way**2).sum(axis=1), 1e-12)
    along = along.clip(0, 1)
    far = ((x - start[:, 0] - along * way[:, 0]) ** 2 + (y - start[:, 1] - along * way[:, 1]) ** 2).min(axis=1)
    return (width / 2 - np.sqrt(far) + 0.5).clip(0, 1).reshape(side, side)


def image(strokes: Sequence[Stroke], rng: Generator) -> NDArray[np.uint8]:
    """(28, 28), 255 for ink: what the networks see of strokes written with a pen of some width.

    Raises:
        NotADigit: there is no shape in them.
    """
    seen = prepare(ink(strokes, rng.uniform(*_WIDTHS)))
    return np.rint(255 * seen).astype(np.uint8)
