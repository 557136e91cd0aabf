"""Sequences that are drawn: with equal chance, right by another way of telling, and none of the tests' among them."""

import itertools
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

import lstmviz as lv
from lstmviz.tasks import GRAMMARS, LANGUAGES, NOTHING

TASKS = {
    "matching": lv.matching_task(4),
    "palindrome": lv.matching_task(4, True),
    "parity": lv.parity_task(12),
    "order": lv.order_task(20),
    **{name: lv.grammar_task(name) for name in GRAMMARS},
    **{f"accept {name}": lv.accept_task(name, 12) for name in LANGUAGES},
    "adding": lv.adding_task(24),
    "echo": lv.echo_task(),
}
SYMBOLS = {name: task for name, task in TASKS.items() if task.alphabet}
ASKED_AT_THE_END = {name: task for name, task in SYMBOLS.items() if len(task.answers) < 5 and task.legal is None}
NUMBER = 5000
PRINTED = ["020718", "738738", "542539"]


def words(task, examples):
    """The sequences as texts."""
    return [
        "".join(task.alphabet[code] for code in row[:length])
        for row, length in zip(examples.inputs, examples.lengths, strict=True)
    ]


def whole(task, examples):
    """Strings with the symbol that came last, where the next one is asked."""
    rows = np.arange(len(examples.lengths))
    last = examples.targets[rows, examples.lengths - 1]
    return [word + task.answers[code] for word, code in zip(words(task, examples), last, strict=True)]


def answers(examples):
    return examples.targets[np.arange(len(examples.lengths)), examples.lengths - 1]


def evenly(counts):
    """Whether so many of each kind are likely where all have equal chance."""
    return chisquare(counts).pvalue > 1e-4


# What a person would say, written without a look at how the sequences are drawn.


class Reber:
    """Reber's graph as a person walks it with a pencil: the place after a string, by name, or None off the graph."""

    edges = """
        start-B-fork  fork-T-upper  fork-P-lower  upper-S-upper  upper-X-high  lower-T-lower  lower-V-low
        high-X-lower  high-S-exit  low-P-high  low-V-exit  exit-E-end
    """

    @classmethod
    def place(cls, word):
        at = "start"
        for letter in word:
            [at] = [edge.split("-")[2] for edge in cls.edges.split() if edge.startswith(f"{at}-{letter}-")] or [None]
            if at is None:
                return None
        return at

    @classmethod
    def may_come(cls, word):
        return {letter for letter in "BTPSXVE" if cls.place(word + letter)}


def may_come(grammar, word):
    """The letters that may come after `word`, the beginning of a string."""
    match grammar:
        case "reber":
            return Reber.may_come(word)
        case "continual_reber":
            # An embedded string ends by the E after the second symbol's twin, which comes after an inner E.
            ended = re.match(r"B(T|P)B.*?E\1E", word)
            rest = word[ended.end() :] if ended else word
            return may_come("continual_reber" if ended else "embedded_reber", rest)
        case "embedded_reber":
            if len(word) < 2:
                return {"B"} if not word else {"T", "P"}
            inner, behind = word[2:].partition("E")[0::2]
            if "E" not in word[2:]:
                return Reber.may_come(inner)
            return {"E"} - set(behind[1:]) if behind else {word[1]}
        case _:
            letters = "ab" if grammar == "anbn" else "abc"
            strings = ["S" + "".join(one * n for one in letters) + "T" for n in range(1, 45)]
            return {one[len(word)] for one in strings if one.startswith(word) and len(one) > len(word)}


def tomita(number, word):
    blocks = [(bit, len(list(group))) for bit, group in itertools.groupby(word)]
    match number:
        case 1:
            return "0" not in word
        case 2:
            return re.fullmatch("(10)*", word) is not None
        case 3:
            return not any(a == "1" and n % 2 and m % 2 for (a, n), (_, m) in itertools.pairwise(blocks))
        case 4:
            return "000" not in word
        case 5:
            return word.count("0") % 2 == 0 and word.count("1") % 2 == 0
        case 6:
            return (word.count("0") - word.count("1")) % 3 == 0
        case _:
            return re.fullmatch("0*1*0*1*", word) is not None


