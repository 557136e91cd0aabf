"""What is no digit, for the head that tells: strokes without a meaning, letters, shapes, and what is left of digits.

Letters that are written like a digit (B, D, G, I, O, Q, S, Z, and small ones) are left out, and so is a square, which
is somebody's 0. Those that `elsewhere.py` draws are left out too: what is measured there was never trained with.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lstmviz.digits.drawings.pen import Stroke, arc, by_hand, curve, image, joined, line
from lstmviz.digits.prepare import NotADigit, prepare


def others(count: int, seed: int, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`count` images that are no digits, uint8 (count, 28, 28).

    Two of five are made of `images`, digits with these labels, so that ink does not tell what is one: two digits side
    by side or one below the other, one cut off, one turned.
    """
    rng = np.random.default_rng(seed)
    written = list(_SHAPES.values())
    made = np.empty((count, 28, 28), np.uint8)
    k = 0
    while k < count:
        try:
            if rng.random() < 0.4:
                spoil = _SPOILT[int(rng.integers(len(_SPOILT)))]
                made[k] = np.rint(255 * prepare(spoil(images, labels, rng) / 255))
            else:
                write = written[int(rng.integers(len(written)))]
                made[k] = image(by_hand(write(rng), rng), rng)
        except NotADigit:  # too little was left of it
            continue
        k += 1
    return made


def _zigzag(rng: Generator) -> list[Stroke]:
    count = int(rng.integers(6, 11))
    y = np.linspace(0, 1, count)
    x = 0.5 + np.where(np.arange(count) % 2, 1, -1) * rng.uniform(0.15, 0.5) + rng.normal(0, 0.04, count)
    return [_turned(np.stack([x, y], axis=1), rng)]


def _turned(stroke: Stroke, rng: Generator) -> Stroke:
    return stroke[:, ::-1] if rng.random() < 0.5 else stroke


def _spiral(rng: Generator) -> list[Stroke]:
    turns, way = rng.uniform(1.8, 4), rng.choice([-1, 1])
    angle = np.linspace(0, 2 * np.pi * turns, int(24 * turns))
    radius = np.linspace(rng.uniform(0, 0.06), 0.5, len(angle))
    start = rng.uniform(0, 2 * np.pi)
    return [0.5 + radius[:, None] * np.stack([np.cos(way * angle + start), np.sin(way * angle + start)], axis=1)]


def _scribble(rng: Generator) -> list[Stroke]:
    count = int(rng.integers(7, 18))
    return [curve(*((float(x), float(y)) for x, y in rng.uniform(0, 1, (count, 2))))]


def _loops(rng: Generator) -> list[Stroke]:
    count = int(rng.integers(3, 6))
    angle = np.linspace(0, 2 * np.pi * count, 20 * count)
    size = rng.uniform(0.08, 0.2)
    x = np.linspace(0, 1, len(angle)) + size * np.cos(angle)
    return [_turned(np.stack([x, 0.5 + 1.6 * size * np.sin(angle)], axis=1), rng)]


def _hatching(rng: Generator) -> list[Stroke]:
    count = int(rng.integers(3, 6))
    lean = rng.uniform(-0.3, 0.3)
    lines = [line((x, 0.0), (x + lean, 1.0)) for x in np.linspace(0, rng.uniform(0.5, 1.2), count)]
    return [_turned(one, rng) for one in lines] if rng.random() < 0.3 else lines


def _lines(rng: Generator) -> list[Stroke]:
    return [rng.uniform(0, 1, (2, 2)) for _ in range(int(rng.integers(3, 7)))]


def _dots(rng: Generator) -> list[Stroke]:
    return [point + rng.normal(0, 0.01, (2, 2)) for point in rng.uniform(0, 1, (int(rng.integers(3, 9)), 1, 2))]


def _level(rng: Generator) -> list[Stroke]:
    """A stroke that lies: no 1 is so flat."""
    slope, bow = rng.uniform(-0.35, 0.35), rng.uniform(-0.15, 0.15)
    return [curve((0.0, 0.5 - slope), (0.5, 0.5 + bow), (1.0, 0.5 + slope))]


def _triangle(rng: Generator) -> list[Stroke]:
    corners = [(0.5 + rng.uniform(-0.3, 0.3), 0.0), (0.0, 1.0), (1.0, 1.0)]
    if rng.random() < 0.3:
        corners = [(x, 1 - y) for x, y in corners]
    return [line(*corners, corners[0])]


def _many_rings(rng: Generator) -> list[Stroke]:
    places = rng.uniform((0.2, 0.2, 0.1, 0.1), (0.8, 0.8, 0.35, 0.35), (int(rng.integers(3, 6)), 4))
    return [arc(x, y, wide, high, 0, 360) for x, y, wide, high in places.tolist()]


def _within(rng: Generator) -> list[Stroke]:
    """A ring with something in it."""
    ring = arc(0.5, 0.5, 0.5, 0.5, -90, 270)
    inside = [arc(0.5, 0.5, 0.2, 0.2, 0, 360)], [line((0.2, 0.5), (0.8, 0.5))], _lines(rng)[:2]
    return [ring, *inside[int(rng.integers(3))]]


def _signature(rng: Generator) -> list[Stroke]:
    x = np.linspace(0, 1.4, 40)
    waves = sum(rng.normal(0, 0.14) * np.sin(k * 4 * x + rng.uniform(0, 6)) for k in range(2, 8))
    return [np.stack([x + 0.08 * np.sin(17 * x + rng.uniform(0, 6)), 0.5 + waves], axis=1)]


def _letter(rng: Generator) -> list[Stroke]:
    strokes = _LETTERS[str(rng.choice(list(_LETTERS)))]
    return [one + rng.normal(0, 0.025, one.shape if len(one) < 8 else (1, 2)) for one in strokes]


