"""Training: both backends give the same records, stop when they should, and leave the model where they say."""

import copy
import pickle
import re
import time
from itertools import islice

import numpy as np
import pytest
import torch

from lstmviz.base.limits import MAX_EPOCHS
from lstmviz.fused import Batch
from lstmviz.models import CELLS, Model, ModelConfig, build_model, parameters_of
from lstmviz.tasks import alphabet_task
from lstmviz.training import (
    TrainConfig,
    TrainingDiverged,
    estimate_seconds,
    snapshot_epochs,
    train,
    train_many,
)

TASK = alphabet_task("abcabC")


def _model(cell: str = "lstm", seed: int = 1, **options) -> Model:
    return build_model(
        ModelConfig(**{"cell": cell, "input_size": 4, "hidden_size": 3, "output_size": 4, "seed": seed, **options})
    )


def _same(a, b) -> bool:
    return all(np.array_equal(a[name], b[name]) for name in a | b)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("loss", ["mean", "sum"])
def test_the_backends_agree_for_fifty_epochs(cell, loss):
    task, config = alphabet_task("abcabC", 30), TrainConfig(epochs=50, lr=0.1, loss=loss)
    fused = list(train(_model(cell), task, config, backend="fused"))
    autograd = list(train(_model(cell), task, config, backend="torch"))
    assert [r.epoch for r in fused] == [r.epoch for r in autograd] == list(range(51))
    np.testing.assert_allclose([r.loss for r in fused], [r.loss for r in autograd], rtol=1e-3)
    np.testing.assert_allclose([r.accuracy for r in fused], [r.accuracy for r in autograd], atol=0.05)
    assert [r.parameters is None for r in fused] == [r.parameters is None for r in autograd]


@pytest.mark.parametrize("backend", ["fused", "torch"])
def test_loss_accuracy_and_parameters_of_a_record_belong_together(backend):
    model = _model()
    for record in train(model, TASK, TrainConfig(epochs=40, snapshots=5), backend=backend):
        if record.parameters is None:
            continue
        twin = _model()
        twin.load_state_dict({name: torch.tensor(value) for name, value in record.parameters.items()})
        with torch.no_grad():
            logits, _ = twin(torch.tensor(TASK.one_hot()))
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(TASK.y)).item()
        assert record.loss == pytest.approx(loss, rel=1e-5)
        assert record.accuracy == pytest.approx((logits.argmax(1).numpy() == TASK.y).mean())
    assert record.epoch == 40
    assert _same(record.parameters, parameters_of(model))


@pytest.mark.parametrize("backend", ["fused", "torch"])
def test_stopping_leaves_the_model_at_the_last_record_seen(backend):
    short, long = _model(), _model()
    list(train(short, TASK, TrainConfig(epochs=13), backend=backend))
    for record in train(long, TASK, TrainConfig(epochs=5000), backend=backend):
        if record.epoch == 13:
            break
    assert _same(parameters_of(short), parameters_of(long))


def test_nothing_happens_before_the_first_record():
    model = _model()
    before = parameters_of(model)
    records = train(model, TASK, TrainConfig(epochs=100))
    assert _same(before, parameters_of(model))
    first = next(records)
    assert first.epoch == 0
    assert _same(before, first.parameters)


@pytest.mark.parametrize("backend", ["fused", "torch"])
def test_it_stops_at_the_target_loss_with_a_snapshot(backend):
    model = _model()
    records = list(train(model, TASK, TrainConfig(epochs=3000, target_loss=1.0), backend=backend))
    assert records[-1].loss <= 1.0 < records[-2].loss
    assert _same(records[-1].parameters, parameters_of(model))


@pytest.mark.parametrize("backend", ["fused", "torch"])
def test_divergence_names_the_epoch_and_keeps_what_came_before(backend):
    model = _model("rnn_relu", hidden_size=8)
    records = []
    with pytest.raises(TrainingDiverged, match="learning rate below 10") as raised:
        records.extend(train(model, TASK, TrainConfig(lr=10.0), backend=backend))
    assert [r.epoch for r in records] == list(range(raised.value.epoch))
    assert all(np.isfinite(r.loss) for r in records)
    last = _model("rnn_relu", hidden_size=8)
    for _ in islice(train(last, TASK, TrainConfig(lr=10.0), backend=backend), len(records)):
        pass
    assert _same(parameters_of(model), parameters_of(last))
    assert pickle.loads(pickle.dumps(raised.value)).epoch == raised.value.epoch


def test_snapshots_hold_first_last_and_multiples_of_3000_and_are_denser_early():
    for epochs in (1, 2, 59, 1000, 15000, MAX_EPOCHS):
        kept = snapshot_epochs(epochs)
        assert kept[0] == 0
        assert kept[-1] == epochs
        assert set(range(0, epochs, 3000)) <= set(kept)
        assert list(kept) == sorted(set(kept))
    kept = snapshot_epochs(1000)
    assert 40 <= len(kept) <= 62
    assert sum(epoch <= 100 for epoch in kept) >= 15


