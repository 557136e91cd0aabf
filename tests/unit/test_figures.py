"""What the figures draw is what the engine gave, on scales that do not move."""

import numpy as np
import pytest

from lstmviz.figures.overview import BANDS, overview
from lstmviz.figures.theme import IDENTITY, ON_DARK, Palette, Scale, largest, number
from lstmviz.figures.training import MOST_POINTS, curves, learned, milestone, stride
from lstmviz.models import CELLS, ModelConfig, build_model, parameters_of
from lstmviz.outcome import outcome
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace, trace_snapshots

TASK = alphabet_task("abcabC", 10)


def _model(cell: str, seed: int = 1):
    return build_model(ModelConfig(cell=cell, input_size=4, hidden_size=3, output_size=4, seed=seed))


@pytest.mark.parametrize("cell", CELLS)
def test_the_overview_shows_every_gate_and_state_of_the_last_steps(cell):
    tr = trace(_model(cell), TASK.one_hot())
    figure = overview(tr, TASK, outcome(tr.probabilities, TASK), Palette(), steps=12)
    heatmaps = [drawn for drawn in figure.data if drawn.type == "heatmap"]
    for drawn, band in zip(heatmaps, (*BANDS[cell], "yhat"), strict=True):
        values = tr.probabilities if band == "yhat" else getattr(tr, band)
        np.testing.assert_array_equal(drawn.z, values[-12:].T)


def test_rings_mark_what_comes_and_crosses_the_wrong_guesses():
    tr = trace(_model("lstm"), TASK.one_hot())
    found = outcome(tr.probabilities, TASK)
    rings, crosses = overview(tr, TASK, found, Palette(), steps=12).data[-2:]
    np.testing.assert_array_equal(rings.y, TASK.y[-12:])
    wrong = np.flatnonzero(~found.right[-12:]) + len(TASK.x) - 12
    np.testing.assert_array_equal(crosses.x, wrong)
    np.testing.assert_array_equal(crosses.y, found.predicted[wrong])


def test_what_a_user_types_is_no_markup_in_a_figure():
    task = alphabet_task("<&ab", 10)
    model = build_model(ModelConfig(cell="rnn", input_size=4, hidden_size=2, output_size=4))
    tr = trace(model, task.one_hot())
    figure = overview(tr, task, outcome(tr.probabilities, task), Palette())
    ticks = [*figure.layout.xaxis2.ticktext, *figure.layout.yaxis2.ticktext]
    assert "&lt;" in ticks
    assert "<" not in ticks


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


@pytest.mark.parametrize("pattern", ["abcabC", "abcdefghijkl"])
def test_predictions_by_snapshot_are_the_traces(pattern):
    task = alphabet_task(pattern, 5)
    letters = len(task.alphabet)
    config = {"cell": "gru", "input_size": letters, "hidden_size": 2, "output_size": letters}
    snapshots = [parameters_of(build_model(ModelConfig(**config, seed=seed))) for seed in range(3)]
    tr = trace_snapshots(build_model(ModelConfig(**config)), snapshots, task.one_hot())
    z = np.array(learned(tr, (0, 5, 10), task, Palette(), "epoch").data[0].z)
    last = tr.probabilities[:, task.last_pattern]
    if pattern == "abcabC":
        np.testing.assert_array_equal(z, last.reshape(3, -1).T)
    else:  # too many rows for all: those of the letters that do come
        truth = task.y[task.last_pattern]
        np.testing.assert_array_equal(z, last[:, np.arange(len(truth)), truth].T)


def test_a_milestone_is_h_beside_the_prediction():
    models = [_model("lstm", seed) for seed in (1, 2)]
    tr = trace_snapshots(models[0], [parameters_of(m) for m in models], TASK.one_hot())
    h, told = milestone(tr, 1, TASK, Palette()).data
    np.testing.assert_array_equal(h.z, tr.h[1, TASK.last_pattern])
    np.testing.assert_array_equal(told.z, tr.probabilities[1, TASK.last_pattern])
    assert (h.zmin, h.zmax, told.zmin, told.zmax) == (-1, 1, 0, 1)
