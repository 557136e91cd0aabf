"""The notes' six rows: the compiled loop (on two cores at 1,000 nodes) against torch on the CPU, and recorded GPUs."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from lstmviz.fused.latency import tanh_nanoseconds
from lstmviz.timing.compiled import CompiledWork, available
from lstmviz.timing.machine import processor
from lstmviz.timing.results import shipped
from lstmviz.timing.row import NOTES, Row
from lstmviz.timing.torch_work import TorchWork

ROUNDS = 3
LEAST = 0.2  # seconds of a trial of the loop


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield f"The notes' six rows, seconds for 100 epochs; torch by the better of one and two threads ({processor()})"
    if not available():
        yield "  numba compiles nothing here, so there is no compiled loop"
        return
    tanh = tanh_nanoseconds()
    for row in NOTES:
        yield _line(row, tanh)
    yield f"  a tanh of the loop's takes {tanh:.1f} ns from what goes in to what comes out"


def _line(row: Row, tanh: float) -> str:
    """A row: both ways in turn, so that what else the machine does meets both."""
    work = TorchWork(row)
    ours = CompiledWork(work)
    apart = ours.difference()
    theirs: dict[int, list[float]] = {1: [], 2: []}
    unrecorded, loop = [], []
    repeats = max(1, round(LEAST / _seconds(ours.epoch)))
    for _ in range(ROUNDS):
        for threads, found in theirs.items():
            torch.set_num_threads(threads)
            work.epoch()  # to get warm
            found.append(_seconds(work.epoch))
        if not row.backward:
            torch.set_num_threads(1)
            unrecorded.append(_seconds(work.forward_unrecorded))
        loop.append(_seconds(lambda: [ours.epoch() for _ in range(repeats)]) / repeats)
    torch.set_num_threads(1)
    own = statistics.median(loop)
    best = min(theirs, key=lambda threads: statistics.median(theirs[threads]))
    torchs = statistics.median(theirs[best])
    cards = []
    for key in ("h200", "h100"):
        card = shipped()[key].of(replace(row, epochs=1), "gpu")
        assert card is not None
        cards.append(f"{key.upper()} {100 * card.epoch_seconds:.3g} s ({card.epoch_seconds / own:.2g}x)")
    alone = f", under no_grad {statistics.median(unrecorded) / own:.0f}x" if unrecorded else ""
    return (
        f"  {row.steps:6,} steps, {row.hidden_size:5,} nodes, {'with' if row.backward else 'without':7} backward: "
        f"torch {100 * torchs:6.2f} s ({best} threads)  loop {100 * own:7.3f} s, {1e9 * own / row.steps:8,.0f} ns a "
        f"step = {1e9 * own / row.steps / tanh:,.1f} tanh   ratio {torchs / own:6.1f}{alone}   {', '.join(cards)}   "
        f"{apart:.0e} from torch"
    )


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
