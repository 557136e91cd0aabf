"""Drawings of another making, to measure with and never to train with: digits of rare kinds, and what is no digit.

Nothing is shared with the drawings for training (`pen.py`, `kinds.py`, `others.py`): here a pen that presses unevenly
stamps discs along Bezier curves on a pad of 112 x 112, from outlines of its own; and no kind of shape is in both.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lstmviz.digits.prepare import prepare

PAD = 112
"""Pixels on a side, as of the page's pad."""
Path = Sequence[tuple[float, float]]
"""Control points of Bezier curves, 4, 7, 10 ... of them, x to the right and y down in [0, 1]."""


def digits(kind: str, count: int, seed: int) -> NDArray[np.uint8]:
    """`count` digits of a kind in `DIGITS`, uint8 (count, 28, 28)."""
    return _many(_DIGITS[kind][1], count, seed)


def shapes(kind: str, count: int, seed: int) -> NDArray[np.uint8]:
    """`count` drawings of a kind in `SHAPES`, which are no digits, uint8 (count, 28, 28)."""
    return _many(_SHAPES[kind], count, seed)


def _many(outline: Callable[[Generator], list[Path]], count: int, seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng([seed, 71])
    return np.stack([np.rint(255 * prepare(_pad(outline(rng), rng))).astype(np.uint8) for _ in range(count)])


def _pad(paths: Sequence[Path], rng: Generator) -> NDArray[np.float64]:
    """The ink that a pen leaves: each disc a little larger or smaller than the last."""
    high = rng.uniform(0.45, 0.8) * PAD
    wide = high * rng.uniform(0.85, 1.15)
    corner = rng.uniform(0.06, 1, 2) * (PAD * 0.94 - np.array([wide, high])).clip(0)
    radius, press, phase = rng.uniform(1.6, 4.6), rng.uniform(0, 0.25), rng.uniform(0, 6)
    y, x = np.indices((PAD, PAD)) + 0.5
    ink = np.zeros((PAD, PAD))
    for path in paths:
        points = _along(np.array(path) + rng.normal(0, 0.012, (len(path), 2)))
        for k, (right, down) in enumerate(points * [wide, high] + corner):
            size = radius * (1 + press * np.sin(phase + k / 30))
            box = np.s_[
                max(int(down - size) - 2, 0) : int(down + size) + 3,
                max(int(right - size) - 2, 0) : int(right + size) + 3,
            ]
            far = np.hypot(x[box] - right, y[box] - down)
            ink[box] = np.maximum(ink[box], (size - far + 0.5).clip(0, 1))
    return ink


def _along(controls: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points on the curves, close enough for discs to touch."""
    t = np.linspace(0, 1, 80)[:, None]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    parts = [sum(w * controls[k + n] for n, w in enumerate(weights)) for k in range(0, len(controls) - 1, 3)]
    return np.concatenate(parts)


def _straight(*points: tuple[float, float]) -> list[tuple[float, float]]:
    """Straight lines as Bezier curves."""
    path = [points[0]]
    for (a, b), (c, d) in pairwise(points):
        path += [(a + (c - a) / 3, b + (d - b) / 3), (a + 2 * (c - a) / 3, b + 2 * (d - b) / 3), (c, d)]
    return path


def _ring(x: float, y: float, wide: float, high: float, share: float = 1.0) -> list[tuple[float, float]]:
    """An ellipse as four Bezier curves, from the right downwards; or the first quarters of it."""
    k = 0.5523
    quarters = [
        (1, 0),
        (1, k),
        (k, 1),
        (0, 1),
        (-k, 1),
        (-1, k),
        (-1, 0),
        (-1, -k),
        (-k, -1),
        (0, -1),
        (k, -1),
        (1, -k),
        (1, 0),
    ]
    return [(x + wide * a, y + high * b) for a, b in quarters[: 1 + 3 * round(4 * share)]]


def _flagged_one(rng: Generator) -> list[Path]:
    """A flag that reaches 0.15 to 0.5 of the stem and drops 0.14 to 0.4, never so flat as a 7's bar; no base."""
    reach, drop, lean = rng.uniform(0.15, 0.5), rng.uniform(0.14, 0.4), rng.uniform(-0.04, 0.08)
    tip = (0.55, 0.0)
    return [[*_straight((0.55 - reach, drop), tip), *_straight(tip, (0.55 - lean, 1.0))[1:]]]


def _long_flag(rng: Generator) -> list[Path]:
    """Those that were always read as 7: reach 0.35 to 0.45, drop 0.15 to 0.25 of the stem."""
    reach, drop = rng.uniform(0.35, 0.45), rng.uniform(0.15, 0.25)
    return [[*_straight((0.6 - reach, drop), (0.6, 0.0), (0.6 + rng.uniform(-0.03, 0.03), 1.0))]]


def _seven(rng: Generator) -> list[Path]:
    """A plain 7, to see that the flags did not take it."""
    return [_straight((0.15, rng.uniform(0, 0.06)), (0.75, 0.0), (rng.uniform(0.3, 0.5), 1.0))]


def _six(rng: Generator) -> list[Path]:
    end, low = rng.uniform(0.7, 0.95), rng.uniform(0.42, 0.52)
    arm = [(end, 0.05), (0.5, 0.0), (0.1, 0.02), (0.1, low + 0.2)]
    return [[*arm, *[(0.1, 1.08), (0.9, 1.08), (0.9, low + 0.24)], *[(0.9, low), (0.3, low - 0.02), (0.12, low + 0.2)]]]


def _nine(rng: Generator) -> list[Path]:
    size = rng.uniform(0.1, 0.15)
    return [_ring(0.5 - size, size, size, size), _straight((0.5, size * 0.6), (0.5 + rng.uniform(-0.12, 0.03), 1.0))]


def _four(rng: Generator) -> list[Path]:
    level = rng.uniform(0.5, 0.62)
    return [
        _straight((rng.uniform(0.25, 0.45), 0.0), (0.12, level), (0.82, level - 0.02), (rng.uniform(0.5, 0.7), 1.0))
    ]


def _two(rng: Generator) -> list[Path]:
    return [_straight((0.15, rng.uniform(0, 0.08)), (0.8, 0.02), (0.13, 0.97), (0.85, 0.97))]


def _star(rng: Generator) -> list[Path]:
    angle = np.pi * (-0.5 + 0.8 * np.arange(6)) + rng.normal(0, 0.08)
    return [_straight(*((0.5 + 0.5 * float(np.cos(a)), 0.5 + 0.5 * float(np.sin(a))) for a in angle))]


def _face(rng: Generator) -> list[Path]:
    mouth = rng.uniform(0.1, 0.3) * rng.choice([-1, 1])
    eyes = [_ring(x, 0.36, 0.04, 0.05) for x in (0.32, 0.68)]
    return [_ring(0.5, 0.5, 0.5, 0.5), *eyes, [(0.28, 0.68), (0.4, 0.68 + mouth), (0.6, 0.68 + mouth), (0.72, 0.68)]]


def _house(rng: Generator) -> list[Path]:
    walls = _straight((0.1, 1.0), (0.1, 0.45), (0.9, 0.45), (0.9, 1.0), (0.1, 1.0))
    door = [_straight((0.4, 1.0), (0.4, 0.7), (0.6, 0.7), (0.6, 1.0))] if rng.random() < 0.5 else []
    return [walls, _straight((0.0, 0.5), (0.5, 0.0), (1.0, 0.5)), *door]


def _heart(rng: Generator) -> list[Path]:
    dip = rng.uniform(0.2, 0.32)
    left, right = [(0.5, dip), (0.3, -0.2), (-0.25, 0.2), (0.5, 1.0)], [(1.25, 0.2), (0.7, -0.2), (0.5, dip)]
    return [[*left, *right]]


def _arrow(rng: Generator) -> list[Path]:
    reach = rng.uniform(0.2, 0.4)
    strokes: list[Path] = [
        _straight((0.0, 0.5), (1.0, 0.5)),
        _straight((1 - reach, 0.5 - reach), (1.0, 0.5), (1 - reach, 0.5 + reach)),
    ]
    match int(rng.integers(4)):
        case 0:
            return strokes
        case 1:
            return [[(1 - x, y) for x, y in path] for path in strokes]
        case 2:
            return [[(y, x) for x, y in path] for path in strokes]
        case _:
            return [[(y, 1 - x) for x, y in path] for path in strokes]


def _tick(rng: Generator) -> list[Path]:
    return [_straight((0.0, rng.uniform(0.5, 0.65)), (rng.uniform(0.25, 0.4), 1.0), (1.0, 0.0))]


def _tree(rng: Generator) -> list[Path]:
    crown = _straight((0.5, 0.0), (0.1, 0.7), (0.9, 0.7), (0.5, 0.0))
    return [crown, _straight((0.5, 0.7), (0.5, 1.0))]


def _fish(rng: Generator) -> list[Path]:
    back, belly = rng.uniform(-0.05, 0.1), rng.uniform(0.9, 1.05)
    return [[(1.0, 0.2), (0.7, belly), (0.2, belly), (0.0, 0.5), (0.2, back), (0.7, back), (1.0, 0.85)]]


def _hash(rng: Generator) -> list[Path]:
    lean = rng.uniform(0, 0.2)
    upright = [_straight((x + lean, 0.0), (x, 1.0)) for x in (0.25, 0.6)]
    return [*upright, *(_straight((0.0, y), (1.0, y)) for y in (0.33, 0.67))]


def _question(rng: Generator) -> list[Path]:
    bow = [(0.15, 0.25), (0.15, -0.08), (0.9, -0.08), (0.85, 0.25), (0.8, 0.5), (0.5, 0.45), (0.5, 0.72)]
    return [bow, _straight((0.5, 0.95), (0.5, 1.0))]


def _note(rng: Generator) -> list[Path]:
    return [
        _ring(0.25, 0.88, 0.18, 0.11),
        _straight((0.43, 0.88), (0.43, 0.0)),
        [(0.43, 0.0), (0.5, 0.2), (0.85, 0.2), (0.75, 0.5)],
    ]


def _flower(rng: Generator) -> list[Path]:
    turns = np.arange(int(rng.integers(4, 7)))
    angle = 2 * np.pi * turns / len(turns)
    petals = [_ring(0.5 + 0.33 * float(np.cos(a)), 0.5 + 0.33 * float(np.sin(a)), 0.17, 0.17) for a in angle]
    return [_ring(0.5, 0.5, 0.14, 0.14), *petals]


def _letter(rng: Generator) -> list[Path]:
    return _LETTERS[str(rng.choice(list(_LETTERS)))]


def _hangul(rng: Generator) -> list[Path]:
    return _HANGUL[str(rng.choice(list(_HANGUL)))]


_LETTERS: dict[str, list[Path]] = {
    "W": [_straight((0.0, 0.0), (0.25, 1.0), (0.5, 0.3), (0.75, 1.0), (1.0, 0.0))],
    "X": [_straight((0.0, 0.0), (0.9, 1.0)), _straight((0.9, 0.0), (0.0, 1.0))],
    "J": [[(0.7, 0.0), (0.7, 0.4), (0.75, 1.05), (0.35, 1.0), (0.1, 0.98), (0.05, 0.8), (0.05, 0.7)]],
    "Y": [_straight((0.0, 0.0), (0.45, 0.5)), _straight((0.9, 0.0), (0.45, 0.5), (0.45, 1.0))],
    "d": [_ring(0.35, 0.7, 0.35, 0.3), _straight((0.7, 0.0), (0.7, 1.0))],
    "f": [[(0.75, 0.1), (0.5, -0.1), (0.35, 0.1), (0.35, 1.0)], _straight((0.1, 0.45), (0.65, 0.45))],
    "w": [[(0.0, 0.0), (0.1, 1.2), (0.45, 1.2), (0.5, 0.2), (0.55, 1.2), (0.9, 1.2), (1.0, 0.0)]],
    "p": [_straight((0.1, 0.0), (0.1, 1.0)), _ring(0.4, 0.3, 0.3, 0.28)],
    "&": [
        [
            (0.95, 1.0),
            (0.3, 0.5),
            (0.1, 0.1),
            (0.45, 0.0),
            (0.9, 0.1),
            (0.05, 0.6),
            (0.1, 0.85),
            (0.3, 1.15),
            (0.8, 0.9),
            (0.9, 0.55),
        ]
    ],
}
_HANGUL: dict[str, list[Path]] = {
    "가": [
        _straight((0.0, 0.15), (0.45, 0.15), (0.1, 0.9)),
        _straight((0.75, 0.0), (0.75, 1.0)),
        _straight((0.75, 0.5), (1.0, 0.5)),
    ],
    "한": [
        *(_straight((0.2, 0.0), (0.4, 0.0)), _straight((0.05, 0.15), (0.55, 0.15)), _ring(0.3, 0.38, 0.2, 0.14)),
        *(
            _straight((0.8, 0.0), (0.8, 0.6)),
            _straight((0.8, 0.3), (1.0, 0.3)),
            _straight((0.2, 0.7), (0.2, 1.0), (0.95, 1.0)),
        ),
    ],
    "오": [_ring(0.5, 0.25, 0.35, 0.25), _straight((0.5, 0.6), (0.5, 0.95)), _straight((0.0, 0.95), (1.0, 0.95))],
    "ㅅ": [_straight((0.5, 0.0), (0.0, 1.0)), _straight((0.45, 0.3), (1.0, 1.0))],
    "ㅂ": [_straight((0.1, 0.0), (0.1, 1.0), (0.9, 1.0), (0.9, 0.0)), _straight((0.1, 0.5), (0.9, 0.5))],
}
_DIGITS = {
    "1 with a flag": (1, _flagged_one),
    "1 with a long flag": (1, _long_flag),
    "7": (7, _seven),
    "6 with a flat top": (6, _six),
    "9 with a small head": (9, _nine),
    "4 like lightning": (4, _four),
    "2 like Z": (2, _two),
}
_SHAPES = {
    "star": _star,
    "face": _face,
    "house": _house,
    "heart": _heart,
    "arrow": _arrow,
    "tick": _tick,
    "tree": _tree,
    "fish": _fish,
    "hash": _hash,
    "question mark": _question,
    "note": _note,
    "flower": _flower,
    "letter": _letter,
    "Hangul": _hangul,
}
DIGITS = {kind: digit for kind, (digit, _) in _DIGITS.items()}
"""The kinds of digits, and what each is."""
SHAPES = tuple(_SHAPES)
"""The kinds of what is no digit."""
