"""The page of the gradients: what it draws and says is the engine's, in both languages, for every kind of run."""

import html
import math

import numpy as np
import pytest

from lstmviz.figures.gradients import decade, gradient_scale, strength
from lstmviz.figures.theme import Palette
from lstmviz.gradients import (
    backpropagate,
    backward_lines,
    by_lag,
    clip_norms,
    gradients_through_time,
    plain,
    symbol,
)
from lstmviz.models import ModelConfig, build_model
from lstmviz.sweeps import Store
from lstmviz.tasks import alphabet_task, named_task
from lstmviz.training import TrainConfig, train
from lstmviz.ui.background.jobs import configs
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.kinds import ONE_OF_EACH_KIND
from tests.packets import given, joined
from tests.pages.conftest import new_server

SEED = Experiment().seed  # of the network that a page shows by itself
EPOCHS = 60
SECTIONS = ("time", "gain", "back")


@pytest.fixture(scope="module")
def server():
    new_server()


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The networks of many seeds are trained once for all tests that show them."""
    return Store(tmp_path_factory.mktemp("sweeps"))


def engine(cell="lstm", pattern="abcabC", hidden=3, epochs=EPOCHS):
    """The same training, made without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=SEED))
    for _ in train(model, task, TrainConfig(epochs=epochs, lr=0.1)):
        pass
    return task, model


def text(app) -> str:
    said = " ".join(element.value for element in [*app.markdown, *app.caption])
    return html.unescape(said).replace("\u2060", "")


def wait(app):
    for _ in range(30):
        if not app.get("progress"):
            break
        app.run()
    assert not app.exception
    return app


def charts(app):
    return app.get("plotly_chart")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("cell", ["lstm", "rnn", "rnn_relu"])
def test_every_section_of_every_cell_is_drawn_with_its_text(open_page, cell, section, language):
    app = wait(open_page("gradients", cell=cell, epochs=EPOCHS, lang=language, gradients_section=section))
    said = text(app)
    assert ("What you see" in said) == (language == "en")
    assert ("무엇이 보이나요" in said) == (language == "ko")
    assert "{" not in said.replace("_{", "").replace(r"\frac{", "").replace("}{", "").replace(r"\text{", "").replace(
        "^{", ""
    )
    expected = {"time": 4, "gain": 6 if cell == "lstm" else 4, "back": 0}
    assert len(charts(app)) == expected[section]


def test_how_far_each_cell_reaches_is_what_the_engine_finds(open_page):
    app = wait(open_page("gradients", epochs=EPOCHS))
    said = text(app)
    for cell in ("lstm", "gru", "rnn"):
        task, model = engine(cell)
        found = by_lag(gradients_through_time(model, task), "h", relative=True)
        assert f"{CELL_NAMES[cell]}: {strength(float(found.log10[10]))}." in said, cell
    task, model = engine()
    gradients = gradients_through_time(model, task)
    for of in ("c", "path"):
        assert strength(float(by_lag(gradients, of, relative=True).log10[10])) in said
    most = gradients.singular_values()[0][10, 0]
    assert f"at most a factor of {strength(float(most))}" in said


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_the_gain_and_the_norm_are_answered_with_the_engines_numbers(open_page, cell):
    app = open_page("gradients", cell=cell, epochs=EPOCHS, gradients_section="gain")
    task, model = engine(cell)
    for gain, asked in ((1.0, "1"), (2.5, "0.01"), (0.3, "1e6")):
        app.slider(key="gradients_gain").set_value(gain)
        app.text_input(key="gradients_max_norm").set_value(asked).run()
        assert not app.exception
        said = text(app)
        found = clip_norms(model, task, gains=(gain,), max_norm=float(asked))
        assert f"The norm of the whole gradient is {strength(math.log10(found.norm[0]))}" in said
        if found.factor[0] < 1:
            assert f"by {strength(math.log10(found.factor[0]))}" in said
        else:
            assert "clipping leaves it as it is" in said
        left = by_lag(gradients_through_time(model, task, gain=gain), "h", relative=True).log10[10]
        assert f"is {strength(float(left))} of what it is at the step itself" in said


