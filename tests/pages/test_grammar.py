"""The page of grammars: its networks, strings and sentences are the engine's, in both languages."""

import dataclasses
import html
import re

import numpy as np
import pytest

from lstmviz.figures.theme import share_text, whole_share
from lstmviz.grammars import ASKED, LANGUAGES, STREAMS, GrammarConfig, drawn_string, knockout, learn, network_of, read
from lstmviz.paper.table import paper_table
from lstmviz.sweeps.evidence import success
from lstmviz.tasks.grammar import legal_after
from lstmviz.ui.views.grammar.task import SHOWN, example
from tests.pages.studies import all_but_the_last, charts, finished, numbers, text, until

SMALL = {"grammar_updates": 150, "grammar_seeds": 2, "grammar_hidden": 4, "grammar_longest": 4, "grammar_cells": "lstm"}


def engine(seed=0, cell="lstm", language="anbn"):
    return learn(GrammarConfig(language=language, cell=cell, hidden_size=4, longest=4, updates=150, seed=seed))


def trace(figure, name):
    [found] = [one for one in figure["data"] if one.get("name") == name]
    return {axis: numbers(found[axis]) for axis in "xy"}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_is_drawn_and_said_is_the_engines(open_page, lang):
    app = finished(open_page("grammar", lang=lang, **SMALL))
    networks = [engine(seed) for seed in range(2)]
    by_length, reached, learning = charts(app)
    shown = trace(by_length, "LSTM")
    assert list(shown["x"]) == list(range(1, 41))
    assert shown["y"] == pytest.approx([np.mean([one.by_length[n].rate for one in networks]) for n in range(1, 41)])
    [dots] = reached["data"]
    assert sorted(numbers(dots["x"])) == sorted(one.right_up_to for one in networks)
    assert trace(learning, "LSTM")["y"] == pytest.approx(list((networks[0].accuracy + networks[1].accuracy) / 2))
    said = text(app)
    best = max(one.right_up_to for one in networks)
    assert "n = 4" in said
    assert f"n = {best}" in said or best == 0
    assert ("무엇이 보이나요" if lang == "ko" else "What you see") in said
    assert "{" not in said


def test_a_network_reads_a_string_that_is_typed_or_drawn_and_is_asked_what_it_hangs_on(open_page):
    app = finished(open_page("grammar", grammar_section="read", grammar_network="lstm-1", **SMALL))
    one = engine(1)
    model = network_of(one.config, one.parameters)
    for what in ("drawn", "typed", "another"):
        match what:
            case "drawn":
                word = drawn_string(one.config, 0)
            case "typed":
                word = "SaaabbbT"
                app = finished(app.text_input(key="_grammar_string_field").set_value(" Saaa bbbT ").run())
                app.run()
            case _:
                word = drawn_string(one.config, 1)
                app = finished(app.button(key="grammar_draw").click().run())
                app.run()
        reading, control, counts, bars = charts(app)
        seen = read(one.config, model, word)
        np.testing.assert_allclose(np.array(numbers(reading["data"][0]["z"])), seen.probabilities.T, atol=1e-6)
        assert numbers(reading["data"][1]["y"]) == pytest.approx(list(seen.mass))
        assert len(reading["layout"]["shapes"]) == seen.legal.sum()
        assert f": {share_text(float(seen.mass.min()))}" in text(app)
        n = word.count("a")
        assert numbers(counts["data"][0]["y"]) == [0, *range(1, n + 1), *range(n - 1, -1, -1)]
        along = np.corrcoef(seen.trace.c.T, numbers(counts["data"][0]["y"]))[-1, :-1]
        unit = int(np.abs(along).argmax())
        assert numbers(counts["data"][1]["y"]) == pytest.approx(list(seen.trace.c[:, unit]), abs=1e-5)
        assert f"correlation {along[unit]:.3f}".replace("-", "−") in text(app)
        assert len(control["frames"]) == len(word) - 1
    found = knockout(one.config, model)
    assert numbers(bars["data"][0]["y"]) == pytest.approx([rate.rate for rate in found.held])
    assert "".join(app.query_params["grammar_number"]) == "1"


