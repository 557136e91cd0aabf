"""The tasks: what the lecture notes feed their networks, and what may be typed instead."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.tasks import PRESETS, alphabet_task, memory_pattern

# The notes' own alphabets, in the order in which they number the letters, and how far back one must look.
NOTES = {
    "abaB": ("abB", 2),
    "AbAcAd": ("Abcd", 2),
    "abcabC": ("abcC", 3),
    "abcdabcD": ("abcdD", 4),
}


@pytest.mark.parametrize("pattern", PRESETS)
def test_presets_number_their_letters_as_the_notes_do(pattern):
    alphabet, memory = NOTES[pattern]
    task = alphabet_task(pattern)
    assert task.alphabet == tuple(alphabet)
    assert task.memory == memory
    assert task.text == pattern * 100


def test_x_is_the_text_without_its_last_letter_and_y_without_its_first():
    task = alphabet_task("abaB", repeats=100)
    numbers = {"a": 0, "b": 1, "B": 2}
    text = [numbers[letter] for letter in "abaB" * 100]
    assert task.x.tolist() == text[:-1]
    assert task.y.tolist() == text[1:]
    assert task.x.dtype == task.y.dtype == np.int64
    assert task.x.shape == (399,)


@pytest.mark.parametrize("pattern", PRESETS)
def test_one_hot_is_torchs(pattern):
    task = alphabet_task(pattern, repeats=3)
    expected = torch.nn.functional.one_hot(torch.tensor(task.x), len(task.alphabet)).float().numpy()
    assert task.one_hot().dtype == np.float32
    np.testing.assert_array_equal(task.one_hot(), expected)


def test_labels_tell_equal_letters_apart():
    task = alphabet_task("abcabC", repeats=2)
    assert task.labels == ("a1", "b1", "c", "a2", "b2", "C", "a1", "b1", "c", "a2", "b2")
    assert task.target_labels == ("b1", "c", "a2", "b2", "C", "a1", "b1", "c", "a2", "b2", "C")
    assert task.period == 6


def test_arrays_cannot_be_written_to():
    task = alphabet_task("ab")
    with pytest.raises(ValueError, match="read-only"):
        task.x[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        task.y[0] = 1


@given(st.text("abcd", min_size=2, max_size=12).filter(lambda pattern: len(set(pattern)) > 1))
@settings(deadline=None, max_examples=50)
def test_memory_is_enough_and_one_less_is_not(pattern):
    task = alphabet_task(pattern, repeats=8)
    text = task.text[len(pattern) :]  # long enough after the start to hold every window of the endless text

    def followers(length):
        found = {}
        for start in range(len(text) - length):
            found.setdefault(text[start : start + length], set()).add(text[start + length])
        return found.values()

    assert all(len(letters) == 1 for letters in followers(task.memory))
    if task.memory > 1:
        assert any(len(letters) > 1 for letters in followers(task.memory - 1))


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("가나다가", ["가", "나", "다", "가"]),
        ("e\u0301e", ["é", "e"]),  # composed to one code point
        ("👩🏽‍🚀👨‍👩‍👧‍👦🇰🇷❤️", ["👩🏽‍🚀", "👨‍👩‍👧‍👦", "🇰🇷", "❤️"]),
        ("क्षाaक्षा", ["क्षा", "a", "क्षा"]),
        ("+-×÷", ["+", "-", "×", "÷"]),
        ("𝔸₂Ⅷ", ["𝔸", "₂", "Ⅷ"]),
        ("<b&\"'", ["<", "b", "&", '"', "'"]),
    ],
)
def test_letters_and_signs_of_any_script_count_as_a_reader_counts(pattern, letters):
    task = alphabet_task(pattern, repeats=2)
    assert list(task.letters) == letters
    assert task.text == "".join(letters * 2)


def test_two_ways_to_type_one_letter_are_one_letter():
    assert alphabet_task("e\u0301b").alphabet == alphabet_task("éb").alphabet


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "2 to 64 letters; got 0"),
        ("a", "2 to 64 letters; got 1"),
        ("e\u0301", "2 to 64 letters; got 1"),
        ("ab" * 33, "2 to 64 letters; got 66"),
        ("ab" * 10_000, "2 to 64 letters; got 20000 characters"),
        ("aaaa", "at least two different letters; got only 'a'"),
        ("a b", r"letters and signs only; got U\+0020 SPACE"),
        ("ab\n", r"got U\+000A"),
        ("a\u3000b", "IDEOGRAPHIC SPACE"),
        ("a\u200bb", "ZERO WIDTH SPACE"),
        ("a\u202eb", "RIGHT-TO-LEFT OVERRIDE"),
        ("a\x00", r"got U\+0000"),
        ("ab\ud800", r"got U\+D800"),
        ("ab\u0378", r"got U\+0378"),  # unassigned
        ("ab\ue000", r"got U\+E000"),  # private use
        ("a\u3164", "HANGUL FILLER"),  # a letter that shows nothing
        ("\u0301a", "COMBINING ACUTE ACCENT"),
        ("a" + "\u0301" * 40, "at most 16 code points in one letter; got 40"),
        (12, "must be a string of letters; got a value of type int"),
    ],
)
def test_patterns_that_cannot_be_learned_from_are_refused_in_one_sentence(pattern, message):
    with pytest.raises(ValueError, match=message) as caught:
        alphabet_task(pattern)
    assert str(caught.value).startswith("`pattern` must ")
    assert "\n" not in str(caught.value)


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=100)
def test_whatever_is_typed_gives_a_task_or_one_sentence(pattern):
    try:
        task = alphabet_task(pattern, repeats=2)
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert 2 <= task.period <= 64
        assert len(task.x) == 2 * task.period - 1
        assert not any(letter.isspace() for letter in task.letters)
    assert refusal == "" or (refusal.startswith("`pattern` must ") and len(refusal) < 300)


@pytest.mark.parametrize("repeats", [1, 1001, 0, -3, 2.5, True, "10", None])
def test_repeats_out_of_range_are_refused(repeats):
    with pytest.raises(ValueError, match="`repeats` must be"):
        alphabet_task("ab", repeats=repeats)


def test_repeats_reach_both_ends_of_their_range():
    assert len(alphabet_task("ab", repeats=2).x) == 3
    assert len(alphabet_task("ab", repeats=np.int64(1000)).x) == 1999


@pytest.mark.parametrize("repeats", [2, 3, 100])
def test_the_last_pattern_is_read_from_its_first_letter(repeats):
    task = alphabet_task("abcabC", repeats)
    assert task.labels[task.last_pattern] == ("a1", "b1", "c", "a2", "b2", "C")
    assert task.target_labels[task.last_pattern] == ("b1", "c", "a2", "b2", "C", "a1")
    assert task.last_pattern.stop == len(task.x) - 5


@pytest.mark.parametrize("memory", range(2, 27))
def test_a_memory_pattern_needs_just_that_memory(memory):
    task = alphabet_task(memory_pattern(memory), repeats=2)
    assert task.memory == memory
    assert task.period == 2 * memory
    assert len(task.alphabet) == memory + 1


def test_memory_patterns_continue_the_notes():
    assert [memory_pattern(memory) for memory in (2, 3, 4)] == ["abaB", "abcabC", "abcdabcD"]
    assert memory_pattern(12) == "abcdefghijklabcdefghijkL"
    for wrong in (1, 27, 2.5, True):
        with pytest.raises(ValueError, match="`memory` must be"):
            memory_pattern(wrong)
