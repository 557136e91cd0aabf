"""Optimizers, clipping, truncation, a part held out and dropout: each against torch's own loop, written out."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

import lstmviz as lv
from lstmviz.training.by_torch import train_by_torch

TASK = lv.alphabet_task("abcabC", 8)
X, Y = torch.tensor(TASK.one_hot()), torch.tensor(TASK.y)
STEPS = len(Y)


def make(**options):
    return lv.build_model(lv.ModelConfig(**{"input_size": 4, "hidden_size": 5, "output_size": 4, "seed": 3} | options))


def written_out(model, optimizer, epochs, *, max_norm=None, truncate=STEPS, learned=STEPS):
    """The losses and held-out losses of torch's own loop."""
    x = X.to(model.head.weight.dtype)
    losses, held_out = [], []
    for _ in range(epochs):
        optimizer.zero_grad()
        state, loss, rest = None, 0.0, 0.0
        for start in range(0, STEPS, truncate):
            outputs, state = model.recurrent(x[start : start + truncate], state)
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
            logits = model.head(outputs)
            for t, row in enumerate(logits, start):
                one = nn.functional.cross_entropy(row[None], Y[t : t + 1])
                if t < learned:
                    loss = loss + one / learned
                else:
                    rest += one.item() / (STEPS - learned)
        losses.append(loss.item())
        held_out.append(rest)
        loss.backward()
        if max_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
    return losses, held_out


@pytest.mark.parametrize("cell", lv.CELLS)
@pytest.mark.parametrize(
    ("chosen", "theirs"),
    [
        ({"optimizer": "adamw", "lr": 0.05}, lambda p: torch.optim.AdamW(p, lr=0.05)),
        ({"optimizer": "sgd", "lr": 0.5}, lambda p: torch.optim.SGD(p, lr=0.5)),
        ({"optimizer": "sgd", "lr": 0.1, "momentum": 0.9}, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        ({"optimizer": "rmsprop", "lr": 0.01}, lambda p: torch.optim.RMSprop(p, lr=0.01)),
        (
            {"optimizer": "rmsprop", "lr": 0.01, "momentum": 0.5},
            lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5),
        ),
        ({"max_norm": 0.01}, lambda p: torch.optim.Adam(p, lr=0.1)),
    ],
)
def test_each_update_is_torchs_own(cell, chosen, theirs):
    model, twin = make(cell=cell, dtype="float64"), make(cell=cell, dtype="float64")
    losses, _ = written_out(twin, theirs(twin.parameters()), 12, max_norm=chosen.get("max_norm"))
    records = list(lv.train(model, TASK, lv.TrainConfig(epochs=12, **chosen)))
    np.testing.assert_allclose([record.loss for record in records[:-1]], losses, rtol=0, atol=1e-12)
    for name, array in lv.parameters_of(twin).items():
        np.testing.assert_allclose(records[-1].parameters[name], array, rtol=0, atol=1e-12)


def test_a_clipped_gradient_is_no_longer_than_asked():
    model = make()
    records = lv.train(model, TASK, lv.TrainConfig(epochs=3, optimizer="sgd", lr=1.0, max_norm=0.01))
    next(records)
    before = lv.parameters_of(model)
    next(records)
    step = np.sqrt(sum(((lv.parameters_of(model)[name] - array) ** 2).sum() for name, array in before.items()))
    assert step == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("cell", lv.CELLS)
@pytest.mark.parametrize("truncate", [1, 5, 200])
def test_a_truncated_gradient_flows_back_so_far_and_no_farther(cell, truncate):
    model, twin = make(cell=cell), make(cell=cell)
    losses, _ = written_out(twin, torch.optim.Adam(twin.parameters(), lr=0.1), 6, truncate=truncate)
    told = [record.loss for record in lv.train(model, TASK, lv.TrainConfig(epochs=6, truncate=truncate))]
    np.testing.assert_allclose(told[:-1], losses, rtol=0, atol=2e-5)
    whole = [record.loss for record in lv.train(make(cell=cell), TASK, lv.TrainConfig(epochs=6))]
    assert told[0] == pytest.approx(whole[0], abs=1e-6)  # the state goes on
    assert (np.abs(np.subtract(told, whole)).max() < 1e-4) == (truncate == 200)


@pytest.mark.parametrize("share", [0.25, 0.9])
def test_what_is_held_out_is_not_learned_from_and_its_loss_is_told(share):
    model, twin = make(), make()
    learned = STEPS - round(share * STEPS)
    losses, rest = written_out(twin, torch.optim.Adam(twin.parameters(), lr=0.1), 10, learned=learned)
    config = lv.TrainConfig(epochs=10, held_out=share)
    records = list(lv.train(model, TASK, config))
    np.testing.assert_allclose([record.loss for record in records[:-1]], losses, rtol=0, atol=1e-5)
    np.testing.assert_allclose([record.held_out_loss for record in records[:-1]], rest, rtol=0, atol=1e-5)
    together = list(lv.train_many([make(), make(seed=4)], TASK, config))
    both = np.concatenate([one.held_out_losses for one in together])
    np.testing.assert_allclose(both[:, 0], [record.held_out_loss for record in records], rtol=0, atol=1e-6)
    assert np.isfinite(both).all()
    assert next(lv.train(make(), TASK)).held_out_loss is None
    assert next(lv.train_many([make()], TASK)).held_out_losses is None


