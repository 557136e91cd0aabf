"""What the browser is sent of a grid of seeds: the engine's numbers, to the bit, and no more than it can hold."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lstmviz.sweeps import BundleResult, SweepConfig, sweep_bundles
from lstmviz.tasks import NAMED, named_task
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.parts.seed_grid import grid as seed_grid
from lstmviz.ui.parts.seed_grid.grid import Group
from tests.packets import joined
from tests.written import assert_shaped

SEEDS = tuple(range(5, 25))
CONFIG = SweepConfig(task="abaB", cells=("rnn_relu", "gru"), hidden_size=2, seeds=SEEDS, epochs=40, lr=0.03)
GROUPS = [Group(cell, 2, 20, SEEDS, "abaB", 0.03, 40) for cell in ("rnn_relu", "gru")]


@pytest.fixture(scope="module")
def results() -> list[BundleResult]:
    return list(sweep_bundles(CONFIG.bundles()))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """A function that shows a grid, and returns what the browser is given."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(seed_grid, "_grid", lambda **values: given.update(values))

    def show(results: list[BundleResult], opened: Experiment | None = None, **more: Any) -> dict[str, Any]:
        usual = {"columns": 5, "busy": False}
        monkeypatch.setattr(seed_grid, "current_experiment", lambda: opened or Experiment())
        seed_grid._packed.clear()
        seed_grid.show("grid", GROUPS, results, **(usual | more))
        return given

    return show


def test_every_bundle_is_there_with_the_engine_s_numbers(
    shown: Callable[..., dict[str, Any]], results: list[BundleResult]
) -> None:
    header, parts = joined(shown(results)["data"])
    met = set()
    for group, about in zip(GROUPS, header["groups"], strict=True):
        assert about["seeds"] == list(SEEDS)
        for name in about["parts"]:
            own, arrays = parts[name]
            result = next(
                one for one in results if one.bundle.cell == group.cell and list(one.bundle.seeds) == own["seeds"]
            )
            kept = list(result.bundle.kept)
            met |= {(group.cell, seed) for seed in own["seeds"]}
            assert own["epochs"] == kept
            for key, values in (
                ("h", result.h),
                ("probabilities", result.probabilities),
                ("losses", result.losses[kept]),
                ("margins", result.margins),
                ("diverged", result.diverged_at),
            ):
                np.testing.assert_array_equal(arrays[key], values)
            np.testing.assert_array_equal(arrays["largest"], np.maximum(1, np.abs(result.h).max(axis=(0, 2, 3))))
        assert about["reads"] == list("abaB")
        assert about["due"] == [["b"], ["a"], ["B"], ["a"]]
        assert about["told"] == ["a", "b", "B"]
    assert met == {(group.cell, seed) for group in GROUPS for seed in SEEDS}


