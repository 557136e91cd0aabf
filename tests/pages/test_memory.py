"""The memory page: its settings, the maps and the networks of a square."""

import json

import numpy as np
import pytest

from lstmviz.models import parameter_count
from lstmviz.sweeps import SweepConfig, sweep
from lstmviz.sweeps.evidence import success
from lstmviz.tasks import memory_pattern
from lstmviz.ui.views.memory.view import Chosen, conclusions

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


def test_with_as_many_parameters_a_row_is_named_by_the_cell_with_the_most_gates(open_page):
    config = SweepConfig(
        task=[memory_pattern(2), memory_pattern(3)],
        cells=("rnn", "gru", "lstm"),
        hidden_size=(1, 2),
        seeds=range(4),
        epochs=60,
        match="parameters",
        snapshots=2,
    )
    found: dict[tuple[str, int, int], list[bool]] = {}
    for run in sweep(config):
        found.setdefault((run.cell, len(run.task) // 2, run.hidden_size), []).append(run.solved)
    app = _finished(open_page("memory", **SMALL, map_match="parameters", map_square="rnn-3-2"))
    seen = {}
    for figure in _maps(app):
        for cell, memory, row, said in figure["data"][1]["customdata"]:
            seen[cell, memory, row] = said.split(" = ")[0]
    for (cell, memory, row), said in seen.items():
        nodes = config.size_of(cell, memory_pattern(memory), row)
        assert said == f"{sum(found[cell, memory, nodes])}/4"
    assert len(seen) == 12
    assert config.size_of("rnn", memory_pattern(3), 2) > 2
    assert f"**RNN (tanh)** {sum(found['rnn', 3, config.size_of('rnn', memory_pattern(3), 2)])} of 4" in _text(app)
    assert "All have about as many parameters" in _text(app)
    assert _maps(app)[0]["layout"]["annotations"][0]["text"] == "↑ nodes of the LSTM"


def _rates(**by_cell):
    """A map of one row: cell -> how many of 100 networks solved each memory, from 2 on."""
    return {
        Chosen(cell, memory, 1): success(solved, 100)
        for cell, column in by_cell.items()
        for memory, solved in enumerate(column, 2)
    }


def test_the_conclusion_goes_whichever_way_the_networks_go():
    config = SweepConfig(task=["abaB", "abcabC"], cells=("rnn", "lstm"), hidden_size=1, match="parameters")
    (said,) = conclusions(_rates(rnn=(90, 50), lstm=(10, 52)), config)
    assert said.startswith("**RNN (tanh)** is ahead of LSTM at memory 2. Over all sizes")
    (said,) = conclusions(_rates(rnn=(90, 10), lstm=(10, 90)), config)
    assert "**RNN (tanh)** is ahead of LSTM at memory 2. **LSTM** is ahead of RNN (tanh) at memory 3." in said
    assert "times the 2 comparisons" in said
    (said,) = conclusions(_rates(rnn=(50, 50), lstm=(52, 49)), config)
    assert said.startswith("Between **RNN (tanh)** and **LSTM** no difference is shown at any memory.")
    unfair = SweepConfig(task=["abaB", "abcabC"], cells=("rnn", "lstm"), hidden_size=(1, 3))
    (said,) = conclusions(_rates(rnn=(50, 50), lstm=(52, 49)), unfair)
    counts = [parameter_count(cell, 4, 3) for cell in ("rnn", "lstm")]
    assert f"unequal parameters (at the largest memory and size: RNN (tanh) {counts[0]}, LSTM {counts[1]})" in said
    assert conclusions({}, config) == []


def test_large_networks_of_one_cell_are_not_held_against_small_ones_of_the_other():
    config = SweepConfig(task=["abaB", "abcabC"], cells=("rnn", "lstm"), hidden_size=(1, 2), match="parameters")
    found = {
        Chosen("rnn", 2, 1): success(5, 100),
        Chosen("lstm", 2, 1): success(5, 100),
        Chosen("lstm", 2, 2): success(100, 100),  # those of the RNN are still to come
        Chosen("rnn", 3, 1): success(1, 4),
        Chosen("lstm", 3, 1): success(90, 100),  # and here some of them
    }
    (said,) = conclusions(found, config)
    assert said.startswith("Between **RNN (tanh)** and **LSTM** no difference is shown at any memory.")
    (said,) = conclusions({**found, Chosen("rnn", 2, 2): success(5, 100)}, config)
    assert said.startswith("**LSTM** is ahead of RNN (tanh) at memory 2.")
