"""A measurement that is asked for, and how it is done once a process has it for itself."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from lstmviz.base.checks import one_of, real_number, whole_number
from lstmviz.base.cores import cores
from lstmviz.timing.harness import Progress, Timed, measure
from lstmviz.timing.results import WAYS, Measurement
from lstmviz.timing.row import Row

BUDGET = 20.0
"""seconds for the repeats of a measurement, unless another time is asked for"""
MOST_BUDGET = 600.0
_TRIAL = 0.1  # share of the time for each trial of a number of threads
_SPLIT_REPEATS = 3


@dataclass(frozen=True)
class Job:
    """What is to be measured.

    Raises:
        ValueError: a value is none of its kind, or outside its range.
    """

    row: Row
    way: str = "cpu"
    threads: int = 0
    """torch's on the CPU; 0: the better of one and of as many as there are cores"""
    budget: float = BUDGET
    """seconds for the repeats"""

    def __post_init__(self) -> None:
        """Check each value."""
        one_of("way", self.way, WAYS)
        whole_number("threads", self.threads, 0, 1024)
        real_number("budget", self.budget, 0.0, MOST_BUDGET)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "Job":
        """The job that `to_dict` wrote."""
        return cls(**{**entry, "row": Row(**entry["row"])})


class CannotError(RuntimeError):
    """A way that this machine does not have: `reason` is "no_gpu" or "no_kernels"."""

    def __init__(self, reason: str) -> None:
        """Keep why."""
        self.reason = reason
        super().__init__(reason)


def carry_out(job: Job) -> Iterator[Progress | Measurement]:
    """Measure, in this very process; yields how far it is after each repeat, and the measurement in the end.

    Raises:
        CannotError: this machine cannot compute the row that way.
    """
    match job.way:
        case "cpu":
            yield from _on_cpu(job)
        case "gpu":
            yield from _on_gpu(job)
        case _:
            yield from _compiled(job)


def _on_cpu(job: Job) -> Iterator[Progress | Measurement]:
    import torch

    from lstmviz.timing.inside import operations
    from lstmviz.timing.torch_work import TorchWork

    work = TorchWork(job.row)
    threads = job.threads
    if not threads:
        trials: dict[int, float] = {}
        for count in sorted({1, cores()}):
            torch.set_num_threads(count)
            for found in measure(work.epoch, budget=_TRIAL * job.budget):
                if isinstance(found, Timed):
                    trials[count] = found.median
                else:
                    yield replace(found, share=found.share * _TRIAL, repeats=0)
        threads = min(trials, key=lambda count: trials[count])
    torch.set_num_threads(threads)
    timed = yield from _timed(work.epoch, job)
    torch.set_num_threads(1)  # the profiler adds up what threads do
    inside, calls = operations(job.row, 1e9 * timed.median / job.row.steps)
    torch.set_num_threads(threads)
    yield replace(
        _measurement(job, timed),
        threads=threads,
        parts=work.split(_SPLIT_REPEATS),
        launches=calls or None,
        operations=inside,
    )


def _on_gpu(job: Job) -> Iterator[Progress | Measurement]:
    from lstmviz.timing.inside import launches
    from lstmviz.timing.torch_work import TorchWork, gpu

    device = gpu()
    if device is None:
        raise CannotError("no_gpu")
    work = TorchWork(job.row, device)
    timed = yield from _timed(work.epoch, job, work.synchronise)
    yield replace(_measurement(job, timed), parts=work.split(_SPLIT_REPEATS), launches=launches(work))


def _compiled(job: Job) -> Iterator[Progress | Measurement]:
    from lstmviz.fused.latency import tanh_nanoseconds
    from lstmviz.timing.compiled import CompiledWork, available
    from lstmviz.timing.torch_work import TorchWork

    if not available():
        raise CannotError("no_kernels")
    ours = CompiledWork(TorchWork(job.row))
    yield Progress(0.0, 0, None)
    difference = ours.difference()
    timed = yield from _timed(ours.epoch, job)
    yield replace(
        _measurement(job, timed),
        threads=ours.threads,
        parts=ours.split(_SPLIT_REPEATS),
        difference=difference,
        tanh=tanh_nanoseconds(job.row.dtype),
    )


def _timed(
    work: Callable[[], object], job: Job, synchronise: Callable[[], object] = lambda: None
) -> Generator[Progress, None, Timed]:
    """Measure `work`, handing on how far it is; returns what it took."""
    for found in measure(work, budget=job.budget, synchronise=synchronise):
        if isinstance(found, Timed):
            return found
        yield found
    raise AssertionError("a measurement ends with what it took")


def _measurement(job: Job, timed: Timed) -> Measurement:
    epochs = job.row.epochs
    return Measurement(
        job.row,
        job.way,
        median=timed.median * epochs,
        least=timed.least * epochs,
        most=timed.most * epochs,
        low=timed.low * epochs,
        high=timed.high * epochs,
        repeats=timed.repeats,
    )
