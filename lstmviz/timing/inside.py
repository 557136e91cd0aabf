"""Where the time of torch goes, by its own profiler: operators on the CPU, kernels on a GPU."""

from dataclasses import replace

import torch
from torch.profiler import ProfilerActivity, profile

from lstmviz.timing.results import Operation
from lstmviz.timing.row import Row
from lstmviz.timing.torch_work import TorchWork

_STEPS = 200  # of the sequence that is profiled: enough for a mean, and quick
_EPOCHS = 3
_LEAST_SHARE = 0.02  # operators below this share of the time are one


def operations(row: Row, step_nanoseconds: float) -> tuple[tuple[Operation, ...], float]:
    """What one step is made of on the CPU, largest first, and how many operators an epoch of `row` calls.

    A profiler slows down what it looks at, so only the shares are its own: together they take `step_nanoseconds`.
    """
    short = replace(row, steps=min(row.steps, _STEPS))
    work = TorchWork(short)
    work.epoch()
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(_EPOCHS):
            work.epoch()
    steps = _EPOCHS * short.steps
    events = [event for event in profiler.key_averages() if event.self_cpu_time_total > 0]
    total = sum(event.self_cpu_time_total for event in events)
    if not total:
        return (), 0.0
    calls = sum(event.count for event in events if event.key.startswith("aten::"))
    found = [
        Operation(
            event.key,
            round(event.count / steps, 3),
            round(step_nanoseconds * event.self_cpu_time_total / total, 1),
        )
        for event in events
    ]
    large = [one for one in found if one.nanoseconds >= _LEAST_SHARE * step_nanoseconds]
    small = [one for one in found if one.nanoseconds < _LEAST_SHARE * step_nanoseconds]
    if small:
        rest = Operation("", sum(one.calls for one in small), sum(one.nanoseconds for one in small))
        large.append(replace(rest, calls=round(rest.calls, 3), nanoseconds=round(rest.nanoseconds, 1)))
    ordered = sorted(large, key=lambda one: (one.name == "", -one.nanoseconds))
    return tuple(ordered), calls / steps * row.steps


def launches(work: TorchWork) -> float | None:
    """How many kernels a GPU is given in an epoch; None where torch has no profiler of it."""
    if work.device.type != "cuda":
        return None
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
        work.epoch()
        work.synchronise()
    cuda = torch.autograd.DeviceType.CUDA
    return float(sum(event.count for event in profiler.key_averages() if event.device_type == cuda)) or None
