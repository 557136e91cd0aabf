"""Ways of writing digits that MNIST's writers hardly used, drawn for training beside its images.

A 1 with a long flag, a 6 with a flat top, a 9 with a small head, a 4 like lightning, a 2 like Z; and, so that neither
the pen nor half of a shape gives an answer away, the digits that they are mistaken for: 7, 5, 9, 4, 1.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lstmviz.digits.drawings.pen import Stroke, arc, by_hand, curve, image, joined, line


def drawn(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """`count` images of such digits, uint8 (count, 28, 28), 255 for ink, and what they are, (count,)."""
    rng = np.random.default_rng(seed)
    names = list(_KINDS)
    shares = np.array([share for share, _, _ in _KINDS.values()], dtype=float)
    images, labels = np.empty((count, 28, 28), np.uint8), np.empty(count, np.uint8)
    for k, number in enumerate(rng.choice(len(names), count, p=shares / shares.sum())):
        _, digit, write = _KINDS[names[number]]
        images[k], labels[k] = image(by_hand(write(rng), rng, slant=0.06), rng), digit
    return images, labels


def _flagged_one(rng: Generator) -> list[Stroke]:
    """The flag falls by more than a 7's bar ever does (0.1 of the stem), and the stem leans less than a 7's."""
    reach, drop = rng.uniform(0.12, 0.55), rng.uniform(0.14, 0.5)
    lean = rng.uniform(-0.06, 0.12)
    if rng.random() < 0.5:  # those that were all read as 7
        reach, drop = rng.uniform(0.3, 0.55), rng.uniform(0.14, 0.3)
        lean = rng.uniform(-0.08, 0.06)
    tip, foot = (0.6, 0.0), (0.6 - lean, 1.0)
    flag = (0.6 - reach, drop)
    bow = ((flag[0] + tip[0]) / 2 + rng.uniform(-0.02, 0.04), drop / 2 + rng.uniform(-0.02, 0.06))
    strokes = [joined(curve(flag, bow, tip), line(tip, foot))]
    if rng.random() < 0.15:
        strokes.append(line((foot[0] - rng.uniform(0.15, 0.35), 1.0), (foot[0] + rng.uniform(0.15, 0.35), 1.0)))
    return strokes


def _bare_one(rng: Generator) -> list[Stroke]:
    lean = rng.uniform(-0.1, 0.3)
    return [line((0.5 + lean, 0.0), (0.5 - lean, 1.0))]


def _seven(rng: Generator) -> list[Stroke]:
    wide, lean = rng.uniform(0.35, 0.75), rng.uniform(0.15, 0.5)
    corner = (0.5 + wide / 2, rng.uniform(-0.03, 0.03))
    bar = line((0.5 - wide / 2, rng.uniform(-0.04, 0.08)), corner)
    foot = (corner[0] - lean, 1.0)
    bow = ((corner[0] + foot[0]) / 2 + rng.uniform(-0.08, 0.03), 0.5)
    strokes = [joined(bar, curve(corner, bow, foot))]
    if rng.random() < 0.25:
        strokes.append(line((bow[0] - 0.2, 0.5), (bow[0] + 0.2, 0.47)))
    if rng.random() < 0.2:  # a serif, which is no flag: the bar goes on from it
        strokes[0] = joined(line((0.5 - wide / 2, rng.uniform(0.12, 0.22))), strokes[0])
    return strokes


def _flat_six(rng: Generator) -> list[Stroke]:
    """The top is as long as the loop is wide, and nearly level."""
    wide, high = rng.uniform(0.26, 0.4), rng.uniform(0.22, 0.34)
    y = 1 - high
    end, fall = rng.uniform(0.55, 0.95), rng.uniform(-0.02, 0.12)
    left = 0.5 - wide
    top = [(end, fall), ((end + left) / 2 + 0.05, rng.uniform(0.0, 0.05)), (left + 0.1, rng.uniform(0.08, 0.16))]
    return [joined(curve(*top, (left, y - 0.12), (left, y)), arc(0.5, y, wide, high, 180, -190 - rng.uniform(0, 30)))]


def _five(rng: Generator) -> list[Stroke]:
    wide, high = rng.uniform(0.24, 0.38), rng.uniform(0.24, 0.32)
    left, y = 0.5 - wide * rng.uniform(0.7, 1.0), 1 - high
    bowl = arc(0.5, y, wide, high, -140 + rng.uniform(-10, 15), rng.uniform(110, 165))
    top = line((0.5 + rng.uniform(0.15, 0.45), rng.uniform(-0.02, 0.06)), (left + 0.03, 0.0))
    if rng.random() < 0.5:
        return [joined(top, line((left, y - 0.5 * high)), bowl)]
    return [joined(line((left + 0.03, 0.0), (left, y - 0.5 * high)), bowl), top]


def _small_nine(rng: Generator) -> list[Stroke]:
    return _nine(rng, rng.uniform(0.09, 0.17))


def _plain_nine(rng: Generator) -> list[Stroke]:
    return _nine(rng, rng.uniform(0.2, 0.3))


def _nine(rng: Generator, radius: float) -> list[Stroke]:
    wide = radius * rng.uniform(0.9, 1.3)
    x, y = 0.6 - wide, radius
    head = arc(x, y, wide, radius, rng.uniform(-50, 0), -370)
    foot = (0.6 + rng.uniform(-0.2, 0.06), 1.0)
    if rng.random() < 0.5:
        return [joined(head, line(foot))]
    hook = curve((0.6, y), (0.6, 0.7), (0.5, 0.97), (0.3, rng.uniform(0.9, 1.0)))
    return [joined(head, hook)]


def _lightning(rng: Generator) -> list[Stroke]:
    """In one stroke: down to the left, level to the right, down again."""
    bend, right = rng.uniform(0.42, 0.66), rng.uniform(0.7, 0.95)
    left = rng.uniform(0.08, 0.25)
    top, foot = (left + rng.uniform(0.1, 0.4), 0.0), (right - rng.uniform(0.02, 0.3), 1.0)
    return [line(top, (left, bend), (right, bend + rng.uniform(-0.08, 0.06)), foot)]


def _plain_four(rng: Generator) -> list[Stroke]:
    bar, stem = rng.uniform(0.5, 0.68), rng.uniform(0.6, 0.78)
    top = (stem, 0.0) if rng.random() < 0.5 else (rng.uniform(0.2, 0.4), 0.0)
    return [line(top, (0.1, bar), (0.95, bar)), line((stem, rng.uniform(0.0, 0.1)), (stem - rng.uniform(0, 0.1), 1.0))]


def _z_two(rng: Generator) -> list[Stroke]:
    """Straight lines alone, with corners."""
    wide = rng.uniform(0.4, 0.85)
    left, right = 0.5 - wide / 2, 0.5 + wide / 2
    first = (left + rng.uniform(-0.05, 0.1), rng.uniform(0.0, 0.12))
    corner = (right - rng.uniform(0.0, 0.12), rng.uniform(0.0, 0.06))
    if rng.random() < 0.5:
        return [line(first, corner, (left, 1.0), (right, rng.uniform(0.92, 1.02)))]
    bow = ((first[0] + corner[0]) / 2, rng.uniform(-0.04, 0.0))
    return [joined(curve(first, bow, corner), line((left, 1.0), (right, rng.uniform(0.92, 1.02))))]


_KINDS = {
    # How many of each, what it is, and how it is written.
    "flagged 1": (6, 1, _flagged_one),
    "bare 1": (1, 1, _bare_one),
    "7": (4, 7, _seven),
    "flat-topped 6": (3, 6, _flat_six),
    "5": (2, 5, _five),
    "small-headed 9": (3, 9, _small_nine),
    "plain 9": (1, 9, _plain_nine),
    "lightning 4": (3, 4, _lightning),
    "plain 4": (1, 4, _plain_four),
    "Z-like 2": (3, 2, _z_two),
}


def plain(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """`count` images of all ten digits as most people write them, with the same pen, and what they are."""
    rng = np.random.default_rng(seed)
    images, labels = np.empty((count, 28, 28), np.uint8), rng.integers(0, 10, count).astype(np.uint8)
    for k, digit in enumerate(labels):
        images[k] = image(by_hand(_written(int(digit), rng), rng), rng)
    return images, labels


def _written(digit: int, rng: Generator) -> list[Stroke]:
    match digit:
        case 1:
            return _flagged_one(rng) if rng.random() < 0.4 else _bare_one(rng)
        case 4:
            return _lightning(rng) if rng.random() < 0.2 else _plain_four(rng)
        case 5:
            return _five(rng)
        case 7:
            return _seven(rng)
        case 9:
            return _nine(rng, rng.uniform(0.12, 0.3))
        case 6:
            return _flat_six(rng) if rng.random() < 0.3 else _bent(_SIX, rng)
        case 2:
            return _z_two(rng) if rng.random() < 0.2 else _bent(_TWOS[int(rng.integers(2))], rng)
        case 0:
            start, way = rng.uniform(-130, -30), rng.choice([-1, 1])
            return [arc(0.5, 0.5, rng.uniform(0.25, 0.5), 0.5, start, start + way * rng.uniform(330, 390))]
        case 3:
            return _bent(_THREES[int(rng.integers(2))], rng)
        case _:
            if rng.random() < 0.3:
                return [arc(0.5, 0.24, rng.uniform(0.2, 0.3), 0.24, 90, 450), arc(0.5, 0.74, 0.34, 0.26, -90, 270)]
            return _bent(_EIGHT, rng)


def _bent(points: list[tuple[float, float]], rng: Generator) -> list[Stroke]:
    """A curve through these points, each a little elsewhere."""
    moved = np.array(points) + rng.normal(0, 0.03, (len(points), 2))
    return [curve(*((float(x), float(y)) for x, y in moved))]


_SIX = [(0.7, 0.0), (0.36, 0.25), (0.18, 0.65), (0.35, 0.98), (0.7, 0.95), (0.78, 0.7), (0.5, 0.55), (0.2, 0.72)]
_TWOS = [
    [(0.15, 0.22), (0.45, 0.0), (0.8, 0.2), (0.6, 0.55), (0.15, 0.95), (0.2, 1.0), (0.9, 0.97)],
    [(0.12, 0.2), (0.5, 0.0), (0.8, 0.25), (0.5, 0.75), (0.2, 0.95), (0.2, 0.8), (0.45, 0.85), (0.9, 1.0)],
]
_THREES = [
    [(0.18, 0.1), (0.5, 0.0), (0.78, 0.2), (0.45, 0.47), (0.8, 0.6), (0.82, 0.85), (0.5, 1.0), (0.15, 0.9)],
    [(0.15, 0.02), (0.8, 0.02), (0.45, 0.4), (0.45, 0.42), (0.82, 0.65), (0.6, 0.98), (0.15, 0.92)],
]
_EIGHT = [
    *[(0.75, 0.12), (0.45, 0.0), (0.22, 0.2), (0.5, 0.46), (0.8, 0.75), (0.5, 1.0), (0.2, 0.78)],
    *[(0.5, 0.47), (0.77, 0.2), (0.68, 0.06)],
]
