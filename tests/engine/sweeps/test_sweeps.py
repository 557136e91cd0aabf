"""Sweeps: what they train, and that each network of theirs is the one that is trained alone, to the bit."""

import gc
import os
import re
import threading
import time
from contextlib import closing
from dataclasses import replace

import numpy as np
import psutil
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstmviz import sweep as public_sweep
from lstmviz.base.clock import worked
from lstmviz.fused import Batch
from lstmviz.models import CELLS, build_model, load_parameters, parameter_count, parameters_of
from lstmviz.predictions.outcome import outcome
from lstmviz.sweeps import (
    LANES,
    Bundle,
    StoppedError,
    SweepConfig,
    estimate_sweep_seconds,
    sweep,
    sweep_bundles,
    train_bundle,
)
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace
from lstmviz.training import TrainConfig, TrainingDiverged, train

SMALL = SweepConfig(task="abaB", cells=("rnn", "gru"), hidden_size=2, seeds=range(20), epochs=30, repeats=5)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"task": "aaa"}, "`pattern` must have at least two different letters; got only 'a'."),
        ({"task": []}, "`task` must hold at least one value; got none."),
        ({"seeds": range(10**9)}, "`seeds` must hold at most 1,000,000 values."),
        ({"cells": "elman"}, "`cells` must be one of rnn, rnn_relu, lstm, gru; got 'elman'."),
        ({"cells": ("lstm", "lstm")}, "`cells` must hold each value once; got ['lstm', 'lstm']."),
        ({"hidden_size": 65}, "`hidden_size` must be between 1 and 64; got 65."),
        ({"hidden_size": (2, 0)}, "`hidden_size` must be between 1 and 64; got 0."),
        ({"hidden_size": 2.0}, "`hidden_size` must be a whole number between 1 and 64; got 2.0."),
        ({"lr": 0}, "`lr` must be above 0, at most 10; got 0."),
        ({"lr": (0.1, float("nan"))}, "`lr` must be above 0, at most 10; got nan."),
        ({"seeds": (-1,)}, "`seeds` must be between 0 and 4294967295; got -1."),
        ({"seeds": 25}, "`seeds` must be several numbers: range(25) for so many seeds, (25,) for that one."),
        ({"seeds": (1, 2, 1)}, "`seeds` must hold each value once; got [1, 2, 1]."),
        ({"epochs": 0}, "`epochs` must be between 1 and 100000; got 0."),
        ({"match": "weights"}, "`match` must be one of hidden_size, parameters; got 'weights'."),
        (
            {"hidden_size": (1, 40), "match": "parameters"},
            "`hidden_size` must be smaller for `match`: the largest cell has 7,524 parameters with 40 units, and rnn "
            "needs more than 64 units for as many.",
        ),
        ({"repeats": 1}, "`repeats` must be between 2 and 1000; got 1."),
        ({"snapshots": 1}, "`snapshots` must be between 2 and 1000; got 1."),
        (
            {"seeds": range(600_000)},
            "A sweep must have at most 1,000,000 networks; this one has 1,200,000.",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_gets_one_sentence(values, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SweepConfig(**values)


def test_a_sweep_takes_its_own_config_and_threads_only():
    with pytest.raises(TypeError, match="`config` must be a SweepConfig; got a value of type dict"):
        sweep({})
    with pytest.raises(ValueError, match="`threads` must be between 1 and 1024; got 0"):
        sweep(threads=0)


@given(
    cells=st.lists(st.sampled_from(CELLS), min_size=1, unique=True),
    sizes=st.lists(st.integers(1, 64), min_size=1, max_size=4, unique=True),
    rates=st.lists(st.sampled_from([0.01, 0.1, 1.0]), min_size=1, unique=True),
    seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=40, unique=True),
    tasks=st.lists(st.sampled_from(["abaB", "AbAcAd", "abcabC"]), min_size=1, unique=True),
)
def test_the_bundles_are_every_combination_once(cells, sizes, rates, seeds, tasks):
    config = SweepConfig(task=tasks, cells=cells, hidden_size=sizes, lr=rates, seeds=seeds)
    bundles = list(config.bundles())
    networks = [(b.task, b.cell, b.hidden_size, b.lr, seed) for b in bundles for seed in b.seeds]
    expected = {(t, c, h, lr, s) for t in tasks for c in cells for h in sizes for lr in rates for s in seeds}
    assert set(networks) == expected
    assert len(networks) == len(expected) == config.networks
    assert all(len(bundle.seeds) <= LANES for bundle in bundles)


@pytest.mark.parametrize("task", ["abaB", "abcabC", "abcdefgabcdefG"])
@pytest.mark.parametrize("asked", [1, 3, 8])
def test_parameters_are_matched_as_torch_counts_them(task, asked):
    config = SweepConfig(task=task, cells=("rnn", "gru", "lstm"), hidden_size=asked, seeds=(1,), match="parameters")
    counts, sizes = {}, {}
    for bundle in config.bundles():
        network = build_model(bundle.network(1))
        counts[bundle.cell] = sum(tensor.numel() for tensor in network.parameters())
        sizes[bundle.cell] = bundle.hidden_size
        assert counts[bundle.cell] == parameter_count(bundle.cell, len(bundle.text.alphabet), bundle.hidden_size)
    assert sizes["lstm"] == asked
    assert sizes["lstm"] <= sizes["gru"] <= sizes["rnn"]
    letters = len(alphabet_task(task).alphabet)
    for cell, layer in (("rnn", torch.nn.RNN), ("gru", torch.nn.GRU)):

        def count(size, layer=layer):
            made = torch.nn.ModuleList([layer(letters, size), torch.nn.Linear(size, letters)])
            return sum(tensor.numel() for tensor in made.parameters())

        nearest = min(abs(count(size) - counts["lstm"]) for size in range(1, 65))
        assert abs(counts[cell] - counts["lstm"]) == nearest


@pytest.mark.parametrize("cell", CELLS)
def test_a_network_of_a_sweep_is_the_one_trained_alone(cell):
    config = SweepConfig(task="abcabC", cells=cell, hidden_size=3, seeds=range(7, 25), epochs=300)
    results = list(sweep_bundles(config.bundles(), threads=2))
    assert sorted(len(result.bundle.seeds) for result in results) == [2, 16]
    [result] = [result for result in results if len(result.bundle.seeds) == 16]
    bundle, text = result.bundle, result.bundle.text
    here = text.last_pattern
    for n in (0, 5, 15):
        model = build_model(bundle.network(bundle.seeds[n]))
        records = list(train(model, text, TrainConfig(epochs=300, lr=0.1)))
        assert result.losses[:, n].tolist() == [record.loss for record in records]
        for name, value in parameters_of(model).items():
            np.testing.assert_array_equal(result.parameters[name][n], value)
        kept = [record for record in records if record.parameters is not None]
        assert [record.epoch for record in kept] == list(bundle.kept)
        for e in (0, len(kept) // 2, len(kept) - 1):
            load_parameters(model, kept[e].parameters)
            followed = trace(model, text.one_hot())
            np.testing.assert_allclose(result.h[e, n], followed.h[here], atol=2e-5)
            np.testing.assert_allclose(result.probabilities[e, n], followed.probabilities[here], atol=2e-5)
            judged = outcome(followed.probabilities, text)
            others = followed.probabilities[here].copy()
            others[np.arange(text.period), text.y[here]] = -1
            assert result.margins[e, n] == pytest.approx((judged.certainty[here] - others.max(1)).min(), abs=4e-5)
            if abs(result.margins[e, n]) > 1e-4:
                assert (result.margins[e, n] > 0) == judged.right[here].all()
        assert result.solved[n] == (result.margins[-1, n] > 0)


def test_runs_are_the_bundles_networks():
    [result] = sweep_bundles(SweepConfig(task="abaB", cells="lstm", hidden_size=2, seeds=(5, 3), epochs=50).bundles())
    runs = list(result.runs())
    assert [run.seed for run in runs] == [5, 3]
    for n, run in enumerate(runs):
        assert (run.task, run.cell, run.hidden_size, run.lr, run.epochs) == ("abaB", "lstm", 2, 0.1, 50)
        assert run.loss == result.losses[-1, n]
        assert run.margin == result.margins[-1, n]
        assert run.solved == result.solved[n]
        np.testing.assert_array_equal(run.h, result.h[-1, n])
        np.testing.assert_array_equal(run.parameters["head.bias"], result.parameters["head.bias"][n])


def test_the_public_sweep_gives_every_network():
    runs = list(public_sweep(SMALL, threads=2))
    found = sorted((run.cell, run.seed) for run in runs)
    assert found == [(cell, seed) for cell in ("gru", "rnn") for seed in range(20)]


def test_what_diverges_says_when_and_disturbs_nobody():
    # A rectified state doubles at every step once its weights are large: such networks overflow at this rate.
    config = SweepConfig(task="abcabC", cells="rnn_relu", hidden_size=8, lr=10, seeds=range(16), epochs=200)
    [result] = sweep_bundles(config.bundles())
    diverged = result.diverged_at >= 0
    assert diverged.any()
    for n in np.flatnonzero(diverged)[:3]:
        model = build_model(result.bundle.network(result.bundle.seeds[n]))
        with pytest.raises(TrainingDiverged) as alone:
            list(train(model, result.bundle.text, TrainConfig(epochs=200, lr=10)))
        assert alone.value.epoch == result.diverged_at[n]
    for n, run in enumerate(result.runs()):
        assert run.diverged_at == (int(result.diverged_at[n]) if diverged[n] else None)
        if diverged[n] and not np.isfinite(run.probabilities).all():
            assert not run.solved
            assert np.isnan(run.margin)
    for n in np.flatnonzero(~diverged)[:3]:
        model = build_model(result.bundle.network(result.bundle.seeds[n]))
        records = list(train(model, result.bundle.text, TrainConfig(epochs=200, lr=10)))
        assert result.losses[:, n].tolist() == [record.loss for record in records]


def _sweep_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("sweep")]


def test_closing_the_generator_stops_the_work():
    quick = replace(SMALL, epochs=1)
    long = SweepConfig(cells="lstm", hidden_size=64, seeds=range(64), epochs=100_000)  # hours
    with closing(sweep_bundles([*quick.bundles(), *long.bundles()], threads=2)) as results:
        next(results)
        assert len(_sweep_threads()) == 2
        time.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert not _sweep_threads()


def test_what_look_raises_ends_the_sweep():
    reached = []

    def look(bundle: Bundle, epoch: int) -> None:
        reached.append(epoch)
        if len(reached) > 5:
            raise StoppedError

    with pytest.raises(StoppedError):
        list(sweep_bundles(SweepConfig(cells="lstm", seeds=(1,), epochs=100_000).bundles(), threads=1, look=look))
    assert reached == sorted(reached)
    assert not _sweep_threads()


def test_results_that_nobody_keeps_are_freed():
    gc.collect()
    process = psutil.Process()
    # As many losses as epochs, and little to compute for each.
    bundle = Bundle(task="ab", repeats=2, cell="rnn", hidden_size=1, lr=0.1, epochs=20_000, seeds=(0,), snapshots=2)
    size = train_bundle(replace(bundle, seeds=tuple(range(LANES)))).losses.nbytes
    before = process.memory_info().rss
    most = 0
    for k, _ in enumerate(
        sweep_bundles(replace(bundle, seeds=tuple(range(LANES * k, LANES * (k + 1)))) for k in range(60))
    ):
        most = max(most, process.memory_info().rss - before) if k > 5 else most
    assert most < 25 * size < 60 * size


def test_an_estimate_is_of_the_right_size_and_soon_there():
    config = SweepConfig(task="abcabC", cells=("rnn", "lstm"), hidden_size=(2, 3, 4, 16), seeds=range(16), epochs=150)
    estimate_sweep_seconds(config, 1)  # loads the kernels
    began = worked()  # by this thread: not what it waits for others, nor what others of this process work
    said = estimate_sweep_seconds(config, 1)
    assert worked() - began < 5
    began = time.process_time()
    for _ in sweep_bundles(config.bundles(), threads=1):
        pass
    took = time.process_time() - began
    assert took / 4 < said < took * 4
    assert estimate_sweep_seconds(replace(config, epochs=40_000), 1) > 20 * said
    many = estimate_sweep_seconds(replace(config, seeds=range(1600)), 1)
    assert many > 20 * said
    assert estimate_sweep_seconds(replace(config, seeds=range(1600)), 10) < many / 4


@pytest.mark.skipif(time.get_clock_info("thread_time").resolution > 1e-4, reason="threads are timed too coarsely here")
def test_what_else_the_machine_has_to_do_does_not_make_an_estimate_longer(monkeypatch):
    config = replace(SMALL, epochs=4000, repeats=100, hidden_size=(16,))
    estimate_sweep_seconds(config, 1)  # loads the kernels
    undisturbed = estimate_sweep_seconds(config, 1)
    run = Batch.run

    def interrupted(batch, *given, **named):
        time.sleep(0.1)  # longer than all of a trial
        return run(batch, *given, **named)

    monkeypatch.setattr(Batch, "run", interrupted)
    assert estimate_sweep_seconds(config, 1) < 10 * undisturbed


def test_an_estimate_checks_what_it_is_given():
    with pytest.raises(ValueError, match="`threads` must be between 1 and"):
        estimate_sweep_seconds(SMALL, 0)
    with pytest.raises(TypeError, match="`config` must be a SweepConfig"):
        estimate_sweep_seconds("abcabC")


def test_the_environment_says_where(monkeypatch):
    monkeypatch.setenv("LSTMVIZ_SCHEDULER", "nonsense")
    with pytest.raises(RuntimeError, match="must be an address"):
        next(sweep(SMALL))
    assert len(list(sweep(SMALL, scheduler=""))) == 40
    assert os.environ["LSTMVIZ_SCHEDULER"] == "nonsense"
