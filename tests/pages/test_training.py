"""The training page: curves, verdicts and buttons."""

import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from lstmviz.predictions.staircase import stairs
from lstmviz.tracing import trace
from lstmviz.ui.background.bounds import RUN_AT_ONCE
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.traces import model_at
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.views.training import last_pattern
from tests.packets import given, joined, unpacked


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


def test_the_default_training_stays_on_a_stair_for_long_and_then_goes_down_to_the_next():
    job = Job(Experiment())
    assert job.wait(60)
    run = job.so_far()
    *_, toss, known = (stair.loss for stair in stairs(run.text))
    there = np.flatnonzero(np.abs(run.losses - toss) < 0.02)
    assert len(there) > 100
    assert there[-1] > 5 * there[0]  # as wide as this on the axis, which is logarithmic
    assert run.losses[-1] < known + 0.001


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "rnn_relu"])
def test_the_last_pattern_of_every_snapshot_is_the_engines(open_page, lang, cell):
    app = open_page("training", lang=lang, cell=cell, epochs=100)
    header, parts = joined(given(app))
    about, arrays = parts["first"]
    assert {"ko": "에폭 수를 늘리면", "en": "more epochs"}[lang] in header["words"]["moments_early"]
    job = Job(Experiment(cell=cell, epochs=100))
    assert job.wait(60)
    run = job.so_far()
    assert about["epochs"] == list(run.kept)
    for e, epoch in enumerate(run.kept):
        tr = trace(model_at(run, epoch), run.task.one_hot())
        np.testing.assert_array_equal(arrays["h"][e], tr.h[run.task.last_pattern])
        np.testing.assert_array_equal(arrays["probabilities"][e], tr.probabilities[run.task.last_pattern])


def test_the_notes_view_is_asked_for_each_3000_epochs(open_page):
    app = open_page("training", epochs=6500, hidden=1, task="ab")
    header, parts = joined(given(app))
    assert header["moments"] == {"every": 3000, "most": 5, "asked": 6500, "over": True}
    assert {3000, 6000} <= set(parts["first"][0]["epochs"])


def test_of_a_training_under_way_the_snapshots_so_far_are_the_finished_runs():
    job = Job(Experiment(epochs=60))
    assert job.wait(60)
    whole = job.so_far()
    some = replace(whole, state="running", kept=whole.kept[:5], snapshots=whole.snapshots[:5])
    more = replace(whole, state="running", kept=whole.kept[:9], snapshots=whole.snapshots[:9])
    early, later, finished = (last_pattern.packed_learned(run) for run in (some, more, whole))
    arrays = [unpacked(zlib.decompress(one))[1] for one in (early, later, finished)]
    for one, count in zip(arrays, (5, 9, len(whole.kept)), strict=True):
        assert len(one["h"]) == count
        np.testing.assert_array_equal(one["h"], arrays[-1]["h"][:count])
        np.testing.assert_array_equal(one["probabilities"], arrays[-1]["probabilities"][:count])


def test_the_verdict_follows_the_run(open_page):
    assert "every snapshot names all 2 letters" in _text(open_page("training", task="ab", epochs=200))
    assert "does not yet name all" in _text(open_page("training", task="abcdabcD", epochs=3))


def test_start_trains_anew_and_stop_holds(open_page):
    app = open_page("training", epochs=2000)
    while app.get("progress"):  # the page shows a training that takes longer on a busy machine
        app.run()
    start, stop, resume = (next(b for b in app.button if b.label == label) for label in ("Start", "Stop", "Resume"))
    assert stop.disabled
    assert resume.disabled
    start.click().run()
    stop = next(b for b in app.button if b.label == "Stop")
    assert not stop.disabled
    stop.click().run()
    assert not next(b for b in app.button if b.label == "Resume").disabled


def test_a_stopped_network_is_that_of_all_pages_and_may_go_on(open_page):
    app = open_page("training", epochs=2000)
    while app.get("progress"):
        app.run()
    press(app, "Start")
    press(app, "Stop")
    stopped = int(app.query_params["epochs"])
    assert 1 <= stopped < 2000
    while app.get("progress"):
        app.run()
    assert f"Stopped at epoch {stopped:,} of 2,000" in _text(app)
    job = Job(Experiment(epochs=stopped))
    assert job.wait(60)
    trained = job.so_far()
    loss, _accuracy = _figures(app)[0]["data"]
    np.testing.assert_array_equal(_array(loss["y"]), trained.losses)
    header, parts = joined(given(app))
    assert parts["first"][0]["epochs"][-1] == header["defaults"]["epoch"] == stopped
    app.switch_page("pages/gates.py").run().run()
    header, _parts = joined(given(app))
    assert header["defaults"]["epoch"] == stopped
    app.switch_page("pages/training.py").run().run()
    press(app, "Resume")
    assert int(app.query_params["epochs"]) == 2000
    assert not next(b for b in app.button if b.label == "Stop").disabled


def press(app, label: str) -> None:
    next(b for b in app.button if b.label == label).click().run()


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


@pytest.mark.parametrize(("share", "waits"), [(0.4, 1), (0.6, 2)])
def test_what_is_half_done_is_waited_for_as_long_again(open_page, monkeypatch, share, waits):
    app = open_page("training")
    waited = []
    monkeypatch.setattr("lstmviz.ui.background.jobs.Job.done_share", share)
    monkeypatch.setattr("lstmviz.ui.background.jobs.Job.wait", lambda job, seconds: waited.append(seconds))
    app.query_params["seed"] = "4711"
    app.run()
    assert len(waited) == waits
    assert 0 < waited[0] <= waited[-1] <= RUN_AT_ONCE
