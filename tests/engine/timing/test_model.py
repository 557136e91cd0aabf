"""Latency and throughput, crossings, and what the numbers say: against numbers that are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.timing.model import crossing, fit, growth
from lstmviz.timing.results import Machine, Measurement, Results, shipped
from lstmviz.timing.row import BATCHES, NOTES, Row, rows_against
from lstmviz.timing.series import overtakes, series
from lstmviz.timing.story import advantage, arithmetic_share


def made(latency: float, throughput: float, way: str = "cpu", noise: float = 0.0) -> tuple[Measurement, ...]:
    """The rows of the batches as a machine would take them that follows the formula."""
    chance = np.random.default_rng(0)
    rows = rows_against("batch", backward=(True,))
    steps = [latency + row.work / throughput for row in rows]
    factors = np.exp(noise * chance.standard_normal(len(rows)))
    return tuple(
        Measurement(row, way, step * row.steps * row.epochs * factor)
        for row, step, factor in zip(rows, steps, factors, strict=True)
    )


@given(st.floats(1e-8, 1e-5), st.floats(1e9, 1e13))
def test_the_two_numbers_are_found_again(latency, throughput):
    found = fit(made(latency, throughput))
    # Each can be known only where some row is governed by it.
    rows = rows_against("batch", backward=(True,))
    if rows[0].work / throughput < 0.3 * latency:
        assert found.latency == pytest.approx(latency, rel=0.02)
    if rows[-1].work / throughput > 3 * latency:
        assert found.throughput == pytest.approx(throughput, rel=0.02)
    assert found.off < 1.02
    assert found.knee == pytest.approx(found.latency * found.throughput)
    assert found.seconds(found.knee) == pytest.approx(2 * found.latency)


def test_noise_is_told_by_how_far_it_is_off():
    assert 1.02 < fit(made(3e-6, 1e12, noise=0.1)).off < 1.5


def test_two_points_are_too_few_for_two_numbers():
    assert fit(made(1e-6, 1e10)[:2]) is None


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_formula_fits_the_recorded_cards_over_the_batches(cell):
    for key in ("h200", "h100"):
        for backward in (True, False):
            found = fit(series(shipped()[key], "gpu", "batch", cell, backward).measured)
            assert found.off < 1.6


def test_curves_cross_where_both_formulas_are_equal():
    x = np.array(BATCHES, float)
    place = crossing(x, 10 + 0.01 * x, 0.5 * x)
    assert place == pytest.approx(10 / 0.49, rel=0.15)  # straight lines between points that are far apart


def test_power_laws_cross_exactly():
    x = np.array(BATCHES, float)
    assert crossing(x, 30 * x**0.5, 2 * x) == pytest.approx(225)


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [([1, 1, 1], [2, 2, 2], 1.0), ([2, 2, 2], [1, 1, 1], None), ([1, 3, 3], [2, 2, 2], None), ([], [], None)],
)
def test_where_there_is_no_crossing(one, other, place):
    assert crossing([1.0, 2.0, 4.0][: len(one)], one, other) == place


def test_a_lead_that_is_lost_again_does_not_count():
    assert crossing([1.0, 2.0, 4.0, 8.0], [1, 5, 1, 1], [2, 2, 2, 2]) == pytest.approx(
        2 * 2 ** (np.log(2.5) / np.log(5))
    )


def test_growth_is_the_slope_in_logarithms():
    assert growth([1, 10, 100], [3, 30, 300]) == pytest.approx(1)
    assert growth([1, 10, 100], [3, 3, 3]) == pytest.approx(0)


def test_a_series_has_the_places_that_were_measured():
    found = Results(Machine("x"), "", made(1e-6, 1e10)[1:4])
    one = series(found, "cpu", "batch", "rnn", True)
    assert one.x == BATCHES[1:4]
    assert one.seconds == tuple(each.median / 100 for each in made(1e-6, 1e10)[1:4])
    assert series(found, "gpu", "batch", "rnn", True).x == ()


def test_one_overtakes_the_other_only_where_both_were_measured():
    slow, fast = Results(Machine("x"), "", made(1e-7, 1e10)), Results(Machine("y"), "", made(1e-5, 1e13, "gpu"))
    cpu, gpu = series(slow, "cpu", "batch", "rnn", True), series(fast, "gpu", "batch", "rnn", True)
    place = overtakes(gpu, cpu)
    exact = 9.9e-6 / (rows_against("batch", backward=(True,))[0].work * (1e-10 - 1e-13))
    assert place == pytest.approx(exact, rel=0.3)
    assert overtakes(cpu, gpu) is None
    assert overtakes(gpu, replace(cpu, measured=())) is None


def test_an_advantage_is_taken_apart_as_by_hand():
    found = advantage(NOTES[0], shipped()["notes"], shipped()["notes"])
    assert found.forward == pytest.approx(18.85 / 1.29)
    assert found.back == pytest.approx((93.02 - 18.85) / (3.26 - 1.29))
    assert found.whole == pytest.approx(93.02 / 3.26)
    assert found.saved == pytest.approx(93.02 - 3.26)
    assert found.share_of_back == pytest.approx((93.02 - 18.85 - 3.26 + 1.29) / (93.02 - 3.26))
    assert found.verdict == "back"


@pytest.mark.parametrize(
    ("slow", "fast", "verdict"), [((10, 20), (1, 2), "both"), ((10, 20), (1, 6), "forward"), ((10, 90), (2, 4), "back")]
)
def test_the_verdict_goes_whichever_way_the_numbers_go(slow, fast, verdict):
    def results(way, forward, whole):
        both = ((False, forward), (True, whole))
        return Results(
            Machine("x"), "", tuple(Measurement(Row(backward=flag), way, float(seconds)) for flag, seconds in both)
        )

    assert advantage(Row(), results("cpu", *slow), results("gpu", *fast)).verdict == verdict


def test_without_one_of_the_four_numbers_there_is_no_advantage():
    assert advantage(Row(steps=77), shipped()["notes"], shipped()["notes"]) is None


def test_the_share_of_arithmetic_is_of_the_step():
    one = made(1e-6, 1e10)[0]
    assert arithmetic_share(one, fit(made(1e-6, 1e10))) == pytest.approx(
        one.row.work / 1e10 / (1e-9 * one.step_nanoseconds), rel=0.01
    )
