"""Drawings become images as MNIST's were made: its own images are the judges."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstmviz.digits.prepare import BOX, SIDE, NotADigit, is_light_on_dark, prepare
from lstmviz.digits.sample import sample

IMAGES = sample().images.astype(np.float32) / 255
FIELD = 112


def box(image) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def disc(radius: float, centre: tuple[float, float], grey: bool = True) -> np.ndarray:
    """A spot as a browser draws it, with a grey rim."""
    y, x = np.mgrid[:FIELD, :FIELD] + 0.5
    far = np.hypot(x - centre[0], y - centre[1])
    return np.clip(radius + 0.5 - far, 0, 1) if grey else (far < radius).astype(float)


def test_the_images_of_mnist_are_left_in_place():
    high = [max(image[box(image)].shape) for image in IMAGES]
    whole = [image for image, side in zip(IMAGES, high, strict=True) if side == BOX]
    assert len(whole) >= 0.99 * len(IMAGES)  # of the whole test set 3 in 10,000 are smaller
    for image in whole:
        np.testing.assert_array_equal(prepare(image), image)


@given(
    st.integers(0, len(IMAGES) - 1),
    st.integers(1, 6),
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
)
def test_size_and_place_on_the_pad_do_not_matter(number, times, around):
    image = IMAGES[number]
    assume(max(image[box(image)].shape) == BOX)
    top, bottom, left, right = around
    large = np.kron(image[box(image)], np.ones((times, times)))
    drawn = np.pad(large, ((top, bottom), (left, right)))
    assume(BOX * times > 0.25 * max(drawn.shape))
    np.testing.assert_allclose(prepare(drawn), image, atol=1e-6)


@given(arrays(np.uint8, st.tuples(st.integers(1, 50), st.integers(1, 50))))
def test_every_drawing_fills_the_box_around_its_centre_of_mass(pixels):
    ink = np.pad(pixels / 255, 2)
    try:
        image = prepare(ink)
    except NotADigit:
        assume(False)
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.float32
    assert image.min() >= 0
    assert image.max() <= 1
    scaled = ink[box(ink)]
    scale = BOX / max(scaled.shape)
    # The mean ink within the frame stays, whatever the scale, unless it was pale: nothing is sharpened or lost.
    shape = [max(1, round(side * scale)) for side in scaled.shape]
    if image.max() < 1:
        assert image.sum() / np.prod(shape) == pytest.approx(scaled.mean(), rel=1e-4, abs=1e-6)
    mass, place = image.sum(), np.arange(SIDE)
    for axis in (1, 0):
        centre = image.sum(axis=axis) @ place / mass
        edges = np.flatnonzero(image.any(axis=axis))
        too_far = edges[-1] == SIDE - 1 if centre < SIDE / 2 else edges[0] == 0  # the frame reaches the image's border
        assert abs(centre - SIDE / 2) <= 0.5 + 1e-4 or too_far


@given(st.integers(0, len(IMAGES) - 1), st.floats(0.1, 0.85))
@example(number=177, strength=0.125)  # at its rim pixels of 1 / 255, that are none at all once they are so faint
def test_faint_ink_is_the_same_drawing(number, strength):
    kept = np.where(IMAGES[number] * strength < 0.5 / 255, 0, IMAGES[number])  # of what 8 bits can hold
    image = prepare(kept)
    np.testing.assert_allclose(prepare(IMAGES[number] * strength), image / image.max(), atol=0.03)


@given(st.integers(0, len(IMAGES) - 1), st.floats(0.05, 0.7))
def test_grey_paper_is_bare_paper(number, paper):
    drawn = np.pad(IMAGES[number], 4)
    np.testing.assert_allclose(prepare(paper + (1 - paper) * drawn), prepare(drawn), atol=0.02)


@given(st.integers(0, len(IMAGES) - 1), st.floats(0.1, 0.5), st.integers(0, 99))
def test_the_grain_of_grey_paper_is_no_ink(number, paper, seed):
    drawn = np.pad(IMAGES[number], 4)
    grain = np.random.default_rng(seed).uniform(-0.02, 0.02, drawn.shape)
    image = prepare((paper + (1 - paper) * drawn + grain).clip(0, 1))
    # A faint rim may be lost in the grain: the digit is then cropped closer, and stands a pixel further.
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    assert min(np.abs(np.roll(image, move, (0, 1)) - prepare(drawn)).mean() for move in moves) < 0.03
    assert image.mean() < 1.5 * drawn[4:-4, 4:-4].mean()


@given(st.integers(0, len(IMAGES) - 1), st.integers(1, 4))
def test_light_ink_on_dark_paper_is_the_same_drawing(number, times):
    drawn = np.kron(IMAGES[number], np.ones((times, times)))
    assume((drawn >= 0.5).mean() > 0.01)
    assert not is_light_on_dark(drawn)
    assert is_light_on_dark(1 - drawn)
    np.testing.assert_allclose(prepare(1 - drawn), prepare(drawn), atol=0.02)


# The middle lines of digits, in a frame of 0.6 x 1. A 0 whose hole has run full, or a 1, is as convex as a spot.
LINES = {
    2: [(0, 0.2), (0.3, 0), (0.6, 0.2), (0.5, 0.5), (0, 1), (0.6, 1)],
    3: [(0, 0.1), (0.3, 0), (0.6, 0.2), (0.25, 0.5), (0.6, 0.75), (0.3, 1), (0, 0.9)],
    4: [(0.45, 1), (0.45, 0), (0, 0.65), (0.6, 0.65)],
    5: [(0.6, 0), (0, 0), (0, 0.45), (0.4, 0.4), (0.6, 0.7), (0.4, 1), (0, 0.95)],
    7: [(0, 0), (0.6, 0), (0.2, 1)],
}


def stroked(line, height: float, pen: float, centre: tuple[float, float]) -> np.ndarray:
    """A line as a round pen draws it; all in shares of the pad, the height from the pen's middle to its middle."""
    y, x = (np.mgrid[:FIELD, :FIELD] + 0.5) / FIELD
    points = (np.array(line) - (0.3, 0.5)) * height + centre
    far = np.full(x.shape, np.inf)
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        dx, dy = x1 - x0, y1 - y0
        part = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)).clip(0, 1)
        far = np.minimum(far, np.hypot(x - x0 - part * dx, y - y0 - part * dy))
    return ((pen / 2 - far) * FIELD + 0.5).clip(0, 1)


