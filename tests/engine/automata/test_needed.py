"""The automaton of a task, against its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.automata.machine import minimise
from lstmviz.automata.needed import all_words, needed, pairs


@pytest.mark.parametrize(("pattern", "states"), [("abaB", 4), ("AbAcAd", 6), ("abcabC", 6), ("abcdabcD", 8), ("ab", 2)])
def test_the_notes_patterns_need_as_many_states_as_they_have_places(pattern, states):
    machine = needed(lv.alphabet_task(pattern))
    assert machine.size == states
    assert minimise(machine) == machine


def test_a_pattern_that_repeats_a_shorter_one_needs_that_ones_states():
    assert needed(lv.alphabet_task("abcabc")) == needed(lv.alphabet_task("abc"))
    assert needed(lv.alphabet_task("abaBabaBabaB")).size == 4


@given(st.text("abc", min_size=2, max_size=9).filter(lambda text: len(set(text)) > 1))
def test_it_names_every_letter_of_the_text_and_reads_nothing_else(pattern):
    task = lv.alphabet_task(pattern, 5)
    machine = needed(task)
    states = machine.run(task.text[1:])
    assert [machine.outputs[state] for state in states[:-1]] == list(task.text[1:])
    assert all(sum(to is not None for to in row) == 1 for row in machine.moves)
    roots = [k for k in range(1, len(pattern) + 1) if pattern == (pattern * 2)[k : k + len(pattern)]]
    assert machine.size == roots[0]


def test_the_wider_domains_read_what_they_say():
    task = lv.alphabet_task("abaB")
    assert pairs(task).run("bababaBa")[-1] is not None
    assert pairs(task).run("bB")[-1] is None
    assert all_words(task).run("BBBba")[-1] is not None
