"""The page of seed grids: its settings, what it hands to the browser, and the questions before long sweeps."""

import html
import time

import pytest
import torch

from lstmviz.models import build_model, load_parameters
from lstmviz.proof.of_network import prove
from lstmviz.sweeps import SweepConfig, sweep_bundles
from tests.packets import given, split

QUICK = {"grid_epochs": "40", "grid_side": "2"}


def _header(app) -> dict:
    """What the browser's part is told beside the numbers."""
    return split(given(app))[0]


def _text(app) -> str:
    shown = " ".join(element.value for element in [*app.markdown, *app.caption])
    return html.unescape(shown).replace("\u2060", "")


def _finished(app):
    """The page once its sweep is done."""
    deadline = time.monotonic() + 300
    while _header(app)["busy"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    return app


@pytest.fixture
def untrained(other, monkeypatch):
    """What a page begins to train waits for somebody else, the page not for that, and how long it takes is known."""
    monkeypatch.setattr("lstmviz.ui.background.sweeping.estimate_sweep_seconds", lambda config: 60.0)
    monkeypatch.setattr("lstmviz.ui.background.watched.SWEEP_AT_ONCE", 0.0)


@pytest.mark.usefixtures("untrained")
def test_it_opens_with_the_notes_grids(open_page):
    header = _header(open_page("grid"))
    assert [(group["cell"], group["seeds"]) for group in header["groups"]] == [
        ("rnn", list(range(25))),
        ("lstm", list(range(25))),
    ]
    for group, layer in zip(header["groups"], (torch.nn.RNN(4, 3), torch.nn.LSTM(4, 3)), strict=True):
        count = sum(one.numel() for one in [*layer.parameters(), *torch.nn.Linear(3, 4).parameters()])
        assert group["parameters"] == count


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_text_counts_what_was_solved(open_page, lang):
    app = _finished(open_page("grid", lang=lang, grid_task="ab", grid_epochs=100, grid_side=2))
    config = SweepConfig(task="ab", seeds=range(4), epochs=100)
    for cell, name in (("rnn", "RNN (tanh)"), ("lstm", "LSTM")):
        solved = sum(int(one.solved.sum()) for one in sweep_bundles(config.bundles()) if one.bundle.cell == cell)
        assert (f"{name}: {solved} of 4 solved" if lang == "en" else f"{name}: 4개 중 {solved}개") in _text(app)


@pytest.mark.usefixtures("untrained")
def test_every_preset_is_a_grid(open_page):
    app = open_page("grid", **QUICK)
    for number in range(5):
        app.button(key=f"grid_preset_{number}").click().run()
        assert not app.exception
        assert app.query_params["grid_task"]
    assert len(_header(app)["groups"][0]["seeds"]) == 100
    assert [group["cell"] for group in _header(app)["groups"]] == ["rnn", "gru", "lstm"]
    for number in (6, 7):  # fair races: about as many parameters, 100 seeds
        app.button(key=f"grid_preset_{number}").click().run()
        rnn, lstm = _header(app)["groups"]
        assert (len(rnn["seeds"]), len(lstm["seeds"])) == (100, 100)
        assert 0.9 < rnn["parameters"] / lstm["parameters"] < 1.1
        assert rnn["shape"]["units"] > lstm["shape"]["units"]


OF_ANY_KIND = {
    "bit parity": ("24 sequences of the task that no training ever holds", "as a tossed coin may"),
    "a^n b^n": ("24 sequences of the task that no training ever holds", "as a tossed coin may"),
    "sine wave": ("the sequence that is learned", "the tolerance less the largest error"),
    "Goethe in windows": ("all 62 that are learned", "as a tossed coin may"),
}


@pytest.mark.parametrize("task", OF_ANY_KIND)
def test_a_task_of_any_kind_is_a_grid(open_page, task):
    app = _finished(open_page("grid", **QUICK, grid_task=task, grid_lr="0.03"))
    assert not app.exception
    header, config = _header(app), SweepConfig(task=task, seeds=range(4), epochs=40, lr=0.03)
    assert [group["training"][0] for group in header["groups"]] == [task, task]
    for said in OF_ANY_KIND[task]:
        assert said in _text(app)
    assert "Proven" not in _text(app)
    for cell, name in (("rnn", "RNN (tanh)"), ("lstm", "LSTM")):
        solved = sum(int(one.solved.sum()) for one in sweep_bundles(config.bundles()) if one.bundle.cell == cell)
        assert f"{name}: {solved} of 4 solved" in _text(app)


def test_the_task_of_the_other_pages_is_one_click_away(open_page):
    app = open_page("grid", **QUICK, task="bit parity", cell="gru", hidden="5", lr="0.05", epochs="30", seed="2")
    app.button(key="grid_preset_8").click().run()
    header = _header(_finished(app))
    assert [(group["cell"], group["shape"]["units"]) for group in header["groups"]] == [("gru", 5), ("lstm", 5)]
    assert header["groups"][0]["training"] == ["bit parity", 0.05, 30]
    assert header["groups"][0]["opened"] == 2


def test_a_task_of_another_kind_is_learned_as_is_usual_for_it(open_page):
    app = open_page("grid", **QUICK)
    app.selectbox(key="_grid_task").set_value("bit parity")
    app.button(key="FormSubmitter:grid_form-Train the grid").click().run()
    names = ("task", "hidden", "lr", "epochs")
    assert [app.query_params[f"grid_{name}"] for name in names] == ["bit parity", "6", "0.05", "250"]


def test_matched_parameters_are_counted(open_page):
    app = open_page("grid", **QUICK, grid_match="parameters")
    rnn, lstm = _header(app)["groups"]
    assert lstm["shape"]["units"] == 3
    assert rnn["shape"]["units"] > 3
    more = torch.nn.RNN(4, rnn["shape"]["units"] + 1)
    assert abs(rnn["parameters"] - lstm["parameters"]) <= sum(one.numel() for one in more.parameters()) / 8


@pytest.mark.parametrize(
    ("bad", "part"),
    [
        ({"grid_hidden": "999"}, "from 1 to 64; got “999”, so 3 stays"),
        ({"grid_task": "aaaa"}, "at least two different letters"),
        ({"grid_cells": ""}, "Choose at least one cell"),
        ({"grid_cells": "rnn,tower"}, "got “rnn,tower”"),
        ({"grid_side": "11"}, "A grid must be 2 to 10 pictures wide"),
        ({"grid_first": "-1"}, "The first seed must be"),
        ({"grid_first": str(2**32 - 1)}, "The first seed must be"),
        ({"grid_lr": "1e9"}, "The learning rate must be"),
        ({"grid_match": "weight"}, "must be one of hidden_size, parameters"),
        ({"grid_match": "parameters", "grid_hidden": "40"}, "would need more than 64 nodes, so all have 40"),
        ({"grid_epochs": "<b>x</b>"}, "Epochs must be"),
    ],
)
def test_a_bad_value_is_answered_and_the_rest_works(open_page, bad, part):
    app = open_page("grid", **{**QUICK, **bad})
    assert part in _text(app)
    assert not any("<b>" in element.value for element in app.markdown)
    assert len(_header(app)["groups"]) == 2


def test_a_bad_value_keeps_the_last_good_one(open_page):
    app = open_page("grid", **QUICK, grid_hidden=5)
    app.query_params["grid_hidden"] = "many"
    app.run()
    assert "so 5 stays in use" in _text(app)
    assert _header(app)["groups"][0]["shape"]["units"] == 5


def test_a_long_grid_asks_first(open_page):
    app = open_page("grid", grid_side=10, grid_hidden=64, grid_epochs=100_000)
    assert "300" not in app.info[0].value
    assert "This trains 200 networks" in app.info[0].value
    assert " h on this machine" in app.info[0].value
    assert _header(app)["busy"] is False
    assert not _header(app)["parts"]


def test_stop_keeps_the_pictures_and_resume_goes_on(open_page):
    app = open_page("grid", grid_side=10, grid_epochs=20_000)
    app.button(key="sweep_stop").click().run()
    assert not _header(app)["busy"]
    app.button(key="sweep_resume").click().run()
    assert _header(app)["busy"]
    app.button(key="sweep_stop").click().run()


def test_diverged_networks_are_pictures_too(open_page):
    app = _finished(open_page("grid", **QUICK, grid_lr=10, grid_cells="rnn_relu"))
    assert not app.exception
    assert _header(app)["groups"][0]["cell"] == "rnn_relu"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_it_says_how_many_are_proven(open_page, lang):
    query = {"grid_task": "abcabC", "grid_hidden": 4, "grid_epochs": 400, "grid_side": 3}
    app = _finished(open_page("grid", lang=lang, **query))
    word = {"en": "Proven to name every letter right", "ko": "증명된 것"}[lang]
    deadline = time.monotonic() + 300
    while word not in _text(app):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    config = SweepConfig(task="abcabC", cells=("rnn", "lstm"), hidden_size=4, seeds=range(9), epochs=400, lr=0.1)
    for cell, name in (("rnn", "RNN (tanh)"), ("lstm", "LSTM")):
        verdicts = []
        for result in (one for one in sweep_bundles(config.bundles()) if one.bundle.cell == cell):
            for run in (one for one in result.runs() if one.solved):
                model = build_model(result.bundle.network(run.seed))
                load_parameters(model, run.parameters)
                verdicts.append(prove(model, result.bundle.text).verdict)
        assert verdicts
        proven, solved = verdicts.count("proven"), len(verdicts)
        said = {"en": f"{name} {proven} of {solved}", "ko": f"{name} {solved}개 중 {proven}개"}[lang]
        assert said in _text(app)


def test_of_large_networks_no_proof_is_said(open_page):
    app = _finished(open_page("grid", grid_hidden=9, **QUICK))
    assert "Proven" not in _text(app)
    assert "proofs" not in _text(app)
