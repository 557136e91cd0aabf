"""Proofs: of what is true they are found, of what is not they never are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.predictions.simulation import simulate
from lstmviz.proof import of_network
from lstmviz.proof.enclosure import follow
from lstmviz.proof.of_network import prove
from lstmviz.statemap import state_map

_trained = {}


def trained(cell: str, pattern: str, hidden: int, seed: int = 1, layers: int = 1, epochs: int = 600) -> lv.Model:
    key = cell, pattern, hidden, seed, layers, epochs
    if key not in _trained:
        task = lv.alphabet_task(pattern, repeats=100 if layers == 1 else 6)  # torch trains several layers, and slowly
        size = len(task.alphabet)
        model = lv.build_model(
            lv.ModelConfig(
                cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=seed, num_layers=layers
            )
        )
        for _ in lv.train(model, task, lv.TrainConfig(epochs=epochs, lr=0.1)):
            pass
        _trained[key] = lv.parameters_of(model), model
    parameters, model = _trained[key]
    lv.load_parameters(model, parameters)
    return model


def slow_counter(step: float) -> lv.Model:
    """An LSTM of two units on "ab": one holds the letter, the other counts, and once it is far it spoils the answer.

    Both gates of the counter are open; c2 grows by `step` a letter, and h2 = tanh(c2) / 1 takes more from the answer
    than the letter gives once it is above 0.9.
    """
    model = lv.build_model(lv.ModelConfig(cell="lstm", input_size=2, hidden_size=2, output_size=2))
    zero = {name: np.zeros_like(array) for name, array in lv.parameters_of(model).items()}
    ih, bias = zero["recurrent.weight_ih_l0"], zero["recurrent.bias_ih_l0"]
    open_, shut = 100.0, -100.0
    bias[0:2] = open_  # i
    bias[2:4] = shut, open_  # f: the first unit forgets at once, the second never
    ih[4] = 20.0, -20.0  # g of the first unit: +1 after a, -1 after b
    bias[5] = np.arctanh(step)  # g of the second
    bias[6:8] = open_  # o
    letter = np.tanh(1.0)
    zero["head.weight"][1] = 2 / letter, 0.0  # logit of b less that of a: +-2 by the letter ...
    zero["head.bias"][1] = 0.0
    zero["head.weight"][1, 1] = -2 / 0.9  # ... less 2 once h2 is 0.9
    lv.load_parameters(model, zero)
    return model


@pytest.mark.parametrize(
    ("cell", "pattern", "hidden", "layers"),
    [
        ("rnn", "abcabC", 3, 1),
        ("rnn", "abaB", 8, 1),
        ("gru", "abcabC", 2, 1),
        ("gru", "abcdabcD", 8, 1),
        ("lstm", "abcabC", 3, 1),
        ("lstm", "AbAcAd", 8, 1),
        ("lstm", "abaB", 1, 1),
        ("gru", "abaB", 2, 2),
        ("lstm", "ab", 2, 2),
    ],
)
def test_what_is_solved_is_decided(cell, pattern, hidden, layers):
    task = lv.alphabet_task(pattern)
    model = trained(cell, pattern, hidden, layers=layers, epochs=600 if layers == 1 else 60)
    found = prove(model, task)
    seen = simulate(state_map(model), task, 20_000)
    assert found.verdict == ("proven" if seen.first_wrong is None else "fails")
    assert found.step == seen.first_wrong
    if found.verdict == "proven":
        assert found.right_from == 0
        assert 0 < found.margin <= seen.margin
        assert found.way.steps % task.period == 0


def test_the_box_of_a_proof_holds_the_trajectory_and_leads_into_itself():
    task = lv.alphabet_task("abcabC")
    f = state_map(trained("lstm", "abcabC", 3))
    found = prove(f, task)
    trap = found.trap
    codes = np.tile(task.x[:6], found.circle)
    s = simulate(f, task, found.way.steps).end
    assert (np.abs(s - trap.centre) <= trap.inner).all()
    random = np.random.default_rng(0)
    states = trap.centre + trap.inner * random.uniform(-1, 1, (500, f.size))
    eye = np.eye(4)
    for period in range(3 * trap.periods):
        for t, code in enumerate(codes):
            states = f.step(states, eye[code])
            assert (f.logits(states).argmax(axis=-1) == codes[(t + 1) % len(codes)]).all()
        assert (np.abs(states - trap.centre) <= trap.outer * (1 + 1e-9)).all()
        if (period + 1) % trap.periods == 0:
            assert (np.abs(states - trap.centre) <= trap.inner * (1 + 1e-9)).all()
    again = follow(f, trap.centre, trap.orbit, trap.outer, [int(code) for code in codes])
    assert again.margin == trap.margin


@given(
    cell=st.sampled_from(lv.CELLS),
    pattern=st.sampled_from(["abaB", "abcabC"]),
    other=st.sampled_from(["abaB", "abBa", "abcabC", "abcaCb"]),
    noise=st.sampled_from([0.0, 0.03, 0.3, 1.0, 3.0]),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=60, deadline=None)
def test_no_network_that_errs_is_ever_certified(cell, pattern, other, noise, seed):
    model = trained(cell, pattern, 2)
    if len(lv.alphabet_task(other).alphabet) != model.config.input_size:
        other = pattern
    random = np.random.default_rng(seed)
    shaken = {
        name: a + noise * random.normal(size=a.shape).astype(a.dtype) for name, a in lv.parameters_of(model).items()
    }
    lv.load_parameters(model, shaken)
    task = lv.alphabet_task(other)
    found = prove(model, task, steps=20_000, seconds=2.0)
    seen = simulate(state_map(model), task, 20_000)
    if found.verdict == "proven":
        assert seen.first_wrong is None
        assert 0 < found.margin <= seen.margin
    if found.right_from is not None:
        assert seen.last_wrong is None or seen.last_wrong < found.right_from
    if found.verdict == "fails":
        assert found.step == seen.first_wrong
    if found.verdict == "undecided":
        assert seen.first_wrong is None
        assert found.reason


def test_a_network_that_errs_late_fails_at_that_very_step():
    task = lv.alphabet_task("ab")
    model = slow_counter(3e-4)
    found = prove(model, task)
    expected = simulate(state_map(model), task, 100_000).first_wrong
    assert 4_800 < expected < 5_000  # tanh(c) = 0.9 at c = 1.472, after 4,907 letters
    assert (found.verdict, found.step) == ("fails", expected)


def test_a_network_that_errs_later_than_anybody_looks_is_not_certified_and_its_counter_is_told():
    model = slow_counter(1e-7)
    found = prove(model, lv.alphabet_task("ab"))
    assert found.verdict == "undecided"
    assert found.counters == (1,)
    assert found.simulated == 1_000_000
    assert found.margin is None


def test_a_counter_that_saturates_is_certified():
    task = lv.alphabet_task("abaB")
    model = lv.build_model(lv.ModelConfig(cell="lstm", input_size=3, hidden_size=2, output_size=3, seed=43052))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=1000, lr=0.1)):
        pass
    found = prove(model, task)
    assert found.verdict == "proven"
    assert np.abs(found.trap.centre).max() > 100  # the notes' counter comes to rest far out


def test_an_early_mistake_is_told_with_the_step_from_which_all_is_right():
    task = lv.alphabet_task("abcabC")
    f = state_map(trained("lstm", "abcabC", 3))
    assert prove(f, task).verdict == "proven"
    # The same network, begun in the middle of the pattern: it has to find out first where it is.
    codes = np.tile(np.roll(task.x[:6], -3), 100)
    later = replace(task, x=codes[:-1], y=codes[1:])
    found, seen = prove(f, later), simulate(f, later, 20_000)
    assert found.verdict == "fails"
    assert found.step == seen.first_wrong
    assert found.right_from == seen.last_wrong + 1
    assert found.margin > 0


def test_a_box_without_a_way_into_it_is_no_proof(monkeypatch):
    monkeypatch.setattr(of_network, "way_into", lambda *_: (None, "long"))
    found = prove(trained("gru", "abcabC", 3), lv.alphabet_task("abcabC"), steps=20_000)
    assert (found.verdict, found.reason, found.margin, found.right_from) == ("undecided", "long", None, None)
    assert found.trap is not None
    assert found.simulated == 20_000


def test_what_cannot_be_asked_is_refused():
    task = lv.alphabet_task("abaB")
    model = trained("rnn", "abaB", 2)
    with pytest.raises(ValueError, match="`steps`"):
        prove(model, task, steps=0)
    with pytest.raises(ValueError, match="`seconds`"):
        prove(model, task, seconds=0)
    with pytest.raises(ValueError, match="must have a head"):
        prove(model.recurrent, task)
    with pytest.raises(ValueError, match="4 letters"):
        prove(model, lv.alphabet_task("abcabC"))
