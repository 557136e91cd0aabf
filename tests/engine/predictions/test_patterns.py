"""What a network does at each place of the pattern, against pandas and against states made up for the purpose."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.models import ModelConfig, build_model
from lstmviz.predictions.patterns import (
    GATES,
    contrast,
    drift,
    habits,
    repeats_since,
    telling_step,
    twins,
    widest_split,
)
from lstmviz.tasks import PRESETS, Task, alphabet_task
from lstmviz.tracing import Trace, trace


@cache
def example(cell: str, pattern: str = "abcabC") -> tuple[Task, Trace]:
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=4, output_size=size, seed=3))
    return task, trace(model, task.one_hot(), letters=task.labels)


def with_values(tr: Trace, **values: np.ndarray) -> Trace:
    layer = tr.layers[0]
    return replace(tr, layers=(replace(layer, values={**layer.values, **values}),))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abaB", ((0, 2),)),
        ("AbAcAd", ((0, 2), (0, 4), (2, 4))),
        ("abcabC", ((1, 4),)),  # a is followed by b both times
        ("abcdabcD", ((2, 6),)),
        ("aab", ((0, 1),)),
        ("abcd", ()),
    ],
)
def test_twins_are_the_places_that_only_memory_tells_apart(pattern, expected):
    assert twins(alphabet_task(pattern)) == expected


@given(st.text("abc", min_size=2, max_size=12).filter(lambda text: len(set(text)) > 1))
def test_there_are_twins_exactly_where_one_letter_is_not_enough(pattern):
    task = alphabet_task(pattern)
    assert bool(twins(task)) == (task.memory > 1)


@pytest.mark.parametrize("cell", GATES)
def test_habits_are_the_means_that_pandas_finds(cell):
    task, tr = example(cell)
    frame = tr.to_pandas()
    last = frame[(frame.quantity == "h") & (frame.step >= 89 * 6) & (frame.step < 99 * 6)]
    means = last.groupby([last.step % 6, "unit"]).value.mean().unstack().to_numpy()
    np.testing.assert_allclose(habits(tr.h, task), means, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_widest_split_is_the_one_that_pandas_finds(cell):
    task, tr = example(cell, "AbAcAd")
    found = widest_split(tr, task, GATES[cell])
    frame = tr.to_pandas()
    frame = frame[frame.quantity.isin(GATES[cell]) & (frame.step >= 89 * 6) & (frame.step < 99 * 6)]
    means = frame.groupby(["quantity", "unit", "letter"]).value.mean().unstack("letter")
    gaps = {(a, b): (means[a] - means[b]).abs().max() for a, b in (("A1", "A2"), ("A1", "A3"), ("A2", "A3"))}
    first, second = max(gaps, key=gaps.__getitem__)
    assert (task.labels[found.first], task.labels[found.second]) == (first, second)
    assert found.gap == pytest.approx(gaps[first, second], rel=1e-4)
    assert means.loc[(found.quantity, found.unit), first] == pytest.approx(found.at_first, rel=1e-4)
    assert means.loc[(found.quantity, found.unit), second] == pytest.approx(found.at_second, rel=1e-4)


def test_the_unit_that_remembers_is_found():
    task, tr = example("lstm")
    h = np.zeros_like(tr.h)
    h[1::6, 2], h[4::6, 2] = 0.75, -0.5
    h[0::6, 1], h[3::6, 1] = 1, -1  # a1 and a2 need not be told apart
    found = widest_split(with_values(tr, h=h), task, ["h"])
    assert (found.quantity, found.unit, found.first, found.second) == ("h", 2, 1, 4)
    assert (found.at_first, found.at_second, found.gap) == (0.75, -0.5, 1.25)


def test_the_places_can_be_chosen():
    task, tr = example("lstm", "AbAcAd")
    found = widest_split(tr, task, ["h"], [(2, 4)])
    assert (found.first, found.second) == (2, 4)


def test_a_task_without_twins_and_a_cell_without_gates_have_no_split():
    task, tr = example("rnn", "abcd")
    assert widest_split(tr, task, ["h"]) is None
    task, tr = example("rnn")
    assert widest_split(tr, task, GATES["rnn"]) is None


def test_a_number_that_is_not_finite_is_no_split():
    task, tr = example("lstm")
    best = widest_split(tr, task, ["f"])
    for value in (np.nan, np.inf):
        broken = with_values(tr, i=np.full_like(tr.i, value), o=np.full_like(tr.o, value))
        assert widest_split(broken, task, GATES["lstm"]) == best
    task, tr = example("rnn_relu")
    h = np.array(tr.h)
    h[:, 0] = np.inf
    assert widest_split(with_values(tr, h=h), task, ["h"]).unit != 0
    assert np.isnan(widest_split(with_values(tr, h=np.full_like(h, np.nan)), task, ["h"]).gap)


@given(st.floats(-2, 2).filter(lambda step: abs(step) > 1e-3), st.integers(0, 3), st.sampled_from(["abaB", "abcabC"]))
def test_a_state_that_counts_drifts_by_as_much_each_period(step, unit, pattern):
    task = alphabet_task(pattern)
    t = np.arange(len(task.x))
    states = np.sin(2 * np.pi * t / task.period)[:, None] * np.ones(4)
    states[:, unit] += step * (t // task.period)
    found = drift(states, task)
    assert found.unit == unit
    assert found.per_period == pytest.approx(step)


def test_a_state_that_repeats_does_not_drift():
    task = alphabet_task("abcabC")
    assert drift(np.tile(np.eye(6), (100, 1))[:-1], task).per_period == 0
    assert drift(np.full((599, 2), np.nan), task).unit == 0


def test_short_texts_have_habits_too():
    task = alphabet_task("abaB", repeats=2)
    values = np.arange(7.0)[:, None]
    assert habits(values, task).ravel().tolist() == [0, 1, 2, 3]
    assert drift(values, task).per_period == 0


@pytest.mark.parametrize("pattern", [*PRESETS, "xyxz", "aab", "가나가다"])
@pytest.mark.parametrize("repeats", [2, 3, 100])
def test_the_telling_step_reads_a_letter_with_two_successors(pattern: str, repeats: int) -> None:
    task = alphabet_task(pattern, repeats)
    t = telling_step(task)
    assert 0 <= t < len(task.x)
    if repeats > 3:
        assert len(set(task.y[task.x == task.x[t]].tolist())) > 1
        assert 2 * task.period <= len(task.x) - t <= 3 * task.period


def test_where_every_letter_settles_the_next_any_step_does() -> None:
    assert telling_step(alphabet_task("abc", 5)) == 14 - 1 - 2 * 3


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("pattern", ["abcabC", "AbAcAd", "aab"])
def test_the_contrast_is_the_widest_of_all_numbers_of_the_state(cell, pattern):
    task, tr = example(cell, pattern)
    step = telling_step(task)
    found = contrast(tr, task, step)
    assert task.x[found.twin] == task.x[step]
    assert task.y[found.twin] != task.y[step]
    nearer = range(step - abs(found.twin - step) + 1, step + abs(found.twin - step))
    assert not any(task.x[t] == task.x[step] and task.y[t] != task.y[step] for t in nearer)
    states = {"h": tr.h, "c": tr.c} if cell == "lstm" else {"h": tr.h}
    gaps = {
        (name, unit): abs(values[step - 1, unit] - values[found.twin - 1, unit])
        for name, values in states.items()
        for unit in range(4)
    }
    assert (found.quantity, found.unit) == max(gaps, key=gaps.get)
    assert abs(found.here - found.there) == pytest.approx(max(gaps.values()))


def test_a_cell_state_that_differs_more_is_named_before_h():
    task, tr = example("lstm")
    step = telling_step(task)
    c = np.zeros_like(tr.c)
    c[step, 2], c[:, 1] = 7.0, np.nan
    found = contrast(replace(tr, layers=(replace(tr.layers[0], c_prev=c),)), task, step)
    assert (found.quantity, found.unit, found.here, found.there) == ("c", 2, 7.0, 0.0)


def test_where_the_letter_settles_it_nothing_is_in_contrast():
    task, tr = example("rnn", "abcd")
    assert contrast(tr, task, 7) is None


def test_states_repeat_since_the_last_period_that_still_moved():
    task = alphabet_task("abcabC", repeats=20)
    states = np.zeros((len(task.x), 2))
    states[:30, 1] = np.arange(30)
    assert repeats_since(states, task, 0.005) == 30
    assert repeats_since(states[:30], task, 0.005) is None
    assert repeats_since(np.zeros((60, 2)), task, 0.005) == 0
    assert repeats_since(np.full((60, 2), np.nan), task, 0.005) is None
    assert repeats_since(states[:6], task, 0.005) is None
