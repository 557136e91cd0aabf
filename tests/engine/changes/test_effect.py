"""Changes from outside, against torch with the same change made by hand in its weights, its input or its state."""

import copy
import dataclasses
import itertools
import math
import pickle
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.changes.effect import effect, presets, trace_changed, trace_changed_snapshots
from lstmviz.changes.kinds import (
    QUANTITIES,
    STATES,
    WEIGHTS,
    Hold,
    Read,
    SetWeight,
    Start,
    changed_weights,
    letters_read,
)
from lstmviz.changes.text import MAX_CHANGES, ChangeError, format_changes, parse_changes
from lstmviz.models import CELLS, Model, ModelConfig, build_model, parameters_of
from lstmviz.tasks import PRESETS, Task, alphabet_task, named_task
from lstmviz.tracing import Trace, trace, trace_snapshots

TASK = alphabet_task("abcabC", repeats=5)  # 29 steps, 4 letters
STEPS = len(TASK.x)
HIDDEN = 3
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
GATES = {"lstm": "ifgo", "gru": "rzn", "rnn": "h", "rnn_relu": "h"}  # the rows of torch's matrices, in order
ALWAYS = Hold("f", 0.0)

dtypes = st.sampled_from(["float32", "float64"])
seeds = st.integers(0, 2**32 - 1)
units = st.one_of(st.none(), st.integers(0, HIDDEN - 1))


def make_model(cell, seed=1, dtype="float32", hidden=HIDDEN) -> Model:
    return build_model(ModelConfig(cell=cell, input_size=4, hidden_size=hidden, output_size=4, seed=seed, dtype=dtype))


def one_hot(dtype, x=TASK.x):
    return torch.eye(4, dtype=getattr(torch, dtype))[torch.tensor(x)]


def zero_state(cell, dtype):
    zeros = torch.zeros(1, HIDDEN, dtype=getattr(torch, dtype))
    return (zeros, zeros) if cell == "lstm" else zeros


@torch.no_grad()
def run(model, x, state):
    """torch's own layer and head: the outputs, the logits and the final state."""
    h, state = model.recurrent(x, state)
    return h, model.head(h), state


@torch.no_grad()
def run_in_three(plain, changed, x, state, first, last):
    """The steps first to last by another network than those before and after, the state carried over."""
    found = []
    for model, span in ((plain, x[:first]), (changed, x[first : last + 1]), (plain, x[last + 1 :])):
        if len(span):
            h, logits, state = run(model, span, state)
            found.append((h, logits))
    return *(torch.cat(parts) for parts in zip(*found, strict=True)), state


def assert_equals_torch(tr: Trace, expected, dtype):
    h, logits, state = expected
    atol = TOLERANCE[dtype] * max(1, tr.largest)
    np.testing.assert_allclose(tr.h, h.numpy(), rtol=0, atol=atol)
    np.testing.assert_allclose(tr.logits, logits.numpy(), rtol=0, atol=atol)
    ours, theirs = ((part if isinstance(part, tuple) else (part,)) for part in (tr.state, state))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other.numpy(), rtol=0, atol=atol)


@st.composite
def spans(draw):
    """The first and the last step of a span, the last maybe None, of one step or more."""
    first, last = sorted(draw(st.tuples(*[st.integers(0, STEPS - 1)] * 2)))
    return draw(st.sampled_from([(0, None), (first, None), (first, first), (first, last)]))


@torch.no_grad()
def hold_by_weights(model, cell, quantity, unit, value):
    """A copy of `model` in which the sum behind `quantity` is a constant: its weights 0, the answer in its bias."""
    held = copy.deepcopy(model)
    if quantity in "gn" or cell == "rnn":
        total = math.copysign(1e9, value) if abs(value) == 1 else math.atanh(value)
    elif cell == "rnn_relu":
        total = value
    else:
        total = -1e9 if value == 0 else 1e9 if value == 1 else math.log(value / (1 - value))
    start = GATES[cell].index(quantity) * HIDDEN
    rows = range(start, start + HIDDEN) if unit is None else [start + unit]
    for row in rows:
        for weight in (held.recurrent.weight_ih_l0, held.recurrent.weight_hh_l0):
            weight[row] = 0
        held.recurrent.bias_hh_l0[row] = 0
        held.recurrent.bias_ih_l0[row] = total
    return held


# What torch can be made to do


