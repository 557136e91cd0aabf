"""The frame and the controls, on an app of their own that says which experiment it was given."""

import json
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lstmviz.ui.frame import PAGES
from lstmviz.ui.frame.arrival import SENT
from lstmviz.ui.frame.controls.experiment import PARAMS, Experiment

ABOUT_ONE = {"home", "cell", "gates", "training"}  # in the app of these tests, the pages with controls

PAGE = """
import dataclasses, json
from types import SimpleNamespace
import streamlit as st
from lstmviz.ui import frame
from lstmviz.ui.frame.controls.experiment import times_trained_again
from lstmviz.ui.frame.controls.experiment import current_experiment
from lstmviz.ui.frame.controls.sidebar import experiment_controls, experiment_elsewhere

header = frame.page({key!r})
if {controls}:
    experiment_controls()
else:
    experiment_elsewhere()
experiment = current_experiment()
with header:
    frame.chips(experiment, loss={loss})
    layers = (SimpleNamespace(cell=experiment.cell),)
    measured = dict(difference_from_torch={difference}, step_difference_from_torch={step}, largest={largest})
    frame.torch_badge(SimpleNamespace(layers=layers, **measured))
st.json(dict(dataclasses.asdict(experiment), times=times_trained_again()))
"""


@pytest.fixture
def app(tmp_path: Path) -> AppTest:
    """The app at its first screen, not run yet."""
    return make_app(tmp_path)


def make_app(
    folder: Path, loss: float | None = None, difference: float = 4e-7, largest: float = 1.0, step: float | None = None
) -> AppTest:
    st.cache_data.clear()
    st.cache_resource.clear()
    (folder / "pages").mkdir()
    for entry in PAGES.values():
        measured = {"loss": loss, "difference": difference, "largest": largest, "step": step}
        (folder / entry.file).write_text(PAGE.format(key=entry.key, controls=entry.key in ABOUT_ONE, **measured))
    app = AppTest.from_file(str(folder / "app.py"), default_timeout=60)
    app.session_state[SENT] = {"text", "charts"}
    return app


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def switch(app: AppTest, page: str) -> AppTest:
    return run(run(app.switch_page(page)))


def shown(app: AppTest) -> dict[str, Any]:
    return json.loads(app.json[0].value)


def experiment(app: AppTest) -> Experiment:
    values = shown(app)
    values.pop("times")
    return Experiment(**values)


def problems(app: AppTest) -> list[str]:
    """What the sidebar says; the page says the same, for who has the sidebar folded away."""
    said, beside = (
        [text.value for text in place.markdown if ":material/error:" in text.value] for place in (app.sidebar, app.main)
    )
    assert beside == said
    return said


