"""L* on networks whose automaton is known."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings

import lstmviz as lv
from lstmviz.automata.lstar import learn
from lstmviz.automata.machine import isomorphic, minimise
from lstmviz.automata.needed import needed
from lstmviz.automata.teacher import read_text
from lstmviz.statemap import state_map

from .networks import last_letter, latch, of_machine, parity, shift_register
from .test_machine import machines

KNOWN = {
    "parity": (parity(), "01"),
    "tanh latch": (latch("rnn"), "abc"),
    "gru latch": (latch("gru"), "abc"),
    "lstm latch": (latch("lstm"), "abc"),
    "shift register": (shift_register(), "ab"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_network_built_to_be_an_automaton_is_found_to_be_it(name):
    (model, machine), pattern = KNOWN[name]
    learned = learn(state_map(model), lv.alphabet_task(pattern, 10), "all")
    assert learned.complete
    assert learned.fidelity == learned.agreement == 1
    assert isomorphic(learned.machine, machine)
    assert learned.before == ()
    letters = len(machine.alphabet)
    assert learned.words == sum(letters**k for k in range(learned.length + 1)) <= 20_000
    assert learned.words + letters ** (learned.length + 1) > 20_000


@settings(max_examples=40, deadline=None)
@given(machines())
def test_any_small_automaton_is_learned_back_from_the_network_that_is_it(machine):
    learned = learn(state_map(of_machine(machine)), lv.alphabet_task("ab", 20), "all")
    assert learned.complete
    assert isomorphic(learned.machine, minimise(machine))


@settings(max_examples=15, deadline=None)
@given(machines(alphabet="abB"))
def test_every_cell_of_every_table_is_what_torch_predicts(machine):
    model, task = of_machine(machine), lv.alphabet_task("abaB", 3)
    for domain in ("text", "pairs", "all"):
        learned = learn(state_map(model), task, domain, words=500)
        for table in learned.rounds:
            assert len({*table.rows[: len(table.prefixes)]}) <= len(table.prefixes) == table.machine.size
            for word, row in zip((*table.prefixes, *table.extended), table.rows, strict=True):
                for suffix, said in zip(table.suffixes, row, strict=True):
                    text = [*learned.before, *word, *suffix]
                    if said is None or not text:
                        continue
                    x = torch.eye(3, dtype=torch.float64)[[task.alphabet.index(letter) for letter in text]]
                    with torch.no_grad():
                        assert said == task.alphabet[int(model(x)[0][-1].argmax())]


def test_tables_grow_by_the_suffix_that_a_counterexample_calls_for():
    learned = learn(state_map(shift_register()[0]), lv.alphabet_task("ab", 10), "all")
    sizes = [len(table.prefixes) for table in learned.rounds]
    assert sizes == sorted(set(sizes))
    assert [len(table.suffixes) for table in learned.rounds] == list(range(1, len(sizes) + 1))
    for table in learned.rounds[:-1]:
        word = table.counterexample
        assert table.machine.says(word) != learned.machine.says(word)
    assert learned.rounds[-1].counterexample is None


def test_off_the_text_nothing_is_asked():
    task = lv.alphabet_task("abaB", 10)
    learned = learn(state_map(last_letter(3, [1, 0, 0])), task, "text")
    text = "".join(task.letters) * 300
    for table in learned.rounds:
        for word, row in zip((*table.prefixes, *table.extended), table.rows, strict=True):
            for suffix, said in zip(table.suffixes, row, strict=True):
                assert (said is not None) == text.startswith("a" + "".join((*word, *suffix)))


def test_a_right_network_is_the_needed_automaton_on_the_text():
    task = lv.alphabet_task("abab", 10)
    learned = learn(state_map(last_letter(2, [1, 0])), task)
    assert isomorphic(learned.machine, needed(task))
    assert learned.text_steps == 39 + 1000
    assert learned.length == learned.text_steps - 1


def wild(seed: int = 3) -> lv.Model:
    """A tanh network with weights so large that it never settles."""
    model = lv.build_model(
        lv.ModelConfig(cell="rnn", input_size=3, hidden_size=16, output_size=3, seed=seed, dtype="float64")
    )
    with torch.no_grad():
        model.recurrent.weight_hh_l0.mul_(12)
        model.head.weight.mul_(5)
    return model


@pytest.mark.parametrize("domain", ["text", "pairs", "all"])
def test_a_network_beyond_the_states_allowed_is_given_up_with_its_best(domain):
    f, task = state_map(wild()), lv.alphabet_task("abaB", 50)
    learned = learn(f, task, domain)
    assert not learned.complete
    assert learned.machine.size <= 64
    run = read_text(f, task)
    start = () if domain == "all" else 1
    states = learned.machine.run([task.alphabet[code] for code in run.codes[start or 0 :]])
    states = states[1:] if domain == "all" else states
    said = [None if state is None else learned.machine.outputs[state] for state in states]
    same = np.mean([a == task.alphabet[b] for a, b in zip(said, run.predicted, strict=True)])
    assert learned.fidelity == pytest.approx(same, abs=2 / len(said))
    assert 0 < learned.agreement < 1
    assert max(table.agreement for table in learned.rounds) == learned.agreement


def test_a_text_that_comes_back_to_the_last_bit_is_known_forever():
    f, task = state_map(last_letter(3, [1, 0, 0])), lv.alphabet_task("abaB", 10)
    run = read_text(f, task, beyond=50)
    assert run.forever
    np.testing.assert_array_equal(run.s, f.states(np.eye(3)[run.codes]))
    assert run.first_wrong == 2
    chaotic = read_text(state_map(wild()), task, beyond=50)
    assert not chaotic.forever
    assert read_text(f, task, beyond=0).s.shape == (39, 3)


def test_bad_arguments_are_refused_in_a_sentence():
    f, task = state_map(parity()[0]), lv.alphabet_task("01")
    with pytest.raises(ValueError, match="`domain` must be one of text, pairs, all; got 'words'"):
        learn(f, task, "words")
    with pytest.raises(ValueError, match="`words` must be between 1"):
        learn(f, task, words=0)
    with pytest.raises(ValueError, match="`max_states` must be between 1"):
        learn(f, task, max_states=0)
    with pytest.raises(ValueError, match="must read and name the task's 3 letters; got one that reads 2 and names 2"):
        learn(f, lv.alphabet_task("abc"))
    with pytest.raises(ValueError, match="must have a head"):
        learn(state_map(torch.nn.RNN(2, 2)), task)