SHORT = {"hidden": 2, "epochs": 6, "lr": 0.05}


def learned(name, cell="lstm", face=0):
    """The same short training of a task that is no pattern, made without the page."""
    model_config, train_config = configs(Experiment(task=name, cell=cell, hidden_size=2, epochs=6, lr=0.05))
    task, model = named_task(name, face), build_model(model_config)
    for _ in train(model, named_task(name), train_config):
        pass
    return task, model


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_every_section_shows_every_task(open_page, name):
    for section, figures in (("time", 4), ("gain", 6), ("back", 0)):
        for language in ("en", "ko"):
            app = wait(open_page("gradients", task=name, lang=language, gradients_section=section, **SHORT))
            said = text(app)
            assert ("What you see" in said) == (language == "en")
            assert ("무엇이 보이나요" in said) == (language == "ko")
            assert len(charts(app)) == figures
            assert not app.info


@pytest.mark.parametrize(
    ("name", "cell"), [("Reber grammar", "lstm"), ("matching halves", "gru"), ("bit parity", "rnn")]
)
def test_the_browser_is_told_which_steps_have_a_loss_and_the_matrices_of_all_cells(open_page, name, cell):
    app = wait(open_page("gradients", task=name, cell=cell, sequence=5, **SHORT))
    about, arrays = joined(given(app))[1]["matrices"]
    assert [one["name"] for one in about["matrices"]] == ["rnn_h", "gru_h", "lstm_h", "lstm_c"]
    for one in about["matrices"]:
        other, of = one["name"].rsplit("_", 1)
        task, model = learned(name, other, 5)
        found = gradients_through_time(model, task)
        assert about["asked"] == np.flatnonzero(task.scored).tolist()
        np.testing.assert_array_equal(arrays[one["name"]][-1], found.log10(of).astype(np.float32))
    said = text(app)
    asked = len(about["asked"])
    assert (f"asked at step {len(task.x) - 1} alone" in said) == (asked == 1)
    assert (f"asked at each of its {len(task.x)} steps" in said) == (asked == len(task.x))
    assert "Bands: the middle 80% of 25 sequences" in said


@pytest.mark.parametrize("name", ["embedded Reber grammar", "temporal order"])
def test_what_is_left_is_said_at_a_lag_that_the_sequence_has(open_page, name):
    app = wait(open_page("gradients", task=name, **SHORT))
    task, model = learned(name)
    lag = min(10, len(task.x) - 1)
    found = by_lag(gradients_through_time(model, task), "h", relative=True)
    assert f"At lag {lag} there is left" in text(app)
    assert f"LSTM: {strength(float(found.log10[lag]))}." in text(app)


@pytest.mark.parametrize("name", ["a^n b^n", "mirrored halves", "Tomita 4"])
def test_the_way_back_begins_where_something_is_asked_last(open_page, name):
    app = open_page("gradients", task=name, gradients_section="back", **SHORT)
    task, model = learned(name)
    about = joined(given(app))[1]["lines"][0]
    asked = np.flatnonzero(task.scored)
    assert (about["start"], about["stop"]) == (0, asked[-1] + 1)
    ways = {"all": backpropagate(model, task, loss="sum")}
    if len(asked) > 1:
        ways["last"] = backpropagate(model, task, at=int(asked[-1]))
    assert set(about["ways"]) == set(ways)
    for way, back in ways.items():
        told = about["ways"][way]
        assert told["loss"] == pytest.approx(back.loss)
        assert told["difference"] < 1e-10
        for t in range(about["stop"]):
            for line, theirs in zip(backward_lines(back, t, 1), told["lines"][t][1], strict=True):
                assert theirs["value"] == pytest.approx(line.value, rel=1e-8)
        above = told["lines"][-1][0][0]
        assert {term["letter"] for term in above["terms"]} <= set(task.answers)


