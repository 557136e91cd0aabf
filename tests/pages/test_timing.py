"""The page of timing: its table, what is measured, and what is said where that comes to nothing."""

import functools
import html
import importlib
import json
import time
from dataclasses import replace

import pytest

from lstmviz.timing.process import Process
from lstmviz.timing.results import Machine, Measurement, Results, shipped
from lstmviz.timing.row import NOTES, rows_against
from lstmviz.ui.background import measuring
from lstmviz.ui.background.measuring import Line
from lstmviz.ui.frame import language
from lstmviz.ui.views.timing import sources
from lstmviz.ui.views.timing.words import told_seconds
from tests.engine.timing.speaking import speaking

VIEWS = "lstmviz.ui.views.timing"
TWICE = speaking("""
    say(share=0.5, repeats=1, seconds=0.5)
    ask()
    measured(50.0 if job["way"] == "cpu" else 25.0, threads=job["threads"] or 2)
""")
NO_MEMORY = speaking("""
    if job["way"] == "gpu":
        say(failed="memory", sentence="OutOfMemoryError: CUDA out of memory. Tried to allocate <b>80 GiB</b>")
    else:
        measured(50.0)
""")
KILLED = speaking("""
    if job["row"]["backward"]:
        os.kill(os.getpid(), signal.SIGKILL)
    measured(50.0)
""")


@pytest.fixture(autouse=True)
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line of the test's own, without what other tests have measured."""
    own = Line()
    for name in (
        "lstmviz.ui.background.measuring",
        *(f"{VIEWS}.{one}" for one in ("view", "sources", "curves", "why")),
    ):
        monkeypatch.setattr(importlib.import_module(name), "the_line", lambda: own)
    return own


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch):
    """Has every process say what the test wants, on a machine that has a GPU or none."""

    def have(command, *, gpu: bool = False) -> None:
        monkeypatch.setattr(measuring, "Process", functools.partial(Process, command=command))
        for name in ("view", "table"):
            module = importlib.import_module(f"{VIEWS}.{name}")
            monkeypatch.setattr(module, "gpu", lambda: "cuda" if gpu else None)
        monkeypatch.setattr(f"{VIEWS}.table.gpu_name", lambda: "A card")
        monkeypatch.setattr(f"{VIEWS}.view.available", lambda: False)

    return have


def text(app) -> str:
    parts = [*app.markdown, *app.caption, *app.warning, *app.get("html")]
    return html.unescape(" ".join(part.value if hasattr(part, "value") else part.proto.body for part in parts))


def press(app, label: str):
    next(button for button in app.button if button.label == label).click().run()
    return app


def measured(app, line):
    """The page once nothing waits any more.

    A process behind those that answer has to import torch first, on a machine that may be as busy as it likes.
    """
    until = time.monotonic() + 300
    while line.order() and time.monotonic() < until:
        time.sleep(0.05)
    assert not line.order()
    return app.run()


def figures(app) -> list[dict]:
    return [json.loads(element.proto.spec or element.proto.figure.spec) for element in app.get("plotly_chart")]


def test_the_table_has_the_notes_seconds_and_the_recorded_ones(open_page):
    shown = text(open_page("timing"))
    for number in ("93.02", "3.26", "18.85", "1.29", "58.99", "13.16"):
        assert f"<b>{number}</b>" in shown
    assert "<b>1.57</b>" in shown  # 100 epochs of 0.0156551 s on the H200
    assert "torch finds no GPU on this machine" in shown


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_machines_named_below_the_table_are_those_of_its_columns(open_page, lang):
    app = open_page("timing", lang=lang)
    [table] = [one.proto.body for one in app.get("html") if 'class="timing"' in one.proto.body]
    [said] = [one.value for one in app.caption if one.value.startswith({"en": "Recorded", "ko": "기록"}[lang])]
    machines = {key: name for key, name in sources._NAMES.items() if key != "notes"}
    named = {key for key, name in machines.items() if language.catalogue(lang).gettext(name) in said}
    named |= {key for key in sources.CARDS if key.upper() in said}
    shown = set()
    for key, results in shipped().items():
        found = [one for row in NOTES for way in sources.WAYS if (one := results.best(row, way))]
        if key != "notes" and all(f"<b>{told_seconds(one, 100)}</b>" in table for one in found):
            shown.add(key)
            assert results.date in said
    assert named == shown == {"two-cores", *sources.CARDS}


def test_the_guess_of_the_notes_is_put_to_the_numbers(open_page):
    shown = text(open_page("timing"))
    assert "the GPU is 15× as fast forward and 38× on the way back" in shown
    assert "80% are the way back" in shown
    again = text(open_page("timing", time_steps=2000))
    assert "the GPU is 8.9× as fast forward and 8.7× on the way back" in again
    assert "both ways gain about alike" in again


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("section", ["table", "step", "curves", "machines"])
def test_every_section_is_drawn_in_both_languages(open_page, section, lang):
    app = open_page("timing", time_section=section, lang=lang)
    assert ("무엇이 보이나요" if lang == "ko" else "What you see") in text(app)


