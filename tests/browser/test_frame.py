"""The controls and the URL, the pages and the two languages, in a real browser."""

import contextlib
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import goto, turn, wait_idle

OTHER = Experiment("xyxz", "rnn", 5, 9, 0.05, 20)  # quick to train
SMALL = Experiment(epochs=20)  # likewise, and else what is usual


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


def test_a_link_s_experiment_goes_along_to_every_page(walked: Page) -> None:
    turn(walked, "cell", **OTHER.params())
    for label, path in (
        ("Gates", "gates"),
        ("Lecture", "lecture"),
        ("Training", "training"),
        ("Shapes", "shapes"),
        ("Home", ""),
        ("Cell", "cell"),
    ):
        follow(walked, label, path)
        if label in ("Lecture", "Shapes"):
            line = walked.get_by_test_id("stSidebar").get_by_test_id("stCaptionContainer")
            expect(line).to_have_text("The other pages show: xyxz · RNN (tanh) · 5 nodes · seed 9")
            expect(walked.locator(".st-key-experiment")).to_have_count(0)
        else:
            expect_controls(walked, OTHER)
        expect_query(walked, OTHER.params())


def test_a_bad_value_waits_on_a_page_where_it_does_not_act(page: Page) -> None:
    goto(page, "shapes", **OTHER.params() | {"hidden": "999"})
    expect_problems(page)
    follow(page, "Cell", "cell")
    expect_problems(page, "error Hidden nodes must be a whole number from 1 to 64; got “999”, so 3 stays in use.")
    expect(field(page, "Hidden nodes")).to_have_value("999")


def test_a_control_survives_a_page_change_and_a_reload(page: Page) -> None:
    goto(page, "cell", **SMALL.params())
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


def test_back_and_forward_go_through_the_experiments(walked: Page) -> None:
    turn(walked, "cell", **SMALL.params())
    enter(walked, "Hidden nodes", "4")
    enter(walked, "Hidden nodes", "5")
    follow(walked, "Gates", "gates")
    for hidden, path in ((5, "cell"), (4, "cell"), (3, "cell")):
        walked.go_back()
        walked.wait_for_url(re.compile(f"/{path}"))
        wait_idle(walked)
        expect_controls(walked, Experiment(hidden_size=hidden, epochs=20))
    walked.go_forward()
    wait_idle(walked)
    expect_controls(walked, Experiment(hidden_size=4, epochs=20))


def test_quick_use_of_controls_loses_nothing(page: Page) -> None:
    goto(page, "cell", **SMALL.params())
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


def test_a_bad_value_keeps_the_last_good_one_until_it_is_mended(walked: Page) -> None:
    turn(walked, "training", **Experiment(hidden_size=7, epochs=20).params())
    enter(walked, "Hidden nodes", "65")
    expect_problems(walked, "error Hidden nodes must be a whole number from 1 to 64; got “65”, so 7 stays in use.")
    expect(walked.locator(".chips").first).to_contain_text("nodes 7")
    expect(field(walked, "Hidden nodes")).to_have_value("65")
    enter(walked, "Hidden nodes", "64")
    expect_problems(walked)
    field(walked, "Learning rate").fill("fast")
    field(walked, "Learning rate").press("Enter")
    wait_idle(walked)
    expect_problems(
        walked, "error The learning rate must be a number above 0, at most 10; got “fast”, so 0.1 stays in use."
    )
    choose(walked, "Learning rate", "0.3")
    expect_problems(walked)
    expect_query(walked, Experiment(hidden_size=64, lr=0.3, epochs=20).params())


def test_what_somebody_types_is_shown_letter_for_letter(walked: Page) -> None:
    pattern = "<b>*x*</b>$a$->:smile::material/home:`[l](u)www.a.b"
    turn(walked, "cell", **SMALL.params() | {"task": pattern})
    expect_problems(walked)
    expect(walked.locator(".chips b").first).to_have_text(pattern)
    expect(field(walked, "Own pattern")).to_have_value(pattern)
    turn(walked, "cell", **SMALL.params() | {"task": pattern[:18], "seed": pattern[-18:]})
    typed = "\u2060?".join(re.escape(char) for char in pattern[-18:])
    expect_problems(walked, re.compile(f"“{typed}”"))
    assert walked.locator(".st-key-experiment a, .st-key-experiment .katex, .st-key-experiment code").count() == 0


def test_the_language_switch(walked: Page) -> None:
    turn(walked, "cell", **OTHER.params())
    walked.get_by_text("한국어", exact=True).click()
    wait_idle(walked)
    expect_query(walked, OTHER.params() | {"lang": "ko"})
    expect(field(walked, "은닉 노드")).to_have_value("5")
    expect(field(walked, "학습률")).to_have_value("0.05")
    follow(walked, "게이트", "gates")
    walked.reload()
    wait_idle(walked)
    expect(field(walked, "은닉 노드")).to_have_value("5")
    assert query(walked)["lang"] == "ko"
    walked.get_by_text("English", exact=True).click()
    wait_idle(walked)
    expect_controls(walked, OTHER)
    expect_query(walked, OTHER.params() | {"lang": "en"})


def test_the_browser_s_own_language_is_the_default(page: Page) -> None:
    korean = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": "ko-KR"}
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setUserAgentOverride", korean)
    goto(page, "cell", epochs=20)
    expect(field(page, "은닉 노드")).to_be_visible()
    turn(page, "cell", epochs=20, lang="en")
    expect(field(page, "Hidden nodes")).to_be_visible()
    cdp.detach()  # with which the tab speaks as before


def test_the_buttons(walked: Page) -> None:
    turn(walked, "cell", **OTHER.params())
    walked.get_by_role("button", name="New seed", exact=True).click()
    wait_idle(walked)
    expect(field(walked, "Seed")).not_to_have_value(str(OTHER.seed))
    before = OTHER.params() | {"seed": field(walked, "Seed").input_value()}
    expect_query(walked, before)
    walked.get_by_role("button", name="Train again").click()
    wait_idle(walked)
    expect_query(walked, before)
    walked.get_by_role("button", name="Restore defaults").click()
    wait_idle(walked)
    expect_controls(walked, Experiment())
    expect_query(walked, Experiment().params())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everything_in_the_sidebar_fits_a_projector(walked: Page, language: str) -> None:
    walked.set_viewport_size({"width": 1280, "height": 720})
    turn(walked, "cell", lang=language, **SMALL.params())
    expect(field(walked, "Hidden nodes" if language == "en" else "은닉 노드")).to_be_visible()
    sidebar = walked.get_by_test_id("stSidebar")
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
def test_a_figure_that_measures_its_texts_leaves_the_rest_of_the_page_alone(walked: Page, language: str) -> None:
    turn(walked, "training", lang=language, **Experiment("xyxz", epochs=20).params())
    expect(field(walked, "Hidden nodes" if language == "en" else "은닉 노드")).to_be_visible()
    walked.wait_for_selector(".js-plotly-plot .main-svg")
    browser = walked.context.browser
    assert browser is not None
    browser.start_tracing(page=walked, categories=["devtools.timeline"])
    walked.evaluate(_MEASURES)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    styled = [event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree"]
    assert len(styled) >= 50
    assert sum(styled) < 500  # of 50 texts and what moves on the walked meanwhile; one round over the walked is as many


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