def test_many_models_train_as_each_alone():
    models = [_model("gru", seed) for seed in range(20)]
    alone = copy.deepcopy(models[17])
    parts = list(train_many(models, TASK, TrainConfig(epochs=60)))
    losses = np.concatenate([part.losses for part in parts])
    records = list(train(alone, TASK, TrainConfig(epochs=60)))
    assert losses.shape == (61, 20)
    np.testing.assert_array_equal(losses[:, 17], np.array([r.loss for r in records], np.float32))
    assert _same(parameters_of(models[17]), parameters_of(alone))
    assert [part.first for part in parts] == [r.epoch for r in records if r.parameters is not None]


def test_many_models_stopped_early_stand_where_the_last_record_does():
    models = [_model("rnn", seed) for seed in range(3)]
    for part in train_many(models, TASK, TrainConfig(epochs=500)):
        last = part.first + len(part.losses) - 1
        if last > 50:
            break
    alone = _model("rnn", 1)
    list(train(alone, TASK, TrainConfig(epochs=last)))
    assert _same(parameters_of(models[1]), parameters_of(alone))
    with pytest.raises(ValueError, match="`threads` must be between 1 and 1024"):
        train_many(models, TASK, threads=0)


@pytest.mark.parametrize(("cell", "epochs"), [("lstm", 100), ("rnn", 60), ("gru", 40)])
def test_success_rates_are_those_of_torch(cell, epochs):
    """25 seeds, both ways, by Fisher's exact test; the two are chaotic twins, so single seeds may differ."""
    task, config = alphabet_task("abaB", 10), TrainConfig(epochs=epochs, lr=0.1)

    def models() -> list[Model]:
        return [_model(cell, seed, input_size=3, output_size=3, hidden_size=2) for seed in range(25)]

    fused = list(train_many(models(), task, config))[-1].accuracies[-1]
    autograd = [list(train(model, task, config, backend="torch"))[-1].accuracy for model in models()]
    solved = sum(a > 0.98 for a in fused), sum(a > 0.98 for a in autograd)
    assert _fisher(*solved, 25) > 0.05, solved
    assert sum((f > 0.98) == (a > 0.98) for f, a in zip(fused, autograd, strict=True)) >= 20


def _fisher(a: int, b: int, n: int) -> float:
    """Two-sided p-value of a successes of n against b of n, the hypergeometric sum written out."""
    from math import comb

    total = a + b
    weights = [comb(n, k) * comb(n, total - k) for k in range(max(0, total - n), min(n, total) + 1)]
    here = comb(n, a) * comb(n, b)
    return sum(w for w in weights if w <= here) / sum(weights)


