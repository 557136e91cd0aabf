"""Layers as people have them: padded batches, half precision, hooks and a `forward` of their own."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence

import lstmviz as lv

KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    layers=st.integers(1, 2),
    both_ways=st.booleans(),
    batch_first=st.booleans(),
    given_state=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_each_sequence_of_a_padded_batch_is_followed_to_its_own_end(
    kind, lengths, layers, both_ways, batch_first, given_state, seed
):
    torch.manual_seed(seed)
    layer = KINDS[kind](3, 4, layers, bidirectional=both_ways, batch_first=batch_first, dtype=torch.float64)
    steps = max(lengths) + seed % 2  # also where no sequence is as long as the padding
    x = torch.randn(steps, len(lengths), 3, dtype=torch.float64)
    state = None
    if given_state:
        parts = torch.randn(2, layers * (1 + both_ways), len(lengths), 4, dtype=torch.float64)
        state = tuple(parts) if kind == "lstm" else parts[0]
    padded = x.transpose(0, 1) if batch_first else x
    tr = lv.trace(layer, padded, state, lengths=lengths)
    assert tr.lengths == tuple(lengths)
    assert tr.axes == ("step", "sequence")
    assert all(layer.h.shape == (max(lengths), len(lengths), 4) for layer in tr.layers)
    quiet = lv.trace(layer, padded, state, lengths=lengths, letters=range(steps), compare=False)
    np.testing.assert_array_equal(quiet.layers[-1].h, tr.layers[-1].h)
    assert quiet.letters == tuple(map(str, range(max(lengths))))
    assert tr.difference_from_torch <= 1e-12
    for n, length in enumerate(lengths):
        own = None if state is None else tuple(part[:, n] for part in state) if kind == "lstm" else state[:, n]
        alone = lv.trace(layer, x[:length, n], own)
        for ours, wanted in zip(tr.layers, alone.layers, strict=True):
            for name, array in wanted.values.items():
                np.testing.assert_allclose(ours.values[name][:length, n], array, rtol=0, atol=1e-12)
                assert np.isnan(ours.values[name][length:, n]).all()
            np.testing.assert_allclose(ours.h_prev[:length, n], wanted.h_prev, rtol=0, atol=1e-12)
        ends = zip(np.atleast_1d(tr.state), np.atleast_1d(alone.state), strict=True)
        for ours, wanted in ends if kind == "lstm" else [(tr.state, alone.state)]:
            np.testing.assert_allclose(ours[:, n], wanted, rtol=0, atol=1e-12)
    table = tr.to_pandas()
    assert len(table[table.quantity == "h"]) == sum(lengths) * 4 * len(tr.layers)
    assert table.value.notna().all()


def test_a_packed_sequence_says_its_lengths_itself():
    torch.manual_seed(0)
    layer = nn.LSTM(3, 4, bidirectional=True)
    rows = [torch.randn(n, 3) for n in (2, 5, 3)]
    tr = lv.trace(layer, pack_sequence(rows, enforce_sorted=False))
    assert tr.lengths == (2, 5, 3)
    assert tr.difference_from_torch <= 1e-6
    np.testing.assert_allclose(tr.layers[1].h[:3, 2], lv.trace(layer, rows[2]).layers[1].h, atol=1e-6)
    padded = nn.utils.rnn.pad_sequence(rows)
    same = lv.trace(layer, pack_padded_sequence(padded, [2, 5, 3], enforce_sorted=False))
    np.testing.assert_array_equal(same.layers[0].c, tr.layers[0].c)


def test_a_model_s_head_speaks_up_to_each_end():
    model = lv.build_model(lv.ModelConfig(input_size=3, hidden_size=2, output_size=3))
    x = np.random.default_rng(0).normal(size=(5, 2, 3)).astype(np.float32)
    tr = lv.trace(model, x, lengths=[5, 2])
    assert tr.difference_from_torch <= 1e-6
    np.testing.assert_allclose(tr.logits[:2, 1], lv.trace(model, x[:2, 1]).logits, atol=1e-6)
    assert np.isnan(tr.probabilities[2:, 1]).all()


@pytest.mark.parametrize("lengths", [[5], [5, 6], [0, 5], [2.5, 5], "ab", 5, [[1], [2]], [None, 2]])
def test_lengths_that_do_not_fit_are_refused(lengths):
    sentence = "`lengths` must hold a whole number from 1 to 5 for each of the 2 sequences"
    with pytest.raises(ValueError, match=sentence):
        lv.trace(nn.GRU(3, 4), np.ones((5, 2, 3)), lengths=lengths)


def test_lengths_are_of_a_batch():
    with pytest.raises(ValueError, match="`lengths` must be left out where `x` is one sequence"):
        lv.trace(nn.GRU(3, 4), np.ones((5, 3)), lengths=[5])
    with pytest.raises(ValueError, match="`lengths` must be left out where `x` is a PackedSequence"):
        lv.trace(nn.GRU(3, 4), pack_sequence([torch.ones(5, 3)]), lengths=[5])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("dtype", "rounding"), [(torch.bfloat16, 2**-8), (torch.float16, 2**-11)])
def test_half_precision_is_followed_in_float32_and_compared_within_its_own_rounding(kind, dtype, rounding):
    torch.manual_seed(0)
    layer, x = KINDS[kind](4, 6, dtype=dtype), torch.randn(30, 4)
    tr = lv.trace(layer, x)
    assert tr.precision == str(dtype).removeprefix("torch.")
    assert tr.device == "cpu"
    assert tr.h.dtype == np.float32
    assert 0 < tr.difference_from_torch <= 8 * rounding
    assert tr.step_difference_from_torch is None
    exact = lv.trace(KINDS[kind](4, 6).to(dtype).float(), x.to(dtype))
    assert exact.precision == "float32"
    together = lv.trace_snapshots(layer, [lv.parameters_of(layer)], x)
    np.testing.assert_allclose(together.h[0], tr.h, atol=1e-6)
    assert together.difference_from_torch <= 8 * rounding


class Learned(nn.LSTM):
    """A first state that is learned: where none is given, it starts from its own."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.first = nn.Parameter(torch.full((1, self.hidden_size), 0.5))

    def forward(self, x, state=None):
        return super().forward(x, (self.first, self.first) if state is None else state)


