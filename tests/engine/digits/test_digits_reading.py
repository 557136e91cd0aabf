"""What is said of a reading, against torch, finite differences, and plain definitions."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from lstmviz.digits.prepare import SIDE
from lstmviz.digits.readers import READERS, load_reader, load_weights, measured_accuracy
from lstmviz.digits.reading import ORDERS, gradient, read
from lstmviz.digits.sample import sample
from lstmviz.models import ModelConfig, build_model, parameters_of

IMAGES = sample().images.astype(np.float32) / 255
IMAGE = IMAGES[7]
EACH_CELL = pytest.mark.parametrize("cell", READERS)
NUMBERS = st.integers(0, len(IMAGES) - 1)
COVERED = st.sets(st.integers(0, SIDE - 1), max_size=12)


@EACH_CELL
def test_what_it_says_after_a_row_is_what_torch_says_of_the_rows_so_far(cell):
    model = load_reader(cell)
    reading = read(model, IMAGE)
    for rows in (1, 2, 13, 27, 28):
        with torch.no_grad():
            hidden, _ = model.recurrent(torch.from_numpy(IMAGE[:rows]))
            expected = torch.softmax(model.head(hidden[-1]), 0)
        np.testing.assert_allclose(reading.probabilities[rows - 1], expected, atol=1e-5)
    assert reading.trace.difference_from_torch < 1e-5 * max(1, reading.trace.largest)


@EACH_CELL
def test_other_orders_are_the_image_turned(cell):
    model = load_reader(cell)
    for order, turned in (("columns", IMAGE.T), ("upside_down", IMAGE[::-1])):
        got, expected = read(model, IMAGE, order=order), read(model, turned)
        np.testing.assert_array_equal(got.probabilities, expected.probabilities)
        np.testing.assert_array_equal(got.trace.layers[1].h, expected.trace.layers[1].h)


@given(NUMBERS, COVERED)
def test_a_covered_step_is_read_as_bare_paper(number, covered):
    image = IMAGES[number].copy()
    got = read(load_reader(), image, covered=covered)
    image[sorted(covered)] = 0
    np.testing.assert_array_equal(got.probabilities, read(load_reader(), image).probabilities)
    assert got.covered == tuple(sorted(covered))


@given(NUMBERS, st.sampled_from(READERS), st.sampled_from(ORDERS))
def test_where_the_answer_falls(number, cell, order):
    reading = read(load_reader(cell), IMAGES[number], order=order)
    likeliest = reading.probabilities.argmax(axis=1).tolist()
    assert reading.answer == likeliest[-1]
    changes = [t for t in range(1, SIDE) if likeliest[t] != likeliest[t - 1]]
    assert reading.last_change == (changes[-1] if changes else 0)
    sure = [bool(p > 0.5) for p in reading.probabilities[:, reading.answer]]
    steps = [t for t in range(SIDE) if all(sure[t:])]
    assert reading.decided == (steps[0] if steps else None)
    if reading.decided is not None:
        assert reading.decided >= reading.last_change


@EACH_CELL
@pytest.mark.parametrize("order", ORDERS)
def test_the_gradient_is_the_slope_of_the_winners_logit(cell, order):
    model = load_reader(cell)
    covered = (3, 15)
    slope = gradient(model, IMAGE, order=order, covered=covered)
    exact = build_model(ModelConfig(**{**vars(model.config), "dtype": "float64"}))
    exact.load_state_dict({name: tensor.double() for name, tensor in model.state_dict().items()})
    turned = {"rows": IMAGE, "columns": IMAGE.T, "upside_down": IMAGE[::-1]}[order].astype(float).copy()
    turned[list(covered)] = 0
    winner = read(model, IMAGE, order=order, covered=covered).answer

    def logit(step: int, pixel: int, change: float) -> float:
        moved = turned.copy()
        moved[step, pixel] += change
        with torch.no_grad():
            return float(exact(torch.from_numpy(moved))[0][-1, winner])

    lies = {"rows": slope, "columns": slope.T, "upside_down": slope[::-1]}[order]
    assert not lies[list(covered)].any()
    for step, pixel in ((0, 14), (9, 12), (14, 20), (27, 3)):
        expected = (logit(step, pixel, 1e-5) - logit(step, pixel, -1e-5)) / 2e-5
        assert lies[step, pixel] == pytest.approx(expected, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"image": np.zeros((28, 27))}, "shape"),
        ({"image": np.full((28, 28), 2.0)}, "from 0"),
        ({"image": np.full((28, 28), np.nan)}, "from 0"),
        ({"image": IMAGE, "order": "diagonal"}, "order"),
        ({"image": IMAGE, "covered": (28,)}, "covered"),
        ({"image": IMAGE, "covered": (-1,)}, "covered"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(arguments, word):
    for function in (read, gradient):
        with pytest.raises(ValueError, match=word):
            function(load_reader(), **arguments)


def test_a_network_of_other_sizes_cannot_read():
    letters = build_model(ModelConfig(input_size=3, hidden_size=4, output_size=3))
    with pytest.raises(ValueError, match="28"):
        read(letters, IMAGE)


@EACH_CELL
def test_the_shipped_networks_are_what_they_are_called(cell):
    model = load_reader(cell)
    assert model is load_reader(cell)
    assert model.config.cell == cell
    assert not any(weight.requires_grad for weight in model.parameters())
    assert 0.9 < measured_accuracy(cell) <= 1


def test_weights_of_another_cell_are_refused(tmp_path):
    model = build_model(ModelConfig(cell="gru", input_size=28, hidden_size=5, output_size=10, num_layers=2))
    save_file(parameters_of(model), tmp_path / "weights.safetensors")
    assert load_weights(tmp_path / "weights.safetensors", "gru").config.hidden_size == 5
    with pytest.raises(ValueError, match="shape"):
        load_weights(tmp_path / "weights.safetensors", "lstm")
    with pytest.raises(ValueError, match="cell"):
        load_reader("transformer")
