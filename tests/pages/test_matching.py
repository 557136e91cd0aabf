"""The page of matching halves: its networks and sentences are the engine's, in both languages."""

import dataclasses
import re
from types import SimpleNamespace

import pytest

from lstmviz.figures.theme import lowered, share_text
from lstmviz.matching import MatchingConfig, guess_by_last, learn, network_of, reach, read
from lstmviz.tasks.matching import matching_task
from lstmviz.ui.background.studies import by_cell
from lstmviz.ui.background.watched import Progress
from lstmviz.ui.views.matching.task import SHOWN, differing, examples
from lstmviz.ui.waiting.study import band_says, names_so_far
from tests.pages.studies import all_but_the_last, charts, finished, numbers, text, until

SMALL = {"halves_updates": 300, "halves_seeds": 2, "halves_hidden": 6, "halves_longest": 3}


def engine(seed=0, cell="rnn_relu"):
    return learn(MatchingConfig(cell=cell, hidden_size=6, longest=3, updates=300, seed=seed))


def trace(figure, name, dash="solid"):
    [found] = [one for one in figure["data"] if one.get("name") == name and one["line"].get("dash", "solid") == dash]
    return {axis: numbers(found[axis]) for axis in "xy"}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_is_drawn_and_said_is_the_engines(open_page, lang):
    app = finished(open_page("matching", lang=lang, **SMALL))
    networks = [engine(seed) for seed in range(2)]
    accuracy, learning, reached, reading = charts(app)
    for half, shown in zip(*(trace(accuracy, "RNN (ReLU)")[axis] for axis in "xy"), strict=True):
        assert shown == pytest.approx(sum(one.by_half[half].rate for one in networks) / 2)
    guess = next(one for one in accuracy["data"] if "3" in one.get("name", ""))
    assert guess["y"] == [guess_by_last(half, 3) for half in (1, 2, 3)]
    assert trace(learning, "RNN (ReLU)")["y"] == pytest.approx(list((networks[0].accuracy + networks[1].accuracy) / 2))
    found = [reach(network_of(one.config, one.parameters), one.config.task()) for one in networks]
    ends = sorted(one.log10[2, 5] for one in found)
    assert trace(reached, "RNN (ReLU)")["y"][-1] == pytest.approx(10 ** (sum(ends) / 2))
    symbols = "4711347113"
    seen = read(network_of(networks[0].config, networks[0].parameters), networks[0].config.task(), symbols)
    assert numbers(reading["data"][0]["y"]) == pytest.approx(seen.yes)
    said = text(app)
    assert share_text(float(seen.yes[-1])) in said
    assert f"{sum(one.mean_accuracy for one in networks) / 2:.2f}" in said
    assert f"{10 ** (sum(ends) / 2):.2g}" in said
    assert ("무엇이 보이나요" if lang == "ko" else "What you see") in said
    assert "{" not in said


def test_every_cell_has_its_line_and_reads_what_is_typed(open_page):
    cells = {"rnn_relu": "RNN (ReLU)", "lstm": "LSTM"}
    app = finished(open_page("matching", **{**SMALL, "halves_seeds": 1, "halves_cells": ",".join(cells)}))
    assert {one["name"] for one in charts(app)[1]["data"]} == set(cells.values())
    app.text_input(key="_halves_digits_field").set_value("12 21").run()
    app = finished(app.run())
    for cell, name in cells.items():
        one = engine(cell=cell)
        seen = read(network_of(one.config, one.parameters), one.config.task(), "1221")
        assert f"{name}**, seed 0" in text(app)
        assert share_text(float(seen.yes[-1])) in text(app)
        assert not seen.due
    assert "".join(app.query_params["halves_digits"]).replace(" ", "") == "1221"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("digits", "123", "Type an even number of digits 0 to 9, at most 40"),
        ("digits", "<b>1</b>", "Type an even number of digits"),
        ("digits", "\u0661\u0662", "Type an even number of digits"),
        ("digits", "", "Type an even number of digits"),
        ("kind", "sideways", "The question must be repeat or mirror"),
        ("cells", "none", "Choose at least one cell"),
        ("batch", "0", "Sequences an update must be a whole number from 1 to 256"),
        ("hidden", "-3", "Hidden nodes must be a whole number from 1 to 256"),
        ("lr", "nan", "learning rate"),
    ],
)
def test_bad_input_gets_one_sentence_and_loses_nothing(open_page, name, value, sentence):
    app = open_page("matching", **{**SMALL, "halves_seeds": 1, "halves_updates": 100, f"halves_{name}": value})
    assert not app.exception
    assert sentence.casefold() in text(app).casefold()


@pytest.mark.usefixtures("other")  # instead of that number the usual one stays, which is much to train
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("seeds", "17", "Seeds must be a whole number from 1 to 16"),
        ("longest", "1", "Digits in the longest half must be 2 to 20"),
        ("updates", "1e9", "Updates must be a whole number from 100 to 100,000"),
    ],
)
def test_a_bad_number_of_what_is_trained_gets_one_too(open_page, name, value, sentence):
    app = open_page("matching", **{**SMALL, "halves_seeds": 1, "halves_updates": 100, f"halves_{name}": value})
    assert not app.exception
    assert sentence.casefold() in text(app).casefold()


