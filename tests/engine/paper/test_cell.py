"""The network of 1997: its weight counts as printed, its gradient as autograd has it where errors are cut."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.paper.cell import BlockConfig, BlockNetwork, Sequences
from lstmviz.paper.rows import PUBLISHED, ROWS, row_of
from tests.engine.paper.torch_cell import gradients, told_by


def drawn(config: BlockConfig, seed: int, lengths: tuple[int, ...] = (7, 4, 1)) -> Sequences:
    """Sequences of random numbers, asked at about two steps of three, the last one always."""
    rng = np.random.default_rng(seed)
    steps = sum(lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    asked = rng.random(steps) < 0.7
    asked[starts[1:] - 1] = True
    return Sequences(rng.normal(size=(steps, config.inputs)), rng.random((steps, config.outputs)), asked, starts)


configs = st.builds(
    BlockConfig,
    inputs=st.integers(1, 4),
    outputs=st.integers(1, 3),
    blocks=st.integers(1, 3),
    size=st.integers(1, 3),
    linear=st.booleans(),
    biased=st.sampled_from(["gates", "all"]),
    g=st.sampled_from([1.0, 2.0]),
    h=st.sampled_from([1.0, 2.0]),
    spread=st.just(1.5),
)


@pytest.mark.parametrize(
    ("config", "weights"),
    [
        (BlockConfig(inputs=7, outputs=7, blocks=4, size=1), 264),
        (BlockConfig(inputs=7, outputs=7, blocks=3, size=2), 276),
        (BlockConfig(inputs=2, outputs=1, blocks=2, size=2, biased="all"), 93),
        (BlockConfig(inputs=8, outputs=4, blocks=2, size=2, biased="all"), 156),  # experiment 6a
        (BlockConfig(inputs=8, outputs=8, blocks=3, size=2, biased="all"), 308),  # experiment 6b
    ],
)
def test_as_many_weights_learn_as_the_paper_prints(config: BlockConfig, weights: int) -> None:
    network, sequences = BlockNetwork(config, seed=1), drawn(config, 0)
    hidden, output = network.hidden.copy(), network.output.copy()
    network.learn(sequences, [0], 0.1)
    assert config.weights == weights == (network.hidden != hidden).sum() + (network.output != output).sum()


def test_each_row_that_repeats_one_of_the_paper_s_has_its_weights_and_its_rate() -> None:
    printed = {one.key: one for one in PUBLISHED}
    repeated = [row for row in ROWS if row.beside is not None]
    assert {row.beside for row in repeated} == {one.key for one in PUBLISHED if one.method == "LSTM"}
    for row in repeated:
        assert row.beside is not None
        assert (str(row.weights), row.lr) == (printed[row.beside].weights, printed[row.beside].lr)


@settings(max_examples=20)
@given(config=configs, seed=st.integers(0, 1000))
def test_a_sequence_changes_the_weights_by_the_gradient_that_autograd_has_with_errors_cut(
    config: BlockConfig, seed: int
) -> None:
    sequences = drawn(config, seed)
    for number in range(3):
        network = BlockNetwork(config, seed)
        hidden, output = network.hidden.copy(), network.output.copy()
        by_hidden, by_output = gradients(network, sequences, number, torch.Tensor.detach)
        network.learn(sequences, [number], 0.5)
        if config.biased == "gates":
            by_hidden[-1, 2 * config.blocks :] = by_output[-1] = 0.0
        np.testing.assert_allclose(network.hidden - hidden, -0.5 * by_hidden, atol=1e-12)
        np.testing.assert_allclose(network.output - output, -0.5 * by_output, atol=1e-12)


def test_what_is_cut_is_not_nothing() -> None:
    config = BlockConfig(inputs=3, outputs=2, blocks=2, size=2, spread=1.5)
    network, sequences = BlockNetwork(config, 2), drawn(config, 2)
    cut, whole = (gradients(network, sequences, 0, how)[0] for how in (torch.Tensor.detach, lambda y: y))
    assert np.abs(cut - whole).max() > 1e-3


@settings(max_examples=15)
@given(config=configs, seed=st.integers(0, 1000))
def test_where_only_the_last_step_is_asked_both_ways_to_learn_are_one(config: BlockConfig, seed: int) -> None:
    sequences = drawn(config, seed)
    asked = np.isin(np.arange(len(sequences.x)), sequences.starts[1:] - 1)
    sequences = sequences._replace(asked=asked)
    by_sequence, by_step = BlockNetwork(config, seed), BlockNetwork(config, seed)
    errors = by_sequence.learn(sequences, [0, 2, 1], 0.3)
    np.testing.assert_allclose(errors, by_step.learn(sequences, [0, 2, 1], 0.3, update="step"), atol=1e-12)
    np.testing.assert_allclose(by_sequence.hidden, by_step.hidden, atol=1e-12)
    np.testing.assert_allclose(by_sequence.output, by_step.output, atol=1e-12)


def test_one_step_that_is_asked_is_a_derivative_by_finite_differences() -> None:
    # A single step reads y(0) = 0, so nothing is cut, and the quotient of differences has the same to say.
    config = BlockConfig(inputs=3, outputs=2, blocks=2, size=2, biased="all", spread=1.0)
    sequences = drawn(config, 3, lengths=(1,))

    def error(network: BlockNetwork) -> float:
        return float(((sequences.y - network.read(sequences)) ** 2).sum() / 2)

    learned = BlockNetwork(config, 3)
    first = learned.hidden.copy()
    learned.learn(sequences, [0], 1.0)
    for k, i in np.ndindex(*first.shape):
        apart = []
        for sign in (1, -1):
            network = BlockNetwork(config, 3)
            network.hidden[k, i] += sign * 1e-6
            apart.append(error(network))
        assert learned.hidden[k, i] - first[k, i] == pytest.approx((apart[1] - apart[0]) / 2e-6, abs=1e-9)


@settings(max_examples=15)
@given(config=configs, seed=st.integers(0, 1000))
def test_it_tells_what_the_plain_cell_tells(config: BlockConfig, seed: int) -> None:
    network, sequences = BlockNetwork(config, seed), drawn(config, seed)
    told = network.read(sequences)
    hidden, output = torch.tensor(network.hidden), torch.tensor(network.output)
    for start, end in zip(sequences.starts[:-1], sequences.starts[1:], strict=True):
        plain = torch.stack(list(told_by(network, hidden, output, torch.tensor(sequences.x[start:end]), lambda y: y)))
        np.testing.assert_allclose(told[start:end], plain, atol=1e-12)


def test_the_first_wrong_one_is_found_from_anywhere() -> None:
    config = BlockConfig(inputs=2, outputs=3, blocks=1, size=1, spread=2.0)
    network, sequences = BlockNetwork(config, 4), drawn(config, 4, lengths=(3, 3, 3, 3))
    told = network.read(sequences)
    legal = told >= np.sort(told, axis=1)[:, -2:-1]  # the two most active of three
    assert network.first_wrong(sequences, legal) == -1
    wrong = legal.copy()
    for row in (4, 11):  # of sequences 1 and 3
        wrong[row] = ~legal[row]
    assert [network.first_wrong(sequences, wrong, begin) for begin in range(4)] == [1, 1, 3, 3]


def test_first_weights_are_drawn_as_the_paper_says() -> None:
    reber = row_of("blocks-4x1-0.1-text-sequence").network
    adding = row_of("blocks-adding").network
    assert isinstance(reber, BlockConfig)
    assert isinstance(adding, BlockConfig)
    for config, biases in ((reber, slice(4, 8)), (adding, slice(0, 2))):
        network = BlockNetwork(config, 5)
        given = network.hidden[-1, biases].copy()
        assert given.tolist() == list(config.output_gates or config.input_gates or ())
        network.hidden[-1, biases] = 0
        assert config.spread * 0.9 < np.abs(network.hidden).max() <= config.spread
    assert BlockNetwork(reber, 5).hidden.tolist() == BlockNetwork(reber, 5).hidden.tolist()
    assert (BlockNetwork(reber, 5).hidden != BlockNetwork(reber, 6).hidden).any()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"blocks": 0}, "`blocks` must be between 1 and 64"),
        ({"biased": "cells"}, "`biased` must be one of gates, all"),
        ({"input_gates": (1.0,)}, "`input_gates` must be one number for each block"),
        ({"g": 0.0}, "`g` must be above 0"),
    ],
)
def test_a_wrong_config_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        BlockConfig(**({"inputs": 2, "outputs": 2, "blocks": 2, "size": 1} | wrong))  # type: ignore[arg-type]
