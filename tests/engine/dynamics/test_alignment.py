"""Units that are permuted and turned leave a network the same function, and are found again."""

from itertools import permutations, product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.dynamics.alignment import align
from lstmviz.statemap import state_map
from tests.engine.dynamics.networks import CELLS, drawn

GATES = {"rnn": "h", "rnn_relu": "h", "lstm": "ifgo", "gru": "rzn"}
TURNS = {"h": True, "g": True, "n": True}  # a gate keeps its sign
TASK = lv.alphabet_task("abaC", repeats=20)


def turned(model, permutation, signs):
    """The same network with other numbers and signs for its units: unit k is what unit permutation[k] was."""
    copy = lv.build_model(model.config)
    signs = torch.tensor(signs)
    with torch.no_grad():
        for name, own in model.named_parameters():
            weight = own.clone()
            if name.startswith("recurrent"):
                blocks = []
                for gate, block in zip(
                    GATES[model.config.cell], weight.chunk(len(GATES[model.config.cell])), strict=True
                ):
                    block = block[permutation]
                    turn = signs if TURNS.get(gate) else torch.ones_like(signs)
                    blocks.append(block * (turn[:, None] if block.ndim == 2 else turn))
                weight = torch.cat(blocks)
            if name.endswith("weight_hh_l0") or name == "head.weight":
                weight = weight[:, permutation] * signs
            copy.get_parameter(name).copy_(weight)
    return copy


@settings(max_examples=40, deadline=None)
@given(
    cell=st.sampled_from(CELLS),
    hidden=st.integers(1, 6),
    seed=st.integers(0, 10**6),
    data=st.data(),
)
def test_a_network_whose_units_are_permuted_and_turned_is_the_same_and_is_found_again(cell, hidden, seed, data):
    model = drawn(cell, hidden, seed=seed, gain=2)
    permutation = data.draw(st.permutations(range(hidden)))
    signs = np.array([1.0 if cell == "rnn_relu" else data.draw(st.sampled_from([-1.0, 1.0])) for _ in range(hidden)])
    other = turned(model, permutation, signs)
    x = torch.tensor(TASK.one_hot().astype(float))
    with torch.no_grad():
        ours, theirs = (one.head(one.recurrent(x)[0]) for one in (model, other))
    torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-9)
    last = TASK.last_pattern
    reference, states = (state_map(one).states(x.numpy())[last] for one in (model, other))
    found = align(reference, states, hidden, signs=cell != "rnn_relu")
    np.testing.assert_allclose(found.states, reference, atol=1e-7 * max(1.0, np.abs(reference).max()))
    assert found.distance < 1e-7 * max(1.0, np.abs(reference).max())
    alive = np.abs(reference.reshape(len(reference), -1, hidden)).max(axis=(0, 1)) > 1e-3  # a ReLU's may be 0 all along
    different = len({tuple(np.abs(one).round(6)) for one in reference[:, :hidden].T}) == hidden
    if alive.all() and different:
        np.testing.assert_array_equal(np.array(permutation)[found.permutation], np.arange(hidden))
        np.testing.assert_array_equal(found.signs, signs[found.permutation])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), signs=st.booleans())
def test_no_other_order_and_signs_are_nearer(seed, signs):
    random = np.random.default_rng(seed)
    reference, states = random.normal(size=(2, 5, 6))
    found = align(reference, states, 3, signs=signs, scale=2.0)
    weights = np.repeat([1.0, 0.5], 3)
    best = min(
        np.sqrt(
            (((states.reshape(5, 2, 3)[:, :, order] * turn).reshape(5, 6) - reference) ** 2 * weights**2).sum(1).mean()
        )
        for order in permutations(range(3))
        for turn in (product([1, -1], repeat=3) if signs else [(1, 1, 1)])
    )
    assert found.distance == pytest.approx(best)
    far = [[np.linalg.norm((a - b) * weights) for b in reference] for a in found.states]
    np.testing.assert_array_equal(found.nearest, np.argmin(far, axis=1))
    assert found.matches == (list(found.nearest) == list(range(5)))


def test_what_cannot_be_aligned_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="must both have shape"):
        align(np.zeros((4, 3)), np.zeros((4, 2)), 3)
    with pytest.raises(ValueError, match="finite numbers only"):
        align(np.zeros((4, 3)), np.full((4, 3), np.nan), 3)
    with pytest.raises(ValueError, match="`scale` must be"):
        align(np.zeros((4, 3)), np.zeros((4, 3)), 3, scale=0)