@pytest.mark.parametrize("cell", CELLS)
@given(st.data(), seeds, dtypes, units, spans())
@settings(deadline=None, max_examples=60)
def test_a_held_gate_is_torchs_with_constant_sums(cell, data, seed, dtype, unit, span):
    quantity = data.draw(st.sampled_from(GATES[cell]))
    inside = {"rnn_relu": st.floats(0, 5)}.get(cell, st.floats(0.01, 0.99))
    ends = [0.0] if cell == "rnn_relu" else [0.0, 1.0, -1.0] if quantity in "gnh" else [0.0, 1.0]
    value = data.draw(st.one_of(st.sampled_from(ends), inside))
    model, (first, last) = make_model(cell, seed, dtype), span
    tr = trace_changed(model, TASK, [Hold(quantity, value, unit, first, last)])
    held = hold_by_weights(model, cell, quantity, unit, value)
    end = STEPS - 1 if last is None else last
    expected = run_in_three(model, held, one_hot(dtype), zero_state(cell, dtype), first, end)
    assert_equals_torch(tr, expected, dtype)
    units_held = slice(None) if unit is None else unit
    assert (getattr(tr, quantity)[first : end + 1, units_held] == np.dtype(dtype).type(value)).all()


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("unit", range(HIDDEN))
def test_a_unit_switched_off_is_one_that_nobody_listens_to(cell, dtype, unit):
    model = make_model(cell, 7, dtype)
    deaf = copy.deepcopy(model)
    with torch.no_grad():
        deaf.recurrent.weight_hh_l0[:, unit] = 0
        deaf.head.weight[:, unit] = 0
    tr = trace_changed(model, TASK, [Hold("h", 0.0, unit)])
    h, logits, _ = run(deaf, one_hot(dtype), zero_state(cell, dtype))
    others = [k for k in range(HIDDEN) if k != unit]
    np.testing.assert_allclose(tr.logits, logits.numpy(), rtol=0, atol=TOLERANCE[dtype])
    assert not tr.h[:, unit].any()
    np.testing.assert_allclose(tr.h[:, others], h[:, others].numpy(), rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("cell", CELLS)
@given(seeds, dtypes, units, spans(), st.floats(-3, 3))
@settings(deadline=None, max_examples=25)
def test_a_held_state_is_what_torch_is_given_to_go_on_with(cell, seed, dtype, unit, span, value):
    model, (first, last) = make_model(cell, seed, dtype), span
    tr = trace_changed(model, TASK, [Hold("h", value, unit, first, last)])
    state, found = zero_state(cell, dtype), []
    for t, x in enumerate(one_hot(dtype)):
        h, _, state = run(model, x[None], state)
        if first <= t <= (STEPS if last is None else last):
            h[0, slice(None) if unit is None else unit] = value
            state = (h, state[1]) if cell == "lstm" else h
        found.append(h)
    h = torch.cat(found)
    assert_equals_torch(tr, (h, model.head(h).detach(), state), dtype)


@given(seeds, dtypes, units, spans(), st.floats(-10, 10))
@settings(deadline=None, max_examples=25)
def test_a_held_cell_is_what_torch_is_given_to_go_on_with(seed, dtype, unit, span, value):
    model, (first, last) = make_model("lstm", seed, dtype), span
    layer = model.recurrent
    tr = trace_changed(model, TASK, [Hold("c", value, unit, first, last)])
    state, found = zero_state("lstm", dtype), []
    for t, x in enumerate(one_hot(dtype)):
        before = state[0]
        h, _, state = run(model, x[None], state)
        if first <= t <= (STEPS if last is None else last):
            c = state[1].clone()
            c[0, slice(None) if unit is None else unit] = value
            with torch.no_grad():
                sums = torch.nn.functional.linear(x, layer.weight_ih_l0, layer.bias_ih_l0)
                sums = sums + torch.nn.functional.linear(before, layer.weight_hh_l0, layer.bias_hh_l0)
                h = torch.sigmoid(sums[:, 3 * HIDDEN :]) * torch.tanh(c)
            state = (h, c)
        found.append(h)
    h = torch.cat(found)
    assert_equals_torch(tr, (h, model.head(h).detach(), state), dtype)


@pytest.mark.parametrize("cell", CELLS)
@given(st.data(), seeds, dtypes)
@settings(deadline=None, max_examples=25)
def test_a_weight_is_torchs_under_that_name(cell, data, seed, dtype):
    model = make_model(cell, seed, dtype)
    name = data.draw(st.sampled_from(WEIGHTS))
    torchs = name if "head" in name else f"recurrent.{name}_l0"
    weights = copy.deepcopy(model.state_dict())
    index = data.draw(st.tuples(*(st.integers(0, side - 1) for side in weights[torchs].shape)))
    value = data.draw(st.floats(-3, 3))
    weights[torchs][index] = value
    changed = make_model(cell, 0, dtype)
    changed.load_state_dict(weights)
    tr = trace_changed(model, TASK, [SetWeight(name, index, value)])
    assert_equals_torch(tr, run(changed, one_hot(dtype), zero_state(cell, dtype)), dtype)
    assert tr.difference_from_torch <= TOLERANCE[dtype] * max(1, tr.largest)


@pytest.mark.parametrize("cell", CELLS)
@given(seeds, dtypes, st.dictionaries(st.integers(0, STEPS - 1), st.integers(0, 3), min_size=1, max_size=5))
@settings(deadline=None, max_examples=25)
def test_a_wrong_letter_is_another_input(cell, seed, dtype, letters):
    model, x = make_model(cell, seed, dtype), TASK.x.copy()
    for step, letter in letters.items():
        x[step] = letter
    changes = [Read(step, letter) for step, letter in letters.items()]
    tr = trace_changed(model, TASK, changes)
    assert_equals_torch(tr, run(model, one_hot(dtype, x), zero_state(cell, dtype)), dtype)
    assert tr.difference_from_torch <= TOLERANCE[dtype] * max(1, tr.largest)
    np.testing.assert_array_equal(letters_read(TASK, changes), x)
    for t in range(STEPS):
        assert tr.letters[t] == (TASK.labels[t] if x[t] == TASK.x[t] else TASK.alphabet[x[t]])


@pytest.mark.parametrize("cell", CELLS)
@given(st.data(), seeds, dtypes, units, st.floats(-3, 3))
@settings(deadline=None, max_examples=25)
def test_another_start_is_torchs_state(cell, data, seed, dtype, unit, value):
    model, quantity = make_model(cell, seed, dtype), data.draw(st.sampled_from(STATES[cell]))
    start = torch.zeros(1, HIDDEN, dtype=getattr(torch, dtype))
    start[0, slice(None) if unit is None else unit] = value
    state = {"h": (start, torch.zeros_like(start)), "c": (torch.zeros_like(start), start)}[quantity]
    tr = trace_changed(model, TASK, [Start(quantity, unit, value)])
    expected = run(model, one_hot(dtype), state if cell == "lstm" else start)
    assert_equals_torch(tr, expected, dtype)
    assert tr.difference_from_torch <= TOLERANCE[dtype] * max(1, tr.largest)
    np.testing.assert_array_equal((tr.h_prev if quantity == "h" else tr.c_prev)[0], start[0].numpy())


@pytest.mark.parametrize("cell", CELLS)
def test_all_kinds_of_change_go_together(cell):
    model = make_model(cell, 3, "float64")
    gate, x, state = GATES[cell][0], TASK.x.copy(), zero_state(cell, "float64")
    changes = [Hold(gate, 0.25, 1, 4, 9), Read(6, 3), Start("h", 2, 0.5), SetWeight("weight_hh", (1, 2), -1.5)]
    x[6] = 3
    changed = copy.deepcopy(model)
    with torch.no_grad():
        changed.recurrent.weight_hh_l0[1, 2] = -1.5
    h = torch.tensor([[0, 0, 0.5]], dtype=torch.float64)
    held = hold_by_weights(changed, cell, gate, 1, 0.25)
    start = (h, state[1]) if cell == "lstm" else h
    expected = run_in_three(changed, held, one_hot("float64", x), start, 4, 9)
    assert_equals_torch(trace_changed(model, TASK, changes), expected, "float64")
    assert_equals_torch(trace_changed(model, TASK, reversed(changes)), expected, "float64")


# What a trace with changes says


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("cell", CELLS)
def test_no_change_is_the_trace_itself(cell, dtype):
    models = [make_model(cell, seed, dtype) for seed in range(5)]
    snapshots, x = [parameters_of(model) for model in models], TASK.one_hot()
    pairs = [
        (trace_changed(models[0], TASK, []), trace(models[0], x, letters=TASK.labels)),
        (trace_changed_snapshots(models[0], snapshots, TASK, ()), trace_snapshots(models[0], snapshots, x)),
    ]
    for ours, plain in pairs:
        for name, array in plain.layers[0].values.items():
            np.testing.assert_array_equal(getattr(ours, name), array)
        np.testing.assert_array_equal(ours.logits, plain.logits)
        np.testing.assert_array_equal(ours.probabilities, plain.probabilities)
        np.testing.assert_array_equal(ours.h_prev, plain.h_prev)
        assert ours.difference_from_torch == plain.difference_from_torch
        assert ours.step_difference_from_torch == plain.step_difference_from_torch
        assert ours.letters == TASK.labels
        assert ours.h.dtype == np.dtype(dtype)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "changes",
    [
        (Hold("h", 0.0, 1),),
        (Read(4, 3),),
        (Start("h", None, 1.0), SetWeight("weight_hh", (2, 1), 2.0), SetWeight("head.bias", (0,), 1.0)),
        (Hold("h", 0.5, 1, 3, 8), Read(4, 3), Start("h", 2, -1.0), SetWeight("weight_ih", (0, 1), 2.0)),
    ],
)
def test_snapshots_together_equal_one_by_one(cell, changes):
    models = [make_model(cell, seed) for seed in range(6)]
    together = trace_changed_snapshots(models[0], [parameters_of(model) for model in models], TASK, changes)
    for e, model in enumerate(models):
        alone = trace_changed(model, TASK, changes)
        for name, array in alone.layers[0].values.items():
            np.testing.assert_allclose(getattr(together, name)[e], array, rtol=0, atol=5e-6)
        np.testing.assert_allclose(together.h_prev[e], alone.h_prev, rtol=0, atol=5e-6)
        np.testing.assert_allclose(together.logits[e], alone.logits, rtol=0, atol=5e-6)
    assert together.letters == alone.letters
    holds = any(isinstance(change, Hold) for change in changes)
    difference = together.difference_from_torch
    assert np.isnan(difference) if holds else difference <= 1e-6 * max(1, together.largest)


