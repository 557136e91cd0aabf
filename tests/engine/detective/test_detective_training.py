"""Training in carried stretches against one update worked out beside it, and what it leaves alone."""

import math

import numpy as np
import pytest
import torch

from lstmviz.detective.alphabet import ALPHABET, encode
from lstmviz.detective.training import Recipe, train
from lstmviz.models import build_model, parameters_of

SMALL = Recipe(hidden_size=8, epochs=2, lanes=3, steps=5, lr=0.02, anew=0.0, seed=4)
TEXTS = [encode("def f(x):\n    return x\n" * 3), encode("x = [1, 2]\n" * 5)]
STRETCHES = (sum(map(len, TEXTS)) // 3 - 1) // 5


def lanes(recipe):
    """The characters of the first epoch, (T, lanes), as the docstring says them."""
    order = np.random.default_rng(recipe.seed).permutation(len(TEXTS))
    whole = np.concatenate([TEXTS[k] for k in order])
    length = len(whole) // recipe.lanes
    return torch.from_numpy(whole[: length * recipe.lanes].reshape(recipe.lanes, length).T.copy())


def test_the_first_two_losses_are_those_of_torch_with_the_state_carried_and_the_weights_updated():
    found = [stretch.bits for stretch in train(SMALL, TEXTS, 1)][:2]
    model, codes = build_model(SMALL.model), lanes(SMALL)
    optimiser, state, expected = torch.optim.Adam(model.parameters()), None, []
    updates = SMALL.epochs * STRETCHES
    for update in range(2):
        done = update / updates
        rate = done / SMALL.warm if done < SMALL.warm else (1 + math.cos(math.pi * (done - SMALL.warm) / 0.97)) / 2
        optimiser.param_groups[0]["lr"] = SMALL.lr * rate
        part = codes[update * 5 : update * 5 + 6]
        logits, state = model(torch.eye(len(ALPHABET))[part[:-1]], state)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, len(ALPHABET)), part[1:].reshape(-1))
        expected.append(loss.item() / math.log(2))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), SMALL.clip)
        optimiser.step()
        state = tuple(one.detach() for one in state)
    assert found == pytest.approx(expected, abs=1e-5)


def test_it_learns_and_says_how_far_it_is():
    stretches = list(train(Recipe(hidden_size=16, epochs=60, lanes=3, steps=5, lr=0.03), TEXTS, 7))
    assert stretches[0].bits > 4 > 2.5 > stretches[-1].bits
    last = stretches[-1]
    assert last.update == last.updates == 60 * STRETCHES
    assert last.characters == last.updates * 15
    assert [one.update for one in stretches[:-1]] == list(range(7, last.updates, 7))[: len(stretches) - 1]


def test_reports_are_means_over_what_was_read_since_the_last_one():
    each = [stretch.bits for stretch in train(SMALL, TEXTS, 1)]
    found = [stretch.bits for stretch in train(SMALL, TEXTS, 4)]
    assert found == pytest.approx([np.mean(each[k : k + 4]) for k in range(0, len(each), 4)], abs=1e-6)


def test_a_seed_names_a_training_and_torch_s_generator_stays_where_it_is():
    def weights(seed):
        *_, last = train(Recipe(hidden_size=4, epochs=1, lanes=3, steps=5, anew=0.5, seed=seed), TEXTS)
        return np.concatenate([one.ravel() for one in parameters_of(last.model).values()])

    before = torch.random.get_rng_state()
    assert np.array_equal(weights(1), weights(1))
    assert not np.allclose(weights(1), weights(2))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_state_that_begins_anew_is_zero():
    """With every state set to zero, a stretch costs the same whatever was read before it."""
    always = Recipe(hidden_size=8, epochs=1, lanes=3, steps=5, lr=1e-12, anew=1.0, seed=4)
    found = [stretch.bits for stretch in train(always, TEXTS, 1)]
    model, codes = build_model(always.model), lanes(always)
    expected = []
    for first in range(0, 5 * STRETCHES, 5):
        part = codes[first : first + 6]
        logits, _ = model(torch.eye(len(ALPHABET))[part[:-1]])
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, len(ALPHABET)), part[1:].reshape(-1))
        expected.append(loss.item() / math.log(2))
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 0}, "`epochs` must be between 1 and 1000; got 0"),
        ({"lanes": 0}, "`lanes` must be between 1 and 4096; got 0"),
        ({"steps": 1}, "`steps` must be between 2 and 10000; got 1"),
        ({"lr": 0.0}, "`lr` must be above 0, at most 1; got 0"),
        ({"anew": 1.5}, "`anew` must be between 0 and 1; got 1.5"),
        ({"seed": -1}, "`seed` must be between 0 and"),
    ],
)
def test_a_recipe_is_checked_when_it_is_made(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Recipe(**options)


def test_too_little_text_is_refused():
    with pytest.raises(ValueError, match="`texts` must hold at least 18 characters for one update; got 17"):
        next(train(SMALL, [np.zeros(17, np.int64)]))
