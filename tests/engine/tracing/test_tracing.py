"""The trace: every number of every step, against torch's layers, torch's cells and torch's own functions."""

import copy
import dataclasses
import importlib
import pickle
import warnings
from typing import NamedTuple

import numpy as np
import pyarrow
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune

from lstmviz.cells.step import as_it_is
from lstmviz.models import CELLS, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace, trace_snapshots
from lstmviz.training import TrainConfig, train

LAYERS = {
    "rnn": (torch.nn.RNN, torch.nn.RNNCell, {}),
    "rnn_relu": (torch.nn.RNN, torch.nn.RNNCell, {"nonlinearity": "relu"}),
    "lstm": (torch.nn.LSTM, torch.nn.LSTMCell, {}),
    "gru": (torch.nn.GRU, torch.nn.GRUCell, {}),
}
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


def make_layer(cell, seed, inputs, hidden, **options):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LAYERS[cell][0](inputs, hidden, **LAYERS[cell][2], **options)


def make_model(cell="lstm", seed=1, hidden=3, **options):
    return build_model(ModelConfig(cell=cell, input_size=4, hidden_size=hidden, output_size=4, seed=seed, **options))


def largest_inside(tr):
    """What rounding is measured against: 1, or the largest number met, sums included."""
    return max(1, *(np.abs(array).max() for layer in tr.layers for array in layer.values.values()))


class Run(NamedTuple):
    """A layer, an input for it and a state to start from, all drawn at random."""

    layer: torch.nn.RNNBase
    x: np.ndarray
    state: object
    dtype: str


@st.composite
def runs(draw, cell, scales=(0.1, 1, 10, 100), max_layers=3):
    """Runs over sizes, layers, directions, biases, lengths, batch layouts, input scales and states."""
    dtype = draw(st.sampled_from(["float32", "float64"]))
    inputs, hidden, layers = draw(st.integers(1, 7)), draw(st.integers(1, 7)), draw(st.integers(1, max_layers))
    both, batch_first, batch = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([None, 1, 3]))
    seed, steps = draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 25))
    layer = make_layer(
        cell,
        seed,
        inputs,
        hidden,
        num_layers=layers,
        bidirectional=both,
        batch_first=batch_first,
        bias=draw(st.booleans()),
        dtype=getattr(torch, dtype),
    )
    rng = np.random.default_rng(seed)
    shape = (steps, inputs) if batch is None else (batch, steps, inputs) if batch_first else (steps, batch, inputs)
    x = (draw(st.sampled_from(scales)) * rng.normal(size=shape)).astype(dtype)
    state = None
    if draw(st.booleans()):
        shape = (layers * (1 + both), hidden) if batch is None else (layers * (1 + both), batch, hidden)
        h, c = rng.uniform(-1, 1, size=(2, *shape)).astype(dtype)
        state = (h, c) if cell == "lstm" else h
    return Run(layer, x, state, dtype)


def as_tensors(state):
    if state is None:
        return None
    return tuple(torch.tensor(part) for part in state) if isinstance(state, tuple) else torch.tensor(state)


def torch_outputs(run):
    """What torch says: outputs (sequence first) and final states, numpy."""
    with torch.no_grad():
        outputs, final = run.layer(torch.tensor(run.x), as_tensors(run.state))
    if run.layer.batch_first and run.x.ndim == 3:
        outputs = outputs.transpose(0, 1)
    return outputs.numpy(), [part.numpy() for part in (final if isinstance(final, tuple) else (final,))]


def traced_outputs(run, tr):
    ways = 2 if run.layer.bidirectional else 1
    outputs = np.concatenate([layer.h for layer in tr.layers[-ways:]], axis=-1)
    return outputs, list(tr.state) if isinstance(tr.state, tuple) else [tr.state]


