"""The machine that a network has become on strings: it says what torch's own network says after each of them."""

import functools
import itertools

import numpy as np
import pytest
import torch

import lstmviz as lv
from lstmviz.automata.machine import parting_text
from lstmviz.automata.of_grammar import grammar_automaton
from lstmviz.automata.reference import opening, place_in, reference_machine
from lstmviz.predictions.outcome import legal_mass, outcome
from lstmviz.tasks import NAMED, named_task

SHORT = {  # trained as usual, and hardly at all
    "Tomita 2": (250, 3),
    "Tomita 3": (300, 40),
    "bit parity": (250, 30),
    "Reber grammar": (300, 20),
    "a^n b^n": (300, 20),
    "temporal order": (300, 3),
}


@functools.cache
def learned(name: str, epochs: int, seed: int = 1):
    by, task = NAMED[name], named_task(name, 2)
    sizes = {"input_size": task.input_size, "hidden_size": by.hidden_size, "output_size": task.output_size}
    model = lv.build_model(lv.ModelConfig(cell=by.cell, seed=seed, **sizes))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=epochs, lr=by.lr)):
        pass
    return task, model, lv.automaton(model, task)


def told(model, task, words):
    """The logits of torch's own run after each of the words, in float64."""
    exact = model.double() if next(model.parameters()).dtype != torch.float64 else model
    for word in words:
        x = torch.eye(task.input_size, dtype=torch.float64)[[task.alphabet.index(letter) for letter in word]]
        with torch.no_grad():
            hidden, _ = exact.recurrent(x)
            yield exact.head(hidden[-1]).numpy()


def readable(machine, longest):
    """All words that a machine can read, by trying them."""
    found = [""]
    for _ in range(longest):
        more = [word + letter for word in found[:] for letter in machine.alphabet]
        found = [word for word in more if machine.run(word)[-1] is not None]
        yield from found


@pytest.mark.parametrize(("name", "epochs"), [(name, epochs) for name, both in SHORT.items() for epochs in both])
def test_the_machine_says_what_torch_says(name, epochs):
    task, model, found = learned(name, epochs)
    need, first = reference_machine(task), opening(task)
    words = list(itertools.islice(readable(need, found.length - len(first)), 400))
    wrong = []
    for word, logits in zip(words, told(model, task, [first + word for word in words]), strict=True):
        due = need.says(word)
        if due is None:
            said = None
        elif task.answers == task.alphabet:
            best = sorted(np.argsort(-logits)[: len(due)])
            said = "".join(task.answers[k] for k in best)
        else:
            said = task.answers[logits.argmax()]
        if found.complete:
            assert found.machine.says(word) == said
        if said != due:
            wrong.append(first + word)
    if wrong:
        assert len(found.parting) == len(wrong[0])
        assert not found.isomorphic
    elif found.isomorphic and found.fidelity == 1:
        assert found.parting is None


@pytest.mark.parametrize("name", [name for name in SHORT if name != "temporal order"])
def test_what_is_usually_learned_is_the_machine_required(name):
    _, _, found = learned(name, SHORT[name][0])
    assert found.isomorphic
    assert found.complete
    assert found.agreement == 1
    assert parting_text(found.machine, found.needed) is None


@pytest.mark.parametrize("name", SHORT)
def test_its_places_are_those_of_the_face(name):
    task, model, found = learned(name, SHORT[name][0])
    assert found.due_states.tolist() == list(place_in(task, task.labels))
    right = outcome(lv.trace(model, task.inputs()), task).right
    due = [found.needed.outputs[state] for state in found.due_states]
    asked = task.scored
    assert [one == other for one, other in zip(found.said_along, due, strict=True)][-1] == right[-1]
    if task.legal is not None:
        assert (np.array(found.said_along) == np.array(due)).tolist() == right.tolist()
    assert asked[-1]
    if found.complete:
        assert [found.machine.outputs[state] for state in found.states] == list(found.said_along)


def test_how_far_it_was_checked_is_counted():
    task, model, found = learned("bit parity", 250)
    assert found.words == sum(2**n for n in range(found.length + 1))
    assert 2 ** (found.length + 2) > 6_000 > found.words
    assert found.drawn == 128
    assert 30 < found.longest <= 40
    assert not found.all_there_are
    few = grammar_automaton(model, task, words=100)
    assert few.length == 5
    counted = learned("a^n b^n", 300)[2]
    assert counted.all_there_are
    assert (counted.drawn, counted.longest) == (0, 0)
    assert counted.words == sum(1 for _ in readable(counted.needed, 20)) + 1
    with pytest.raises(ValueError, match="`words` must be between 1 and"):
        grammar_automaton(model, task, words=0)


@pytest.mark.parametrize("name", ["Reber grammar", "a^n b^n", "bit parity"])
def test_the_mass_on_what_may_come_is_its_sum(name):
    task, model, _ = learned(name, SHORT[name][1])
    tr = lv.trace(model, task.inputs())
    mass = legal_mass(tr, task)
    for t, row in enumerate(tr.probabilities):
        if not task.scored[t]:
            assert np.isnan(mass[t])
            continue
        due = [task.y[t]] if task.legal is None else np.flatnonzero(task.legal[t])
        assert mass[t] == pytest.approx(sum(float(row[k]) for k in due), abs=1e-6)
    with pytest.raises(ValueError, match="`task` must be one of symbols"):
        legal_mass(tr, lv.echo_task())


def test_a_network_that_is_no_number_any_more_says_nothing():
    task, model, _ = learned("bit parity", 30, seed=5)
    with torch.no_grad():
        model.head.bias.fill_(float("nan"))
    with pytest.raises(ValueError, match="must have finite weights"):
        lv.automaton(model, task)