def says(name, word):
    half = len(word) // 2
    match name.split():
        case ["matching"]:
            return int(word[:half] == word[half:])
        case ["palindrome"]:
            return int(word == word[::-1])
        case ["parity"]:
            return word.count("1") % 2
        case ["order"]:
            return ["XX", "XY", "YX", "YY"].index("".join(letter for letter in word if letter in "XY"))
        case ["accept", "anbn"]:
            return int(word == "a" * half + "b" * half)
        case ["accept", language]:
            return int(tomita(int(language[-1]), word))


@pytest.mark.parametrize("name", ASKED_AT_THE_END)
@pytest.mark.parametrize("tests", [False, True])
def test_answers_are_right_and_come_with_equal_chance(name, tests):
    task = TASKS[name]
    drawn = task.tests(NUMBER) if tests else task.examples(0, count=NUMBER)
    expected = [says(name, word) for word in words(task, drawn)]
    assert answers(drawn).tolist() == expected
    counts = np.bincount(expected, minlength=len(task.answers))
    if not tests:  # of some lengths and answers there are too few for tests
        assert evenly(counts)
    assert (drawn.scored.sum(axis=1) == 1).all()
    assert (drawn.targets[~drawn.scored] == NOTHING).all()


@pytest.mark.parametrize("name", ASKED_AT_THE_END)
def test_a_face_of_ones_own_is_answered_right_too(name):
    task = TASKS[name]
    for word in words(task, task.examples(3, count=50)):
        own = task.reading(word)
        assert "".join(own.labels) == word
        assert own.target_labels[-1] == task.answers[says(name, word)]
        assert own.scored.tolist() == [False] * (len(word) - 1) + [True]
        assert own.key == task.key


