"""The training page: curves, verdicts and buttons."""

import json

import numpy as np
import pytest

from lstmviz.ui.background.jobs import Job
from lstmviz.ui.frame.experiment import Experiment


def _text(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def _figures(app) -> list[dict]:
    return [json.loads(element.proto.spec or element.proto.figure.spec) for element in app.get("plotly_chart")]


def _array(data) -> np.ndarray:
    """A plotly array, written out or packed as base64."""
    if isinstance(data, dict):
        import base64

        flat = np.frombuffer(base64.b64decode(data["bdata"]), data["dtype"])
        return flat.reshape([int(n) for n in data["shape"].split(",")]) if "shape" in data else flat
    return np.array(data)


def test_the_curves_are_the_runs(open_page):
    app = open_page("training", epochs=200)
    job = Job(Experiment(epochs=200))
    assert job.wait(30)
    loss, accuracy = _figures(app)[0]["data"]
    np.testing.assert_allclose(_array(loss["y"]), job.so_far().losses)
    np.testing.assert_allclose(_array(accuracy["y"]), job.so_far().accuracies)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "rnn_relu"])
def test_every_cell_in_both_languages(open_page, lang, cell):
    app = open_page("training", lang=lang, cell=cell, epochs=100)
    assert len(_figures(app)) == 2
    assert ("에폭" if lang == "ko" else "epoch 3000") in _text(app)


def test_the_notes_view_shows_each_3000_epochs(open_page):
    app = open_page("training", epochs=6500, hidden=1, task="ab")
    if not len(_figures(app)) > 2:  # on a slow machine the training may still be under way
        app.run()
    captions = [caption.value for caption in app.caption]
    assert "epoch 3,000" in captions
    assert "epoch 6,000" in captions
    assert len(_figures(app)) == 4


def test_the_verdict_follows_the_run(open_page):
    assert "every snapshot names all 2 letters" in _text(open_page("training", task="ab", epochs=200))
    assert "does not yet name all" in _text(open_page("training", task="abcdabcD", epochs=3))


def test_start_trains_anew_and_stop_holds(open_page):
    app = open_page("training", epochs=2000)
    start, stop, resume = (next(b for b in app.button if b.label == label) for label in ("Start", "Stop", "Resume"))
    assert stop.disabled
    assert resume.disabled
    start.click().run()
    stop = next(b for b in app.button if b.label == "Stop")
    assert not stop.disabled
    stop.click().run()
    assert not next(b for b in app.button if b.label == "Resume").disabled


def test_train_again_says_so_however_long_it_takes(open_page, monkeypatch):
    app = open_page("training", epochs=2000)
    monkeypatch.setattr("lstmviz.ui.waiting.training.RUN_AT_ONCE", 0.0)  # a machine with a lot to do
    begun = []
    monkeypatch.setattr("lstmviz.ui.background.runs.Job", lambda *a, **k: begun.append(Job(*a, **k)) or begun[-1])
    next(b for b in app.button if b.label == "Train again").click()
    app.run()
    (job,) = begun
    assert job.wait(60)
    app.run()
    assert [toast.value[:13] for toast in app.toast] == ["Trained again"]
    assert len(begun) == 1