def test_the_embedded_grammar_shows_the_step_that_needs_memory(open_page):
    app = finished(open_page("grammar", grammar_language="embedded_reber", **SMALL))
    networks = [engine(seed, language="embedded_reber") for seed in range(2)]
    shown = trace(charts(app)[1], "LSTM")
    lengths = list(networks[0].remembered)
    assert list(shown["x"]) == lengths
    assert shown["y"] == pytest.approx([np.mean([one.remembered[n].rate for one in networks]) for n in lengths])
    assert "better than a coin" in text(app)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("language", "french", "“Language” must be one of"),
        ("cells", "none", "Choose at least one cell"),
        ("seeds", "17", "Seeds must be a whole number from 1 to 16"),
        ("longest", "3", "The longest learned must be 4 to 30"),
        ("updates", "1e9", "Updates must be a whole number from 100 to 100,000"),
        ("batch", "0", "Strings an update must be a whole number from 1 to 256"),
        ("hidden", "65", "Hidden nodes must be a whole number from 1 to 64"),
        ("lr", "nan", "learning rate"),
        ("number", "-1", "The number of a drawn string must be 0 to"),
        ("section", "nowhere", "This page has no section"),
        ("string", "Saab", "Type a whole string of the grammar"),
        ("string", "<b>T</b>", "Type a whole string of the grammar"),
        ("string", "S" + "a" * 40 + "b" * 40 + "T", "of at most 60 symbols"),
    ],
)
def test_bad_input_gets_one_sentence_and_loses_nothing(open_page, name, value, sentence):
    more = {} if name == "section" else {"grammar_section": "read"}
    app = open_page(
        "grammar", **{**SMALL, "grammar_seeds": 1, "grammar_updates": 100, **more, f"grammar_{name}": value}
    )
    app = finished(app)
    assert sentence.casefold() in text(app).casefold()
    assert len(charts(app)) == (3 if name == "section" else 4)


def test_a_network_that_diverges_is_left_out_and_that_is_said(open_page, monkeypatch):
    def lost(config, look=None):
        return dataclasses.replace(learn(config), diverged=config.seed == 1)

    monkeypatch.setattr("lstmviz.ui.background.grammars.learn", lost)
    app = finished(open_page("grammar", **SMALL))
    [said] = [one.value for one in app.warning]
    assert "1 network's loss became no finite number" in said
    assert trace(charts(app)[2], "LSTM")["y"] == pytest.approx(list(engine(0).accuracy))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_while_networks_are_to_come_each_verdict_says_so(open_page, monkeypatch, lang):
    monkeypatch.setattr("lstmviz.ui.background.grammars.learn", all_but_the_last(learn, 3))
    said = {"en": "So far: 2 of 3 networks", "ko": "지금까지 신경망 3개 중 2개"}[lang]
    settings = SMALL | {"grammar_seeds": 3, "grammar_language": "embedded_reber"}
    app = until(open_page("grammar", lang=lang, **settings), said)
    name = {"en": "LSTM, 2 of 3 so far", "ko": "LSTM, 지금까지 3개 중 2개"}[lang]
    assert len([one for one in app.markdown if one.value.startswith(f"**{name}**: ")]) == 2  # all steps, and T or P
    assert not [one for one in app.markdown if one.value.startswith("**LSTM**")]
    assert {"en": "the band of the 2 seeds so far", "ko": "띠는 지금까지 학습을 마친 시드 2개의 범위"}[lang] in text(
        app
    )


@pytest.mark.parametrize(
    ("reached", "sentence"),
    [
        ((9, 2), "; 1 of them gets beyond its training."),
        ((9, 8, 2), "; 2 of them get beyond their training."),
        ((3, 2), "; 0 of them get beyond their training."),
        ((9,), "trained to n = 4, right up to n = 9."),
    ],
)
def test_one_that_gets_beyond_its_training_is_one(open_page, monkeypatch, reached, sentence):
    def learned(config, look=None):
        one, far = engine(config.seed), reached[config.seed]
        right = {n: success(rate.trials if n <= far else 0, rate.trials) for n, rate in one.by_length.items()}
        return dataclasses.replace(one, by_length=right)

    monkeypatch.setattr("lstmviz.ui.background.grammars.learn", learned)
    said = text(finished(open_page("grammar", **SMALL | {"grammar_seeds": len(reached)})))
    assert sentence in said
    assert "so far" not in said.casefold()


