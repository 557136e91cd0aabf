"""Signatures against a search step by step, and on a network whose units are known to mark something."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.tracing.signatures import Place, places, signature


@st.composite
def cases(draw):
    steps, units = draw(st.integers(1, 14)), draw(st.integers(1, 5))
    values = draw(
        st.lists(st.sampled_from([-0.9, -0.4, 0.0, 0.4, 0.9]), min_size=steps * units, max_size=steps * units)
    )
    start = draw(st.integers(0, steps - 1))
    options = {"threshold": draw(st.sampled_from([0.0, 0.3, 0.5]))}
    options |= {side: draw(st.integers(0, min(3, steps))) for side in ("before", "after")}
    return np.reshape(values, (steps, units)), start, draw(st.integers(start + 1, steps)), options


def _marks(column, start, stop, threshold, before, after):
    """Whether a unit marks a stretch, step by step."""
    for t, value in enumerate(column):
        if start <= t < stop and not value > threshold:
            return False
        if (start - before <= t < start or stop <= t < stop + after) and value > threshold:
            return False
    return True


@given(cases())
@settings(max_examples=200, deadline=None)
def test_a_signature_is_what_is_on_there_and_off_around(case):
    values, start, stop, options = case
    found = signature(values, start, stop, **options)
    expected = [
        (unit, sign)
        for unit in range(values.shape[1])
        for sign in (1, -1)
        if _marks(sign * values[:, unit], start, stop, **options)
    ]
    assert list(zip(found.units, found.signs, strict=True)) == expected


@given(cases())
@settings(max_examples=200, deadline=None)
def test_places_are_all_the_longest_stretches_that_all_units_mark(case):
    values, start, stop, options = case
    found = signature(values, start, stop, **options)
    steps = len(values)
    expected = []
    if found.units:
        signed = [sign * values[:, unit] for unit, sign in zip(found.units, found.signs, strict=True)]
        on = [all(column[t] > found.threshold for column in signed) for t in range(steps)]
        for a in range(steps):
            for b in range(a + 1, steps + 1):
                longest = all(on[a:b]) and (a == 0 or not on[a - 1]) and (b == steps or not on[b])
                if longest and all(_marks(column, a, b, **options) for column in signed):
                    expected.append((a, b))
    assert [(one.start, one.stop) for one in places(values, found)] == expected
    if found.units and options["before"] and options["after"]:
        assert (start, stop) in expected  # the stretch itself


def test_a_unit_that_marks_each_third_step_is_found_everywhere():
    t = np.arange(30)
    values = np.stack([np.sin(t), np.where(t % 3 == 1, -0.8, 0.1), np.full(30, 0.9)], axis=1)
    found = signature(values, 4, 5)
    assert (found.units, found.signs) == ((1,), (-1,))
    assert places(values, found) == [Place(k, k + 1, pytest.approx(0.5)) for k in range(1, 30, 3)]


def test_nothing_marks_what_does_not_stand_out():
    found = signature(np.full((9, 4), 0.9), 3, 5)
    assert found.units == ()
    assert places(np.full((9, 4), 0.9), found) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"start": 9}, "start"),
        ({"start": -1}, "start"),
        ({"stop": 2}, "stop"),
        ({"stop": 10}, "stop"),
        ({"threshold": -1.0}, "threshold"),
        ({"threshold": float("nan")}, "threshold"),
        ({"before": 10}, "before"),
        ({"after": 1.5}, "after"),
        ({"values": np.zeros(9)}, "values"),
        ({"values": np.full((9, 2), np.nan)}, "values"),
    ],
)
def test_what_will_not_do_is_refused(change, word):
    given = {"values": np.zeros((9, 2)), "start": 2, "stop": 3} | change
    values, start, stop = given.pop("values"), given.pop("start"), given.pop("stop")
    with pytest.raises(ValueError, match=f"`{word}` must"):
        signature(values, start, stop, **given)


def test_fewer_units_than_the_signature_names_are_refused():
    found = signature(np.array([[0.0, 0.0], [0.0, 0.9], [0.0, 0.0]]), 1, 2)
    with pytest.raises(ValueError, match="`values` must have the units"):
        places(np.zeros((3, 1)), found)
