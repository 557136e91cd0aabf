"""What the figures draw is what the engine gave, on scales that do not move."""

import numpy as np
import pytest

from lstmviz.figures.theme import IDENTITY, ON_DARK, Palette, Scale, largest, number
from lstmviz.figures.training import MOST_POINTS, curves, stride
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
    assert scale.colour(1.0) == ("#c0c0c0", "#111827")
    assert scale.colour(5.0) == scale.colour(2.0)
    assert scale.colour(float("nan"))[0] == scale.colour(float("inf"))[0] == "#8a8f9c"


def test_numbers_are_printed_as_people_read_them():
    values = [0.0, -0.98765, 12.3456, 127.34, 1e6, np.nan, np.inf, -np.inf]
    assert [number(v) for v in values] == ["0.000", "−0.988", "12.35", "127.3", "1.00e+06", "NaN", "∞", "−∞"]
    assert largest(np.array([0.2, -0.1])) == 1.0
    assert largest(np.array([3.0, -8.5, np.nan, np.inf])) == 8.5


def test_long_curves_are_thinned_evenly_and_end_at_the_end():
    losses = np.geomspace(1, 1e-6, 10_001)
    figure = curves(losses, 1 - losses, 10_000, Palette(), ("loss", "accuracy", "epoch"))
    drawn = np.array(figure.data[0].x)
    assert stride(len(losses)) == 7
    assert len(drawn) <= MOST_POINTS + 1
    assert drawn[-1] == 10_000
    np.testing.assert_array_equal(figure.data[0].y, losses[drawn])
    assert figure.layout.yaxis.type == "log"
