"""The terms of a step's sums, against the trace, torch's functions, and each other."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.models import CELLS, ModelConfig, build_model, parameters_of
from lstmviz.tracing import trace, trace_snapshots
from lstmviz.tracing.arithmetic import pre_activation_terms

GATES = {"rnn": ("h",), "rnn_relu": ("h",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}


def make_model(cell, seed=0, hidden=3, dtype="float64", **options):
    return build_model(
        ModelConfig(cell=cell, input_size=4, hidden_size=hidden, output_size=4, seed=seed, dtype=dtype, **options)
    )


@pytest.mark.parametrize("cell", CELLS)
@given(seed=st.integers(0, 2**32 - 1), hidden=st.integers(1, 6), steps=st.integers(1, 9), data=st.data())
@settings(deadline=None, max_examples=25)
def test_terms_add_up_to_the_pre_activations_of_the_trace(cell, seed, hidden, steps, data):
    model = make_model(cell, seed, hidden)
    x = np.random.default_rng(seed).normal(size=(steps, 4))
    tr = trace(model, x)
    t = data.draw(st.integers(0, steps - 1))
    terms = pre_activation_terms(model, tr, x, t)
    assert terms.gates == GATES[cell]
    recurrent = terms.hidden.sum(axis=-1) + terms.b_hh
    if cell == "gru":
        np.testing.assert_allclose(recurrent[2], tr.n_hidden[t], rtol=1e-12, atol=1e-14)
        recurrent[2] *= tr.r[t]
    np.testing.assert_allclose(terms.input + terms.b_ih + recurrent, terms.total, rtol=1e-12, atol=1e-14)
    for gate, total in zip(terms.gates, terms.total, strict=True):
        np.testing.assert_allclose(total, getattr(tr, f"{gate}_pre")[t], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_each_term_is_its_weight_times_its_number(cell):
    model = make_model(cell, seed=7)
    layer = model.recurrent
    x = torch.tensor(np.random.default_rng(7).normal(size=(5, 4)))
    tr = trace(model, x)
    terms = pre_activation_terms(model, tr, x, 3)
    size = 3
    with torch.no_grad():
        for g in range(len(terms.gates)):
            rows = slice(g * size, (g + 1) * size)
            expected = torch.nn.functional.linear(x[3], layer.weight_ih_l0[rows])
            np.testing.assert_allclose(terms.input[g], expected.numpy(), rtol=1e-12)
            expected = torch.nn.functional.linear(torch.tensor(tr.h_prev[3]), layer.weight_hh_l0[rows])
            np.testing.assert_allclose(terms.hidden[g].sum(axis=-1), expected.numpy(), rtol=1e-12)
            for j in range(size):
                for k in range(size):
                    product = layer.weight_hh_l0[g * size + j, k].item() * tr.h[2, k]
                    np.testing.assert_allclose(terms.hidden[g, j, k], product, rtol=1e-15)
            np.testing.assert_array_equal(terms.b_ih[g], layer.bias_ih_l0[rows].numpy())
            np.testing.assert_array_equal(terms.b_hh[g], layer.bias_hh_l0[rows].numpy())


@pytest.mark.parametrize("cell", CELLS)
def test_a_letter_adds_its_column_and_the_first_step_has_no_past(cell):
    model = make_model(cell)
    terms = pre_activation_terms(model, trace(model, np.eye(4)), np.eye(4), 0)
    column = parameters_of(model)["recurrent.weight_ih_l0"][:, 0]
    np.testing.assert_array_equal(terms.input.ravel(), column)
    assert not terms.hidden.any()


@pytest.mark.parametrize("cell", CELLS)
def test_bare_layers_without_biases_have_terms_of_0(cell):
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.get(cell, torch.nn.RNN)
    layer = kind(4, 3, bias=False)
    tr = trace(layer, np.eye(4))
    terms = pre_activation_terms(layer, tr, np.eye(4), 2)
    assert not terms.b_ih.any()
    assert not terms.b_hh.any()
    assert terms.total.dtype == np.float32
    gate = "h" if cell.startswith("rnn") else terms.gates[0]
    np.testing.assert_allclose(terms.total[0], getattr(tr, f"{gate}_pre")[2], atol=1e-6)


def test_terms_cannot_be_written_to_and_share_nothing_with_the_model():
    model = make_model("lstm")
    terms = pre_activation_terms(model, trace(model, np.eye(4)), np.eye(4), 1)
    before = terms.b_ih.copy()
    with torch.no_grad():
        model.recurrent.bias_ih_l0.zero_()
    np.testing.assert_array_equal(terms.b_ih, before)
    with pytest.raises(ValueError, match="read-only"):
        terms.total[0, 0] = 1


@pytest.mark.parametrize("t", [-1, 4, 1.5, None])
def test_steps_that_are_not_there_are_refused(t):
    model = make_model("lstm")
    with pytest.raises(ValueError, match=r"`t` must be .*between 0 and 3; got"):
        pre_activation_terms(model, trace(model, np.eye(4)), np.eye(4), t)


def test_what_has_no_single_step_is_refused():
    model, stack = make_model("lstm"), make_model("lstm", num_layers=2)
    tr = trace(model, np.eye(4))
    batch = np.ones((4, 2, 4))
    with pytest.raises(ValueError, match="one layer and one direction"):
        pre_activation_terms(stack, trace(stack, np.eye(4)), np.eye(4), 0)
    with pytest.raises(ValueError, match="of one sequence"):
        pre_activation_terms(model, trace(model, batch), batch, 0)
    with pytest.raises(ValueError, match="of one sequence"):
        pre_activation_terms(model, trace_snapshots(model, [parameters_of(model)], np.eye(4)), np.eye(4), 0)
    for other in (trace(make_model("lstm", hidden=2), np.eye(4)), trace(model, np.eye(4)[:3]), trace(stack, np.eye(4))):
        with pytest.raises(ValueError, match="must be the trace of `model` through `x`"):
            pre_activation_terms(model, other, np.eye(4), 0)
    with pytest.raises(ValueError, match="must be the trace of `model` through `x`"):
        pre_activation_terms(make_model("gru"), tr, np.eye(4), 0)
