"""Matching halves against enumeration, torch's autograd and the records of the training itself."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.matching import MatchingConfig, guess_by_last, learn, network_of, reach, read
from lstmviz.models import CELLS
from lstmviz.training import TrainConfig, evaluate, train

SMALL = {"hidden_size": 7, "longest": 4, "updates": 250, "tests": 500}


@pytest.mark.parametrize("half", [1, 2])
@pytest.mark.parametrize("palindrome", [False, True])
def test_the_guess_is_the_best_of_all_by_enumeration(half, palindrome):
    """Of every sequence of digits, with the chance that it is drawn, the better answer to what is seen of it."""
    for digits in range(2 * half + 2):
        chances: dict[tuple[int, ...], list[float]] = {}
        for first in itertools.product(range(10), repeat=half):
            for second in itertools.product(range(10), repeat=half):
                matches = second == (first[::-1] if palindrome else first)
                chance = 0.5 / 10**half / (1 if matches else 10**half - 1)
                seen = (*first, *second)[2 * half - min(digits, 2 * half) :]
                chances.setdefault(seen, [0.0, 0.0])[matches] += chance
        assert guess_by_last(half, digits) == pytest.approx(sum(map(max, chances.values())), abs=1e-12)


@given(half=st.integers(1, 20), digits=st.integers(0, 60))
def test_more_digits_are_never_worse(half, digits):
    score = guess_by_last(half, digits)
    assert 0.5 <= score <= guess_by_last(half, digits + 1) <= 1
    assert (score == 0.5) == (digits <= half)
    assert (digits < 2 * half) or score == 1


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("batch", [1, 3])
def test_it_learns_as_train_does_and_is_tested_on_what_it_never_saw(cell, batch):
    config = MatchingConfig(cell=cell, batch=batch, palindrome=batch == 3, seed=5, **SMALL)
    found, model, task = learn(config), network_of(config), config.task()
    records = list(train(model, task, TrainConfig(epochs=config.updates, lr=config.lr)))[:-1]
    assert len(found.updates) == 100
    assert found.updates[-1] == 250
    begin = 0
    for end, loss, accuracy in zip(found.updates, found.loss, found.accuracy, strict=True):
        assert loss == pytest.approx(np.mean([record.loss for record in records[begin:end]]))
        assert accuracy == pytest.approx(np.mean([record.accuracy for record in records[begin:end]]))
        begin = end
    assert found.mean_accuracy == pytest.approx(np.mean([record.accuracy for record in records]))
    for name, array in found.parameters.items():
        np.testing.assert_array_equal(array, model.state_dict()[name].numpy())
    tests = task.tests(500)
    right = evaluate(model, task, tests).right
    assert {half: (rate.solved, rate.trials) for half, rate in found.by_half.items()} == {
        half: (right[tests.lengths == 2 * half].sum(), (tests.lengths == 2 * half).sum())
        for half in np.unique(tests.lengths // 2)
    }
    assert found.tested.solved == right.sum()
    for network, said in zip((network_of(config), model), found.first_state, strict=True):
        ends = reach(network, task).log10
        assert said == pytest.approx({half: ends[half - 1, 2 * half - 1] for half in found.by_half})


def test_a_training_may_be_ended_from_outside():
    class OverError(Exception):
        pass

    seen = []

    def look(update):
        seen.append(update)
        raise OverError

    with pytest.raises(OverError):
        learn(MatchingConfig(updates=100_000), look)
    assert len(seen) == 1


def test_a_training_that_diverges_is_told():
    found = learn(MatchingConfig(hidden_size=40, updates=2000, lr=10.0, longest=20))
    assert found.diverged == (not np.isfinite(found.loss).all())
    assert (found.tested is None) == found.diverged


@pytest.mark.parametrize("cell", CELLS)
def test_the_reach_is_autograds(cell):
    config = MatchingConfig(cell=cell, **SMALL)
    model, task = network_of(config).double(), config.task()
    found = reach(model, task, sequences=1)
    tests = task.tests(256 * task.longest)
    for row, half in enumerate(found.halves):
        rows = np.flatnonzero(tests.lengths == 2 * half)
        if not len(rows):
            assert np.isnan(found.log10[row]).all()
            continue
        example = tests.rows(rows[[0]])
        x = torch.nn.functional.one_hot(torch.tensor(example.inputs[0]), 10).double()
        state, states = None, []
        for letter in x:
            _, state = model.recurrent(letter[None], state)
            hidden = state[0] if cell == "lstm" else state
            hidden.retain_grad()
            states.append(hidden)
        torch.nn.functional.cross_entropy(model.head(hidden), torch.tensor(example.targets[0][-1:])).backward()
        norms = np.array([hidden.grad.norm().item() for hidden in states])[::-1]
        np.testing.assert_allclose(10 ** found.log10[row, : 2 * half], norms / norms[0], rtol=1e-8)
        assert np.isnan(found.log10[row, 2 * half :]).all()


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_is_read_as_torch_reads_it(cell):
    config = MatchingConfig(cell=cell, **SMALL)
    model = network_of(config)
    seen = read(model, config.task(), "47114711")
    with torch.no_grad():
        x = torch.nn.functional.one_hot(torch.tensor([4, 7, 1, 1, 4, 7, 1, 1]), 10).float()
        yes = model(x)[0].softmax(-1)[:, 1].numpy()
    np.testing.assert_allclose(seen.yes, yes, atol=1e-6)
    assert seen.due
    assert not read(model, config.task(), "47114712").due
    assert (seen.yes[seen.decided :] > 0.5).all() or (seen.yes[seen.decided :] <= 0.5).all()
    if seen.decided:
        assert (seen.yes[seen.decided - 1] > 0.5) != (seen.yes[-1] > 0.5)


def test_mirrored_halves_are_due_the_other_answer():
    config = MatchingConfig(palindrome=True, **SMALL)
    model, task = network_of(config), config.task()
    assert read(model, task, "1221").due
    assert not read(model, task, "1212").due
    with pytest.raises(ValueError, match="two halves of one length"):
        read(model, task, "121")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cell", "cnn"),
        ("hidden_size", 257),
        ("longest", 21),
        ("updates", 0),
        ("lr", 0.0),
        ("lr", float("nan")),
        ("batch", 257),
        ("seed", -1),
        ("tests", 99),
        ("palindrome", 1),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`"):
        MatchingConfig(**{name: value})
