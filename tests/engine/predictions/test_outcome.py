"""The verdict on a trace, against counting by hand."""

import numpy as np
import pytest

from lstmviz.predictions.outcome import mean_loss, outcome
from lstmviz.tasks import alphabet_task, echo_task, grammar_task, matching_task, noise_task, sine_task

TASK = alphabet_task("abaB", 3)


def _told(letters: str) -> np.ndarray:
    """Probabilities of a network that says these letters with 0.6 each."""
    told = np.full((len(letters), 3), 0.2)
    told[np.arange(len(letters)), ["abB".index(letter) for letter in letters]] = 0.6
    return told


def test_right_and_wrong_are_counted():
    #              reads a b a B a b a B a b a
    found = outcome(_told("baBababaBaB"), TASK)  # it should say b a B a b a B a b a B
    assert "".join("abB"[k] for k in found.predicted) == "baBababaBaB"
    truth = "baBabaBabaB"
    assert found.right.tolist() == [said == came for said, came in zip("baBababaBaB", truth, strict=True)]
    np.testing.assert_allclose(found.certainty, np.where(found.right, 0.6, 0.2))


RIGHT, WRONG = _told("aaaabaBaaaa"), _told("baBabaBBbaB")  # judged by the four steps in the middle


def test_solved_means_the_whole_last_pattern():
    assert outcome(RIGHT, TASK).solved_since == 0
    assert outcome(WRONG, TASK).solved_since is None


def test_snapshots_come_first_and_the_last_one_counts():
    assert outcome(np.stack([WRONG, RIGHT]), TASK).right.shape == (2, 11)
    assert outcome(np.stack([WRONG, RIGHT]), TASK).solved_since == 1
    assert outcome(np.stack([RIGHT, WRONG]), TASK).solved_since is None


def test_solved_since_is_the_start_of_the_last_unbroken_stretch():
    assert outcome(np.stack([WRONG, RIGHT, WRONG, RIGHT, RIGHT]), TASK).solved_since == 3
    assert outcome(np.stack([RIGHT, RIGHT]), TASK).solved_since == 0
    assert outcome(np.stack([RIGHT, WRONG]), TASK).solved_since is None


def test_what_is_not_a_number_is_not_right():
    told = RIGHT.copy()
    told[5] = np.nan
    found = outcome(told, TASK)
    assert not found.right[5]
    assert found.solved_since is None


def test_another_texts_probabilities_are_refused():
    with pytest.raises(ValueError, match=r"must end in the shape \(11, 3\); got \(10, 3\)"):
        outcome(_told("aaaaaaaaaa"), TASK)


def test_margins_are_the_right_one_less_the_best_other():
    found = outcome(_told("baBababaBaB"), TASK)
    np.testing.assert_allclose(found.margin, np.where(found.right, 0.4, -0.4))
    assert found.judged.tolist() == [4 <= t < 8 for t in range(11)]
    assert found.last_pattern == slice(4, 8)


def test_several_legal_symbols_are_to_be_above_all_others():
    task = grammar_task("reber").reading("BTXSE")  # B: T P, T: S X, X: X S, S: E
    told = np.full((4, 7), 0.01)
    told[0, [1, 2]] = 0.5, 0.3  # T and P
    told[1, [3, 4, 5]] = 0.3, 0.2, 0.25  # V is said to be likelier than X, which is legal
    told[2, [3, 4]] = 0.9, 0.05
    told[3, 6] = 0.8
    found = outcome(told, task)
    assert found.right.tolist() == [True, False, True, True]
    np.testing.assert_allclose(found.margin, [0.29, -0.05, 0.04, 0.79])
    np.testing.assert_allclose(found.certainty, [0.8, 0.5, 0.95, 0.8])
    assert found.solved_since is None
    assert found.last_pattern is None
    told[2, [3, 4]] = 0.01  # a tie is not above
    assert not outcome(told, task).right[2]


def test_who_always_tells_the_mean_has_the_variance_as_loss():
    assert mean_loss(sine_task(100, 25, test=0.0)) == pytest.approx(0.5)
    assert mean_loss(echo_task(2, 24)) == pytest.approx(1 / 3, abs=0.02)  # of numbers from -1 to 1
    noise = noise_task(500, 3)
    assert mean_loss(noise) == pytest.approx(noise.y.var(axis=0).mean())
    with pytest.raises(ValueError, match="one of numbers"):
        mean_loss(matching_task(3))


def test_only_what_is_asked_is_judged():
    task = matching_task(3).reading("1212")
    told = np.array([[0.9, 0.1]] * 3 + [[0.2, 0.8]])
    found = outcome(told, task)
    assert found.right.tolist() == [False, False, False, True]
    assert found.solved_since == 0
    np.testing.assert_allclose(found.margin, [np.nan] * 3 + [0.6])
    np.testing.assert_allclose(found.certainty, [np.nan] * 3 + [0.8])