def bodies(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html")]


def chips(app: AppTest) -> str:
    return " ".join(bodies(app))


def in_url(app: AppTest) -> dict[str, str]:
    return {param: one(app.query_params[param]) for param in PARAMS if param in app.query_params}


def one(value: str | list[str]) -> str:
    """A parameter of the URL, which AppTest gives as a list where the test has set it."""
    return value if isinstance(value, str) else value[-1]


def ask(app: AppTest, **params: str) -> None:
    for name, value in params.items():
        app.query_params[name] = value


def test_a_first_visit_shows_the_default_experiment_and_a_clean_url(app):
    run(app)
    assert experiment(app) == Experiment()
    assert in_url(app) == {}
    assert problems(app) == []


def navigation(app: AppTest) -> list[Any]:
    """Its links, without those of the path, which begin with a number."""
    return [link for link in app.get("page_link") if not link.proto.label[0].isdigit()]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("entry", PAGES.values(), ids=lambda entry: entry.key)
def test_every_page_has_the_frame_in_the_language(app, entry, language):
    ask(app, lang=language)
    run(app)
    switch(app, entry.file)
    labels = [element.label for element in navigation(app)]
    assert (
        labels
        == {
            "en": [
                "Home",
                "Cell",
                "Gates",
                "Training",
                "States",
                "Gradients",
                "Automaton",
                "Seeds",
                "Memory",
                "Halves",
                "Grammars",
                "Text",
                "Digits",
                "Shapes",
                "Lecture",
                "Timing",
            ],
            "ko": [
                "홈",
                "셀",
                "게이트",
                "학습",
                "상태",
                "기울기",
                "오토마톤",
                "시드 비교",
                "기억",
                "절반 비교",
                "문법",
                "글",
                "숫자",
                "모양",
                "강의",
                "시간 재기",
            ],
        }[language]
    )
    headings = {
        "en": ["One network", "Many networks", "Images and shapes", "Lecture notes"],
        "ko": ["신경망 하나", "여러 신경망", "이미지와 모양", "강의 노트"],
    }[language]
    assert [html for html in bodies(app) if html.startswith("<p>")] == [f"<p>{heading}</p>" for heading in headings]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_with_networks_of_its_own_says_in_one_line_which_one_the_others_show(app, language):
    ask(app, lang=language, task="a*b", hidden="5")
    run(app)
    assert app.number_input(key="_hidden").label == {"en": "Hidden nodes", "ko": "은닉 노드"}[language]
    switch(app, "pages/grid.py")
    assert not [*app.number_input, *app.selectbox, *app.sidebar.button]
    (line,) = app.caption
    assert (
        line.value
        == {
            "en": "The other pages show: a&#42;b · LSTM · 5 nodes · seed 135",
            "ko": "다른 페이지의 신경망: a&#42;b · LSTM · 노드 5개 · 시드 135",
        }[language]
    )


def test_a_bad_value_is_answered_where_it_acts_and_nowhere_lost(app):
    ask(app, hidden="5", seed="7")
    run(app)
    switch(app, "pages/grid.py")
    ask(app, hidden="999")
    run(app)
    assert problems(app) == []
    assert "5 nodes · seed 7" in app.caption[0].value
    for link in navigation(app):
        query = dict(pair.split("=") for pair in link.proto.query_string.split("&"))
        assert query == Experiment(hidden_size=5, seed=7).params() | {"hidden": "999"}
    switch(app, "pages/cell.py")
    (sentence,) = problems(app)
    assert "got “999”, so 5 stays in use" in sentence
    assert app.number_input(key="_hidden").value == 999


def test_the_links_take_everything_in_the_url_along(app):
    ask(app, lang="ko", hidden="5", hide="seed", t="7")
    run(app)
    for link in navigation(app):
        query = dict(pair.split("=") for pair in link.proto.query_string.split("&"))
        assert query == {"lang": "ko", "hide": "seed", "t": "7"} | Experiment(hidden_size=5).params()


def test_an_unknown_language_is_english(app):
    ask(app, lang="<b>")
    run(app)
    assert app.number_input(key="_hidden").label == "Hidden nodes"


def test_two_sessions_have_a_language_each(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    english, korean = make_app(tmp_path / "one"), make_app(tmp_path / "two")
    ask(korean, lang="ko")
    run(english)
    run(korean)
    run(english)
    assert english.number_input(key="_hidden").label == "Hidden nodes"
    assert korean.number_input(key="_hidden").label == "은닉 노드"


def test_a_deep_link_is_the_experiment_and_the_controls_show_it(app):
    wanted = Experiment("xyxz", "rnn_relu", 7, 43052, 0.05, 200)
    ask(app, **wanted.params())
    run(app)
    assert experiment(app) == wanted
    assert app.text_input(key="_pattern").value == "xyxz"
    assert app.selectbox(key="_cell").value == "rnn_relu"
    assert [app.number_input(key=f"_{name}").value for name in ("hidden", "seed", "epochs")] == [7, 43052, 200]
    assert app.selectbox(key="_lr").value == "0.05"


def test_a_control_changes_the_experiment_and_the_url(app):
    run(app)
    app.selectbox(key="_task").select("abaB")
    run(app)
    app.selectbox(key="_cell").select("gru")
    run(app)
    app.number_input(key="_hidden").set_value(4)
    app.number_input(key="_epochs").set_value(300)
    app.number_input(key="_seed").set_value(9)
    run(app)
    app.selectbox(key="_lr").set_value("0.3")
    run(app)
    wanted = Experiment("abaB", "gru", 4, 9, 0.3, 300)
    assert experiment(app) == wanted
    assert in_url(app) == wanted.params()


def test_the_experiment_stays_on_another_page(app):
    run(app)
    app.number_input(key="_hidden").set_value(6)
    run(app)
    switch(app, "pages/gates.py")
    assert experiment(app).hidden_size == 6
    assert app.number_input(key="_hidden").value == 6


def test_an_own_pattern_can_be_typed(app):
    run(app)
    app.selectbox(key="_task").select("own pattern")
    run(app)
    assert app.text_input(key="_pattern").value == "abcabC"
    assert experiment(app).task == "abcabC"
    app.text_input(key="_pattern").set_value("가나가다")
    run(app)
    assert experiment(app).task == "가나가다"
    app.selectbox(key="_task").select("abaB")
    run(app)
    assert experiment(app).task == "abaB"
    assert not app.text_input


def test_every_preset_says_what_it_teaches(app):
    run(app)
    for pattern, memory in {"abaB": 2, "AbAcAd": 2, "abcabC": 3, "abcdabcD": 4}.items():
        app.selectbox(key="_task").select(pattern)
        run(app)
        assert app.caption[0].value.startswith(f"Memory {memory}: ")


BAD = {"task": "aaaa", "cell": "foo", "hidden": "999", "seed": "-1", "lr": "abc", "epochs": "1e3"}


def test_a_bad_link_gets_a_sentence_for_each_value_and_shows_the_defaults(app):
    ask(app, **BAD)
    run(app)
    assert experiment(app) == Experiment()
    sentences = problems(app)
    assert len(sentences) == len(BAD)
    for text in ("aaaa", "foo", "999", "&#45;1", "abc", "1e3"):
        assert sum(f"“{text}”" in sentence for sentence in sentences) == 1


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("param", BAD)
def test_a_bad_value_leaves_the_rest_and_keeps_the_last_good_one(app, param, language):
    good = Experiment("abaB", "gru", 4, 9, 0.3, 300)
    ask(app, lang=language, **good.params())
    run(app)
    ask(app, **{param: BAD[param]})
    run(app)
    assert experiment(app) == good
    (sentence,) = problems(app)
    assert sentence.count("“") == 1
    ask(app, **{param: good.params()[param]})
    run(app)
    assert problems(app) == []


def test_a_wrong_number_stays_in_its_field(app):
    run(app)
    app.number_input(key="_hidden").set_value(65)
    run(app)
    assert experiment(app) == Experiment()
    assert app.number_input(key="_hidden").value == 65
    assert len(problems(app)) == 1
    app.number_input(key="_hidden").set_value(64)
    run(app)
    assert experiment(app) == Experiment(hidden_size=64)
    assert problems(app) == []


def test_what_somebody_types_is_never_markup(app):
    ask(app, task="<b>*x*</b>$a$", seed="[a](b) :smile:" + "x" * 99)
    run(app)
    assert "<b>*x" not in chips(app)
    assert "&lt;b&gt;*x*&lt;/b&gt;$a$" in chips(app)
    (sentence,) = problems(app)
    assert not set("[]()") & set(sentence.removeprefix(":red[:small[:material/error: ").removesuffix("]]"))
    assert len(sentence) < 300


def test_a_new_seed_is_another_one(app):
    run(app)
    seeds = {experiment(app).seed}
    for _ in range(3):
        app.sidebar.button[0].click()
        before = experiment(app).seed
        run(app)
        assert experiment(app).seed != before
        seeds.add(experiment(app).seed)
    assert experiment(app) == Experiment(seed=experiment(app).seed)
    assert in_url(app)["seed"] == str(experiment(app).seed)
    assert len(seeds) > 1


def test_what_a_request_tells_that_was_sent_before_a_new_seed_arrived_is_nobodys_choice(app):
    """On a busy machine a page's clock asks, with what stood in the controls, before the browser has the new seed."""
    run(app)
    before = experiment(app).seed
    app.sidebar.button[0].click()
    run(app)
    new = experiment(app).seed
    app.number_input(key="_seed").set_value(before)
    run(app)
    assert (experiment(app).seed, in_url(app)["seed"]) == (new, str(new))
    assert app.number_input(key="_seed").value == new
    run(app)  # what the browser tells by now it has seen
    app.number_input(key="_seed").set_value(before)
    run(app)
    assert experiment(app).seed == before


def test_train_again_keeps_the_experiment_and_is_counted(app):
    run(app)
    assert shown(app)["times"] == 0
    app.sidebar.button[1].click()
    run(app)
    assert shown(app)["times"] == 1
    assert experiment(app) == Experiment()
    run(app)
    assert shown(app)["times"] == 1


def test_the_projector_view_is_in_the_url(app):
    run(app)
    for told in ({"projector": "1"}, {}):  # as usual, the URL says nothing of it
        app.button(key="_projector").click()
        run(app)
        assert {name: given for name, given in app.query_params.items() if name == "projector"} == told


def test_restore_defaults(app):
    ask(app, lang="ko", **{**Experiment("xyxz", "gru", 4, 9, 0.3, 300).params(), "epochs": "0"})
    run(app)
    app.sidebar.button[2].click()
    run(app)
    assert experiment(app) == Experiment()
    assert in_url(app) == Experiment().params()
    assert one(app.query_params["lang"]) == "ko"
    assert problems(app) == []
    assert app.selectbox(key="_task").value == "abcabC"


@pytest.mark.parametrize(
    ("hide", "keys"),
    [
        ("task", {"_cell", "_hidden", "_lr", "_epochs", "_seed"}),
        ("cell,hidden,lr", {"_task", "_epochs", "_seed"}),
        ("epochs,seed,nonsense", {"_task", "_cell", "_hidden", "_lr"}),
    ],
)
def test_a_link_can_hide_controls_and_still_set_them(app, hide, keys):
    wanted = Experiment("abaB", "gru", 4, 9, 0.3, 300)
    ask(app, hide=hide, **wanted.params())
    run(app)
    assert {widget.key for widget in [*app.selectbox, *app.number_input]} == keys
    assert experiment(app) == wanted
    switch(app, "pages/cell.py")
    assert experiment(app) == wanted
    assert {widget.key for widget in [*app.selectbox, *app.number_input]} == keys


def test_a_link_can_hide_the_buttons(app):
    ask(app, hide="buttons,seed")
    run(app)
    assert not app.sidebar.button


def test_the_header_says_what_is_on_display(tmp_path):
    app = run(make_app(tmp_path, loss=0.00023))
    assert "<span>task <b>abcabC</b></span><span> <b>LSTM</b></span><span>nodes <b>3</b></span>" in chips(app)
    assert "<span>epochs <b>1,500</b></span><span>loss <b>0.0002</b></span>" in chips(app)
    assert "equals torch.nn.LSTM to 4e-07" in chips(app)


def test_rounding_is_measured_by_the_largest_number(tmp_path):
    app = run(make_app(tmp_path, difference=5e-4, largest=127.3))
    assert "equals torch.nn.LSTM to 5e-04 (numbers up to 127)" in chips(app)


def test_a_chaotic_network_is_compared_step_by_step(tmp_path):
    app = run(make_app(tmp_path, difference=1.5, step=3e-7))
    assert "each step equals torch.nn.LSTM to 3e-07" in chips(app)
    assert "over the text to 2e+00" in chips(app)


@pytest.mark.parametrize("difference", [3e-5, 0.2, float("inf")])
def test_more_than_rounding_is_not_called_equal(tmp_path, difference):
    app = run(make_app(tmp_path, difference=f"float('{difference}')"))
    assert f"differs from torch.nn.LSTM by {difference:.0e}" in chips(app)
    assert "equals" not in chips(app)


def test_what_was_not_compared_has_no_badge(tmp_path):
    said = chips(run(make_app(tmp_path, difference="float('nan')")))
    assert said
    assert "torch.nn" not in said


def test_the_language_chosen_is_not_undone_by_a_request_that_was_sent_before(app):
    ask(app, lang="en")
    run(app)
    app.button_group(key="_language").set_value("ko")
    run(app)
    assert one(app.query_params["lang"]) == "ko"
    ask(app, lang="en")  # the browser tells its URL, which is not yet the new one
    run(app)
    assert one(app.query_params["lang"]) == "ko"
    assert app.number_input(key="_hidden").label == "은닉 노드"


def test_each_change_of_the_page_closes_the_sidebar_of_a_phone_anew(open_page):
    """A browser does not run the same script again that it finds where it was."""
    app = open_page("cell", epochs=20)

    def script() -> str:
        return " ".join(one.proto.body for one in app.get("html") if "stSidebarCollapseButton" in one.proto.body)

    said = []
    for page in ("gates", "training", "cell"):
        app.switch_page(f"pages/{page}.py").run()
        said.append(script())
    assert all(said)
    assert len(set(said)) == 3
