"""The path: what each stage promises is held to the networks that its link sets, and the bar leads on and back."""

from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstmviz.base.limits import MAX_SEED
from lstmviz.predictions.outcome import outcome
from lstmviz.predictions.patterns import twins
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame import PAGES
from lstmviz.ui.frame.controls.experiment import DEFAULTS, Experiment
from lstmviz.ui.frame.path import STAGES, seeds_around
from lstmviz.ui.parts.run.beside import read_beside
from lstmviz.ui.parts.run.standing import tosses_a_coin
from lstmviz.ui.views.cell.changes import changed_run, read_changes
from tests.pages.conftest import new_server

LAST = len(STAGES)


@pytest.fixture(scope="module")
def server():
    new_server()


def trained(experiment=None):
    job = Job(experiment or Experiment())
    assert job.wait(60)
    return job.so_far()


def links(app: AppTest) -> list[tuple[str, str, dict[str, str]]]:
    """Label, page and query of each link of the bar."""
    found = [(one.proto.label, one.proto.page, dict(parse_qsl(one.proto.query_string))) for one in app.get("page_link")]
    return [one for one in found if one[0] == "Leave the path" or ("path" in one[2] and one[0] not in names())]


def names() -> set[str]:
    return {entry.label for entry in PAGES.values()}


def said(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown)


@pytest.mark.parametrize("number", range(1, LAST + 1))
def test_a_link_of_a_stage_shows_what_its_sentence_is_about(open_page, number):
    stage = STAGES[number - 1]
    app = open_page("" if stage.page == "home" else stage.page, path=number, **stage.params)
    assert stage.says in said(app)
    assert not app.error
    assert ":red[" not in said(app)
    by_label = {label: query for label, _page, query in links(app)}
    assert [label for label in by_label if label[0].isdigit()] == [
        f"{k} {stage.label}" for k, stage in enumerate(STAGES, 1)
    ]
    for label, other in (("Back", number - 1), ("Next", number + 1)):
        if 0 < other <= LAST:
            assert by_label[label] == {**STAGES[other - 1].params, "path": str(other)}
        else:
            assert label not in by_label
    assert by_label["Leave the path"] == stage.params
    onward = [(one.proto.label, one.proto.page) for one in app.get("page_link")]
    ends = "This is the last stage. Press a network to look inside it, or go on:" in said(app)
    assert ends == ((PAGES["memory"].title, "memory") in onward) == (number == LAST)


def test_the_first_screen_offers_the_path_and_other_pages_do_not(open_page):
    app = open_page(epochs=50)
    assert [label for label, _page, _query in links(app)] == [f"{k} {one.label}" for k, one in enumerate(STAGES, 1)]
    assert not links(open_page("gates", epochs=50))


@pytest.mark.parametrize("asked", ["0", "6", "99999", "two", "-1", "²", "<b>", ""])
def test_a_stage_that_is_not_there_is_answered_in_a_sentence(open_page, asked):
    app = open_page("gates", path=asked, epochs=50)
    (sentence,) = [one.value for one in app.markdown if "stages" in one.value]
    assert "1 to 5" in sentence
    assert "<b>" not in sentence


def test_what_is_no_more_what_a_stage_shows_is_not_called_so(open_page):
    away = "This is not what stage 3 shows"
    stage = STAGES[2]
    shown = {"path": 3, **stage.params}
    assert away not in said(open_page("cell", **shown))
    for other in ({"do": "i3=0@570-"}, {"cell": "gru"}, {"with": "cell=rnn"}, {"seed": "2"}):
        app = open_page("cell", **{**shown, **other})
        assert away in said(app)
        assert stage.says not in said(app)
    assert away in said(open_page("gates", **shown))
    assert away not in said(open_page("cell", **{**shown, "t": "590", "unit": "1"}))  # looked at elsewhere


def test_a_link_takes_the_language_along_and_what_is_hidden_but_no_view_of_before(open_page):
    app = open_page("cell", path=4, lang="ko", hide="seed", sequence="3", map="a", **STAGES[3].params)
    for label, _page, query in links(app):
        if label[0].isdigit():
            stage = STAGES[int(label[0]) - 1]
            assert query == {"lang": "ko", "hide": "seed", **stage.params, "path": label[0]}


