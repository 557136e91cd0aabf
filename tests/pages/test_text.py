"""The page of texts: what is read, written and looked into is the engine's, in both languages; no text breaks it."""

import base64
import html
import json
import random
import re
import zlib

import numpy as np
import pytest

from lstmviz.detective.cases import known_cases
from lstmviz.detective.reader import WEIGHTS
from lstmviz.figures.theme import number, signed, whole_share
from lstmviz.sweeps.evidence import success
from lstmviz.texts import SOURCES, TextConfig, learn
from lstmviz.ui.frame.controls.fields import RefusedError
from lstmviz.ui.views.text import detective
from lstmviz.ui.views.text.own import link_of, read_text, text_of
from tests.pages.studies import all_but_the_last, finished, text, until

SMALL = {"text_seeds": 2, "text_epochs": 20}
GOETHE = SOURCES["goethe"].text


def engine(seed=0, **more):
    return learn(TextConfig(**{"text": GOETHE, "epochs": 20, "seed": seed, **more}))


def tables(app) -> str:
    """All tables; a space that is a mistake is drawn as a sign."""
    return " ".join(element.proto.body for element in app.get("html")).replace("␣", " ")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_readings_rates_and_curves_are_the_engines(open_page, lang):
    app = finished(open_page("text", lang=lang, **SMALL))
    networks = [engine(seed) for seed in range(2)]
    shown = tables(app)
    alphabet = networks[0].config.task().alphabet
    plain = html.unescape(shown.replace("<s>", "").replace("</s>", "").replace("<u>", "").replace("</u>", ""))
    for epoch, codes in networks[0].readings.items():
        assert "".join(alphabet[code] for code in codes) in plain, epoch
        assert f'<th scope="row">{epoch}</th>' in shown
    assert shown.count("<u>") >= 2 * len(networks[0].readings)  # the two open letters of each reading
    rate = success(sum(one.by_heart for one in networks), 2)
    assert whole_share(rate.low) in text(app)
    assert whole_share(rate.high) in text(app)
    [figure] = [json.loads(one.proto.spec or one.proto.figure.spec) for one in app.get("plotly_chart")]
    last = figure["data"][-1]["y"]
    assert decoded(last)[-1] == pytest.approx(networks[0].accuracy[-1])
    assert ("무엇이 보이나요" if lang == "ko" else "What you see") in text(app)
    assert "{" not in text(app)
    assert "So far" not in text(app)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_while_networks_are_to_come_what_became_of_them_is_so_far(open_page, monkeypatch, lang):
    monkeypatch.setattr("lstmviz.ui.background.texts.learn", all_but_the_last(learn, 3))
    said = {"en": "So far: 2 of 3 networks", "ko": "지금까지 신경망 3개 중 2개"}[lang]
    app = until(open_page("text", lang=lang, **SMALL | {"text_seeds": 3}), said)
    assert {"en": "thin: the other seeds so far", "ko": "가는 선은 지금까지 학습을 마친 다른 시드"}[lang] in text(app)


def decoded(data):
    return list(np.frombuffer(base64.b64decode(data["bdata"]), data["dtype"])) if isinstance(data, dict) else data


def test_another_network_is_looked_at(open_page):
    app = finished(open_page("text", **SMALL))
    app.selectbox(key="_text_seed_field").select(1).run()
    app = finished(app.run())
    assert "".join(app.query_params["text_seed"]) == "1"
    read = engine(1).readings[20]
    alphabet = engine(1).config.task().alphabet
    assert "".join(alphabet[code] for code in read)[:3] in html.unescape(
        tables(app).replace("<s>", "").replace("</s>", "")
    )


OWN = "To be, or not to be: that is the question"


