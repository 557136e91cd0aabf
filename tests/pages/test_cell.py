"""The page of the cell player: what it gives the browser is the engine's, in both languages, for each cell."""

import numpy as np
import pytest

from lstmviz.changes.effect import trace_changed
from lstmviz.changes.text import parse_changes
from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace
from lstmviz.training import TrainConfig, train
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.packets import given, joined
from tests.pages.conftest import new_server

SEED = Experiment().seed  # of the network that a page shows by itself
EPOCHS = 40
QUANTITIES = {"lstm": "ifgoch", "gru": "rznh", "rnn": "h", "rnn_relu": "h"}


@pytest.fixture(scope="module")
def server():
    new_server()


def engine(cell="lstm", hidden=3, pattern="abcabC", epochs=EPOCHS, seed=SEED):
    """The same network trained without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=seed))
    for _ in train(model, task, TrainConfig(epochs=epochs, lr=0.1)):
        pass
    return model, task


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_the_player_is_given_the_engine_s_numbers(open_page, cell, language):
    app = open_page("cell", cell=cell, epochs=EPOCHS, lang=language)
    header, runs = joined(given(app))
    about, arrays = runs["first"]
    model, task = engine(cell)
    tr = trace(model, task.one_hot())
    assert header["language"] == language
    assert header["notices"] == []
    assert (about["cell"], about["epochs"][0], about["epochs"][-1]) == (cell, 0, EPOCHS)
    for name in (*QUANTITIES[cell], "logits", "probabilities"):
        np.testing.assert_allclose(arrays[name][-1], getattr(tr, name), rtol=0, atol=1e-6)
    assert set(runs) == {"first"}


def test_changes_come_with_what_they_do(open_page):
    app = open_page("cell", epochs=EPOCHS, do="f2=0@300-;x=4@100;nonsense")
    header, runs = joined(given(app))
    assert [change["text"] for change in header["changes"]] == ["f2=0@300-", "x=4@100"]
    assert len(header["notices"]) == 1
    assert "nonsense" in header["notices"][0]
    about, arrays = runs["changed"]
    model, task = engine()
    tr = trace_changed(model, task, parsed(model, task, "f2=0@300-;x=4@100"))
    for name in ("f", "c", "h", "probabilities"):
        np.testing.assert_allclose(arrays[name][-1], getattr(tr, name), rtol=0, atol=1e-6)
    before = trace(model, task.one_hot())
    steps = np.arange(len(task.y))
    p, q = before.probabilities[steps, task.y], tr.probabilities[steps, task.y]
    np.testing.assert_allclose(arrays["effect_probability"][-1], q - p, atol=1e-6)
    np.testing.assert_allclose(arrays["effect_loss"][-1], np.log(p) - np.log(q), atol=1e-4)
    felt = np.flatnonzero(np.abs(tr.probabilities - before.probabilities).max(axis=-1) >= 0.01)
    assert (arrays["effect_first"][-1], arrays["effect_last"][-1]) == (felt[0], felt[-1])
    assert arrays["x"][100] == 3
    assert about["held"] == [{"quantity": "f", "unit": 1, "first": 300, "last": None}]


def parsed(model, task, text):
    return parse_changes(text, model.config, task)


def test_a_network_beside_is_trained_and_given_too(open_page):
    app = open_page("cell", epochs=EPOCHS, **{"with": "cell=gru;hidden=2;seed=5;epoch=10"})
    header, runs = joined(given(app))
    _about, arrays = runs["second"]
    model, task = engine("gru", 2, seed=5)
    np.testing.assert_allclose(arrays["h"][-1], trace(model, task.one_hot()).h, rtol=0, atol=1e-6)
    assert header["second"]["epoch"] == 10
    assert header["languages"]["en"]["titles"]["second"] == "GRU · 2 nodes · seed 5"


@pytest.mark.parametrize(
    "query",
    [
        {"do": "f9=0;🙂;=;@;f1=1e999;weight_hh.0.0=1"},
        {"with": "cell=perceptron;hidden=0;x"},
        {"from": "-5", "t": "abc", "epoch": "1e9", "unit": "<b>", "q": "../"},
    ],
)
def test_nonsense_in_the_url_is_no_error(open_page, query):
    app = open_page("cell", epochs=EPOCHS, **query)
    header, runs = joined(given(app))
    assert set(runs) == {"first"}
    assert len(header["notices"]) == {"do": 1, "with": 3}.get(next(iter(query)), 0)


def test_a_run_that_diverged_is_given_as_it_is(open_page):
    app = open_page("cell", cell="rnn_relu", lr=10, epochs=200)
    about, arrays = joined(given(app))[1]["first"]
    assert about["diverged"] is not None
    assert len(app.warning) == 1
    assert arrays["h"].shape[0] == len(about["epochs"]) == len(about["losses"])


def test_of_a_run_too_large_a_window_is_given_that_holds_the_step_asked_for(open_page, monkeypatch):
    monkeypatch.setattr("lstmviz.packing.MOST_NUMBERS", 200_000)
    app = open_page("cell", epochs=EPOCHS, t=20)
    about, arrays = joined(given(app))[1]["first"]
    assert about["start"] <= 20 < about["stop"] < about["steps"]
    assert arrays["h"].shape[1] == about["stop"] - about["start"]
