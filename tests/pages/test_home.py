"""The first screen, for each cell and in both languages."""

import numpy as np
import pytest

from lstmviz.tracing import trace
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.traces import model_at
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.packets import given, joined


def _text(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_it_shows_a_trained_network_of_any_cell(open_page, cell):
    app = open_page(cell=cell, epochs=300)
    chips = " ".join(element.proto.body for element in app.get("html"))
    assert CELL_NAMES[cell] in chips
    assert "equals torch.nn." in chips
    assert "300 epochs" in _text(app)
    about, arrays = joined(given(app))[1]["first"]
    assert about["epochs"] == [300]
    job = Job(Experiment(cell=cell, epochs=300))
    assert job.wait(60)
    run = job.so_far()
    tr = trace(model_at(run, 300), run.task.one_hot())
    np.testing.assert_array_equal(arrays["h"][0], tr.h)
    np.testing.assert_array_equal(arrays["probabilities"][0], tr.probabilities)
    right = (tr.probabilities.argmax(axis=-1) == run.task.y)[run.task.last_pattern].sum()
    assert f"it names {right} right" in _text(app)


def test_the_text_is_korean_in_korean(open_page):
    app = open_page(lang="ko", epochs=100)
    assert "다음 글자" in _text(app)
    assert "What you see" not in _text(app)


def test_a_diverged_run_says_so_and_shows_what_came_before(open_page):
    app = open_page(cell="rnn_relu", hidden=8, lr=10, epochs=200)
    assert "no finite number" in app.warning[0].value
    assert "below 10" in app.warning[0].value


def test_what_a_user_types_stays_text(open_page):
    app = open_page(task="<b>*$", epochs=50)
    assert "<b>" not in _text(app).replace("&#60;b&#62;", "")
    chips = " ".join(element.proto.body for element in app.get("html"))
    assert "&lt;b&gt;" in chips


def test_a_long_training_is_estimated_and_asked_about_first(open_page):
    app = open_page(hidden=64, epochs=100_000)
    assert "100,000 epochs with 64 hidden nodes" in app.info[0].value
    chips = " ".join(element.proto.body for element in app.get("html"))
    assert "<b>3</b>" in chips  # the network on display is still the default one