def test_a_first_state_of_its_own_is_what_it_starts_from():
    torch.manual_seed(0)
    layer, x = Learned(4, 3), torch.randn(6, 4)
    for compare in (True, False):
        tr = lv.trace(layer, x, compare=compare)
        np.testing.assert_array_equal(tr.h_prev[0], np.full(3, 0.5, np.float32))
        with torch.no_grad():
            np.testing.assert_allclose(tr.h, layer(x)[0], atol=1e-6)
    zeros = torch.zeros(1, 3)
    np.testing.assert_array_equal(lv.trace(layer, x, (zeros, zeros)).h_prev[0], np.zeros(3))


def test_hooks_are_followed_or_refused_and_called_once():
    torch.manual_seed(0)
    layer, x, fired = nn.GRU(4, 3), torch.randn(6, 4), []

    def louder(module, inputs):
        fired.append("before")
        return (2 * inputs[0], *inputs[1:])

    layer.register_forward_pre_hook(louder)
    tr = lv.trace(layer, x)
    assert fired == ["before"]
    np.testing.assert_allclose(tr.h, lv.trace(plain_copy(layer), 2 * x).h, atol=1e-6)
    layer.register_forward_hook(lambda module, inputs, outputs: (outputs[0] + 1, outputs[1]))
    with pytest.raises(ValueError, match="must give its outputs as torch's recurrence makes them; a hook"):
        lv.trace(layer, x)


def plain_copy(layer):
    twin = type(layer)(layer.input_size, layer.hidden_size)
    twin.load_state_dict(layer.state_dict())
    return twin


def test_snapshots_of_weights_that_are_made_of_others():
    torch.manual_seed(0)
    layers = [nn.LSTM(4, 3) for _ in range(3)]
    for layer in layers:
        prune.l1_unstructured(layer, "weight_hh_l0", amount=0.5)
    x = torch.randn(6, 4)
    before = lv.parameters_of(layers[0])
    together = lv.trace_snapshots(layers[0], [lv.parameters_of(layer) for layer in layers], x)
    assert together.difference_from_torch <= 1e-6
    for e, layer in enumerate(layers):
        np.testing.assert_allclose(together.h[e], lv.trace(layer, x).h, atol=1e-6)
    for name, array in lv.parameters_of(layers[0]).items():
        np.testing.assert_array_equal(array, before[name])
