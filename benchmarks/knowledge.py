"""What asking a trained network costs: fixed points, births, the automaton, the proof, by hidden size."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lstmviz.automata.of_network import automaton
from lstmviz.dynamics.births import births
from lstmviz.dynamics.cycle_births import cycle_births
from lstmviz.dynamics.fixed_points import fixed_points
from lstmviz.gradients.through_time import gradients_through_time
from lstmviz.models import Model, ModelConfig, build_model, load_parameters
from lstmviz.proof.of_network import Proof, prove
from lstmviz.statemap import pattern_inputs
from lstmviz.tasks import PatternTask, alphabet_task
from lstmviz.training import TrainConfig, train

SIZES = (2, 3, 4, 8, 16, 32)
CELLS = ("rnn", "gru", "lstm")
ROUNDS = 5
TASK = "abcabC"
Snapshots = list[Mapping[str, Any]]


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield f"Asking a trained network ({TASK}, 1,500 epochs at 0.1, seed 1), ms warm, medians of {ROUNDS}; the verdict"
    for cell in CELLS:
        for hidden in SIZES:
            yield f"  {cell:4} {hidden:2}: {_asked(alphabet_task(TASK), cell, hidden)}"


def _asked(task: PatternTask, cell: str, hidden: int) -> str:
    model, snapshots = _trained(task, cell, hidden)
    xs = pattern_inputs(task.x[: task.period], len(task.alphabet))
    fixed = births(model, snapshots, xs)
    taken = {
        "fixed points": _median(lambda: fixed_points(model, xs)),
        f"births over {len(snapshots)} snapshots": _median(lambda: births(model, snapshots, xs)),
        "of cycles": _median(lambda: cycle_births(model, snapshots, xs, fixed=fixed)),
        "gradients": _median(lambda: gradients_through_time(model, task)),
        "automaton": _median(lambda: automaton(model, task)),
        "proof": _median(lambda: prove(model, task)),
    }
    told = ", ".join(f"{name} {1e3 * seconds:.0f}" for name, seconds in taken.items())
    return f"{told}; {_verdict(prove(model, task))}"


def _trained(task: PatternTask, cell: str, hidden: int) -> tuple[Model, Snapshots]:
    letters = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=letters, hidden_size=hidden, output_size=letters, seed=1))
    steps = train(model, task, TrainConfig(epochs=1500, lr=0.1))
    snapshots = [step.parameters for step in steps if step.parameters is not None]
    load_parameters(model, snapshots[-1])
    return model, snapshots


def _median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _verdict(proof: Proof) -> str:
    return f"fails at step {proof.step}" if proof.verdict == "fails" else proof.verdict
