"""Tasks that are no patterns, on every page: shown, or answered by a sentence that says where they are."""

from html import unescape

import numpy as np
import pytest

from lstmviz.figures.theme import loss_text
from lstmviz.predictions.outcome import mean_loss, outcome
from lstmviz.tasks import EXAMPLE_SERIES, NAMED, named_task, sequences_of, series_name
from lstmviz.tracing import trace
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.traces import model_at
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.lessons import LESSONS, NAMES
from tests.kinds import ONE_OF_EACH_KIND
from tests.packets import given, joined
from tests.pages.conftest import new_server

SHORT = {"hidden": 2, "epochs": 3, "lr": 0.05}
SHOWN = ("", "cell", "gates", "training", "states", "gradients")
OF_THEIR_OWN = {
    "grid": {"grid_epochs": 20, "grid_side": 2},
    "memory": {"map_memory": 2, "map_hidden": 1, "map_seeds": 4, "map_epochs": 20},
    "shapes": {},
    "lecture": {},
}


@pytest.fixture(scope="module")
def server():
    new_server()


def _text(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def test_every_task_has_a_name_and_a_lesson():
    assert tuple(NAMES) == tuple(LESSONS) == tuple(NAMED)
    assert all(" " in name for name in NAMED)


@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("task", ONE_OF_EACH_KIND)
def test_a_page_shows_every_task_and_its_text_is_korean_in_korean(open_page, page, task):
    app = open_page(page, task=task, **SHORT)
    chips = " ".join(element.proto.body for element in app.get("html"))
    assert f"<b>{NAMES[task]}</b>" in chips
    about, arrays = joined(given(app))[1]["first"]
    shown = named_task(task)
    assert about["pattern"] == task
    assert about["answers"] == list(shown.answers)
    np.testing.assert_array_equal(arrays["x"], shown.x.astype(arrays["x"].dtype))
    np.testing.assert_array_equal(arrays["y"], shown.y.astype(arrays["y"].dtype))
    said = _text(open_page(page, task=task, lang="ko", **SHORT))
    assert "What you see" not in said
    assert LESSONS[task] not in said


@pytest.mark.parametrize(("task", "words"), [("matching halves", {"아니요", "예"}), ("bit parity", {"짝수", "홀수"})])
def test_its_answers_are_korean_in_korean(open_page, task, words):
    app = open_page("", task=task, lang="ko", **SHORT)
    said = _text(app)
    english = named_task(task).answers
    assert not any(f"{answer}로," in said or f"정답은 {answer}" in said for answer in english)
    assert any(word in said for word in words)
    told = joined(given(app))[0]["words"]
    assert {told[f"run_answer_{answer}"] for answer in english} == words


@pytest.mark.parametrize("task", ["echo of numbers", "noise by heart", "adding problem"])
def test_the_numbers_that_are_told_are_the_engines(open_page, task):
    about, arrays = joined(given(open_page("cell", task=task, **SHORT)))[1]["first"]
    job = Job(Experiment(task=task, hidden_size=2, lr=0.05, epochs=3))
    assert job.wait(60)
    run = job.so_far()
    tr = trace(model_at(run, 3), run.task.inputs())
    np.testing.assert_array_equal(arrays["logits"][-1], tr.logits)
    np.testing.assert_array_equal(arrays["right"][-1].astype(bool), outcome(tr, run.task).right)
    np.testing.assert_array_equal(arrays["scored"].astype(bool), run.task.scored)
    assert about["tolerance"] == run.task.tolerance
    learned, end = (joined(given(open_page(page, task=task, **SHORT)))[1]["first"] for page in ("training", ""))
    assert learned[0]["largest"] == end[0]["largest"] == about["largest"]  # one scale, wherever the run is drawn
    np.testing.assert_array_equal(learned[1]["logits"][-1], tr.logits[-learned[1]["logits"].shape[1] :])


def test_the_text_tells_the_loss_of_who_knows_nothing(open_page):
    said = unescape(_text(open_page("training", task="echo of numbers", **SHORT)))
    assert f"their variance as loss: {loss_text(mean_loss(named_task('echo of numbers')))}" in said
    assert "the same chance" not in said


def test_numbers_are_changed_from_outside_in_no_way(open_page):
    app = open_page("cell", task="echo of numbers", do="f1=0@8", **SHORT)
    assert not app.exception
    told, parts = joined(given(app))
    assert [("f1=0@8" in one, "cannot be changed" in one) for one in told["notices"]] == [(True, True)]
    assert told["changes"] == told["presets"] == []
    assert "changed" not in parts


@pytest.mark.parametrize(("task", "several"), [("sine wave", False), ("echo of numbers", True)])
def test_another_sequence_is_offered_where_there_are_several(open_page, task, several):
    app = open_page("cell", task=task, sequence=3, **SHORT)
    assert not app.exception
    assert any(one.key == "_another_sequence" for one in app.button) == several
    arrays = joined(given(app))[1]["first"][1]
    np.testing.assert_array_equal(arrays["x"], named_task(task, 3).x.astype(np.float32))


@pytest.mark.parametrize("task", ["matching halves", "echo of numbers", "text in windows"])
def test_where_no_machine_is_enough_the_automaton_page_says_where_to_look(open_page, task):
    app = open_page("automaton", task=task, **SHORT)
    assert not app.exception
    assert f"No finite machine is enough for “{NAMES[task]}”" in app.info[0].value


@pytest.mark.parametrize("task", ["matching halves", "noise by heart"])
@pytest.mark.parametrize("page", OF_THEIR_OWN)
def test_a_page_of_its_own_networks_stays_as_it_is(open_page, page, task):
    assert not open_page(page, task=task, **SHORT, **OF_THEIR_OWN[page]).exception


@pytest.mark.parametrize("task", ["Reber grammar", "matching halves"])
def test_right_is_what_the_engine_finds(open_page, task):
    experiment = Experiment(task=task, hidden_size=2, lr=0.05, epochs=3)
    about, arrays = joined(given(open_page("cell", task=task, **SHORT)))[1]["first"]
    job = Job(experiment)
    assert job.wait(60)
    run = job.so_far()
    found = outcome(trace(model_at(run, 3), run.task.one_hot()), run.task)
    np.testing.assert_array_equal(arrays["right"][-1].astype(bool), found.right)
    assert about["epochs"][-1] == 3


def test_the_url_says_which_sequence(open_page):
    app = open_page("cell", task="Reber grammar", sequence=3, **SHORT)
    arrays = joined(given(app))[1]["first"][1]
    np.testing.assert_array_equal(arrays["x"], named_task("Reber grammar", 3).x)
    app.button(key="_another_sequence").click().run()
    assert not app.exception
    arrays = joined(given(app))[1]["first"][1]
    np.testing.assert_array_equal(arrays["x"], named_task("Reber grammar", 4).x)
    assert app.query_params["sequence"] in ("4", ["4"])


def test_windows_of_a_text_are_as_many_as_it_has(open_page):
    last = sequences_of("text in windows") - 1
    app = open_page("cell", task="text in windows", sequence=last, **SHORT)
    assert not app.exception
    np.testing.assert_array_equal(
        joined(given(app))[1]["first"][1]["x"], named_task("text in windows").examples().inputs[last]
    )
    app.button(key="_another_sequence").click().run()
    assert app.query_params.get("sequence", ["0"]) in ("0", ["0"])
    refused = open_page("cell", task="text in windows", sequence=last + 1, **SHORT)
    assert f"numbered from 0 to {last}" in _text(refused)
    np.testing.assert_array_equal(
        joined(given(refused))[1]["first"][1]["x"], named_task("text in windows").examples().inputs[0]
    )


@pytest.mark.parametrize("sequence", ["-1", "x", "99999999", "²", ""])
def test_no_sequence_is_the_first_one(open_page, sequence):
    app = open_page("cell", task="a^n b^n", sequence=sequence, **SHORT)
    assert not app.exception
    arrays = joined(given(app))[1]["first"][1]
    np.testing.assert_array_equal(arrays["x"], named_task("a^n b^n").x)


def test_a_choice_brings_what_the_task_is_usually_learned_with(open_page):
    app = open_page("training", **SHORT)
    app.selectbox(key="_task").set_value("bit parity").run()
    assert not app.exception
    usual = NAMED["bit parity"]
    said = {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}
    assert said["task"] == "bit parity"
    assert (said["hidden"], said["epochs"]) == (str(usual.hidden_size), str(usual.epochs))
    app.selectbox(key="_task").set_value("adding problem").run()
    assert app.query_params["cell"] in ("gru", ["gru"])
    app.selectbox(key="_task").set_value("abaB").run()
    said = {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}
    assert (said["task"], said["hidden"], said["epochs"]) == ("abaB", "3", "1500")


def test_a_name_that_is_none_is_refused_as_a_pattern_is(open_page):
    app = open_page(task="Reber grammars", **SHORT)
    assert not app.exception
    assert "without spaces" in _text(app)


@pytest.mark.parametrize(("asked", "refused"), [("0", 0), ("17", 0), ("-1", 1), ("12345", 1), ("<b>", 1), ("²", 1)])
def test_a_number_that_no_sequence_has_is_answered(open_page, asked, refused):
    app = open_page("", task="Reber grammar", sequence=asked, **SHORT)
    assert not app.exception
    said = [one.value for one in app.markdown if "numbered from 0 to 9,999" in one.value]
    assert len(said) == refused
    assert "<b>" not in "".join(said)


@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_shows_numbers_of_ones_own(open_page, page, language):
    app = open_page(page, task=EXAMPLE_SERIES, lang=language, **SHORT)
    assert not app.exception
    about, arrays = joined(given(app))[1]["first"]
    shown = named_task(EXAMPLE_SERIES)
    np.testing.assert_array_equal(arrays["x"], shown.x.astype(arrays["x"].dtype))
    said = _text(app)
    assert f"{shown.mean[0]:.3g}" in said
    assert ("Your own numbers" in said) == (language == "en")
    assert ("직접 입력한 수" in said) == (language == "ko")
    assert about["answers"] == []


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ("", "these are 0"),
        ("1 2 3", "these are 3"),
        ("1 x 3", "“x” is none"),
        ("1 <b>2</b>", "is none"),
        ("5 " * 30, "must vary"),
        ("1e99 " * 30, "is not"),
    ],
)
def test_numbers_that_will_not_do_get_a_sentence_and_lose_nothing(open_page, numbers, sentence):
    app = open_page("", task=EXAMPLE_SERIES, **SHORT)
    app.query_params["task"] = f"numbers {numbers}"
    app.run()
    assert not app.exception
    problems = [one.value for one in app.sidebar.markdown if ":material/error:" in one.value]
    assert len(problems) == 1
    assert sentence in unescape(problems[0])
    assert app.text_area(key="_numbers").value == numbers.strip() or numbers.endswith(" ")
    assert joined(given(app))[1]["first"][0]["pattern"] == EXAMPLE_SERIES
    app.text_area(key="_numbers").set_value("1, 2; 4 8\n 7 5 3 2 1 9 8 7").run()
    assert joined(given(app))[1]["first"][0]["pattern"] == "numbers 1 2 4 8 7 5 3 2 1 9 8 7"


