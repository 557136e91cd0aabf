"""All strings of a graph, and strings of any length: against what walks through it bring, and by enumeration."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lstmviz.tasks import grammar_task
from lstmviz.tasks.grammar import REBER_LETTERS, legal_after
from lstmviz.tasks.spelling import GRAPHS, all_strings, strings_of_lengths

TASKS = {grammar: grammar_task(grammar, drawn=1024) for grammar in GRAPHS}


def texts(examples, letters=REBER_LETTERS):
    """Strings as they are written, the last symbol included."""
    return [
        "".join(letters[code] for code in [*row[:length], asked[length - 1]])
        for row, asked, length in zip(examples.inputs, examples.targets, examples.lengths, strict=True)
    ]


@pytest.mark.parametrize("grammar", GRAPHS)
def test_all_strings_are_there_once_and_each_is_one(grammar):
    found = all_strings(grammar, 12)
    assert len(set(found)) == len(found)
    assert [len(one) for one in found] == sorted(len(one) for one in found)
    assert all(legal_after(grammar, one) is not None for one in found)
    walked = set(texts(TASKS[grammar].examples()))
    shortest = len(found[0])  # of which none is held back for tests
    assert {one for one in walked if len(one) == shortest} == {one for one in found if len(one) == shortest}
    assert {one for one in walked if len(one) <= 12} <= set(found)


def test_embedded_strings_are_those_of_reber_in_a_frame():
    inner = all_strings("reber", 9)
    assert set(all_strings("embedded_reber", 13)) == {f"B{t}{one}{t}E" for one in inner for t in "TP"}


@given(
    grammar=st.sampled_from(GRAPHS),
    lengths=st.lists(st.integers(9, 60), min_size=1, max_size=8),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_string_has_the_length_that_was_asked_for_and_is_read_as_a_task_reads_it(grammar, lengths, seed):
    drawn = strings_of_lengths(grammar, np.array(lengths), np.random.default_rng(seed))
    written = texts(drawn)
    assert [len(one) for one in written] == lengths
    for k, one in enumerate(written):
        face = TASKS[grammar].reading(one)
        np.testing.assert_array_equal(face.x, drawn.inputs[k, : len(face.x)])
        np.testing.assert_array_equal(face.y, drawn.targets[k, : len(face.x)])
        np.testing.assert_array_equal(face.legal, drawn.legal[k, : len(face.x)])
        assert not drawn.legal[k, len(face.x) :].any()
        assert not drawn.scored[k, len(face.x) :].any()


@pytest.mark.parametrize(("grammar", "length"), [("reber", 11), ("embedded_reber", 13)])
def test_each_string_of_a_length_has_the_same_chance(grammar, length):
    drawn = strings_of_lengths(grammar, np.full(6000, length), np.random.default_rng(0))
    counts = Counter(texts(drawn))
    assert set(counts) == {one for one in all_strings(grammar, length) if len(one) == length}
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_a_length_without_strings_is_refused():
    with pytest.raises(ValueError, match=r"`lengths` must be those of strings of reber; got 4\."):
        strings_of_lengths("reber", np.array([9, 4]), np.random.default_rng(0))
    with pytest.raises(ValueError, match="`grammar` must be"):
        all_strings("anbn", 9)