@pytest.mark.parametrize("cell", CELLS)
def test_each_step_starts_from_what_the_one_before_was_held_at(cell):
    state = STATES[cell][-1]
    tr = trace_changed(make_model(cell), TASK, [Hold(state, 0.75, 0, 5, 7), Start(state, 0, 0.5)])
    before = tr.h_prev if state == "h" else tr.c_prev
    np.testing.assert_array_equal(before[1:], getattr(tr, state)[:-1])
    np.testing.assert_array_equal(before[0], [0.5, 0, 0])
    np.testing.assert_array_equal(before[6:9, 0], 0.75)


def test_the_difference_from_torch_is_not_a_number_where_torch_has_no_such_run():
    model = make_model("lstm")
    snapshots = [parameters_of(model)] * 2
    for held in (trace_changed(model, TASK, [ALWAYS]), trace_changed_snapshots(model, snapshots, TASK, [ALWAYS])):
        assert np.isnan(held.difference_from_torch)
        assert held.step_difference_from_torch is None
    spared = trace_changed(model, TASK, [Read(3, 0)], compare=False)
    assert np.isnan(spared.difference_from_torch)
    np.testing.assert_array_equal(spared.logits, trace_changed(model, TASK, [Read(3, 0)]).logits)
    assert np.isnan(trace_changed_snapshots(model, snapshots, TASK, [], compare=False).difference_from_torch)


