"""What grids prove: the statistics against the literature and against scipy, the counts against the networks."""

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lstmviz.models import build_model
from lstmviz.sweeps import Bundle, BundleResult, train_bundle
from lstmviz.sweeps.evidence import LARGE, Comparison, difference, differences, h_distribution, rates, success
from lstmviz.tracing import trace
from lstmviz.ui.views.grid import evidence as words
from lstmviz.ui.views.grid.evidence import h_sentence, often, success_sentence

# Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I,
# method 3 (score, without continuity correction).
NEWCOMBE = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}

counts = st.integers(1, 200).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@pytest.mark.parametrize(("counted", "interval"), NEWCOMBE.items())
def test_intervals_are_those_of_newcombes_table(counted, interval):
    found = success(*counted)
    assert (found.low, found.high) == pytest.approx(interval, abs=5e-5)


@given(counts)
def test_an_interval_is_where_the_score_test_does_not_reject(counted):
    solved, trials = counted
    found = success(solved, trials)
    assert 0 <= found.low <= found.rate <= found.high <= 1
    z = stats.norm.ppf(0.975)
    for bound in (found.low, found.high):
        if 0 < bound < 1:
            assert abs(found.rate - bound) == pytest.approx(z * sqrt(bound * (1 - bound) / trials), rel=1e-6)


@given(counts)
def test_failures_have_the_mirrored_interval_and_more_networks_a_narrower_one(counted):
    solved, trials = counted
    found, mirrored, more = success(solved, trials), success(trials - solved, trials), success(4 * solved, 4 * trials)
    assert (1 - found.high, 1 - found.low) == pytest.approx((mirrored.low, mirrored.high), abs=1e-9)
    assert more.high - more.low < found.high - found.low
    sure = success(solved, trials, level=0.99)
    assert sure.low <= found.low
    assert found.high <= sure.high


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((0, 0), "`trials` must be between 1"),
        ((3, 2), "`solved` must be between 0 and 2; got 3."),
        ((-1, 2), "`solved` must be between 0 and 2; got -1."),
        ((1, 2, 0.0), "`level` must be above 0"),
        ((1, 2, 1.0), "`level` must be below 1; got 1."),
    ],
)
def test_counts_that_cannot_be_are_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        success(*arguments)


def test_the_lady_tasting_tea():
    # Fisher, The Design of Experiments (1935), chapter 2: eight cups, four of each kind. All right by chance: 1 in 70;
    # three of four right or more: 17 in 70. Two-sided the opposite tables count too.
    assert difference(success(4, 4), success(0, 4)).p == pytest.approx(2 / 70)
    assert difference(success(3, 4), success(1, 4)).p == pytest.approx(34 / 70)


def test_fishers_twins():
    # Fisher, The logic of inductive inference, J. R. Statist. Soc. 98 (1935), p. 50: of 13 criminals with a
    # monozygotic twin 10 had a convicted one, of 17 with a dizygotic twin 2. Two-sided as R prints it (?fisher.test).
    assert difference(success(10, 13), success(2, 17)).p == pytest.approx(0.0005367, abs=5e-8)


@given(counts, counts)
def test_a_test_counts_the_tables_that_are_no_more_probable(first, second):
    def table(k: int) -> int:
        return comb(first[1], k) * comb(second[1], total - k)

    total = first[0] + second[0]
    here = table(first[0])
    uneven = sum(table(k) for k in range(total + 1) if table(k) <= here)
    found = difference(success(*first), success(*second))
    assert found.p == pytest.approx(uneven / comb(first[1] + second[1], total), rel=1e-6)
    assert found.p == pytest.approx(difference(success(*second), success(*first)).p, rel=1e-9)