@pytest.mark.parametrize(
    ("right", "sentence"),
    [
        ((1.0, 0.5), "1 of 2 networks is better than a coin."),
        ((1.0, 1.0), "2 of 2 networks are better than a coin."),
        ((1.0,), ", which is better than a coin."),
        ((0.5,), "that this is better than a coin is not shown."),
    ],
)
def test_one_that_is_better_than_a_coin_is_one(open_page, monkeypatch, right, sentence):
    def learned(config, look=None):
        one = engine(config.seed, language="embedded_reber")
        share = right[config.seed]
        counted = {n: success(int(share * rate.trials), rate.trials) for n, rate in one.remembered.items()}
        return dataclasses.replace(one, remembered=counted)

    monkeypatch.setattr("lstmviz.ui.background.grammars.learn", learned)
    settings = SMALL | {"grammar_seeds": len(right), "grammar_language": "embedded_reber"}
    assert sentence in text(finished(open_page("grammar", **settings)))


def test_a_string_of_one_bit_has_one_step(open_page):
    settings = SMALL | {"grammar_seeds": 1, "grammar_language": "parity", "grammar_section": "read"}
    said = text(finished(open_page("grammar", grammar_string="1", **settings)))
    assert "Its only step is " in said
    assert "1 steps" not in said


def test_stopped_it_shows_what_is_finished_and_goes_on_from_there(open_page):
    app = open_page("grammar", grammar_updates=100_000, grammar_seeds=2, grammar_language="anbncn")
    app.button(key="sweep_stop").click().run()
    assert "Only the networks that were finished are drawn" in text(app)
    [known] = charts(app)  # the place for what is to come
    assert not known.get("data")
    assert known["layout"]["xaxis"]["range"][0] == 0
    assert "No network is drawn yet" in text(app)
    app.button(key="sweep_resume").click().run()
    assert app.button(key="sweep_stop")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_papers_rows_stand_beside_ours_as_they_were_measured(open_page, lang):
    app = open_page("grammar", grammar_section="paper", lang=lang)
    assert not app.exception
    assert not app.get("progress")  # nothing is trained for it
    shown = html.unescape(" ".join(element.proto.body for element in app.get("html")))
    for experiment in paper_table():
        for published in experiment.published:
            assert f"{published.sequences:,}" in shown
        for line in experiment.lines:
            assert whole_share(line.rate.high) in shown
            assert line.rate.trials > 0
            if line.mean is not None:
                assert f"{line.mean.value:,.0f}" in shown
            for sentence in line.deviations(lang):
                assert sentence in " ".join(element.value for element in app.markdown)
    assert shown.count('class="published"') == sum(len(one.published) for one in paper_table())
    assert shown.count('<tr class="ours"') + shown.count('<tr class="today"') == sum(
        len(one.lines) for one in paper_table()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_string_of_the_language_stands_above_with_what_may_come(open_page, language):
    app = open_page("grammar", **{**SMALL, "grammar_language": language})
    [shown] = [one.proto.body for one in app.get("html") if 'class="strip"' in one.proto.body]
    read_, may = [re.findall(r"<td>([^<]*)</td>", row) for row in shown.split("<tr>")[1:]]
    face = example(GrammarConfig(language=language, longest=4))
    symbols = "".join(face.alphabet[code] for code in face.x)
    assert len(read_) == len(may)
    assert "".join(read_) == (symbols if len(symbols) <= SHOWN else symbols[:SHOWN] + "…")
    assert (len(symbols) > SHOWN) == (language in STREAMS)
    if language in ASKED:
        task = GrammarConfig(language=language, longest=4).task()
        due = [task.answers[task.reading(symbols[: k + 1]).y[-1]] for k in range(len(symbols))]
        assert may == due
    else:
        legal = legal_after(language, symbols + face.alphabet[face.y[-1]])
        assert [set(some.split()) for some in may[:SHOWN]] == legal[:SHOWN]


def test_the_other_sections_have_no_string_above(open_page):
    for section in ("read", "paper"):
        app = open_page("grammar", grammar_section=section, **SMALL)
        assert not [one for one in app.get("html") if 'class="strip"' in one.proto.body]