def test_the_last_of_several_changes_of_the_same_counts():
    model = make_model("lstm")

    def same(changes, others):
        np.testing.assert_array_equal(
            trace_changed(model, TASK, changes).logits, trace_changed(model, TASK, others).logits
        )

    same([Hold("f", 0.0), Hold("f", 0.5)], [Hold("f", 0.5)])
    same([Hold("f", 0.5, 1), Hold("f", 0.0)], [Hold("f", 0.0)])
    same([Hold("f", 0.0), Hold("f", 0.5, 1)], [Hold("f", 0.0, 0), Hold("f", 0.5, 1), Hold("f", 0.0, 2)])
    same([Hold("f", 0.0), Hold("f", 1.0, None, 10)], [Hold("f", 0.0, None, 0, 9), Hold("f", 1.0, None, 10)])
    same([Read(3, 0), Read(3, 2)], [Read(3, 2)])
    same([Start("c", None, 1.0), Start("c", 1, 0.0)], [Start("c", 0, 1.0), Start("c", 2, 1.0)])
    same([SetWeight("bias_ih", (3,), 1.0), SetWeight("bias_ih", (3,), 2.0)], [SetWeight("bias_ih", (3,), 2.0)])


def test_the_model_and_its_snapshots_are_left_as_they_were():
    model = make_model("gru")
    before, snapshots = copy.deepcopy(model.state_dict()), [parameters_of(model)]
    changes = [SetWeight("head.weight", (0, 0), 9.0), SetWeight("weight_ih", (0, 0), 9.0), Hold("z", 1.0), Read(0, 3)]
    trace_changed(model, TASK, changes)
    trace_changed_snapshots(model, snapshots, TASK, changes)
    changed = changed_weights(snapshots[0], changes)
    assert changed["head.weight"][0, 0] == changed["recurrent.weight_ih_l0"][0, 0] == 9
    for name, tensor in before.items():
        assert torch.equal(model.state_dict()[name], tensor)
        np.testing.assert_array_equal(snapshots[0][name], tensor.numpy())


def test_a_diverged_network_can_be_held_too():
    model = make_model("lstm")
    with torch.no_grad():
        model.recurrent.weight_hh_l0.fill_(torch.nan)
    tr = trace_changed(model, TASK, [Hold(name, 0.5) for name in "ifgo"])
    assert np.isfinite(tr.h).all()


def test_a_converted_model_keeps_its_precision():
    tr = trace_changed(make_model("lstm").double(), TASK, [Hold("f", 0.3), SetWeight("bias_ih", (0,), 0.3)])
    assert (tr.f == 0.3).all()


# Effects


def softmax_trace(logits):
    """A trace that predicts by these logits."""
    logits = np.asarray(logits, np.float64)
    probabilities = torch.softmax(torch.tensor(logits), -1).numpy()
    plain = trace(make_model("rnn", dtype="float64"), TASK.one_hot())
    return dataclasses.replace(plain, logits=logits, probabilities=probabilities)


@pytest.mark.parametrize("leading", [(), (3,)])
@given(seed=seeds, scale=st.sampled_from([0.1, 1, 100, 1000]))
@settings(deadline=None, max_examples=20)
def test_an_effect_is_what_torch_makes_of_the_logits(leading, seed, scale):
    before, after = scale * np.random.default_rng(seed).normal(size=(2, *leading, STEPS, 4))
    found = effect(softmax_trace(before), softmax_trace(after), TASK)
    y = torch.tensor(TASK.y).expand(*leading, STEPS).reshape(-1)
    for ours, logits in ((found.loss_before, before), (found.loss_after, after)):
        loss = torch.nn.functional.cross_entropy(torch.tensor(logits).reshape(-1, 4), y, reduction="none")
        np.testing.assert_allclose(ours.ravel(), loss.numpy(), rtol=1e-12, atol=1e-12)
    p, q = torch.softmax(torch.tensor(before), -1), torch.softmax(torch.tensor(after), -1)
    np.testing.assert_array_equal(found.largest, (q - p).abs().amax(-1).numpy())
    change = (q - p).reshape(-1, 4).gather(1, y[:, None]).reshape(*leading, STEPS)
    np.testing.assert_array_equal(found.probability, change.numpy())