def test_a_text_of_ones_own_is_learned_and_in_the_link(open_page):
    app = finished(open_page("text", **SMALL))
    app.text_area(key="_text_own_field").set_value(OWN)
    app.button[[one.label for one in app.button].index("Learn this text")].click().run()
    app = finished(app.run())
    assert "".join(app.query_params["text_own"]) == f"={OWN}"
    assert "".join(app.query_params["text_of"]) == "own"
    assert f"**{len(OWN)}**" in tables(app) or str(len(OWN)) in tables(app)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "A text must have 2 to 20,000 letters; this one has 0"),
        ("x", "A text must have 2 to 20,000 letters; this one has 1"),
        ("zzzz", "A text needs at least two different letters"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "this one has 1,"),
        ("e\u0301" * 30, "at least two different letters"),
        ("ab\x00c", "holds a character that is no letter"),
        ("ab" * 10_001, "this one has 20,002"),
        ("ab" * 500_000, "this one has 1,000,000"),
        ("".join(chr(0x4E00 + k) for k in range(1100)), "at most 1,000 different letters"),
    ],
)
def test_a_text_that_will_not_do_gets_one_sentence_and_stays_to_be_mended(open_page, typed, sentence):
    app = finished(open_page("text", **SMALL))
    app.text_area(key="_text_own_field").set_value(typed)
    app.button[[one.label for one in app.button].index("Learn this text")].click().run()
    app = finished(app)
    assert text(app).count(sentence) == 1
    assert app.text_area(key="_text_own_field").value == typed
    assert "text_own" not in app.query_params
    assert "Goethe" in tables(app)


@pytest.mark.parametrize(
    "own",
    [
        "a\U0001f600b\U0001f600" * 4,
        "한글과 emoji 👩‍👧 한글",
        "cafe\u0301 cafe\u0301 cafe\u0301!",
        "<b>bold</b> <i>it</i>",
    ],
)
def test_any_script_is_read_by_what_a_reader_calls_letters(open_page, own):
    app = finished(open_page("text", text_of="own", text_own=f"={own}", text_seeds=1, text_epochs=3))
    task = TextConfig(text=own, window=9).task()
    shown = html.unescape(tables(app).replace("<s>", "").replace("</s>", "").replace("<u>", "").replace("</u>", ""))
    read = learn(TextConfig(text=own, epochs=3, window=min(10, len(task.x)))).readings[3]
    assert "".join(task.alphabet[code] for code in read) in shown
    assert "<b>bold" not in tables(app)


def test_a_window_longer_than_the_text_is_cut_and_that_is_said(open_page):
    app = finished(open_page("text", text_of="own", text_own="=abcab", text_window=30, text_seeds=1, text_epochs=2))
    assert "The text has 5 letters, so a window has 4 instead of 30." in text(app)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("of", "bible", "must be one of goethe, anthem"),
        ("own", "~%%%", "The text in this link is damaged"),
        ("own", "*0123456789abcdef", "is not known here any more"),
        ("own", "=x", "A text must have 2"),
        ("cell", "none", "cell"),
        ("layers", "9", "Layers must be a whole number from 1 to 4"),
        ("hidden", "-1", "Hidden nodes must be a whole number from 1 to 256, or 0"),
        ("window", "0", "Letters in a window must be 1 to 1,000"),
        ("epochs", "1e9", "Epochs must be a whole number from 1 to 2,000"),
        ("seeds", "26", "Seeds must be a whole number from 1 to 25"),
        ("seed", "99", "The seed must be a whole number from 0 to 24"),
        ("lr", "nan", "learning rate"),
    ],
)
def test_bad_settings_get_one_sentence(open_page, name, value, sentence):
    app = finished(open_page("text", **{"text_seeds": 1, "text_epochs": 2, f"text_{name}": value}))
    assert sentence.casefold() in text(app).casefold()