def test_a_row_is_measured_here_by_torch_itself(open_page, line):
    app = open_page("timing", time_steps=50, time_seconds=1, time_threads=1)
    measured(press(app, "Measure this row"), line)
    found, loop = line.measured
    assert (found.row.steps, found.way, found.threads) == (50, "cpu", 1)
    assert loop.way == "compiled"
    assert loop.difference < 1e-5
    assert "from torch</small>" in text(app)
    assert "50 steps, 20 nodes, with backward</th>" in text(app)
    assert "1 thread" in text(app)


def test_all_six_are_measured_one_after_the_other(open_page, line, speak):
    speak(TWICE)
    app = measured(press(open_page("timing"), "Measure all six"), line)
    assert [one.row for one in line.measured] == list(NOTES)
    assert text(app).count("<b>50</b>") == 6


def test_meanwhile_its_place_is_shown_and_it_can_be_stopped(open_page, line, speak):
    speak(
        speaking("""
        for k in range(3000):
            say(share=k / 3000, repeats=k, seconds=0.5)
            ask()
            time.sleep(0.02)
    """)
    )
    app = press(open_page("timing"), "Measure all six")
    until = time.monotonic() + 20
    while (line.running is None or line.running.repeats < 2) and time.monotonic() < until:
        time.sleep(0.05)
    app.run()
    (bar,) = app.get("progress")
    assert "20,000 steps, 20 nodes, with backward, torch, CPU" in bar.proto.text
    assert "500 ms an epoch" in bar.proto.text
    assert "5 more to come" in bar.proto.text
    press(app, "Stop")
    assert not line.order() or measured(app, line)
    assert not app.get("progress")
    assert line.measured == ()


def test_what_others_wait_for_is_told(open_page, line, speak):
    speak(speaking("time.sleep(60)"))
    line.ask([measuring.Job(row) for row in NOTES], "somebody else")
    app = open_page("timing")
    assert "Somebody else measures on this server: 6 measurements before yours." in text(app)
    line.stop("somebody else")


def test_with_a_gpu_it_has_a_column(open_page, line, speak):
    speak(TWICE, gpu=True)
    app = measured(press(open_page("timing"), "Measure this row"), line)
    assert {one.way for one in line.measured} == {"cpu", "gpu"}
    shown = text(app)
    assert "The GPU of this machine: A card." in shown
    assert "<b>25</b>" in shown
    assert "torch finds no GPU" not in shown


def test_a_gpu_without_memory_is_one_sentence_and_the_rest_goes_on(open_page, line, speak):
    speak(NO_MEMORY, gpu=True)
    app = measured(press(open_page("timing"), "Measure all six"), line)
    assert len(app.warning) == 6
    said = app.warning[0].value
    assert "torch, GPU: the memory does not suffice" in said
    assert "CUDA out of memory" in said
    assert "<b>" not in said
    assert [one.way for one in line.measured] == ["cpu"] * 6
    assert not app.exception


def test_a_killed_process_is_told_and_the_line_goes_on(open_page, line, speak):
    speak(KILLED)
    app = measured(press(open_page("timing"), "Measure all six"), line)
    assert len(app.warning) == 3
    assert "the process that measured was killed" in app.warning[0].value
    assert [one.row.backward for one in line.measured] == [False] * 3


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("time_steps", "0", "Steps must be a whole number from 1 to 1,000,000; got “0”, so 20000 stays in use."),
        ("time_hidden", "many", "Hidden nodes must be a whole number from 1 to 16,384"),
        ("time_batch", "-1", "The batch must be empty or a whole number from 1 to 65,536"),
        ("time_cell", "tree", "must be one of rnn, lstm, gru"),
        ("time_backward", "maybe", "must be one of yes, no"),
        ("time_dtype", "float8", "must be one of float32, float64"),
        ("time_threads", "4096", "Threads must be a whole number from 0 (the better) to"),
        ("time_seconds", "0", "The seconds must be a whole number from 1 to 600"),
        ("time_epochs", "0", "Epochs must be a whole number from 1"),
    ],
)
def test_a_bad_value_is_one_sentence_and_the_last_good_one_stays(open_page, name, value, sentence):
    app = open_page("timing", **{name: value})
    assert sentence in text(app)
    assert "93.02" in text(app)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"time_steps": 1_000_000, "time_hidden": 16_000, "time_batch": 1000}, "This row needs about"),
        (
            {"time_steps": 1_000_000, "time_hidden": 4_000, "time_backward": "no", "memory": 1e12},
            "Measuring this row takes about",
        ),
    ],
)
def test_what_would_be_too_much_is_refused_with_the_estimate(open_page, monkeypatch, values, sentence):
    if "memory" in values:
        monkeypatch.setattr("lstmviz.timing.estimate.memory", lambda: values["memory"])
    app = open_page("timing", **values)
    assert sentence in text(app)
    assert "Measure this row" not in {button.label for button in app.button}