@pytest.mark.parametrize("name", ["matching", "palindrome"])
def test_lengths_and_digits_of_halves_come_with_equal_chance(name):
    drawn = TASKS[name].examples(0, count=NUMBER)
    assert evenly(np.bincount(drawn.lengths // 2, minlength=5)[1:])
    first = drawn.inputs[np.arange(drawn.inputs.shape[1]) < drawn.lengths[:, None] // 2]
    assert evenly(np.bincount(first, minlength=10))
    for answer in (0, 1):
        assert evenly(np.bincount(drawn.lengths[answers(drawn) == answer] // 2, minlength=5)[1:])


def test_bits_and_lengths_of_parity_come_with_equal_chance():
    drawn = TASKS["parity"].examples(0, count=NUMBER)
    assert evenly(np.bincount(drawn.lengths, minlength=13)[1:])
    assert evenly(np.bincount(drawn.inputs[np.arange(12) < drawn.lengths[:, None]]))


def test_order_is_the_papers_problem():
    task = lv.order_task(100)
    drawn = task.examples(0, count=2000)
    assert drawn.lengths.min() == 100
    assert drawn.lengths.max() == 110
    for word in words(task, drawn)[:500]:
        first, second = (t for t, letter in enumerate(word) if letter in "XY")
        assert 10 <= first <= 20
        assert 50 <= second <= 60
        assert re.fullmatch("E[abcdXY]+B", word)
    assert evenly([Counter("".join(words(task, drawn)))[letter] for letter in "abcd"])


@pytest.mark.parametrize("grammar", GRAMMARS)
@pytest.mark.parametrize("tests", [False, True])
def test_what_may_come_is_what_an_automaton_of_its_own_says(grammar, tests):
    task = TASKS[grammar]
    drawn = task.tests(200) if tests else task.examples(0, count=200)
    for k, word in enumerate(whole(task, drawn)):
        for t in range(len(word) - 1):
            legal = {letter for letter, may in zip(task.alphabet, drawn.legal[k, t], strict=True) if may}
            assert legal == may_come(grammar, word[: t + 1])
            assert word[t + 1] in legal
        assert (may_come(grammar, word) == set()) == (grammar != "continual_reber")
        assert not drawn.legal[k, len(word) - 1 :].any()


@pytest.mark.parametrize("word", ["BTSSXXTVVE", "BPVVE", "BTXXVPSE", "BPVPXVPXVPXVVE", "BTSXXVPSE", "BTSSSXSE"])
def test_strings_of_reber_that_others_have_printed_are_strings(word):
    task = lv.grammar_task("reber").reading(word)
    assert "".join((*task.labels, task.target_labels[-1])) == word
    inner = lv.grammar_task("embedded_reber").reading("BP" + word + "PE")
    assert inner.target_labels[-2:] == ("P", "E")


@pytest.mark.parametrize("word", ["BTSSPXSE", "BPTVVB", "BTXXVVSE", "BPVXPVXPVXVVE", "BTSXXVPS"])
def test_others_are_not(word):
    with pytest.raises(ValueError, match="must be a whole string of reber"):
        lv.grammar_task("reber").reading(word)


def test_a_stream_is_embedded_strings_without_a_gap():
    task = lv.grammar_task("continual_reber", 45)
    embedded = lv.grammar_task("embedded_reber")
    drawn = task.examples(0, count=500)
    assert set(drawn.lengths) == {45}
    assert drawn.scored.all()
    second = Counter()
    for word in whole(task, drawn):
        strings = re.findall(r"B([TP])(B[TPSXV]+?E)\1E", word)
        length = 0
        for letter, inner in strings:
            embedded.reading(f"B{letter}{inner}{letter}E")
            length += len(inner) + 4
            second[letter] += 1
        assert len(word) == 46
        assert word.startswith("".join(f"B{letter}{inner}{letter}E" for letter, inner in strings))
        own = task.reading(word)
        assert len(own.x) == 45
    assert evenly(list(second.values()))
    with pytest.raises(ValueError, match="must be a whole string of continual_reber"):
        task.reading("BTBTXSEPE")


@pytest.mark.parametrize("grammar", ["reber", "embedded_reber"])
def test_both_ways_at_a_fork_have_equal_chance(grammar):
    task = TASKS[grammar]
    strings = whole(task, task.examples(0, count=NUMBER))
    places = {"BT": "SX", "BTX": "XS", "BP": "TV", "BPV": "PV"} if grammar == "reber" else {"B": "TP", "BTB": "TP"}
    for beginning, letters in places.items():
        counts = Counter(word[len(beginning)] for word in strings if word.startswith(beginning))
        assert set(counts) == set(letters)
        assert evenly(list(counts.values()))


@pytest.mark.parametrize("name", ["anbn", "anbncn"])
def test_counting_is_learned_up_to_longest_and_tested_beyond(name):
    task, letters = lv.grammar_task(name, 7), len(name) // 2
    drawn, tests = task.examples(0, count=NUMBER), task.tests(NUMBER)
    counts = Counter(((drawn.lengths - 1) // letters).tolist())
    assert set(counts) == set(range(1, 8))
    assert evenly(list(counts.values()))
    assert set(((tests.lengths - 1) // letters).tolist()) == set(range(8, 15))


@pytest.mark.parametrize("name", [name for name in SYMBOLS if name != "echo"])
def test_nothing_leaks_from_the_tests_into_the_training(name):
    task = TASKS[name]
    tests = set(words(task, task.tests(2000)))
    learned = set(words(task, task.examples(0, count=20_000)))
    assert tests
    assert not tests & learned


@pytest.mark.parametrize("name", ["adding", "echo"])
def test_nor_numbers(name):
    task = TASKS[name]
    tests = {row.tobytes() for row in task.tests(2000).inputs}
    learned = {row.tobytes() for row in task.examples(0, count=2000).inputs}
    assert len(tests) == len(learned) == 2000
    assert not tests & learned


@pytest.mark.parametrize("name", TASKS)
def test_the_same_seed_and_number_give_the_same_and_others_do_not(name):
    task = TASKS[name]
    once, again = task.examples(5, count=30), task.example(9).examples(5, count=30)
    for one, other in zip(once, again, strict=True):
        assert one is None or np.array_equal(one, other)
    assert not np.array_equal(task.examples(5, count=30).lengths, task.examples(35, count=30).lengths) or not (
        np.array_equal(task.examples(5, count=30).inputs, task.examples(35, count=30).inputs)
    )


@given(
    name=st.sampled_from(sorted(TASKS)),
    first=st.integers(0, 3000),
    count=st.integers(1, 50),
)
@settings(deadline=None, max_examples=60)
def test_epochs_one_by_one_are_those_of_many_at_once(name, first, count):
    task = TASKS[name]
    many = task.examples(first, count=count)
    for k in range(count):
        one = task.examples(first + k)
        steps = one.lengths[0]
        assert steps == many.lengths[k]
        assert one.inputs.shape[1] == steps
        assert np.array_equal(one.inputs[0], many.inputs[k, :steps])
        assert np.array_equal(one.targets[0], many.targets[k, :steps])
        assert np.array_equal(one.scored[0], many.scored[k, :steps])
        assert not many.scored[k, steps:].any()


def test_a_seed_names_sequences():
    task = lv.matching_task(3, seed=43052, drawn=3)
    assert words(task, task.examples(0)) == PRINTED
    assert words(task, lv.matching_task(3, seed=43053, drawn=3).examples(0)) != PRINTED


def test_adding_is_the_papers_problem():
    drawn = lv.adding_task(100).examples(0, count=3000)
    assert (drawn.lengths.min(), drawn.lengths.max()) == (100, 110)
    places = Counter()
    for row, length, target in zip(drawn.inputs, drawn.lengths, drawn.targets, strict=True):
        marked = np.flatnonzero(row[:, 1] == 1)
        assert len(marked) == 2
        assert marked[0] < 10
        assert marked[1] < 49
        assert row[length - 1, 1] == -1
        assert row[0, 1] == (1 if marked[0] == 0 else -1)
        total = sum(row[t, 0] for t in marked if t > 0)
        assert target[length - 1, 0] == pytest.approx(0.5 + total / 4)
        places.update(marked.tolist())
    values = drawn.inputs[..., 0][np.arange(110) < drawn.lengths[:, None]]
    assert evenly(np.histogram(values, bins=20, range=(-1, 1))[0])


def test_echo_is_what_was_read_so_many_steps_ago():
    drawn = lv.echo_task(4, 20, drawn=5).examples(2)
    assert np.array_equal(drawn.targets[:, 4:], drawn.inputs[:, :-4])
    assert np.array_equal(drawn.scored, np.broadcast_to(np.arange(20) >= 4, (5, 20)))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: lv.matching_task(0), "`longest` must be between 1 and 500; got 0."),
        (lambda: lv.matching_task(3, "yes"), "`palindrome` must be True or False; got 'yes'."),
        (lambda: lv.parity_task(5, seed=-1), "`seed` must be between 0 and 4294967295; got -1."),
        (lambda: lv.order_task(9), "`length` must be between 10 and 1000; got 9."),
        (
            lambda: lv.grammar_task("c"),
            "`grammar` must be one of reber, embedded_reber, continual_reber, anbn, anbncn; got",
        ),
        (lambda: lv.grammar_task("continual_reber", 19), "`longest` must be between 20 and 1000; got 19."),
        (lambda: lv.parity_task(5, drawn=0), "`drawn` must be between 1 and 10000; got 0."),
        (lambda: lv.matching_task(3).reading("123"), "`symbols` must have two halves of one length; got 3 digits."),
        (lambda: lv.matching_task(3).reading("12x"), "`symbols` must hold 0 1 2 3 4 5 6 7 8 9 only; got 'x'."),
        (lambda: lv.order_task(20).reading("EaXB"), "`symbols` must have an X or a Y in two places; got 1."),
        (lambda: lv.parity_task(5).tests(), "the task has no sequences for tests: of each length and answer"),
        (lambda: lv.echo_task(5, 5), "`steps` must be between 6 and 2000; got 5."),
        (lambda: lv.parity_task(5).examples(0, 0.1), "`held_out` must be 0 for a task that draws its sequences"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()
