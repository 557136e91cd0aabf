"""Balls hold what they stand for, by fifty digits and by fractions."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.proof.balls import Ball, exact, sigmoid, slope_of_sigmoid, slope_of_tanh, tanh
from lstmviz.proof.step import ball_step
from lstmviz.statemap import pattern_inputs, state_map

numbers = st.floats(-50, 50)
radii = st.floats(0, 1)


def within(ball: Ball, k: int, true: object) -> bool:
    """Whether the k-th ball holds a number that is known exactly, or to fifty digits."""
    return abs(mpmath.mpf(float(ball.mid[k])) - true) <= mpmath.mpf(float(ball.rad[k]))


def place(ball: Ball, k: int, share: float) -> Fraction:
    """A number in the k-th ball, exactly."""
    return Fraction(float(ball.mid[k])) + Fraction(float(ball.rad[k])) * Fraction(share)


def real(number: Fraction) -> mpmath.mpf:
    return mpmath.mpf(number.numerator) / number.denominator


@given(numbers, radii, st.floats(-1, 1))
def test_functions_of_a_ball_hold_the_functions_of_all_in_it(mid, rad, share):
    with mpmath.workdps(50):
        ball = Ball(np.array([mid]), np.array([rad]))
        a = real(place(ball, 0, share))
        sigma = 1 / (1 + mpmath.exp(-a))
        assert within(tanh(ball), 0, mpmath.tanh(a))
        assert within(sigmoid(ball), 0, sigma)
        assert within(slope_of_tanh(tanh(ball)), 0, 1 - mpmath.tanh(a) ** 2)
        assert within(slope_of_sigmoid(sigmoid(ball)), 0, sigma * (1 - sigma))


@pytest.mark.parametrize("a", [-800.0, -745.2, -709.8, -36.8, -1e-300, 0.0, 5e-324, 19.0, 36.8, 800.0])
def test_functions_hold_at_the_ends_of_what_float64_can_say(a):
    with mpmath.workdps(400):
        true = 1 / (1 + mpmath.exp(-mpmath.mpf(a)))
        assert within(sigmoid(exact(np.array([a]))), 0, true)
        assert within(tanh(exact(np.array([a]))), 0, mpmath.tanh(mpmath.mpf(a)))


@given(st.integers(1, 12), st.integers(0, 2**31), st.floats(-6, 3))
def test_sums_and_products_hold_every_sum_and_product(size, seed, scale):
    random = np.random.default_rng(seed)
    a = Ball(random.normal(size=(2, size)) * 10**scale, random.random((2, size)) * 10 ** (scale - 3))
    b = Ball(random.normal(size=size), random.random(size) * 1e-9)
    shares = random.uniform(-1, 1, (2, size))
    ones = [place(Ball(a.mid[0], a.rad[0]), k, shares[0, k]) for k in range(size)]
    others = [place(b, k, shares[1, k]) for k in range(size)]
    found = a @ b
    with mpmath.workdps(60):
        assert within(found, 0, real(sum(one * other for one, other in zip(ones, others, strict=True))))
        added, taken, times = a[0] + b, a[0] - b, a[0] * b
        for k in range(size):
            assert within(added, k, real(ones[k] + others[k]))
            assert within(taken, k, real(ones[k] - others[k]))
            assert within(times, k, real(ones[k] * others[k]))


@given(st.integers(1, 12), st.integers(0, 2**31), st.floats(-6, 3))
def test_sums_and_products_of_single_numbers_hold_what_floats_round_away(size, seed, scale):
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, size)) * 10**scale, random.normal(size=size)
    whole, added, times = exact(a) @ exact(b), exact(a[0]) + exact(b), exact(a[0]) * exact(b)
    true = sum(Fraction(float(one)) * Fraction(float(other)) for one, other in zip(a[0], b, strict=True))
    assert abs(Fraction(float(whole.mid[0])) - true) <= Fraction(float(whole.rad[0]))
    for k in range(size):
        one, other = Fraction(float(a[0, k])), Fraction(float(b[k]))
        assert abs(Fraction(float(added.mid[k])) - (one + other)) <= Fraction(float(added.rad[k]))
        assert abs(Fraction(float(times.mid[k])) - one * other) <= Fraction(float(times.rad[k]))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", lv.CELLS)
def test_a_step_of_a_box_holds_the_steps_and_slopes_of_all_states_in_it(cell, layers):
    model = lv.build_model(
        lv.ModelConfig(cell=cell, input_size=3, hidden_size=4, output_size=3, num_layers=layers, seed=3)
    )
    f = state_map(model)
    random = np.random.default_rng(4)
    for width in (0.0, 1e-9, 0.05, 1.0):
        mid = random.normal(size=f.size)
        image, slopes = ball_step(f, Ball(mid, np.full(f.size, width)), 1)
        inside = mid + width * random.uniform(-1, 1, (200, f.size))
        x = pattern_inputs([1], 3)[0]
        ends, jacobians = f.step(inside, x), f.jacobian(inside, x)
        room = 1e-14  # what our own float steps are off by
        assert (np.abs(ends - image.mid) <= image.rad + room).all()
        assert (np.abs(jacobians - slopes.mid) <= slopes.rad + room).all()
        # Between any two states lies a slope that the box of slopes has.
        one, other = inside[:100], inside[100:]
        moved = np.abs(f.step(one, x) - f.step(other, x) - (one - other) @ slopes.mid.T)
        assert (moved <= np.abs(one - other) @ slopes.rad.T + room).all()
