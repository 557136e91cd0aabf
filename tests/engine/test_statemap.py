"""A network as a map: its steps are torch's, its derivatives autograd's."""

import numpy as np
import pytest
import torch
from torch import nn

import lstmviz as lv
from lstmviz.dynamics.newton import beside
from lstmviz.fused import rounds
from lstmviz.models import parameters_of
from lstmviz.statemap import StateMap, pattern_inputs, stacked_map, state_map

CELLS = ("rnn", "rnn_relu", "lstm", "gru")


def network(cell: str, layers: int = 1, hidden: int = 3, seed: int = 0) -> lv.Model:
    return lv.build_model(
        lv.ModelConfig(
            cell=cell, input_size=4, hidden_size=hidden, output_size=4, num_layers=layers, seed=seed, dtype="float64"
        )
    )


def torch_step(model: lv.Model, f: StateMap, s: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """One step of torch's layer on our vector of states."""
    parts = s.reshape(len(f.layers), f.parts, f.hidden_size)
    h = parts[:, 0].contiguous()
    start = (h, parts[:, 1].contiguous()) if f.parts == 2 else h
    _, final = model.recurrent(x[None], start)
    stacked = torch.stack(list(final), dim=1) if f.parts == 2 else final[:, None]
    return stacked.reshape(-1)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_steps_and_derivatives_are_torchs(cell, layers):
    model = network(cell, layers)
    f = state_map(model)
    random = np.random.default_rng(1)
    s, x = random.normal(size=(5, f.size)), random.normal(size=(5, 4))
    ours, jacobian = f.step(s, x), f.jacobian(s, x)
    for k in range(5):
        given = torch.tensor(s[k]), torch.tensor(x[k])
        np.testing.assert_allclose(ours[k], torch_step(model, f, *given).detach(), atol=1e-14)
        theirs = torch.autograd.functional.jacobian(lambda one, x=given[1]: torch_step(model, f, one, x), given[0])
        np.testing.assert_allclose(jacobian[k], theirs, atol=1e-13)
        np.testing.assert_allclose(f.jacobian(s[k], x[k]), jacobian[k], atol=1e-15)


# A small network of one layer goes through a compiled loop, any other through arrays.
@pytest.mark.parametrize(("layers", "hidden"), [(1, 1), (1, 3), (1, 16), (1, 17), (2, 3)])
@pytest.mark.parametrize("cell", CELLS)
def test_a_period_is_its_steps_one_after_the_other(cell, layers, hidden):
    f = state_map(network(cell, layers, hidden))
    xs = pattern_inputs([0, 1, 2, 1], 4)
    start = np.random.default_rng(2).normal(size=(6, f.size))
    end, jacobian = f.after_with_jacobian(start, xs)
    np.testing.assert_allclose(end, f.after(start, xs))
    for k in range(6):
        np.testing.assert_allclose(f.states(xs, start[k])[-1], end[k])
        product = np.eye(f.size)
        for before, x in zip([start[k], *f.states(xs, start[k])], xs, strict=False):
            product = f.jacobian(before, x) @ product
        np.testing.assert_allclose(jacobian[k], product, atol=1e-14)
        alone, its_jacobian = f.after_with_jacobian(start[k], xs)
        np.testing.assert_allclose(alone, end[k], atol=1e-15)
        np.testing.assert_allclose(its_jacobian, jacobian[k], atol=1e-14)


@pytest.mark.parametrize("hidden", [3, 17])
@pytest.mark.parametrize("cell", CELLS)
def test_each_state_goes_on_under_weights_of_its_own(cell, hidden):
    models = [network(cell, hidden=hidden, seed=seed) for seed in range(4)]
    stacked, _ = stacked_map(models[0], [parameters_of(model) for model in models])
    xs = pattern_inputs([0, 1, 2, 1], 4)
    start = 3 * np.random.default_rng(4).normal(size=(4, 5, stacked.size))
    one, several = stacked.after_with_jacobian(start[:, 0], xs), beside(stacked).after_with_jacobian(start, xs)
    np.testing.assert_array_equal(stacked.after(start[:, 0], xs), one[0])
    for k, model in enumerate(models):
        for own, found, s in ((one, k, start[k, 0]), (several, (k, slice(None)), start[k])):
            for part, wanted in zip(own, state_map(model).after_with_jacobian(s, xs), strict=True):
                np.testing.assert_allclose(part[found], wanted, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_far_away_every_gate_is_at_its_end_and_nothing_is_lost(cell):
    f = state_map(network(cell))
    far = np.array([[1e3], [-1e3], [1e300]]) * np.ones(f.size)
    with np.errstate(all="ignore"):
        wanted = f.step(far, pattern_inputs([2], 4)[0])
    end, jacobian = f.after_with_jacobian(far, pattern_inputs([2], 4))
    np.testing.assert_allclose(end, wanted, rtol=1e-13)
    np.testing.assert_allclose(jacobian, f.jacobian(far, pattern_inputs([2], 4)[0]), rtol=1e-12, atol=1e-14)
    lost = f.after(np.full(f.size, np.nan), pattern_inputs([2], 4))
    assert np.isnan(lost).all()


def test_the_loop_is_compiled_once_whatever_it_is_given_and_leaves_that_alone():
    f, xs, start = state_map(network("lstm")), pattern_inputs([0, 1], 4), np.zeros((2, 6))
    wanted = f.after(start, xs)
    start.flags.writeable = xs.flags.writeable = False
    for given in (xs, xs.astype(np.float32), xs.astype(int), np.asfortranarray(xs)):
        np.testing.assert_array_equal(f.after(start, given), wanted)
    assert not start.any()
    assert f.after_with_jacobian(np.zeros((0, 6)), xs)[1].shape == (0, 6, 6)
    assert len(rounds.go_round.signatures) == 1


@pytest.mark.parametrize("cell", CELLS)
def test_states_and_logits_are_those_of_a_trace(cell):
    model = network(cell)
    x = np.random.default_rng(3).normal(size=(9, 4))
    f, tr = state_map(model), lv.trace(model, x)
    states = f.states(x)
    np.testing.assert_allclose(f.h(states), tr.h, atol=1e-14)
    np.testing.assert_allclose(f.logits(states), tr.logits, atol=1e-14)
    if cell == "lstm":
        np.testing.assert_allclose(f.c(states), tr.c, atol=1e-14)
    else:
        assert f.c(states) is None


def test_a_layer_of_float32_is_taken_as_exact():
    layer = nn.GRU(3, 5)
    f = state_map(layer)
    assert f.layers[0].hh.dtype == np.float64
    np.testing.assert_array_equal(f.layers[0].hh, layer.weight_hh_l0.detach().numpy())
    with pytest.raises(ValueError, match="must have a head"):
        f.logits(np.zeros(5))


def test_what_has_no_map_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="must read in one direction"):
        state_map(nn.LSTM(3, 2, bidirectional=True))
    with pytest.raises(TypeError, match="must be a Model"):
        state_map(nn.Linear(2, 2))
    layer = nn.RNN(2, 2)
    with torch.no_grad():
        layer.weight_hh_l0[0, 0] = torch.nan
    with pytest.raises(ValueError, match="finite weights"):
        state_map(layer)