@pytest.mark.parametrize("cell", CELLS)
@given(st.data())
@settings(deadline=None, max_examples=50)
def test_equals_torch(cell, data):
    run = data.draw(runs(cell))
    tr = trace(run.layer, run.x, run.state)
    outputs, final = torch_outputs(run)
    our_outputs, our_final = traced_outputs(run, tr)
    atol = TOLERANCE[run.dtype] * largest_inside(tr)
    np.testing.assert_allclose(our_outputs, outputs, rtol=0, atol=atol)
    for ours, theirs in zip(our_final, final, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)
    differences = [np.abs(our_outputs - outputs), *(np.abs(a - b) for a, b in zip(our_final, final, strict=True))]
    assert tr.difference_from_torch == max(difference.max() for difference in differences)
    assert {array.dtype for layer in tr.layers for array in layer.values.values()} == {np.dtype(run.dtype)}


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@given(st.data())
@settings(deadline=None, max_examples=25)
def test_difference_is_below_a_millionth_for_inputs_about_1(cell, data):
    run = data.draw(runs(cell, scales=(0.1, 1)))
    assert trace(run.layer, run.x, run.state).difference_from_torch <= TOLERANCE[run.dtype]


@pytest.mark.parametrize("cell", CELLS)
@given(st.data())
@settings(deadline=None, max_examples=25)
def test_every_step_equals_torchs_cell(cell, data):
    run = data.draw(runs(cell, max_layers=2))
    tr = trace(run.layer, run.x, run.state)
    atol = TOLERANCE[run.dtype] * largest_inside(tr)
    below = torch.tensor(run.x.swapaxes(0, 1) if run.layer.batch_first and run.x.ndim == 3 else run.x)
    ways = 2 if run.layer.bidirectional else 1
    for n, layer in enumerate(tr.layers):
        one = LAYERS[cell][1](
            below.shape[-1], layer.h.shape[-1], bias=run.layer.bias, dtype=below.dtype, **LAYERS[cell][2]
        )
        suffix = f"_l{layer.layer}" + ("_reverse" if layer.reverse else "")
        one.load_state_dict({name: getattr(run.layer, name + suffix) for name in one.state_dict()})
        for t in range(len(below)):
            h, c = torch.tensor(layer.h_prev[t]), None if layer.c_prev is None else torch.tensor(layer.c_prev[t])
            with torch.no_grad():
                after = one(below[t], h if c is None else (h, c))
            h, c = (after, None) if c is None else after
            np.testing.assert_allclose(layer.h[t], h.numpy(), rtol=0, atol=atol)
            if c is not None:
                np.testing.assert_allclose(layer.c[t], c.numpy(), rtol=0, atol=atol)
        if n % ways == ways - 1:
            below = torch.tensor(np.concatenate([way.h for way in tr.layers[n + 1 - ways : n + 1]], axis=-1))


@pytest.mark.parametrize("cell", CELLS)
@given(st.data())
@settings(deadline=None, max_examples=25)
def test_each_step_starts_from_the_state_that_the_one_before_left(cell, data):
    run = data.draw(runs(cell))
    tr = trace(run.layer, run.x, run.state)
    start = run.state if isinstance(run.state, tuple) else (run.state,)
    for n, layer in enumerate(tr.layers):
        for k, (before, after) in enumerate([(layer.h_prev, layer.h), (layer.c_prev, layer.values.get("c"))]):
            if before is None:
                assert cell != "lstm"
                continue
            order = slice(None, None, -1) if layer.reverse else slice(None)
            np.testing.assert_array_equal(before[order][1:], after[order][:-1])
            np.testing.assert_array_equal(before[order][0], 0 if run.state is None else start[k][n])


