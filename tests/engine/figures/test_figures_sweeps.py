"""The figures of sweeps draw what the networks did, in few traces and on scales that do not move."""

import numpy as np
import pytest

from lstmviz.figures.sweeps import (
    CELL_COLOURS,
    MOST_POINTS,
    drawn_epochs,
    h_distribution_figure,
    loss_curves,
    map_scale,
    memory_map,
    success_figure,
)
from lstmviz.figures.theme import Palette
from lstmviz.models import CELLS
from lstmviz.sweeps import Bundle, train_bundle
from lstmviz.sweeps.evidence import h_distribution, rates, success

NAMES = {cell: cell.upper() for cell in CELLS}
TITLES = ("loss", "epoch", "seed")
MAP_TITLES = ("memory", "nodes", "solved")


def _result(cell, seeds, **changes):
    usual = {"task": "abaB", "repeats": 10, "hidden_size": 3, "lr": 0.1, "epochs": 100, "snapshots": 2}
    return train_bundle(Bundle(**{**usual, "cell": cell, "seeds": tuple(seeds), **changes}))


@pytest.fixture(scope="module")
def results():
    return [_result("rnn", range(4)), _result("lstm", range(4)), _result("rnn", range(4, 7))]


def _curves(trace):
    """seed -> (epochs, losses) of the curves in one trace, split at its gaps."""
    x, y, seeds = (np.asarray(values) for values in (trace.x, trace.y, trace.customdata))
    return {int(seed): (x[seeds == seed], y[seeds == seed]) for seed in np.unique(seeds)}


def test_every_loss_curve_is_its_networks(results):
    figure = loss_curves(results, Palette(), NAMES, TITLES)
    drawn = {(trace.name, seed): curve for trace in figure.data for seed, curve in _curves(trace).items()}
    runs = [run for result in results for run in result.runs()]
    assert drawn.keys() == {(run.cell, run.seed) for run in runs}
    for run in runs:
        epochs, losses = drawn[run.cell, run.seed]
        np.testing.assert_array_equal(losses[:-1], run.losses[epochs[:-1]])
        assert np.isnan(losses[-1])  # the gap after it
        assert (epochs[0], epochs[-1]) == (0, 100)


def test_few_traces_tell_solved_from_unsolved(results):
    figure = loss_curves(results, Palette(), NAMES, TITLES)
    assert len(figure.data) <= 2 * 2
    for trace in figure.data:
        for seed in _curves(trace):
            (solved,) = {
                run.solved for one in results for run in one.runs() if (run.cell, run.seed) == (trace.name, seed)
            }
            assert trace.meta == ("solved" if solved else "unsolved")
    strong, pale = ([t.opacity for t in figure.data if t.meta == meta] for meta in ("solved", "unsolved"))
    assert strong
    assert pale
    assert min(strong) > max(pale)
    assert figure.layout.yaxis.type == "log"


@pytest.mark.parametrize(("epochs", "networks"), [(1, 1), (3000, 50), (100_000, 300), (10, 10_000)])
def test_curves_are_thinned_to_what_a_browser_draws(epochs, networks):
    drawn = drawn_epochs(epochs, networks)
    assert drawn[0] == 0
    assert drawn[-1] == epochs
    assert len(drawn) <= 300
    assert len(drawn) * networks <= MOST_POINTS or len(drawn) <= 60
    assert len(drawn) == min(len(drawn), epochs + 1) == len(set(drawn.tolist()))


def test_a_network_that_diverged_ends_where_it_did():
    result = _result("rnn_relu", range(16), lr=10.0, epochs=300)
    assert (result.diverged_at > 0).any(), "nothing diverged here: choose another rate"
    figure = loss_curves([result], Palette(), NAMES, TITLES)
    drawn = {seed: curve for trace in figure.data for seed, curve in _curves(trace).items()}
    for run in result.runs():
        epochs, losses = drawn[run.seed]
        np.testing.assert_array_equal(np.isnan(losses[:-1]), ~np.isfinite(run.losses[epochs[:-1]]))
    assert np.isfinite(figure.layout.yaxis.range).all()


@pytest.mark.parametrize("dark", [False, True])
def test_rates_are_dots_with_their_intervals(dark):
    found = {"rnn": success(11, 25), "lstm": success(25, 25)}
    figure = success_figure(found, Palette(dark=dark), NAMES)
    for trace, (cell, rate) in zip(figure.data, found.items(), strict=True):
        assert trace.y == (NAMES[cell],)
        assert trace.x == (rate.solved / rate.trials,)
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(rate.high)
        assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(rate.low)
        assert trace.marker.color == CELL_COLOURS[cell][dark]
    assert figure.layout.xaxis.range[0] <= 0
    assert figure.layout.xaxis.range[1] >= 1


