"""A text in windows, as the lecture notes cut it, in any script."""

import re

import numpy as np
import pytest
import torch

import lstmviz as lv

GOETHE = "Knowing is not enough; we must apply. Willing is not enough; we must do."


def test_windows_are_those_of_the_notes_loop():
    task = lv.text_task(GOETHE, 10)
    characters = sorted(set(GOETHE))
    where = {letter: code for code, letter in enumerate(characters)}
    x, y = [], []
    for i in range(len(GOETHE) - 10):
        x.append([where[letter] for letter in GOETHE[i : i + 10]])
        y.append([where[letter] for letter in GOETHE[i + 1 : i + 11]])
    examples = task.examples()
    assert task.alphabet == tuple(characters)
    assert task.input_size == task.output_size == len(characters)
    assert examples.inputs.tolist() == x
    assert examples.targets.tolist() == y
    assert examples.scored.all()
    assert examples.lengths.tolist() == [10] * len(x)
    assert task.examples(7).inputs is examples.inputs
    hot = torch.nn.functional.one_hot(torch.tensor(task.x), len(characters)).float().numpy()
    np.testing.assert_array_equal(task.inputs(), hot)


def test_the_face_is_the_whole_text_or_a_window_or_a_text_of_ones_own():
    task = lv.text_task("banana bread", 4)
    assert "".join(task.alphabet[code] for code in task.x) == "banana brea"
    assert "".join(task.alphabet[code] for code in task.y) == "anana bread"
    assert task.labels[:4] == ("b1", "a1", "n1", "a2")
    assert task.target_labels[-1] == "d"
    window = task.example(2)
    assert window.labels == ("n1", "a2", "n2", "a3")
    assert window.target_labels == ("a2", "n2", "a3", " ")
    assert window.key == task.key
    assert np.array_equal(window.examples().inputs, task.examples().inputs)
    own = task.reading("dnab")
    assert own.labels == ("d", "n", "a")
    with pytest.raises(ValueError, match=r"letters of the task's alphabet only; got U\+0078 LATIN SMALL LETTER X"):
        task.reading("bax")
    with pytest.raises(ValueError, match="`number` must be between 0 and 7; got 8"):
        task.example(8)


def test_a_text_is_read_as_the_notes_print_it():
    task = lv.text_task(GOETHE, 10)
    assert task.read(task.examples().targets) == GOETHE[1:]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("동해 물과\n백두산이", ["동", "해", " ", "물", "과", "\n", "백", "두", "산", "이"]),
        ("e\u0301a 👩🏽‍🚀!", ["é", "a", " ", "👩🏽‍🚀", "!"]),
        ("a\r\nb\rc\u2028d\te", ["a", "\n", "b", "\n", "c", "\n", "d", "\t", "e"]),
        ("क्षा तो", ["क्षा", " ", "तो"]),
        ("سلام عليكم", list("سلام عليكم")),
    ],
)
def test_any_script_is_read_as_a_reader_counts(text, letters):
    task = lv.text_task(text, 1)
    assert task.text == "".join(letters)
    read = [*(task.alphabet[code] for code in task.x), task.alphabet[task.y[-1]]]
    assert read == letters
    assert task.alphabet == tuple(sorted(set(letters)))


def test_twenty_thousand_letters_are_not_too_many():
    task = lv.text_task("ab c" * 5000, 100)
    assert task.examples().inputs.shape == (19_900, 100)


def test_windows_held_out_share_no_letter_to_be_said_with_those_learned_from():
    task = lv.text_task("abcdefghijklmnopqrstuvwxyz", 4)
    examples = task.examples(0, 0.25)
    learned = examples.targets[examples.scored.any(axis=1)]
    tested = examples.targets[examples.held_out.any(axis=1)]
    assert len(tested) == round(0.25 * 22)
    assert not set(learned.ravel()) & set(tested.ravel())
    assert learned.max() + 1 == tested.min()
    assert not (examples.scored & examples.held_out).any()
    with pytest.raises(ValueError, match=r"`held_out` must leave a window to learn from; 0\.9 of 22 leaves none"):
        task.examples(0, 0.9)


@pytest.mark.parametrize(
    ("text", "window", "sentence"),
    [
        ("", 1, "`text` must have 2 to 20000 letters; got 0."),
        ("a", 1, "`text` must have 2 to 20000 letters; got 1."),
        ("aaaa", 1, "`text` must have at least two different letters; got only 'a'."),
        ("ab" * 10_001, 10, "`text` must have 2 to 20000 letters; got 20002."),
        ("a" * 1_000_000, 10, "`text` must have 2 to 20000 letters; got 1000000 characters."),
        ("abcde", 5, "`window` must be shorter than the text of 5 letters; got 5."),
        ("abcde", 0, "`window` must be between 1 and 1000; got 0."),
        ("ab\0c", 2, "`text` must hold no control characters but tabs and line breaks; got U+0000."),
        ("ab\ud800c", 2, "`text` must hold no control characters but tabs and line breaks; got U+D800."),
        (b"abc", 2, "`text` must be a string; got a value of type bytes."),
        ("a" + "\u0301" * 20 + "b", 1, "`text` must have at most 16 code points in one letter; got 20."),
        (
            "".join(map(chr, range(0x4E00, 0x4E00 + 1001))),
            2,
            "`text` must have at most 1000 different letters",
        ),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_in_a_sentence(text, window, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        lv.text_task(text, window)