@pytest.mark.parametrize("cell", CELLS)
@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_gates_are_those_of_the_equations_written_with_torchs_functions(cell, seed):
    layer = make_layer(cell, seed, 4, 3, dtype=torch.float64)
    x = torch.tensor(np.random.default_rng(seed).normal(size=(6, 4)))
    tr = trace(layer, x)
    with torch.no_grad():
        from_x = torch.nn.functional.linear(x, layer.weight_ih_l0, layer.bias_ih_l0)
        from_h = torch.nn.functional.linear(torch.tensor(tr.h_prev), layer.weight_hh_l0, layer.bias_hh_l0)
    if cell == "lstm":
        sums = dict(zip(("i", "f", "g", "o"), (from_x + from_h).chunk(4, dim=-1), strict=True))
    elif cell == "gru":
        r, z, n = from_h.chunk(3, dim=-1)
        np.testing.assert_allclose(tr.n_hidden, n.numpy(), rtol=1e-12, atol=1e-14)
        n = torch.tensor(tr.r) * n
        sums = dict(
            zip(("r", "z", "n"), [a + b for a, b in zip(from_x.chunk(3, dim=-1), (r, z, n), strict=True)], strict=True)
        )
    else:
        sums = {"h": from_x + from_h}
    for name, total in sums.items():
        np.testing.assert_allclose(getattr(tr, f"{name}_pre"), total.numpy(), rtol=1e-12, atol=1e-14)
        squash = {"g": torch.tanh, "n": torch.tanh, "h": torch.relu if cell == "rnn_relu" else torch.tanh}
        expected = squash.get(name, torch.sigmoid)(total).numpy()
        np.testing.assert_allclose(getattr(tr, name), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("batch", [(), (3,)])
def test_logits_and_probabilities_are_torchs(cell, both, batch):
    model = make_model(cell, num_layers=2, bidirectional=both)
    x = np.random.default_rng(0).normal(size=(9, *batch, 4)).astype(np.float32)
    tr = trace(model, x)
    with torch.no_grad():
        logits, _ = model(torch.tensor(x))
    np.testing.assert_allclose(tr.logits, logits.numpy(), rtol=0, atol=1e-6)
    np.testing.assert_allclose(tr.probabilities, torch.softmax(logits, -1).numpy(), rtol=0, atol=1e-6)
    np.testing.assert_allclose(tr.probabilities.sum(-1), 1, atol=1e-6)
    assert tr.difference_from_torch <= 1e-6


@pytest.mark.parametrize("cell", CELLS)
@given(st.data(), st.integers(1, 24))
@settings(deadline=None, max_examples=25)
def test_two_halves_are_the_whole_when_the_state_is_handed_on(cell, data, cut):
    run = data.draw(runs(cell, max_layers=2).filter(lambda run: not run.layer.bidirectional))
    axis = 1 if run.layer.batch_first and run.x.ndim == 3 else 0
    cut = min(cut, run.x.shape[axis] - 1)
    whole = trace(run.layer, run.x, run.state)
    if cut == 0:
        return
    head, tail = np.split(run.x, [cut], axis=axis)
    first = trace(run.layer, head, run.state)
    second = trace(run.layer, tail, first.state)
    atol = TOLERANCE[run.dtype] * largest_inside(whole)
    for k, layer in enumerate(whole.layers):
        for name, array in layer.values.items():
            parts = [first.layers[k].values[name], second.layers[k].values[name]]
            np.testing.assert_allclose(np.concatenate(parts), array, rtol=0, atol=atol)


def test_a_slip_in_an_equation_would_show_in_the_difference(monkeypatch):
    module = importlib.import_module("lstmviz.cells.sequence")
    monkeypatch.setattr(module, "_sigmoid", np.tanh)
    assert trace(make_model("lstm"), np.eye(4)).difference_from_torch > 0.01


def test_a_slip_in_the_head_would_show_in_the_difference(monkeypatch):
    module = importlib.import_module("lstmviz.tracing.of_layer")
    monkeypatch.setattr(module, "_linear", lambda head, hidden: np.zeros((*hidden.shape[:-1], 4)))
    assert trace(make_model("lstm"), np.eye(4)).difference_from_torch > 0.01


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 3e38])
def test_a_diverged_network_can_be_followed(cell, poison):
    model = make_model(cell)
    parameters = parameters_of(model)
    parameters["recurrent.weight_hh_l0"][0, 0] = poison
    parameters["head.weight"][0, 0] = poison
    load_parameters(model, parameters)
    tr = trace(model, np.eye(4), as_state(cell))
    with torch.no_grad():
        logits, _ = model(torch.eye(4), as_tensors(as_state(cell)))
    np.testing.assert_array_equal(np.isnan(tr.logits), logits.isnan().numpy())
    together = trace_snapshots(model, [parameters, parameters], np.eye(4))
    assert together.h.shape == (2, 4, 3)


