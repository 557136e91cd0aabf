"""What the figures draw is what the engine gave, on scales that do not move."""

import numpy as np
import pytest

from lstmviz.figures.theme import IDENTITY, ON_DARK, Palette, Scale, largest, number
from lstmviz.figures.training import MOST_POINTS, curves, drawn_epochs
from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import alphabet_task

TASK = alphabet_task("abcabC", 10)


def _model(cell: str, seed: int = 1):
    return build_model(ModelConfig(cell=cell, input_size=4, hidden_size=3, output_size=4, seed=seed))


@pytest.mark.parametrize("dark", [False, True])
def test_scales_are_fixed_by_their_meaning(dark):
    palette = Palette(dark=dark)
    assert [(s.low, s.high) for s in map(palette.scale, "ifozr")] == [(0, 1)] * 5
    assert [(s.low, s.high) for s in map(palette.scale, "ghn")] == [(-1, 1)] * 3
    assert (palette.scale("c", 127.0).low, palette.scale("c", 127.0).high) == (-127, 127)
    assert palette.scale("c", 127.0).text == "±127"
    assert palette.scale("yhat").text == "0–1"
    lecture = Palette(dark=dark, lecture=True)
    assert {(s.low, s.high, s.colours) for s in (lecture.scale(q) for q in "ifogch")} == {
        (-1.0, 1.0, ((0.0, "#0000ff"), (0.5, "#ffffff"), (1.0, "#ff0000")))
    }
    assert IDENTITY.keys() == ON_DARK.keys()


def test_a_square_has_the_scales_colour_and_ink_that_can_be_read():
    scale = Scale(((0.0, "#000000"), (0.5, "#808080"), (1.0, "#ffffff")), -2.0, 2.0)
    assert scale.colour(-2.0) == ("#000000", "#ffffff")
    assert scale.colour(1.0) == ("#c0c0c0", "#000000")
    assert scale.colour(5.0) == scale.colour(2.0)
    assert scale.colour(float("nan"))[0] == scale.colour(float("inf"))[0] == "#8a8f9c"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lecture", [False, True])
def test_every_number_on_its_square_has_a_contrast_of_4_5(dark: bool, lecture: bool):
    palette = Palette(dark=dark, lecture=lecture)
    pairs = [palette.scale(name).colour(value) for name in "ifogch" for value in (*np.linspace(-1, 1, 401), np.nan)]
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def contrast(one: str, other: str) -> float:
    """Of two colours, by WCAG 2, computed apart from the product."""
    rgb = np.array([[int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)] for colour in (one, other)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ (0.2126, 0.7152, 0.0722))
    return (high + 0.05) / (low + 0.05)


def test_numbers_are_printed_as_people_read_them():
    values = [0.0, -0.98765, 12.3456, 127.34, 1e6, np.nan, np.inf, -np.inf]
    assert [number(v) for v in values] == ["0.000", "−0.988", "12.35", "127.3", "1.00e+06", "NaN", "∞", "−∞"]
    assert largest(np.array([0.2, -0.1])) == 1.0
    assert largest(np.array([3.0, -8.5, np.nan, np.inf])) == 8.5


def test_long_curves_are_thinned_as_their_axis_is_and_end_at_the_end():
    losses = np.geomspace(1, 1e-6, 10_001)
    figure = curves(losses, 1 - losses, 10_000, Palette(), ("loss", "accuracy", "epoch"))
    drawn = np.array(figure.data[0].customdata)
    assert len(drawn) <= MOST_POINTS
    assert drawn[0] == 0
    assert drawn[-1] == 10_000
    assert set(range(100)) <= set(drawn.tolist())
    np.testing.assert_array_equal(figure.data[0].y, losses[drawn])
    np.testing.assert_array_equal(figure.data[0].x[1:], drawn[1:])
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    np.testing.assert_array_equal(drawn_epochs(300), np.arange(301))


def test_lines_of_the_way_down_are_named_and_no_name_lies_upon_another():
    losses = np.geomspace(1.4, 1e-3, 300)
    lines = [("chance", 1.386), ("frequent", 1.33), ("alone", 0.231)]
    figure = curves(losses, 1 - losses, 299, Palette(), ("loss", "accuracy", "epoch"), lines)
    assert [(shape.y0, shape.y1) for shape in figure.layout.shapes] == [(loss, loss) for _name, loss in lines]
    named = figure.layout.annotations
    assert [one.text for one in named] == ["chance · frequent", "alone"]
    np.testing.assert_allclose([one.y for one in named], np.log10([1.386, 0.231]))
    low, high = figure.layout.yaxis.range
    assert low < np.log10(1e-3)
    assert high > np.log10(1.4)