def test_an_effect_lasts_from_the_first_to_the_last_step_that_feels_it():
    still, moved = np.zeros((4, STEPS, 4)), np.zeros((4, STEPS, 4))
    moved[1, [3, 9], 0] = 1
    moved[2, [3, STEPS - 6], 0] = 1
    moved[3, 5:, 1] = 0.001  # not felt
    found = effect(softmax_trace(still), softmax_trace(moved), TASK)
    assert found.first.tolist() == [-1, 3, 3, -1]
    assert found.last.tolist() == [-1, 9, STEPS - 6, -1]
    assert found.lasting.tolist() == [0, 7, STEPS - 8, 0]
    assert found.to_the_end.tolist() == [False, False, True, False]
    one = effect(softmax_trace(still[1]), softmax_trace(moved[1]), TASK)
    assert (f"{one.first:d}", f"{one.lasting:d}", bool(one.to_the_end)) == ("3", "7", False)


def test_what_is_a_number_on_one_side_only_is_felt():
    finite, broken = np.zeros((STEPS, 4)), np.zeros((STEPS, 4))
    broken[12:] = np.nan
    for before, after in ((finite, broken), (broken, finite)):
        found = effect(softmax_trace(before), softmax_trace(after), TASK)
        assert (found.first, found.last, found.lasting) == (12, STEPS - 1, STEPS - 12)
        assert np.isinf(found.largest[12:]).all()
        assert np.isnan(found.probability[12:]).all()
    assert effect(softmax_trace(broken), softmax_trace(broken), TASK).first == -1


def test_nothing_is_felt_before_the_step_that_is_changed():
    model = make_model("lstm")
    with torch.no_grad():
        model.head.weight.mul_(20)
    found = effect(trace_changed(model, TASK, []), trace_changed(model, TASK, [Hold("c", 5.0, None, 8, 8)]), TASK)
    assert found.first == 8
    assert not found.largest[:8].any()
    nothing = effect(trace_changed(model, TASK, []), trace_changed(model, TASK, []), TASK)
    assert (nothing.first, nothing.last, nothing.lasting, bool(nothing.to_the_end)) == (-1, -1, 0, False)


def test_effects_of_traces_that_do_not_belong_together_are_refused():
    tr = trace_changed(make_model("lstm"), TASK, [])
    with pytest.raises(ValueError, match=r"both end in the shape \(29, 4\); got \(29, 4\), \(11, 4\)"):
        effect(tr, trace(make_model("lstm"), alphabet_task("abcabC", 2).one_hot()), TASK)
    with pytest.raises(ValueError, match="from a network with a head"):
        effect(tr, trace(torch.nn.LSTM(4, 3), TASK.one_hot()), TASK)


# Presets


@cache
def trained(cell: str, pattern: str, hidden: int, epochs: int) -> tuple[Task, Model, Trace]:
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=43052))
    if epochs:
        for _ in lv.train(model, task, lv.TrainConfig(epochs=epochs, lr=0.1)):
            pass
    return task, model, trace(model, task.one_hot(), letters=task.labels)


def test_the_counter_of_the_lectures_network_is_found_and_goes_on_counting_when_it_is_erased():
    task, model, tr = trained("lstm", "abaB", 2, 1000)
    *_, erased = presets(task, model.config, tr)
    assert (erased.key, format_changes(erased.changes)) == ("counter_erased", "c1=0@196")
    assert tr.c[-1, 0] > 100 > 10 > np.abs(tr.c[:, 1]).max()
    after = trace_changed(model, task, erased.changes)
    assert after.c[196, 0] == 0
    assert task.labels[196] == "a1"
    assert (np.diff(after.c[196::4, 0])[:20] > 0.5).all()
    found = effect(tr, after, task)
    assert found.lasting < 8  # so the count was not what it predicts by


def test_the_wrong_letter_makes_one_place_look_like_its_twin():
    task, model, tr = trained("lstm", "abaB", 2, 1000)
    (wrong,) = (preset.changes for preset in presets(task, model.config, tr) if preset.key == "wrong_letter")
    assert format_changes(wrong) == "x=3@197"  # B for b
    after = trace_changed(model, task, wrong)
    assert after.probabilities[198].argmax() == task.alphabet.index("b")  # what follows a1, at a2
    found = effect(tr, after, task)
    assert found.first == 198
    assert found.loss_after[198] > 5 > 0.1 > found.loss_before[198]


@pytest.mark.parametrize("pattern", [*PRESETS, "abcd", "aab", "ab"])
@pytest.mark.parametrize("repeats", [2, 3, 100])
def test_the_wrong_letter_is_another_one_inside_the_text(pattern, repeats):
    task = alphabet_task(pattern, repeats)
    size = len(task.alphabet)
    config = ModelConfig(cell="rnn", input_size=size, hidden_size=2, output_size=size)
    _, wrong = presets(task, config, trace(build_model(config), task.one_hot()))
    (read,) = wrong.changes
    assert task.x[read.step] != read.letter
    assert parse_changes(format_changes(wrong.changes), config, task) == wrong.changes
    assert repeats < 100 or abs(read.step - len(task.x) / 2) <= 1.5 * task.period


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("rnn", ["start", "wrong_letter"]),
        ("rnn_relu", ["start", "wrong_letter"]),
        ("lstm", ["forget_0", "forget_1", "output_0", "wrong_letter"]),
        ("gru", ["update_1", "update_0", "reset_0", "wrong_letter"]),
    ],
)
def test_every_cell_has_presets_that_can_be_made_and_written(cell, keys):
    task, model, tr = trained(cell, "abcabC", 3, 0)
    found = presets(task, model.config, tr)
    assert [preset.key for preset in found] == keys  # an untrained network counts nothing
    for preset in found:
        assert parse_changes(format_changes(preset.changes), model.config, task) == preset.changes
        assert trace_changed(model, task, preset.changes).h.shape == tr.h.shape


