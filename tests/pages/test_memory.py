"""The memory page: its settings, the maps and the networks of a square."""

import json

import numpy as np
import pytest

from lstmviz.sweeps import SweepConfig, sweep
from lstmviz.tasks import memory_pattern

SMALL = {"map_memory": 3, "map_hidden": 2, "map_seeds": 4, "map_epochs": 60}


def _text(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def _finished(app):
    """The page once all is trained."""
    for _ in range(50):
        if not app.get("progress"):
            return app
        app.run()
    raise AssertionError("the map was never finished")


def _maps(app) -> list[dict]:
    return [json.loads(element.proto.spec or element.proto.figure.spec) for element in app.get("plotly_chart")]


@pytest.fixture(scope="module")
def solved() -> dict[tuple[str, int, int], list[bool]]:
    """(cell, memory, nodes) -> who solved it, by the engine."""
    config = SweepConfig(
        task=[memory_pattern(2), memory_pattern(3)],
        cells=("rnn", "gru", "lstm"),
        hidden_size=(1, 2),
        seeds=range(4),
        epochs=60,
        snapshots=2,
    )
    found: dict[tuple[str, int, int], list[bool]] = {}
    for run in sweep(config):
        found.setdefault((run.cell, len(run.task) // 2, run.hidden_size), []).append(run.solved)
    return found


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_maps_are_the_engines(open_page, solved, lang):
    app = _finished(open_page("memory", lang=lang, **SMALL))
    seen = {}
    for figure in _maps(app):
        for cell, memory, hidden, said in figure["data"][1]["customdata"]:
            seen[cell, memory, hidden] = said.split(" = ")[0]
    assert seen == {square: f"{sum(marks)}/4" for square, marks in solved.items()}
    assert ("무엇이 보이나요" if lang == "ko" else "What you see") in _text(app)


def test_a_map_has_the_cells_and_sizes_that_were_asked_for(open_page):
    app = _finished(open_page("memory", **{**SMALL, "map_cells": "lstm", "map_memory": 4, "map_hidden": 1}))
    (figure,) = _maps(app)
    assert figure["layout"]["xaxis"]["ticktext"] == ["2", "3", "4"]
    assert figure["layout"]["yaxis"]["ticktext"] == ["1"]
    assert np.shape(figure["data"][1]["customdata"])[0] == 3


def test_a_square_opens_its_networks(open_page, solved):
    app = _finished(open_page("memory", **SMALL, map_square="gru-3-2"))
    field = app.selectbox(key="_map_field")
    assert field.value == "gru-3-2"
    assert f"**GRU** {sum(solved['gru', 3, 2])} of 4" in _text(app)
    field.select("lstm-2-1").run()
    assert app.query_params["map_square"] == "lstm-2-1"
    assert f"**LSTM** {sum(solved['lstm', 2, 1])} of 4" in _text(app)
    assert [figure["layout"].get("shapes", []) != [] for figure in _maps(app)] == [False, False, True]


@pytest.mark.parametrize("square", ["", "lstm", "lstm-9-9", "lstm-a-b", "lstm-3-3-3", "lstm-²-2", "<b>"])
def test_a_square_that_is_not_on_the_map_is_none(open_page, square):
    app = _finished(open_page("memory", **SMALL, map_square=square))
    assert app.selectbox(key="_map_field").value is None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("map_seeds", "3", "Seeds per square must be a whole number from 4 to 64; got “3”"),
        ("map_seeds", "many", "Seeds per square must be a whole number from 4 to 64"),
        ("map_epochs", "0", "Epochs must be a whole number from 1 to 100,000"),
        ("map_lr", "-1", "The learning rate must be a number above 0"),
        ("map_memory", "13", "The longest memory must be 2 to 12 letters"),
        ("map_hidden", "0", "Most hidden nodes must be a whole number from 1 to 8"),
        ("map_cells", "rnn,lstn", "Choose at least one cell of rnn, gru, lstm"),
        ("map_cells", "", "Choose at least one cell of rnn, gru, lstm"),
    ],
)
def test_a_bad_value_gets_a_sentence_and_the_map_stays(open_page, name, text, sentence):
    app = _finished(open_page("memory", **SMALL))
    before = [figure["data"][1]["customdata"] for figure in _maps(app)]
    app.query_params[name] = text
    app.run()
    assert sentence in _text(app)
    assert [figure["data"][1]["customdata"] for figure in _maps(app)] == before


def test_a_preset_is_one_click(open_page):
    app = _finished(open_page("memory", **SMALL))
    next(button for button in app.button if button.label == "learning rate 0.01").click().run()
    assert app.query_params["map_lr"] == "0.01"
    assert app.query_params["map_memory"] == "3"
