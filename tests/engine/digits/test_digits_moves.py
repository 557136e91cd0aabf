"""What each row did: against sums, finite differences and plain definitions."""

import numpy as np
import pytest
import torch

from lstmviz.digits.moves import moves
from lstmviz.digits.readers import READERS, load_reader
from lstmviz.digits.reading import read
from lstmviz.digits.sample import sample

IMAGES = sample().images.astype(np.float32) / 255
EACH_CELL = pytest.mark.parametrize("cell", READERS)


@EACH_CELL
def test_units_add_up_to_the_change_of_the_logits(cell):
    model = load_reader(cell)
    for number in (0, 7, 510):
        reading = read(model, IMAGES[number])
        found = moves(model, reading, IMAGES[number])
        logits = np.concatenate([model.head.bias.numpy()[None], reading.trace.logits])
        for row in range(28):
            rise, fall = found.rise[row], found.fall[row]
            apart = logits[:, rise] - logits[:, fall]
            assert found.units[row].sum() == pytest.approx(apart[row + 1] - apart[row], abs=1e-3)


@EACH_CELL
def test_rise_and_fall_are_those_of_the_probabilities(cell):
    model = load_reader(cell)
    reading = read(model, IMAGES[3], order="columns", covered=(9, 10))
    found = moves(model, reading, IMAGES[3])
    np.testing.assert_allclose(found.before, torch.softmax(model.head.bias, 0), atol=1e-6)
    all_rows = np.concatenate([found.before[None], reading.probabilities])
    for row in range(28):
        change = all_rows[row + 1] - all_rows[row]
        assert change[found.rise[row]] == change.max() >= 0
        assert change[found.fall[row]] == change.min() <= 0
    assert not found.pixels[[9, 10]].any()


@EACH_CELL
def test_a_pixel_counts_as_its_slope_says(cell):
    """A little ink less in one row, everything before it as it was: by finite differences after that row."""
    model = load_reader(cell)
    image = IMAGES[7]
    reading = read(model, image)
    found = moves(model, reading, image)
    step = 1e-2
    for row in (8, 13, 19):
        for column in np.flatnonzero(image[row] > 0.5)[:3]:
            less = image.copy()
            less[row, column] -= step
            now = read(model, less, compare=False).trace.logits[row] - reading.trace.logits[row]
            slope = (now[found.rise[row]] - now[found.fall[row]]) / -step
            assert found.pixels[row, column] == pytest.approx(slope * image[row, column], abs=0.03, rel=0.1)
    assert not found.pixels[image == 0].any()


def test_a_network_that_was_loaded_in_inference_mode_has_slopes_all_the_same():
    load_reader.cache_clear()
    with torch.inference_mode():
        load_reader("rnn")
    reading = read(load_reader("rnn"), IMAGES[3])
    assert moves(load_reader("rnn"), reading, IMAGES[3]).pixels.any()
