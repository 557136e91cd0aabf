"""A measurement in a process of its own: what it tells, and what is told where it comes to nothing."""

import os
import signal
import threading
import time

import pytest

from lstmviz.base.cores import cores
from lstmviz.timing.harness import Progress
from lstmviz.timing.inside import GROUPS, group
from lstmviz.timing.job import Job
from lstmviz.timing.process import FailedError, Process, StoppedError
from lstmviz.timing.results import Measurement
from lstmviz.timing.row import Row
from lstmviz.timing.torch_work import gpu
from tests.engine.timing.speaking import speaking

SHORT = Row(steps=40, hidden_size=5, epochs=10)


def test_a_row_is_measured_on_the_cpu():
    row = Row(steps=300, epochs=10)
    *progress, found = Process(Job(row, "cpu", threads=1, budget=0.5)).messages()
    assert progress
    assert all(isinstance(one, Progress) for one in progress)
    assert isinstance(found, Measurement)
    assert found.row == row
    assert found.threads == 1
    assert 0 < found.least <= found.median <= found.most
    # An epoch is made of its parts, and the operators take what the steps take.
    assert set(found.parts) == {"forward", "backward", "update", "unrecorded"}
    assert 0.2 < sum(found.parts[one] for one in ("forward", "backward", "update")) / found.epoch_seconds < 5
    assert sum(one.nanoseconds for one in found.operations) == pytest.approx(found.step_nanoseconds, rel=0.01)
    groups = {one.name: one.calls for one in found.operations}
    assert list(groups) == [one for one in GROUPS if one in groups]
    assert groups["products"] == pytest.approx(4, abs=0.1)  # W h, and back its two; the head and W x add a little
    assert groups["autograd"] > 1


def test_the_better_number_of_threads_is_found_by_trying():
    *_, found = Process(Job(SHORT, "cpu", threads=0, budget=0.3)).messages()
    assert isinstance(found, Measurement)
    assert found.threads in (1, cores())


@pytest.mark.skipif(gpu() is not None, reason="there is a GPU")
def test_without_a_gpu_there_is_a_reason():
    with pytest.raises(FailedError) as failed:
        list(Process(Job(SHORT, "gpu", budget=0.1)).messages())
    assert failed.value.reason == "no_gpu"


@pytest.mark.skipif(gpu() is None, reason="needs a GPU")
def test_a_row_is_measured_on_the_gpu():
    *_, found = Process(Job(SHORT, "gpu", budget=0.5)).messages()
    assert isinstance(found, Measurement)
    assert set(found.parts) == {"transfer", "forward", "backward", "update", "unrecorded"}


def test_each_repeat_waits_for_leave():
    told = speaking("""
        for k in range(3):
            say(share=k / 3, repeats=k, seconds=0.5)
            assert ask() == "go on\\n"
        measured(2.0)
    """)
    asked = []
    *progress, found = Process(Job(SHORT), command=told).messages(lambda: asked.append(0) is None)
    assert [one.repeats for one in progress] == [0, 1, 2]
    assert len(asked) == 3
    assert found.median == 2.0


def test_whoever_gets_no_leave_is_stopped():
    told = speaking("""
        say(share=0.0, repeats=0, seconds=None)
        ask()
        time.sleep(60)
    """)
    began = time.monotonic()
    with pytest.raises(StoppedError):
        list(Process(Job(SHORT), command=told).messages(lambda: False))
    assert time.monotonic() - began < 5


def test_it_is_stopped_within_a_second_whatever_it_does():
    told = speaking("""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say(share=0.0, repeats=0, seconds=None)
        time.sleep(60)
    """)
    process = Process(Job(SHORT), command=told)
    messages = process.messages()
    next(messages)
    stopper = threading.Timer(0.2, process.stop)
    stopper.start()
    began = time.monotonic()
    with pytest.raises(StoppedError):
        list(messages)
    assert time.monotonic() - began < 1.2


def test_a_process_that_is_killed_is_told_of():
    told = speaking("""
        say(share=0.0, repeats=0, seconds=None)
        ask()
        time.sleep(60)
    """)
    process = Process(Job(SHORT), command=told)
    messages = process.messages()
    next(messages)
    threading.Timer(0.1, os.kill, (process.pid, signal.SIGKILL)).start()
    with pytest.raises(FailedError) as failed:
        list(messages)
    assert failed.value.reason == "killed"


def test_a_process_that_cannot_even_begin_is_told_of():
    with pytest.raises(FailedError) as failed:
        list(Process(Job(SHORT), command=speaking("os._exit(3)")).messages())
    assert failed.value.reason == "killed"


def test_what_it_says_of_its_failure_is_handed_on():
    told = speaking("""say(failed="memory", sentence="OutOfMemoryError: CUDA out of memory.")""")
    with pytest.raises(FailedError) as failed:
        list(Process(Job(SHORT), command=told).messages())
    assert (failed.value.reason, failed.value.words) == ("memory", "OutOfMemoryError: CUDA out of memory.")


@pytest.mark.parametrize("line", ["nonsense", '{"share": "much"}', '{"measurement": {"way": "cpu"}}', "[1]"])
def test_what_is_no_message_is_a_failure(line):
    told = speaking(f"print({line!r}, flush=True)")
    with pytest.raises(FailedError) as failed:
        list(Process(Job(SHORT), command=told).messages())
    assert failed.value.reason == "error"


def test_the_worker_ends_when_nobody_listens_any_more():
    process = Process(Job(Row(steps=2_000), "cpu", threads=1, budget=60))
    messages = process.messages()
    next(messages)
    pid = process.pid
    process._child.stdin.close()  # as where the one who asked is gone
    until = time.monotonic() + 10
    while process._child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert process._child.poll() is not None, pid
    messages.close()


def test_torch_s_want_of_memory_is_called_by_its_name():
    """Nothing of this size can be had, and the estimate that would have refused it is not asked here."""
    with pytest.raises(FailedError) as failed:
        list(Process(Job(Row(steps=1_000_000, hidden_size=16_384, batch=65_536), "cpu", 1, 0.1)).messages())
    assert failed.value.reason == "memory"


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        ("aten::addmm", "products"),
        ("aten::tanh", "numbers"),
        ("aten::transpose", "views"),
        ("aten::empty", "memory"),
        ("autograd::engine::evaluate_function: TanhBackward0", "autograd"),
        ("SqueezeBackward1", "autograd"),
        ("torch::autograd::AccumulateGrad", "autograd"),
        ("Optimizer.step#Adam.step", "update"),
        ("aten::_foreach_add_", "update"),
        ("aten::rnn_tanh", "others"),
    ],
)
def test_operators_are_told_by_what_they_do(operator, name):
    assert group(operator) == name
