"""What holds for a pattern holds for any task: the loss is that of the steps that ask, its gradients are autograd's."""

import numpy as np
import pytest
import torch

import lstmviz as lv
from lstmviz.gradients import (
    backpropagate,
    backward_lines,
    band,
    by_lag,
    clip_norms,
    difference_from_autograd,
    gradients_through_time,
    plain,
)
from lstmviz.tasks import named_task
from tests.kinds import ONE_OF_EACH_KIND

from .oracle import CELLS, gradients_of_state, network, unrolled

SYMBOLS = {
    **{name: named_task(name, 2) for name in ONE_OF_EACH_KIND},
    "text": lv.text_task("to be or not to be", window=6),
}
NUMBERS = {"adding": lv.adding_task(24), "echo": lv.echo_task(2, 9)}
EVERY = SYMBOLS | NUMBERS


def made(name: str, cell: str, layers: int = 1, gain: float = 1.5) -> tuple[lv.Task, lv.Model]:
    task = EVERY[name]
    return task, network(cell, layers, letters=task.input_size, answers=task.output_size, gain=gain)


def asked(task: lv.Task) -> list[int]:
    return np.flatnonzero(task.scored).tolist()


def test_the_tasks_ask_at_all_steps_at_some_and_at_the_last_alone():
    shares = {name: (len(asked(task)), len(task.x)) for name, task in EVERY.items()}
    assert any(count == steps for count, steps in shares.values())
    assert any(1 < count < steps for count, steps in shares.values())
    assert any(count == 1 < steps for count, steps in shares.values())


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", EVERY)
def test_the_gradient_of_each_asked_loss_by_each_state_before_it_is_autograds(name, cell):
    task, model = made(name, cell)
    found = gradients_through_time(model, task, vectors=True)
    silent = [t - found.steps[0] for t in found.steps if not task.scored[t]]
    losses, _ = unrolled(model, task, found.steps.stop)
    for of, vectors in (("h", found.h_vectors), ("c", found.c_vectors)):
        if vectors is None:
            assert cell != "lstm"
            continue
        expected = gradients_of_state(model, task, found.steps, of, 0)
        expected[silent] = np.nan
        np.testing.assert_allclose(vectors, expected, rtol=1e-10, atol=1e-15)
        sizes = np.linalg.norm(expected, axis=-1)
        np.testing.assert_allclose(getattr(found, of), sizes, rtol=1e-10, atol=1e-15)
    expected = losses.detach().numpy()[found.steps.start :]
    expected[silent] = np.nan
    np.testing.assert_allclose(found.loss, expected, rtol=1e-10)
    assert found.first_not_finite is None


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", EVERY)
def test_every_derivative_on_the_way_back_is_autograds(name, cell):
    task, model = made(name, cell, layers=2)
    for at in (None, asked(task)[0], asked(task)[-1]):
        model.zero_grad()
        losses, steps = unrolled(model, task, len(task.x))
        loss = losses[asked(task)].mean() if at is None else losses[at]
        loss.backward()
        back = backpropagate(model, task, at=at)
        assert back.loss == pytest.approx(loss.item(), rel=1e-12)
        for ours, theirs in zip(back.layers, steps, strict=True):
            for name_, array in ours.d.items():
                grads = torch.stack([step[name_].grad for step in theirs[: len(array)]])
                np.testing.assert_allclose(array, grads, rtol=1e-10, atol=1e-15, err_msg=name_)
        for name_, p in model.named_parameters():
            np.testing.assert_allclose(back.gradients[name_], p.grad, rtol=1e-10, atol=1e-14, err_msg=name_)
        assert difference_from_autograd(model, task, back) < 1e-12


@pytest.mark.parametrize("name", EVERY)
def test_the_terms_of_every_line_add_up(name):
    task, model = made(name, "lstm")
    back = backpropagate(model, task)
    for t in back.steps:
        for line in backward_lines(back, t, 1):
            assert sum(term.value for term in line.terms) == pytest.approx(line.value, rel=1e-10, abs=1e-14)
        above = backward_lines(back, t, 1)[0]
        assert len(above.terms) == (task.output_size if task.scored[t] else 0)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("Reber grammar", "[v = ⟨next letter⟩]"),
        ("text", "[v = ⟨next letter⟩]"),
        ("bit parity", "[v = ⟨right answer⟩]"),
        ("adding", "2/P · (ŷ_{v} − y_{v})"),
    ],
)
def test_the_formula_says_what_is_compared_with_what(name, right):
    task, model = made(name, "gru")
    assert right in plain(backward_lines(backpropagate(model, task), asked(task)[-1], 0)[0].formula)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", EVERY)
def test_the_norm_that_is_clipped_is_torchs(name, cell):
    task = EVERY[name]
    ours = clip_norms(made(name, cell, gain=1.0)[1], task, max_norm=0.05, gains=(0.0, 1.0, 2.0))
    for e, gain in enumerate((0.0, 1.0, 2.0)):
        model = made(name, cell, gain=gain)[1]
        told = model(torch.tensor(task.inputs(), dtype=torch.float64))[0][asked(task)]
        target = torch.tensor(task.y[asked(task)])
        if task.of_numbers:
            loss = torch.nn.functional.mse_loss(told, target.double())
        else:
            loss = torch.nn.functional.cross_entropy(told, target)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.05).item()
        assert ours.loss[e] == pytest.approx(loss.item(), rel=1e-10)
        assert ours.norm[e] == pytest.approx(norm, rel=1e-9)


def test_by_lag_the_pairs_of_asked_losses_alone_are_counted():
    task, model = made("temporal order", "lstm")
    assert asked(task) == [len(task.x) - 1]
    found = by_lag(gradients_through_time(model, task), "h", relative=True)
    assert found.count.tolist() == [1] * len(found.count)
    assert found.log10[0] == 0
    path = by_lag(gradients_through_time(model, task), "path")
    assert path.count.tolist() == [1] * len(path.count)


def test_a_step_at_which_nothing_is_asked_has_no_loss_to_follow():
    task, model = made("matching halves", "rnn")
    with pytest.raises(ValueError, match="`at` must be a step at which something is asked; got 0"):
        backpropagate(model, task, at=0)


def test_a_band_over_sequences_counts_at_each_lag_those_that_are_long_enough():
    tasks = [named_task("embedded Reber grammar", number) for number in range(6)]
    model = network("gru", letters=tasks[0].input_size, answers=tasks[0].output_size)
    several = [gradients_through_time(model, task) for task in tasks]
    lengths = np.array([len(task.x) for task in tasks])
    assert len(set(lengths)) > 1
    found = band(several, "h", (0.0, 1.0), relative=True)
    assert found.networks.tolist() == [(lengths > lag).sum() for lag in range(lengths.max())]
    for lag in range(lengths.max()):
        there = [by_lag(one, "h", relative=True).log10[lag] for one in several if len(one.steps) > lag]
        np.testing.assert_array_equal(found.log10[:, lag], [min(there), max(there)])
