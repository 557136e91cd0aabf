"""Letters drawn from what a network says: against counts, against the trace of what was written, against the papers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

import lstmviz as lv
from lstmviz.predictions.generating import Sampling, generate

TASK = lv.text_task("so said she: see the sea, and so she said it", 10)
V = len(TASK.alphabet)
LOGITS = st.lists(st.floats(-30, 30), min_size=2, max_size=40).map(np.array)


def _model(cell="lstm", layers=1, seed=0, gain=3.0):
    shape = {"input_size": V, "hidden_size": 9, "output_size": V}
    return lv.build_model(lv.ModelConfig(cell=cell, num_layers=layers, seed=seed, gain=gain, **shape))


@given(LOGITS, st.floats(0.05, 5), st.integers(1, 40), st.floats(0.01, 1))
def test_a_distribution_keeps_its_word(logits, temperature, k, p):
    shares = Sampling(temperature=temperature, top_k=k, top_p=p).distribution(logits)
    assert shares.sum() == pytest.approx(1)
    kept = np.flatnonzero(shares)
    assert 1 <= len(kept) <= min(k, len(logits))
    assert logits[kept].min() >= np.delete(logits, kept).max(initial=-np.inf)
    whole = np.exp((logits - logits.max()) / temperature)
    np.testing.assert_allclose(shares[kept], whole[kept] / whole[kept].sum(), rtol=1e-9)
    within_k = np.sort(whole)[::-1][:k] / np.sort(whole)[::-1][:k].sum()
    assert within_k[: len(kept)].sum() >= p - 1e-9  # enough of them ...
    assert within_k[: len(kept) - 1].sum() < p + 1e-9  # ... and none too many


@given(LOGITS)
def test_temperature_to_nought_is_greedy_and_without_limits_it_is_the_softmax(logits):
    greedy = Sampling(temperature=0).distribution(logits)
    assert greedy.argmax() == logits.argmax()
    assert greedy.max() == 1
    if np.sort(logits)[-1] - np.sort(logits)[-2] > 1e-3:
        np.testing.assert_allclose(Sampling(temperature=1e-5).distribution(logits), greedy, atol=1e-12)
    softmax = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    np.testing.assert_allclose(Sampling().distribution(logits), softmax, rtol=1e-9)


def test_of_equals_the_first_is_taken():
    np.testing.assert_array_equal(Sampling(temperature=0).distribution(np.zeros(5)), [1, 0, 0, 0, 0])
    np.testing.assert_array_equal(Sampling(top_k=2).distribution(np.zeros((2, 4))), [[0.5, 0.5, 0, 0]] * 2)


@pytest.mark.parametrize(
    "sampling", [Sampling(), Sampling(temperature=0.5), Sampling(top_k=4), Sampling(top_p=0.6), Sampling(temperature=3)]
)
def test_letters_come_as_often_as_they_should(sampling):
    model = _model(gain=1.5)
    written = [generate(model, TASK, "s", 1, sampling=sampling, seed=seed) for seed in range(3000)]
    counts = np.bincount([TASK.alphabet.index(one.letters[1]) for one in written], minlength=V)
    shares = written[0].offered[0]
    assert not counts[shares == 0].any()
    some = shares > 0
    assert chisquare(counts[some], shares[some] * counts.sum()).pvalue > 1e-3


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru"])
def test_what_is_said_is_what_the_trace_of_the_written_text_says(cell, layers):
    model = _model(cell, layers, gain=1.2)
    written = generate(model, TASK, "she ", 60, seed=3)
    assert written.text.startswith("she ")
    assert (len(written.letters), written.start) == (64, 4)
    codes = [TASK.alphabet.index(letter) for letter in written.letters[:-1]]
    tr = lv.trace(model, np.eye(V, dtype=np.float32)[codes])
    np.testing.assert_allclose(written.logits, tr.logits, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(written.probabilities, tr.probabilities, atol=1e-4)


def test_greedy_takes_the_most_probable_letter_each_time():
    written = generate(_model(), TASK, "s", 50, sampling=Sampling(temperature=0), seed=1)
    assert [TASK.alphabet.index(letter) for letter in written.letters[1:]] == written.logits.argmax(-1).tolist()
    assert written.letters == generate(_model(), TASK, "s", 50, sampling=Sampling(temperature=0), seed=2).letters


def test_another_letter_is_gone_on_from_and_leaves_what_was_before():
    model = _model(gain=1.5)
    first = generate(model, TASK, "so", 40, seed=5)
    other = next(letter for letter in TASK.alphabet if letter != first.letters[12])
    second = generate(model, TASK, "so", 40, seed=5, chosen={10: other})
    assert second.letters[:12] == first.letters[:12]
    assert second.letters[12] == other
    np.testing.assert_array_equal(second.logits[:12], first.logits[:12])
    assert generate(model, TASK, "so", 40, seed=5, chosen={10: first.letters[12]}).letters == first.letters
    assert generate(model, TASK, "so", 80, seed=5).letters[:42] == first.letters
    assert generate(model, TASK, "so", 40, seed=6).letters != first.letters


def test_what_it_has_learned_it_writes():
    task = lv.text_task("abcabC" * 12, 10)
    model = lv.build_model(lv.ModelConfig(input_size=4, hidden_size=8, output_size=4, seed=1))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=400, lr=0.05)):
        pass
    assert generate(model, task, "abcab", 25, sampling=Sampling(temperature=0)).text == ("abcabC" * 6)[:30]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": ""}, "`text` must have 1"),
        ({"start": "x"}, "alphabet"),
        ({"letters": -1}, "`letters`"),
        ({"letters": 20_001}, "`letters`"),
        ({"seed": 1.5}, "`seed`"),
        ({"chosen": {40: "s"}}, "`chosen`"),
        ({"chosen": {1: "Q"}}, "alphabet"),
        ({"task": lv.text_task("ab" * 20, 3)}, "`model` must read"),
    ],
)
def test_what_will_not_do_is_refused(options, words):
    given = {"model": _model(), "task": TASK, "start": "s", "letters": 20} | options
    with pytest.raises(ValueError, match=words):
        generate(**given)


@pytest.mark.parametrize("option", [{"temperature": -0.1}, {"temperature": float("nan")}, {"top_k": 0}, {"top_p": 0.0}])
def test_sampling_is_checked(option):
    with pytest.raises(ValueError, match=f"`{next(iter(option))}`"):
        Sampling(**option)


def test_a_network_that_has_diverged_is_refused():
    model = _model()
    model.head.weight.data[0, 0] = float("nan")
    with pytest.raises(ValueError, match="finite"):
        generate(model, TASK, "s", 3)