@pytest.mark.parametrize(
    ("section", "name", "value", "sentence"),
    [
        ("write", "write_temperature", "hot", "The temperature must be a number from 0 to 10"),
        ("write", "write_temperature", "11", "The temperature must be a number from 0 to 10"),
        ("write", "write_top_p", "0", "Top-p must be a number above 0"),
        ("write", "write_top_k", "-1", "Top-k must be a whole number"),
        ("write", "write_letters", "401", "Letters to write must be a whole number from 1 to 400"),
        ("write", "write_seed", "x", "The seed must be"),
        ("write", "write_start", "a" * 101, "The beginning must have at most 100 letters"),
        ("write", "write_start", "Kq", "The network has never read “q”, so it begins with “K”."),
        ("write", "write_chosen", "1:2", "The chosen letters in this link cannot be read"),
        ("inside", "inside_layer", "0", "This must be a whole number from 1 to 16"),
        ("inside", "inside_quantity", "<b>", "There is no quantity"),
        ("inside", "inside_threshold", "nan", "The threshold must be a number"),
        ("inside", "inside_mark", "9-3", "A mark must be two numbers of letters"),
        ("inside", "inside_margin", "21", "This must be a whole number from 0 to 20"),
    ],
)
def test_what_writing_and_looking_inside_are_told_gets_a_sentence_too(open_page, section, name, value, sentence):
    app = finished(open_page("text", text_section=section, text_seeds=1, text_epochs=2, **{name: value}))
    assert sentence in text(app)


def test_links_give_texts_back_whatever_their_length():
    drawn = random.Random(1)
    for length in (2, 100, 301, 3000, 20_000):
        own = "ab" + "".join(chr(drawn.randrange(0xAC00, 0xAC00 + 900)) for _ in range(length - 2))
        link = link_of(own)
        assert text_of(link) == own
        assert len(link) <= 4000
    assert link_of("x" * 19_999 + "y").startswith("~")


def test_a_link_cannot_unpack_to_more_than_a_text():
    bomb = "~" + base64.urlsafe_b64encode(zlib.compress(b"a" * 50_000_000, 9)).decode().rstrip("=")
    with pytest.raises(RefusedError, match="damaged"):
        text_of(bomb)
    with pytest.raises(RefusedError):
        read_text("\ud800ab")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_detective_shows_its_evidence_as_it_was_measured(open_page, lang):
    app = open_page("text", text_section="detective", cell_detective_knows="brackets", lang=lang)
    assert not app.exception
    said, shown = text(app), evidence_table(app)
    assert "{" not in said.replace("{}", "")
    case = known_cases().of("brackets")[0]
    for value in (case.bits, case.held_at, case.finding.effect):
        assert number(value) in said
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', shown, re.DOTALL)
    assert len(rows) == len(known_cases().cases)
    names = {"string": ("inside a string", "문자열 안"), "brackets": ("bracket depth", "괄호 깊이")}
    ways = {True: ("higher", "높음"), False: ("lower", "낮음")}
    for case, (name, row) in zip(known_cases().cases, rows, strict=True):
        one = case.finding
        _, way, effect, _, alone, holds, elsewhere, *_ = re.findall("<td>(.*?)</td>", row, re.DOTALL)
        assert name in names.get(one.hypothesis, (name,))
        assert way == ways[one.higher][lang == "ko"]
        assert effect == (f"<b>{number(one.either_way)}</b>" if case.convincing else number(one.either_way))
        assert alone == number(one.by_character_either_way)
        for change, told in ((case.holds, holds), (case.elsewhere, elsewhere)):
            assert told == f"{signed(change.mean)} [{number(change.low)}, {number(change.high)}]"
    assert re.findall(r"(?<![\w-])-\d", said + shown) == []  # a minus is no hyphen


