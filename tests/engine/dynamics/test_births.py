"""Fixed points through a training: known bifurcations are seen where they are, and every branch holds fixed points."""

import numpy as np
import pytest
import torch
from torch import nn

import lstmviz as lv
from lstmviz.dynamics.births import births
from lstmviz.dynamics.fixed_points import fixed_points
from lstmviz.models import load_parameters, parameters_of
from lstmviz.statemap import pattern_inputs, stacked_map, state_map
from tests.engine.dynamics.networks import CELLS, drawn, one_unit


def family(pairs):
    """One unit under several (w, b), as snapshots."""
    return one_unit(1.0), [parameters_of(one_unit(w, b)) for w, b in pairs]


def test_a_memory_is_born_where_the_weight_passes_one():
    weights = np.linspace(0.55, 1.75, 13)  # 1 lies between the fifth (0.95) and the sixth (1.05)
    found = births(*family([(w, 0.0) for w in weights]), [0.0])
    (event,) = found.events
    assert (event.snapshot, event.kind) == (5, "splits")
    middle, *sides = (found.branches[k] for k in event.branches)
    assert (middle.first, middle.last) == (0, 12)
    np.testing.assert_array_equal(middle.stable, weights < 1)
    np.testing.assert_allclose(middle.eigenvalues[:, 0], weights, atol=1e-12)
    for branch in sides:
        assert (branch.first, branch.last) == (5, 12)
        assert branch.stable.all()
        np.testing.assert_allclose(np.tanh(weights[5:, None] * branch.s), branch.s, atol=1e-10)
    assert {np.sign(branch.s[0, 0]) for branch in sides} == {-1, 1}


@pytest.mark.parametrize("stride", [2, 5, 99])
def test_what_is_found_in_some_snapshots_is_led_on_to_the_others(stride):
    network = family([(w, 0.0) for w in np.linspace(0.55, 1.75, 13)])
    found, all_drawn = births(*network, [0.0], stride=stride), births(*network, [0.0])
    assert found.events == all_drawn.events
    assert found.starts < all_drawn.starts
    assert len(found.branches) == len(all_drawn.branches) == 3
    for one, other in zip(found.branches, all_drawn.branches, strict=True):
        assert (one.first, one.last) == (other.first, other.last)
        np.testing.assert_allclose(np.abs(one.s), np.abs(other.s), atol=1e-9)  # either side may come first
    with pytest.raises(ValueError, match="stride"):
        births(*network, [0.0], stride=0)


def test_a_memory_and_its_watershed_vanish_together():
    biases = np.linspace(0, 1, 11)
    # h = tanh(2 h + b) loses two of three solutions at b = 2 artanh... the fold: h = -sqrt(1/2), b = artanh(h) - 2 h
    h = -np.sqrt(0.5)
    fold = np.arctanh(h) - 2 * h
    found = births(*family([(2.0, b) for b in biases]), [0.0])
    first_after = int(np.flatnonzero(biases > fold)[0])
    assert [(e.snapshot, e.kind) for e in found.events] == [(first_after, "vanishes")] * 2
    lost = [found.branches[k] for e in found.events for k in e.branches]
    assert {bool(branch.stable[-1]) for branch in lost} == {True, False}


def test_a_memory_that_a_period_of_flips_takes_is_said_to_lose_its_stability():
    found = births(*family([(-w, 0.0) for w in np.linspace(0.5, 1.5, 6)]), [0.0])
    assert [(e.snapshot, e.kind) for e in found.events] == [(3, "loses stability")]
    back = births(*family([(-w, 0.0) for w in np.linspace(1.5, 0.5, 6)]), [0.0])
    assert [(e.snapshot, e.kind) for e in back.events] == [(3, "gains stability")]


