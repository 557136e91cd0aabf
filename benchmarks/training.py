"""The fused path against the notes' loop: grids of 25 seeds, one model, and the distance to the machine's peak."""

import os
import statistics
import time
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.notes import seconds_for
from benchmarks.peak import epoch_flops, peak_flops
from lstmviz.fused import KERNELS, Batch, lanes
from lstmviz.models import Model, ModelConfig, build_model, parameters_of
from lstmviz.tasks import PatternTask, alphabet_task
from lstmviz.training import TrainConfig, estimate_seconds, train, train_many

SEEDS, EPOCHS, HIDDEN = 25, 3000, 3
# Epochs of the notes' loop that are really timed; the rest is that, scaled.
TIMED = {"rnn": 25, "lstm": 100, "gru": 10}
ROUNDS = 3


def _model(cell: str, task: PatternTask, hidden_size: int, seed: int = 1) -> Model:
    letters = len(task.alphabet)
    return build_model(
        ModelConfig(cell=cell, input_size=letters, hidden_size=hidden_size, output_size=letters, seed=seed)
    )


def _notes(cell: str, task: PatternTask, hidden_size: int, epochs: int) -> float:
    """Seconds of the notes' loop, by the better of one and all of torch's threads: its fair best here."""
    threads = torch.get_num_threads()
    seconds = []
    for count in {1, threads}:
        torch.set_num_threads(count)
        seconds.append(seconds_for(cell, task, hidden_size, epochs))
    torch.set_num_threads(threads)
    return min(seconds)


def _grid(cell: str, task: PatternTask) -> float:
    models = [_model(cell, task, HIDDEN, seed) for seed in range(SEEDS)]
    began = time.perf_counter()
    for _ in train_many(models, task, TrainConfig(epochs=EPOCHS)):
        pass
    return time.perf_counter() - began


def _single(task: PatternTask) -> float:
    model = _model("lstm", task, 2)
    began = time.perf_counter()
    for _ in train(model, task, TrainConfig(epochs=1000)):
        pass
    return time.perf_counter() - began


def _epoch_seconds(cell: str, task: PatternTask, models: int) -> float:
    """Seconds of one epoch of a bundle, on one core: the median of several runs of 100."""
    seconds = []
    for _ in range(7):
        nets = [_model(cell, task, HIDDEN, seed) for seed in range(models)]
        records = train_many(nets, task, TrainConfig(epochs=200, snapshots=2), threads=1)
        began = time.perf_counter()
        next(records)
        seconds.append((time.perf_counter() - began) / 200)
    return statistics.median(seconds)


def _forward_seconds(cell: str, task: PatternTask) -> float:
    """Seconds of the forward pass alone, which follows the recurrence and computes no gradient."""
    net = _model(cell, task, HIDDEN)
    parameters = np.concatenate([value.ravel() for value in parameters_of(net).values()])[None]
    batch = Batch(cell, parameters, task.x, task.y, letters=4, hidden_size=HIDDEN, lr=0.1)
    options = (False,) if cell == "rnn" else ()
    seconds = []
    for _ in range(8):
        began = time.perf_counter()
        for _ in range(100):
            KERNELS[cell].forward(batch._weights, task.x, batch._work, 4, HIDDEN, *options)
        seconds.append((time.perf_counter() - began) / 100)
    return statistics.median(seconds[1:])


def _limits(task: PatternTask) -> Iterator[str]:
    yield "What limits it: an epoch of one bundle on one core."
    for cell in TIMED:
        one, full, forward = _epoch_seconds(cell, task, 1), _epoch_seconds(cell, task, 16), _forward_seconds(cell, task)
        yield (
            f"  {cell:5} 1 model {one * 1e6:5.0f} us   16 models {full * 1e6:5.0f} us   "
            f"forward alone {forward * 1e6:4.0f} us, {forward / len(task.x) * 1e9:3.0f} ns a step"
        )


def report() -> Iterator[str]:
    """The lines of the report, as they are measured."""
    task = alphabet_task("abcabC")
    for cell in TIMED:
        for _ in train_many([_model(cell, task, HIDDEN)], task, TrainConfig(epochs=20)):
            pass
    peak = peak_flops()
    yield f"Peak of one core, measured with multiply-adds alone: {peak / 1e9:.0f} GFLOP/s (float32)"
    yield ""
    yield f"Grid of {SEEDS} seeds, {task.pattern}, {HIDDEN} hidden nodes, {EPOCHS} epochs, {len(task.x)} steps."
    yield f"Medians of {ROUNDS} rounds, both ways in turn; the notes' loop is timed over the epochs given and scaled."
    totals = {"notes": 0.0, "fused": 0.0}
    for cell, timed in TIMED.items():
        notes, fused = [], []
        for _ in range(ROUNDS):
            notes.append(_notes(cell, task, HIDDEN, timed) * SEEDS * EPOCHS / timed)
            fused.append(_grid(cell, task))
        slow, fast = statistics.median(notes), statistics.median(fused)
        done = epoch_flops(cell, len(task.alphabet), HIDDEN, len(task.x)) * SEEDS * EPOCHS / fast
        cores = min(os.cpu_count() or 1, -(-SEEDS // lanes(4)))
        share = done / (peak * cores)
        yield (
            f"  {cell:5} notes {slow:7.1f} s (timed {timed} of {SEEDS * EPOCHS} epochs)   fused {fast:6.3f} s   "
            f"{slow / fast:7.0f}x   {done / 1e9:5.1f} GFLOP/s, {share:.0%} of the peak of {cores} cores"
        )
        if cell != "gru":
            totals["notes"] += slow
            totals["fused"] += fast
    slow, fast = totals["notes"], totals["fused"]
    yield f"  RNN + LSTM pair {slow:8.1f} s   fused {fast:6.3f} s   {slow / fast:.0f}x"
    yield ""
    yield from _limits(task)
    yield ""
    task = alphabet_task("abaB")
    notes = statistics.median(_notes("lstm", task, 2, 1000) for _ in range(ROUNDS))
    fused = statistics.median(_single(task) for _ in range(ROUNDS))
    yield (
        f"One LSTM, abaB, 2 hidden nodes, 1000 epochs (nothing scaled): "
        f"notes {notes:.2f} s   fused {fused:.3f} s   {notes / fused:.0f}x"
    )
    yield ""
    yield "Estimates before a training (LSTM), against what it then takes:"
    for hidden_size, epochs in ((3, 5000), (16, 500), (64, 50)):
        model, config = _model("lstm", task, hidden_size), TrainConfig(epochs=epochs)
        expected = estimate_seconds(model.config, task, config)
        began = time.perf_counter()
        for _ in train(model, task, config):
            pass
        took = time.perf_counter() - began
        yield f"  {hidden_size:2} nodes, {epochs:5} epochs: said {expected:.2f} s, took {took:.2f} s"
