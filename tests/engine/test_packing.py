"""What is packed comes out again, number for number, for every cell, window and kind of number."""

import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lstmviz.packing as packing
from lstmviz.models import ModelConfig, build_model, parameters_of
from lstmviz.packing import join, pack_run, packet, said_of, window
from lstmviz.predictions.outcome import outcome
from lstmviz.tasks import Task, alphabet_task, echo_task, grammar_task, matching_task, text_task
from lstmviz.tracing import Trace, trace_snapshots

SEEDS = (1, 2, 3)


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """A packet, read by its description alone."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    body = data[4 + length :]
    dtypes = {"float32": "<f4", "int32": "<i4", "uint8": "|u1"}
    arrays = {
        name: np.frombuffer(body, dtypes[entry["dtype"]], int(np.prod(entry["shape"])), entry["offset"]).reshape(
            entry["shape"]
        )
        for name, entry in header["arrays"].items()
    }
    return header, arrays


def followed(cell: str, task: Task, hidden_size: int = 2) -> tuple[Trace, list[dict[str, NDArray[Any]]]]:
    letters = len(task.alphabet)
    models = [
        build_model(ModelConfig(cell=cell, input_size=letters, hidden_size=hidden_size, output_size=letters, seed=seed))
        for seed in SEEDS
    ]
    weights = [parameters_of(model) for model in models]
    return trace_snapshots(models[0], weights, task.one_hot()), weights


@pytest.mark.parametrize("cell", packing.QUANTITIES)
@pytest.mark.parametrize("steps", [range(23), range(8, 17)])
def test_a_run_comes_out_as_the_engine_made_it(cell: str, steps: range) -> None:
    task = alphabet_task("abaB", repeats=6)
    tr, weights = followed(cell, task)
    header, arrays = unpack(zlib.decompress(pack_run(tr, task, weights, steps, losses=[0.5, None, 2.0])))
    part = slice(steps.start, steps.stop)
    assert header["cell"] == cell
    assert header["losses"] == [0.5, None, 2.0]
    assert (header["start"], header["stop"], header["steps"]) == (steps.start, steps.stop, 23)
    assert [header["alphabet"][k] for k in arrays["x"]] == list(task.text[:-1])
    assert [header["alphabet"][k] for k in arrays["y"]] == list(task.text[1:])
    for name in (*packing.QUANTITIES[cell], "logits", "probabilities"):
        whole = getattr(tr, name)
        np.testing.assert_array_equal(arrays[name], whole[:, part])
    np.testing.assert_array_equal(arrays["h_start"], tr.h_prev[:, steps.start])
    if cell == "lstm":
        np.testing.assert_array_equal(arrays["c_start"], tr.c_prev[:, steps.start])
    for k, own in enumerate(weights):
        np.testing.assert_array_equal(arrays["weight_hh"][k], own["recurrent.weight_hh_l0"])
        np.testing.assert_array_equal(arrays["head.bias"][k], own["head.bias"])


def test_further_arrays_stand_in_for_usual_ones() -> None:
    task = alphabet_task("ab", repeats=5)
    tr, weights = followed("rnn", task)
    other = np.zeros(9, np.int32)
    _, arrays = unpack(zlib.decompress(pack_run(tr, task, weights, range(9), {"x": other, "effect": tr.h})))
    np.testing.assert_array_equal(arrays["x"], other)
    np.testing.assert_array_equal(arrays["effect"], tr.h)


@given(st.lists(st.floats(width=32), min_size=1, max_size=9), st.text(max_size=9))
def test_any_number_and_any_text_comes_out_again(numbers: list[float], text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    header, arrays = unpack(
        packet({"text": text}, {"bytes": np.arange(5, dtype=np.uint8), "numbers": np.array(numbers)})
    )
    assert header["text"] == text
    np.testing.assert_array_equal(arrays["numbers"], np.array(numbers, np.float32))  # NaN and infinities too
    np.testing.assert_array_equal(arrays["bytes"], np.arange(5))


def test_parts_are_found_by_their_place_and_known_by_their_digest() -> None:
    parts = {"first": b"one", "second": b"and two", "third": b"one"}
    data = join({"words": "é"}, parts)
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    body = data[4 + length :]
    for name, entry in header["parts"].items():
        assert body[entry["offset"] : entry["offset"] + entry["length"]] == parts[name]
    digests = {name: entry["digest"] for name, entry in header["parts"].items()}
    assert digests["first"] == digests["third"] != digests["second"]


def test_a_short_text_is_packed_whole() -> None:
    task = alphabet_task("abaB", repeats=6)
    assert window(followed("lstm", task)[0], task, start=8) == range(23)


@pytest.mark.parametrize(("start", "around"), [(None, None), (0, None), (7, None), (999, None), (None, 11), (None, 0)])
def test_of_a_long_text_a_window_of_whole_patterns_is_packed(
    monkeypatch: pytest.MonkeyPatch, start: int | None, around: int | None
) -> None:
    task = alphabet_task("abaB", repeats=10)
    tr, _ = followed("gru", task)
    most = 3 * (4 * 2 + 2 * 3) * 13  # three snapshots, numbers of a step, 13 steps: three patterns fit
    monkeypatch.setattr(packing, "MOST_NUMBERS", most)
    steps = window(tr, task, start, around)
    assert steps.start % task.period == 0
    assert 0 <= steps.start < steps.stop <= len(task.x)
    assert len(steps) in (11, 12)  # the text ends before the last letter of its last pattern
    if start is not None and start < 28:
        assert steps.start <= start < steps.stop
    if around is not None:
        assert around in steps
    if start is None and around is None:
        assert steps.stop == len(task.x)


def test_there_is_always_a_pattern_however_large_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    task = alphabet_task("abaB", repeats=10)
    monkeypatch.setattr(packing, "MOST_NUMBERS", 1)
    assert len(window(followed("lstm", task)[0], task, start=4)) == task.period


@pytest.mark.parametrize(
    "task",
    [
        grammar_task("embedded_reber"),
        matching_task(3).reading("1231"),
        text_task("to be or not to be", 4),
        echo_task(2, 8),
    ],
)
def test_the_face_of_any_task_is_packed_with_what_is_asked(task: Task) -> None:
    model = build_model(
        ModelConfig(cell="gru", input_size=task.input_size, hidden_size=3, output_size=task.output_size)
    )
    weights = [parameters_of(model)] * 2
    tr = trace_snapshots(model, weights, task.inputs())
    assert window(tr, task) == range(len(task.x))
    header, arrays = unpack(zlib.decompress(pack_run(tr, task, weights, window(tr, task))))
    assert header["period"] == len(task.x)
    assert tuple(header["labels"]) == task.labels
    assert tuple(header["target_labels"]) == task.target_labels
    assert tuple(header["answers"]) == task.answers
    np.testing.assert_array_equal(arrays["x"], task.x.astype(arrays["x"].dtype))
    np.testing.assert_array_equal(arrays["y"], task.y.astype(arrays["y"].dtype))
    np.testing.assert_array_equal(arrays["scored"], task.scored)
    assert ("legal" in arrays) == (task.legal is not None)
    if task.legal is not None:
        np.testing.assert_array_equal(arrays["legal"], task.legal)
    assert ("probabilities" in arrays) != task.of_numbers
    np.testing.assert_array_equal(arrays["logits"], tr.logits)
    np.testing.assert_array_equal(arrays["right"], outcome(tr, task).right)
    assert ("largest" in header) == task.of_numbers


def test_the_scales_of_numbers_hold_all_of_them() -> None:
    task = echo_task(2, 8)
    model = build_model(ModelConfig(cell="rnn", input_size=1, hidden_size=2, output_size=1))
    weights = [parameters_of(model), parameters_of(model) | {"head.bias": np.array([3.0], np.float32)}]
    tr = trace_snapshots(model, weights, task.inputs())
    header, arrays = unpack(zlib.decompress(pack_run(tr, task, weights, range(8))))
    assert header["largest"]["x"] == pytest.approx(np.abs(task.x).max())
    assert header["largest"]["y"] == pytest.approx(np.abs(arrays["logits"]).max())
    assert header["largest"]["y"] > 2.0
    assert said_of(task)["largest"]["y"] == pytest.approx(np.abs(task.y).max())


def test_a_long_text_is_packed_in_part_from_any_step(monkeypatch: pytest.MonkeyPatch) -> None:
    task = text_task("to be or not to be", 4)
    tr, _ = followed("rnn", task)
    monkeypatch.setattr(packing, "MOST_NUMBERS", 5 * 3 * (3 * 2 + 2 * len(task.alphabet)))
    assert len(window(tr, task)) < len(task.x)
    assert window(tr, task).stop == len(task.x)
    assert window(tr, task, start=3).start == 3
