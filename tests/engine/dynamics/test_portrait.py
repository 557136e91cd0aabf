"""Portraits show the true map, and basins are those of the attractor that a start ends at."""

import numpy as np
import pytest

from lstmviz.dynamics.fixed_points import cycles, fixed_points
from lstmviz.dynamics.planes import principal_axes, state_names, unit_plane
from lstmviz.dynamics.portrait import arrows, basins, grid, path
from lstmviz.statemap import state_map
from tests.engine.dynamics.networks import CELLS, drawn, one_unit, ring

XS = np.eye(3)[[0, 1, 2]]


@pytest.mark.parametrize("cell", CELLS)
def test_an_arrow_goes_from_a_state_to_its_image_and_says_how_far_it_leaves_the_plane(cell):
    f = state_map(drawn(cell, 3))
    held = np.random.default_rng(0).normal(size=f.size)
    plane = unit_plane(f, 0, f.size - 1, held)
    points = grid((-1, 1), (-2, 2), 5, 4)
    assert points.shape == (20, 2)
    found = arrows(f, plane, XS, points)
    for k in range(20):
        state = held.copy()
        state[[0, -1]] = points[k]
        after = state
        for x in XS:
            after = f.step(after, x)
        np.testing.assert_array_equal(found.start[k], points[k])
        np.testing.assert_allclose(found.end[k], after[[0, -1]], atol=1e-14)
        assert found.off[k] == pytest.approx(np.linalg.norm((after - held)[1:-1]))


def test_the_plane_of_two_units_of_two_is_left_by_nothing():
    f = state_map(drawn("gru", 2))
    found = arrows(f, unit_plane(f, 0, 1, np.zeros(2)), XS[0], grid((-1, 1), (-1, 1)))
    np.testing.assert_allclose(found.off, 0, atol=1e-15)


def test_principal_axes_make_a_plane_as_well():
    f = state_map(drawn("lstm", 5))
    states = f.states(np.tile(XS, (20, 1)))
    axes = principal_axes(states, state_names(f))
    plane = axes.plane(0, 1)
    found = arrows(f, plane, XS[0], plane.project(states))
    np.testing.assert_allclose(found.end, axes.project(f.step(plane.lift(plane.project(states)), XS[0]))[:, :2])


def test_the_basins_of_a_latch_are_its_two_sides_and_its_watershed_is_undecided():
    f = state_map(one_unit(2.0))
    memories = [p.s for p in sorted(fixed_points(f, [0.0]).stable, key=lambda p: p.h[0])]
    starts = np.array([-5.0, -0.3, -1e-6, 0.0, 1e-6, 0.2, 3.0])[:, None]
    found = basins(f, starts, [0.0], memories)
    assert found.labels.tolist() == [0, 0, 0, -1, 1, 1, 1]
    assert found.steps[3] == found.limit == 500
    for start, label, steps in zip(starts, found.labels, found.steps, strict=True):
        if label >= 0:
            states = np.concatenate([start[None], f.states(np.zeros((500, 1)), start)])
            assert np.abs(states[-1] - memories[label]).max() < 1e-9
            assert np.flatnonzero(np.abs(states - memories[label]).max(axis=-1) <= 1e-3)[0] == steps


def test_cycles_attract_too_and_every_start_of_the_ring_of_three_ends_in_one():
    f = state_map(ring(3))
    stable = [c.states for c in cycles(f, np.zeros(3), 6).cycles if c.stable]
    random = np.random.default_rng(2)
    starts = random.uniform(-1, 1, (100, 3))
    found = basins(f, starts, np.zeros(3), stable, limit=3000)
    end = f.after(starts, np.zeros((4000, 3)))
    assert (found.labels >= 0).mean() > 0.9
    for s, label in zip(end, found.labels, strict=True):
        if label >= 0:
            assert np.abs(stable[label] - s).max(axis=-1).min() < 1e-3


def test_without_attractors_and_where_states_overflow_nothing_is_decided():
    f = state_map(one_unit(3.0, 1.0, relu=True))
    assert basins(f, np.array([[1.0], [2.0]]), [0.0], []).labels.tolist() == [-1, -1]
    assert basins(f, np.array([[1.0], [2.0]]), [0.0], [np.array([-5.0])], limit=2000).labels.tolist() == [-1, -1]


def test_a_path_starts_where_it_is_told_and_follows_the_map():
    f = state_map(drawn("lstm", 2))
    start = np.array([0.1, -0.2, 1.0, 2.0])
    found = path(f, start, XS)
    np.testing.assert_array_equal(found[0], start)
    for k in range(3):
        np.testing.assert_allclose(found[k + 1], f.step(found[k], XS[k]))


def test_what_cannot_be_drawn_is_refused_in_a_sentence():
    f = state_map(drawn("rnn", 2))
    with pytest.raises(ValueError, match="`a` must be two finite numbers"):
        grid((1, 1), (0, 1))
    with pytest.raises(ValueError, match="`attractors` must be states"):
        basins(f, np.zeros((1, 2)), XS, [np.zeros(3)])
    with pytest.raises(ValueError, match="`limit` must be between"):
        basins(f, np.zeros((1, 2)), XS, [np.zeros(2)], limit=0)
