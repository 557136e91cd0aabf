"""The pictures of times: what is drawn is what was given, in the units that are written."""

import numpy as np
import pytest

from lstmviz.figures.theme import Palette
from lstmviz.figures.timing import Bar, Curve, Piece, Roof, against, one_step, roofline, through_batch, time_text
from lstmviz.timing.model import Fit

LIGHT, DARK = Palette(), Palette(dark=True)
TITLES = ("nodes", "time")
CURVES = (
    Curve("one", "cpu", (1, 10, 100), (1e-3, 2e-3, 8e-3)),
    Curve("other", "h200", (1, 100), (3e-3, 4e-3), recorded=True),
)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0.4, "0.4 ns"),
        (35, "35 ns"),
        (99.6, "100 ns"),
        (364.2, "364 ns"),
        (9_400, "9.4 µs"),
        (135_000, "135 µs"),
        (1.5e6, "1.5 ms"),
        (1.72e9, "1.72 s"),
        (3.6e12, "3,600 s"),
    ],
)
def test_a_time_has_the_unit_that_suits_it(nanoseconds, text):
    assert time_text(nanoseconds) == text


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_lines_have_their_points_and_recorded_ones_are_dotted(palette):
    figure = against(CURVES, palette, TITLES, [(20.0, "from 20 on")])
    for line, curve in zip(figure.data, CURVES, strict=True):
        assert tuple(line.x) == curve.x
        assert tuple(line.y) == curve.seconds
        assert (line.line.dash == "dot") == curve.recorded
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    (mark,) = figure.layout.annotations
    assert (mark.text, mark.x) == ("from 20 on", pytest.approx(np.log10(20)))


def test_the_roof_is_the_formula_and_its_points_are_measured():
    fit = Fit(latency=1e-6, throughput=1e10, off=1.1)
    work = (1e2, 1e4, 1e6)
    roof = Roof(Curve("one", "cpu", work, tuple(fit.seconds(one) for one in work)), fit)
    limits, line, points = roofline([roof], LIGHT, TITLES).data
    assert max(limits.y) == pytest.approx(1e10)
    assert limits.y[0] == pytest.approx(1e2 / 1e-6)
    at = np.interp(np.log(1e4), np.log(line.x), np.log(line.y))
    assert np.exp(at) == pytest.approx(1e4 / fit.seconds(1e4), rel=1e-2)
    assert list(points.y) == pytest.approx([one / fit.seconds(one) for one in work])


def test_the_slider_has_a_frame_for_each_place_with_the_time_of_one_sequence():
    figure = through_batch(CURVES, (1, 10, 100), LIGHT, ("batch", "time"))
    assert [frame.name for frame in figure.frames] == ["1", "10", "100"]
    assert tuple(figure.data[0].x) == (1e-3, 3e-3)
    assert tuple(figure.frames[1].data[0].x) == (pytest.approx(2e-4), None)  # the other was not measured there
    assert tuple(figure.frames[2].data[0].x) == pytest.approx((8e-5, 4e-5))
    assert list(figure.frames[2].data[0].text) == ["80 µs", "40 µs"]
    (slider,) = figure.layout.sliders
    assert [step.args[0][0] for step in slider.steps] == ["1", "10", "100"]


BARS = (
    Bar("long", "cpu", (Piece("first", 600.0, "says"), Piece("second", 400.0))),
    Bar("short", "compiled", (Piece("tanh", 12.0), Piece("rest", 38.0))),
)


def test_a_step_is_drawn_to_scale():
    figure = one_step(BARS, DARK, most=1000.0, titles=("step", "{time}: runs on"))
    drawn = [(piece.y[0], piece.base[0], piece.x[0]) for piece in figure.data]
    assert drawn == [("long", 0, 600), ("long", 600, 400), ("short", 0, 12), ("short", 12, 38)]
    assert [note.text for note in figure.layout.annotations] == ["<b>1 µs</b>", "<b>50 ns</b>"]


def test_what_is_longer_runs_out_of_the_picture_and_says_how_long_it_is():
    figure = one_step(BARS, LIGHT, most=60.0, titles=("step", "{time}: runs on"))
    drawn = [(piece.y[0], piece.base[0], piece.x[0]) for piece in figure.data]
    assert drawn == [("long", 0, 60), ("short", 0, 12), ("short", 12, 38)]
    assert figure.layout.annotations[0].text == "<b>1 µs: runs on</b>"


def test_letters_on_a_piece_can_be_read():
    for palette in (LIGHT, DARK):
        for piece in one_step(BARS, palette, most=1000.0, titles=("", "{time}")).data:
            assert contrast(piece.marker.color, piece.textfont.color) > 4.5


def contrast(one: str, other: str) -> float:
    """By WCAG."""

    def luminance(colour: str) -> float:
        parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_nothing_measured_is_an_empty_picture():
    assert against((), LIGHT, TITLES).data == ()
    assert roofline((), LIGHT, TITLES).data == ()
    assert len(through_batch((), (1, 4), LIGHT, TITLES).frames) == 2
