"""Counters: that a string has ended where they say so is held to the languages themselves."""

from itertools import product

import pytest

import lstmviz as lv
from lstmviz.automata.counting import counting_machine
from lstmviz.tasks.grammar import COUNTED, legal_after


@pytest.mark.parametrize("grammar", COUNTED)
def test_a_string_has_ended_where_the_last_letter_was_read_and_all_counters_are_at_0(grammar):
    machine = counting_machine(lv.grammar_task(grammar, 4))
    letters = COUNTED[grammar]
    found = set()
    for length in range(1, 10):
        for word in map("".join, product(letters, repeat=length)):
            places, counts = machine.places("S" + word), machine.counts("S" + word)
            ended = places[-1] == len(letters) and not counts[-1].any() and counts.min() >= 0
            assert ended == (legal_after(grammar, f"S{word}T") is not None)
            found |= {word} if ended else set()
    assert found == {"".join(letter * n for letter in letters) for n in range(1, 9 // len(letters) + 1)}


def test_each_state_says_what_its_letter_does():
    assert counting_machine(lv.grammar_task("anbn", 4)).control.outputs == ("0", "+1", "−1")
    machine = counting_machine(lv.grammar_task("anbncn", 4))
    assert machine.control.outputs == ("0 0", "+1 0", "−1 +1", "0 −1")
    assert machine.counts("Saabbcc").tolist() == [[0, 0], [1, 0], [2, 0], [1, 1], [0, 2], [0, 1], [0, 0]]
    with pytest.raises(ValueError, match="`task` must be of one of the grammars"):
        counting_machine(lv.grammar_task("reber"))
