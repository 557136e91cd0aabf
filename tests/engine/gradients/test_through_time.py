"""Gradients through time are autograd's, and stay right where float64 has no number so small."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstmviz as lv
from lstmviz.gradients import (
    band,
    by_lag,
    gradients_of_networks,
    gradients_of_snapshots,
    gradients_through_time,
)
from lstmviz.gradients.forward import cross_entropy
from lstmviz.statemap import state_map

from .oracle import CELLS, gradients_of_state, network, trained, unrolled

TASK = lv.alphabet_task("abcabC", 6)


def check_against_autograd(model: lv.Model, task: lv.Task, window: range, layer: int) -> None:
    ours = gradients_through_time(model, task, steps=window, layer=layer, vectors=True)
    names = {"h": (ours.h, ours.log10_h, ours.h_vectors), "c": (ours.c, ours.log10_c, ours.c_vectors)}
    for name in ("h", "c") if ours.cell == "lstm" else ("h",):
        norms, logs, vectors = names[name]
        theirs = gradients_of_state(model, task, window, name, layer)
        np.testing.assert_allclose(vectors, theirs, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(norms, np.linalg.norm(theirs, axis=-1), rtol=1e-9, atol=1e-13)
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(logs, np.log10(norms), atol=1e-10)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_each_gradient_is_what_autograd_gives_on_a_loop_of_torch_operations(cell, layers):
    for layer in range(layers):
        check_against_autograd(network(cell, layers, gain=1.5), TASK, range(5, 22), layer)


@pytest.mark.parametrize("cell", CELLS)
def test_so_it_is_in_a_trained_network_over_the_whole_text(cell):
    check_against_autograd(trained(cell), TASK, range(len(TASK.x)), 0)


@settings(deadline=None, max_examples=15)
@given(
    cell=st.sampled_from(CELLS),
    hidden=st.integers(1, 6),
    seed=st.integers(0, 10**6),
    gain=st.floats(0, 4),
    start=st.integers(0, 10),
)
def test_so_it_is_for_any_size_seed_gain_and_window(cell, hidden, seed, gain, start):
    model = network(cell, 1, hidden, seed)
    ours = gradients_through_time(model, TASK, steps=slice(start, start + 9), gain=gain, vectors=True)
    theirs = gradients_of_state(network(cell, 1, hidden, seed, gain=gain), TASK, range(start, start + 9), "h", 0)
    scale = np.nanmax(np.abs(theirs)) + 1e-300
    np.testing.assert_allclose(ours.h_vectors / scale, theirs / scale, atol=1e-10)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_finite_difference_of_the_state_changes_the_loss_as_said(cell):
    model, k, t, size = network(cell, 2), 4, 11, 1e-5
    ours = gradients_through_time(model, TASK, steps=range(k, t + 1), vectors=True, layer=1)
    f = state_map(model)
    x = np.eye(4)[TASK.x]
    start = f.after(np.zeros(f.size), x[: k + 1])

    def loss(state):
        logits = f.logits(f.after(state, x[k + 1 : t + 1]))
        return float(nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(TASK.y[t])))

    at_h = slice(f.size - f.parts * f.hidden_size, f.size - (f.parts - 1) * f.hidden_size)
    for unit, theirs in enumerate(ours.h_vectors[-1, 0]):
        moved = np.zeros(f.size)
        moved[at_h.start + unit] = size
        assert (loss(start + moved) - loss(start - moved)) / (2 * size) == pytest.approx(theirs, rel=1e-5, abs=1e-10)


def test_loss_is_torchs():
    ours = gradients_through_time(network("gru"), TASK, steps=slice(3, 20))
    np.testing.assert_allclose(ours.loss, unrolled(network("gru"), TASK, 20)[0].detach()[3:], rtol=1e-12)


def test_a_sure_network_keeps_its_small_errors():
    loss, error = cross_entropy(np.array([[[80.0, 0.0, 0.0]], [[-1000.0, 0.0, 0.0]]]), np.array([0, 0]))
    assert loss[0, 0] == pytest.approx(2 * np.exp(-80), rel=1e-12)
    assert error[0, 0, 0] == pytest.approx(-2 * np.exp(-80), rel=1e-12)
    assert loss[1, 0] == pytest.approx(1000 + np.log(2))
    np.testing.assert_allclose(error[1, 0], [-1, 0.5, 0.5])


def a_unit_that_scales_by(weight: float, cell: str = "rnn_relu", value: float = 1.0) -> lv.Model:
    """One unit with h' = weight h, kept above 0, so that dL_t/dh_k = dL_t/dh_t weight^(t - k) exactly."""
    model = network(cell, hidden=1, letters=2)
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
        model.recurrent.bias_ih_l0[:] = value
        model.recurrent.weight_hh_l0[:] = weight
        model.head.weight[0] = 1.0
    return model