def as_state(cell):
    h = np.full((1, 3), 0.5, np.float32)
    return (h, h) if cell == "lstm" else h


def test_difference_is_infinite_where_only_one_side_is_a_number(monkeypatch):
    module = importlib.import_module("lstmviz.tracing.of_layer")
    monkeypatch.setattr(module, "_linear", lambda head, hidden: np.full((*hidden.shape[:-1], 4), np.nan))
    assert trace(make_model("lstm"), np.eye(4)).difference_from_torch == np.inf


@pytest.mark.parametrize("cell", CELLS)
def test_model_and_torchs_generator_are_left_as_they_were(cell):
    model = make_model(cell).train()
    before, state = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    tr = trace(model, np.eye(4))
    trace_snapshots(model, [parameters_of(make_model(cell, seed=5))], np.eye(4))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(torch.get_rng_state(), state)
    assert model.training
    with torch.no_grad():
        model.recurrent.weight_ih_l0.zero_()
    assert tr.h.any()


def test_input_may_be_numpy_or_torch_of_any_real_type():
    model, x = make_model(), np.eye(4, dtype=np.float32)
    expected = trace(model, x)
    given = [
        x.astype(int),
        x.astype(bool),
        x.astype(float),
        x.tolist(),
        torch.eye(4),
        torch.eye(4, dtype=torch.bfloat16),
    ]
    for same in [*given, torch.eye(4, requires_grad=True), torch.eye(4, dtype=torch.int64)]:
        np.testing.assert_array_equal(trace(model, same).logits, expected.logits)


# What one has in the hand after a trace


def test_one_layer_is_read_straight_from_the_trace():
    tr = trace(make_model("lstm"), np.eye(4))
    for name in ("i", "f", "g", "o", "c", "h", "i_pre", "f_pre", "g_pre", "o_pre", "h_prev", "c_prev"):
        assert getattr(tr, name) is getattr(tr.layers[0], name)
        assert getattr(tr, name).shape == (4, 3)


def test_bare_layers_have_no_logits():
    tr = trace(make_layer("gru", 0, 4, 3), np.eye(4))
    assert tr.logits is None
    assert tr.probabilities is None
    assert tr.r.shape == (4, 3)


def test_missing_quantities_are_refused_by_name():
    tr = trace(make_model("gru"), np.eye(4))
    with pytest.raises(
        AttributeError, match="a trace of gru has no `f`; it has r_pre, z_pre, n_pre, n_hidden, r, z, n"
    ):
        _ = tr.f
    stack = trace(make_model("lstm", num_layers=2), np.eye(4))
    with pytest.raises(AttributeError, match=r"has 2 layers, so no `i`; take `layers\[k\].i`"):
        _ = stack.i


def test_layers_come_in_torchs_order():
    tr = trace(make_model("rnn", num_layers=2, bidirectional=True), np.eye(4))
    assert [(layer.layer, layer.reverse) for layer in tr.layers] == [(0, False), (0, True), (1, False), (1, True)]
    assert tr.state.shape == (4, 3)