@pytest.mark.parametrize(("name", "bands"), [("sine wave", False), ("noise by heart", False), ("adding problem", True)])
def test_a_series_has_no_other_sequences_and_no_bands(open_page, name, bands):
    app = wait(open_page("gradients", task=name, **SHORT))
    assert ("Bands: the middle 80% of 25 sequences" in text(app)) == bands
    assert "The loss is the square" in text(app)
    assert "right answer" not in text(app)
    about, arrays = joined(given(app))[1]["first"]
    np.testing.assert_array_equal(arrays["x"], named_task(name).x.astype(np.float32))
    assert about["answers"] == []


@pytest.mark.parametrize("name", ["noise by heart", "echo of numbers", "adding problem"])
def test_the_way_back_of_numbers_begins_with_their_errors(open_page, name):
    app = open_page("gradients", task=name, gradients_section="back", **SHORT)
    task, model = learned(name)
    about = joined(given(app))[1]["lines"][0]
    back = backpropagate(model, task, loss="sum")
    told = about["ways"]["all"]
    assert told["loss"] == pytest.approx(back.loss)
    assert told["difference"] < 1e-10
    t = about["stop"] - 1
    above = told["lines"][t - about["start"]][1][0]
    assert about["formulas"][above["formula"]] == "Σ_{v} V_{vj} · 2/P · (ŷ_{v} − y_{v})"
    terms = backward_lines(back, t, 1)[0].terms
    assert sorted(one["number"] for one in above["terms"]) == list(range(task.output_size))
    for one in above["terms"]:
        assert one["from"] == "number"
        assert one["value"] == pytest.approx(terms[one["number"]].value, rel=1e-8)
        assert one["factors"][1][0] == f"∂L/∂ŷ_{{{one['number'] + 1}}}"


@pytest.mark.parametrize("name", ["embedded Reber grammar", "bit parity"])
def test_the_norm_of_a_sequence_is_the_engines(open_page, name):
    app = open_page("gradients", task=name, gradients_section="gain", **SHORT)
    app.slider(key="gradients_gain").set_value(2.0).run()
    task, model = learned(name)
    found = clip_norms(model, task, gains=(2.0,))
    assert f"The norm of the whole gradient is {strength(math.log10(found.norm[0]))}" in text(app)


@pytest.mark.parametrize("bad", ["", "0", "-1", "nan", "inf", "x", "1e300", "<b>"])
def test_a_norm_that_is_none_gets_one_sentence_and_the_last_one_stays(open_page, bad):
    app = open_page("gradients", epochs=EPOCHS, gradients_section="gain")
    app.text_input(key="gradients_max_norm").set_value(bad).run()
    assert not app.exception
    assert sum("must be a number above 0" in one.value for one in app.markdown) == 1
    assert len(charts(app)) == 6


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_the_lines_of_the_way_back_are_the_engines(open_page, cell):
    app = open_page("gradients", cell=cell, epochs=EPOCHS, gradients_section="back")
    task, model = engine(cell)
    _, parts = joined(given(app))
    about = parts["lines"][0]
    assert about["stop"] == len(task.x)
    assert about["start"] <= len(task.x) - 2 * task.period
    for name, back in (
        ("all", backpropagate(model, task, loss="sum")),
        ("last", backpropagate(model, task, at=len(task.x) - 1)),
    ):
        way = about["ways"][name]
        assert way["loss"] == pytest.approx(back.loss)
        assert way["difference"] < 1e-9 * max(1, way["largest"])
        assert len(way["lines"]) == about["stop"] - about["start"]
        for t in (about["start"], about["stop"] - 1):
            for unit in range(3):
                told = way["lines"][t - about["start"]][unit]
                for line, theirs in zip(backward_lines(back, t, unit), told, strict=True):
                    assert theirs["symbol"] == symbol(line.name)
                    assert theirs["value"] == pytest.approx(line.value, rel=1e-8)
                    assert about["formulas"][theirs["formula"]] in plain(line.formula)
                    total = sum(term["value"] for term in theirs["terms"]) + (theirs.get("rest") or [0, 0])[1]
                    largest = max((abs(term["value"]) for term in theirs["terms"]), default=0)
                    assert total == pytest.approx(line.value, rel=1e-6, abs=1e-7 * largest)