_LETTERS: dict[str, list[Stroke]] = {
    "A": [line((0.0, 1.0), (0.5, 0.0), (1.0, 1.0)), line((0.2, 0.6), (0.8, 0.6))],
    "C": [arc(0.5, 0.5, 0.45, 0.5, -50, -310)],
    "E": [line((0.8, 0.0), (0.0, 0.0), (0.0, 1.0), (0.8, 1.0)), line((0.0, 0.5), (0.6, 0.5))],
    "F": [line((0.8, 0.0), (0.0, 0.0), (0.0, 1.0)), line((0.0, 0.45), (0.6, 0.45))],
    "H": [line((0.0, 0.0), (0.0, 1.0)), line((0.8, 0.0), (0.8, 1.0)), line((0.0, 0.5), (0.8, 0.5))],
    "K": [line((0.0, 0.0), (0.0, 1.0)), line((0.8, 0.0), (0.0, 0.55)), line((0.25, 0.4), (0.85, 1.0))],
    "L": [line((0.0, 0.0), (0.0, 1.0), (0.8, 1.0))],
    "M": [line((0.0, 1.0), (0.1, 0.0), (0.5, 0.7), (0.9, 0.0), (1.0, 1.0))],
    "N": [line((0.0, 1.0), (0.0, 0.0), (0.8, 1.0), (0.8, 0.0))],
    "P": [line((0.0, 1.0), (0.0, 0.0)), curve((0.0, 0.0), (0.6, 0.05), (0.65, 0.4), (0.0, 0.52))],
    "R": [
        joined(line((0.0, 1.0), (0.0, 0.0)), curve((0.0, 0.0), (0.6, 0.05), (0.65, 0.4), (0.0, 0.5)), line((0.7, 1.0)))
    ],
    "T": [line((0.0, 0.0), (1.0, 0.0)), line((0.5, 0.0), (0.5, 1.0))],
    "U": [curve((0.0, 0.0), (0.02, 0.7), (0.4, 1.0), (0.78, 0.7), (0.8, 0.0))],
    "V": [line((0.0, 0.0), (0.45, 1.0), (0.9, 0.0))],
    "a": [arc(0.4, 0.5, 0.4, 0.45, -20, -350), line((0.8, 0.1), (0.82, 0.9), (0.95, 0.95))],
    "e": [joined(line((0.05, 0.5), (0.9, 0.45)), arc(0.48, 0.5, 0.43, 0.5, -10, -300))],
    "h": [line((0.0, 0.0), (0.0, 1.0)), curve((0.0, 0.6), (0.35, 0.42), (0.6, 0.6), (0.6, 1.0))],
    "k": [line((0.0, 0.0), (0.0, 1.0)), line((0.6, 0.4), (0.05, 0.7), (0.6, 1.0))],
    "m": [curve((0.0, 1.0), (0.03, 0.3), (0.3, 0.3), (0.45, 1.0), (0.5, 0.3), (0.8, 0.3), (0.95, 1.0))],
    "n": [curve((0.0, 1.0), (0.0, 0.2), (0.4, 0.0), (0.7, 0.3), (0.75, 1.0))],
    "r": [line((0.0, 0.0), (0.0, 1.0)), curve((0.0, 0.45), (0.25, 0.1), (0.6, 0.08))],
}
_SHAPES = {
    "zigzag": _zigzag,
    "spiral": _spiral,
    "scribble": _scribble,
    "loops": _loops,
    "hatching": _hatching,
    "lines": _lines,
    "dots": _dots,
    "level": _level,
    "triangle": _triangle,
    "rings": _many_rings,
    "ring with something in it": _within,
    "signature": _signature,
    # Of a letter there are many, and they are what people try.
    **{f"letter {k}": _letter for k in range(10)},
}


def _two(images: NDArray[np.uint8], labels: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Two digits side by side, or three."""
    count = 2 if rng.random() < 0.8 else 3
    parts = [images[k][:, 4:24] for k in rng.integers(0, len(images), count)]
    return np.concatenate([np.pad(part, ((s := int(rng.integers(0, 9)), 8 - s), (0, 0))) for part in parts], axis=1)


def _cut(images: NDArray[np.uint8], labels: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """A digit of which the border took a part; a 1 is one still, and so is what is left of most others on some side."""
    k = int(rng.integers(len(images)))
    while labels[k] in (0, 1, 7):
        k = int(rng.integers(len(images)))
    left = round(28 * rng.uniform(0.4, 0.55))
    side = int(rng.integers(4))
    return (images[k][:left], images[k][28 - left :], images[k][:, :left], images[k][:, 28 - left :])[side]


def _turned_round(images: NDArray[np.uint8], labels: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """A digit that lies on its side or is seen in a mirror, where that makes none."""
    k = int(rng.integers(len(images)))
    while labels[k] not in (2, 3, 4, 5, 7):
        k = int(rng.integers(len(images)))
    if labels[k] in (3, 4, 7) and rng.random() < 0.5:
        return images[k][:, ::-1]
    return np.rot90(images[k], int(rng.choice([1, 3])))


def _over(images: NDArray[np.uint8], labels: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """One digit below another, or across it."""
    chosen = rng.integers(0, len(images), 2)
    one, other = images[chosen]
    if rng.random() < 0.5 or np.isin(labels[chosen], (0, 1, 6, 9)).any():  # two rings are an 8
        return np.maximum(one, np.rot90(other))
    return np.concatenate([one[4:24], other[4:24]], axis=0)


_SPOILT = (_two, _two, _cut, _turned_round, _over)