@pytest.mark.parametrize("name", ["Reber grammar", "matching halves"])
def test_a_task_that_is_no_pattern_has_the_presets_of_all_steps(name):
    task = named_task(name)
    config = ModelConfig(cell="lstm", input_size=task.input_size, hidden_size=3, output_size=task.output_size, seed=0)
    model = build_model(config)
    found = presets(task, config, trace(model, task.one_hot()))
    assert [preset.key for preset in found] == ["forget_0", "forget_1", "output_0"]
    for preset in found:
        assert trace_changed(model, task, preset.changes).h.shape == (len(task.x), 3)


def test_a_frozen_state_does_not_move():
    task, model, _ = trained("gru", "abcabC", 3, 0)
    frozen = trace_changed(model, task, [*parse_changes("z=1;h=0.5@start", model.config, task)])
    assert (frozen.h == 0.5).all()


def test_presets_are_for_the_trace_of_one_network():
    task, model, tr = trained("gru", "abcabC", 3, 0)
    snapshots = trace_snapshots(model, [parameters_of(model)], task.one_hot())
    for wrong in (snapshots, trace(make_model("lstm"), task.one_hot()), trace(model, task.one_hot()[:9])):
        with pytest.raises(ValueError, match="`tr` must be the trace of one network"):
            presets(task, model.config, wrong)
    assert tr.letters == task.labels


# The text form

CONFIGS = {cell: make_model(cell).config for cell in CELLS}


@st.composite
def changes_of(draw, cell):
    config = CONFIGS[cell]
    shapes = {name: tuple(tensor.shape) for name, tensor in make_model(cell).state_dict().items()}

    def number(low, high):
        return draw(st.one_of(st.sampled_from([low, high, 0.0]), st.floats(low, high)))

    match draw(st.sampled_from(["hold", "read", "start", "weight"])):
        case "hold":
            quantity = draw(st.sampled_from(QUANTITIES[cell]))
            low, high = (-1e6, 1e6) if quantity in "ch" else (-1, 1) if quantity in "gn" else (0, 1)
            first, last = draw(spans())
            return Hold(quantity, number(low, high), draw(units), first, last)
        case "read":
            return Read(draw(st.integers(0, STEPS - 1)), draw(st.integers(0, config.input_size - 1)))
        case "start":
            return Start(draw(st.sampled_from(STATES[cell])), draw(units), number(-1e6, 1e6))
        case _:
            name = draw(st.sampled_from(WEIGHTS))
            shape = shapes[name if "head" in name else f"recurrent.{name}_l0"]
            return SetWeight(name, draw(st.tuples(*(st.integers(0, n - 1) for n in shape))), number(-1e6, 1e6))


@pytest.mark.parametrize("cell", CELLS)
@given(st.data())
@settings(deadline=None, max_examples=100)
def test_what_is_written_is_read_back(cell, data):
    changes = tuple(data.draw(st.lists(changes_of(cell), max_size=8)))
    text = format_changes(changes)
    assert parse_changes(text, CONFIGS[cell], TASK) == changes
    assert text.isascii()
    assert not set(text) & set(" +&#%?")


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("f3=0", Hold("f", 0.0, 2)),
        ("f=0", Hold("f", 0.0)),
        ("f3=0@8", Hold("f", 0.0, 2, 8, 8)),
        ("f3=0@0", Hold("f", 0.0, 2, 0, 0)),
        ("f3=0@8-", Hold("f", 0.0, 2, 8)),
        ("f3=0@8-20", Hold("f", 0.0, 2, 8, 20)),
        ("g1=-0.25", Hold("g", -0.25, 0)),
        ("h2=-1.5@3", Hold("h", -1.5, 1, 3, 3)),
        ("x=2@12", Read(12, 1)),
        ("h2=0.5@start", Start("h", 1, 0.5)),
        ("c=0@start", Start("c", None, 0.0)),
        ("weight_hh.7.2=-1.5", SetWeight("weight_hh", (6, 1), -1.5)),
        ("bias_ih.3=0", SetWeight("bias_ih", (2,), 0.0)),
        ("head.weight.1.2=0.7", SetWeight("head.weight", (0, 1), 0.7)),
        ("head.bias.1=0", SetWeight("head.bias", (0,), 0.0)),
        ("c1=1e-7", Hold("c", 1e-7, 0)),
        ("c1=123456", Hold("c", 123456.0, 0)),
        ("c1=1000000", Hold("c", 1e6, 0)),
    ],
)
def test_the_text_says_it_as_the_pages_count(text, change):
    assert parse_changes(text, CONFIGS["lstm"], TASK) == (change,)
    assert format_changes([change]) == text


