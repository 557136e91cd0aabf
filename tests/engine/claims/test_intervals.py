"""The interval of a mean over networks: exact where that is known, and as sure as it says where it is simulated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lstmviz.claims import Mean, difference_over_networks, mean_over_networks

NETWORKS, TRIALS = 25, 400
# One number a network, as they occur here: all or nothing, crowded at both ends, mostly 1 with a few far off, steps of
# a twelfth (what four letters of three units allow), an even spread.
KINDS = {
    "all or nothing": (lambda random: random.random(NETWORKS) < 0.9, 0.9),
    "at both ends": (lambda random: random.beta(0.2, 0.1, NETWORKS), 2 / 3),
    "nearly all at 1": (lambda random: np.where(random.random(NETWORKS) < 0.05, 0.2, 1.0), 0.96),
    "in twelfths": (lambda random: random.binomial(12, random.beta(1, 3, NETWORKS)) / 12, 0.25),
    "spread evenly": (lambda random: random.random(NETWORKS), 0.5),
}


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_for_all_or_nothing_it_is_clopper_and_pearsons(counted):
    ones, n = counted
    found = mean_over_networks(np.arange(n) < ones)
    assert found.mean == pytest.approx(ones / n)
    # Their ends are where the count has but 2.5% to be as large, or as small; 10,000 draws know that to 1%.
    if ones == 0:
        assert found.low == 0
    else:
        assert stats.binom.sf(ones - 1, n, found.low) == pytest.approx(0.025, abs=0.01)
    if ones == n:
        assert found.high == 1
    else:
        assert stats.binom.cdf(ones, n, found.high) == pytest.approx(0.025, abs=0.01)


def students(values):
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5
    return values.mean() - half, values.mean() + half


@pytest.mark.parametrize("kind", KINDS)
def test_it_holds_the_true_mean_as_often_as_it_says(kind):
    draw, truth = KINDS[kind]
    random = np.random.default_rng(1)
    held = 0
    for _ in range(TRIALS):
        found = mean_over_networks(draw(random).astype(float))
        held += found.low <= truth <= found.high
    assert held / TRIALS >= 0.95 - 2 * (0.95 * 0.05 / TRIALS) ** 0.5


def test_students_interval_would_not():
    draw, truth = KINDS["nearly all at 1"]
    random = np.random.default_rng(1)
    held = 0
    for _ in range(TRIALS):
        low, high = students(draw(random))
        held += low <= truth <= high
    assert held / TRIALS < 0.85


def test_a_difference_of_two_kinds_holds_the_true_one_as_often_as_it_says():
    (first, a), (second, b) = KINDS["nearly all at 1"], KINDS["at both ends"]
    random = np.random.default_rng(2)
    held = 0
    for _ in range(TRIALS):
        found = difference_over_networks(first(random), second(random)[:11])
        held += found.low <= a - b <= found.high
    assert held / TRIALS >= 0.95 - 2 * (0.95 * 0.05 / TRIALS) ** 0.5


def test_steps_taken_for_networks_would_make_it_far_too_sure():
    """Forty steps of a network that repeats its pattern say one number forty times."""
    random = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        networks = random.beta(0.2, 0.1, NETWORKS)
        found = mean_over_networks(np.repeat(networks, 40))
        held += found.low <= 2 / 3 <= found.high
    assert held < 50


shares = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(np.array)


@given(shares)
def test_the_mean_lies_inside_and_the_bounds_within_what_can_be(values):
    found = mean_over_networks(values)
    assert 0 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1
    assert found.networks == len(values)


@given(shares, shares)
def test_a_difference_taken_the_other_way_is_its_mirror_but_for_the_draws(a, b):
    one, other = difference_over_networks(a, b), difference_over_networks(b, a)
    assert one.mean == pytest.approx(-other.mean)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=0.04)


@given(shares, st.randoms(use_true_random=False))
def test_the_order_of_the_networks_makes_no_difference(values, random):
    shuffled = values.tolist()
    random.shuffle(shuffled)
    assert mean_over_networks(np.array(shuffled)) == mean_over_networks(values)


def test_networks_without_the_number_are_left_out():
    found = mean_over_networks(np.array([0.5, np.nan, 0.5]))
    assert (found.networks, found.mean) == (2, 0.5)


def test_without_networks_nothing_is_decided():
    for found in (mean_over_networks(np.array([])), difference_over_networks(np.array([]), np.ones(3))):
        assert found.networks == 0
        assert np.isnan([found.mean, found.low, found.high]).all()
        assert found.above(0.0) is None


def test_a_mean_is_above_a_bar_below_it_or_undecided():
    found = Mean(0.5, 0.4, 0.6, 25)
    assert [found.above(bar) for bar in (0.3, 0.5, 0.7)] == [True, None, False]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"values": np.array([0.5, 1.5])}, "`values` must be between 0 and 1; got 0.5 to 1.5."),
        ({"values": np.ones(2), "level": 1.0}, "`level` must be below 1; got 1."),
        ({"values": np.ones(2), "level": 0.0}, "`level` must be above 0, at most 1; got 0."),
    ],
)
def test_what_it_cannot_take_is_said_in_a_sentence(arguments, words):
    with pytest.raises(ValueError, match="^" + words.replace("`", "`")):
        mean_over_networks(**arguments)