def test_the_charts_have_the_recorded_times(open_page):
    app = open_page("timing", time_section="curves")
    steps, nodes, batch, slider, _roofline = figures(app)
    for figure, what in ((steps, "steps"), (nodes, "nodes"), (batch, "batch")):
        card = next(line for line in figure["data"] if line.get("name") == "H200")
        rows = rows_against(what, "rnn", backward=(True,))
        assert list(card["y"]) == [shipped()["h200"].of(row, "gpu").median for row in rows]
    assert [frame["name"] for frame in slider["frames"]] == ["1", "4", "16", "64", "256", "1,024", "4,096"]


def test_where_a_card_begins_to_win_is_computed_and_marked(open_page, line, speak):
    speak(TWICE)
    # A processor that is ahead of the H200 at one sequence, and takes as much longer as there are more.
    first = shipped()["h200"].of(rows_against("batch", backward=(True,))[0], "gpu").median
    for row in rows_against("batch", backward=(True,)):
        line._keep(Measurement(row, "cpu", 100 * first / 10 * row.batch), measuring.Job(row))
    app = open_page("timing", time_section="curves")
    assert "H200 gets ahead of torch, CPU at about a batch of" in text(app)
    batch = figures(app)[2]
    marks = [note["text"] for note in batch["layout"]["annotations"]]
    (mark,) = [one for one in marks if one.endswith("is ahead of torch, CPU")]
    place = float(mark.split()[1].replace(",", ""))
    assert 4 < place < 16  # at ten sequences, were the H200 not a little faster or slower in between
    assert "latency" in text(app)


def test_while_a_chart_is_measured_what_it_comes_to_is_so_far(open_page, line, speak):
    assert "So far" not in text(open_page("timing", time_section="curves"))
    speak(speaking("time.sleep(60)"))
    rows = rows_against("batch", backward=(True,))
    line.ask([measuring.Job(row) for row in rows], "somebody else")
    said = text(open_page("timing", time_section="curves"))
    assert f"So far: {len(rows)} measurements for these charts are still to come." in said
    assert "So far" not in text(open_page("timing", time_section="curves", time_cell="gru"))
    line.stop("somebody else")


def test_one_step_is_as_long_as_it_was_measured(open_page):
    app = open_page("timing", time_section="step")
    whole, _zoomed = figures(app)
    bars = {}
    for piece in whole["data"]:
        bars[piece["y"][0]] = bars.get(piece["y"][0], 0.0) + piece["x"][0]
    assert bars["H200"] == pytest.approx(1e9 * 0.0156551 / 20_000)


def upload(app, *files: tuple[str, str]):
    field = app.get("file_uploader")[0]
    field.set_value([(name, content.encode(), "application/json") for name, content in files])
    return app.run()


def laptop(name: str, seconds: float) -> str:
    rows = tuple(Measurement(row, "cpu", seconds * (k + 1)) for k, row in enumerate(NOTES))
    return Results(Machine(name), "2026-11-28", rows).to_json()


def test_laptops_are_laid_side_by_side_in_order(open_page):
    app = open_page("timing", time_section="machines")
    files = [("slow.json", laptop("slow <i>one</i>", 300.0)), ("fast.json", laptop("fast", 20.0))]
    app = upload(app, *files)
    shown = text(app)
    assert "<i>" not in "".join(part.proto.body for part in app.get("html"))
    assert shown.index("fast") < shown.index("the notes<br>") < shown.index("slow <i>one</i>")


def test_files_that_will_not_do_are_one_sentence_each_and_nothing_is_lost(open_page):
    app = open_page("timing", time_section="machines")
    future = json.dumps(json.loads(laptop("x", 1.0)) | {"version": 7})
    bad = [("a.json", "nonsense"), ("b.json", future), ("c.json", '{"format": "lstmviz timing", "version": 1}')]
    app = upload(app, ("good.json", laptop("good", 20.0)), *bad, ("huge.json", " " * 2_000_001))
    shown = text(app)
    assert "good" in shown
    assert "a.json is no file of timing results." in shown
    assert "was written by a later version" in shown
    assert "is damaged" in shown
    assert "is too large" in shown


def test_this_machine_s_results_can_be_taken_along(open_page, line, speak):
    speak(TWICE)
    app = open_page("timing", time_section="machines")
    (button,) = app.get("download_button")
    assert button.proto.disabled
    line._keep(Measurement(replace(NOTES[0]), "cpu", 1.0), measuring.Job(NOTES[0]))
    app.run()
    assert not app.get("download_button")[0].proto.disabled
