"""Stairs of the loss: against a count by hand, the notes' patterns, and networks that stand on one."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.predictions.staircase import stairs, standing

patterns = st.text(alphabet="abcdAB", min_size=2, max_size=12).filter(lambda word: len(set(word)) > 1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abcabC", [(None, "ln 4"), (0, ""), (1, "(2/6) ln 2"), (3, "0")]),
        ("abaB", [(None, "ln 3"), (0, ""), (1, "(2/4) ln 2"), (2, "0")]),
        ("AbAcAd", [(None, "ln 4"), (0, ""), (1, "(3/6) ln 3"), (2, "0")]),
        ("ab", [(None, "ln 2"), (1, "0")]),
    ],
)
def test_the_notes_patterns_have_the_stairs_that_a_pencil_finds(pattern, expected):
    assert [(one.memory, one.written) for one in stairs(lv.alphabet_task(pattern))] == expected


def test_the_coin_of_the_notes_pattern():
    *_rest, coin, whole = stairs(lv.alphabet_task("abcabC"))
    assert coin.loss == pytest.approx(2 / 6 * log(2))
    assert coin.tossed == (("c", "C"),)
    assert (whole.loss, whole.tossed) == (0, ())
    assert stairs(lv.alphabet_task("AbAcAd"))[2].tossed == (("b", "c", "d"),)


@given(pattern=patterns)
def test_a_stair_is_what_a_reader_of_so_many_letters_loses(pattern):
    task = lv.alphabet_task(pattern, 40)
    found = stairs(task)
    losses = [one.loss for one in found]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx(log(len(task.alphabet)))
    assert losses[-1] == pytest.approx(0)
    assert found[-1].memory == task.memory
    text, period = task.letters * 4, task.period
    for stair in found[1:]:
        total = 0.0
        for k in range(2 * period, 3 * period):
            seen = text[k - stair.memory + 1 : k + 1] if stair.memory else ()
            alike = [
                text[j + 1]
                for j in range(2 * period, 3 * period)
                if not stair.memory or text[j - stair.memory + 1 : j + 1] == seen
            ]
            total -= log(alike.count(text[k + 1]) / len(alike)) / period
        assert stair.loss == pytest.approx(total, abs=1e-12)


def test_a_network_that_has_all_but_the_hidden_bit_stands_on_the_last_stair_but_one():
    task = lv.alphabet_task("abcabC")
    *_rest, coin, whole = stairs(task)
    model = lv.build_model(
        lv.ModelConfig(cell="rnn", input_size=task.input_size, hidden_size=3, output_size=task.output_size, seed=0)
    )
    seen = {}
    for record in lv.train(model, task, lv.TrainConfig(epochs=400, lr=0.1)):
        if record.epoch in (0, 400):
            seen[record.epoch] = lv.trace(model, task.inputs(), compare=False).probabilities[task.last_pattern]
    told = np.eye(4)[task.y[task.last_pattern]]
    assert standing(told, task) == whole
    fair = told.copy()
    fair[[1, 4]] = np.array([[0, 0, 0.52, 0.48], [0, 0, 0.45, 0.55]])
    assert standing(fair, task) == coin
    fair[1] = [0, 0, 0.8, 0.2]
    assert standing(fair, task) is None
    assert standing(np.full((6, 4), np.nan), task) is None
    found = standing(seen[400], task)
    loss = -np.log(seen[400][np.arange(6), task.y[task.last_pattern]]).mean()
    assert found is None or abs(found.loss - loss) < 0.15


def test_what_cannot_be_is_refused():
    with pytest.raises(TypeError, match="`task` must be an alphabet pattern"):
        stairs(lv.grammar_task("reber"))
    with pytest.raises(ValueError, match="`told` must have the shape"):
        standing(np.zeros((3, 4)), lv.alphabet_task("abcabC"))
