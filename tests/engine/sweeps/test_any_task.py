"""Sweeps of tasks that are no patterns: each network is the one trained alone, and judged by other sequences."""

import numpy as np
import pytest

from lstmviz.models import build_model, load_parameters, parameters_of
from lstmviz.predictions.outcome import MARGIN, outcome
from lstmviz.sweeps import SweepConfig, estimate_sweep_seconds, sweep_bundles
from lstmviz.tasks import DrawnTask, named_task, series_name
from lstmviz.tracing import trace
from lstmviz.training import TrainConfig, evaluate, train

TASKS = ("Reber grammar", "bit parity", "a^n b^n", "Goethe in windows", "adding problem", "sine wave")
OWN = series_name([0.0, 0.5, 1.0, 0.5, 0.0, -0.5, -1.0, -0.5, 0.0, 0.5, 1.0, 0.5])


def swept(task, cell="lstm", **more):
    values = {"hidden_size": 4, "lr": 0.05, "seeds": range(3, 8), "epochs": 30, "snapshots": 4}
    return list(sweep_bundles(SweepConfig(task=task, cells=cell, **(values | more)).bundles()))


@pytest.mark.parametrize("task", [*TASKS, OWN])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_network_of_a_sweep_is_the_one_trained_alone(task, cell):
    results = swept(task, cell)
    assert sorted(seed for one in results for seed in one.bundle.seeds) == [3, 4, 5, 6, 7]
    result = next(one for one in results if 5 in one.bundle.seeds)
    n, learned = result.bundle.seeds.index(5), named_task(task)
    model = build_model(result.bundle.network(5))
    records = list(train(model, learned, TrainConfig(epochs=30, lr=0.05, snapshots=4)))
    assert result.losses[:, n].tolist() == [record.loss for record in records]
    assert result.bundle.parameters == sum(value.size for value in parameters_of(model).values())
    for name, value in parameters_of(model).items():
        np.testing.assert_array_equal(result.parameters[name][n], value)
    kept = [record for record in records if record.parameters is not None]
    assert [record.epoch for record in kept] == list(result.bundle.kept)
    here = result.bundle.steps
    assert learned.scored[here][-1]
    assert not learned.scored[here.stop :].any()
    for e in (0, len(kept) - 1):
        load_parameters(model, kept[e].parameters)
        followed = trace(model, learned.inputs())
        said = followed.logits if learned.of_numbers else followed.probabilities
        np.testing.assert_allclose(result.h[e, n], followed.h[here], atol=2e-5)
        np.testing.assert_allclose(result.probabilities[e, n], said[here], atol=2e-5)
        tests = learned.tests(24)
        right = evaluate(model, learned, tests)
        if abs(result.margins[e, n]) > 1e-4:
            assert (result.margins[e, n] > 0) == right.right.all()


@pytest.mark.parametrize("task", ["Reber grammar", "temporal order", "echo of numbers"])
def test_the_margin_is_the_least_lead_in_sequences_that_no_training_holds(task):
    [result] = swept(task, seeds=range(2))
    learned = named_task(task)
    assert isinstance(learned, DrawnTask)
    model = build_model(result.bundle.network(1))
    load_parameters(model, {name: rows[1] for name, rows in result.parameters.items()})
    leads = []
    tests = learned.tests(24)
    for k in range(24):
        one = tests.rows([k])
        face = type(learned)(**{**vars(learned), **learned.face_of(one)})
        leads.append(np.nanmin(outcome(trace(model, face.inputs()), face).margin))
    assert result.margins[-1, 1] == pytest.approx(min(leads), abs=2e-5)


def test_to_be_solved_symbols_need_a_margin_and_numbers_their_tolerance():
    for result in swept("bit parity", epochs=250, hidden_size=6):
        assert result.bundle.margin == MARGIN
        np.testing.assert_array_equal(result.solved, result.margins[-1] > MARGIN)
    [result] = swept("noise by heart", epochs=600, hidden_size=16, seeds=[1])
    assert result.bundle.margin == 0
    assert result.solved.tolist() == [True]


def test_patterns_and_other_tasks_come_in_one_sweep():
    config = SweepConfig(task=("abaB", "bit parity"), cells="gru", hidden_size=3, seeds=range(20), epochs=4)
    bundles = list(config.bundles())
    assert {len(one.seeds) for one in bundles if one.task == "abaB"} == {16, 4}
    assert {len(one.seeds) for one in bundles if one.task == "bit parity"} == {4}
    assert config.networks == sum(len(one.seeds) for one in bundles) == 40
    assert config.kernels == [("gru", 3), ("gru", 16)]


def test_as_many_parameters_are_counted_with_what_is_told():
    config = SweepConfig(task="adding problem", cells=("rnn", "lstm"), hidden_size=6, seeds=[0], match="parameters")
    rnn, lstm = (sum(t.numel() for t in build_model(b.network(0)).parameters()) for b in config.bundles())
    assert [b.parameters for b in config.bundles()] == [rnn, lstm]
    assert abs(rnn - lstm) <= 20


@pytest.mark.parametrize(
    ("bad", "sentence"), [("bit paritee", "`pattern` must"), ("numbers 1 2", "`values` must|numbers")]
)
def test_what_is_no_task_is_refused(bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        SweepConfig(task=bad)


def test_it_says_before_how_long_it_takes():
    def seconds(networks, epochs):
        config = SweepConfig(task="bit parity", cells="lstm", hidden_size=6, seeds=range(networks), epochs=epochs)
        return estimate_sweep_seconds(config, threads=1)

    assert 0 < seconds(8, 100) < seconds(80, 1000)
