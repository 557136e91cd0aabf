"""Probabilities that mean what they say: the temperature against a search by hand, the error against its definition."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.digits.calibration import BINS, expected_calibration_error, fit_temperature
from lstmviz.digits.evaluation import evaluate, logits_of
from lstmviz.digits.prepare import SIDE
from lstmviz.digits.readers import READERS, WEIGHTS, load_reader, load_weights, measured_calibration, metadata_of
from lstmviz.digits.reading import read
from lstmviz.digits.sample import sample


def answers(count: int, seed: int, heat: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are `heat` times what the labels were drawn by."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, 10))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=row) for row in shares])
    return heat * logits, labels


@given(st.integers(0, 99), st.sampled_from([0.3, 1.0, 4.0]))
def test_no_temperature_makes_the_labels_likelier(seed, heat):
    logits, labels = answers(60, seed, heat)
    found = fit_temperature(logits, labels)

    def loss(temperature):
        return torch.nn.functional.cross_entropy(torch.tensor(logits / temperature), torch.tensor(labels)).item()

    assert loss(found) <= min(loss(found * factor) for factor in (0.5, 0.9, 0.99, 1.01, 1.1, 2)) + 1e-12


def test_the_temperature_that_was_put_in_is_found_again():
    for heat in (0.5, 1, 3):
        assert fit_temperature(*answers(20_000, 1, heat)) == pytest.approx(heat, rel=0.05)


def test_the_temperature_stays_in_its_range():
    sure = np.eye(10)
    assert fit_temperature(sure, np.arange(10)) == pytest.approx(1e-3)
    assert fit_temperature(sure, (np.arange(10) + 1) % 10) == pytest.approx(1e3)
    with pytest.raises(ValueError, match=r"^`logits` must be \(n, classes\) and `labels` \(n,\)"):
        fit_temperature(np.zeros((3, 10)), np.zeros(2, int))


def test_the_error_is_that_of_its_definition():
    """Guo et al. 2017, equation 3, bin by bin."""
    logits, labels = answers(3000, 2, 2.5)
    p = torch.softmax(torch.tensor(logits), dim=1).numpy()
    expected = 0.0
    for k in range(BINS):
        inside = [n for n in range(len(p)) if k / BINS < p[n].max() <= (k + 1) / BINS]
        if inside:
            share = sum(p[n].argmax() == labels[n] for n in inside) / len(inside)
            sure = sum(p[n].max() for n in inside) / len(inside)
            expected += len(inside) / len(p) * abs(share - sure)
    assert expected_calibration_error(p, labels) == pytest.approx(expected, abs=1e-12)
    assert expected > 0.1
    assert expected_calibration_error(np.eye(10), np.arange(10)) == 0
    assert expected_calibration_error(np.eye(10), (np.arange(10) + 1) % 10) == 1


@pytest.mark.parametrize("cell", READERS)
def test_the_reader_divides_its_logits_by_the_temperature_that_lies_with_its_weights(cell):
    file = WEIGHTS / f"{cell}.safetensors"
    temperature = float(metadata_of(file)["temperature"])
    assert 0.3 < temperature < 1  # softened labels had made it too modest
    images, labels = sample().images[:40], sample().labels[:40]
    raw, calibrated = load_weights(file, cell, calibrated=False), load_reader(cell)
    np.testing.assert_allclose(
        logits_of(calibrated, images), logits_of(raw, images) / temperature, rtol=1e-4, atol=1e-4
    )
    assert (evaluate(raw, images, labels).answers == evaluate(calibrated, images, labels).answers).all()
    last = read(calibrated, images[3] / 255).probabilities[SIDE - 1]
    np.testing.assert_allclose(last, evaluate(calibrated, images[3:4], labels[3:4]).probabilities[0], atol=1e-5)


@pytest.mark.parametrize("cell", READERS)
def test_what_the_shipped_readers_say_is_as_true_as_was_set(cell):
    assert measured_calibration(cell) <= 0.005
    shown = sample()
    found = evaluate(load_reader(cell), shown.images[shown.drawn], shown.labels[shown.drawn])
    sure = found.probabilities.max(axis=1)
    # The difference of two means over 500 answers, each right or wrong by its own probability: four deviations.
    spread = np.sqrt((sure * (1 - sure)).sum()) / len(sure)
    assert abs(found.accuracy - sure.mean()) < 4 * spread + 0.002


def test_after_some_rows_the_logits_are_those_of_a_reading():
    images = sample().images[:5]
    for row in (0, 13, 27):
        expected = [read(load_reader(), image / 255).probabilities[row] for image in images]
        found = torch.softmax(torch.from_numpy(logits_of(load_reader(), images, row)), dim=1).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-5)
