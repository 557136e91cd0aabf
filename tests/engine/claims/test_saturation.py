"""Claims of the notes on networks of which we know what is true, and on the ones that the lecture trains."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import lstmviz as lv
from lstmviz.claims import CLAIMS, PLACES, Thresholds, look_at, measure, saturation
from lstmviz.claims.path import GATE_PLACES, departures
from tests.engine.claims.hand import ABAB, config, lstm, rnn

# a reads 0, b 1, B 2: the pattern's letters are a b a B
LEAVING = {
    "candidate": lstm(1, 0, (0.5, 0.5, 0.5), 1),
    "input gate": lstm(0.3, 0, (1, 1, 1), 1),
    "forget gate": lstm(1, 1, (1, -1, -1), 1),  # c is 1, 0, 1, 0: the past cancels what comes in
    "tanh": lstm(1, 0, (1, 1, 1), 1),
    "output gate": lstm(1, 1, (1, 1, 1), 0.5),  # a counter behind a half open gate
}


def of(parameters, **options):
    return saturation([look_at(config(), parameters, ABAB)], of="all", **options)


@pytest.mark.parametrize("place", PLACES)
def test_h_leaves_where_the_network_was_built_to_take_it_away(place):
    found = of([LEAVING[place]]).path
    assert found.away.mean == 1
    share = 0.5 if place == "forget gate" else 1.0  # at its other steps the tanh does it, c being 1 there
    assert found.left_at[place].mean == pytest.approx(share)
    assert found.by_gates.mean == pytest.approx(share if place in GATE_PLACES else 0)


def test_h_that_stays_at_one_has_left_nowhere():
    found = of([lstm(1, 1, (1, 1, 1), 1)]).path
    assert found.away.mean == 0
    assert found.by_gates.networks == 0
    assert found.at_one["h"].mean == 1


values = arrays(np.float64, (2, 3, 2), elements=st.floats(-1, 1))
gates = arrays(np.float64, (2, 3, 2), elements=st.floats(0, 1))
pasts = arrays(np.float64, (2, 3, 2), elements=st.floats(-5, 5))


@given(gates, values, gates, pasts)
def test_every_h_away_from_one_has_left_at_one_place_where_the_way_says_so(i, g, o, past):
    c = i * g + past
    way = {"g": g, "i*g": i * g, "c": c, "tanh(c)": np.tanh(c), "o*c": o * c, "h": o * np.tanh(c)}
    left = departures(way, Thresholds())
    for place, h, tanh_c, c_, ig, g_ in zip(
        *(array.ravel() for array in (left, way["h"], way["tanh(c)"], c, way["i*g"], g)), strict=True
    ):
        expected = "stayed"
        if abs(h) <= 0.9:
            if abs(tanh_c) > 0.9:
                expected = "output gate"
            elif abs(c_) > 0.9:
                expected = "tanh"
            elif abs(ig) > 0.9:
                expected = "forget gate"
            elif abs(g_) > 0.9:
                expected = "input gate"
            else:
                expected = "candidate"
        assert (*PLACES, "stayed")[place] == expected
    by_formula = departures({**way, "h": np.tanh(way["o*c"])}, Thresholds(), formula=True)
    taken = (np.abs(c) > 0.9) & (np.abs(np.tanh(way["o*c"])) <= 0.9)
    np.testing.assert_array_equal(by_formula[taken] == PLACES.index("tanh"), np.abs(way["o*c"])[taken] > 0.9)
    np.testing.assert_array_equal(by_formula[taken] == PLACES.index("output gate"), np.abs(way["o*c"])[taken] <= 0.9)


def test_the_places_make_up_the_whole():
    found = of(list(LEAVING.values())).path
    assert sum(mean.mean for mean in found.left_at.values()) == pytest.approx(1)
    assert sum(found.left_at[place].mean for place in GATE_PLACES) == pytest.approx(found.by_gates.mean)


def test_shares_histogram_and_extremes_are_counted_by_hand():
    found = of([lstm(1, 1, (1, 1, 1), 1), lstm(1, 0, (0.05, -1, 0.5), 0)])
    last = ABAB.last_pattern.stop
    own = found.distributions["lstm"]
    assert own["c"].largest == pytest.approx(last)
    assert own["c"].beyond == pytest.approx(0.5)  # the counter, past 4 long since
    assert (own["c"].at_one.mean, own["c"].near_zero.mean) == pytest.approx((0.125, 0.25))
    assert own["c"].past_one.mean == pytest.approx(0.5)
    assert own["g"].at_one.mean == pytest.approx(0.5 + 0.125)
    assert own["o"].near_zero.mean == own["o"].at_one.mean == pytest.approx(0.5)
    assert own["i"].edges[[0, -1]].tolist() == [0, 1]
    for quantity in own.values():
        assert quantity.shares.sum() + quantity.below + quantity.beyond == pytest.approx(1)


def test_a_network_counts_once_whatever_its_steps():
    found = of([lstm(1, 0, (1, 1, 1), 1)] * 3 + [lstm(1, 0, (0, 0, 0), 1)])
    assert found.claim("g_at_one").measured.mean == pytest.approx(0.75)
    assert found.claim("g_at_one").measured.networks == 4


def test_a_claim_is_true_false_or_undecided():
    full, empty = lstm(1, 0, (1, 1, 1), 1), lstm(1, 0, (0, 0, 0), 1)
    verdicts = [of([full] * n + [empty] * (12 - n)).claim("g_at_one").holds for n in (12, 6, 0)]
    assert verdicts == [True, None, False]


def test_thresholds_are_what_the_words_mean():
    weak = [lstm(1, 0, (0.8, 0.8, 0.8), 1)] * 12
    assert of(weak).claim("g_at_one").holds is False
    assert of(weak, thresholds=Thresholds(large=0.7)).claim("g_at_one").holds is True
    with pytest.raises(ValueError, match="`small` must be above 0, at most 1; got 0"):
        Thresholds(small=0)


def test_what_the_loop_alone_shows_rests_on_its_slip():
    """A counter's c is far from its g; the notes' loop starts each step from zeros, and shows c = i*g, which is g."""
    counters = of([lstm(1, 1, (1, 1, 1), 1)] * 12)
    claim = counters.claim("c_close_to_g")
    assert (claim.holds, claim.holds_replayed, claim.rests_on_slip) == (False, True, True)
    assert claim.moved.mean == 1
    assert claim.moved.above(0) is True


def test_what_both_show_does_not_rest_on_the_slip():
    forgetting = of([lstm(1, 0, (1, 1, 1), 1)] * 12)
    claim = forgetting.claim("c_close_to_g")
    assert (claim.holds, claim.holds_replayed, claim.rests_on_slip) == (True, True, False)
    assert claim.moved.mean == 0


def test_nothing_is_said_of_a_slip_where_one_side_is_undecided():
    mixed = of([lstm(1, 1, (1, 1, 1), 1)] * 6 + [lstm(1, 0, (1, 1, 1), 1)] * 6)
    claim = mixed.claim("c_close_to_g")
    assert (claim.holds, claim.holds_replayed, claim.rests_on_slip) == (None, True, None)


def test_rnn_and_lstm_are_compared_where_both_are_there():
    rnns = look_at(config("rnn"), [rnn((1, -1, 1))] * 8, ABAB)
    lstms = look_at(config(), [lstm(1, 0, (1, 1, 1), 1)] * 9, ABAB)
    both = saturation([rnns, lstms], of="all")
    assert tuple(claim.key for claim in both.claims) == CLAIMS
    freer = both.claim("lstm_h_freer")
    assert (freer.measured.mean, freer.measured.networks, freer.holds) == (1, 17, True)
    assert both.claim("rnn_h_at_one").rests_on_slip is False  # no RNN is replayed in the notes
    alone = saturation([rnns], of="all")
    assert [claim.key for claim in alone.claims] == ["rnn_h_at_one"]
    assert alone.path is None
    with pytest.raises(ValueError, match="`key` must be one of rnn_h_at_one; got 'g_at_one'"):
        alone.claim("g_at_one")


def test_solved_and_failed_are_counted_apart():
    look = look_at(config("rnn"), [rnn((1, 1, 1)), rnn((0, 0, 0)), rnn((0, 0, 0))], ABAB)
    look = replace(look, solved=np.array([True, False, False]))
    shares = {of: saturation([look], of=of).distributions["rnn"]["h"].at_one for of in ("solved", "failed", "all")}
    assert {of: (mean.mean, mean.networks) for of, mean in shares.items()} == {
        "solved": (1.0, 1),
        "failed": (0.0, 2),
        "all": (pytest.approx(1 / 3), 3),
    }


def test_where_no_network_has_solved_it_nothing_is_claimed():
    looks = [look_at(config("rnn"), [rnn((0, 0, 0))], ABAB), look_at(config(), [lstm(1, 0, (0, 0, 0), 1)], ABAB)]
    found = saturation(looks)
    assert found.success["lstm"].solved == 0
    assert all(claim.holds is None and claim.measured.networks == 0 for claim in found.claims)
    assert np.isnan(found.distributions["lstm"]["c"].shares).all()


def test_looks_that_do_not_go_together_are_refused_in_a_sentence():
    one = look_at(config("rnn"), [rnn((0, 0, 0))], ABAB)
    other = look_at(config(), [lstm(1, 0, (0, 0, 0), 1)], lv.alphabet_task("abcb", repeats=5))
    for looks in ([], [one, one], [one, other]):
        with pytest.raises(ValueError, match="`looks` must be at least one, each of another cell, of one task"):
            saturation(looks)
    with pytest.raises(ValueError, match="`of` must be one of solved, failed, all"):
        saturation([one], of="some")


def test_on_the_lectures_task_c_is_close_to_g_by_the_slip_alone():
    """abaB, two units, 1000 epochs: what the notes read off the picture of one LSTM, held against 25."""
    found = measure(lv.alphabet_task("abaB"), hidden_size=2)
    verdicts = {claim.key: (claim.holds, claim.holds_replayed) for claim in found.claims}
    assert verdicts["rnn_h_at_one"] == (True, None)
    assert verdicts["g_at_one"] == (True, True)
    assert verdicts["lstm_h_near_zero"] == (True, True)
    assert verdicts["lstm_h_freer"] == (True, True)
    assert verdicts["c_close_to_g"] == (False, True)
    assert [claim.key for claim in found.claims if claim.rests_on_slip] == ["c_close_to_g"]
    assert all(0 < rate.solved < 25 for rate in found.success.values())
    assert set(found.distributions["gru"]) == {"r", "z", "n", "h"}