def test_the_text_may_be_written_loosely_and_is_put_in_order():
    text = " ; f3 = +0.50 @ 8 - 20;\n;c01=-0;o=.5@0-;x=02@00; h=1E0@start;"
    assert format_changes(parse_changes(text, CONFIGS["lstm"], TASK)) == "f3=0.5@8-20;c1=0;o=0.5;x=2@0;h=1@start"
    assert parse_changes("", CONFIGS["lstm"], TASK) == parse_changes(" ;", CONFIGS["lstm"], TASK) == ()


def test_a_letter_may_be_named_by_itself():
    config = make_model("lstm").config
    assert parse_changes("x=b@12;x=C@3", config, TASK) == (Read(12, 1), Read(3, 3))


@pytest.mark.parametrize(
    ("text", "reason", "sentence"),
    [
        ("f9=0", "unit", "`f9=0` names unit 9; the network has 3 units."),
        ("f0=0", "unit", "names unit 0"),
        ("h4=0@start", "unit", "names unit 4"),
        ("f", "form", "`f` must be of the form what=value or what=value@when, as in f1=0@8."),
        ("f=0=1", "form", "must be of the form"),
        ("f=0@1@2", "form", "must be of the form"),
        ("z=0", "quantity", "names z; in an LSTM i, f, g, o, c, h, the letter x and weights can be set"),
        ("F=0", "quantity", "names F"),
        ("=0", "quantity", "names nothing"),
        ("x2=0@3", "quantity", "names x2"),
        ("f=2", "value", "`f=2` must set a number between 0 and 1; got 2."),
        ("f=-0.1", "value", "between 0 and 1"),
        ("g=1.01", "value", "between -1 and 1"),
        ("h=1e7", "value", "between -1000000 and 1000000"),
        ("c=nan", "value", "got nan"),
        ("c=inf@start", "value", "got inf"),
        ("c=", "value", "got none"),
        ("c=1,5", "value", "got 1,5"),
        ("c=1_0", "value", "got 1_0"),
        ("c=0x1", "value", "got 0x1"),
        ("c=١", "value", "got ١"),
        ("bias_ih.1=1e999", "value", "got 1e999"),
        ("f=0@29", "step", "`f=0@29` names step 29; the text has the steps 0 to 28."),
        ("f=0@3-29", "step", "names step 29"),
        ("f=0@9-8", "step", "must end no earlier than it begins; got 9 to 8"),
        ("f=0@", "step", "as in @8, @8- or @8-20; got @"),
        ("f=0@-3", "step", "got @-3"),
        ("f=0@start", "step", "sets f at the start, where an LSTM has only h and c"),
        ("x=1@29", "step", "names step 29"),
        ("x=1", "step", "must say at which one step"),
        ("x=1@2-3", "step", "must say at which one step"),
        ("bias_ih.1=0@3", "step", "a weight is set for the whole text"),
        ("x=5@1", "letter", "`x=5@1` must name a letter of the text, or its number, 1 to 4; got 5."),
        ("x=0@1", "letter", "got 0"),
        ("x=z@1", "letter", "got z"),
        ("x=@1", "letter", "got none"),
        ("weight_hh.13.1=0", "weight", "by row 1 to 12 and column 1 to 3, as in weight_hh.1.1=0"),
        ("weight_ih.1.5=0", "weight", "row 1 to 12 and column 1 to 4"),
        ("weight_hh.0.1=0", "weight", "row 1 to 12"),
        ("weight_hh=0", "weight", "must name a number in weight_hh"),
        ("bias_ih.1.1=0", "weight", "by row 1 to 12, as in bias_ih.1=0"),
        ("head.bias.5=0", "weight", "by row 1 to 4, as in head.bias.1=0"),
        ("head.weights.1.1=0", "weight", "the weights are weight_ih, weight_hh, bias_ih"),
        ("f" + "9" * 3000 + "=0", "unit", "the network has 3 units."),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text, reason, sentence):
    with pytest.raises(ChangeError) as caught:
        parse_changes(f"i=0; {text} ;o=0", CONFIGS["lstm"], TASK)
    assert (caught.value.part, caught.value.reason) == (text, reason)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 250
    assert str(caught.value).endswith(".")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_there_is_an_end_to_changes():
    config = CONFIGS["lstm"]
    assert len(parse_changes(";".join(["f=0"] * MAX_CHANGES), config, TASK)) == MAX_CHANGES
    for text, part in (
        (";".join(["f=0"] * MAX_CHANGES + ["o=0"]), "o=0"),
        ("f=0" + " " * 3998, "f=0" + " " * 37),
    ):
        with pytest.raises(ChangeError) as caught:
            parse_changes(text, config, TASK)
        assert (caught.value.reason, caught.value.part) == ("many", part)


def test_the_longest_changes_there_can_be_are_not_too_long():
    config = ModelConfig(cell="lstm", input_size=4, hidden_size=4096, output_size=4)
    longest = (SetWeight("weight_hh", (16383, 4095), -1.2345678901234567e-300),) * MAX_CHANGES
    assert parse_changes(format_changes(longest), config, TASK) == longest


def assert_read_or_refused(text, cell):
    refusal = None
    try:
        changes = parse_changes(text, CONFIGS[cell], TASK)
    except ChangeError as error:
        refusal = error
    if refusal is None:
        assert parse_changes(format_changes(changes), CONFIGS[cell], TASK) == changes
    else:
        assert refusal.part in text
        assert "\n" not in str(refusal)


@pytest.mark.parametrize("cell", CELLS)
@given(st.one_of(st.text(), st.text("fxhcz0129=@-+;. e_start"), st.text(max_size=5).map("f1=".__add__)))
@settings(deadline=None, max_examples=150)
def test_any_text_is_read_or_refused(cell, text):
    assert_read_or_refused(text, cell)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_change_with_one_letter_wrong_is_read_or_refused(data):
    text = list(format_changes([data.draw(changes_of("lstm"))]))
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.text(max_size=2))
    assert_read_or_refused("".join(text), "lstm")


