"""A knockout against the difference of two readings, its intervals against scipy's bootstrap."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import lstmviz as lv
from lstmviz.detective.hypotheses import hypotheses_of
from lstmviz.detective.knockout import BLOCK
from lstmviz.detective.reading import bits_with_held, read_texts
from tests.engine.detective.test_detective_testing import planted, texts


@pytest.fixture(scope="module")
def knocked():
    return lv.knock_out(planted(), "comment", 1, 3, texts(), others=4, seed=5)


def test_what_a_character_got_dearer_by_is_the_difference_of_two_readings(knocked):
    readings = read_texts(planted(), texts())
    mean = np.concatenate([one.h[1, :, 3] for one in readings]).mean(dtype=float)
    assert knocked.held_at == pytest.approx(mean)
    held = bits_with_held(planted(), texts(), 1, [3], [mean])
    for change, bits, reading in zip(knocked.changes, held, readings, strict=True):
        assert np.allclose(change, bits[0] - reading.bits, atol=1e-5, equal_nan=True)
    assert knocked.bits == pytest.approx(np.concatenate([one.bits[1:] for one in readings]).mean())


def test_changes_count_to_where_the_hypothesis_was_so_before_the_character(knocked):
    change = np.concatenate([one[1:] for one in knocked.changes])
    inside = np.concatenate([hypotheses_of(text)["comment"][:-1] for text in texts()])
    assert knocked.holds.mean == pytest.approx(change[inside].mean())
    assert knocked.elsewhere.mean == pytest.approx(change[~inside].mean())
    assert knocked.everywhere.mean == pytest.approx(change.mean())
    assert knocked.difference.mean == pytest.approx(change[inside].mean() - change[~inside].mean())
    assert (knocked.holds.characters, knocked.elsewhere.characters) == (inside.sum(), (~inside).sum())


def test_the_unit_that_was_made_to_expect_a_sign_in_comments_costs_that_sign_and_stands_out(knocked):
    assert knocked.holds.low > 0.5
    assert knocked.difference.low > 0.5
    assert knocked.signs[0].sign == "~"
    came = "".join(text[1:] for text in texts())
    assert {one.sign: one.count for one in knocked.signs} == {sign: came.count(sign) for sign in set(came)}
    assert sum(one.total for one in knocked.signs) == pytest.approx(knocked.everywhere.mean * len(came))
    assert knocked.p == pytest.approx(1 / 5)  # none of the four others does as much
    assert knocked.p_everywhere == pytest.approx(1 / 5)
    assert set(knocked.others) == {0, 1, 2, 4}
    assert not knocked.specific  # one of five is no evidence
    assert replace(knocked, p=0.05).specific
    assert not replace(knocked, p=0.05, difference=replace(knocked.difference, low=-0.01)).specific


def test_the_controls_are_knockouts_of_their_own(knocked):
    own = lv.knock_out(planted(), "comment", 1, int(knocked.others[2]), texts(), others=0)
    assert knocked.others_holds[2] == pytest.approx(own.holds.mean, abs=1e-6)
    assert knocked.others_elsewhere[2] == pytest.approx(own.elsewhere.mean, abs=1e-6)
    assert knocked.others_everywhere[2] == pytest.approx(own.everywhere.mean, abs=1e-6)
    assert own.p == 1


def test_intervals_are_those_of_the_bootstrap_over_blocks():
    alike = [text[:250] for text in texts(14, 2)]  # blocks of one size
    assert BLOCK >= 250 == len(min(alike, key=len))
    knocked = lv.knock_out(planted(), "comment", 1, 3, alike, others=0, draws=20_000)
    means = [change[1:].mean() for change in knocked.changes]
    interval = stats.bootstrap((means,), np.mean, method="percentile", n_resamples=20_000, rng=1).confidence_interval
    width = interval.high - interval.low
    assert knocked.everywhere.low == pytest.approx(interval.low, abs=0.05 * width)
    assert knocked.everywhere.high == pytest.approx(interval.high, abs=0.05 * width)


def test_a_number_is_split_at_its_median():
    knocked = lv.knock_out(planted(), "position", 0, 2, texts(), others=2)
    values = np.concatenate([hypotheses_of(text)["position"][:-1] for text in texts()])
    assert knocked.above == np.median(values)
    assert knocked.holds.characters == (values > knocked.above).sum()
    differences = np.abs([knocked.difference.mean, *(knocked.others_holds - knocked.others_elsewhere)])
    assert knocked.p == pytest.approx((differences >= differences[0]).mean())
    lower = replace(knocked.difference, low=-2.0, high=-1.0)
    assert replace(knocked, p=0.05, difference=lower).specific


def test_what_never_comes_or_cannot_be_drawn_again_is_not_a_number():
    knocked = lv.knock_out(planted(), "comment", 0, 2, ["x = 1\n"], others=2)
    assert np.isnan([knocked.holds.mean, knocked.difference.mean, knocked.everywhere.low]).all()
    assert np.isfinite(knocked.everywhere.mean)
    assert knocked.holds.characters == 0
    assert knocked.p == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"hypothesis": "vowel"}, "`hypothesis` must be one of string,"),
        ({"layer": 2}, "`layer` must be between 0 and 1; got 2"),
        ({"unit": 5}, "`unit` must be between 0 and 4; got 5"),
        ({"others": -1}, "`others` must be between 0 and 1000; got -1"),
        ({"draws": 10}, "`draws` must be between 100 and 100000; got 10"),
    ],
)
def test_what_does_not_fit_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        lv.knock_out(planted(), **{"hypothesis": "comment", "layer": 1, "unit": 3, "texts": texts(2)} | options)
