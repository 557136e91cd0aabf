"""One step of each cell against torch's own cells, and against the same step taken alone."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.cells.step import Weights, gru_step, lstm_step, rnn_relu_step, rnn_step, sigmoid

CELLS = {
    "rnn": (rnn_step, 1, torch.nn.RNNCell, {}),
    "rnn_relu": (rnn_relu_step, 1, torch.nn.RNNCell, {"nonlinearity": "relu"}),
    "lstm": (lstm_step, 4, torch.nn.LSTMCell, {}),
    "gru": (gru_step, 3, torch.nn.GRUCell, {}),
}


def take_step(cell, x, h, c, w):
    step = CELLS[cell][0]
    return step(x, h, c, w) if cell == "lstm" else step(x, h, w)


def random_weights(rng, gates, inputs, hidden, *leading):
    shapes = (gates * hidden, inputs), (gates * hidden, hidden), (gates * hidden,), (gates * hidden,)
    return Weights(*(rng.normal(size=(*leading, *shape)) for shape in shapes))


def torch_step(cell, x, h, c, w):
    """torch's cell in float64, given our weights."""
    module = CELLS[cell][2](x.shape[-1], h.shape[-1], dtype=torch.float64, **CELLS[cell][3])
    with torch.no_grad():
        for name, array in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), w, strict=True):
            getattr(module, name).copy_(torch.tensor(array))
        x, h, c = torch.tensor(x), torch.tensor(h), torch.tensor(c)
        return [part.numpy() for part in (module(x, (h, c)) if cell == "lstm" else (module(x, h),))]


@pytest.mark.parametrize("cell", CELLS)
@given(seed=st.integers(0, 2**32 - 1), inputs=st.integers(1, 6), hidden=st.integers(1, 7), batch=st.integers(0, 3))
@settings(deadline=None, max_examples=25)
def test_step_equals_torchs_cell(cell, seed, inputs, hidden, batch):
    rng = np.random.default_rng(seed)
    leading = (batch,) if batch else ()
    w = random_weights(rng, CELLS[cell][1], inputs, hidden)
    x, h, c = (rng.normal(scale=2, size=(*leading, size)) for size in (inputs, hidden, hidden))
    ours = take_step(cell, x, h, c, w)
    theirs = torch_step(cell, x, h, c, w)
    np.testing.assert_allclose(ours.h, theirs[0], rtol=1e-12, atol=1e-12)
    if cell == "lstm":
        np.testing.assert_allclose(ours.c, theirs[1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@given(seed=st.integers(0, 2**32 - 1), snapshots=st.integers(1, 4), batch=st.integers(1, 3))
@settings(deadline=None, max_examples=25)
def test_many_weights_and_sequences_at_once_equal_one_by_one(cell, seed, snapshots, batch):
    rng = np.random.default_rng(seed)
    inputs, hidden = 3, 2
    w = random_weights(rng, CELLS[cell][1], inputs, hidden, snapshots, 1)
    x = rng.normal(size=(batch, inputs))
    h, c = rng.normal(size=(2, snapshots, batch, hidden))
    together = take_step(cell, x, h, c, w)
    for e in range(snapshots):
        for n in range(batch):
            alone = take_step(cell, x[n], h[e, n], c[e, n], Weights(*(array[e, 0] for array in w)))
            for name, value in alone._asdict().items():
                np.testing.assert_allclose(getattr(together, name)[e, n], value, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_gates_are_the_non_linearities_of_their_sums(cell):
    rng = np.random.default_rng(0)
    w = random_weights(rng, CELLS[cell][1], 3, 4)
    x, h, c = rng.normal(size=3), rng.normal(size=4), rng.normal(size=4)
    step = take_step(cell, x, h, c, w)._asdict()
    shapes = {"g": torch.tanh, "n": torch.tanh, "h": torch.relu if cell == "rnn_relu" else torch.tanh}
    for name in [name for name in step if f"{name}_pre" in step]:
        expected = shapes.get(name, torch.sigmoid)(torch.tensor(step[f"{name}_pre"])).numpy()
        np.testing.assert_allclose(step[name], expected, rtol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_each_value_can_be_held_where_it_is_computed_and_what_comes_after_uses_it(cell):
    rng = np.random.default_rng(0)
    w = random_weights(rng, CELLS[cell][1], 3, 4)
    x, h, c = rng.normal(size=3), rng.normal(size=4), rng.normal(size=4)
    names = {"lstm": "ifgoch", "gru": "rznh"}.get(cell, "h")
    given = (x, h, c, w) if cell == "lstm" else (x, h, w)
    seen = []

    def watch(name, value):
        seen.append(name)
        return value

    plain = CELLS[cell][0](*given, watch)
    assert "".join(seen) == names
    for ours, same in zip(plain, CELLS[cell][0](*given), strict=True):
        np.testing.assert_array_equal(ours, same)
    for held in names:
        step = CELLS[cell][0](*given, lambda name, value, held=held: value * 0 + 0.25 if name == held else value)
        assert (getattr(step, held) == 0.25).all()
        if cell == "lstm":
            c_after = np.full(4, 0.25) if held == "c" else step.f * c + step.i * step.g
            np.testing.assert_array_equal(step.c, c_after)
            np.testing.assert_array_equal(step.h, 0.25 if held == "h" else step.o * np.tanh(step.c))
        if cell == "gru":
            n = np.full(4, 0.25) if held == "n" else np.tanh(plain.n_pre + (step.r - plain.r) * plain.n_hidden)
            np.testing.assert_allclose(step.n, n, rtol=1e-12, atol=1e-14)
            np.testing.assert_array_equal(step.h, 0.25 if held == "h" else (1 - step.z) * step.n + step.z * h)


@pytest.mark.parametrize("cell", CELLS)
def test_float32_stays_float32(cell):
    rng = np.random.default_rng(0)
    w = Weights(*(array.astype(np.float32) for array in random_weights(rng, CELLS[cell][1], 3, 4)))
    x, h, c = (rng.normal(size=size).astype(np.float32) for size in (3, 4, 4))
    assert {value.dtype for value in take_step(cell, x, h, c, w)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_torchs_over_its_whole_range_and_warns_of_nothing(dtype):
    a = np.concatenate([np.linspace(-800, 800, 2001), np.linspace(-20, 20, 2001), [-np.inf, np.inf]]).astype(dtype)
    expected = torch.sigmoid(torch.tensor(a)).numpy()
    np.testing.assert_allclose(sigmoid(a), expected, rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)


def test_relu_passes_on_what_is_not_a_number():
    w = Weights(np.array([[np.nan]]), np.zeros((1, 1)), np.zeros(1), np.zeros(1))
    assert np.isnan(rnn_relu_step(np.ones(1), np.zeros(1), w).h).all()
