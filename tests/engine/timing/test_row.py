"""What a row is, what it costs, and which rows are refused before they are begun."""

import pytest
import torch

from lstmviz.timing import estimate as estimating
from lstmviz.timing.estimate import RefusedError, estimate
from lstmviz.timing.row import NOTES, Row, rows_against
from lstmviz.timing.torch_work import TorchWork


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"cell": "gruu"}, "`cell` must be one of rnn, lstm, gru"),
        ({"steps": 0}, "`steps` must be between 1 and 1000000"),
        ({"steps": 10.0}, "`steps` must be a whole number"),
        ({"hidden_size": 20_000}, "`hidden_size` must be between 1 and 16384"),
        ({"batch": 0}, "`batch` must be between 1"),
        ({"backward": 1}, "`backward` must be True or False"),
        ({"dtype": "int8"}, "`dtype` must be one of float32, float64"),
        ({"epochs": 0}, "`epochs` must be between 1"),
    ],
)
def test_a_value_that_will_not_do_is_named(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        Row(**values)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_parameters_are_torch_s(cell):
    row = Row(cell, 3, 7)
    work = TorchWork(row)
    assert row.parameters == sum(one.numel() for part in (work.layer, work.head) for one in part.parameters())


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_operations_are_those_that_torch_counts(cell):
    from torch.utils.flop_counter import FlopCounterMode

    row = Row(cell, 5, 6, batch=3, backward=False)
    work = TorchWork(row)
    # torch counts products of matrices: the cells of its own layer taken step by step have the same ones.
    step = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}[cell](4, 6)
    with FlopCounterMode(display=False) as counter:
        state = None
        for x in work.x:
            state = step(x, state)
            work.head(state[0] if cell == "lstm" else state)
    counted = counter.get_total_flops() / row.steps
    assert counted in (0, row.work)  # 0 where a fused kernel is no product that torch counts
    if cell == "rnn":
        weights = step.weight_ih.numel() + step.weight_hh.numel() + work.head.weight.numel()
        assert row.work == 2 * 3 * weights


def test_the_notes_time_six_rows():
    found = [(row.steps, row.hidden_size, row.backward, row.epochs) for row in NOTES]
    sizes = [(20_000, 20), (2_000, 20), (2_000, 1_000)]
    assert found == [(*size, backward, 100) for size in sizes for backward in (True, False)]


@pytest.mark.parametrize(("what", "name"), [("steps", "steps"), ("nodes", "hidden_size"), ("batch", "batch")])
def test_the_rows_of_a_chart_differ_in_one_number(what, name):
    rows = rows_against(what, "gru", backward=(True,))
    places = [getattr(row, name) for row in rows]
    assert places == sorted(set(places))
    others = {
        (row.cell, row.backward, *(getattr(row, one) for one in {"steps", "hidden_size", "batch"} - {name}))
        for row in rows
    }
    assert len(others) == 1


def test_what_takes_more_than_an_hour_is_refused_with_the_estimate(monkeypatch):
    monkeypatch.setattr(estimating, "memory", lambda: 1e12)
    with pytest.raises(RefusedError, match=r"about \d.* hours of time, and at most 1\.0 hours") as refused:
        estimate(Row(steps=1_000_000, hidden_size=4_000, backward=False), 10)
    assert refused.value.what == "time"
    assert refused.value.needs > 3600


def test_what_needs_more_than_the_memory_is_refused_with_the_estimate(monkeypatch):
    row = Row(steps=1_000, hidden_size=100, batch=16)
    monkeypatch.setattr(estimating, "memory", lambda: row.bytes / 0.8 - 1)
    with pytest.raises(RefusedError, match="GB of memory") as refused:
        estimate(row, 10)
    assert refused.value.needs == row.bytes
    monkeypatch.setattr(estimating, "memory", lambda: row.bytes / 0.8 + 1)
    assert estimate(row, 10).bytes == row.bytes


def test_the_estimate_of_the_memory_is_about_what_torch_keeps():
    row = Row("rnn", 200, 64, batch=64)
    work = TorchWork(row)
    kept = 0

    def pack(tensor):
        nonlocal kept
        kept += tensor.numel() * tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        work.forward()
    assert 0.3 < row.bytes / kept < 3


def test_the_memory_of_this_machine_is_known():
    assert 1e8 < estimating.memory() < 1e14
