"""The way back adds up to autograd's numbers, term by term and weight by weight; clipping is torch's."""

import numpy as np
import pytest
import torch
from torch import nn

import lstmviz as lv
from lstmviz.gradients import (
    backpropagate,
    backward_lines,
    clip_norms,
    gradients_through_time,
)

from .oracle import CELLS, network, trained, unrolled

TASK = lv.alphabet_task("abcabC", 4)
TOTAL = len(TASK.x)


@pytest.mark.parametrize("at", [None, 13])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_every_derivative_is_autograds(cell, layers, at):
    model = network(cell, layers, gain=1.5)
    back = backpropagate(model, TASK, at=at)
    losses, steps = unrolled(model, TASK, TOTAL)
    loss = losses.mean() if at is None else losses[at]
    loss.backward()
    assert back.loss == pytest.approx(loss.item(), rel=1e-12)
    assert back.steps == range(TOTAL if at is None else at + 1)
    for ours, theirs in zip(back.layers, steps, strict=True):
        assert set(ours.d) == set(theirs[0])
        for name, array in ours.d.items():
            grads = [step[name].grad for step in theirs[: len(array)]]
            np.testing.assert_allclose(array, torch.stack(grads), rtol=1e-10, atol=1e-15, err_msg=name)
    for name, p in model.named_parameters():
        np.testing.assert_allclose(back.gradients[name], p.grad, rtol=1e-10, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_the_weights_are_those_of_torchs_own_layer(cell):
    model = network(cell, 2)
    x = torch.tensor(TASK.one_hot(), dtype=torch.float64)
    nn.functional.cross_entropy(model(x)[0], torch.tensor(TASK.y), reduction="sum").backward()
    back = backpropagate(model, TASK, loss="sum")
    assert set(back.gradients) == {name for name, _ in model.named_parameters()}
    for name, p in model.named_parameters():
        np.testing.assert_allclose(back.gradients[name], p.grad, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_a_weights_gradient_is_the_sum_of_what_each_step_adds(cell):
    back = backpropagate(network(cell, 2), TASK)
    total = {name: np.zeros_like(array) for name, array in back.gradients.items()}
    for t in reversed(back.steps):
        for name, array in back.contribution(t).items():
            total[name] += array
        if t in (0, 7, TOTAL - 1):
            for name, array in back.accumulated(t).items():
                np.testing.assert_allclose(array, total[name], atol=1e-14)
    for name, array in back.gradients.items():
        np.testing.assert_allclose(total[name], array, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_parts_of_the_gradient_of_the_state_add_up(cell):
    back = backpropagate(trained(cell), TASK)
    own = back.layers[0]
    np.testing.assert_array_equal(own.from_above + own.from_next, own.d["h"])
    assert not own.from_next[-1].any()
    if cell == "lstm":
        c, f = own.d["c"], own.values["f"]
        np.testing.assert_allclose(own.carried[:-1], c[1:] * f[1:], rtol=1e-14)


@pytest.mark.parametrize("at", [None, 13])
@pytest.mark.parametrize("cell", CELLS)
def test_the_terms_of_every_line_add_up_to_autograds_number(cell, at):
    model = network(cell, 2, gain=1.4)
    losses, steps = unrolled(model, TASK, TOTAL)
    (losses.mean() if at is None else losses[at]).backward()
    back = backpropagate(model, TASK, at=at)
    parameters = dict(model.recurrent.named_parameters())
    gates = {"lstm": "ifgo", "gru": "rzn"}.get(cell, "h")
    for layer in (0, 1):
        for t in (0, 7, 13):
            for unit in range(3):
                found = {line.name: line for line in backward_lines(back, t, unit, layer=layer)}
                for line in found.values():
                    assert sum(term.value for term in line.terms) == pytest.approx(line.value, rel=1e-10, abs=1e-14)
                    for term in line.terms:
                        assert np.prod([f.value for f in term.factors]) == pytest.approx(term.value, rel=1e-12)
                for name, value in steps[layer][t].items():
                    assert found[name].value == pytest.approx(value.grad[unit].item(), rel=1e-10, abs=1e-14)
                assert {f"W_{gate}" for gate in gates} <= set(found)
        first = backward_lines(back, 0, 1, layer=layer, read=2)
        for g, gate in enumerate(gates):
            theirs = parameters[f"weight_ih_l{layer}"].grad[g * 3 + 1, 2].item()
            line = next(line for line in first if line.name == f"W_{gate}")
            assert line.value == pytest.approx(theirs, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_a_line_read_as_arithmetic_gives_its_value(cell):
    back = backpropagate(trained(cell), TASK)
    for t in (3, TOTAL - 1):
        for line in backward_lines(back, t, 2):
            assert eval(line.numbers(17).replace("^", "**")) == pytest.approx(line.value, rel=1e-9, abs=1e-14)


def test_the_exercise_of_csc321_reads_as_its_solution():
    back = backpropagate(trained("lstm"), TASK)
    found = {line.name: line for line in backward_lines(back, 5, 0)}
    assert list(found) == [
        *("above", "next", "h", "c", "o", "i", "f", "g", "i_pre", "f_pre", "g_pre", "o_pre"),
        *("W_i", "W_f", "W_g", "W_o"),
    ]
    v, d = back.layers[0].values, back.layers[0].d
    within, along = found["c"].terms
    assert within.value == pytest.approx(d["h"][5, 0] * v["o"][5, 0] * (1 - np.tanh(v["c"][5, 0]) ** 2))
    assert along.value == pytest.approx(d["c"][6, 0] * v["f"][6, 0])
    assert [factor.name for factor in within.factors] == [r"\partial L/\partial h", "o", r"1 - \tanh^2 c"]
    assert "(1 - " in found["c"].numbers()
    assert found["c"].numbers().count("*") == 3


def test_the_loss_of_one_step_reaches_back_as_the_matrix_says():
    model = trained("gru")
    back = backpropagate(model, TASK, at=20)
    matrix = gradients_through_time(model, TASK, steps=slice(0, 21))
    np.testing.assert_allclose(np.linalg.norm(back.layers[0].d["h"], axis=-1), matrix.h[20], rtol=1e-9)
    assert back.reaches == 0


def test_where_nothing_arrives_is_said():
    model = network("rnn_relu")
    with torch.no_grad():
        model.recurrent.bias_ih_l0[:] = -10  # dead: nothing passes to a step before
    assert backpropagate(model, TASK, at=9).reaches == 9


@pytest.mark.parametrize("max_norm", [0.05, 1e6])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_clipping_is_torchs(cell, layers, max_norm):
    gains = (0.0, 1.0, 2.5)
    ours = clip_norms(network(cell, layers), TASK, max_norm=max_norm, gains=gains)
    x = torch.tensor(TASK.one_hot(), dtype=torch.float64)
    for e, gain in enumerate(gains):
        model = network(cell, layers, gain=gain)
        loss = nn.functional.cross_entropy(model(x)[0], torch.tensor(TASK.y))
        loss.backward()
        assert ours.loss[e] == pytest.approx(loss.item(), rel=1e-10)
        for name, p in model.named_parameters():
            assert ours.by_parameter[name][e] == pytest.approx(p.grad.norm().item(), rel=1e-9, abs=1e-14)
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm).item()
        after = torch.cat([p.grad.ravel() for p in model.parameters()]).norm().item()
        assert ours.norm[e] == pytest.approx(norm, rel=1e-9)
        assert ours.clipped[e] == pytest.approx(after, rel=1e-9)
        assert ours.factor[e] == pytest.approx(after / norm, rel=1e-9)


def test_a_gradient_that_overflows_has_no_clipped_norm():
    model = network("rnn_relu", 1, gain=1.0)
    with torch.no_grad():
        model.recurrent.weight_hh_l0[:] = torch.eye(3)
        model.recurrent.bias_ih_l0[:] = 1.0
    ours = clip_norms(model, lv.alphabet_task("abcabC", 100), gains=(1.0, 50.0))
    assert np.isfinite(ours.norm[0])
    assert not np.isfinite(ours.norm[1])
    assert np.isnan(ours.clipped[1])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda m: backpropagate(m, TASK, at=TOTAL), "`at` must be between 0 and 22; got 23"),
        (lambda m: backpropagate(m, TASK, loss="max"), "`loss` must be one of mean, sum; got 'max'"),
        (lambda m: backward_lines(backpropagate(m, TASK), 0, 3), "`unit` must be between 0 and 2; got 3"),
        (lambda m: backward_lines(backpropagate(m, TASK, at=3), 4, 0), "`t` must be between 0 and 3; got 4"),
        (lambda m: clip_norms(m, TASK, max_norm=0), "`max_norm` must be above 0"),
        (lambda m: clip_norms(m, TASK, gains=()), "`gains` must hold at least one gain"),
        (lambda m: clip_norms(m, TASK, gains=(-1,)), "`gains` must be between 0 and 100; got -1"),
    ],
)
def test_what_is_out_of_range_is_refused_in_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(network("lstm"))
