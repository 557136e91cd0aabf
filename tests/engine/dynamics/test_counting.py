"""What counts is found with its slope, whatever repeats beside it; what repeats, settles or wanders does not count."""

import numpy as np
import pytest

import lstmviz as lv
from lstmviz.dynamics.counting import trends, trends_of
from lstmviz.dynamics.fixed_points import fixed_points
from lstmviz.dynamics.planes import state_names
from lstmviz.statemap import pattern_inputs, state_map

TASK = lv.alphabet_task("abaB", repeats=50)
TIME = np.arange(len(TASK.x))


def test_a_straight_line_beside_a_pattern_is_found_exactly():
    pattern = np.array([3.0, -1.0, 0.5, 7.0])[TIME % 4]
    states = np.stack([0.25 * TIME + pattern, pattern, -0.01 * TIME], axis=-1)
    found = trends(states, ("c1", "c2", "c3"), TASK)
    np.testing.assert_allclose(found.per_step, [0.25, 0, -0.01], atol=1e-14)
    np.testing.assert_allclose(found.per_period, [1, 0, -0.04], atol=1e-13)
    np.testing.assert_allclose(found.r2, [1, 0, 1], atol=1e-12)
    assert found.counters == ("c1", "c3")


def test_slope_and_share_are_those_of_a_regression_with_a_mean_for_each_place():
    random = np.random.default_rng(0)
    states = np.stack(
        [0.02 * TIME + random.normal(size=len(TIME)) + (TIME % 4), random.normal(size=len(TIME))], axis=-1
    )
    found = trends(states, ("h1", "h2"), TASK, skip=0.0)
    time = TIME[:196]
    places = np.eye(4)[time % 4]
    for k in range(2):
        y = states[:196, k]
        with_line, *_ = np.linalg.lstsq(np.column_stack([places, time]), y)
        rest_with = ((y - np.column_stack([places, time]) @ with_line) ** 2).sum()
        rest_without = ((y - places @ np.linalg.lstsq(places, y)[0]) ** 2).sum()
        # The time of a period is that of its first letter for all of its letters, and so is the regression's.
        assert found.per_step[k] == pytest.approx(with_line[-1], rel=1e-9)
        assert found.r2[k] == pytest.approx(1 - rest_with / rest_without, rel=1e-9)
    assert found.steps == 196


def test_what_repeats_at_each_step_has_its_trend_without_a_task():
    states = np.stack([0.25 * TIME + 3.0, np.random.default_rng(2).normal(size=len(TIME))], axis=-1)
    found = trends_of(states, ("c1", "c2"))
    np.testing.assert_allclose([found.per_step[0], found.per_period[0]], 0.25)
    assert found.counters == ("c1",)
    every = trends_of(states, ("c1", "c2"), TASK.period)
    np.testing.assert_array_equal(every.per_step, trends(states, ("c1", "c2"), TASK).per_step)
    with pytest.raises(ValueError, match="`period` must be between 1 and 1000000; got 0"):
        trends_of(states, ("c1", "c2"), 0)


def test_what_settles_wanders_or_is_not_finite_does_not_count():
    settling = np.exp(-TIME / 5)
    wandering = np.random.default_rng(1).normal(size=len(TIME))
    broken = np.where(TIME > 100, np.nan, TIME)
    still = np.full(len(TIME), 12345.678)
    found = trends(np.stack([settling, wandering, broken, still], axis=-1), ("h1", "h2", "c1", "c2"), TASK)
    assert found.counters == ()
    assert np.isnan(found.per_step[2])
    assert found.r2[3] == 0


def test_the_first_cell_of_the_notes_network_counts_to_127_ever_more_slowly_and_would_come_to_rest():
    task = lv.alphabet_task("abaB")
    model = lv.build_model(lv.ModelConfig(cell="lstm", input_size=3, hidden_size=2, output_size=3, seed=43052))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=1000, lr=0.1)):
        pass
    f = state_map(model)
    states = f.states(task.one_hot().astype(float))
    found = trends(states, state_names(f), task)
    assert "c1" in found.counters
    assert states[-7, 2] == pytest.approx(127.72, rel=2e-2)  # as published, with the spread that rounding gives it
    late = trends(states, state_names(f), task, skip=0.75)
    assert 0 < late.per_step[2] < found.per_step[2] < trends(states, state_names(f), task, skip=0.0).per_step[2]
    xs = pattern_inputs(task.x[:4], 3)
    (end,) = fixed_points(f, xs, near=states[-4:]).points
    assert end.stable
    assert end.c[0] > states[:, 2].max()
    np.testing.assert_allclose(f.after(states[395], np.tile(xs, (2000, 1))), end.s, atol=1e-8)


def test_what_has_no_trend_to_speak_of_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="at least three whole periods"):
        trends(np.zeros((11, 1)), ("h1",), TASK, skip=0.5)
    with pytest.raises(ValueError, match="`names` must name each"):
        trends(np.zeros((50, 2)), ("h1",), TASK)
    with pytest.raises(ValueError, match="`skip` must be between"):
        trends(np.zeros((50, 1)), ("h1",), TASK, skip=1.0)