def evidence_table(app) -> str:
    [table] = [
        one.proto.body for one in app.get("html") if "text_cases" in one.proto.body and "<table>" in one.proto.body
    ]
    return table


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_detective_says_what_each_of_two_figures_of_one_network_is_measured_on(open_page, lang):
    app = open_page("text", text_section="detective", lang=lang)
    log = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    bits, files = number(log["bits_per_character"]["lstm"]), log["corpus"]["held_out"]["files"]
    [chips] = [one.proto.body for one in app.get("html") if 'class="chips"' in one.proto.body]
    told = (
        f"학습에 쓰지 않은 파일 {files}개의 글자당 비트"
        if lang == "ko"
        else f"bits per character of {files} held-out files"
    )
    assert f"{told} <b>{bits}</b>" in chips
    [caption] = [one.value for one in app.caption if "gzip" in one.value]
    assert f"{log['corpus']['held_out']['characters']:,}" in caption
    assert bits in caption
    excerpts = (f"글 20편({known_cases().characters:,}자)", "20 excerpts alone, 10,000 characters")[lang == "en"]
    assert excerpts in caption
    assert number(known_cases().cases[0].bits) in caption
    # The table is of the winners, and is not called all that was tested.
    headings = [one.value for one in app.markdown if one.value.startswith("## ")]
    assert (
        "## 가설마다 고른 노드" if lang == "ko" else "## The units that were chosen for each hypothesis"
    ) in headings


def test_all_hypotheses_and_units_are_in_sight_without_scrolling(open_page):
    app = open_page("text", text_section="detective")
    groups = [one.proto for one in app.get("button_group")]
    assert {one.label for one in groups} >= {"Hypothesis", "Unit", "Section"}
    assert all(one.wrap for one in groups if one.label in ("Hypothesis", "Unit", "Section"))


@pytest.mark.parametrize("case", known_cases().cases, ids=lambda case: f"{case.finding.hypothesis}-{case.finding.cell}")
def test_what_is_said_of_a_unit_can_be_compared_and_is_so(case):
    one, said = case.finding, detective.says(case, known_cases())
    assert f"is {number(one.effect)} (p = " in said
    assert f"The last character alone has {number(one.by_character_either_way)}. So" in said
    turned = re.findall(r"the other way round: (?:for low values it is|as much as) (\d\.\d{3})\.", said)
    assert turned == ([] if one.higher else [number(one.either_way)])
    assert f"{one.cell.quantity} tends to be {'higher' if one.higher else 'lower'}" in said
    # What is shown is what is compared.
    shown = float(turned[0] if turned else number(one.effect))
    assert (shown > float(number(one.by_character_either_way))) == ("knows more than" in said)
    assert f"With h of this unit held at its mean, the cost of a character changes by {signed(case.holds.mean)}" in said
    assert f"{number(case.bits)} bits on average over these 20 excerpts" in said
    assert ("needed above all" in said) == case.specific
    assert ("nothing special" in said) == (case.p > 0.05)
    if case.specific and case.difference.mean < 0:  # more is lost on the other side of the median
        assert said.endswith(f"is at most {case.above:g}.")


def test_h_is_held_and_where_a_unit_was_chosen_by_its_c_it_is_said_why():
    for case in known_cases().cases:
        said = detective.held_says(case)
        assert f"h of unit {case.finding.cell.unit + 1} in layer {case.finding.cell.layer + 1} is held at" in said
        assert f"{number(case.held_at)}, its mean" in said
        assert ("chosen by its c, but it is h that is held, because" in said) == (case.finding.cell.quantity == "c")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("knows", "love", "“Hypothesis” must be one of string, comment"),
        ("rank", "4", "This must be a whole number from 1 to 3"),
        ("excerpt", "0", "This must be a whole number from 1 to 20"),
        ("own", "~!", "The text in this link is damaged"),
        ("mark", "x", "A mark must be two numbers of letters"),
    ],
)
def test_what_the_detective_is_told_gets_a_sentence_too(open_page, name, value, sentence):
    app = open_page("text", text_section="detective", **{f"cell_detective_{name}": value})
    assert not app.exception
    assert sentence in text(app)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("x", "two characters or more"), ("x = 1\n" * 400, "at most 2,000 characters"), ("print('안녕') # 👋", "")],
)
def test_own_python_is_read_or_refused_in_a_sentence(open_page, typed, sentence):
    app = open_page("text", text_section="detective")
    app.text_area(key="_cell_own_field").set_value(typed)
    app.button[[one.label for one in app.button].index("Read this")].click().run()
    assert not app.exception
    assert sentence in text(app)
    assert app.text_area(key="_cell_own_field").value == typed