def test_a_grid_too_large_to_be_sent_is_looked_at_less_often(
    shown: Callable[..., dict[str, Any]], results: list[BundleResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = list(results[0].bundle.kept)
    numbers = sum(result.h.size + result.probabilities.size for result in results)
    monkeypatch.setattr(seed_grid, "MOST_NUMBERS", -(-numbers // 3))
    # The same snapshots for the first bundle to come as for all.
    for come in (results[:1], results):
        _, parts = joined(shown(come)["data"])
        for about, arrays in parts.values():
            assert about["epochs"] == sorted({0, *kept[::-1][::3]})
            e = [kept.index(epoch) for epoch in about["epochs"]]
            result = next(one for one in results if np.array_equal(one.h[e], arrays["h"]))
            np.testing.assert_array_equal(arrays["margins"], result.margins[e])
            np.testing.assert_array_equal(arrays["losses"], result.losses[about["epochs"]])


def test_the_open_experiment_is_marked_where_it_is_one_of_them(shown: Callable[..., dict[str, Any]]) -> None:
    def marked(opened: Experiment | None) -> list[int | None]:
        header, _ = joined(shown([], opened)["data"])
        return [about["opened"] for about in header["groups"]]

    assert marked(Experiment("abaB", "gru", 2, 7, 0.03, 40)) == [None, 7]
    for other in (
        Experiment("abaB", "gru", 2, 4, 0.03, 40),
        Experiment("abaB", "gru", 2, 7, 0.03, 41),
        Experiment("abaB", "lstm", 2, 7, 0.03, 40),
        None,
    ):
        assert marked(other) == [None, None]


def test_a_click_names_the_network_as_a_url_does(
    shown: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = list[dict[str, str]]()
    monkeypatch.setattr(seed_grid, "change_experiment", lambda **params: opened.append(params))
    monkeypatch.setattr(seed_grid, "redraw_page", lambda: None)
    given = shown([])
    nonsense = (None, "gru", {"group": 2, "seed": 7}, {"group": 1, "seed": 4}, {"group": "x", "seed": []}, {})
    for wish in (*nonsense, {"group": 1, "seed": 7}):
        monkeypatch.setattr(seed_grid.st, "session_state", {"grid": SimpleNamespace(open=wish)})
        given["on_open_change"]()
    assert opened == [{"task": "abaB", "cell": "gru", "hidden": "2", "seed": "7", "lr": "0.03", "epochs": "40"}]


@pytest.mark.parametrize(("told", "goes"), [({}, False), ({"inside": False}, False), ({"inside": True}, True)])
def test_who_wants_to_look_inside_goes_there_with_that_network(
    shown: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, told: dict[str, bool], goes: bool
) -> None:
    monkeypatch.setattr(seed_grid, "change_experiment", lambda **params: None)
    monkeypatch.setattr(seed_grid, "redraw_page", lambda: None)
    monkeypatch.setattr(seed_grid, "notice", lambda *args, **options: None)
    given = shown([])
    session = {"grid": SimpleNamespace(open={"group": 1, "seed": 7, **told})}
    monkeypatch.setattr(seed_grid.st, "session_state", session)
    given["on_open_change"]()
    gone = list[Experiment]()
    monkeypatch.setattr(seed_grid, "go_inside", gone.append)
    for _run in range(2):  # once
        shown([], Experiment("abaB", "gru", 2, 7, 0.03, 40))
    assert gone == ([Experiment("abaB", "gru", 2, 7, 0.03, 40)] if goes else [])


def test_what_is_given_has_the_shapes_that_the_browser_writes_down(
    shown: Callable[..., dict[str, Any]], results: list[BundleResult]
) -> None:
    header, parts = joined(shown(results)["data"])
    assert_shaped(header, "parts/seed_grid/main.js", "Header", besides="parts")
    for group in header["groups"]:
        assert_shaped(group, "parts/seed_grid/networks.js", "GroupHeader")
    assert parts
    for about, arrays in parts.values():
        assert_shaped(about, "parts/seed_grid/networks.js", "BundleHeader", besides="arrays")
        assert_shaped(arrays, "parts/seed_grid/networks.js", "BundleArrays")


@pytest.mark.parametrize("name", list(NAMED))
def test_the_rows_of_any_task_are_the_last_steps_of_its_sequence(name: str) -> None:
    task, rows = named_task(name), seed_grid._rows(name)
    end = int(np.flatnonzero(task.scored)[-1]) + 1
    steps = range(end - len(rows.reads), end)
    assert len(rows.reads) == len(rows.due) == min(24, end)
    assert len(rows.told) == task.output_size
    for t, read, due in zip(steps, rows.reads, rows.due, strict=True):
        assert read == (task.alphabet[task.x[t]] if task.alphabet else task.labels[t])
        if not task.scored[t]:
            assert due == ()
        elif task.of_numbers:
            assert due == (task.target_labels[t],)
        elif task.legal is None:
            assert due == (task.answers[task.y[t]],)
        else:
            assert {task.answers.index(one) for one in due} == set(np.flatnonzero(task.legal[t]))


def test_answers_that_are_words_are_in_the_session_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_grid, "_", lambda text: f"<{text}>")
    words = seed_grid._in_words(seed_grid._rows("bit parity"))
    assert words["told"] == ["<even>", "<odd>"]
    assert words["due"][-1] in (["<even>"], ["<odd>"])
    assert seed_grid._in_words(seed_grid._rows("Reber grammar"))["told"] == list("BTPSXVE")
