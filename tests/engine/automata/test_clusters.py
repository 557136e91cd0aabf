"""Clusters of hidden states as automata."""

import numpy as np
import pytest
import torch

import lstmviz as lv
from lstmviz.automata.clusters import cluster
from lstmviz.automata.machine import isomorphic, minimise
from lstmviz.automata.needed import needed
from lstmviz.automata.teacher import read_text
from lstmviz.statemap import state_map

from .networks import last_letter, latch, network, parity
from .test_lstar import wild


def test_a_network_that_knows_the_last_letter_has_a_cluster_for_each():
    task = lv.alphabet_task("abaB", 20)
    found = cluster(state_map(last_letter(3, [1, 0, 0])), task)
    assert found.complete
    assert found.fidelity == found.held_out == 1
    # a, b and B lie equally far from each other, so that no two of them are joined before the third
    assert found.machine.outputs == ("b", "a", "a")
    assert found.places == (("a1", "a2"), ("b",), ("B",))
    assert [(one.labels, one.distance) for one in found.merged] == [(("a1", "a2"), 0)]
    assert found.folded.outputs == ("b", "a")
    np.testing.assert_allclose(found.positions.mean, 2 * np.eye(3) - 1)
    np.testing.assert_allclose(found.positions.spread, 0, atol=1e-12)


def test_a_cell_that_counts_does_not_blow_it_up():
    task = lv.alphabet_task("abcb", 100)
    model = last_letter(3, [1, 0, 1], count=True)
    f = state_map(model)
    run = read_text(f, task)
    assert f.c(run.s)[:399, -1].tolist() == pytest.approx(list(range(1, 400)))
    found = cluster(f, task, run=run)
    assert found.complete
    assert found.machine.size <= 4
    assert found.method == "single"


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_words_beside_the_text_show_the_moves_off_it(cell):
    model, machine = latch(cell)
    task = lv.alphabet_task("abc", 10)
    found = cluster(state_map(model), task, depth=5)
    assert found.complete
    assert found.words == sum(3**k for k in range(1, 6))
    after_a = minimise(type(machine)(machine.alphabet, machine.outputs, machine.moves, 1))
    assert isomorphic(minimise(found.machine), after_a)
    assert not cluster(state_map(model), task).machine.total


def test_parity_is_two_clouds_or_more_that_make_one_automaton():
    model, machine = parity()
    found = cluster(state_map(model), lv.alphabet_task("01", 10), depth=6)
    assert found.complete
    assert isomorphic(found.folded, machine)


def test_clusters_are_the_same_each_time_and_their_fidelity_is_what_their_machine_says():
    f, task = state_map(wild()), lv.alphabet_task("abaB", 50)
    run = read_text(f, task)
    a, b = cluster(f, task, run=run), cluster(f, task)
    assert a.machine == b.machine
    np.testing.assert_array_equal(a.states, b.states)
    assert not a.complete
    assert a.machine.size <= 64
    walked = a.machine.run([task.alphabet[code] for code in run.codes[1:]])
    same = np.array(
        [s is not None and a.machine.outputs[s] == task.alphabet[p] for s, p in zip(walked, run.predicted, strict=True)]
    )
    assert a.fidelity == same[: a.steps].mean() < 1
    assert a.held_out == same[a.steps :].mean()


def test_a_trained_network_gives_the_needed_automaton():
    task = lv.alphabet_task("abaB", 50)
    model = lv.build_model(lv.ModelConfig(cell="gru", input_size=3, hidden_size=3, output_size=3, seed=1))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=500, lr=0.1)):
        pass
    found = cluster(state_map(model), task)
    assert found.complete
    assert isomorphic(found.folded, needed(task))


def test_one_state_and_a_state_without_end_are_answered():
    task = lv.alphabet_task("ab", 10)
    still = network("rnn", 2, 1, head_b=[1, 0])
    found = cluster(state_map(still), task)
    assert (found.machine.size, found.complete, found.height) == (1, True, np.inf)
    assert found.merged[0].labels == ("a", "b")
    growing = network("rnn_relu", 2, 1, ih=[[1, 1]], hh=[[1e30]])
    with pytest.raises(ValueError, match="must keep its state finite"):
        cluster(state_map(growing), task)
    with pytest.raises(ValueError, match="must have a head"):
        cluster(state_map(torch.nn.GRU(2, 2)), task)
    with pytest.raises(ValueError, match="`depth` must leave at most 1,000 words"):
        cluster(state_map(still), task, depth=12)
