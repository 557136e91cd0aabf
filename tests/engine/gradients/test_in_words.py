"""The lines of the way back without LaTeX, clipped to another norm, and held against torch."""

import numpy as np
import pytest

from lstmviz.gradients import backpropagate, backward_lines, clip_norms, difference_from_autograd, plain, symbol
from lstmviz.tasks import alphabet_task
from tests.engine.gradients.oracle import CELLS, network

TASK = alphabet_task("abcabC", repeats=4)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial L}{\partial c_{t+1}} \, f_{t+1}", "∂L/∂c_{t+1} · f_{t+1}"),
        (
            r"\frac{\partial L}{\partial a_i} = \frac{\partial L}{\partial i} \, i \, (1 - i)",
            "∂L/∂a_{i} = ∂L/∂i · i · (1 − i)",
        ),
        (r"1 - \tanh^2 c", "1 − tanh² c"),
        (r"\sum_v V_{vj} \, (p_v - [v = \text{next letter}])", "Σ_{v} V_{vj} · (p_{v} − [v = ⟨next letter⟩])"),
        (r"\sum_{s \geq t} \frac{\partial L}{\partial a_s} \, x_{1,s}", "Σ_{s ≥ t} ∂L/∂a_{s} · x_{1,s}"),
        (r"c_{t-1}", "c_{t−1}"),
    ],
)
def test_a_formula_is_written_without_latex(latex: str, text: str) -> None:
    assert plain(latex) == text


@pytest.mark.parametrize("cell", CELLS)
def test_no_latex_is_left_in_any_line(cell: str) -> None:
    for line in backward_lines(backpropagate(network(cell), TASK), 5, 1):
        for text in (
            plain(line.formula),
            symbol(line.name),
            *(plain(f.name) for term in line.terms for f in term.factors),
        ):
            assert "\\" not in text
            assert text.count("{") == text.count("}") == text.count("_{")


def test_units_and_letters_are_counted_from_1() -> None:
    found = {line.name: line for line in backward_lines(backpropagate(network("lstm"), TASK), 5, 2)}
    assert found["next"].terms[1].name == "gate i, unit 2"
    assert found["next"].terms[1].factors[0].name == "U_{i,2,3}"
    assert found["above"].terms[0].name == "logit 1"


def test_clipped_to_another_norm_as_if_it_had_been_asked_for_at_once() -> None:
    gains = (0.5, 1.0, 3.0)
    other, asked = (
        clip_norms(network("rnn"), TASK, gains=gains).to(0.02),
        clip_norms(network("rnn"), TASK, gains=gains, max_norm=0.02),
    )
    np.testing.assert_array_equal(other.factor, asked.factor)
    np.testing.assert_array_equal(other.clipped, asked.clipped)
    assert other.max_norm == 0.02
    assert (other.factor < 1).any()
    with pytest.raises(ValueError, match="`max_norm` must be"):
        other.to(0.0)


@pytest.mark.parametrize("at", [None, 9])
@pytest.mark.parametrize("cell", CELLS)
def test_the_way_back_is_as_far_from_torch_as_rounding(cell: str, at: int | None) -> None:
    model = network(cell, gain=1.3)
    before = [p.detach().clone() for p in model.parameters()]
    assert difference_from_autograd(model, TASK, backpropagate(model, TASK, at=at)) < 1e-13
    assert all((p == old).all() and p.grad is None for p, old in zip(model.parameters(), before, strict=True))


def test_a_way_back_of_other_weights_is_found_out() -> None:
    back = backpropagate(network("gru", seed=2), TASK)
    assert difference_from_autograd(network("gru", seed=1), TASK, back) > 1e-4
