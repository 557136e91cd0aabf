"""A drawing as the networks expect it: the way in which MNIST's images were made out of scanned handwriting.

LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998): each digit was scaled, with its proportions
kept and grey levels from anti-aliasing, into a box of 20 x 20 pixels, and the box moved so that its centre of mass lies
in the middle of a field of 28 x 28. In the files that is pixel (14, 14), to the nearest whole pixel.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIDE = 28
"""Rows and columns of an image."""
BOX = 20
"""The longer side of the digit in it, in pixels."""
REFUSALS = ("blank", "dot", "full")
"""What is no digit: no ink, a spot, a field painted over."""

MAX_SIDE = 4096
# Shares of the frame around the ink, or of the field's longer side. A disc fills 0.785 of its frame, the fattest digit
# of MNIST 0.82; so a spot is known by its size too.
_SPOT_FILLS, _SPOT_SIDE = 0.65, 0.25
_ALL_FILLS = 0.87
_SQUARE = 0.5  # short side to long side: a stroke of a broad pen is solid too, but slim
_HALF = 0.4  # the same of a spot: one in the middle of the border is cut in half
_FAINT = 0.5 / 255  # what a pixel of 8 bits cannot hold is no ink
_TINY = 0.08  # too small to have a shape, whatever it is
_WIDE = 0.6  # of the field in both directions
_BULGES = 0.95  # a spot fills its convex hull; a small digit of a broad pen leaves bays and holes in it
_DIRECTIONS = 64  # from which a hull is looked at
_PALE = 0.9  # MNIST's ink is never paler, so what is paler after shrinking is made as black
_NO_PAPER = 0.02  # a field with fewer bare pixels has grey paper
_CONTRAST = 0.1
_AROUND = 0.98  # of the border: dark all around, and
_LIGHT = (0.01, 0.35)  # of the field light, is light ink on dark paper; without the first it is painted over


class NotADigit(ValueError):
    """There is nothing to read.

    Attributes:
        reason: one of `REFUSALS`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__({"blank": "No ink.", "dot": "Only a dot.", "full": "All painted over."}[reason])
        self.reason = reason


def prepare(ink: ArrayLike) -> NDArray[np.float32]:
    """A drawing cropped, scaled and centred by mass: (28, 28), float32, in [0, 1], 1 for full ink.

    Of MNIST's 10,000 test images 9,997 come out as they went in, to the bit. Grey paper is taken for bare, light ink on
    dark paper for dark on light (see `is_light_on_dark`), and ink that is pale in the image becomes as dark as MNIST's.

    Args:
        ink: (rows, columns), at least 1 and at most 4096 of each, in [0, 1]; 0 for bare paper.

    Raises:
        ValueError: `ink` is of another shape, or a number is not in [0, 1].
        NotADigit: it is blank, a dot, or all painted over.
    """
    field = np.asarray(ink, dtype=np.float64)
    if field.ndim != 2 or not all(1 <= side <= MAX_SIDE for side in field.shape):
        raise ValueError(f"`ink` must have shape (rows, columns), 1 to {MAX_SIDE} each; got {field.shape}.")
    if not np.all((field >= 0) & (field <= 1)):
        raise ValueError("`ink` must hold numbers from 0 (paper) to 1 (ink) only.")
    field = _levelled(1 - field if is_light_on_dark(field) else field)
    digit = _cropped(np.where(field < _FAINT, 0, field))
    _check(digit / digit.max(), field.shape)  # faint ink has the same shape
    scale = BOX / max(digit.shape)
    high, wide = (max(1, round(side * scale)) for side in digit.shape)
    small = _averaging(high, digit.shape[0]) @ digit @ _averaging(wide, digit.shape[1]).T
    if small.max() < _PALE:  # a hairline shrunk, or a faint scan
        small /= small.max()
    image = np.zeros((SIDE, SIDE), dtype=np.float32)
    top, left = _start(small.sum(axis=1)), _start(small.sum(axis=0))
    image[top : top + high, left : left + wide] = small
    return image.clip(0, 1)  # averages of ones may come out a rounding above one


def is_light_on_dark(ink: ArrayLike) -> bool:
    """Whether a drawing is light on dark paper: dark all around, with something light, but not much, inside."""
    dark = np.asarray(ink, dtype=np.float64) > 0.5
    least, most = _LIGHT
    return bool(_border(dark).mean() >= _AROUND and least <= 1 - dark.mean() <= most)


def _levelled(field: NDArray[np.float64]) -> NDArray[np.float64]:
    """The field with its paper at 0, where it has a paper of another grey: what stands out of the border's noise."""
    if (field < _FAINT).mean() > _NO_PAPER or np.ptp(field) < _CONTRAST:
        return field
    border = _border(field)
    paper = float(np.median(border))
    # Four standard deviations, measured by the median so that a digit at the border does not count.
    paper += 4 * 1.4826 * float(np.median(np.abs(border - paper)))
    if field.max() - paper < _CONTRAST:
        return field
    return (field - paper).clip(min=0) / (1 - paper)


def _border(field: NDArray[Any]) -> NDArray[Any]:
    """The pixels at the four sides of a field."""
    return np.concatenate([field[0], field[-1], field[:, 0], field[:, -1]])


def _cropped(field: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest frame with all ink."""
    rows, columns = (np.flatnonzero(field.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        raise NotADigit("blank")
    return field[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _check(digit: NDArray[np.float64], field: tuple[int, ...]) -> None:
    """Raise NotADigit for what is as solid as no digit, or too small to have a shape."""
    size = max(digit.shape) / max(field)
    if size < _TINY:
        raise NotADigit("dot")
    # Lengths and share by ink, not by pixels: the grey rim of a small spot, wherever it lies, then does not count.
    high, wide = digit.max(axis=1).sum(), digit.max(axis=0).sum()
    fills = digit.sum() / (high * wide)
    slim = min(high, wide) / max(high, wide)
    if size < _SPOT_SIDE and fills > _SPOT_FILLS and slim > _HALF and _convexity(digit) > _BULGES:
        raise NotADigit("dot")
    if fills > _ALL_FILLS and slim > _SQUARE:
        everywhere = min(own / whole for own, whole in zip(digit.shape, field, strict=True)) > _WIDE
        raise NotADigit("full" if everywhere else "dot")


def _convexity(digit: NDArray[np.float64]) -> float:
    """The share of ink among the pixels in the convex hull of the ink, 1 for a disc however it is cut off."""
    inked = digit > 0.5
    y, x = np.indices(digit.shape)
    inside = np.ones(digit.shape, dtype=bool)
    for angle in np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS):
        along = np.cos(angle) * x + np.sin(angle) * y
        inside &= along <= along[inked].max() + 1e-9
    return float(inked.sum() / inside.sum())


def _averaging(count: int, length: int) -> NDArray[np.float64]:
    """(count, length): the matrix that averages `length` pixels into `count`, each by the share that lies in it."""
    edges = np.arange(count + 1) * (length / count)
    low, high = edges[:-1, None], edges[1:, None]
    pixel = np.arange(length)
    return (np.minimum(high, pixel + 1) - np.maximum(low, pixel)).clip(min=0) * (count / length)


def _start(mass: NDArray[np.float64]) -> int:
    """Where `mass` begins along an axis of the image so that its centre lies in the middle, as far as it fits."""
    centre = float(mass @ np.arange(len(mass)) / mass.sum())
    return int(np.clip(np.rint(SIDE / 2 - centre), 0, SIDE - len(mass)))
