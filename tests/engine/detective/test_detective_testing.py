"""Effects, chance and corrections against scipy and by hand; and a network in which we know what a unit knows."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import lstmviz as lv
from lstmviz.detective.alphabet import ALPHABET
from lstmviz.detective.hypotheses import HYPOTHESES, KEYS, hypotheses_of
from lstmviz.detective.reading import Cell, read_texts
from lstmviz.detective.testing import benjamini_hochberg, centred_ranks, effects_of, find_cells, holm, p_of

SIGNS = len(ALPHABET)
COMMENT = KEYS.index("comment")


def some_labels(rng, steps):
    return np.array([rng.integers(0, 5 if one.numeric else 2, steps) for one in HYPOTHESES], dtype=float)


@given(st.integers(0, 10_000), st.integers(12, 40))
@settings(max_examples=30)
def test_effects_are_mann_and_whitney_s_and_spearman_s(seed, steps):
    rng = np.random.default_rng(seed)
    values, labels = rng.integers(-3, 4, (3, steps)).astype(float), some_labels(rng, steps)
    found = effects_of(centred_ranks(values), labels)
    for k, (hypothesis, label) in enumerate(zip(HYPOTHESES, labels, strict=True)):
        for row, value in enumerate(values):
            if len(set(label)) == 1 or len(set(value)) == 1:
                assert np.isnan(found[k, row])
            elif hypothesis.numeric:
                assert found[k, row] == pytest.approx(stats.spearmanr(value, label).statistic, abs=1e-6)
            else:
                u = stats.mannwhitneyu(value[label == 1], value[label == 0]).statistic
                assert found[k, row] == pytest.approx(u / (label.sum() * (label == 0).sum()), abs=1e-6)


@given(st.integers(0, 10_000), st.integers(12, 40))
@settings(max_examples=30)
def test_p_is_the_share_of_the_shifts_that_are_as_far_from_none(seed, steps):
    rng = np.random.default_rng(seed)
    values, labels = rng.normal(size=(3, steps)), some_labels(rng, steps)
    ranks = centred_ranks(values)
    middle = np.array([0.0 if one.numeric else 0.5 for one in HYPOTHESES])[:, None]
    turned = np.array([np.abs(effects_of(ranks, np.roll(labels, s, axis=1)) - middle) for s in range(steps)])
    found = p_of(ranks, labels)
    expected = (turned >= turned[0] - 1e-4 * turned.max(axis=0)).mean(axis=0)
    constant = labels.min(axis=1) == labels.max(axis=1)
    assert np.all(found[constant] == 1)
    assert np.allclose(found[~constant], expected[~constant], atol=1e-12)


def test_chance_is_measured_with_the_dependence_of_neighbours():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(400, 2000))
    for t in range(1, noise.shape[1]):
        noise[:, t] += 0.98 * noise[:, t - 1]  # slow, as units of a network are
    label = np.zeros((len(KEYS), noise.shape[1]))
    label[COMMENT] = np.repeat(rng.integers(0, 2, 40), 50)  # in runs, as comments come
    shifts = p_of(centred_ranks(noise), label)[COMMENT]
    naive = stats.mannwhitneyu(noise[:, label[COMMENT] == 1], noise[:, label[COMMENT] == 0], axis=1).pvalue
    assert (naive < 0.05).mean() > 0.5  # independent characters: chance looks like knowledge
    assert (shifts < 0.05).mean() < 0.08
    assert (shifts < 0.5).mean() == pytest.approx(0.5, abs=0.08)


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=30))
def test_benjamini_and_hochberg_s_correction_is_scipy_s(p):
    assert np.allclose(benjamini_hochberg(np.array(p)), stats.false_discovery_control(p))


def test_holm_s_correction_by_hand():
    # Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04, and none below the one before.
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.9, 0.8])).tolist() == [1, 1]


def planted():
    """A network in which unit 3 of layer 1 is on inside comments, and says that a ~ is likely there."""
    model = lv.build_model(
        lv.ModelConfig(input_size=SIGNS, hidden_size=5, output_size=SIGNS, num_layers=2, seed=3, gain=0.3)
    )
    with torch.no_grad():
        bottom, top = model.recurrent.weight_ih_l0, model.recurrent.weight_ih_l1
        bottom[2::5], top[3::5] = 0, 0  # all gates of unit 2 below and of unit 3 above
        model.recurrent.weight_hh_l0[2::5] = 0
        model.recurrent.weight_hh_l1[3::5] = 0
        bias, bias_top = model.recurrent.bias_ih_l0, model.recurrent.bias_ih_l1
        model.recurrent.bias_hh_l0[2::5], model.recurrent.bias_hh_l1[3::5] = 0, 0
        bias[2::5] = torch.tensor([-9.0, 9.0, 0.0, 9.0])  # i shut, f open, o open
        bottom[2, ALPHABET.index("#")], bottom[12, ALPHABET.index("#")] = 18, 9  # i opens, g is 1
        bottom[7, ALPHABET.index("\n")] = -18  # f shuts
        bias_top[3::5] = torch.tensor([9.0, -9.0, -1.0, 9.0])
        top[13, 2] = 4  # g follows the unit below, c forgets
        model.head.weight[:, 3] = 0
        model.head.weight[ALPHABET.index("~"), 3] = 6
    return model


def texts(count=12, seed=0):
    rng = np.random.default_rng(seed)
    words = np.array(["x = 1", "if y:", "  z(2)", "f('a')", "[u, v]"])
    made = []
    for _ in range(count):
        lines = [
            f"{rng.choice(words)}  # {'~' * rng.integers(1, 9)}" if rng.random() < 0.4 else str(rng.choice(words))
            for _ in range(30)
        ]
        made.append("\n".join(lines) + "\n")
    return made


def test_the_unit_that_was_made_to_know_comments_is_found_chosen_and_confirmed():
    given_texts = texts()
    findings = find_cells(planted(), given_texts, top=2)
    assert findings.choosing == tuple(given_texts[::2])
    assert findings.confirming == tuple(given_texts[1::2])
    best = findings.best("comment")
    assert {(one.cell.layer, one.cell.unit) for one in best} == {(0, 2), (1, 3)}
    assert all(one.effect > 0.99 and one.convincing for one in best)
    assert findings.shifts == tuple(sum(map(len, half)) for half in (findings.choosing, findings.confirming))
    # Each figure of the table is that of the states as the reading gives them.
    inside = np.concatenate([hypotheses_of(text)["comment"] for text in findings.choosing])
    values = np.concatenate([one.values(Cell(0, 4, "h")) for one in read_texts(planted(), findings.choosing)])
    auc = stats.mannwhitneyu(values[inside], values[~inside]).statistic / (inside.sum() * (~inside).sum())
    assert findings.effects[COMMENT, 0, 0, 4] == pytest.approx(auc, abs=1e-6)
    assert np.array_equal(findings.corrected.ravel(), benjamini_hochberg(findings.p.ravel()))


def test_a_unit_that_is_low_where_it_is_so_tells_as_much_as_one_that_is_high():
    high = find_cells(planted(), texts(), top=1).best("comment")[0]
    # The same values, turned round: 1 less the AUC, and that of the last character as it was.
    low = replace(high, effect=1 - high.effect, chosen_effect=1 - high.chosen_effect)
    assert high.higher
    assert not low.higher
    assert high.either_way == high.effect > 0.99
    assert low.either_way == pytest.approx(high.effect)
    assert low.strength == pytest.approx(high.strength)
    assert low.by_character_either_way == high.by_character_either_way >= 0.5
    assert low.convincing
    # What guesses the wrong way round tells as well, and the comparison is made in the measure that is shown.
    turned = replace(low, by_character=1 - low.by_character)
    assert turned.by_character_either_way == pytest.approx(low.by_character_either_way)
    assert not replace(low, effect=0.4, by_character=0.3, corrected=0.01).convincing
    assert replace(low, effect=0.3, by_character=0.6, corrected=0.01).convincing


def test_a_correlation_below_0_tells_as_much_as_one_above():
    one = find_cells(planted(), texts(), top=1).best("position")[0]
    falling = replace(one, effect=-0.6, chosen_effect=-0.5, by_character=0.4, corrected=0.01)
    assert (falling.higher, falling.either_way, falling.by_character_either_way) == (False, 0.6, 0.4)
    assert falling.convincing
    assert not replace(falling, by_character=-0.7).convincing
    assert not replace(falling, chosen_effect=0.5).confirmed


def test_a_network_that_has_learned_nothing_convinces_of_nothing_beyond_the_last_character():
    model = lv.build_model(lv.ModelConfig(input_size=SIGNS, hidden_size=8, output_size=SIGNS, num_layers=2, gain=0.01))
    with torch.no_grad():
        model.recurrent.weight_ih_l0[:] = 0  # it does not even read
    findings = find_cells(model, texts())
    assert not any(one.convincing for one in findings.findings)


def test_one_text_alone_is_cut_in_the_middle_and_what_never_comes_is_not_found():
    text = "".join(line.partition("#")[0] + "\n" for line in texts(1)[0].splitlines())
    findings = find_cells(planted(), [text], top=1)
    assert findings.choosing[0] + findings.confirming[0] == text
    assert findings.best("comment") == ()
    assert np.isnan(findings.effects[COMMENT]).all()
    assert np.all(findings.p[COMMENT] == 1)
    assert len(findings.best("position")) == 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="`top` must be between 1 and 20; got 0"):
        find_cells(planted(), texts(), top=0)
    with pytest.raises(ValueError, match="`hypothesis` must be one of string, comment"):
        find_cells(planted(), texts(2), top=1).best("vowel")
