"""The page of the two pictures: what its part is given and what it says are the engine's numbers, in both languages."""

import html
import time

import numpy as np
import pytest

from lstmviz.figures.theme import largest, number
from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace_snapshots
from lstmviz.training import TrainConfig, train
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.packets import given, joined
from tests.pages.conftest import new_server

SEED = Experiment().seed  # of the network that a page shows by itself
EPOCHS = 40
QUANTITIES = {"lstm": "ifgoch", "gru": "rznh", "rnn": ("h", "h_pre"), "rnn_relu": ("h", "h_pre")}


@pytest.fixture(scope="module")
def server():
    new_server()


def engine(cell="lstm", pattern="abcabC", hidden=3, epochs=EPOCHS, lr=0.1):
    """The snapshots of the same training, made and followed without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=SEED))
    kept = [step for step in train(model, task, TrainConfig(epochs=epochs, lr=lr)) if step.parameters is not None]
    return task, [step.epoch for step in kept], trace_snapshots(model, [s.parameters for s in kept], task.one_hot())


def text(app) -> str:
    return html.unescape(" ".join(element.value for element in [*app.markdown, *app.caption]))


def chips(app) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_every_number_of_every_cell_is_the_engines(open_page, cell, language):
    app = open_page("gates", cell=cell, epochs=EPOCHS, lang=language)
    task, kept, tr = engine(cell)
    header, parts = joined(given(app))
    about, arrays = parts["first"]
    assert about["epochs"] == kept
    assert about["labels"] == list(task.labels[: task.period])
    for name in QUANTITIES[cell]:
        np.testing.assert_array_equal(arrays[name], getattr(tr, name))
    np.testing.assert_array_equal(arrays["probabilities"], tr.probabilities)
    assert header["language"] == language
    assert header["defaults"]["epoch"] == EPOCHS
    if cell.startswith("rnn"):
        assert about["sums"] == pytest.approx(largest(tr.h_pre))
    bound = {"lstm": "c", "rnn_relu": "h"}.get(cell)
    assert header["bound"] == (pytest.approx(largest(getattr(tr, bound))) if bound else 1.0)
    assert {"en": "equals torch.nn.", "ko": "결과와 일치"}[language] in chips(app)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize("pattern", ["abcabC", "AbAcAd", "xy"])
def test_the_text_is_of_this_run(open_page, cell, language, pattern):
    app = open_page("gates", cell=cell, epochs=EPOCHS, lang=language, task=pattern)
    said = text(app)
    assert ("What you see" in said) == (language == "en")
    assert ("무엇이 보이나요" in said) == (language == "ko")
    assert "{" not in said.replace("_{", "").replace("\\text{", "")
    if pattern == "xy":
        assert {"en": "nothing has to be remembered", "ko": "기억할 것이 없습니다"}[language] in said
        return
    task, _, tr = engine(cell, pattern)
    means = tr.h[-1, 89 * 6 : 99 * 6].reshape(10, 6, 3).mean(axis=0)
    pairs = {"abcabC": [(1, 4)], "AbAcAd": [(0, 2), (0, 4), (2, 4)]}[pattern]
    first, second, unit = max(
        ((a, b, k) for a, b in pairs for k in range(3)), key=lambda at: abs(means[at[0], at[2]] - means[at[1], at[2]])
    )
    assert f"**{task.labels[first]}**" in said
    assert f"**{task.labels[second]}**" in said
    assert f"**h{unit + 1}**" in said
    assert number(float(means[first, unit])) in said
    assert number(float(means[second, unit])) in said
    t = 594 + second if second < 5 else 588 + second
    state, own = ("c", None) if cell == "lstm" else ("h", unit)
    results = getattr(tr, state)[-1, t]
    assert any(f"= {number(float(value))}" in said for k, value in enumerate(results) if own in (None, k))


def test_the_text_says_since_when_it_is_right(open_page):
    app = open_page("gates", epochs=300)
    task, kept, tr = engine(epochs=300)
    due = np.arange(task.output_size) == task.y[:, None]
    ahead = np.where(due, tr.probabilities, 1).min(axis=-1) - np.where(due, 0, tr.probabilities).max(axis=-1)
    right = (ahead > 0.1)[:, 98 * 6 : 99 * 6].all(axis=1)
    since = kept[len(right) - int(np.argmin(right[::-1]))]
    assert f"from epoch {since} on" in text(app)


def test_the_text_says_how_many_letters_are_wrong(open_page):
    app = open_page("gates", epochs=2)
    task, _, tr = engine(epochs=2)
    wrong = (tr.probabilities[-1].argmax(axis=-1) != task.y)[98 * 6 : 99 * 6].sum()
    assert f"{wrong} of the 6 letters of a pattern are still wrong" in text(app)


@pytest.mark.parametrize("bad", ["", "-1", "x", "99999999999999999999", "²"])
def test_a_step_that_is_none_is_passed_over(open_page, bad):
    app = open_page("gates", epochs=EPOCHS, t=bad)
    about, _ = joined(given(app))[1]["first"]
    assert (about["start"], about["stop"]) == (0, 599)


def test_of_a_large_network_every_snapshot_is_sent_through_as_many_steps_as_fit(open_page):
    app = open_page("gates", epochs=60, hidden=64, t=300)
    while (sent := joined(given(app))[1]["first"])[0]["epochs"][-1] < 60:  # the training is still under way
        time.sleep(0.2)
        app.run()
    about, arrays = sent
    assert len(about["epochs"]) == len(arrays["h"]) > 20
    assert about["start"] % 6 == 0
    assert about["start"] <= 300 < about["stop"] < 599


def test_a_diverged_run_shows_what_came_before(open_page):
    app = open_page("gates", cell="rnn_relu", hidden=8, lr=10, epochs=200)
    assert "no finite number" in app.warning[0].value
    about, _ = joined(given(app))[1]["first"]
    assert about["epochs"][-1] < 200
    assert about["diverged"] is not None