def test_the_letter_alone_is_not_enough_after_one_of_those_to_be_guessed():
    run, start = trained(), int(STAGES[0].begin["t"])
    places = {place for pair in twins(run.task) for place in pair}
    assert {t % run.task.period for t in range(start, start + run.task.period)} >= places
    assert outcome(trace_all(run).snapshot(-1), run.text).sure[start:].all()  # the network knows


def test_one_row_of_the_state_differs_between_the_two_b():
    run = trained()
    tr = trace_all(run).snapshot(-1)
    (pair,) = twins(run.task)
    first, second = (len(run.task.x) // run.task.period * run.task.period - run.task.period + place for place in pair)
    assert run.task.x[first] == run.task.x[second]
    gaps = np.abs(tr.c[first] - tr.c[second])
    assert gaps.argmax() == 2  # c3, which the next stage is about
    assert tr.c[first, 2] * tr.c[second, 2] < 0


def test_the_gate_that_is_shut_leads_to_the_mistake_where_the_stage_begins():
    run, stage = trained(), STAGES[2]
    changes, notices = read_changes(stage.look["do"], run)
    assert not notices
    changed = changed_run(run, changes)
    assert changed.text == stage.look["do"]
    found = outcome(changed.trace.snapshot(-1), run.text)
    wrong = np.flatnonzero(~found.right)
    assert wrong[0] == int(stage.begin["t"])
    assert run.task.labels[wrong[0]].startswith("b")
    assert "c₃" in stage.says
    np.testing.assert_allclose(changed.trace.snapshot(-1).i[576:, 2], 0)


def test_the_network_beside_tosses_a_coin_and_both_are_among_the_many_seeds():
    compare, seeds = STAGES[3], STAGES[4]
    second, epoch, notices = read_beside(compare.look["with"], Experiment())
    assert (epoch, notices) == (None, [])
    run = trained(second)
    assert tosses_a_coin(run)
    probabilities = trace_all(run).snapshot(-1).probabilities
    (pair,) = twins(run.task)
    for place in pair:
        assert probabilities[run.text.last_pattern][place, 2:] == pytest.approx([0.5, 0.5], abs=0.02)
    grid = {name.removeprefix("grid_"): value for name, value in seeds.look.items()}
    for one in (Experiment(), second):
        params = one.params()
        assert all(grid[name] == params[name] for name in ("task", "hidden", "lr", "epochs"))
        assert one.cell in grid["cells"].split(",")
        assert 0 <= one.seed - int(grid["first"]) < int(grid["side"]) ** 2
    assert int(grid["side"]) ** 2 == 25  # as its sentence says


def test_the_path_is_about_the_first_screens_own_network():
    assert all({**DEFAULTS, **stage.params} == stage.params for stage in STAGES)
    assert all(stage.page in PAGES for stage in STAGES)


@pytest.mark.parametrize("page", ["", "cell"])
def test_beside_a_network_that_tosses_a_coin_stands_the_way_to_many_like_it(open_page, page):
    app = open_page(page, cell="rnn", seed=0, t=590)
    (query,) = [
        dict(parse_qsl(one.proto.query_string)) for one in app.get("page_link") if "bad luck" in one.proto.label
    ]
    assert "t" not in query
    assert query["grid_cells"] == "rnn,lstm"
    seeds = open_page("grid", **query)
    assert "abcabC" in " ".join(element.proto.body for element in seeds.get("html"))
    assert not [one for one in open_page(page).get("page_link") if "bad luck" in one.proto.label]


@pytest.mark.parametrize("seed", [0, 24, 25, 577, MAX_SEED])
def test_the_network_is_among_those_that_the_page_of_seeds_is_asked_for(open_page, seed):
    asked = seeds_around(Experiment(seed=seed, epochs=40), "lstm")
    app = open_page("grid", **asked)
    assert not [one for one in app.markdown if ":red[" in one.value]
    assert seed - 24 <= int(asked["grid_first"]) <= seed or seed == MAX_SEED  # past the last grid that can be asked for
