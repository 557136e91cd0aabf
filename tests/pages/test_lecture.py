"""The lecture page: the notes' numbers and ours, the three ways, the two slips, in both languages."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lstmviz.lecture import GROUPS, SOURCES, Result, reproduce
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.turns import Turns
from lstmviz.ui.frame.arrival import SENT
from lstmviz.ui.frame.controls.experiment import PARAMS, Experiment
from lstmviz.ui.views.lecture.results import arrived, begin, is_computed, result
from lstmviz.ui.views.lecture.view import experiment_of

ROOT = Path(__file__).parents[2]
AGREE = {"en": "{n} of {n} agree", "ko": "{n}개 중 {n}개 일치"}
NUMBERS = {
    "abacad_scratch_cell": 24,
    "abacad_rnn2": 42,
    "abacad_rnn3": 15,
    "abab_lstm_first_epoch": 8,
    "abab_lstm_1000_epochs": 38,
}


def page(language: str = "en", part: str = "numbers") -> AppTest:
    """The page on a server that nobody has visited."""
    st.cache_data.clear()
    st.cache_resource.clear()
    return open_lecture(language, part)


def open_lecture(language: str = "en", part: str = "numbers") -> AppTest:
    """The page, whoever was there before."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state[SENT] = {"text", "charts"}
    app.query_params["lang"] = language
    app.query_params["epochs"] = "20"  # the first screen trains it
    app.query_params["part"] = part
    run(app)
    return run(run(app.switch_page("pages/lecture.py")))


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    assert not app.error
    return app


def text(app: AppTest) -> str:
    """All that stands on the page, its tables too."""
    parts = [element.proto.body for element in app.get("html")]
    return "\n".join([*parts, *(element.value for element in [*app.markdown, *app.caption, *app.code])])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_group_is_computed_as_the_page_opens(language):
    app = page(language)
    shown = text(app)
    for group in GROUPS:
        for line in group.lines:
            assert all(number.replace("-", "−") in shown for number in line.expected)
    assert [f"✓ {AGREE[language].format(n=count)}" in shown for count in NUMBERS.values()] == [True] * 5
    assert shown.count("✓ ") == 5
    assert "✗" not in shown
    assert '<span class="ours agrees">0.016522' in shown
    assert len(re.findall({"en": r"computed in \d+\.\d\d s", "ko": r"계산 시간 \d+\.\d\d초"}[language], shown)) == 5


def test_nothing_is_trained_again_afterwards(monkeypatch):
    app = page()
    seconds = re.findall(r"computed in (\S+) s", text(app))

    def train_again(key: str) -> None:
        raise AssertionError(f"{key} was trained again")

    monkeypatch.setattr("lstmviz.ui.views.lecture.results.reproduce", train_again)
    app.query_params["lang"] = "ko"
    run(app)
    assert re.findall(r"계산 시간 (\S+)초", text(app)) == seconds
    another = open_lecture("en", "slips")
    assert len(another.get("plotly_chart")) == 2


def test_two_who_open_it_together_share_one_training(monkeypatch):
    st.cache_resource.clear()
    trained = []
    begun = threading.Event()

    def slow(key: str) -> Result:
        trained.append(key)
        begun.set()
        time.sleep(0.2)
        return reproduce(key)

    monkeypatch.setattr("lstmviz.ui.views.lecture.results.reproduce", slow)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(result, "abab_lstm_first_epoch")
        begun.wait()
        second = pool.submit(result, "abab_lstm_first_epoch")
        assert first.result() is second.result()
    assert trained == ["abab_lstm_first_epoch"]


def test_all_groups_together_stand_in_line_once(monkeypatch):
    parties = []

    class Counted(Turns):
        def turn(self, party, **how):
            parties.append(party)
            return super().turn(party, **how)

    monkeypatch.setattr("lstmviz.ui.views.lecture.results.TURNS", Counted(1))
    app = page()
    assert len(parties) == 1
    run(app)
    assert len(parties) == 1