@given(st.sampled_from(sorted(LINES)), st.floats(0.12, 0.9), st.tuples(st.floats(0.3, 0.7), st.floats(0.3, 0.7)))
def test_a_small_digit_of_a_broad_pen_is_no_dot(digit, height, centre):
    assert prepare(stroked(LINES[digit], height, 0.05, centre)).max() >= 0.9


@given(st.sampled_from(sorted(LINES)), st.floats(0.3, 0.9), st.floats(0.002, 0.02))
def test_a_hairline_has_ink(digit, height, pen):
    assert prepare(stroked(LINES[digit], height, pen, (0.5, 0.5))).max() >= 0.9


PLACE = st.floats(0, FIELD)  # at a border half a spot is cut off, in a corner three quarters


@given(st.floats(1, 12), st.tuples(PLACE, PLACE), st.booleans())
def test_a_dot_of_any_pen_anywhere_is_no_digit(radius, centre, grey):
    with pytest.raises(NotADigit) as refusal:
        prepare(disc(radius, centre, grey))
    assert refusal.value.reason == "dot"


def test_bare_paper_and_a_field_painted_over_are_no_digits():
    with pytest.raises(NotADigit) as refusal:
        prepare(np.zeros((FIELD, FIELD)))
    assert refusal.value.reason == "blank"
    full = np.ones((FIELD, FIELD))
    with pytest.raises(NotADigit, match="No ink"):
        prepare(np.full((FIELD, FIELD), 1e-200))
    for field in (full, np.pad(full, 12)):
        with pytest.raises(NotADigit) as refusal:
            prepare(field)
        assert refusal.value.reason == "full"


def test_a_broad_straight_stroke_is_a_digit():
    stroke = np.zeros((FIELD, FIELD))
    stroke[10:100, 50:66] = 1
    image = prepare(stroke)
    assert box(image) == (slice(4, 24), slice(12, 16))


@pytest.mark.parametrize(
    ("ink", "word"),
    [
        (np.zeros(28), "shape"),
        (np.zeros((0, 5)), "shape"),
        (np.zeros((5000, 2)), "shape"),
        (np.full((28, 28), 255.0), "from 0"),
        (np.full((28, 28), np.nan), "from 0"),
        (np.full((28, 28), -0.1), "from 0"),
    ],
)
def test_what_is_no_drawing_is_refused_in_a_sentence(ink, word):
    with pytest.raises(ValueError, match=word) as refusal:
        prepare(ink)
    assert not isinstance(refusal.value, NotADigit)