def test_a_column_of_a_file_fills_the_field(open_page):
    app = open_page("", task=EXAMPLE_SERIES, **SHORT)
    rows = "\n".join(f"day {k},{k % 7},{0.5 * k}" for k in range(600))
    app.file_uploader(key="_numbers_file").upload("own.csv", f"when,rain,sum\n{rows}".encode(), "text/csv").run()
    assert not app.exception
    assert joined(given(app))[1]["first"][0]["pattern"] == series_name([k % 7 for k in range(500)])
    assert "600" in _text(app)
    app.selectbox(key="_numbers_column").select("sum").run()
    assert joined(given(app))[1]["first"][0]["pattern"] == series_name([0.5 * k for k in range(500)])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "no CSV table"),
        (b"a,b\n1", "no CSV table"),
        (b"a,b\nx,y", "no column that holds numbers"),
        (b"a\n1\n2\n", "is no series"),
        (b"a\n" + b"1\n" * 40, "is no series"),
    ],
)
def test_a_file_that_will_not_do_gets_a_sentence(open_page, content, sentence):
    app = open_page("", task=EXAMPLE_SERIES, **SHORT)
    app.file_uploader(key="_numbers_file").upload("<i>own</i>.csv", content, "text/csv").run()
    assert not app.exception
    problems = [one.value for one in app.markdown if ":material/error:" in one.value]
    assert len(problems) == 1
    assert sentence in problems[0]
    assert "<i>" not in problems[0]
    assert joined(given(app))[1]["first"][0]["pattern"] == EXAMPLE_SERIES
