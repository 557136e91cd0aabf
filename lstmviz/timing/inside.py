"""Where the time of torch goes, by its own profiler: operators on the CPU, kernels on a GPU."""

from dataclasses import replace

import torch
from torch.profiler import ProfilerActivity, profile

from lstmviz.timing.results import Operation
from lstmviz.timing.row import Row
from lstmviz.timing.torch_work import TorchWork

_STEPS = 200  # of the one epoch that is profiled: enough for a mean; to read what was noted of three took seconds


GROUPS = ("products", "numbers", "views", "memory", "autograd", "update", "others")
"""What operators do: products of matrices; tanh, sums and the like; views; memory; the graph of the way back."""
_OF = {
    "products": ("addmm", "mm", "bmm", "linear", "matmul", "mkldnn_rnn_layer", "mkldnn_rnn_layer_backward"),
    "numbers": (
        *("add", "add_", "sub", "mul", "mul_", "div", "sum", "mean", "tanh", "tanh_backward", "sigmoid", "pow"),
        *("sigmoid_backward", "mse_loss", "mse_loss_backward", "addcmul_", "chunk", "_thnn_fused_gru_cell"),
    ),
    "views": (
        *("t", "transpose", "as_strided", "view", "_unsafe_view", "reshape", "_reshape_alias", "expand", "squeeze"),
        *("unsqueeze", "select", "slice", "split", "unbind", "detach", "narrow", "permute", "alias", "unsafe_chunk"),
    ),
    "memory": ("empty", "empty_like", "empty_strided", "zeros", "zeros_like", "zero_", "fill_", "copy_", "clone"),
}


def group(operator: str) -> str:
    """The group of an operator, by the name that the profiler has for it."""
    if "Optimizer" in operator or "_foreach" in operator or "_fused_adam" in operator:
        return "update"
    if operator.startswith("autograd::") or "Backward" in operator or "AccumulateGrad" in operator:
        return "autograd"
    name = operator.removeprefix("aten::")
    return next((key for key, names in _OF.items() if name in names), "others")


def operations(row: Row, step_nanoseconds: float) -> tuple[tuple[Operation, ...], float]:
    """What one step is made of on the CPU, by groups, and how many operators an epoch of `row` calls.

    A profiler slows down what it looks at, so only the shares are its own: together they take `step_nanoseconds`.
    """
    short = replace(row, steps=min(row.steps, _STEPS))
    work = TorchWork(short)
    work.epoch()
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        work.epoch()
    events = [event for event in profiler.key_averages() if event.self_cpu_time_total > 0]
    total = sum(event.self_cpu_time_total for event in events)
    if not total:
        return (), 0.0
    found = []
    for key in GROUPS:
        own = [event for event in events if group(event.key) == key]
        share = sum(event.self_cpu_time_total for event in own) / total
        if own:
            calls = sum(event.count for event in own) / short.steps
            found.append(Operation(key, round(calls, 3), round(share * step_nanoseconds, 1)))
    calls = sum(event.count for event in events if event.key.startswith("aten::"))
    return tuple(found), calls / short.steps * row.steps


def launches(work: TorchWork) -> float | None:
    """How many kernels a GPU is given in an epoch; None where torch has no profiler of it."""
    if work.device.type != "cuda":
        return None
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
        work.epoch()
        work.synchronise()
    cuda = torch.autograd.DeviceType.CUDA
    return float(sum(event.count for event in profiler.key_averages() if event.device_type == cuda)) or None