def test_three_cells_are_three_tests():
    found = differences({"rnn": success(11, 25), "gru": success(18, 25), "lstm": success(24, 25)})
    assert list(found) == [("rnn", "gru"), ("rnn", "lstm"), ("gru", "lstm")]
    for comparison in found.values():
        assert comparison.pairs == 3
        assert comparison.chance == min(1.0, 3 * comparison.p)
    assert [comparison.differ for comparison in found.values()] == [False, True, False]
    assert found["gru", "lstm"].p < 0.05 < found["gru", "lstm"].chance  # alone it would have counted


def test_what_is_rare_once_is_less_rare_among_many():
    assert Comparison(0.02).differ
    assert not Comparison(0.02, pairs=3).differ
    assert Comparison(0.5, pairs=3).chance == 1.0
    assert differences({"rnn": success(1, 2)}) == {}
    with pytest.raises(ValueError, match="`pairs` must be between 1"):
        difference(success(1, 2), success(1, 2), pairs=0)


def _bundle(cell: str, seeds: range = range(8), **changes: object) -> Bundle:
    usual = {"task": "abaB", "repeats": 20, "hidden_size": 3, "lr": 0.1, "epochs": 60, "snapshots": 2}
    return Bundle(**{**usual, "cell": cell, "seeds": tuple(seeds), **changes})


@pytest.fixture(scope="module")
def results() -> list[BundleResult]:
    bundles = [_bundle("rnn"), _bundle("lstm"), _bundle("rnn", range(8, 12)), _bundle("rnn_relu", epochs=1)]
    return [train_bundle(bundle) for bundle in bundles]


def test_every_network_is_counted_once_in_its_group(results):
    found = rates(results, lambda bundle: bundle.cell)
    for cell, rate in found.items():
        runs = [run for result in results for run in result.runs() if run.cell == cell]
        assert (rate.solved, rate.trials) == (sum(run.solved for run in runs), len(runs))
    assert found["rnn"].trials == 12
    by_size = rates(results, lambda bundle: (bundle.cell, len(bundle.seeds)))
    assert {key: rate.trials for key, rate in by_size.items()} == {
        ("rnn", 8): 8, ("lstm", 8): 8, ("rnn", 4): 4, ("rnn_relu", 8): 8
    }  # fmt: skip


def test_a_network_that_diverged_has_not_solved_its_task():
    result = train_bundle(_bundle("rnn_relu", lr=10.0, epochs=300, seeds=range(16)))
    assert (result.diverged_at >= 0).any(), "nothing diverged here: choose another rate"
    assert not result.solved[result.diverged_at >= 0].any()
    assert rates([result], lambda bundle: bundle.cell)["rnn_relu"].trials == 16


def test_the_distribution_is_that_of_the_solved_networks(results):
    found = h_distribution(results, bins=10)
    assert set(found) == {"rnn", "lstm", "rnn_relu"}
    for cell in ("rnn", "lstm"):
        # The states once more, by the tracer, which is held to torch's.
        sizes, solved = list[float](), 0
        for run in (run for result in results for run in result.runs() if run.cell == cell and run.solved):
            bundle = _bundle(cell)
            model = build_model(bundle.network(run.seed))
            for name, values in model.named_parameters():
                values.detach().numpy()[...] = run.parameters[name]
            states = trace(model, bundle.text.one_hot()).h[bundle.text.last_pattern]
            sizes += np.abs(np.asarray(states)).ravel().tolist()
            solved += 1
        assert solved
        assert found[cell].networks == solved
        expected = np.array(
            [sum(k / 10 <= size < (k + 1) / 10 or (k == 9 and size == 1) for size in sizes) for k in range(10)]
        ) / len(sizes)
        np.testing.assert_allclose(found[cell].shares, expected, atol=2 / len(sizes))  # one may lie on an edge
        assert found[cell].large == pytest.approx(np.mean(np.array(sizes) > LARGE), abs=2 / len(sizes))
        assert found[cell].shares.sum() + found[cell].beyond == pytest.approx(1)


