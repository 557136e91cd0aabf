"""Many networks looked at together: each as it runs, and as the notes' loop would show it."""

import numpy as np
import pytest
import torch

import lstmviz as lv
from lstmviz.claims import look_at, parameters_of_bundles, saturation, train_networks
from lstmviz.lecture import replay_both_ways, reproduce
from lstmviz.models import ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.sweeps import Bundle, train_bundle
from lstmviz.sweeps.evidence import h_distribution
from tests.engine.claims.hand import ABAB, config, lstm, rnn


def untrained(cell: str, hidden: int = 2, seeds: range = range(3)) -> list[dict[str, np.ndarray]]:
    shape = {"cell": cell, "input_size": 3, "hidden_size": hidden, "output_size": 3}
    return [parameters_of(build_model(ModelConfig(**shape, seed=seed))) for seed in seeds]


@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru"])
@pytest.mark.parametrize("hidden", [1, 2, 64])
def test_the_values_are_torchs_over_the_last_patterns(cell, hidden):
    parameters = untrained(cell, hidden)
    look = look_at(config(cell, hidden), parameters, ABAB, periods=3)
    assert (look.window, look.steps) == (slice(32, 44), 12)
    assert look.window.stop == ABAB.last_pattern.stop
    assert look.difference_from_torch < 1e-12
    for e, one in enumerate(parameters):
        model = build_model(ModelConfig(cell=cell, input_size=3, hidden_size=hidden, output_size=3, dtype="float64"))
        load_parameters(model, one)
        with torch.no_grad():
            outputs, _ = model.recurrent(torch.tensor(ABAB.one_hot(), dtype=torch.float64))
        np.testing.assert_allclose(look.values["h"][e], outputs[32:44], atol=1e-13)


def test_the_parts_of_an_lstms_way_add_up():
    look = look_at(config("lstm", 2), untrained("lstm"), ABAB)
    for values in (look.values, look.replayed):
        np.testing.assert_array_equal(values["i*g"] + values["f*c"], values["c"])
        np.testing.assert_allclose(values["o"] * values["tanh(c)"], values["h"], atol=1e-15)
    np.testing.assert_allclose(look.by_formula["h"], np.tanh(look.values["o"] * look.values["c"]))


def test_the_replay_is_the_lectures_on_the_notes_own_network():
    result = reproduce("abab_lstm_1000_epochs")
    task = result.group.task
    both = replay_both_ways(result.model(), task)
    look = look_at(result.group.model, [result.parameters], task)
    for name in ("i", "f", "g", "o", "c", "h"):
        np.testing.assert_allclose(look.replayed[name][0], both.printed[name][look.window], atol=1e-5)
        np.testing.assert_allclose(look.values[name][0], both.followed[name][look.window], rtol=1e-3, atol=1e-3)
    assert np.all(look.replayed["f*c"] == 0)


def test_the_share_of_large_h_and_the_verdict_are_those_of_a_sweep():
    bundle = Bundle(
        task="abaB", repeats=100, cell="rnn", hidden_size=2, lr=0.1, epochs=300, seeds=tuple(range(12)), snapshots=2
    )
    result = train_bundle(bundle)
    look = look_at(bundle.network(0), parameters_of_bundles([result]), bundle.text, periods=1)
    np.testing.assert_array_equal(look.solved, result.solved)
    assert 0 < look.solved.sum() < 12
    found = saturation([look]).distributions["rnn"]["h"]
    theirs = h_distribution([result])["rnn"]
    assert found.at_one.networks == theirs.networks
    assert found.at_one.mean == pytest.approx(theirs.large, abs=1e-3)
    assert found.near_zero.mean == pytest.approx(theirs.shares[:2].sum(), abs=1e-3)


def test_networks_trained_side_by_side_are_those_trained_alone():
    task = lv.alphabet_task("abaB", repeats=10)
    many = train_networks(task, config("gru", 2), [3, 5], epochs=20)
    for seed, parameters in zip([3, 5], many, strict=True):
        model = build_model(ModelConfig(cell="gru", input_size=3, hidden_size=2, output_size=3, seed=seed))
        for _ in lv.train(model, task, lv.TrainConfig(epochs=20, lr=0.1)):
            pass
        for name, array in parameters_of(model).items():
            np.testing.assert_array_equal(array, parameters[name])


def test_a_network_that_diverged_is_not_solved_and_counts_in_nothing():
    broken = {name: np.full_like(array, np.nan) for name, array in rnn((1, 1, 1)).items()}
    look = look_at(config("rnn"), [rnn((1, 1, 1)), broken, rnn((0, 0, 0))], ABAB)
    np.testing.assert_array_equal(look.diverged, [False, True, False])
    assert not look.solved[1]
    found = saturation([look], of="all")
    assert found.distributions["rnn"]["h"].at_one.networks == 2
    assert found.distributions["rnn"]["h"].at_one.mean == pytest.approx(0.5)
    assert found.success["rnn"].trials == 3


def test_weights_that_overflow_only_later_count_as_diverged_too():
    counting = lstm(1, 1, (1, 1, 1), 1)
    counting["recurrent.weight_ih_l0"] = counting["recurrent.weight_ih_l0"].astype(np.float64) * np.nan
    look = look_at(config(), [counting], ABAB)
    assert look.diverged.all()
    assert np.isnan(look.difference_from_torch)


def test_what_cannot_be_looked_at_together_is_refused_in_a_sentence():
    deep = ModelConfig(cell="lstm", input_size=3, hidden_size=2, output_size=3, num_layers=2)
    with pytest.raises(ValueError, match="one layer and one direction"):
        look_at(deep, [parameters_of(build_model(deep))], ABAB)
    with pytest.raises(ValueError, match="`periods` must be between 1"):
        look_at(config(), [lstm(1, 1, (1, 1, 1), 1)], ABAB, periods=0)
    with pytest.raises(ValueError, match="at least one set of weights"):
        look_at(config(), [], ABAB)
