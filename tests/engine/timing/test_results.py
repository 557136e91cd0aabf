"""Files of results: written and read back, shipped with their numbers exact, and refused in one sentence."""

import json
from pathlib import Path

import pytest

from lstmviz.timing.results import (
    MOST_BYTES,
    FileError,
    Machine,
    Measurement,
    Operation,
    Results,
    read_results,
    shipped,
)
from lstmviz.timing.row import NOTES, Row

FULL = Results(
    Machine("a laptop, <b>bold</b>", "a processor", 8, "a card", "Linux", {"torch": "2.13.0"}),
    "2026-11-28",
    (
        Measurement(Row(), "cpu", 93.02, 90.0, 99.5, 92.0, 94.0, 9, 2, {"forward": 0.3, "backward": 0.6}, 21655.0),
        Measurement(
            Row("lstm", 10, 3, 4, False, "float64", 1),
            "compiled",
            0.1 + 0.2,
            operations=(Operation("aten::addmm", 1.01, 10456.1),),
            tanh=11.9,
            difference=2.4e-7,
            beside=1,
        ),
    ),
    "how it was measured",
)


def test_a_file_says_all_that_was_written_to_the_last_bit():
    assert read_results(FULL.to_json()) == FULL
    assert read_results(FULL.to_json().encode()) == FULL


def test_each_measurement_is_one_line():
    lines = FULL.to_json().splitlines()
    assert sum('"median"' in line for line in lines) == 2


def test_the_notes_numbers_are_those_that_they_print():
    printed = {
        (20_000, 20, True): (93.02, 3.26),
        (20_000, 20, False): (18.85, 1.29),
        (2_000, 20, True): (6.53, 0.75),
        (2_000, 20, False): (1.25, 0.14),
        (2_000, 1_000, True): (58.99, 4.75),
        (2_000, 1_000, False): (13.16, 2.29),
    }
    ratios = (28.53, 14.61, 8.7, 8.93, 12.41, 5.74)
    notes = shipped()["notes"]
    for row, ratio in zip(NOTES, ratios, strict=True):
        cpu, gpu = (notes.of(row, way) for way in ("cpu", "gpu"))
        assert (cpu.median, gpu.median) == printed[row.steps, row.hidden_size, row.backward]
        assert cpu.median / gpu.median == pytest.approx(ratio, abs=0.06)


@pytest.mark.parametrize(("key", "name"), [("h200", "NVIDIA H200"), ("h100", "NVIDIA H100 80GB HBM3")])
def test_the_recorded_cards_have_all_their_rows(key, name):
    results = shipped()[key]
    assert results.machine.gpu == name
    assert results.machine.versions == {"torch": "2.11.0+cu130", "cudnn": "91900"}
    assert results.date == "2026-11-27"
    assert len(results.measurements) == 240
    for row in NOTES:
        assert results.of(row, "gpu") is not None


def test_two_recorded_numbers_are_as_they_were_measured():
    first = shipped()["h200"].of(NOTES[0], "gpu")
    assert (first.median, first.least, first.most) == (0.0156551, 0.0153422, 0.0160058)
    assert first.seconds(100) == pytest.approx(1.56551)
    server = shipped()["xeon"].best(NOTES[4], "cpu")
    assert (server.median, server.threads) == (31.487, 16)


def test_the_fastest_number_of_threads_counts():
    row = Row(epochs=10)
    both = tuple(Measurement(row, "cpu", seconds, threads=count) for count, seconds in ((1, 5.0), (2, 4.0)))
    found = Results(Machine("x"), "", both)
    assert found.best(row, "cpu").threads == 2
    assert found.of(row, "cpu").threads == 1
    assert found.best(Row(epochs=7), "cpu").seconds(7) == pytest.approx(2.8)
    assert found.best(row, "gpu") is None


def changed(**changes) -> str:
    return json.dumps(json.loads(FULL.to_json()) | changes)


def measured(**changes) -> str:
    document = json.loads(FULL.to_json())
    document["measurements"][0] |= changes
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "foreign"),
        ("nonsense", "foreign"),
        ("[" * 100_000, "foreign"),
        ("[]", "foreign"),
        ("{}", "foreign"),
        ('{"format": "something else"}', "foreign"),
        (b"\xff\xfe\x00", "foreign"),
        (changed(version=2), "future"),
        (changed(version=99), "future"),
        (changed(version="1"), "damaged"),
        (changed(version=0), "damaged"),
        (changed(version=True), "damaged"),
        (changed(machine={}), "damaged"),
        (changed(machine={"name": " "}), "damaged"),
        (changed(machine={"name": "x" * 3000}), "damaged"),
        (changed(date=3), "damaged"),
        (changed(measurements={}), "damaged"),
        (changed(measurements=[3]), "damaged"),
        (changed(measurements=[{}] * 5001), "huge"),
        (" " * (MOST_BYTES + 1), "huge"),
        (measured(median=0), "damaged"),
        (measured(median=-1), "damaged"),
        (measured(median="1"), "damaged"),
        (measured(median=float("nan")), "damaged"),
        (measured(median=10**400), "damaged"),
        (measured(steps=0), "damaged"),
        (measured(cell="<script>"), "damaged"),
        (measured(way="abacus"), "damaged"),
        (measured(threads=1.5), "damaged"),
        (measured(colour="red"), "damaged"),
        (measured(parts=[1]), "damaged"),
        (measured(operations=[{"name": "x"}]), "damaged"),
    ],
)
def test_what_is_no_file_of_results_is_refused_in_one_sentence(text, reason):
    with pytest.raises(FileError) as refused:
        read_results(text)
    assert refused.value.reason == reason
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 300


def test_the_folder_of_results_holds_only_such_files():
    folder = Path(__file__).parents[3] / "lstmviz/timing/shipped"
    assert {file.stem for file in folder.iterdir()} == set(shipped())
