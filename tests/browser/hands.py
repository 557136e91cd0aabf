"""Digits as several people write them: strokes to be drawn on a pad, each drawing the same whenever it is asked for.

The skeletons are ours, by hand: each digit in three hands or more, with and without serifs and bars, open and closed,
in one stroke or two. A seeded hand then gives each its size, place, slant, width and tremor.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, radians, sin

Point = tuple[float, float]
Stroke = Sequence[Point]

_BETWEEN = 3  # points on a curve between two of a skeleton


@dataclass(frozen=True)
class Written:
    """A digit as it is to be drawn."""

    digit: int
    hand: int
    """which way of writing it, from 0"""
    strokes: tuple[tuple[Point, ...], ...]
    """points in [0, 1], from the upper left corner of the pad"""
    width: int
    """of the pen, 0 (very thin) to 4 (very thick)"""


def drawings(seed: int = 0) -> Iterator[Written]:
    """Every digit in every hand: thin and thick, small and large, in the middle and in corners."""
    rng = random.Random(seed)
    for digit, hands in _SKELETONS.items():
        for number, strokes in enumerate(hands):
            yield _written(rng, digit, number, strokes)


def skeleton(digit: int, hand: int = 0) -> tuple[tuple[Point, ...], ...]:
    """A digit without tremor, in the middle of the pad."""
    return tuple(tuple((0.25 + 0.5 * x, 0.12 + 0.76 * y) for x, y in stroke) for stroke in _SKELETONS[digit][hand])


def _written(rng: random.Random, digit: int, hand: int, strokes: Sequence[Stroke]) -> Written:
    high = rng.uniform(0.42, 0.85)
    wide = high * rng.uniform(0.58, 0.78)
    slant, turn = rng.uniform(-0.08, 0.22), radians(rng.uniform(-6, 6))
    left = rng.uniform(0.08, 0.92 - wide)
    top = rng.uniform(0.07, 0.93 - high)
    # A broad pen fills the loops of a small digit, as it does on paper.
    width = rng.choice([1, 2, 3, 4] if high > 0.65 else [0, 1, 2])

    def place(x: float, y: float) -> Point:
        x, y = x - 0.5 + slant * (0.5 - y) + rng.gauss(0, 0.012), y - 0.5 + rng.gauss(0, 0.012)
        x, y = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
        return _inside(left + wide * (x + 0.5)), _inside(top + high * (y + 0.5))

    return Written(digit, hand, tuple(tuple(place(x, y) for x, y in stroke) for stroke in strokes), width)


def _inside(share: float) -> float:
    return min(max(share, 0.03), 0.97)


def _line(*points: Point) -> Stroke:
    """Straight from point to point."""
    return [(a + (c - a) * k / 2, b + (d - b) * k / 2) for (a, b), (c, d) in pairwise(points) for k in range(2)] + [
        points[-1]
    ]


def _curve(*points: Point) -> Stroke:
    """Smoothly through the points: a Catmull-Rom spline."""
    ends = [points[0], *points, points[-1]]
    found = list[Point]()
    for before, here, there, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for k in range(_BETWEEN):
            t = k / _BETWEEN
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
            four = (before, here, there, after)
            x, y = (sum(w * p[axis] for w, p in zip(weights, four, strict=True)) / 2 for axis in (0, 1))
            found.append((x, y))
    return [*found, points[-1]]


def _arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Stroke:
    """Part of an ellipse about (x, y), between two angles in degrees, 0 to the right and 90 down."""
    count = max(8, round(abs(end - start) / 24))
    angles = [(start + (end - start) * k / count) * pi / 180 for k in range(count + 1)]
    return [(x + wide * cos(a), y + high * sin(a)) for a in angles]


_SKELETONS: dict[int, list[list[Stroke]]] = {
    0: [
        [_arc(0.5, 0.5, 0.4, 0.5, -90, -450)],
        [_arc(0.5, 0.5, 0.48, 0.48, -60, 300)],  # round, the other way
        [_curve((0.55, 0.0), (0.15, 0.3), (0.15, 0.75), (0.5, 1.0), (0.85, 0.7), (0.8, 0.25), (0.45, 0.02))],
    ],
    1: [
        [_line((0.5, 0.0), (0.5, 1.0))],
        [_line((0.3, 0.22), (0.55, 0.0), (0.55, 1.0))],  # with a flag
        [_line((0.7, 0.0), (0.35, 1.0))],
        [_line((0.28, 0.2), (0.5, 0.0), (0.5, 1.0)), _line((0.25, 1.0), (0.75, 1.0))],  # with a foot
    ],
    2: [
        [
            _curve((0.12, 0.25), (0.3, 0.03), (0.65, 0.02), (0.82, 0.25), (0.6, 0.58), (0.1, 0.98)),
            _line((0.1, 0.98), (0.92, 0.98)),
        ],
        [
            _curve(
                (0.1, 0.22),
                (0.45, 0.0),
                (0.82, 0.22),
                (0.62, 0.6),
                (0.3, 0.9),
                (0.16, 0.85),
                (0.3, 0.76),
                (0.6, 0.95),
                (0.95, 0.9),
            )
        ],  # with a loop
        [[*_curve((0.15, 0.1), (0.6, 0.0), (0.85, 0.2), (0.7, 0.5), (0.12, 1.0)), *_line((0.12, 1.0), (0.9, 0.94))]],
    ],
    3: [
        [
            _curve(
                (0.15, 0.12),
                (0.5, 0.0),
                (0.8, 0.2),
                (0.65, 0.42),
                (0.38, 0.48),
                (0.7, 0.54),
                (0.88, 0.76),
                (0.55, 1.0),
                (0.1, 0.88),
            )
        ],
        [
            [
                *_line((0.15, 0.02), (0.82, 0.02), (0.42, 0.4)),
                *_curve((0.42, 0.4), (0.8, 0.5), (0.85, 0.8), (0.5, 1.0), (0.1, 0.9)),
            ]
        ],  # flat on top
        [_arc(0.42, 0.25, 0.38, 0.25, -150, 90), _arc(0.42, 0.75, 0.42, 0.25, -90, 150)],
    ],
    4: [
        [_line((0.25, 0.0), (0.12, 0.58), (0.9, 0.58)), _line((0.72, 0.05), (0.68, 1.0))],  # open
        [_line((0.66, 1.0), (0.66, 0.0), (0.05, 0.66), (0.95, 0.66))],  # closed
        [
            _curve((0.18, 0.05), (0.12, 0.35), (0.2, 0.5), (0.5, 0.52), (0.78, 0.45)),
            _line((0.82, 0.0), (0.74, 1.0)),
        ],  # round
    ],
    5: [
        [
            [
                *_line((0.25, 0.02), (0.2, 0.45)),
                *_curve((0.2, 0.45), (0.55, 0.38), (0.88, 0.65), (0.6, 0.97), (0.1, 0.9)),
            ],
            _line((0.25, 0.02), (0.88, 0.02)),
        ],
        [
            [
                *_line((0.85, 0.0), (0.25, 0.04), (0.18, 0.42)),
                *_curve((0.18, 0.42), (0.6, 0.4), (0.85, 0.7), (0.55, 1.0), (0.08, 0.92)),
            ]
        ],  # in one stroke
        [[*_line((0.2, 0.0), (0.2, 0.46)), *_arc(0.42, 0.7, 0.42, 0.3, -120, 140)], _line((0.2, 0.0), (0.8, 0.0))],
    ],
    6: [
        [
            _curve(
                (0.72, 0.0),
                (0.35, 0.25),
                (0.15, 0.65),
                (0.3, 0.95),
                (0.62, 0.98),
                (0.82, 0.75),
                (0.6, 0.52),
                (0.3, 0.58),
                (0.17, 0.75),
            )
        ],
        [[*_curve((0.6, 0.0), (0.28, 0.3), (0.15, 0.7)), *_arc(0.46, 0.74, 0.32, 0.26, 180, -180)]],
        [
            _curve(
                (0.85, 0.08),
                (0.5, 0.05),
                (0.18, 0.45),
                (0.2, 0.85),
                (0.55, 1.0),
                (0.85, 0.78),
                (0.6, 0.55),
                (0.22, 0.68),
            )
        ],  # bent over
    ],
    7: [
        [_line((0.1, 0.03), (0.88, 0.03), (0.4, 1.0))],
        [_line((0.1, 0.03), (0.9, 0.03), (0.4, 1.0)), _line((0.3, 0.52), (0.85, 0.5))],  # with a bar
        [
            _line((0.12, 0.18), (0.14, 0.02)),
            _curve((0.14, 0.04), (0.5, 0.06), (0.86, 0.02), (0.6, 0.45), (0.48, 1.0)),
        ],  # with a hook
    ],
    8: [
        [
            _curve(
                (0.78, 0.15),
                (0.5, 0.0),
                (0.22, 0.2),
                (0.45, 0.45),
                (0.8, 0.75),
                (0.5, 1.0),
                (0.18, 0.78),
                (0.5, 0.47),
                (0.8, 0.2),
                (0.7, 0.08),
            )
        ],
        [_arc(0.5, 0.24, 0.3, 0.24, 90, 450), _arc(0.5, 0.74, 0.38, 0.26, -90, 270)],  # two rings
        [
            _curve(
                (0.5, 0.46),
                (0.2, 0.22),
                (0.5, 0.0),
                (0.78, 0.22),
                (0.5, 0.46),
                (0.15, 0.76),
                (0.5, 1.0),
                (0.85, 0.76),
                (0.5, 0.46),
            )
        ],
    ],
    9: [
        [[*_arc(0.46, 0.26, 0.34, 0.26, 0, -360), *_line((0.8, 0.26), (0.74, 1.0))]],
        [
            _arc(0.45, 0.27, 0.32, 0.27, -20, -350),
            _curve((0.78, 0.05), (0.78, 0.6), (0.62, 0.95), (0.25, 0.98)),
        ],  # with a tail
        [_curve((0.8, 0.12), (0.4, 0.0), (0.15, 0.25), (0.4, 0.5), (0.75, 0.32), (0.8, 0.12), (0.78, 0.6), (0.7, 1.0))],
    ],
}