def test_the_kernels_step_aside_for_what_they_do_not_do():
    for options in ({"optimizer": "sgd"}, {"max_norm": 1.0}, {"truncate": 3}, {"held_out": 0.1}, {"batch_size": 1}):
        config = lv.TrainConfig(epochs=2, **options)
        with pytest.raises(
            ValueError, match='can be "fused" for Adam, without clipping, truncation, batches or a part held out'
        ):
            lv.train(make(), TASK, config, backend="fused")
        by_itself = [record.loss for record in lv.train(make(), TASK, config)]
        assert by_itself == [record.loss for record in train_by_torch(make(), TASK, config)]
        assert lv.estimate_seconds(make().config, TASK, config) > 0


def test_it_stops_and_goes_on_and_the_model_is_that_of_the_record():
    config = lv.TrainConfig(epochs=8, optimizer="rmsprop", lr=0.01, max_norm=0.1, truncate=4, held_out=0.2)
    whole = [record.loss for record in lv.train(make(), TASK, config)]
    model, told = make(), []
    for record in lv.train(model, TASK, config):
        told.append(record.loss)
        with torch.no_grad():
            logits, _ = model(X)
        count = STEPS - round(0.2 * STEPS)
        assert nn.functional.cross_entropy(logits[:count], Y[:count]).item() == pytest.approx(record.loss, abs=1e-6)
    assert told == whole


def test_dropout_is_drawn_from_the_seed_and_left_out_of_what_is_told():
    options = {"num_layers": 2, "dropout": 0.5}
    config = lv.TrainConfig(epochs=6)
    state = torch.get_rng_state()
    first = [record.loss for record in lv.train(make(**options), TASK, config)]
    torch.rand(3)
    moved = torch.get_rng_state()
    assert [record.loss for record in lv.train(make(**options), TASK, config)] == first
    assert torch.equal(torch.get_rng_state(), moved)
    assert not torch.equal(state, moved)
    without = [record.loss for record in lv.train(make(num_layers=2), TASK, config)]
    assert first[0] == without[0]
    assert np.abs(np.subtract(first, without)).max() > 1e-3
    model = make(**options)
    *_, record = lv.train(model, TASK, config)
    assert model.training
    twin = copy.deepcopy(model).eval()
    with torch.no_grad():
        assert nn.functional.cross_entropy(twin(X)[0], Y).item() == pytest.approx(record.loss, abs=1e-6)
    assert [one.loss for one in lv.train(make(**options).eval(), TASK, config)] == pytest.approx(without, abs=1e-6)


def test_the_first_weights_as_they_are_asked_for():
    plain, louder = make(num_layers=2, bidirectional=True), make(num_layers=2, bidirectional=True, gain=3)
    for (name, one), (_, other) in zip(plain.named_parameters(), louder.named_parameters(), strict=True):
        factor = 3 if name.startswith("recurrent.weight") else 1
        assert torch.equal(other, factor * one), name
    open_gate = make(forget_bias=1.5, num_layers=2)
    for name, tensor in open_gate.recurrent.named_parameters():
        if "bias" in name:
            drawn = getattr(make(num_layers=2).recurrent, name)
            assert torch.equal(tensor[5:10], torch.full((5,), 1.5 if "_ih_" in name else 0.0))
            assert torch.equal(tensor[:5], drawn[:5])
            assert torch.equal(tensor[10:], drawn[10:])
    fused = [record.loss for record in lv.train(make(forget_bias=1, gain=0.5), TASK, lv.TrainConfig(epochs=5))]
    by_torch = [
        record.loss
        for record in lv.train(make(forget_bias=1, gain=0.5), TASK, lv.TrainConfig(epochs=5), backend="torch")
    ]
    np.testing.assert_allclose(fused, by_torch, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"optimizer": "adagrad"}, "`optimizer` must be one of adam, adamw, sgd, rmsprop; got 'adagrad'"),
        ({"momentum": 0.9}, "`momentum` must be 0 for adam, which has none of this kind"),
        ({"optimizer": "sgd", "momentum": 1.0}, "`momentum` must be between 0 and 0.9999; got 1"),
        ({"max_norm": 0}, "`max_norm` must be above 0"),
        ({"max_norm": True}, "`max_norm` must be a number above 0"),
        ({"truncate": 0}, "`truncate` must be between 1 and 100000; got 0"),
        ({"truncate": 2.5}, "`truncate` must be a whole number"),
        ({"held_out": 0.95}, "`held_out` must be between 0 and 0.9; got 0.95"),
        ({"held_out": float("nan")}, "`held_out` must be between 0 and 0.9; got nan"),
    ],
)
def test_what_a_training_cannot_be_is_said(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        lv.TrainConfig(**options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"dropout": 0.5}, "`dropout` must be 0 for one layer: it acts between layers"),
        ({"dropout": 1, "num_layers": 2}, "`dropout` must be between 0 and 0.99; got 1"),
        ({"gain": -1}, "`gain` must be between 0 and 1000; got -1"),
        ({"forget_bias": 1, "cell": "gru"}, "`forget_bias` must be left out for the cell 'gru', which has no forget"),
        ({"forget_bias": "1"}, "`forget_bias` must be a number between -100 and 100"),
    ],
)
def test_what_a_network_cannot_be_is_said(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        make(**options)


def test_a_network_that_reads_both_ways_has_no_truncated_gradient():
    with pytest.raises(ValueError, match="`truncate` must be left out for a network that reads both ways"):
        lv.train(make(bidirectional=True), TASK, lv.TrainConfig(truncate=3))
