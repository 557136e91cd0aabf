"""The notes' table of the variables, its numbers held against torch's own matrices and states."""

from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

import lstmviz as lv
from lstmviz.claims import TABLE, live, rows
from lstmviz.models import ModelConfig

CELLS = ("rnn", "rnn_relu", "lstm", "gru")
STEPS, LETTERS, UNITS = 6, 4, 3


@cache
def traced(cell: str, dtype: str = "float64"):
    model = lv.build_model(
        ModelConfig(cell=cell, input_size=LETTERS, hidden_size=UNITS, output_size=LETTERS, seed=3, dtype=dtype)
    )
    with torch.no_grad():
        for weight in model.recurrent.parameters():
            weight *= 3  # so that the activations bend
    x = np.random.default_rng(1).normal(size=(STEPS, LETTERS)).astype(dtype)
    return model, lv.trace(model, x), x


def everywhere(cell: str, dtype: str = "float64"):
    model, tr, x = traced(cell, dtype)
    return [(t, unit, row) for t in range(STEPS) for unit in range(UNITS) for row in live(model, tr, x, t, unit)]


def test_the_rows_are_those_of_the_notes():
    table = {(row.cell, row.name): (row.past, row.present, row.joined, row.activation) for row in TABLE}
    assert table["rnn", "h"] == ("h", "x", "weighted sum", "tanh")
    assert table["lstm", "g"] == ("h", "x", "weighted sum", "tanh")
    assert table["lstm", "c"] == ("c", "g", "gated sum", None)
    assert table["lstm", "h"] == (None, "c", None, "tanh")
    assert [row.fermentation for row in rows("lstm")] == [1, 2, 3]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("cell", CELLS)
def test_past_and_present_add_up_to_what_is_joined(cell, dtype):
    kind = np.dtype(dtype).type
    for _, _, row in everywhere(cell, dtype):
        if row.past is None:
            assert row.joined == row.present
        elif row.variable.joined == "gated sum":
            assert kind(row.past) + kind(row.present) == kind(row.joined)
        else:
            assert row.past + row.present == pytest.approx(row.joined, rel=0, abs=64 * float(np.finfo(kind).eps))


@pytest.mark.parametrize("cell", CELLS)
def test_every_value_is_the_traces_and_torchs(cell):
    model, tr, x = traced(cell)
    with torch.no_grad():
        outputs, final = model.recurrent(torch.tensor(x))
    for t, unit, row in everywhere(cell):
        name = row.variable.name
        assert row.value == getattr(tr, name)[t, unit]
        if name == "h":
            assert row.value == pytest.approx(float(outputs[t, unit]), abs=1e-13)
        if name == "c" and t == STEPS - 1:
            assert row.value == pytest.approx(float(final[1][0, unit]), abs=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_the_terms_of_a_weighted_sum_are_torchs_two_linear_maps(cell):
    model, tr, x = traced(cell)
    layer = model.recurrent
    block = {"rnn": 0, "rnn_relu": 0, "lstm": 2, "gru": 2}[cell]
    here = slice(block * UNITS, (block + 1) * UNITS)
    with torch.no_grad():
        past = nn.functional.linear(torch.tensor(tr.h_prev), layer.weight_hh_l0[here], layer.bias_hh_l0[here]).numpy()
        present = nn.functional.linear(torch.tensor(x), layer.weight_ih_l0[here], layer.bias_ih_l0[here]).numpy()
    for t, unit, row in everywhere(cell):
        if row.variable.joined == "weighted sum":
            scale = row.gates.get("r", 1.0)
            assert row.past == pytest.approx(scale * past[t, unit], abs=1e-13)
            assert row.present == pytest.approx(present[t, unit], abs=1e-13)
            assert row.given_past == tuple(tr.h_prev[t])
            assert row.given_present == tuple(x[t])


@pytest.mark.parametrize("cell", CELLS)
def test_the_activation_and_the_output_gate_lead_from_the_sum_to_the_value(cell):
    bend = {"tanh": np.tanh, "relu": lambda a: max(a, 0.0), None: lambda a: a}
    for _, _, row in everywhere(cell):
        assert row.activated == pytest.approx(float(bend[row.variable.activation](row.joined)), abs=1e-15)
        assert row.value == pytest.approx(row.gates.get("o", 1.0) * row.activated, abs=1e-15)


def test_the_terms_of_a_gated_sum_are_gate_times_what_is_given():
    for cell in ("lstm", "gru"):
        for _, _, row in everywhere(cell):
            if row.variable.joined == "gated sum":
                gate = row.gates.get("f", row.gates.get("z"))
                assert row.past == gate * row.given_past[0]
                assert row.present == row.gates.get("i", 1 - row.gates.get("z", 0)) * row.given_present[0]


def test_the_past_is_the_state_of_the_step_before():
    _, tr, _ = traced("lstm")
    for t, unit, row in everywhere("lstm"):
        if row.variable.name == "c":
            assert row.given_past == ((tr.c[t - 1, unit] if t else 0.0),)


def test_a_bare_layer_without_biases_has_a_table_too():
    layer = nn.LSTM(LETTERS, UNITS, bias=False)
    x = np.eye(LETTERS, dtype=np.float32)
    tr = lv.trace(layer, x)
    g, c, h = live(layer, tr, x, 2, 1)
    assert (g.value, c.value, h.value) == (tr.g[2, 1], tr.c[2, 1], tr.h[2, 1])


def test_units_and_steps_that_are_not_there_are_refused_in_a_sentence():
    model, tr, x = traced("lstm")
    with pytest.raises(ValueError, match="`unit` must be between 0 and 2; got 3"):
        live(model, tr, x, 0, 3)
    with pytest.raises(ValueError, match="`t` must be between 0 and 5; got 6"):
        live(model, tr, x, 6, 0)