@pytest.mark.parametrize("cell", ["lstm", "rnn_relu"])
def test_the_browser_is_told_the_matrices_of_every_cell_from_the_untrained_network_to_the_trained_one(open_page, cell):
    app = wait(open_page("gradients", cell=cell, epochs=EPOCHS))
    _, parts = joined(given(app))
    outline, _ = parts["first"]
    about, arrays = parts["matrices"]
    moments = [outline["epochs"][place] for place in about["places"]]
    assert (moments[0], moments[-1]) == (0, EPOCHS)
    assert [one["name"] for one in about["matrices"]] == [
        *(("rnn_relu_h",) if cell == "rnn_relu" else ("rnn_h",)),
        *("gru_h", "lstm_h", "lstm_c"),
    ]
    zeros = underflows = 0
    for one in about["matrices"]:
        name, of = one["name"].rsplit("_", 1)
        task, model = engine(name)
        found = gradients_through_time(model, task)
        assert (about["first"], about["last"]) == (found.steps[0], found.steps[-1])
        assert arrays[one["name"]].shape == (len(moments), len(found.steps), len(found.steps))
        np.testing.assert_array_equal(arrays[one["name"]][-1], found.log10(of).astype(np.float32))
        assert (one["network"], one["own"], one["epochs"]) == (CELL_NAMES[name], name == cell, moments)
        if of == "h":
            zeros, underflows = zeros + found.zeros, underflows + found.underflows
    assert (about["zeros"][-1], about["underflows"][-1]) == (zeros, underflows)
    assert (zeros > 0) == (cell == "rnn_relu")
    for name in ("light", "dark"):
        scale = gradient_scale(list(arrays.values()), Palette(dark=name == "dark"))
        assert (about["low"], about["high"]) == (scale.low, scale.high)
        assert [tuple(stop) for stop in about["stops"][name]] == list(scale.colours)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "query",
    [
        {"hidden": 1},
        {"hidden": 64, "epochs": 3, "task": "abaB"},
        {"lr": 10, "cell": "rnn_relu", "epochs": 5, "hidden": 8},
        {"epochs": 1},
        {"task": "ab"},
        {"task": "가나가다"},
        {"task": "abcdefghijklmnopqrstuvwxyz"},
    ],
)
def test_no_network_breaks_the_page(open_page, query, section):
    app = wait(open_page("gradients", **{"epochs": 20, "gradients_section": section, **query}))
    assert text(app)
    assert len(charts(app)) or app.get("bidi_component") or app.info


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This page has no section “nonsense<b>”, so “Through time” is shown."),
        ("ko", "이 페이지에 “nonsense<b>” 부분은 없으므로"),
    ],
)
def test_a_link_to_no_section_shows_the_first_and_says_so(open_page, language, sentence):
    app = wait(open_page("gradients", epochs=EPOCHS, lang=language, gradients_section="nonsense<b>"))
    assert len(charts(app)) == 4
    assert sentence in text(app).replace("\\", "")
    app = wait(open_page("gradients", epochs=EPOCHS, lang=language))
    assert "nonsense" not in text(app)


def test_a_scale_says_its_ends_as_powers_of_ten(open_page):
    app = wait(open_page("gradients", epochs=EPOCHS, gradients_section="gain"))
    legends = [one.proto.body for one in app.get("html") if "linear-gradient" in one.proto.body]
    assert len(legends) == 1
    assert np.any([f"{decade(power)} · logarithmic" in legends[0] for power in range(-3, 3)])