def test_a_diverged_snapshot_holds_no_point_and_its_neighbours_are_followed_all_the_same():
    model, snapshots = family([(0.5, 0.1)] * 3 + [(np.nan, 0.0)] * 2)
    found = births(model, snapshots, [0.0])
    np.testing.assert_array_equal(found.finite, [True] * 3 + [False] * 2)
    (branch,) = found.branches
    assert (branch.first, branch.last) == (0, 2)
    assert found.events == ()
    assert np.isnan(found.leading[3:]).all()
    none = births(model, snapshots[3:], [0.0])
    assert (none.branches, none.events, none.starts) == ((), (), 0)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_stacked_weights_give_the_map_of_each_snapshot(cell, layers):
    models = [drawn(cell, layers=layers, seed=seed) for seed in range(4)]
    stacked, finite = stacked_map(models[0], [parameters_of(model) for model in models])
    assert finite.all()
    random = np.random.default_rng(0)
    s, xs = random.normal(size=(4, stacked.size)), random.normal(size=(3, 3))
    end, jacobian = stacked.after_with_jacobian(s, xs)
    for k, model in enumerate(models):
        own_end, own_jacobian = state_map(model).after_with_jacobian(s[k], xs)
        np.testing.assert_allclose(end[k], own_end, atol=1e-14)
        np.testing.assert_allclose(jacobian[k], own_jacobian, atol=1e-14)


def test_weights_that_are_made_anew_at_each_call_are_stacked_in_float64_too():
    model = drawn("lstm", seed=1).float()
    torch.nn.utils.parametrizations.weight_norm(model.recurrent, "weight_hh_l0")
    stacked, finite = stacked_map(model, [parameters_of(model)] * 2)
    assert finite.all()
    for own, wanted in zip(stacked.layers[0], state_map(model).layers[0], strict=True):
        assert own.dtype == np.float64
        np.testing.assert_array_equal(own, np.stack([wanted, wanted]))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_branch_of_a_training_holds_the_fixed_points_of_its_snapshots(cell):
    task = lv.alphabet_task("abaB", repeats=20)
    model = lv.build_model(lv.ModelConfig(cell=cell, input_size=3, hidden_size=2, output_size=3, seed=1))
    records = lv.train(model, task, lv.TrainConfig(epochs=200, lr=0.1, snapshots=20))
    snapshots = [record.parameters for record in records if record.parameters is not None]
    xs = pattern_inputs(task.x[:1], 3)
    found = births(model, snapshots, xs)
    twin = lv.build_model(model.config)
    for e, snapshot in enumerate(snapshots):
        load_parameters(twin, snapshot)
        f = state_map(twin)
        here = [branch for branch in found.branches if branch.first <= e <= branch.last]
        for branch in here:
            s = branch.s[e - branch.first]
            assert np.abs(f.after(s, xs) - s).max() <= 1e-10
            assert branch.stable[e - branch.first] == (
                np.abs(np.linalg.eigvals(f.after_with_jacobian(s, xs)[1])).max() < 1
            )
        # A search of that snapshot alone, ten times as hard, finds no stable point that the branches lack.
        for point in fixed_points(f, xs).stable:
            assert min(np.abs(branch.s[e - branch.first] - point.s).max() for branch in here) < 1e-6
        leading = [abs(b.eigenvalues[e - b.first, 0]) for b in here if b.stable[e - b.first]]
        assert found.leading[e] == pytest.approx(max(leading, default=np.nan), nan_ok=True)
    np.testing.assert_array_equal(found.index, 1)


def test_what_cannot_be_followed_is_refused_in_a_sentence():
    model, snapshots = family([(1.0, 0.0)])
    with pytest.raises(ValueError, match="at least one set of weights"):
        births(model, [], [0.0])
    with pytest.raises(ValueError, match="`near` must have shape"):
        births(model, snapshots, [0.0], near=np.zeros((2, 1, 1)))
    with pytest.raises(ValueError, match="every weight of the model"):
        births(model, [{}], [0.0])
    with pytest.raises(ValueError, match="read in one direction"):
        births(nn.RNN(1, 1, bidirectional=True), snapshots, [0.0])