def test_what_float64_cannot_hold_is_said_and_still_has_its_logarithm():
    task = lv.alphabet_task("ab", 100)
    weight = 2.0**-20
    ours = gradients_through_time(a_unit_that_scales_by(weight), task, steps=slice(0, 199))
    lags = np.arange(199)[:, None] - np.arange(199)
    expected = np.diagonal(ours.log10_h)[:, None] + lags * float(np.log10(weight))
    below = lags >= 0
    np.testing.assert_allclose(ours.log10_h[below], expected[below], atol=1e-9)
    assert ours.log10_h[198, 0] < -1180  # (2^-20)^198
    assert ours.h[198, 0] == 0
    assert ours.underflows == int((ours.h[below] == 0).sum()) > 0
    assert ours.zeros == 0


def test_an_exact_zero_is_told_from_an_underflow():
    ours = gradients_through_time(a_unit_that_scales_by(0.5, value=-1.0), lv.alphabet_task("ab", 30))
    below = np.tril(np.ones((len(ours.steps),) * 2, dtype=bool), -1)
    assert np.isneginf(ours.log10_h[below]).all()  # the unit is dead: its ReLU passes nothing on
    assert ours.zeros == below.sum()
    assert ours.underflows == 0
    lags = by_lag(ours)
    np.testing.assert_array_equal(lags.zeros[1:], lags.count[1:])
    assert np.isnan(lags.log10[1:]).all()
    assert np.isfinite(lags.log10[0])


def test_a_network_that_overflows_says_from_which_step_on():
    task = lv.alphabet_task("ab", 100)
    ours = gradients_through_time(a_unit_that_scales_by(1.0), task, steps=slice(0, 199), gain=100.0)
    first = ours.first_not_finite
    assert first == 155  # h is 1 + 100 + ... + 100^t, and 100^154 = 1e308 is the last power below 1.8e308
    assert np.isfinite(ours.log10_h[first - 1, :first]).all()
    assert np.isnan(ours.log10_h[first, : first + 1]).all()
    assert np.isnan(ours.loss[first])


def test_the_future_has_no_part_in_a_loss():
    ours = gradients_through_time(network("lstm"), TASK)
    later = np.triu(np.ones_like(ours.h, dtype=bool), 1)
    for matrix in (ours.h, ours.c, ours.log10_h, ours.log10_c, ours.log10_path):
        assert np.isnan(matrix[later]).all()
        assert np.isfinite(matrix[~later]).all()


def test_forget_gates_multiply_along_the_direct_path():
    model = trained("lstm")
    tr = lv.trace(model, TASK.one_hot())
    ours = gradients_through_time(model, TASK, steps=range(6, 30), vectors=True)
    products = ours.forget_product()
    for t, k in [(23, 0), (10, 9), (10, 10), (17, 3)]:
        f = np.prod(tr.f[6 + k + 1 : 6 + t + 1], axis=0)
        np.testing.assert_allclose(10 ** products[t, k], f, rtol=1e-9)
        along = np.linalg.norm(ours.c_vectors[t, t] * f)
        assert 10 ** ours.log10_path[t, k] == pytest.approx(along, rel=1e-9)
    with pytest.raises(ValueError, match="must be lstm for forget gates; got gru"):
        gradients_through_time(network("gru"), TASK).forget_product()


