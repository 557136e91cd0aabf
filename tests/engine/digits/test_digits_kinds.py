"""Digits that are drawn for training: the same from the same seed, of the shapes that they are named after."""

import numpy as np
import pytest

from lstmviz.digits.drawings.kinds import _KINDS, drawn
from lstmviz.digits.drawings.pen import arc, by_hand, curve, ink, line, stamped


def test_what_is_drawn_follows_from_the_seed_and_looks_like_mnist():
    images, labels = drawn(60, 3)
    again, same = drawn(60, 3)
    assert np.array_equal(images, again)
    assert np.array_equal(labels, same)
    assert not np.array_equal(images, drawn(60, 4)[0])
    assert (images.shape, images.dtype, labels.shape) == ((60, 28, 28), np.uint8, (60,))
    assert set(labels) == {1, 2, 4, 5, 6, 7, 9}
    for image in images:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        assert image.max() > 220


def test_a_flag_falls_further_than_the_bar_of_a_seven():
    rng = np.random.default_rng(0)
    for _ in range(300):
        flag, *_ = _KINDS["flagged 1"][2](rng)
        top, foot = flag[:, 1].argmin(), flag[-1]
        assert flag[0, 1] - flag[top, 1] > 0.12
        assert abs(flag[top, 0] - foot[0]) < 0.2  # the stem stands
        bar, *_ = _KINDS["7"][2](rng)
        assert bar[:, 1].max() - bar[-1, 1] < 1e-9
        corner = bar[bar[:, 0].argmax()]
        assert corner[1] < 0.2


def test_ink_covers_a_line_as_broad_as_the_pen():
    image = stamped([line((10, 20), (40, 20))], width=6, side=50)
    assert image[:, 25].sum() == pytest.approx(6)
    assert image[20, 9] > 0.99  # round ends
    assert image[20, 3] == 0
    # What is written lies in the middle, whole, whatever its place was.
    written = ink([line((7, 7), (7, 9)), line((7, 8), (8, 8))], width=0.1)
    assert written[[0, -1]].sum() == written[:, [0, -1]].sum() == 0
    assert written.max() == 1


def test_curves_go_through_their_points_and_arcs_around():
    points = [(0.0, 0.0), (0.3, 0.8), (0.9, 0.4)]
    path = curve(*points)
    assert all(np.abs(path - point).sum(axis=1).min() < 1e-9 for point in points)
    ring = arc(0.5, 0.4, 0.3, 0.2, 0, -360)
    np.testing.assert_allclose(((ring - [0.5, 0.4]) / [0.3, 0.2]) ** 2 @ [1, 1], 1)
    assert ring[1, 1] < ring[0, 1]  # up first


def test_a_hand_bends_what_it_writes_but_not_beyond_recognition():
    rng = np.random.default_rng(1)
    stroke = line((0.5, 0.0), (0.5, 1.0))
    moved = [by_hand([stroke], rng)[0] for _ in range(50)]
    assert all(len(path) > 6 for path in moved)
    reach = [np.abs(path - np.linspace(stroke[0], stroke[1], len(path))).max() for path in moved]
    assert 0.02 < np.mean(reach) < 0.3
