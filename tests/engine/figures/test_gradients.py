"""The figures of the gradients: every square and line where its number belongs, on one logarithmic scale."""

import numpy as np
import pytest

from lstmviz.figures.gradients import (
    MOST_DECADES,
    STAGE_DASHES,
    Curve,
    decade,
    gradient_scale,
    lags,
    matrix,
    norms,
    singular,
    stages,
    strength,
)
from lstmviz.figures.theme import Palette
from tests.engine.figures.test_figures import contrast

LIGHT, DARK = Palette(), Palette(dark=True)


@pytest.mark.parametrize(("palette", "ground"), [(LIGHT, "#ffffff"), (DARK, "#0f1420")])
def test_the_lines_of_a_training_stand_out_from_the_ground_and_from_each_other(palette: Palette, ground: str):
    colours = stages(5, palette)
    assert min(contrast(colour, ground) for colour in colours) >= 3
    rgb = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in colours])
    assert min(np.abs(np.diff(rgb, axis=0)).sum(axis=1)) > 80
    assert len(set(STAGE_DASHES)) == len(STAGE_DASHES) == len(colours) - 1


def lower(values: float, size: int = 4) -> np.ndarray:
    """A matrix of one value where k <= t, and NaN elsewhere."""
    found = np.full((size, size), values)
    found[np.triu_indices(size, 1)] = np.nan
    return found


@pytest.mark.parametrize(
    ("log10", "text"),
    [
        (0.0, "1"),
        (np.log10(0.25), "0.25"),
        (np.log10(0.001), "0.001"),
        (-7.3, "5·10⁻⁸"),
        (-400.0, "1·10⁻⁴⁰⁰"),
        (-6 - 1e-12, "1·10⁻⁶"),
        (12.5, "3.2·10¹²"),
        (np.log10(1234.0), "1.2·10³"),
        (np.log10(999.7), "1·10³"),
        (-np.inf, "0"),
        (np.inf, "∞"),
        (np.nan, "NaN"),
    ],
)
def test_a_strength_is_written_by_its_logarithm(log10: float, text: str) -> None:
    assert strength(log10) == text


def test_a_decade_is_a_power_of_ten() -> None:
    assert [decade(power) for power in (-12.0, -1.0, 0.0, 3.0)] == ["10⁻¹²", "10⁻¹", "1", "10³"]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_one_scale_holds_all_matrices_down_to_its_last_decade(palette: Palette) -> None:
    scale = gradient_scale([lower(-3.2), lower(0.4)], palette)
    assert (scale.low, scale.high) == (-4.0, 1.0)
    scale = gradient_scale([lower(-300.0), lower(0.4)], palette)
    assert (scale.low, scale.high) == (1.0 - MOST_DECADES, 1.0)
    assert gradient_scale([lower(-np.inf)], palette).high > gradient_scale([], palette).low


def test_a_matrix_shows_each_number_at_its_steps_and_exact_zeros_apart() -> None:
    values = lower(-2.0)
    values[3, 0] = -np.inf
    figure = matrix(values, range(10, 14), gradient_scale([values], LIGHT), LIGHT, "title", "{t} {k} {value}")
    shown, zeros = figure.data
    assert (shown.x0, shown.y0, shown.dx, shown.dy) == (10, 10, 1, 1)
    np.testing.assert_array_equal(np.isnan(shown.z), np.isnan(values) | np.isneginf(values))
    assert np.nanmax(shown.z) == -2
    assert np.argwhere(~np.isnan(zeros.z)).tolist() == [[3, 0]]
    assert list(figure.layout.xaxis.range) == [9.5, 13.5]
    assert len(matrix(lower(-2.0), range(4), gradient_scale([], LIGHT), LIGHT, "", "{t}{k}{value}").data) == 1


def test_lines_are_drawn_by_lag_with_gaps_and_their_bands_behind_them() -> None:
    line = np.array([0.0, -1.0, np.nan, -np.inf, -3.0])
    band = (line - 1, line + 1)
    figure = lags([Curve("LSTM", line, "#0072b2", band=band)], LIGHT, ("lag", "strength"))
    assert figure.data[0].fill == "toself"
    np.testing.assert_allclose(figure.data[1].y, [0, -1, np.nan, np.nan, -3])
    low, high = figure.layout.yaxis.range
    assert low < -3
    assert high > 0
    assert [decade(power) for power in figure.layout.yaxis.tickvals] == list(figure.layout.yaxis.ticktext)


def test_a_band_far_below_all_lines_does_not_press_them_flat() -> None:
    line = np.linspace(0, -5, 20)
    figure = lags([Curve("c", line, "#0072b2", band=(60 * line, line))], LIGHT, ("lag", "strength"))
    assert figure.layout.yaxis.range[0] > -12


@pytest.mark.parametrize("values", [np.empty((0, 3)), np.full((5, 2), np.nan), np.zeros((5, 20))])
def test_singular_values_are_drawn_as_far_as_they_are_known(values: np.ndarray) -> None:
    figure = singular(values, DARK, ("lag", "value"))
    assert len(figure.data) == min(values.shape[1], 12)


def test_the_norm_and_the_line_it_is_clipped_at() -> None:
    gains, norm = np.array([0.0, 1.0, 2.0]), np.array([0.1, np.inf, 100.0])
    figure = norms(
        gains,
        norm,
        np.array([0.1, np.nan, 1.0]),
        LIGHT,
        ("gain", "norm"),
        ("before", "after", "at 1"),
        max_norm=1,
        gain=2,
    )
    before, after, chosen = figure.data
    np.testing.assert_allclose(before.y, [-1, np.nan, 2])
    np.testing.assert_allclose(after.y, [-1, np.nan, 0])
    assert (chosen.x[0], chosen.y[0]) == (2.0, 2.0)
    assert figure.layout.shapes[0].y0 == 0
