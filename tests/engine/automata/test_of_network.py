"""The automaton of a network, against torch's predictions on the text."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.automata.machine import isomorphic, parting_text
from lstmviz.automata.needed import needed
from lstmviz.automata.of_network import automaton
from tests.engine.scaled import scaled

from .networks import last_letter, network
from .test_lstar import wild


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["rnn", "rnn_relu", "lstm", "gru"]),
    st.sampled_from(["abaB", "abcabC", "ab", "abab", "aab"]),
    st.integers(1, 6),
    st.integers(1, 2),
    st.integers(0, 1000),
    st.sampled_from([0.5, 1.0, 3.0]),
)
def test_the_machine_says_what_torch_says(cell, pattern, hidden, layers, seed, gain):
    task = lv.alphabet_task(pattern, 12)
    model = scaled(cell, len(task.alphabet), hidden, layers, seed=seed, gain=gain)
    found = automaton(model, task, beyond=30)
    with torch.no_grad():
        logits = model(torch.tensor(task.one_hot(), dtype=torch.float64))[0].numpy()
    close = np.sort(logits, axis=-1)[:, -1] - np.sort(logits, axis=-1)[:, -2] < 1e-9 * np.abs(logits).max()
    theirs = logits.argmax(axis=-1)
    ours = np.array([task.alphabet.index(found.machine.outputs[state] or "") for state in found.states if state >= 0])
    if found.complete:
        assert found.fidelity == 1
        assert ((ours == theirs) | close).all()
    else:
        assert found.fidelity < 1
    assert found.machine.size <= found.learned.machine.size <= 64
    assert found.steps == len(task.x) + 30


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["abaB", "abab", "abc"]), st.sampled_from(["rnn", "gru"]))
@example(478, "abab", "gru")  # they part only after the text of the task
def test_it_is_the_needed_one_if_and_only_if_no_text_parts_them(seed, pattern, cell):
    task = lv.alphabet_task(pattern, 10)
    found = automaton(scaled(cell, len(task.alphabet), 3, seed=seed, gain=4.0), task)
    assert found.isomorphic == (found.parting is None) == isomorphic(found.machine, needed(task))
    if found.parting is None:
        assert found.said is found.due is None
        assert found.merged == ()
        return
    endless = pattern * (len(found.parting) + 1)
    assert endless.startswith("".join(found.parting))
    assert found.due == endless[len(found.parting)] != found.said
    if found.complete:
        assert found.parting[1:] == parting_text(found.machine, found.needed)
        assert found.machine.says(found.parting[1:]) == found.said


def test_a_network_that_forgets_has_merged_the_places_of_one_letter():
    task = lv.alphabet_task("abaB", 20)
    found = automaton(last_letter(3, [1, 0, 0]), task)
    assert found.machine.size == 2
    assert found.smallest
    assert not found.isomorphic
    assert found.places == (("a1", "a2"), ("b", "B"))
    assert [(one.state, one.labels) for one in found.merged] == [(0, ("a1", "a2")), (1, ("b", "B"))]
    assert found.merged[0].distance == 0
    assert found.merged[1].distance == pytest.approx(np.sqrt(8))
    assert found.parting == ("a", "b", "a")
    assert (found.said, found.due) == ("b", "B")
    assert found.forever
    np.testing.assert_array_equal(found.states, np.arange(79) % 2)
    np.testing.assert_allclose(found.positions.mean[0], [1, -1, -1])
    np.testing.assert_allclose(found.positions.mean[1], [-1, 0, 0], atol=0.01)  # b and B by turns
    assert found.positions.representative.tolist() == [0, 1]
    assert found.positions.steps.sum() == found.steps


@pytest.mark.parametrize("pattern", ["abaB", "AbAcAd", "abcabC", "abcdabcD"])
def test_a_trained_lstm_is_the_needed_automaton(pattern):
    task = lv.alphabet_task(pattern)
    letters = len(task.alphabet)
    model = lv.build_model(lv.ModelConfig(cell="lstm", input_size=letters, hidden_size=4, output_size=letters, seed=1))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=500, lr=0.05)):
        pass
    found = automaton(model, task)
    assert found.isomorphic
    assert found.complete
    assert found.machine.size == len(task.letters)
    assert found.parting is None
    assert all(len(places) == 1 for places in found.places)


def test_each_representative_is_the_step_nearest_to_its_mean():
    found = automaton(scaled("gru", 3, 4, seed=5, gain=3.0), lv.alphabet_task("abaB", 20))
    s, where = found.run.s, found.positions
    for state, step in enumerate(where.representative):
        if step < 0:
            assert where.steps[state] == 0
            continue
        distances = np.linalg.norm(s - where.mean[state], axis=1)
        steps = np.arange(len(s))[: len(found.states)][found.states == state]
        assert distances[step] <= distances[steps].min() + 1e-12


def test_a_network_beyond_64_states_says_so():
    found = automaton(wild(), lv.alphabet_task("abaB", 50))
    assert not found.complete
    assert found.machine.size <= 64
    assert 0 < found.fidelity < 1


def test_a_network_whose_numbers_overflow_says_nothing_and_is_wrong():
    growing = network("rnn_relu", 2, 1, ih=[[1, 1]], hh=[[1e30]], head=[[1], [-1]])
    found = automaton(growing, lv.alphabet_task("ab", 50))
    assert None in found.machine.outputs
    assert not found.isomorphic


def test_what_has_no_automaton_is_refused_in_a_sentence():
    task = lv.alphabet_task("abaB")
    with pytest.raises(ValueError, match="must have a head"):
        automaton(torch.nn.LSTM(3, 2), task)
    with pytest.raises(ValueError, match="must read and name the task's 3 letters"):
        automaton(lv.build_model(lv.ModelConfig(cell="gru", input_size=2, hidden_size=2, output_size=2)), task)
    with pytest.raises(ValueError, match="`beyond` must be between 0"):
        automaton(last_letter(3, [1, 0, 0]), task, beyond=-1)
    model = last_letter(3, [1, 0, 0])
    with torch.no_grad():
        model.head.bias[0] = torch.inf
    with pytest.raises(ValueError, match="finite weights"):
        automaton(model, task)


def test_a_long_pattern_may_take_some_periods_to_settle():
    """64 places: the table then holds more states than 64, of which few remain once joined."""
    task = lv.alphabet_task("abcdefgh" * 7 + "abcdefgX", 10)
    found = automaton(last_letter(9, [1, 2, 3, 4, 5, 6, 7, 0, 0]), task)
    assert found.complete
    assert found.learned.machine.size == 64
    assert found.machine.size == 8
    assert [one.labels for one in found.merged][-1][-2:] == ("h7", "X")