def test_traces_are_frozen_and_survive_a_cache():
    model = make_model("lstm", num_layers=2)
    tr = trace(model, np.eye(4), letters="abcd")
    with pytest.raises(dataclasses.FrozenInstanceError):
        tr.logits = None
    with pytest.raises(ValueError, match="read-only"):
        tr.layers[0].h[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        tr.probabilities[0, 0] = 1
    for twin in (copy.copy(tr), copy.deepcopy(tr), pickle.loads(pickle.dumps(tr))):
        np.testing.assert_array_equal(twin.layers[1].c, tr.layers[1].c)
        assert twin.letters == tuple("abcd")


def test_to_pandas_has_every_number_in_a_row_of_its_own():
    task = alphabet_task("abcabC", repeats=2)
    tr = trace(make_model("lstm"), task.one_hot(), letters=task.labels)
    frame = tr.to_pandas()
    assert list(frame.columns) == ["layer", "step", "letter", "quantity", "unit", "value"]
    assert len(frame) == 11 * (10 * 3 + 2 * 4)
    for row in frame.sample(200, random_state=0).itertuples():
        source = getattr(tr, row.quantity)
        assert row.value == source[row.step, row.unit]
        assert row.letter == task.labels[row.step]
        assert row.layer == (1 if row.quantity in ("logits", "probabilities") else 0)
    table = frame[frame["quantity"] == "c"].pivot(index="step", columns="unit", values="value")
    np.testing.assert_array_equal(table.to_numpy(), tr.c)


def test_to_pandas_names_direction_sequence_and_snapshot_only_where_there_are_such():
    x = np.random.default_rng(0).normal(size=(5, 2, 4))
    batch = trace(make_model("gru", num_layers=2, bidirectional=True), x)
    frame = batch.to_pandas(letters="abcde")
    assert list(frame.columns) == ["sequence", "layer", "direction", "step", "letter", "quantity", "unit", "value"]
    one = frame.query("sequence == 1 and layer == 1 and direction == 'reverse' and quantity == 'z' and unit == 2")
    np.testing.assert_array_equal(one["value"], batch.layers[3].z[:, 1, 2])
    assert "".join(one["letter"]) == "abcde"
    model = make_model("rnn")
    frame = trace_snapshots(model, [parameters_of(model)] * 3, np.eye(4)).to_pandas()
    assert list(frame.columns) == ["snapshot", "layer", "step", "letter", "quantity", "unit", "value"]
    assert frame["letter"].isna().all()


# Many snapshots at once


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_snapshots_together_equal_one_by_one(cell, dtype, count):
    model = make_model(cell, seed=99, dtype=dtype)
    x = alphabet_task("abcabC", repeats=5).one_hot()
    snapshots = [parameters_of(make_model(cell, seed=seed, dtype=dtype)) for seed in range(count)]
    together = trace_snapshots(model, snapshots, x)
    assert together.difference_from_torch <= TOLERANCE[dtype]
    for e, snapshot in enumerate(snapshots):
        load_parameters(model, snapshot)
        alone = trace(model, x)
        close = {"rtol": 0, "atol": 5 * TOLERANCE[dtype]}
        for name, array in alone.layers[0].values.items():
            np.testing.assert_allclose(together.layers[0].values[name][e], array, **close)
        np.testing.assert_allclose(together.h_prev[e], alone.h_prev, **close)
        np.testing.assert_allclose(together.logits[e], alone.logits, **close)
        np.testing.assert_allclose(together.probabilities[e], alone.probabilities, **close)
        states = zip(together.state, alone.state, strict=True) if cell == "lstm" else [(together.state, alone.state)]
        for ours, theirs in states:
            np.testing.assert_allclose(ours[e], theirs, **close)


@pytest.mark.parametrize("cell", CELLS)
def test_snapshots_start_where_they_are_told(cell):
    models = [make_model(cell, seed) for seed in range(3)]
    together = trace_snapshots(models[0], [parameters_of(model) for model in models], np.eye(4), as_state(cell))
    assert together.difference_from_torch <= 1e-6
    for e, model in enumerate(models):
        alone = trace(model, np.eye(4), as_state(cell))
        np.testing.assert_allclose(together.h[e], alone.h, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(together.h_prev[e, 0], alone.h_prev[0])


@pytest.mark.parametrize("cell", CELLS)
def test_snapshots_of_a_bare_layer(cell):
    layers = [make_layer(cell, seed, 4, 3, bias=False) for seed in range(3)]
    together = trace_snapshots(layers[0], [parameters_of(layer) for layer in layers], np.eye(4))
    assert together.logits is None
    for e, layer in enumerate(layers):
        np.testing.assert_allclose(together.h[e], trace(layer, np.eye(4)).h, rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_one_snapshot_or_some_of_a_trace(cell):
    models = [make_model(cell, seed) for seed in range(4)]
    together = trace_snapshots(models[0], [parameters_of(model) for model in models], np.eye(4))
    alone, some = together.snapshot(2), together.snapshot(slice(-2, None))
    assert (alone.axes, some.axes) == (("step",), ("snapshot", "step"))
    same = trace(models[2], np.eye(4))
    for name, array in same.layers[0].values.items():
        assert alone.layers[0].values[name].shape == array.shape
        np.testing.assert_allclose(alone.layers[0].values[name], array, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(some.layers[0].values[name], together.layers[0].values[name][2:])
    for ours, theirs in zip(np.atleast_1d(alone.state[0]), np.atleast_1d(same.state[0]), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(some.probabilities, together.probabilities[2:])
    assert alone.difference_from_torch == together.difference_from_torch
    assert list(alone.to_pandas().columns) == list(same.to_pandas().columns)
    with pytest.raises(ValueError, match="needs a trace of several snapshots"):
        same.snapshot(0)


# Bad input, one sentence each


def bad_layer(**options):
    return torch.nn.LSTM(4, 3, **options)


@pytest.mark.parametrize(
    ("model", "x", "state", "error", "message"),
    [
        (bad_layer(proj_size=2), np.eye(4), None, ValueError, "must have no projection .*; got proj_size=2"),
        (bad_layer(num_layers=2, dropout=0.5), np.eye(4), None, ValueError, r"must be in eval\(\) mode"),
        (bad_layer(dtype=torch.complex64), np.eye(4), None, ValueError, "or bfloat16; got torch.complex64"),
        ("abc", np.eye(4), None, TypeError, "must be a module of torch; got str"),
        (bad_layer(device="meta"), np.eye(4), None, ValueError, "weights in memory; they are on the meta device"),
        (torch.nn.LSTMCell(4, 3, device="meta"), np.eye(4), None, ValueError, "they are on the meta device"),
        (bad_layer(), np.ones(4), None, ValueError, r"must have shape \(T, V\) or \(T, N, V\) .*; got \(4,\)"),
        (
            bad_layer(batch_first=True),
            np.ones((1, 2, 3, 4)),
            None,
            ValueError,
            r"or \(N, T, V\) .*; got \(1, 2, 3, 4\)",
        ),
        (bad_layer(), np.ones((0, 4)), None, ValueError, r"no side of 0; got \(0, 4\)"),
        (bad_layer(), np.ones((2, 0, 4)), None, ValueError, r"no side of 0; got \(2, 0, 4\)"),
        (bad_layer(), np.ones((5, 3)), None, ValueError, "must have 4 numbers a step, as the model reads; got 3"),
        (bad_layer(), np.full((5, 4), np.nan), None, ValueError, "`x` must hold finite numbers only; got nan"),
        (bad_layer(), np.full((5, 4), 1e300), None, ValueError, "`x` must hold finite numbers only; got inf"),
        (bad_layer(), np.full((5, 4), 1j), None, ValueError, "`x` must hold real numbers; got complex128"),
        (bad_layer(), np.full((5, 4), "a"), None, ValueError, "`x` must hold real numbers; got <U1"),
        (bad_layer(), np.eye(4), np.zeros((1, 3)), ValueError, r"must be a pair \(h, c\) for an LSTM; got ndarray"),
        (bad_layer(), np.eye(4), (np.zeros((1, 3)), np.zeros(3)), ValueError, r"shape \(1, 3\), .*; got \(3,\)"),
        (bad_layer(), np.ones((5, 2, 4)), (np.zeros((1, 3)),) * 2, ValueError, r"shape \(1, 2, 3\), .*; got \(1, 3\)"),
        (torch.nn.GRU(4, 3), np.eye(4), np.full((1, 3), np.inf), ValueError, "`state` must hold finite numbers only"),
    ],
)
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_what_cannot_be_followed_is_refused_in_one_sentence(model, x, state, error, message):
    with pytest.raises(error, match=message) as caught:
        trace(model, x, state)
    assert "\n" not in str(caught.value)


def test_dropout_is_no_obstacle_once_it_is_off():
    assert trace(bad_layer(num_layers=2, dropout=0.5).eval(), np.eye(4)).difference_from_torch <= 1e-6


def test_letters_must_be_as_many_as_steps():
    for refuse in (
        lambda: trace(make_model(), np.eye(4), letters="abc"),
        lambda: trace(make_model(), np.eye(4)).to_pandas("abcde"),
        lambda: trace_snapshots(make_model(), [parameters_of(make_model())], np.eye(4), letters="abc"),
    ):
        with pytest.raises(ValueError, match=r"`letters` must have one label for each of the 4 steps; got [35]"):
            refuse()


def test_nothing_is_held_in_several_layers_or_in_other_steps_than_there_are():
    for stack in (make_model(num_layers=2), make_model(bidirectional=True)):
        with pytest.raises(ValueError, match="`held` must be left out for a network of several layers or directions"):
            trace(stack, np.eye(4), held=[as_it_is] * 4)
    model = make_model()
    for refuse in (
        lambda: trace(model, np.eye(4), held=[as_it_is] * 3),
        lambda: trace_snapshots(model, [parameters_of(model)], np.eye(4), held=[as_it_is] * 3),
    ):
        with pytest.raises(ValueError, match="`held` must have one entry for each of the 4 steps; got 3"):
            refuse()


def test_snapshots_that_do_not_fit_are_refused():
    model, parameters = make_model(), parameters_of(make_model())
    with pytest.raises(ValueError, match="must hold at least one set of weights"):
        trace_snapshots(model, [], np.eye(4))
    with pytest.raises(ValueError, match=r"must have shape .* for head.weight"):
        trace_snapshots(model, [parameters, parameters | {"head.weight": np.eye(2)}], np.eye(4))
    with pytest.raises(ValueError, match=r"must have shape \(T, 4\) for snapshots; got \(2, 3, 4\)"):
        trace_snapshots(model, [parameters], np.ones((2, 3, 4)))
    stack = make_model(num_layers=2)
    with pytest.raises(ValueError, match="one layer and one direction"):
        trace_snapshots(stack, [parameters_of(stack)], np.eye(4))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("scale", [0.001, 1, 50])
@pytest.mark.parametrize("kind", ["plain", "snapshots", "held", "infinite", "ragged"])
def test_the_largest_magnitude_is_that_of_any_number_kept(cell, scale, kind):
    model, x = make_model(cell), scale * np.ones((4, 4))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(min(scale, 1))
        if kind == "infinite":
            model.head.bias[0] = np.inf
    if kind == "snapshots":
        tr = trace_snapshots(model, [parameters_of(model)] * 2, x)
    elif kind == "held":
        tr = trace(model, x, held=[lambda name, value: value * 0 + 7 if name == "h" else value] * 4)
    elif kind == "ragged":
        tr = trace(model, np.stack([x, x], axis=1), lengths=[4, 2])
    else:
        tr = trace(model, x)
    numbers = np.concatenate([array.ravel() for array in (*tr.layers[0].values.values(), tr.logits)])
    assert tr.largest == np.abs(numbers[np.isfinite(numbers)]).max()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_each_step_equals_torchs_where_the_whole_text_does_not(cell):
    """A network of large weights is chaotic: torch and we part over the text, yet no step differs."""
    model = build_model(ModelConfig(cell=cell, input_size=3, hidden_size=16, output_size=3, seed=2))
    with torch.no_grad():
        for parameter in model.recurrent.parameters():
            parameter.mul_(30)
    x = np.eye(3, dtype=np.float32)[np.arange(400) % 3]
    tr = trace(model, x)
    assert tr.step_difference_from_torch <= 1e-5 * max(1, tr.largest)
    both = trace_snapshots(model, [parameters_of(model)] * 2, x)
    assert both.step_difference_from_torch == pytest.approx(tr.step_difference_from_torch, abs=1e-5)
    assert trace(model, x[:, None]).step_difference_from_torch is None
    one = getattr(torch.nn, cell.upper() + "Cell")(3, 16)
    for name, weight in one.named_parameters():
        weight.data.copy_(getattr(model.recurrent, name + "_l0"))
    with torch.no_grad():
        start = torch.tensor(tr.h_prev)
        if cell == "lstm":
            h, _ = one(torch.tensor(x), (start, torch.tensor(tr.c_prev)))
        else:
            h = one(torch.tensor(x), start)
    assert np.abs(h.numpy() - tr.h).max() <= 1e-5 * max(1, tr.largest)


def shrink_a_bias(layer):
    prune.random_unstructured(layer, "bias_ih_l0", amount=0.5)


def cut_a_weight(layer):
    prune.l1_unstructured(layer, "weight_hh_l0", amount=0.4)


def normalize_as_before(layer):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nn.utils.weight_norm(layer, "weight_hh_l0")


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("change", [shrink_a_bias, cut_a_weight, normalize_as_before])
def test_a_weight_made_of_others_is_what_the_layer_computes_with(kind, change):
    torch.manual_seed(0)
    layer, x = kind(4, 5), torch.randn(7, 4)
    plain = trace(layer, x)
    change(layer)
    with torch.no_grad():
        outputs, _ = layer(x)
    found = trace(layer, x)
    np.testing.assert_allclose(found.h, outputs, atol=1e-6)
    assert found.difference_from_torch < 1e-6
    if change is not normalize_as_before:
        assert np.abs(found.h - plain.h).max() > 1e-4


def test_a_head_without_a_bias_is_followed():
    model = build_model(ModelConfig(input_size=3, hidden_size=2, output_size=3))
    model.head = nn.Linear(2, 3, bias=False)
    assert trace(model, np.eye(3)).difference_from_torch < 1e-6


def test_what_train_gives_is_taken_as_it_comes():
    task = alphabet_task("abaB", 6)
    model = build_model(ModelConfig(input_size=3, hidden_size=2, output_size=3))
    records = list(train(model, task, TrainConfig(epochs=30, snapshots=4)))
    some = {record.epoch: record.parameters for record in records if record.parameters}
    assert len(some) < len(records)
    wanted = trace_snapshots(model, list(some.values()), task.one_hot())
    told = [record.parameters for record in records]
    for snapshots in (told, iter(told), some.values()):
        np.testing.assert_array_equal(trace_snapshots(model, snapshots, task.one_hot()).h, wanted.h)
    with pytest.raises(ValueError, match="must hold at least one set of weights; got none"):
        trace_snapshots(model, iter([None, None]), task.one_hot())


def test_labels_of_any_kind_survive_arrow():
    table = trace(nn.LSTM(2, 2), np.ones((3, 2)), letters=[1, "b", None]).to_pandas()
    assert sorted(set(table.letter)) == ["1", "None", "b"]
    assert pyarrow.Table.from_pandas(table).num_rows == len(table)


def test_dropout_of_a_single_layer_does_nothing_and_is_let_pass():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = nn.LSTM(2, 3, dropout=0.5)
    assert trace(layer, np.ones((4, 2))).difference_from_torch < 1e-6


def test_autocast_around_it_does_not_reach_the_comparison():
    torch.manual_seed(1)
    layer, x = nn.LSTM(4, 8), torch.randn(9, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert trace(layer, x).difference_from_torch < 1e-6
