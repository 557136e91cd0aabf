"""Fixed points and cycles: those that are known are found, and what is said of each is so."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from torch import nn

from lstmviz.dynamics.fixed_points import cycles, fixed_points
from lstmviz.statemap import state_map
from tests.engine.dynamics.networks import CELLS, drawn, one_cell, one_unit, ring, with_weights

X = np.array([0.0, 1.0, 0.0])


def torch_end(model, f, s, xs):
    """Where torch leads the state s (S,) over xs (P, V)."""
    parts = s.reshape(len(f.layers), f.parts, f.hidden_size)
    start = (parts[:, 0].contiguous(), parts[:, 1].contiguous()) if f.parts == 2 else parts[:, 0].contiguous()
    _, final = model.recurrent(torch.tensor(xs), start)
    return (torch.stack(list(final), dim=1) if f.parts == 2 else final[:, None]).reshape(-1)


@pytest.mark.parametrize(
    ("n", "points", "stable", "known", "modulus"),
    [
        (2, 3, 2, [0.9575, -0.9575], None),
        (3, 3, 0, [0.9498, -0.4255, -0.8799], 1.0064),
        (4, 9, 2, None, None),
    ],
)
def test_the_published_rings_have_the_published_points(n, points, stable, known, modulus):
    found = fixed_points(ring(n), np.zeros(n))
    assert (len(found.points), len(found.stable)) == (points, stable)
    if known is not None:
        for sign in (1, -1):
            nearest = min(found.points, key=lambda p: np.abs(p.h - sign * np.array(known)).max())
            np.testing.assert_allclose(nearest.h, sign * np.array(known), atol=5e-5)
            if modulus is not None:
                assert abs(nearest.eigenvalues[0]) == pytest.approx(modulus, abs=5e-5)
    if n == 2:
        assert abs(found.points[-1].eigenvalues[0]) == pytest.approx(2, abs=1e-12)
        np.testing.assert_allclose(found.points[-1].h, 0, atol=1e-10)


@pytest.mark.parametrize("xs", [X, np.eye(3)[[0, 1, 0, 2]]], ids=["letter", "period"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_torch_leaves_every_point_where_it_is_and_autograd_has_its_eigenvalues(cell, layers, xs):
    model = drawn(cell, layers=layers, seed=3, gain=1.2 if cell == "rnn_relu" else 4)
    f = state_map(model)
    found = fixed_points(model, xs)
    assert found.points
    for point in found.points:
        state = torch.tensor(point.s)
        end = torch_end(model, f, state, np.atleast_2d(xs)).detach().numpy()
        scale = max(1.0, np.abs(point.s).max())
        assert np.abs(end - point.s).max() <= 1e-10 * scale
        assert point.residual <= 1e-10
        jacobian = torch.autograd.functional.jacobian(
            lambda s: torch_end(model, f, s, np.atleast_2d(xs)), state
        ).numpy()
        theirs = np.linalg.eigvals(jacobian)
        np.testing.assert_allclose(np.sort(np.abs(point.eigenvalues)), np.sort(np.abs(theirs)), atol=1e-5)
        np.testing.assert_allclose(
            jacobian @ point.eigenvectors, point.eigenvectors * point.eigenvalues, atol=1e-7 * np.abs(jacobian).max()
        )
        assert np.all(np.diff(np.abs(point.eigenvalues)) <= 1e-12)
        shape = (3,) if layers == 1 else (2, 3)
        assert point.h.shape == shape
        assert (point.c is None) == (cell != "lstm")
        np.testing.assert_array_equal(point.h.reshape(-1, 3)[-1], f.h(point.s))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_what_is_called_stable_draws_back_what_is_moved_a_little_and_the_rest_lets_go(cell, layers):
    both = set()
    for seed in range(6):
        f = state_map(drawn(cell, layers=layers, seed=seed, gain=6))
        for point in fixed_points(f, X).points:
            modulus = abs(point.eigenvalues[0])
            if abs(modulus - 1) < 0.02:
                continue  # it would take thousands of steps
            away = 1e-6 * point.eigenvectors[:, 0].real
            away = away if np.linalg.norm(away) > 1e-7 else 1e-6 * point.eigenvectors[:, 0].imag
            s, farthest = point.s + away, 0.0
            for _ in range(2000):
                s = f.step(s, X)
                farthest = max(farthest, np.abs(s - point.s).max())
            both.add(point.stable)
            assert point.stable == (np.abs(s - point.s).max() < 1e-8)
            assert point.stable == (farthest < 1e-4)
    assert both == {True, False}


def test_a_latch_of_one_unit_has_the_three_solutions_of_its_equation():
    found = fixed_points(one_unit(2.0), [0.0])
    h = brentq(lambda h: np.tanh(2 * h) - h, 0.1, 1, xtol=1e-15)
    assert [p.stable for p in found.points] == [True, True, False]
    np.testing.assert_allclose(sorted(p.h[0] for p in found.points), [-h, 0, h], atol=1e-12)
    assert found.points[0].eigenvalues[0] == pytest.approx(2 * (1 - h**2))
    assert found.points[-1].eigenvalues[0] == pytest.approx(2)


def test_an_lstm_that_latches_is_found_on_h_and_c_together():
    model = one_cell(i=0.0, f=3.0, g=0.0, o=2.0, g_by_h=4.0)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (0.0, 3.0, 2.0))
    c = brentq(lambda c: (1 - f) * c - i * np.tanh(4 * o * np.tanh(c)), 0.5, 20, xtol=1e-14)
    found = fixed_points(model, [0.0])
    np.testing.assert_allclose(sorted(p.c[0] for p in found.points), [-c, 0, c], atol=1e-10)
    np.testing.assert_allclose(sorted(p.h[0] for p in found.points), np.array([-1, 0, 1]) * o * np.tanh(c), atol=1e-10)
    assert [p.stable for p in found.points] == [True, True, False]


def test_a_counter_has_no_fixed_point_and_how_hard_was_looked_is_said():
    found = fixed_points(one_cell(i=40.0, f=40.0, g=20.0, o=0.0), [0.0], starts=50)
    assert found.points == ()
    assert found.starts >= 50
    assert found.converged == 0
    assert found.index == 0  # not 1: a point is missing, and lies where float64 does not reach


def test_of_a_whole_line_of_fixed_points_one_stands_for_all_and_is_not_called_stable():
    relu = fixed_points(one_unit(1.0, 0.0, relu=True), [0.0])
    held = nn.GRU(1, 2, dtype=torch.float64)
    with_weights(held, weight_hh_l0=np.zeros((6, 2)), bias_hh_l0=[0, 0, 60, 60, 0, 0], weight_ih_l0=np.zeros((6, 1)))
    for found in (relu, fixed_points(held, [0.0])):
        (point,) = found.points
        assert not point.isolated
        assert not point.stable
        assert found.index is None
        assert not found.exhaustive


def test_a_relu_network_at_the_edge_of_a_piece_is_stable_only_if_it_is_on_both_sides():
    for w, stable in ((2.0, False), (0.5, True)):
        (point,) = fixed_points(one_unit(w, 0.0, relu=True), [0.0]).points
        assert point.h[0] == 0
        assert point.stable == stable


@pytest.mark.parametrize("seed", range(6))
def test_a_small_relu_network_has_just_the_points_that_its_linear_pieces_have(seed):
    random = np.random.default_rng(seed)
    w, b = random.normal(size=(4, 4)), random.normal(size=4)
    layer = nn.RNN(2, 4, nonlinearity="relu", dtype=torch.float64)
    with_weights(layer, weight_hh_l0=w, bias_hh_l0=b, bias_ih_l0=np.zeros(4))
    expected = []
    for piece in range(16):
        on = np.array([(piece >> k) & 1 for k in range(4)], dtype=float)
        h = np.linalg.solve(np.eye(4) - on[:, None] * w, on * b)
        if (((w @ h + b) > 0) == on.astype(bool)).all():
            expected.append(h)
    found = fixed_points(layer, np.zeros(2))
    assert found.exhaustive
    assert len(found.points) == len(expected)
    for h in expected:
        assert min(np.abs(p.h - h).max() for p in found.points) < 1e-9


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    cell=st.sampled_from(["rnn", "lstm", "gru"]),
    hidden=st.integers(1, 4),
    gain=st.floats(1, 8),
)
@example(seed=417, cell="lstm", hidden=1, gain=7.0)  # its only point has a c of -685,526
@example(seed=3, cell="rnn", hidden=3, gain=6.4375)  # two unstable points lie near each other
def test_the_indices_of_the_points_of_a_bounded_network_add_up_to_one(seed, cell, hidden, gain):
    """Poincaré and Hopf: a search that lost one point, stable or not, would be found out."""
    found = fixed_points(drawn(cell, hidden, seed=seed, gain=gain), X)
    if not all(point.isolated for point in found.points):  # a gate that is shut to the last bit
        assert found.index is None
        return
    signs = [np.sign(np.linalg.det(np.eye(p.s.size) - _numeric(p, cell, hidden, seed, gain))) for p in found.points]
    assert sum(signs) == 1 == found.index


def _numeric(point, cell, hidden, seed, gain, width=1e-6):
    """The derivative at a point by differences."""
    f = state_map(drawn(cell, hidden, seed=seed, gain=gain))
    widths = width * np.maximum(1, np.abs(point.s))  # a c of a million has no digits left for less
    moves = np.diag(widths)
    return ((f.step(point.s + moves, X) - f.step(point.s - moves, X)) / (2 * widths[:, None])).T


def test_the_same_seed_finds_the_same_points_and_given_states_are_started_from():
    model = drawn("gru", seed=4, gain=6)
    first, again = fixed_points(model, X, seed=5), fixed_points(model, X, seed=5)
    assert [p.s.tolist() for p in first.points] == [p.s.tolist() for p in again.points]
    # One random start at 0 finds the unstable middle alone; a state near a memory finds it as well.
    alone = fixed_points(one_unit(30.0), [0.0], starts=1, box=1e-12)
    helped = fixed_points(one_unit(30.0), [0.0], starts=1, box=1e-12, near=[[0.99]])
    assert helped.starts > alone.starts
    assert max(p.h[0] for p in helped.points) > 0.99


def test_a_unit_that_flips_has_a_cycle_of_two_and_a_turning_plane_one_of_three():
    flip = cycles(one_unit(-2.0), [0.0])
    h = brentq(lambda h: np.tanh(2 * h) - h, 0.1, 1, xtol=1e-15)
    (cycle,) = flip.cycles
    assert (cycle.period, cycle.stable) == (2, True)
    np.testing.assert_allclose(sorted(cycle.h[:, 0]), [-h, h], atol=1e-10)
    assert cycle.eigenvalues[0] == pytest.approx((2 * (1 - h**2)) ** 2)
    # Each unit hands on to the next one: three memories go round.
    around = with_weights(nn.RNN(1, 3, bias=False, dtype=torch.float64), weight_hh_l0=3 * np.roll(np.eye(3), 1, axis=0))
    found = cycles(around, [0.0], 3)
    assert {c.period for c in found.cycles} == {3} | {c.period for c in found.cycles if not c.stable}
    stable = [c for c in found.cycles if c.stable]
    assert len(stable) == 2  # (+ + -) and (+ - -) go round; (+ + +) and (- - -) stand still
    f = state_map(around)
    for c in found.cycles:
        for k in range(c.period):
            np.testing.assert_allclose(f.step(c.states[k], np.zeros(1)), c.states[(k + 1) % c.period], atol=1e-9)
        assert min(np.abs(c.states[0] - c.states[d]).max() for d in range(1, c.period)) > 1e-6


def test_sixty_four_units_and_a_single_one_are_searched_too():
    for cell in CELLS:
        assert fixed_points(drawn(cell, 64), X, starts=20).points
        assert fixed_points(drawn(cell, 1), X, starts=20).points


def test_what_cannot_be_searched_is_refused_in_a_sentence():
    model = drawn("rnn")
    with pytest.raises(ValueError, match=r"`x` must have shape \(3,\)"):
        fixed_points(model, np.zeros(4))
    with pytest.raises(ValueError, match="finite numbers only"):
        fixed_points(model, [0, np.nan, 0])
    with pytest.raises(ValueError, match=r"`near` must have shape \(N, 3\)"):
        fixed_points(model, X, near=np.zeros((2, 4)))
    with pytest.raises(ValueError, match="`starts` must be between 1"):
        fixed_points(model, X, starts=0)
    with pytest.raises(ValueError, match="`box` must be a finite number above 0"):
        fixed_points(model, X, box=-1)
    with pytest.raises(ValueError, match="`longest` must be between 2"):
        cycles(model, X, 1)
    with torch.no_grad():
        model.head.bias[0] = torch.nan
    with pytest.raises(ValueError, match="finite weights"):
        fixed_points(model, X)
