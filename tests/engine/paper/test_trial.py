"""Trials: the strings, when they count as learned, and that a trial is its seed's."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from lstmviz.paper.cell import BlockNetwork
from lstmviz.paper.rows import CHECKED_EVERY, row_of
from lstmviz.paper.strings import STRINGS, sequences_of, string_pair
from lstmviz.paper.trial import reproduce
from lstmviz.tasks.grammar import REBER_LETTERS, legal_after


def spelled(examples, k: int) -> str:
    return "".join(REBER_LETTERS[one] for one in examples.inputs[k, : examples.lengths[k]]) + "E"


def test_no_string_to_test_on_is_one_to_learn_from_and_all_belong_to_the_grammar() -> None:
    pair = string_pair(3)
    training, test = ([spelled(one, k) for k in range(STRINGS)] for one in pair)
    assert not set(training) & set(test)
    assert len(set(training)) < STRINGS  # the short ones come again and again, as the paper lets them
    assert all(legal_after("embedded_reber", one) is not None for one in training + test)
    other = string_pair(4).training
    assert [spelled(other, k) for k in range(STRINGS)] != training


def test_strings_are_read_one_hot_and_asked_at_every_step() -> None:
    pair = string_pair(0, 5)
    sequences, legal = sequences_of(pair.training, 7)
    word = spelled(pair.training, 2)
    part = slice(int(sequences.starts[2]), int(sequences.starts[3]))
    assert "".join(REBER_LETTERS[k] for k in sequences.x[part].argmax(axis=1)) == word[:-1]
    assert "".join(REBER_LETTERS[k] for k in sequences.y[part].argmax(axis=1)) == word[1:]
    sets = [{REBER_LETTERS[k] for k in np.flatnonzero(row)} for row in legal[part]]
    assert sets == legal_after("embedded_reber", word)
    assert sequences.asked.all()


@pytest.mark.parametrize(
    "key", ["blocks-3x2-0.5-text-sequence", "blocks-4x1-0.1-table-step", "rnn-10-embedded_reber-0.003"]
)
def test_a_trial_is_its_seed_s_and_ends_at_its_limit(key: str) -> None:
    row = replace(row_of(key), limit=300)
    heard = list[tuple[int, int]]()
    first, second = reproduce(row, [7, 8], lambda seed, shown: heard.append((seed, shown)))
    (again,) = reproduce(row, [7])
    assert replace(again, seconds=0) == replace(first, seconds=0)
    assert (first.seed, first.solved, first.shown, second.seed) == (7, False, 300, 8)
    assert heard == [(seed, shown) for seed in (7, 8) for shown in (100, 200, 300)]


def test_what_a_network_missed_is_counted_in_the_strings_it_was_shown_and_in_the_others() -> None:
    row = replace(row_of("blocks-4x1-0.5-text-sequence"), limit=20_000)
    (trial,) = reproduce(row, [0])
    assert trial.missed is not None
    pair, network = string_pair(0), BlockNetwork(row.network, 0)
    order = np.random.default_rng((0, 1)).integers(0, STRINGS, 20_000 + 1000)
    network.learn(sequences_of(pair.training, 7)[0], order[:20_000], row.lr)
    remembered = elsewhere = 0
    for examples in pair:
        sequences, legal = sequences_of(examples, 7)
        told = network.read(sequences)
        for begin, end in pairwise(sequences.starts):
            wrong = [t for t in range(begin, end) if told[t][legal[t]].min() <= told[t][~legal[t]].max()]
            remembered += wrong == [end - 2]
            elsewhere += bool(wrong) and wrong != [end - 2]
    assert trial.missed == (remembered, elsewhere)
    assert remembered > 200  # it tells the grammar inside, and T or P like a coin
    assert elsewhere == 0


def test_what_a_look_raises_ends_it() -> None:
    def look(seed: int, shown: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(reproduce(row_of("blocks-adding"), [0], look))


def test_a_network_that_has_learned_the_strings_is_found_out_at_a_check() -> None:
    (trial,) = reproduce(row_of("rnn-10-embedded_reber-0.003"), [1])
    assert trial.solved
    assert trial.sequences == trial.shown
    assert trial.shown % CHECKED_EVERY == 0


@pytest.mark.parametrize("key", ["blocks-adding", "gru-4-adding-0.01"])
def test_the_adding_problem_is_shown_likewise(key: str) -> None:
    (trial,) = reproduce(replace(row_of(key), limit=200), [0])
    assert (trial.solved, trial.shown, trial.wrong) == (False, 200, None)