def test_bars_are_the_shares_of_h(results):
    found = h_distribution(results, bins=10)
    figure = h_distribution_figure(found, Palette(), NAMES, ("|h|", "share"))
    assert [trace.name for trace in figure.data] == [cell for cell in found if found[cell].networks]
    for trace in figure.data:
        np.testing.assert_array_equal(trace.y, found[trace.name].shares)
        assert [opacity == 1 for opacity in trace.marker.opacity] == [False] * 9 + [True]  # above 0.9
        assert trace.customdata[0] == "0.00–0.10"


def test_what_is_above_1_has_a_bar_of_its_own():
    results = [_result("rnn_relu", range(16), epochs=300)]
    found = h_distribution(results, bins=4)
    assert found["rnn_relu"].beyond > 0, "no solved network has |h| above 1 here: choose others"
    (trace,) = h_distribution_figure(found, Palette(), NAMES, ("|h|", "share")).data
    assert trace.customdata[-1] == "> 1"
    assert trace.y[-1] == found["rnn_relu"].beyond
    assert sum(trace.y) == pytest.approx(1)


def test_nothing_solved_is_an_empty_figure():
    found = h_distribution([_result("rnn", range(4), task="abcdabcD", hidden_size=1, epochs=1)])
    assert not h_distribution_figure(found, Palette(), NAMES, ("|h|", "share")).data


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_shows_rates_where_they_belong(dark):
    found = {(2, 1): success(4, 16), (4, 3): success(16, 16), (3, 2): success(0, 16)}
    figure = memory_map(
        found, range(2, 6), range(1, 4), Palette(dark=dark), MAP_TITLES, name="gru", width=240, chosen=(4, 3)
    )
    squares, dots = figure.data
    expected = np.full((3, 4), np.nan)
    expected[0, 0], expected[2, 2], expected[1, 1] = 0.25, 1.0, 0.0
    np.testing.assert_array_equal(np.asarray(squares.z, float), expected)
    assert (squares.zmin, squares.zmax) == (0, 1)
    assert figure.layout.xaxis.ticktext == ("2", "3", "4", "5")
    assert figure.layout.yaxis.ticktext == ("1", "2", "3")
    for x, y, (name, memory, hidden, said) in zip(dots.x, dots.y, dots.customdata, strict=True):
        assert name == "gru"
        assert figure.layout.xaxis.ticktext[x] == str(memory)
        assert figure.layout.yaxis.ticktext[y] == str(hidden)
        rate = found[memory, hidden]
        assert said.startswith(f"{rate.solved}/{rate.trials} = ")
    numbers = {(note.x, note.y): note.text for note in figure.layout.annotations if note.xref != "paper"}
    assert numbers == {(0, 0): "25", (2, 2): "100", (1, 1): "0"}
    (mark,) = figure.layout.shapes
    assert (mark.x0, mark.x1, mark.y0, mark.y1) == (1.5, 2.5, 1.5, 2.5)
    assert dots.marker.opacity == 0
    assert dots.hoverinfo != "skip"  # or a click would select nothing


def test_numbers_stand_where_there_is_room_and_can_be_read():
    found = {(memory, hidden): success(memory, 16) for memory in range(2, 13) for hidden in range(1, 9)}

    def numbers(width):
        figure = memory_map(found, range(2, 13), range(1, 9), Palette(), MAP_TITLES, name="rnn", width=width)
        assert figure.layout.width == width
        return [note for note in figure.layout.annotations if note.xref != "paper"]

    assert len(numbers(271)) == len(found)
    assert numbers(240) == []  # where 100 in letters of 12 pixels would touch 100
    scale = map_scale(Palette())
    assert {note.font.color for note in numbers(271)} == {scale.colour(rate.rate)[1] for rate in found.values()}


def test_an_empty_map_is_a_frame():
    figure = memory_map({}, range(2, 4), range(1, 3), Palette(), MAP_TITLES, name="rnn", width=240)
    assert np.isnan(np.asarray(figure.data[0].z, float)).all()
    assert len(figure.data[1].x) == 0


def test_rates_come_by_any_name(results):
    found = rates(results, lambda bundle: bundle.cell)
    assert [trace.name for trace in success_figure(found, Palette(), NAMES).data] == ["rnn", "lstm"]
