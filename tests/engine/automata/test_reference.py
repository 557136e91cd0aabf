"""The machine that a task requires: small, and right about every string by another way of telling."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.automata.machine import isomorphic, minimise
from lstmviz.automata.needed import needed
from lstmviz.automata.reference import KINDS, has_machine, opening, place_in, reference_machine
from lstmviz.tasks import GRAMMARS, LANGUAGES, NAMED, named_task
from tests.engine.tasks.test_drawn import may_come

TOMITA = {  # as regular expressions, none of them an automaton
    "tomita1": "1*",
    "tomita2": "(10)*",
    "tomita3": "0*(1(11)*00(00)*|11(11)*0*)*(1(11)*)?",
    "tomita4": "(1|01|001)*(0|00)?",
    "tomita5": "(00|11|(01|10)(00|11)*(01|10))*",
    "tomita6": "(01|10|(00|1)(01|10)*(0|11))*",
    "tomita7": "0*1*0*1*",
}
SIZES = {"tomita1": 2, "tomita2": 3, "tomita3": 5, "tomita4": 4, "tomita5": 4, "tomita6": 3, "tomita7": 5}


def words(alphabet, longest):
    return ("".join(word) for n in range(longest + 1) for word in itertools.product(alphabet, repeat=n))


@pytest.mark.parametrize("language", TOMITA)
def test_tomitas_languages_are_those_of_regular_expressions(language):
    machine = reference_machine(lv.accept_task(language))
    for word in words("01", 12):
        assert (machine.says(word) == "yes") == (re.fullmatch(TOMITA[language], word) is not None), word
    assert machine.size == SIZES[language]
    assert machine.total


@given(st.sampled_from(sorted(TOMITA)), st.text("01", max_size=300))
@settings(deadline=None)
def test_and_so_they_are_on_long_strings(language, word):
    machine = reference_machine(lv.accept_task(language))
    assert (machine.says(word) == "yes") == (re.fullmatch(TOMITA[language], word) is not None)


def test_parity_is_the_count_of_ones():
    machine = reference_machine(lv.parity_task())
    assert machine.size == 2
    assert all(machine.says(word) == ("odd" if word.count("1") % 2 else "even") for word in words("01", 10))


def test_balance_is_as_many_of_each_as_far_as_it_counts():
    machine = reference_machine(lv.accept_task("anbn", 5))
    for i, j in itertools.product(range(6), range(6)):
        said = machine.says("a" * i + "b" * j)
        assert said == (None if j == 0 or i == 0 else "yes" if i == j else "no")
    assert machine.run("a" * 6)[-1] is None


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_a_grammar_says_what_may_come_after_every_beginning_of_a_string(grammar):
    task = lv.grammar_task(grammar, 4 if "anbn" in grammar else 20)
    machine, seen = reference_machine(task), 0
    beginnings = [opening(task)]
    while beginnings and seen < 250:
        word = beginnings.pop(0)
        seen += 1
        legal = may_come(grammar, word)
        assert set(machine.says(word[1:])) == legal
        ends = [letter for letter in legal if not may_come(grammar, word + letter)]
        counted_out = "anbn" in grammar and word.count("a") == 4 and set(word) <= set("Sa")
        for letter in legal:
            to = machine.run(word[1:] + letter)[-1]
            assert (to is None) == (letter in ends or (counted_out and letter == "a"))
            beginnings += [word + letter] if to is not None else []
    assert isomorphic(minimise(machine), machine)


def test_the_sizes_of_the_graphs_of_reber():
    # the states of the graph less those before the first and after the last symbol; two of them, and three around
    assert [reference_machine(lv.grammar_task(grammar)).size for grammar in GRAMMARS[:3]] == [6, 18, 19]


def test_order_says_which_marks_came_once_the_last_letter_has():
    task = lv.order_task(20)
    machine = reference_machine(task)
    rng = np.random.default_rng(0)
    for _ in range(300):
        marks = rng.choice(list("XY"), 2)
        letters = [*rng.choice(list("abcd"), rng.integers(0, 9)), *marks]
        order = sorted(rng.permutation(len(letters))[:2])
        others = [letter for letter in letters if letter not in "XY"]
        word = others.copy()
        for place, mark in zip(order, marks, strict=True):
            word.insert(place, mark)
        assert all(machine.says(word[:n]) is None for n in range(len(word) + 1))
        assert machine.says([*word, "B"]) == "".join(marks)
    assert machine.run("XYX")[-1] is None


@pytest.mark.parametrize(
    "task",
    [
        *(lv.grammar_task(grammar, 30 if grammar == "continual_reber" else 6) for grammar in GRAMMARS),
        *(lv.accept_task(language, 9) for language in LANGUAGES),
        lv.parity_task(9),
        lv.order_task(20),
    ],
    ids=[*GRAMMARS, *LANGUAGES, "parity", "order"],
)
@given(number=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=8)
def test_what_is_drawn_walks_through_it_and_what_is_asked_is_what_it_says(task, number):
    face = task.example(number)
    machine = reference_machine(face)
    states = place_in(face, face.labels)
    assert len(states) == len(face.x)
    for t, state in enumerate(states):
        said = machine.outputs[state]
        if face.legal is not None:
            assert said == "".join(letter for letter, may in zip(face.alphabet, face.legal[t], strict=True) if may)
        elif face.scored[t]:
            assert said == face.answers[face.y[t]]


def test_of_a_pattern_it_is_the_one_needed():
    task = lv.alphabet_task("abcabC")
    assert isomorphic(reference_machine(task), needed(task))
    assert place_in(task, "abcab") == (0, 1, 2, 3, 4)


def test_what_no_finite_machine_is_enough_for_is_refused():
    for name in NAMED:
        task = named_task(name)
        assert has_machine(task) == isinstance(task, KINDS)
        if not has_machine(task):
            with pytest.raises(TypeError, match="`task` must be one that a finite automaton is enough for"):
                reference_machine(task)
    with pytest.raises(ValueError, match="`symbols` must begin with 'B'; got 'TXS'"):
        place_in(lv.grammar_task("reber"), "TXS")
    longer = replace(lv.grammar_task("anbn", 2), longest=2).reading("SaaabbbT")
    assert place_in(longer, longer.labels)[3:] == (None,) * 4