def test_a_group_that_fails_is_told_to_who_asks_for_it_and_tried_again(monkeypatch):
    def fail(key: str) -> Result:
        if key == "abacad_rnn3":
            raise ArithmeticError(key)
        return reproduce(key)

    monkeypatch.setattr("lstmviz.ui.views.lecture.results.reproduce", fail)
    st.cache_resource.clear()
    for _ in range(2):
        begin()
        assert arrived("abacad_rnn3", 60)
        assert not is_computed("abacad_rnn3")
        with pytest.raises(ArithmeticError):
            result("abacad_rnn3")
    monkeypatch.setattr("lstmviz.ui.views.lecture.results.reproduce", reproduce)
    begin()
    assert arrived("abacad_rnn3", 60)
    assert is_computed("abacad_rnn3")


def test_the_differences_can_be_shown():
    app = open_lecture()
    assert "<span class=apart>" not in text(app)
    app.toggle(key="_differences").set_value(True)
    run(app)
    assert re.search(r"<span class=apart>\de−0[5-9]</span>", text(app))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_three_ways_stand_beside_each_other_with_the_same_numbers(language):
    app = open_lecture(language, "ways")
    codes = [code.value for code in app.code]
    assert [code.split("(")[0] for code in codes] == [
        "def rnn_by_hand",
        "def rnn_with_cell",
        "def rnn_with_layer",
        "def lstm_by_hand",
        "def lstm_with_cell",
        "def lstm_with_layer",
    ]
    tables = re.findall(r"<tbody>.*?</tbody>", text(app))
    rnn, lstm = tables[:3], tables[3:6]
    assert rnn[0] == rnn[1] == rnn[2]
    assert lstm[0] == lstm[1] == lstm[2]
    assert "0.62036" in rnn[0]
    assert "−0.05413" in lstm[0]
    captions = [caption.value for caption in app.caption]
    assert sum(bool(re.search(r"(599|399).*: (0|\de−\d\d)$", caption)) for caption in captions) == 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_slips_are_shown_with_the_wrong_line_and_the_right_one(language):
    app = open_lecture(language, "slips")
    wrong, right = (code.value for code in app.code)
    assert "h[t], cell[t])" in wrong
    assert "h[t-1], cell[t-1])" in right
    assert len(app.get("plotly_chart")) == 2
    shown = text(app)
    assert {"en": "it climbs to 128", "ko": "128까지 올라가는데"}[language] in shown
    assert {"en": "54 of 96", "ko": "96개 가운데 54개"}[language] in shown
    assert shown.count(" ✓</span>") == shown.count(" ✗</span>") == 4


@pytest.mark.parametrize("part", ["ways", "nonsense"])
def test_the_sources_are_credited_on_every_part(part):
    shown = text(open_lecture(part=part))
    assert all(source in shown for source in SOURCES.values())


def test_a_network_of_the_notes_goes_along_to_the_other_pages():
    app = open_lecture()
    next(button for button in app.button if button.label == "the LSTM on abaB").click()
    run(app)
    assert "The other pages show: abaB · LSTM · 2 nodes · seed 43052" in [caption.value for caption in app.caption]
    assert not app.number_input


def test_a_network_of_the_notes_can_be_looked_into_where_a_link_names_it():
    links = [one.proto for one in open_lecture().get("page_link") if one.proto.label == "Look inside"]
    inside = [{name: value for name, value in parse_qsl(link.query_string) if name in PARAMS} for link in links]
    assert inside == [
        Experiment("AbAcAd", "rnn", 3, 2, 0.001, 5000).params(),
        Experiment("abaB", "lstm", 2, 43052, 0.1, 1000).params(),
    ]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.key)
def test_what_is_looked_into_is_that_very_network(group):
    experiment = experiment_of(group)
    if experiment is None:
        assert group.training is None or group.training.loss == "sum"
        return
    job = Job(experiment)
    assert job.wait(60)
    last = job.so_far().snapshots[-1]
    for name, value in reproduce(group.key).parameters.items():
        np.testing.assert_array_equal(last[name], value)
