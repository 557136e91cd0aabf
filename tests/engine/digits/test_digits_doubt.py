"""Perhaps not a digit: the head against plain counting, and the shipped one on drawings that were in no training."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from lstmviz.digits import doubt_training
from lstmviz.digits.doubt import FILE, HELD, doubt, features, head_arrays, load_head, readers_are, scores
from lstmviz.digits.doubt_training import auroc, poor, train_head, with_threshold
from lstmviz.digits.drawings import elsewhere, others
from lstmviz.digits.drawings.pen import stamped
from lstmviz.digits.evaluation import other_hands
from lstmviz.digits.prepare import prepare
from lstmviz.digits.readers import READERS, load_reader
from lstmviz.digits.reading import read
from lstmviz.digits.sample import sample
from tests.browser.hands import drawings

IMAGES, LABELS = sample().images[sample().drawn], sample().labels[sample().drawn]


def clouds(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of digits and of others that lie apart along one direction of six."""
    rng = np.random.default_rng(seed)
    digits, nothing = rng.normal(0, 1, (2, count, 6)).astype(np.float32)
    nothing[:, 2] += 3
    return digits, nothing[: count // 4]


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(0)
    low, high = rng.integers(0, 12, 40), rng.integers(5, 16, 30)
    pairs = [1.0 if b > a else 0.5 if b == a else 0.0 for a in low for b in high]
    assert auroc(low, high) == pytest.approx(np.mean(pairs))
    assert auroc([0, 1], [2, 3]) == 1
    assert auroc([2, 3], [0, 1]) == 0


def test_a_head_learns_what_lies_apart_and_follows_from_the_seed():
    head = train_head(*clouds(600, 1), seed=5)
    digits, nothing = clouds(600, 2)
    assert auroc(head.scores(digits), head.scores(nothing)) > 0.95
    again, other = (train_head(*clouds(600, 1), seed=seed) for seed in (5, 6))
    assert all(np.array_equal(head_arrays(head)[name], values) for name, values in head_arrays(again).items())
    assert not np.array_equal(head.weight, other.weight)


def test_a_threshold_lets_so_many_of_either_set_through():
    digits, _ = clouds(2000, 3)
    head = train_head(*clouds(600, 1), seed=0)
    harder = digits + np.float32([0, 0, 0.5, 0, 0, 0])
    for alarms in (0.01, 0.1):
        found = with_threshold(head, digits, harder, alarms)
        shares = [(found.scores(one) > found.threshold).mean() for one in (digits, harder)]
        assert max(shares) == pytest.approx(alarms, abs=0.001)
        assert found.held.shape == (HELD,)
        assert (found.held[0], found.held[-1]) == pytest.approx((head.scores(digits).min(), head.scores(digits).max()))


def test_features_are_what_the_readers_hold_in_the_end():
    image = IMAGES[4] / 255
    expected, shares = [], []
    for cell in READERS:
        trace = read(load_reader(cell), image).trace
        logits = trace.logits[-1]
        shares.append(trace.probabilities[-1])
        expected += [layer.h[-1] for layer in trace.layers]
        expected += [logits - logits.max(), [-np.log(np.exp(logits.astype(float)).sum())]]
    expected.append([np.abs(shares[a] - shares[b]).sum() / 2 for a, b in ((0, 1), (0, 2), (1, 2))])
    np.testing.assert_allclose(features(IMAGES[4:5])[0], np.concatenate(expected), atol=1e-3)


def test_what_is_said_of_a_drawing_is_said_by_the_head():
    for image in (IMAGES[0] / 255, elsewhere.shapes("star", 1, 3)[0] / 255):
        found = doubt(image)
        assert found.score == pytest.approx(float(scores(image[None].astype(np.float32))[0]), abs=1e-3)
        assert found.perhaps == (found.score > load_head().threshold[0])
        assert found.rarer == np.mean([held >= found.score for held in load_head().held])
        answers = {cell: read(load_reader(cell), image).answer for cell in READERS}
        assert found.answers == answers
        assert found.agreed == (len(set(answers.values())) == 1)
    assert found.perhaps
    assert found.rarer < 0.01


def test_the_shipped_head_is_that_of_the_shipped_readers_and_as_good_as_was_set():
    with safe_open(FILE, "numpy") as stored:
        about = stored.metadata()
    assert about["readers"] == readers_are()  # `python -m lstmviz.digits doubt` makes another
    for name in ("MNIST test", "load_digits"):
        assert float(about[f"alarms {name}"]) <= 0.02
        assert float(about[f"auroc {name}"]) >= 0.95


def test_few_digits_are_doubted_and_most_shapes_of_kinds_in_no_training():
    threshold = load_head().threshold[0]
    digits, others_hands = scores(IMAGES), scores(other_hands()[0])
    assert (digits > threshold).mean() <= 0.02 + 3 * np.sqrt(0.02 * 0.98 / 500)  # 500 of the test set
    assert (others_hands > threshold).mean() <= 0.02
    shapes = np.concatenate([scores(elsewhere.shapes(kind, 6, 11)) for kind in elsewhere.SHAPES])
    assert auroc(digits, shapes) > 0.95
    assert (shapes > threshold).mean() > 0.6


def test_digits_as_people_draw_them_on_a_pad_are_not_doubted():
    """By skeletons that the head never saw; a broad pen on a small digit is as far as it goes."""
    images = []
    for seed in range(4):
        for one in drawings(seed):
            strokes = [np.array(stroke) * 112 for stroke in one.strokes]
            images.append(prepare(stamped(strokes, (3, 5, 8, 12, 16)[one.width], 112)))
    doubted = scores(np.stack(images)) > load_head().threshold[0]
    assert len(doubted) > 100
    assert doubted.mean() < 0.06


def test_what_is_no_digit_follows_from_the_seed():
    made, again, other = (others.others(40, seed, IMAGES, LABELS) for seed in (1, 1, 2))
    assert np.array_equal(made, again)
    assert not np.array_equal(made, other)
    assert (made.shape, made.dtype) == ((40, 28, 28), np.uint8)
    assert made.max(axis=(1, 2)).min() > 200


def test_what_is_measured_with_is_of_another_making():
    tree = ast.parse(Path(elsewhere.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in modules if name.startswith("lstmviz")} == {"lstmviz.digits.prepare"}
    assert not set(elsewhere._LETTERS) & set(others._LETTERS)
    assert not set(elsewhere.SHAPES) & set(others._SHAPES)
    for kind in elsewhere.DIGITS:
        made = elsewhere.digits(kind, 3, 5)
        assert np.array_equal(made, elsewhere.digits(kind, 3, 5))
        assert (made.shape, made.dtype) == ((3, 28, 28), np.uint8)
        assert not np.array_equal(made[0], made[1])


def test_the_long_flags_are_those_that_were_named():
    """Reach 0.35 to 0.45 of the stem and drop 0.15 to 0.25, and a 7's bar drops less."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        (path,) = elsewhere._long_flag(rng)
        (left, low), tip, foot = path[0], path[3], path[6]
        assert 0.35 <= tip[0] - left <= 0.45
        assert 0.15 <= low <= 0.25
        assert foot[1] - tip[1] == 1
        assert elsewhere._seven(rng)[0][0][1] <= 0.1


def test_a_poor_scan_has_eight_pixels_and_seventeen_greys():
    scanned = poor(IMAGES[:20])
    for image in scanned:
        rows = np.flatnonzero(image.any(axis=1))
        columns = np.flatnonzero(image.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        assert len(np.unique(np.diff(image[rows], axis=0).any(axis=1).cumsum())) <= 20
    sharp, coarse = (np.abs(np.diff(one, axis=2)).sum() for one in (IMAGES[:20] / 255, scanned))
    assert coarse < sharp


@pytest.mark.parametrize("name", ["mnist", "drawn", "others"])
def test_amounts_are_those_that_are_drawn(name, monkeypatch):
    """A head is made of few images as of many, and its threshold is set by the last ones alone."""
    from lstmviz.digits.data import Mnist

    monkeypatch.setattr(doubt_training, "_HELD_BACK", 100)
    amounts = doubt_training.Amounts(mnist=30, drawn=6, others=30)
    amounts = replace(amounts, **{name: 2 * getattr(amounts, name)})
    data = Mnist(IMAGES[:400], LABELS[:400].astype(np.uint8), IMAGES[:1], LABELS[:1].astype(np.uint8))
    head = doubt_training.make_head(data, 1, amounts)
    assert (head.scores(features(IMAGES[300:400])) > head.threshold).mean() <= 0.01
