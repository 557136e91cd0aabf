"""The controls and the URL, the pages and the two languages, in a real browser."""

import contextlib
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from lstmviz.ui.frame.experiment import Experiment
from tests.browser.conftest import goto, wait_idle

OTHER = Experiment("xyxz", "rnn", 5, 9, 0.05, 20)  # quick to train


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def expect_query(page: Page, expected: dict[str, str]) -> None:
    """Soon the URL says this, and no more."""
    told = "() => Object.fromEntries(new URLSearchParams(location.search))"
    same = f"(expected) => JSON.stringify(Object.entries(({told})()).sort()) === JSON.stringify(expected)"
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(same, arg=sorted([key, value] for key, value in expected.items()), timeout=10_000)
    assert query(page) == expected


def field(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stSidebar").get_by_label(label, exact=True)


def enter(page: Page, label: str, value: str) -> None:
    field(page, label).fill(value)
    field(page, label).press("Enter")
    wait_idle(page)


def choose(page: Page, label: str, option: str) -> None:
    field(page, label).click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_idle(page)


def follow(page: Page, label: str, path: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=label, exact=True).click()
    page.wait_for_url(re.compile(rf"/{path}(\?|$)"))
    wait_idle(page)


def expect_controls(page: Page, experiment: Experiment) -> None:
    """The fields show this experiment, and so do the chips at the top."""
    for label, value in {
        "Hidden nodes": experiment.hidden_size,
        "Seed": experiment.seed,
        "Epochs": experiment.epochs,
        "Learning rate": experiment.lr,
    }.items():
        expect(field(page, label)).to_have_value(str(value))
    chips = page.locator(".chips").first
    expect(chips).to_contain_text(f"task {experiment.task}")
    expect(chips).to_contain_text(f"nodes {experiment.hidden_size}")
    expect(chips).to_contain_text(f"seed {experiment.seed}")


def expect_problems(page: Page, *sentences: str | re.Pattern[str]) -> None:
    """These sentences stand beside the controls, and no other."""
    shown = page.get_by_test_id("stSidebar").get_by_test_id("stMarkdown").filter(has_text=re.compile("^error"))
    expect(shown).to_have_text(list(sentences))


def test_a_deep_link_on_a_fresh_server(open_page: Callable[..., Page], fresh_server: Callable[[], str]) -> None:
    page = open_page(url=fresh_server(), viewport={"width": 1440, "height": 900})
    goto(page, "gates", **OTHER.params())
    expect_controls(page, OTHER)
    expect(field(page, "Own pattern")).to_have_value("xyxz")
    expect_problems(page)
    expect_query(page, OTHER.params())


def test_a_link_s_experiment_goes_along_to_every_page(page: Page) -> None:
    goto(page, "cell", **OTHER.params())
    for label, path in (
        ("Gates", "gates"),
        ("Lecture", "lecture"),
        ("Training", "training"),
        ("Shapes", "shapes"),
        ("Home", ""),
        ("Cell", "cell"),
    ):
        follow(page, label, path)
        if label in ("Lecture", "Shapes"):
            line = page.get_by_test_id("stSidebar").get_by_test_id("stCaptionContainer")
            expect(line).to_have_text("The other pages show: xyxz · RNN (tanh) · 5 nodes · seed 9")
            expect(page.locator(".st-key-experiment")).to_have_count(0)
        else:
            expect_controls(page, OTHER)
        expect_query(page, OTHER.params())


def test_a_bad_value_waits_on_a_page_where_it_does_not_act(page: Page) -> None:
    goto(page, "shapes", **OTHER.params() | {"hidden": "999"})
    expect_problems(page)
    follow(page, "Cell", "cell")
    expect_problems(page, "error Hidden nodes must be a whole number from 1 to 64; got “999”, so 3 stays in use.")
    expect(field(page, "Hidden nodes")).to_have_value("999")


def test_a_control_survives_a_page_change_and_a_reload(page: Page) -> None:
    goto(page, "cell", epochs=20)
    enter(page, "Hidden nodes", "5")
    choose(page, "Task", "abaB")
    wanted = Experiment("abaB", hidden_size=5, epochs=20)
    expect_query(page, wanted.params())
    follow(page, "Gates", "gates")
    expect_controls(page, wanted)
    page.reload()
    wait_idle(page)
    expect_controls(page, wanted)
    expect_query(page, wanted.params())


def test_back_and_forward_go_through_the_experiments(page: Page) -> None:
    goto(page, "cell", epochs=20)
    enter(page, "Hidden nodes", "4")
    enter(page, "Hidden nodes", "5")
    follow(page, "Gates", "gates")
    for hidden, path in ((5, "cell"), (4, "cell"), (3, "cell")):
        page.go_back()
        page.wait_for_url(re.compile(f"/{path}"))
        wait_idle(page)
        expect_controls(page, Experiment(hidden_size=hidden, epochs=20))
    page.go_forward()
    wait_idle(page)
    expect_controls(page, Experiment(hidden_size=4, epochs=20))


def test_quick_use_of_controls_loses_nothing(page: Page) -> None:
    goto(page, "cell", epochs=20)
    more = page.get_by_test_id("stNumberInput").filter(has_text="Hidden nodes").get_by_test_id("stNumberInputStepUp")
    for _ in range(6):
        more.click(delay=5)
    field(page, "Epochs").fill("30")
    field(page, "Seed").fill("7")
    field(page, "Seed").press("Enter")
    wait_idle(page)
    expect_controls(page, Experiment(hidden_size=9, seed=7, epochs=30))
    field(page, "Seed").fill("8")  # not confirmed by Enter: the click on the link ends it
    follow(page, "Gates", "gates")
    expect_controls(page, Experiment(hidden_size=9, seed=8, epochs=30))


# In the order of the controls.
BAD = {"task": "aaaa", "cell": "foo", "hidden": "999", "lr": "abc", "epochs": "1e3", "seed": "-1"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_bad_link_says_one_sentence_for_each_value(page: Page, language: str) -> None:
    goto(page, "cell", lang=language, **BAD)
    expect_problems(page, *(re.compile(f"error .+“{text}”") for text in BAD.values()))
    expect(page.locator(".chips b").first).to_have_text("abcabC")
    # Who has the sidebar folded away, as on a phone, is told by the page.
    beside = page.locator(".st-key-refused").get_by_test_id("stMarkdown")
    expect(beside.first).to_be_hidden()
    page.get_by_test_id("stSidebar").hover()  # which shows the button
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    expect(beside).to_have_text([re.compile(f"error .+“{text}”") for text in BAD.values()])
    expect(beside.first).to_be_visible()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(beside.first).to_be_hidden()
    page.locator(".st-key-projector").get_by_role("button").click()
    wait_idle(page)
    expect(beside.first).to_be_visible()


def test_a_bad_value_keeps_the_last_good_one_until_it_is_mended(page: Page) -> None:
    goto(page, "training", hidden=4, epochs=20)
    enter(page, "Hidden nodes", "65")
    expect_problems(page, "error Hidden nodes must be a whole number from 1 to 64; got “65”, so 4 stays in use.")
    expect(page.locator(".chips").first).to_contain_text("nodes 4")
    expect(field(page, "Hidden nodes")).to_have_value("65")
    enter(page, "Hidden nodes", "64")
    expect_problems(page)
    field(page, "Learning rate").fill("fast")
    field(page, "Learning rate").press("Enter")
    wait_idle(page)
    expect_problems(
        page, "error The learning rate must be a number above 0, at most 10; got “fast”, so 0.1 stays in use."
    )
    choose(page, "Learning rate", "0.3")
    expect_problems(page)
    expect_query(page, Experiment(hidden_size=64, lr=0.3, epochs=20).params())


def test_what_somebody_types_is_shown_letter_for_letter(page: Page) -> None:
    pattern = "<b>*x*</b>$a$->:smile::material/home:`[l](u)www.a.b"
    goto(page, "cell", task=pattern, epochs=20)
    expect_problems(page)
    expect(page.locator(".chips b").first).to_have_text(pattern)
    expect(field(page, "Own pattern")).to_have_value(pattern)
    goto(page, "cell", task=pattern[:18], seed=pattern[-18:], epochs=20)
    typed = "\u2060?".join(re.escape(char) for char in pattern[-18:])
    expect_problems(page, re.compile(f"“{typed}”"))
    assert page.locator(".st-key-experiment a, .st-key-experiment .katex, .st-key-experiment code").count() == 0


def test_the_language_switch(page: Page) -> None:
    goto(page, "cell", **OTHER.params())
    page.get_by_text("한국어", exact=True).click()
    wait_idle(page)
    expect_query(page, OTHER.params() | {"lang": "ko"})
    expect(field(page, "은닉 노드")).to_have_value("5")
    expect(field(page, "학습률")).to_have_value("0.05")
    follow(page, "게이트", "gates")
    page.reload()
    wait_idle(page)
    expect(field(page, "은닉 노드")).to_have_value("5")
    assert query(page)["lang"] == "ko"
    page.get_by_text("English", exact=True).click()
    wait_idle(page)
    expect_controls(page, OTHER)
    expect_query(page, OTHER.params() | {"lang": "en"})


def test_the_browser_s_own_language_is_the_default(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="ko-KR", viewport={"width": 1440, "height": 900})
    goto(page, "cell", epochs=20)
    expect(field(page, "은닉 노드")).to_be_visible()
    goto(page, "cell", epochs=20, lang="en")
    expect(field(page, "Hidden nodes")).to_be_visible()


def test_the_buttons(page: Page) -> None:
    goto(page, "cell", **OTHER.params())
    page.get_by_role("button", name="New seed", exact=True).click()
    wait_idle(page)
    expect(field(page, "Seed")).not_to_have_value(str(OTHER.seed))
    before = OTHER.params() | {"seed": field(page, "Seed").input_value()}
    expect_query(page, before)
    page.get_by_role("button", name="Train again").click()
    wait_idle(page)
    expect_query(page, before)
    page.get_by_role("button", name="Restore defaults").click()
    wait_idle(page)
    expect_controls(page, Experiment())
    expect_query(page, Experiment().params())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everything_in_the_sidebar_fits_a_projector(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 720})
    goto(page, "cell", lang=language, epochs=20)
    sidebar = page.get_by_test_id("stSidebar")
    last = sidebar.get_by_test_id("stButton").last.bounding_box()
    assert last is not None
    assert (
        last["y"] + last["height"] < 720 - 24
    )  # one more row of links may come; those of Automaton and of Grammars have
    texts = sidebar.locator("a p, button p").evaluate_all(
        "(all) => all.map((p) => [p.textContent, p.scrollWidth - p.clientWidth])"
    )
    assert [text for text, hidden in texts if hidden > 0] == []


def test_on_a_phone_the_sidebar_stays_out_of_the_way(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    goto(page, "cell", epochs=20)
    sidebar, opener = page.get_by_test_id("stSidebar"), page.get_by_test_id("stExpandSidebarButton")
    for label, path in (("Gates", "gates"), ("Training", "training"), ("Cell", "cell")):
        expect(sidebar).not_to_be_in_viewport()
        opener.click()
        expect(sidebar).to_be_in_viewport()
        expect(sidebar.get_by_role("button", name="Train again")).to_be_in_viewport()  # without scrolling
        follow(page, label, path)
    expect(sidebar).not_to_be_in_viewport()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


# As plotly measures its texts: one after the other is put into the figure and taken out again.
_MEASURES = """() => {
    const svg = document.querySelector('.js-plotly-plot .main-svg');
    for (let text = 0; text < 50; text++) {
        const one = document.createElementNS('http://www.w3.org/2000/svg', 'text');
        one.textContent = 'loss, 정답률';
        svg.append(one);
        one.getBoundingClientRect();
        one.remove();
    }
}"""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_figure_that_measures_its_texts_leaves_the_rest_of_the_page_alone(page: Page, language: str) -> None:
    goto(page, "training", lang=language, task="xyxz", epochs=20)
    page.wait_for_selector(".js-plotly-plot .main-svg")
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.evaluate(_MEASURES)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    styled = [event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree"]
    assert len(styled) >= 50
    assert sum(styled) < 500  # of 50 texts and what moves on the page meanwhile; one round over the page is as many


def test_a_link_can_hide_controls(page: Page) -> None:
    goto(page, "cell", hide="cell,seed,buttons", **OTHER.params())
    expect(field(page, "Cell")).to_have_count(0)
    expect(field(page, "Seed")).to_have_count(0)
    expect(page.get_by_role("button", name="Train again")).to_have_count(0)
    enter(page, "Hidden nodes", "6")
    follow(page, "Gates", "gates")
    expect(field(page, "Hidden nodes")).to_have_value("6")
    expect(field(page, "Seed")).to_have_count(0)
    expect_query(page, OTHER.params() | {"hidden": "6", "hide": "cell,seed,buttons"})
