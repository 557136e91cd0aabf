"""Cycles through a training: known flips are seen where they are, and every branch holds cycles."""

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from torch import nn

import lstmviz as lv
from lstmviz.dynamics.births import births
from lstmviz.dynamics.cycle_births import cycle_births
from lstmviz.dynamics.fixed_points import cycles
from lstmviz.models import load_parameters, parameters_of
from lstmviz.statemap import pattern_inputs, state_map
from tests.engine.dynamics.networks import one_unit, with_weights


def family(pairs, relu=False):
    """One unit under several (w, b), as snapshots."""
    return one_unit(1.0, relu=relu), [parameters_of(one_unit(w, b, relu)) for w, b in pairs]


def test_a_cycle_of_two_is_born_where_the_weight_passes_minus_one():
    weights = -np.linspace(0.55, 1.75, 13)  # -1 lies between the fifth (-0.95) and the sixth (-1.05)
    found = cycle_births(*family([(w, 0.0) for w in weights]), [0.0])
    assert [(event.snapshot, event.kind, event.branches) for event in found.events] == [(5, "appears", (0,))]
    (branch,) = found.branches
    assert (branch.first, branch.last, found.period) == (5, 12, 2)
    assert branch.stable.all()
    amplitude = [brentq(lambda h, w=w: np.tanh(-w * h) - h, 1e-3, 1, xtol=1e-15) for w in weights[5:]]
    np.testing.assert_allclose(np.abs(branch.states[..., 0]), np.repeat(np.array(amplitude)[:, None], 2, 1), atol=1e-9)
    np.testing.assert_allclose(branch.states.sum(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(branch.eigenvalues[:, 0], (weights[5:] * (1 - np.square(amplitude))) ** 2, atol=1e-8)
    assert np.all(np.sign(branch.states[:, 0, 0]) == np.sign(branch.states[0, 0, 0]))  # the same one comes first
    np.testing.assert_array_equal(found.index, 1)


def test_a_cycle_vanishes_where_the_weight_comes_back():
    found = cycle_births(*family([(-w, 0.1) for w in np.linspace(1.5, 0.5, 6)]), [0.0])
    lost = births(*family([(-w, 0.1) for w in np.linspace(1.5, 0.5, 6)]), [0.0])
    (event,) = found.events
    assert event.kind == "vanishes"
    assert [e.snapshot for e in lost.events if e.kind == "gains stability"] == [event.snapshot]


def test_three_memories_that_go_round_are_two_cycles_of_three():
    ring = with_weights(nn.RNN(1, 3, bias=False, dtype=torch.float64), weight_hh_l0=3 * np.roll(np.eye(3), 1, axis=0))
    snapshots = [parameters_of(ring)] * 3
    found = cycle_births(ring, snapshots, [0.0], 3)
    stable = [branch for branch in found.branches if branch.stable.all()]
    assert len(stable) == 2
    assert {(branch.first, branch.last) for branch in stable} == {(0, 2)}
    f = state_map(ring)
    for branch in found.branches:
        for states in branch.states:
            np.testing.assert_allclose(f.step(states, np.zeros(1)), np.roll(states, -1, axis=0), atol=1e-9)


def test_where_every_state_swings_no_cycle_is_said_to_be_there():
    """h' = max(0, 1 - h): each state between 0 and 1 comes back after two steps, a whole line of them."""
    found = cycle_births(*family([(-1.0, 1.0)] * 2, relu=True), [0.0])
    assert found.branches == ()


def test_a_diverged_snapshot_holds_no_cycle():
    model, snapshots = family([(-1.5, 0.1)] * 3 + [(np.nan, 0.0)] * 2)
    (branch,) = cycle_births(model, snapshots, [0.0]).branches
    assert (branch.first, branch.last) == (0, 2)
    assert cycle_births(model, snapshots[3:], [0.0]).branches == ()


@pytest.mark.parametrize(("cell", "seed"), [("rnn", 43052), ("gru", 43052), ("lstm", 1)])
def test_every_branch_of_a_training_holds_the_cycles_of_its_snapshots(cell, seed):
    task = lv.alphabet_task("abcabC", repeats=50)
    model = lv.build_model(lv.ModelConfig(cell=cell, input_size=4, hidden_size=3, output_size=4, seed=seed))
    records = lv.train(model, task, lv.TrainConfig(epochs=1500, lr=0.1, snapshots=20))
    snapshots = [record.parameters for record in records if record.parameters is not None]
    for letter in range(4):
        xs = pattern_inputs([letter], 4)
        found = cycle_births(model, snapshots, xs)
        twin = lv.build_model(model.config)
        for e, snapshot in enumerate(snapshots[::4]):
            load_parameters(twin, snapshot)
            f = state_map(twin)
            there = [branch for branch in found.branches if branch.first <= 4 * e <= branch.last]
            here = [branch.states[4 * e - branch.first] for branch in there]
            for states in here:
                np.testing.assert_allclose(f.after(states, xs), states[::-1], atol=1e-8)
                assert np.abs(states[0] - states[1]).max() > 1e-6
            # A search of that snapshot alone finds no stable cycle that the branches lack.
            for cycle in (cycle for cycle in cycles(f, xs, 2).cycles if cycle.stable):
                assert min(np.abs(states[:, None] - cycle.states).max(axis=-1).min() for states in here) < 1e-6
        np.testing.assert_array_equal(found.index, 1)


def test_what_cannot_be_followed_is_refused_in_a_sentence():
    model, snapshots = family([(-2.0, 0.0)])
    with pytest.raises(ValueError, match="`period` must be between 2"):
        cycle_births(model, snapshots, [0.0], 1)
    with pytest.raises(ValueError, match="at least one set of weights"):
        cycle_births(model, [], [0.0])