def test_without_a_solved_network_there_is_no_distribution(results):
    unsolved = h_distribution([results[-1]], bins=5)["rnn_relu"]
    assert results[-1].solved.sum() == unsolved.networks == 0
    assert np.isnan([*unsolved.shares, unsolved.large, unsolved.beyond]).all()
    assert h_distribution([]) == {}
    with pytest.raises(ValueError, match="`bins` must be between 1"):
        h_distribution(results, bins=0)


def test_chances_are_said_as_people_say_them():
    assert often(3e-7) == "fewer than 1 of 10,000"
    assert often(1e-4) == "about 1 of 10,000"
    assert often(0.000577) == "about 1 of 1,700"
    assert often(0.0099) == "about 1 of 100"
    assert often(0.374) == "about 37 of 100"
    assert often(0.949) == "about 95 of 100"
    assert often(1.0) == "nearly all"


def test_a_difference_that_chance_does_not_explain():
    found = {"rnn": success(11, 25), "lstm": success(24, 25)}
    assert success_sentence(found) == (
        "**RNN (tanh)** 11 of 25 (chance of success between 27 and 63%), "
        "**LSTM** 24 of 25 (chance of success between 80 and 99%)"
    )
    (sentence,) = words.test_sentences(found)
    chance = difference(found["rnn"], found["lstm"]).p
    assert sentence == (
        "LSTM against RNN (tanh): if both were equally good, a difference this large would come in "
        f"{often(chance)} such grids."
    )
    assert chance < 0.05


def test_few_networks_are_said_to_be_few():
    (sentence,) = words.test_sentences({"rnn": success(2, 4), "lstm": success(3, 4)})
    assert "these networks are too few to tell them apart" in sentence
    (sentence,) = words.test_sentences({"rnn": success(3, 4), "lstm": success(6, 8)})
    assert sentence == "Between RNN (tanh) and LSTM there is no difference here."
    none = {cell: success(0, 9) for cell in ("rnn", "gru", "lstm")}
    assert words.test_sentences(none) == ["All cells succeeded equally often here."]
    assert words.test_sentences({"rnn": success(3, 4)}) == []


def test_three_pairs_are_said_to_be_three():
    sentences = words.test_sentences({"rnn": success(11, 25), "gru": success(18, 25), "lstm": success(24, 25)})
    assert len(sentences) == 4
    # Alone GRU against LSTM would have counted.
    assert "too few" in next(sentence for sentence in sentences if sentence.startswith("LSTM against GRU"))
    assert "times 3 (Bonferroni)" in sentences[-1]


@pytest.mark.parametrize("gru", [2, 11, 18, 25])
def test_a_pair_has_one_number_of_its_own_whatever_stands_beside_it(gru):
    two = {"rnn": success(11, 25), "lstm": success(23, 25)}
    (alone,) = words.test_sentences(two)
    sentences = words.test_sentences({**two, "gru": success(gru, 25)})
    beside = next(sentence for sentence in sentences if sentence.startswith("LSTM against RNN"))
    chance = difference(two["rnn"], two["lstm"]).p
    assert often(chance) in alone
    assert "at once" not in alone
    assert beside == f"{alone} As one of 3 pairs compared at once: in {often(3 * chance)}."
    assert often(chance) != often(3 * chance)


def test_a_tie_is_no_number_beside_others_either():
    sentences = words.test_sentences({"rnn": success(3, 9), "gru": success(3, 9), "lstm": success(9, 9)})
    assert "Between RNN (tanh) and GRU there is no difference here." in sentences


def test_the_sentence_about_h_has_its_numbers(results):
    found = h_distribution(results)
    sentence = h_sentence(found)
    for cell in ("rnn", "lstm"):
        share = round(100 * found[cell].large)
        assert f"in the {found[cell].networks} network" in sentence
        assert f"{share}% of all |h|" in sentence
    assert sentence.endswith("No RNN (ReLU) has solved it.")
