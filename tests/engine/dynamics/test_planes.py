"""Principal axes are numpy's, planes lift and project, and the clouds of equal letters are told apart by what does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import lstmviz as lv
from lstmviz.dynamics.planes import clouds, principal_axes, state_names, unit_plane
from lstmviz.statemap import state_map
from tests.engine.dynamics.networks import drawn

NUMBERS = st.floats(-100, 100, allow_nan=False).map(lambda a: round(a, 3))


@settings(max_examples=60, deadline=None)
@given(arrays(float, st.tuples(st.integers(2, 30), st.integers(1, 6)), elements=NUMBERS))
def test_principal_axes_are_those_of_the_covariance_and_the_projections_do_not_covary(states):
    found = principal_axes(states, tuple(f"h{k + 1}" for k in range(states.shape[1])))
    covariance = np.atleast_2d(np.cov(states, rowvar=False))
    scale = max(1e-6, covariance.max())
    theirs = np.sort(np.linalg.eigvalsh(covariance))[::-1][: len(found.axes)]
    np.testing.assert_allclose(found.variances[: len(theirs)], theirs, atol=1e-9 * scale)
    projected = found.project(states)
    np.testing.assert_allclose(
        np.atleast_2d(np.cov(projected, rowvar=False)), np.diag(found.variances), atol=1e-9 * scale
    )
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(len(found.axes)), atol=1e-10)
    np.testing.assert_allclose(found.lift(projected), states, atol=1e-8)
    assert found.shares.sum() == pytest.approx(1) or not found.variances.any()
    for axis in found.axes:
        assert axis[np.round(np.abs(axis), 12).argmax()] > 0


def test_axes_and_shares_are_numpys_svd_up_to_the_sign_and_named_by_their_heaviest_numbers():
    states = np.random.default_rng(0).normal(size=(50, 4)) @ np.diag([1, 5, 0.2, 2])
    found = principal_axes(states, ("h1", "h2", "c1", "c2"))
    _, sizes, axes = np.linalg.svd(states - states.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(found.axes), np.abs(axes), atol=1e-12)
    np.testing.assert_allclose(found.shares, sizes**2 / (sizes**2).sum())
    names = [name for name, _ in found.heaviest(0)]
    assert names[0] == "h2"
    assert [found.heaviest(k, 1)[0][0] for k in range(4)] == ["h2", "c2", "h1", "c1"]
    np.testing.assert_allclose(
        found.lift(found.project(states)[:, :2]), found.plane().lift(found.project(states)[:, :2])
    )


def test_states_that_are_all_one_have_no_variance_to_share():
    found = principal_axes(np.ones((5, 3)), ("h1", "h2", "h3"))
    np.testing.assert_array_equal(found.shares, 0)


def test_numbers_of_a_state_are_named_as_they_stand():
    assert state_names(state_map(drawn("lstm", 2))) == ("h1", "h2", "c1", "c2")
    assert state_names(state_map(drawn("gru", 2, layers=2)))[2] == "h1 of layer 2"


def test_a_plane_of_two_units_holds_the_others_where_they_are():
    f = state_map(drawn("lstm", 2))
    held = np.array([0.1, 0.2, 0.3, 0.4])
    plane = unit_plane(f, 1, 2, held)
    assert plane.names == ("h2", "c1")
    np.testing.assert_array_equal(plane.lift(np.array([[7.0, 8.0]])), [[0.1, 7, 8, 0.4]])
    np.testing.assert_array_equal(plane.project(held), [0.2, 0.3])
    with pytest.raises(ValueError, match="`second` must be another number"):
        unit_plane(f, 1, 1, held)
    with pytest.raises(ValueError, match="`held` must have shape"):
        unit_plane(f, 0, 1, held[:3])


def test_the_number_that_separates_the_clouds_is_named_with_its_gap():
    task = lv.alphabet_task("abaB", repeats=30)
    random = np.random.default_rng(1)
    states = random.normal(0, 0.1, size=(len(task.x), 3))
    places = np.arange(len(task.x)) % 4
    states[:, 1] += np.select([places == 0, places == 2], [2.0, -1.0], 0.0)
    states[:, 2] += np.select([places == 0, places == 2], [0.1, -0.1], 0.0)
    (found,) = clouds(states, ("h1", "h2", "c1"), task, periods=10)
    assert (found.first, found.second, found.labels, found.periods) == (0, 2, ("a1", "a2"), 10)
    best = found.best()
    a, b = states[76:116:4, 1], states[78:116:4, 1]  # the last ten whole periods, of 29
    assert best.name == "h2"
    assert best.at_first == pytest.approx(a.mean())
    assert best.gap == pytest.approx(abs(a.mean() - b.mean()))
    assert best.over_spread == pytest.approx(best.gap / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2))
    assert best.margin == pytest.approx(a.min() - b.max())
    assert best.apart
    assert found.best("c").name == "c1"
    assert not found.best("c").apart


def test_clouds_that_are_points_are_apart_by_their_gap_and_numbers_that_are_not_finite_count_for_nothing():
    task = lv.alphabet_task("abaB", repeats=10)
    places = np.arange(len(task.x)) % 4
    states = np.stack([places * 1.0, np.zeros(len(places)), np.full(len(places), np.nan)], axis=-1)
    (found,) = clouds(states, ("h1", "h2", "h3"), task)
    assert [gap.name for gap in found.gaps] == ["h1", "h2"]
    assert found.best().over_spread == np.inf
    assert np.isnan(found.gaps[1].over_spread)
    assert not found.gaps[1].apart
    assert clouds(states, ("h1", "h2", "h3"), lv.alphabet_task("abcd", repeats=10)) == ()
    with pytest.raises(ValueError, match="at least two whole periods"):
        clouds(states[:7], ("h1", "h2", "h3"), task)


def test_what_has_no_axes_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="at least two states of finite numbers"):
        principal_axes(np.full((3, 2), np.inf), ("h1", "h2"))
    with pytest.raises(ValueError, match="`names` must name each"):
        principal_axes(np.ones((3, 2)), ("h1",))
    with pytest.raises(ValueError, match="`second` must be another axis"):
        principal_axes(np.eye(3), ("h1", "h2", "h3")).plane(1, 1)