def test_without_recurrent_weights_the_direct_path_is_the_only_one():
    ours = gradients_through_time(network("lstm"), TASK, gain=0.0)
    np.testing.assert_allclose(ours.log10_path, ours.log10_c, atol=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_singular_values_are_those_of_the_derivative_of_one_state_by_another(cell):
    model = network(cell, 2, gain=1.3)
    f = state_map(model)
    x = np.eye(4)[TASK.x]
    ours = gradients_through_time(model, TASK, steps=range(8, 20))
    logs, resolved = ours.singular_values(at=17)
    assert logs.shape == (10, f.size)
    for lag in range(10):
        start = f.after(np.zeros(f.size), x[: 17 - lag + 1])
        _, product = f.after_with_jacobian(start, x[17 - lag + 1 : 18])
        theirs = np.linalg.svd(product, compute_uv=False)
        np.testing.assert_allclose(10 ** logs[lag][resolved[lag]], theirs[resolved[lag]], rtol=1e-3, atol=1e-12)
        assert logs[lag, 0] == pytest.approx(np.log10(theirs[0]), abs=1e-10)
        assert np.isnan(logs[lag][~resolved[lag]]).all()
    assert resolved[0].all()


def test_singular_values_do_not_underflow():
    task = lv.alphabet_task("ab", 100)
    ours = gradients_through_time(a_unit_that_scales_by(2.0**-20), task, steps=slice(0, 199))
    logs, _ = ours.singular_values()
    np.testing.assert_allclose(logs[:, 0], np.arange(199) * float(np.log10(2.0**-20)), atol=1e-9)


def test_means_by_lag_are_those_of_the_diagonals():
    ours = gradients_through_time(trained("lstm"), TASK)
    lags, relative = by_lag(ours, "c"), by_lag(ours, "c", relative=True)
    for lag in (0, 1, 7, len(ours.steps) - 1):
        line = np.diagonal(ours.c, -lag)
        assert lags.log10[lag] == pytest.approx(np.log10(line).mean())
        assert 10 ** lags.mean[lag] == pytest.approx(line.mean())
        assert (lags.count[lag], lags.zeros[lag]) == (len(line), 0)
        shares = line / np.diagonal(ours.c)[lag:]
        assert relative.log10[lag] == pytest.approx(np.log10(shares).mean())
    assert relative.log10[0] == 0


def test_zeros_are_counted_and_left_out_of_the_geometric_mean():
    ours = gradients_through_time(trained("rnn_relu"), TASK)
    lags = by_lag(ours)
    assert lags.zeros.sum() == ours.zeros > 0
    for lag in range(len(ours.steps)):
        line = np.diagonal(ours.h, -lag)
        assert lags.zeros[lag] == (line == 0).sum()
        if (line > 0).any():
            assert lags.log10[lag] == pytest.approx(np.log10(line[line > 0]).mean())
            assert 10 ** lags.mean[lag] == pytest.approx(line.mean())


def test_networks_together_are_the_networks_one_by_one_and_their_band_holds_them():
    models = [network("gru", seed=seed) for seed in range(7)]
    together = gradients_of_networks(models, TASK, steps=range(4, 30))
    alone = [gradients_through_time(model, TASK, steps=range(4, 30)) for model in models]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.log10_h, other.log10_h, atol=1e-11)
        np.testing.assert_allclose(one.jacobians, other.jacobians, atol=1e-14)
    found = band(together, quantiles=(0, 0.5, 1))
    each = np.array([by_lag(one).log10 for one in alone])
    np.testing.assert_allclose(found.log10, np.quantile(each, [0, 0.5, 1], axis=0), atol=1e-10)
    np.testing.assert_array_equal(found.networks, 7)
    np.testing.assert_array_equal(found.all_zero, 0)


def test_a_band_takes_a_network_of_zeros_for_the_lowest():
    task = lv.alphabet_task("ab", 30)
    several = gradients_of_networks([a_unit_that_scales_by(0.5, value=v) for v in (1.0, -1.0, -2.0)], task)
    found = band(several, quantiles=(0.3, 0.5, 1.0))
    assert np.isneginf(found.log10[:2, 1:]).all()
    np.testing.assert_allclose(found.log10[2, 1:], by_lag(several[0]).log10[1:])
    np.testing.assert_array_equal(found.all_zero[1:], 2)