# Bad values, one sentence each


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Hold("q", 0.0), "`quantity` must be one of i, f, o, z, r, g, n, c, h; got 'q'"),
        (lambda: Hold("f", 1.5), "`value` must be between 0 and 1; got 1.5"),
        (lambda: Hold("n", -1.5), "`value` must be between -1 and 1; got -1.5"),
        (lambda: Hold("h", np.nan), "`value` must be between"),
        (lambda: Hold("c", "1"), "`value` must be a number"),
        (lambda: Hold("c", 1.0, -1), "`unit` must be between 0 and 4095; got -1"),
        (lambda: Hold("c", 1.0, 0, -1), "`first` must be between 0 and"),
        (lambda: Hold("c", 1.0, 0, 5, 4), "`last` must be between 5 and"),
        (lambda: Read(-1, 0), "`step` must be between"),
        (lambda: Read(0, 1.0), "`letter` must be a whole number"),
        (lambda: Start("f", None, 0.0), "`quantity` must be one of h, c; got 'f'"),
        (lambda: Start("h", None, 2e6), "`value` must be between"),
        (lambda: SetWeight("weight", (0, 0), 0.0), "`name` must be one of weight_ih, weight_hh"),
        (lambda: SetWeight("weight_ih", (0,), 0.0), r"`index` must be a tuple of 2 for weight_ih; got \(0,\)"),
        (lambda: SetWeight("head.bias", (0, 0), 0.0), "`index` must be a tuple of 1 for head.bias"),
        (lambda: SetWeight("head.bias", (-1,), 0.0), "`index` must be between 0 and"),
        (lambda: SetWeight("head.bias", (0,), np.inf), "`value` must be between"),
    ],
)
def test_a_change_checks_itself_when_it_is_made(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_numbers_of_numpy_become_pythons():
    hold = Hold("h", np.float32(0.5), np.int64(1), np.int64(2), np.int32(3))
    assert [type(value) for value in dataclasses.astuple(hold)[1:]] == [float, int, int, int]
    assert format_changes([hold, Read(np.int64(3), np.int64(0)), Hold("h", -0.0)]) == "h2=0.5@2-3;x=1@3;h=0"
    with pytest.raises(dataclasses.FrozenInstanceError):
        hold.value = 1


@pytest.mark.parametrize(
    ("cell", "change", "reason"),
    [
        ("gru", Hold("f", 0.0), "quantity"),
        ("rnn", Start("c", None, 0.0), "quantity"),
        ("lstm", Hold("f", 0.0, HIDDEN), "unit"),
        ("lstm", Hold("f", 0.0, None, STEPS), "step"),
        ("lstm", Hold("f", 0.0, None, 0, STEPS), "step"),
        ("lstm", Read(STEPS, 0), "step"),
        ("lstm", Read(0, 4), "letter"),
        ("rnn", SetWeight("weight_hh", (HIDDEN, 0), 0.0), "weight"),
    ],
)
def test_a_change_that_does_not_fit_the_network_is_refused(cell, change, reason):
    model = make_model(cell)
    for refuse in (
        lambda: trace_changed(model, TASK, [change]),
        lambda: trace_changed_snapshots(model, [parameters_of(model)], TASK, [change]),
    ):
        with pytest.raises(ChangeError) as caught:
            refuse()
        assert caught.value.reason == reason
        assert caught.value.part == format_changes([change])


def test_networks_that_cannot_be_changed_are_refused():
    with pytest.raises(TypeError, match="`model` must be a Model"):
        trace_changed(torch.nn.LSTM(4, 3), TASK, [])
    with pytest.raises(TypeError, match="must hold Hold, Read, Start and SetWeight only; got str"):
        trace_changed(make_model("lstm"), TASK, ["f=0"])
    with pytest.raises(TypeError, match="`text` must be a str"):
        parse_changes(None, CONFIGS["lstm"], TASK)
    for options in ({"num_layers": 2}, {"bidirectional": True}):
        model = build_model(ModelConfig(input_size=4, hidden_size=3, output_size=4, **options))
        with pytest.raises(ValueError, match="one layer and one direction"):
            trace_changed(model, TASK, [])
    for sizes in itertools.permutations((4, 5)):
        model = build_model(ModelConfig(input_size=sizes[0], hidden_size=3, output_size=sizes[1]))
        with pytest.raises(ValueError, match="must read and tell the 4 letters"):
            trace_changed(model, TASK, [])
    model = make_model("lstm")
    with pytest.raises(ValueError, match="`parameters` must have shape"):
        trace_changed_snapshots(
            model,
            [parameters_of(make_model("lstm", hidden=2))],
            TASK,
            [SetWeight("weight_hh", (11, 2), 0.0)],
        )
