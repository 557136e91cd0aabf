"""What is said about a step, against torch and against the text itself."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.models import CELLS, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.reading import contrast, followers, prediction, state_parts, telling_step, twin_step, unit_sums
from lstmviz.tasks import PRESETS, alphabet_task
from lstmviz.tracing import trace

TASK = alphabet_task("abcabC", repeats=4)


def make(cell, hidden=3, seed=0, task=TASK):
    size = len(task.alphabet)
    config = ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=seed, dtype="float64")
    model = build_model(config)
    return model, trace(model, task.one_hot())


@pytest.mark.parametrize("cell", CELLS)
@given(seed=st.integers(0, 2**32 - 1), hidden=st.integers(1, 9), most=st.integers(1, 9), data=st.data())
def test_the_sums_are_those_of_torch_s_own_cell(cell, seed, hidden, most, data):
    model, tr = make(cell, hidden, seed)
    t, unit = data.draw(st.integers(0, len(TASK.x) - 1)), data.draw(st.integers(0, hidden - 1))
    sums = unit_sums(model, tr, TASK.one_hot(), t, unit, most)
    layer = model.recurrent
    rows = [gate * hidden + unit for gate in range(len(sums.gates))]
    with torch.no_grad():
        x, h = torch.tensor(TASK.one_hot()[t], dtype=torch.float64), torch.tensor(tr.h_prev[t])
        from_x = (layer.weight_ih_l0 @ x + layer.bias_ih_l0)[rows].numpy()
        from_h = (layer.weight_hh_l0 @ h + layer.bias_hh_l0)[rows].numpy()
    np.testing.assert_allclose(sums.letter + sums.b_ih, from_x, atol=1e-14)
    np.testing.assert_allclose(sums.products.sum(axis=-1) + sums.rest + sums.b_hh, from_h, atol=1e-14)
    np.testing.assert_allclose(sums.recurrent, from_h, atol=1e-14)
    np.testing.assert_allclose(sums.state + sums.letter + sums.biases, from_x + from_h, atol=1e-14)
    expected = from_x + from_h
    if cell == "gru":
        assert sums.reset == tr.r[t, unit]
        expected[-1] = from_x[-1] + sums.scaled
        np.testing.assert_allclose(sums.scaled, sums.reset * from_h[-1], atol=1e-14)
    else:
        assert sums.reset is None
    np.testing.assert_allclose(sums.total, expected, atol=1e-13)
    np.testing.assert_allclose(sums.weights * sums.states, sums.products, atol=1e-15)
    squash = {"rnn_relu": [torch.relu], "rnn": [torch.tanh]}.get(
        cell, [torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid][: len(sums.gates)]
    )
    for function, total, result in zip(squash, sums.total, sums.result, strict=True):
        np.testing.assert_allclose(function(torch.tensor(total)).item(), result, atol=1e-12)


def test_of_many_units_the_largest_products_are_listed_in_order():
    model, tr = make("lstm", hidden=20)
    sums = unit_sums(model, tr, TASK.one_hot(), 7, 11, most=5)
    full = unit_sums(model, tr, TASK.one_hot(), 7, 11, most=20)
    assert len(sums.listed) == 5
    assert sums.others == 15
    assert full.others == 0
    assert list(sums.listed) == sorted(sums.listed)
    reach = np.abs(full.products).max(axis=0)
    assert reach[list(sums.listed)].min() >= np.delete(reach, sums.listed).max()
    np.testing.assert_array_equal(sums.products, full.products[:, sums.listed])


@pytest.mark.parametrize(("name", "value"), [("t", 23), ("unit", 3), ("unit", -1), ("most", 0)])
def test_what_is_not_there_is_refused(name, value):
    model, tr = make("gru")
    options = {"t": 0, "unit": 0, "most": 6} | {name: value}
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        unit_sums(model, tr, TASK.one_hot(), **options)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_parts_of_the_new_state_make_it(cell):
    _, tr = make(cell)
    for t in range(5):
        parts = state_parts(tr, t, 1)
        if cell == "lstm":
            np.testing.assert_allclose(parts["kept"] + parts["added"], tr.c[t, 1], rtol=1e-12)
            np.testing.assert_allclose(parts["squashed"] * tr.o[t, 1], tr.h[t, 1], rtol=1e-12)
        else:
            np.testing.assert_allclose(parts["kept"] + parts["added"], tr.h[t, 1], rtol=1e-12)
            np.testing.assert_allclose(parts["rest"] * tr.n[t, 1], parts["added"], rtol=1e-12)


def test_a_plain_network_has_no_parts():
    assert state_parts(make("rnn")[1], 3, 0) == {}


@pytest.mark.parametrize("cell", CELLS)
def test_the_votes_make_the_lead(cell):
    model, tr = make(cell, hidden=5, seed=3)
    with torch.no_grad():
        logits = model(torch.tensor(TASK.one_hot(), dtype=torch.float64))[0].numpy()
    for t in range(len(TASK.x)):
        found = prediction(model, tr, TASK, t)
        assert found.letter == logits[t].argmax()
        assert found.target == TASK.y[t]
        assert found.right == (found.letter == TASK.y[t])
        assert found.rival != found.letter
        if found.right:
            assert logits[t, found.rival] == np.sort(logits[t])[-2]
        else:
            assert found.rival == TASK.y[t]
        np.testing.assert_allclose(found.lead, logits[t, found.letter] - logits[t, found.rival], atol=1e-12)
        np.testing.assert_allclose(found.votes.sum() + found.bias, found.lead, atol=1e-12)
        np.testing.assert_allclose(found.probability, tr.probabilities[t].max())
        np.testing.assert_allclose(found.certainty, tr.probabilities[t, TASK.y[t]])


def test_a_network_that_is_not_finite_predicts_nothing():
    model, _ = make("lstm")
    load_parameters(model, {name: np.full_like(value, np.nan) for name, value in parameters_of(model).items()})
    tr = trace(model, TASK.one_hot())
    found = prediction(model, tr, TASK, 4)
    assert not found.finite
    assert not found.right
    assert np.isnan(unit_sums(model, tr, TASK.one_hot(), 4, 0).total).all()
    assert np.isnan(contrast(tr, 4, 1).gap)


def test_a_bare_layer_predicts_nothing_and_says_so():
    layer = torch.nn.LSTM(4, 3)
    with pytest.raises(ValueError, match="with a head"):
        prediction(make("lstm")[0], trace(layer, TASK.one_hot()), TASK, 0)


def test_followers_of_a_letter():
    assert followers(TASK, 0) == (1,)  # a: b
    assert followers(TASK, 1) == (2, 3)  # b: c, C


@pytest.mark.parametrize("pattern", [*PRESETS, "xyxz", "aab", "가나가다"])
@pytest.mark.parametrize("repeats", [2, 3, 100])
def test_the_telling_step_reads_a_letter_with_two_successors(pattern, repeats):
    task = alphabet_task(pattern, repeats)
    t = telling_step(task)
    assert 0 <= t < len(task.x)
    if repeats > 2:
        assert len(followers(task, int(task.x[t]))) > 1
        assert task.period <= len(task.x) - t <= 2 * task.period


def test_where_every_letter_settles_the_next_any_step_does():
    assert telling_step(alphabet_task("abc", 5)) == 14 - 1 - 3


def test_the_twin_reads_the_same_letter_and_must_predict_another():
    task = alphabet_task("abcabC", 10)
    for t in range(len(task.x)):
        twin = twin_step(task, t)
        if task.x[t] != 1:
            assert twin is None
        else:
            assert twin == (t - 3 if t > 3 else t + 3)
            assert task.x[twin] == task.x[t]
            assert task.y[twin] != task.y[t]


def test_the_contrast_is_the_largest_difference_before_the_letters():
    _, tr = make("lstm", hidden=6, seed=5)
    found = contrast(tr, 10, 7, enough=0.0)
    gaps = np.abs(tr.h[9] - tr.h[6])
    assert (found.state, found.unit) == ("h", gaps.argmax())
    assert found.gap == gaps.max()
    assert (found.here, found.there) == (tr.h[9, found.unit], tr.h[6, found.unit])


def test_the_cell_state_is_asked_where_the_hidden_state_says_little():
    _, tr = make("lstm", hidden=6, seed=5)
    found = contrast(tr, 10, 7, enough=2.0)
    gaps = np.abs(tr.c[9] - tr.c[6])
    assert (found.state, found.gap) == ("c", gaps.max())
    assert contrast(make("gru")[1], 10, 7, enough=2.0).state == "h"
