"""A million steps: the same network as everywhere else, step for step."""

import numpy as np
import pytest

import lstmviz as lv
from lstmviz.predictions.simulation import simulate
from lstmviz.statemap import pattern_inputs, state_map

CELLS = ("rnn", "rnn_relu", "lstm", "gru")


def network(cell, hidden=3, layers=1, seed=0, letters=4):
    config = lv.ModelConfig(
        cell=cell, input_size=letters, hidden_size=hidden, output_size=letters, num_layers=layers, seed=seed
    )
    return lv.build_model(config)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_every_step_is_that_of_the_map(cell, layers):
    task = lv.alphabet_task("abcabC")
    f = state_map(network(cell, layers=layers))
    steps = 40
    codes = np.resize(task.x[:6], steps)
    states = f.states(pattern_inputs(codes, 4))
    found = simulate(f, task, steps, keep=range(steps))
    np.testing.assert_allclose(found.kept, states, atol=1e-13)
    np.testing.assert_allclose(found.end, states[-1], atol=1e-13)
    logits = f.logits(states)
    right = np.resize(task.y[:6], steps)
    own = logits[np.arange(steps), right]
    logits[np.arange(steps), right] = -np.inf
    ahead = own - logits.max(axis=-1)
    assert found.margin == pytest.approx(ahead.min(), abs=1e-12)
    assert found.margin_at == ahead.argmin()
    wrong = np.flatnonzero(ahead <= 0)
    assert (found.first_wrong, found.last_wrong, found.wrong) == (
        (wrong[0], wrong[-1], len(wrong)) if len(wrong) else (None, None, 0)
    )


@pytest.mark.parametrize("cell", CELLS)
def test_a_trained_network_says_what_its_trace_says(cell):
    task = lv.alphabet_task("abaB")
    model = network(cell, letters=3, seed=2)
    for _ in lv.train(model, task, lv.TrainConfig(epochs=300, lr=0.1)):
        pass
    tr = lv.trace(model, task.one_hot())
    wrong = np.flatnonzero(tr.probabilities.argmax(axis=-1) != task.y)
    found = simulate(state_map(model), task, len(task.x))
    assert found.wrong == len(wrong)
    assert found.first_wrong == (wrong[0] if len(wrong) else None)


def test_it_starts_where_it_is_told_and_refuses_what_does_not_fit():
    task = lv.alphabet_task("abcabC")
    f = state_map(network("gru"))
    half = simulate(f, task, 6).end
    np.testing.assert_array_equal(simulate(f, task, 6, start=half).end, simulate(f, task, 12).end)
    with pytest.raises(ValueError, match="`steps`"):
        simulate(f, task, 0)
    with pytest.raises(ValueError, match="`keep`"):
        simulate(f, task, 5, keep=[5])
    with pytest.raises(ValueError, match="`start`"):
        simulate(f, task, 5, start=np.zeros(2))
    with pytest.raises(ValueError, match="task's 3 letters"):
        simulate(f, lv.alphabet_task("abaB"), 5)


def test_what_overflows_is_wrong_from_there_on():
    model = network("rnn_relu", hidden=1, letters=3)
    lv.load_parameters(model, {name: np.full_like(array, 2.0) for name, array in lv.parameters_of(model).items()})
    found = simulate(state_map(model), lv.alphabet_task("abaB"), 5000)
    assert found.last_wrong == 4999
    assert found.margin == -np.inf