def test_a_network_that_diverges_is_left_out_and_that_is_said(open_page, monkeypatch):
    def lost(config, look=None):
        return dataclasses.replace(learn(config), diverged=config.seed == 1)

    monkeypatch.setattr("lstmviz.ui.background.matching.learn", lost)
    app = finished(open_page("matching", **SMALL))
    [said] = [one.value for one in app.warning]
    assert "1 network's loss became no finite number" in said
    assert trace(charts(app)[1], "RNN (ReLU)")["y"] == pytest.approx(list(engine(0).accuracy))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_while_networks_are_to_come_each_verdict_says_so(open_page, monkeypatch, lang):
    monkeypatch.setattr("lstmviz.ui.background.matching.learn", all_but_the_last(learn, 3))
    said = {"en": "So far: 2 of 3 networks", "ko": "지금까지 신경망 3개 중 2개"}[lang]
    app = until(open_page("matching", lang=lang, **SMALL | {"halves_seeds": 3}), said)
    name = {"en": "RNN (ReLU), 2 of 3 so far", "ko": "RNN (ReLU), 지금까지 3개 중 2개"}[lang]
    [verdict] = [one.value for one in app.markdown if one.value.startswith(f"**{name}**: ")]
    assert not re.search(r"\btrained network has\b", verdict)
    assert {"en": "the band of the 2 seeds so far", "ko": "띠는 지금까지 학습을 마친 시드 2개의 범위"}[lang] in text(
        app
    )
    app.button(key="sweep_stop").click().run()
    assert said in text(app)


@pytest.mark.parametrize(("seeds", "band"), [(1, "A line is one seed."), (2, "and the band of all seeds.")])
def test_of_a_finished_study_nothing_is_so_far(open_page, seeds, band):
    said = text(finished(open_page("matching", **SMALL | {"halves_seeds": seeds})))
    assert band in said
    assert "so far" not in said.casefold()


def test_the_sentences_of_the_band_know_what_is_finished_of_each_cell():
    def progress(*done):
        return Progress(done, networks=4, networks_done=len(done), share=0.0, state="running")

    networks = [
        SimpleNamespace(config=MatchingConfig(cell=cell, seed=seed)) for seed in (0, 1) for cell in ("rnn", "gru")
    ]
    study = [one.config for one in networks]
    assert band_says(by_cell(networks[:2]), progress(*networks[:2])) == "A line is the one seed so far."
    assert "the seeds so far: RNN (tanh) 2, GRU 1." in band_says(by_cell(networks[:3]), progress(*networks[:3]))
    assert names_so_far(progress(*networks[:3]), study) == {"rnn": "RNN (tanh)", "gru": "GRU, 1 of 2 so far"}
    assert band_says(by_cell(networks), progress(*networks)) == "The mean, and the band of all seeds."


def test_the_least_guess_has_the_last_digit_alone(open_page):
    app = finished(open_page("matching", **SMALL | {"halves_seeds": 1}))
    names = [one["name"] for one in charts(app)[0]["data"] if "guess" in one.get("name", "")]
    assert names == ["guess from the last digit", *(f"guess from the last {count} digits" for count in (3, 4))]


def test_both_ends_of_the_gradient_have_a_subscript(open_page):
    app = finished(open_page("matching", **SMALL | {"halves_seeds": 1}))
    title = charts(app)[2]["layout"]["yaxis"]["title"]["text"]
    assert title == f"|∂L/∂h{lowered('1')}| / |∂L/∂h{lowered('T')}|"
    assert [re.sub("<[^>]*>", "", part) for part in re.findall("<sub>.*?</sub>", title)] == ["1", "T"]


def test_stopped_it_shows_what_is_finished_and_goes_on_from_there(open_page):
    app = open_page("matching", halves_updates=100_000, halves_seeds=2)
    app.button(key="sweep_stop").click().run()
    assert "Only the networks that were finished are drawn" in text(app)
    [known] = charts(app)  # what is known without any network: the best guesses
    for one in known["data"]:
        count = int(one["name"].removeprefix("guess from the last ").removesuffix(" digits"))
        assert numbers(one["y"]) == pytest.approx([guess_by_last(half, count) for half in numbers(one["x"])])
    assert "No network is drawn yet" in text(app)
    app.button(key="sweep_resume").click().run()
    assert app.button(key="sweep_stop")


@pytest.mark.parametrize("palindrome", [False, True])
@pytest.mark.parametrize("longest", [1, 2, 10, 20])
def test_what_is_asked_is_shown_by_two_sequences_of_the_task(longest, palindrome):
    task = matching_task(longest, palindrome)
    for digits, answer in zip(examples(task), ("yes", "no"), strict=True):
        assert min(2, longest) <= len(digits) // 2 <= SHOWN
        face = task.reading(digits)
        assert face.answers[face.y[-1]] == answer
        first, second = digits[: len(digits) // 2], digits[len(digits) // 2 :]
        mirrored = second[::-1] if palindrome else second
        places = [k for k, (one, other) in enumerate(zip(first, mirrored, strict=True)) if one != other]
        seconds = [len(digits) - 1 - k if palindrome else len(first) + k for k in places]
        assert differing(task, digits) == {*places, *seconds}
        assert (not places) == (answer == "yes")


def test_the_page_shows_both_sequences_before_any_network_is_done(open_page):
    app = open_page("matching", **SMALL)
    [shown] = [one.proto.body for one in app.get("html") if 'class="strip"' in one.proto.body]
    for digits, said in zip(
        examples(MatchingConfig(longest=3).task()), ("they match", "they do not match"), strict=True
    ):
        row = next(part for part in shown.split("<tr>") if f">{said}<" in part)
        assert "".join(re.findall(r"<td[^>]*>(\d)</td>", row)) == digits
