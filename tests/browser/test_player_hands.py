"""The player in the hand: keys alone, a finger, a dark room, less motion, and a class that guesses first."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import SETTLED_MS, settle
from tests.browser.player import (
    Engine,
    engine,
    expect_diagram,
    move,
    open_player,
    pin,
    place,
    press,
    selected,
    shown,
    sums,
)

EPOCHS = 120
EXPERIMENT = Experiment(epochs=EPOCHS)
FOCUSED = """() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    const style = getComputedStyle(node);
    return {
        inside: Boolean(node.closest(".player")),
        what: node.closest("[data-part]")?.dataset.part ?? "",
        name: (node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? node.textContent).trim(),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5,
        node: `${node.tagName} ${node.getAttribute("class")}`,
    };
}"""
# All that the player says, to the eye and to the ear.
SAID = """(root) => [
    root.innerText,
    ...Array.from(root.querySelectorAll("svg text"), (text) => text.textContent),
    ...Array.from(root.querySelectorAll("*"), (node) =>
        ["aria-label", "title", "aria-valuetext"].map((name) => node.getAttribute(name) ?? "").join(" ")),
].join("\\n")"""
NAMELESS = """(root) => Array.from(root.querySelectorAll("button, input, select, a, [role=button], [role=img]"))
    .filter((node) => node.getClientRects().length)
    .filter((node) => !(node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? node.textContent).trim())
    .map((node) => node.outerHTML.slice(0, 120))"""
CONTRASTS = """(root) => {
    const light = (colour) => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const ground = light(getComputedStyle(root).backgroundColor);
    return [".sum-title", ".run_says", "section h2", ".tab p", ".transport_label"].map((name) => {
        const ink = light(getComputedStyle(root.querySelector(name)).color);
        return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    });
}"""


@pytest.fixture(scope="module")
def run() -> Engine:
    return engine(EXPERIMENT)


def test_keys_alone_walk_through_the_player(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=300, unit=1)
    last = len(run.kept) - 1
    walked: list[dict[str, Any]] = []
    for _ in range(90):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if walked and not found["inside"]:
            break
        if found["inside"]:
            walked.append(found)
    else:
        pytest.fail("Tab does not leave the player")
    assert [one for one in walked if not one["name"] or not one["ring"]] == []
    assert {"letters", "diagram", "run", "transport", "panel", "save"} <= {one["what"] for one in walked}
    assert page.locator(".player").evaluate(NAMELESS) == []
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED)["node"] == walked[-1]["node"]
    for key, wanted in (
        ("ArrowRight", (301, last)),
        ("ArrowLeft", (300, last)),
        ("Shift+ArrowLeft", (294, last)),
        ("Shift+ArrowRight", (300, last)),
        ("PageDown", (300, last - 1)),
        ("PageUp", (300, last)),
        ("PageUp", (300, last)),
        ("Home", (0, last)),
        ("ArrowLeft", (0, last)),
        ("End", (598, last)),
        ("ArrowRight", (598, last)),
    ):
        press(page, key)
        assert place(page) == wanted, key
    expect_diagram(page, run.trace, 598, last, run.task)
    press(page, "Home", "Space")
    expect(page.locator(".transport_play")).to_have_attribute("aria-label", "Pause (Space)")
    press(page, "Escape")
    expect(page.locator(".transport_play")).to_have_attribute("aria-label", "Play (Space)")
    press(page, "End")
    page.locator("#transport_training").press("ArrowLeft")  # who is on this slider means the training
    settle(page)
    assert place(page) == (598, last - 1)
    stop = page.locator('[data-quantity="c"][data-when="after"] [tabindex="0"]')
    stop.press("ArrowDown")
    page.keyboard.press("Enter")
    settle(page)
    assert selected(page)["framed"] == [["c", 1]]
    assert place(page) == (598, last - 1)
    page.locator(".tabs button").nth(1).click()
    page.locator(".hold input.typed").click()
    page.locator(".hold input.typed").press("ArrowLeft")  # in a field the arrows are the field's
    page.locator(".hold input.typed").press("Home")
    assert place(page) == (598, last - 1)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_who_wants_less_motion_gets_less(open_page: Callable[..., Page], motion: str) -> None:
    page = open_page(viewport={"width": 1440, "height": 900}, reduced_motion=motion)
    open_player(page, epochs=60)
    press(page, "Home", "Space")
    moving = 0
    for _ in range(8):
        page.wait_for_timeout(120)
        moving += page.locator(".player").evaluate("(root) => root.getRootNode().getAnimations().length")
    expect(page.locator(".transport_play")).to_have_attribute("aria-label", "Pause (Space)")
    assert (moving == 0) == (motion == "reduce")


@pytest.mark.parametrize(("language", "hidden"), [("en", 3), ("ko", 3), ("en", 64), ("ko", 64)])
def test_on_a_phone_a_finger_is_enough(open_page: Callable[..., Page], language: str, hidden: int) -> None:
    experiment = Experiment(hidden_size=hidden, epochs=15)
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_player(page, **experiment.params(), lang=language, t=300)
    names = page.locator(".diagram_caption.tight").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().toJSON())"
    )
    assert len(names) == 4
    assert all(one["right"] <= other["left"] for one, other in pairwise(names))
    square = page.locator('[data-quantity="o"][data-when="now"] .diagram_square')
    square.nth(hidden // 2).tap(force=True)
    settle(page)
    assert selected(page)["framed"] == [["o", hidden // 2]]
    page.locator(".transport_forward").tap()
    settle(page)
    assert place(page)[0] == 301
    page.locator(".run_marks").first.tap(position={"x": 150, "y": 20})
    settle(page)
    assert place(page)[0] != 301
    for part in (0, 1, 2):
        page.locator(".tabs button").nth(part).tap()
        settle(page)
        assert page.locator(".player").evaluate("(root) => root.scrollWidth - root.clientWidth") <= 0
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    small = page.locator(".player").evaluate(
        """(root) => Array.from(root.querySelectorAll("button, input, select")).filter((node) => {
            const box = node.getBoundingClientRect();
            return box.height && (box.height < 31.5 || box.width < 24) && !node.matches(".weight, .letters_cell");
        }).map((node) => `${node.tagName} ${node.className} ${node.textContent}`)"""
    )
    assert small == []
    if (hidden, language) == (3, "en"):
        expect_diagram(page, engine(experiment).trace, *place(page), engine(experiment).task)


def test_in_a_dark_room(open_page: Callable[..., Page], run: Engine) -> None:
    page = open_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    open_player(page, epochs=EPOCHS, t=300)
    expect(page.locator(".player")).to_have_class(re.compile(r"\bdark\b"))
    expect_diagram(page, run.trace, 300, len(run.kept) - 1, run.task)
    assert min(page.locator(".player").evaluate(CONTRASTS)) >= 4.5


def expect_hidden(page: Page, run: Engine, t: int, e: int) -> None:
    """Nothing says what comes next, and what the network makes of it."""
    settle(page, SETTLED_MS)
    said = page.locator(".player").evaluate(SAID)
    for logit in run.trace.logits[e, t]:
        assert number(logit) not in said, f"the logit {number(logit)} is told"
    assert {(bar["probability"], bar["logit"], bar["mark"]) for bar in shown(page)[0]["bars"]} == {("", "", "")}
    expect(page.locator(".letters_cell.next b")).to_have_text("?")
    assert set(page.locator(".letters_cell.future b").all_inner_texts()) <= {""}
    assert set(page.locator(".letters_cell.next s, .letters_cell.future s").all_inner_texts()) <= {""}
    for cell in page.locator(".letters_cell.next, .letters_cell.future").all():
        assert (cell.get_attribute("aria-label") or "").endswith(": hidden")
    expect(page.locator("section.see")).not_to_contain_text("predicts")
    expect(page.locator("section.why p")).to_have_count(1)
    expect(page.locator(".transport_veil")).to_be_visible()
    expect(page.locator(".diagram_phases button").last).to_be_disabled()
    pin(page, "logits", 1)
    assert sums(page)["value"] == "?"
    expect(page.locator(".sum-rows")).to_be_hidden()
    assert selected(page)["says"] == ""


def test_the_next_letter_stays_hidden_until_somebody_guesses(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=586, q="f")
    last, letters = len(run.kept) - 1, run.task.alphabet
    right = {t: int(run.trace.probabilities[last, t].argmax()) == run.task.y[t] for t in range(599)}
    page.get_by_role("button", name="Hide the next letter", exact=True).click()
    choice = page.locator(".letters_choice")
    expect(choice.first).to_be_focused()
    expect_hidden(page, run, 586, last)
    choice.nth(int(run.task.y[586])).click()
    settle(page, SETTLED_MS)
    network = int(right[586])
    expect(page.locator(".letters_tally")).to_have_text(f"you 1 of 1, network {network} of 1")
    assert sums(page)["value"] == number(run.trace.logits[last, 586, 1])
    pin(page, "f", 0)
    expect_diagram(page, run.trace, 586, last, run.task)
    page.get_by_role("button", name="Next letter", exact=True).click()
    expect_hidden(page, run, 587, last)
    wrong = letters[(int(run.task.y[587]) + 1) % len(letters)]
    page.locator(".player").press(wrong if wrong.islower() else f"Shift+{wrong}")
    network += int(right[587])
    expect(page.locator(".letters_tally")).to_have_text(f"you 1 of 2, network {network} of 2")
    expect(page.locator(".letters_told")).to_contain_text(re.compile(f"You: .*{wrong}.* ✕"))
    press(page, "ArrowRight")
    expect_hidden(page, run, 588, last)
    pin(page, "c", 0)
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".letters_tally")).to_have_text(f"you 1 of 2, network {network} of 2")
    expect_diagram(page, run.trace, 588, last, run.task)
    move(page, 40)
    expect_hidden(page, run, 40, last)
    page.get_by_role("button", name="Stop guessing").click()
    pin(page, "c", 0)
    expect_diagram(page, run.trace, 40, last, run.task)
