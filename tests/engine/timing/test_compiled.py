"""The compiled loop computes the row that torch computes, and says by how much it is off."""

import numpy as np
import pytest

from lstmviz.fused.latency import tanh_nanoseconds
from lstmviz.timing.compiled import CompiledWork
from lstmviz.timing.job import Job
from lstmviz.timing.process import FailedError, Process
from lstmviz.timing.results import Measurement
from lstmviz.timing.row import Row
from lstmviz.timing.torch_work import TorchWork


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("backward", [True, False])
def test_states_and_gradients_are_torch_s(cell, batch, backward):
    for dtype, most in (("float32", 1e-5), ("float64", 1e-12)):
        ours = CompiledWork(TorchWork(Row(cell, 30, 21, batch, backward, dtype)))
        assert ours.difference() < most


@pytest.mark.parametrize("batch", [None, 3])
def test_the_same_is_trained(batch):
    work = TorchWork(Row("rnn", 25, 20, batch, dtype="float64"))
    ours = CompiledWork(work)
    for _ in range(5):
        work.epoch()
        ours.epoch()
    theirs = np.concatenate(
        [one.detach().numpy().ravel() for one in (*work.layer.parameters(), *work.head.parameters())]
    )
    np.testing.assert_allclose(ours._network.parameters, theirs, atol=1e-10)


def test_a_difference_would_be_seen():
    work = TorchWork(Row("rnn", 30, 20))
    ours = CompiledWork(work)
    work.layer.weight_hh_l0.data[0, 0] += 0.01
    assert ours.difference() > 1e-4


def test_it_is_measured_in_a_process_with_the_latency_of_a_tanh():
    *_, found = Process(Job(Row(steps=200), "compiled", budget=0.3)).messages()
    assert isinstance(found, Measurement)
    assert found.threads == 1
    assert found.difference is not None
    assert found.difference < 1e-5
    assert set(found.parts) == {"forward", "backward"}
    assert found.tanh is not None
    assert 1 < found.tanh < 500


def test_where_nothing_is_compiled_there_is_a_reason(monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    with pytest.raises(FailedError) as failed:
        list(Process(Job(Row(steps=20), "compiled", budget=0.1)).messages())
    assert failed.value.reason == "no_kernels"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tanh_takes_nanoseconds(dtype):
    assert 1 < tanh_nanoseconds(dtype) < 500