def test_float64_trains_on_both_backends():
    config = TrainConfig(epochs=30)
    fused = list(train(_model(dtype="float64"), TASK, config, backend="fused"))
    autograd = list(train(_model(dtype="float64"), TASK, config, backend="torch"))
    np.testing.assert_allclose([r.loss for r in fused], [r.loss for r in autograd], rtol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("options", [{"hidden_size": 20}, {"num_layers": 3, "hidden_size": 5}])
def test_larger_networks_agree_with_torch_along_their_units(cell, options):
    task, config = alphabet_task("abcabC", 20), TrainConfig(epochs=30, lr=0.01)
    fused = list(train(_model(cell, **options), task, config, backend="fused"))
    autograd = list(train(_model(cell, **options), task, config, backend="torch"))
    np.testing.assert_allclose([r.loss for r in fused], [r.loss for r in autograd], rtol=1e-3)
    np.testing.assert_allclose([r.accuracy for r in fused], [r.accuracy for r in autograd], atol=0.05)


@pytest.mark.parametrize("options", [{"hidden_size": 17}, {"num_layers": 2}])
def test_a_larger_network_trains_to_the_same_bits_alone_and_in_a_crowd(options):
    config = TrainConfig(epochs=30)
    models = [_model(seed=seed, **options) for seed in range(3)]
    parts = list(train_many(models, TASK, config, states=slice(590, 594)))
    losses = np.concatenate([part.losses for part in parts])
    for k in range(3):
        model = _model(seed=k, **options)
        records = list(train(model, TASK, config))
        np.testing.assert_array_equal(losses[:, k], np.array([r.loss for r in records], np.float32))
        assert _same(records[-1].parameters, parts[-1].parameters[k])
        assert _same(parameters_of(model), parameters_of(models[k]))
    x = torch.tensor(TASK.one_hot())
    hidden = models[0].recurrent(x)[0][590:594].detach().numpy()
    np.testing.assert_allclose(parts[-1].states[0], hidden, atol=1e-5)


def test_many_letters_and_many_units_are_trained_by_the_kernels():
    task = alphabet_task("".join(chr(0xAC00 + k) for k in range(64)), 3)
    options = {"input_size": 64, "output_size": 64, "hidden_size": 130}
    config = TrainConfig(epochs=5, lr=0.01)
    fused, autograd = (
        [record.loss for record in train(_model(**options), task, config, backend=backend)]
        for backend in ("fused", "torch")
    )
    np.testing.assert_allclose(fused, autograd, rtol=1e-3)


def test_dropout_is_torchs():
    with pytest.raises(ValueError, match="without dropout"):
        train(_model(num_layers=2, dropout=0.5), TASK, backend="fused")
    model = _model(num_layers=2)
    for record in train(model, TASK, TrainConfig(epochs=6, lr=0.01)):
        if record.epoch == 2:
            model.recurrent.dropout = 0.5
    assert record.epoch == 6
    assert not _same(
        parameters_of(model), list(train(_model(num_layers=2), TASK, TrainConfig(epochs=6, lr=0.01)))[-1].parameters
    )


def test_torch_trains_what_the_kernels_do_not():
    model = _model(bidirectional=True)
    assert list(islice(train(model, TASK, TrainConfig(epochs=2)), 3))[-1].epoch == 2
    with pytest.raises(ValueError, match="for one direction"):
        train(model, TASK, TrainConfig(epochs=2), backend="fused")


def test_estimates_grow_with_the_epochs_and_leave_no_trace():
    torch.manual_seed(0)
    state = torch.random.get_rng_state()
    config = _model().config
    short = estimate_seconds(config, TASK, TrainConfig(epochs=100))
    long = estimate_seconds(config, TASK, TrainConfig(epochs=100_000))
    assert 0 < short < long < 600
    assert torch.equal(state, torch.random.get_rng_state())
    short_text = alphabet_task("ab", 3)
    deep = _model(bidirectional=True, input_size=2, output_size=2).config
    for epochs in (1, 3, 50, 5000):
        assert estimate_seconds(deep, short_text, TrainConfig(epochs=epochs, lr=10)) > 0


@pytest.mark.skipif(time.get_clock_info("thread_time").resolution > 1e-4, reason="threads are timed too coarsely here")
def test_what_else_the_machine_has_to_do_does_not_make_an_estimate_longer(monkeypatch):
    config, asked = _model().config, TrainConfig(epochs=5000)
    undisturbed = estimate_seconds(config, TASK, asked)
    run = Batch.run

    def interrupted(batch, *given, **named):
        time.sleep(0.2)  # four times as long as a trial is to take
        return run(batch, *given, **named)

    monkeypatch.setattr(Batch, "run", interrupted)
    assert estimate_seconds(config, TASK, asked) < 10 * undisturbed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "`epochs` must be between 1 and 100000; got 0."),
        ({"epochs": 100_001}, "`epochs` must be between"),
        ({"epochs": 1.5}, "`epochs` must be a whole number"),
        ({"lr": 0.0}, "`lr` must be above 0, at most 10; got 0."),
        ({"lr": 11}, "`lr` must be above 0, at most 10; got 11."),
        ({"lr": float("nan")}, "`lr` must be above 0"),
        ({"lr": "fast"}, "`lr` must be a number"),
        ({"loss": "max"}, "`loss` must be one of mean, sum; got 'max'."),
        ({"target_loss": -1}, "`target_loss` must be between"),
        ({"snapshots": 1}, "`snapshots` must be between"),
    ],
)
def test_a_config_out_of_range_is_one_sentence(options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}[^\n]*$"):
        TrainConfig(**options)


def test_a_model_for_another_alphabet_is_refused():
    with pytest.raises(ValueError, match="the task's 3 letters"):
        train(_model(), alphabet_task("abaB"))
    with pytest.raises(ValueError, match="`backend` must be one of"):
        train(_model(), TASK, backend="magic")
    with pytest.raises(ValueError, match="`models` must be"):
        train_many([], TASK)


@pytest.mark.parametrize(
    "call",
    [
        lambda: train(None, TASK),
        lambda: train(torch.nn.LSTM(4, 3), TASK),
        lambda: train(_model(), "abcabC"),
        lambda: train(_model(), TASK, {"epochs": 3}),
        lambda: train_many([_model(), None], TASK),
        lambda: build_model(None),
    ],
)
def test_what_is_of_another_kind_is_one_sentence(call):
    with pytest.raises(TypeError, match=r"^`\w+` must be a \w+; got a value of type \w+\.$"):
        call()


def test_numbers_beyond_all_bounds_are_one_sentence():
    with pytest.raises(ValueError, match=r"^`lr` must be above 0, at most 10; got inf\.$"):
        TrainConfig(lr=10**400)
    with pytest.raises(ValueError, match="between 1 and 100000; got a number of thousands of digits"):
        TrainConfig(epochs=10**5000)


def test_models_may_come_one_by_one():
    assert len(list(train_many((_model(seed=s) for s in (1, 2)), TASK, TrainConfig(epochs=1)))) == 2