@pytest.mark.parametrize("cell", CELLS)
def test_snapshots_of_a_training_are_networks_of_their_own(cell):
    model = lv.build_model(lv.ModelConfig(cell=cell, input_size=4, hidden_size=2, output_size=4, seed=3))
    config = lv.TrainConfig(epochs=30, snapshots=3)
    kept = [step.parameters for step in lv.train(model, TASK, config) if step.parameters is not None]
    last = gradients_through_time(model, TASK)
    found = gradients_of_snapshots(model, kept, TASK)
    assert len(found) == len(kept)
    np.testing.assert_allclose(found[-1].log10_h, last.log10_h, atol=1e-10)
    fresh = lv.build_model(model.config)
    np.testing.assert_allclose(found[0].log10_h, gradients_through_time(fresh, TASK).log10_h, atol=1e-10)


def test_the_window_is_the_last_sixty_steps_unless_asked():
    task = lv.alphabet_task("abcabC")
    whole = gradients_through_time(network("lstm"), task, steps=slice(None))
    last = gradients_through_time(network("lstm"), task)
    assert last.steps == range(539, 599)
    np.testing.assert_allclose(last.log10_c, whole.log10_c[539:, 539:], atol=1e-10)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"steps": slice(5, 5)}, "`steps` must be successive steps between 0 and 34"),
        ({"steps": range(0, 40)}, "`steps` must be successive steps"),
        ({"steps": range(0, 10, 2)}, "`steps` must be successive steps"),
        ({"layer": 1}, "`layer` must be between -1 and 0; got 1"),
        ({"gain": float("nan")}, "`gain` must be between 0 and 100; got nan"),
    ],
)
def test_what_is_out_of_range_is_refused_in_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        gradients_through_time(network("rnn"), TASK, **options)


def test_networks_without_such_gradients_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="must have a head"):
        gradients_through_time(nn.LSTM(4, 3), TASK)
    with pytest.raises(ValueError, match="must read 4 numbers a step and tell 4, as the task does; got one"):
        gradients_through_time(network("rnn", letters=3), TASK)
    with pytest.raises(TypeError, match="`steps` must be a range"):
        gradients_through_time(network("rnn"), TASK, steps=7)
    with pytest.raises(TypeError, match="`task` must be a Task"):
        gradients_through_time(network("rnn"), "abcabC")
    with pytest.raises(ValueError, match="all of one cell and size; got 2 kinds"):
        gradients_of_networks([network("rnn"), network("gru")], TASK)
    with pytest.raises(ValueError, match="at least one set of weights; got none"):
        gradients_of_snapshots(network("rnn"), [], TASK)
    broken = network("rnn")
    with torch.no_grad():
        broken.recurrent.weight_hh_l0[0, 0] = torch.inf
    with pytest.raises(ValueError, match="finite weights"):
        gradients_through_time(broken, TASK)
    with pytest.raises(ValueError, match="`of` must be one of h for the cell rnn; got 'c'"):
        by_lag(gradients_through_time(network("rnn"), TASK), "c")


@pytest.mark.parametrize("cell", CELLS)
def test_one_unit_and_sixty_four_have_gradients_too(cell):
    for hidden in (1, 64):
        ours = gradients_through_time(network(cell, hidden=hidden), TASK)
        assert np.isfinite(ours.log10_h[-1, -1])


def test_a_product_of_slopes_is_right_against_exact_arithmetic():
    """h' = w h + 1 above 0: the gradient is dL/dh_t times w^lag, w a fraction that float64 holds."""
    task = lv.alphabet_task("ab", 30)
    ours = gradients_through_time(a_unit_that_scales_by(0.75), task, steps=slice(0, 50), vectors=True)
    for t, k in [(49, 0), (30, 12)]:
        exact = Fraction(ours.h_vectors[t, t, 0]) * Fraction(3, 4) ** (t - k)
        assert ours.h_vectors[t, k, 0] == pytest.approx(float(exact), rel=1e-13)
