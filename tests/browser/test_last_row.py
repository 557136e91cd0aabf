"""What weak eyes, a screen reader and the last row need, on every page: axe-core finds nothing grave and no text is
smaller than 12 pixels, in English in the light and in Korean in the dark (no colour hangs on the language)."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstmviz.ui.frame.navigation import PAGES
from tests.browser.conftest import PATIENCE_MS, ROOT, goto, settle, turn, wait_trained

AXE = ROOT / "node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")
ORDER = ("heading-order", "page-has-heading-one")  # axe calls them moderate
QUICK: dict[str, dict[str, object]] = {
    "grid": {"grid_epochs": 20},
    "memory": {"map_memory": 4, "map_hidden": 2, "map_seeds": 4, "map_epochs": 60},
    "matching": {"halves_updates": 200, "halves_seeds": 1, "halves_hidden": 5, "halves_longest": 3},
    "grammar": {"grammar_updates": 150, "grammar_seeds": 1, "grammar_hidden": 4, "grammar_cells": "lstm"},
    "text": {"text_epochs": 20, "text_cell": "lstm"},
}
"""What of a page takes little to train."""

SYMBOLS = ("letters_cell", "machine_state", "grid_cell", "digits_row")
"""What is named by what it stands for, and shows symbols, as a letter or ✓: WCAG 2.5.3 excepts those, axe does not."""

_ASK = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    const why = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message)[0];
    const told = (node) => `${node.target.flat().join(" ")} | ${node.html.slice(0, 160)} | ${why(node)}`;
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(told) }));
}"""

# What is drawn has the size that it has on the screen: an SVG may be drawn smaller than it is written.
_SMALL = """(least) => {
    const small = [];
    const look = (root) => {
        for (const one of root.querySelectorAll("*")) {
            if (one.shadowRoot) look(one.shadowRoot);
            const texts = Array.from(one.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE);
            const text = texts.map((node) => node.textContent).join("").replaceAll("\\u200b", "").trim();
            // Formulas are there once more, clipped away, for screen readers.
            if (!text || one.matches("style, script, noscript, title") || one.closest(".katex-mathml")) continue;
            const box = one.getBoundingClientRect();
            if (!box.width || !box.height || !one.checkVisibility({ visibilityProperty: true })) continue;
            const drawn = one.getScreenCTM?.();
            const size = parseFloat(getComputedStyle(one).fontSize) * (drawn ? Math.hypot(drawn.a, drawn.b) : 1);
            if (size < least) small.push(`${size.toFixed(1)} px: ${one.outerHTML.slice(0, 120)}`);
        }
    };
    look(document);
    return small;
}"""


def found_by_axe(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_ASK)
    grave = [one for one in found if one["impact"] in GRAVE or one["id"] in ORDER]
    told = [f"{one['id']}: {node}" for one in grave for node in one["nodes"]]
    return [
        line for line in told if not (line.startswith("label-content-name-mismatch") and any(map(line.count, SYMBOLS)))
    ]


def turn_quickly(page: Page, key: str, **query: object) -> None:
    """Turn to the page `key` with little to train."""
    file = PAGES[key].file
    turn(page, "" if file == "app.py" else Path(file).stem, **{"epochs": 60, **QUICK.get(key, {}), **query})
    wait_trained(page, 3 * PATIENCE_MS)


@pytest.mark.skipif(not (AXE.exists() or os.environ.get("CI") == "true"), reason="axe-core comes with `npm ci`")
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_every_page_can_be_read_by_all(open_page: Callable[..., Page], language: str, theme: str) -> None:
    """One walk, so that what draws in a theme takes its colours once."""
    page = open_page(viewport={"width": 1280, "height": 720}, color_scheme=theme, reduced_motion="reduce")
    other, found = ".ground:not(.dark)" if theme == "dark" else ".ground.dark", {}
    for key in PAGES:
        turn_quickly(page, key, lang=language)
        wait_faded(page)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(other)).to_have_count(0)
        found[key] = [*page.evaluate(_SMALL, 11.99), *found_by_axe(page)]
    assert found == {key: [] for key in PAGES}


def wait_faded(page: Page) -> None:
    """Wait until nothing fades any more, as what is to be redrawn does, and what takes its colours for a theme."""
    settle(page, 400)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE_MS)
    # One that has ended stays among them until the next frame, for which a page that stands still has no reason.
    page.wait_for_function(
        "document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState === 'finished')"
    )


def test_a_figure_has_a_name_and_the_table_of_its_numbers(page: Page) -> None:
    goto(page, "training", lang="en", epochs=60)
    wait_trained(page)
    figure = page.locator(".js-plotly-plot").first
    expect(figure).to_have_attribute("aria-label", re.compile("loss"))
    folded = page.locator(".figure_numbers").first
    expect(folded.locator("table")).to_have_count(0)  # made when it is asked for
    folded.get_by_text("The numbers of this figure").click()
    rows = folded.locator("tbody tr")
    expect(rows.first).to_be_visible()  # the fold opens first, and then the table is made
    drawn = figure.evaluate("(one) => one._fullData[0].y.length")
    assert rows.count() >= drawn > 10
    first = figure.evaluate("(one) => Number(one._fullData[0].y[0].toPrecision(6))")
    assert float(rows.first.locator("td").last.inner_text()) == pytest.approx(first)


@pytest.mark.parametrize(("path", "marks"), [("", ".run_marks"), ("gates", ".gates_marks")])
def test_keys_go_from_number_to_number_of_the_squares(page: Page, path: str, marks: str) -> None:
    goto(page, path, lang="en", epochs=60, unit=1, q="c", t=590)
    wait_trained(page)
    page.locator(marks).first.focus()
    for key, told in (("ArrowDown", "c₂"), ("ArrowUp", "c₁"), ("ArrowUp", "g₃")):
        page.keyboard.press(key)
        says = page.locator(".run_spoken, .gates_says").first
        expect(says).to_contain_text(told)
        expect(says).to_have_attribute("aria-live", "polite")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".run_spoken, .gates_says").first).to_contain_text("t = 589")


def test_keys_go_through_the_training_and_through_the_gradients(page: Page) -> None:
    goto(page, "training", lang="en", epochs=60)
    wait_trained(page)
    page.locator(".learned_marks").focus()
    says = page.locator(".learned_says")
    for key, letter in (("ArrowDown", "a"), ("ArrowDown", "b"), ("ArrowUp", "a"), ("ArrowLeft", "a")):
        page.keyboard.press(key)
        expect(says).to_contain_text(f"\u2068a1\u2069 → \u2068{letter}\u2069 = ")
        expect(says).to_have_attribute("aria-live", "polite")
    before = says.inner_text().split(" · ")[0]
    assert "epoch 60" not in before
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(says).to_have_text(
        re.compile(rf"^{before} · loss [^·]*$")
    )  # that one was chosen, and is now the one that stands there
    goto(page, "gradients", lang="en", epochs=60)
    wait_trained(page)
    page.locator(".matrix_marks").first.focus()
    for key, told in (("ArrowUp", (598, 598)), ("ArrowLeft", (598, 597)), ("ArrowDown", (597, 597))):
        page.keyboard.press(key)
        expect(page.locator(".matrices_says")).to_contain_text("t = {}, k = {}".format(*told))
    expect(page.locator(".matrices_says")).to_have_attribute("aria-live", "polite")


def test_what_is_wider_than_a_phone_says_that_it_scrolls(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    goto(page, "timing", lang="en")
    expect(page.locator(".timing").first).to_have_attribute("data-scrolls", "↔ more to the side")
    said = page.locator(".timing").first.evaluate("(one) => getComputedStyle(one, '::before').content")
    assert said == '"↔ more to the side"'
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".timing").first).not_to_have_attribute("data-scrolls", re.compile("."))
    page.set_viewport_size({"width": 390, "height": 844})
    goto(page, "", lang="ko", epochs=60)
    wait_trained(page)
    page.locator(".overview .folded_table summary").click()
    expect(page.locator(".overview .folded_table div")).to_have_attribute("data-scrolls", "↔ 옆으로 더 있습니다")


def test_what_is_said_for_a_moment_is_in_nobodys_way(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": 720})
    goto(page, "gates", lang="en", epochs=60)
    wait_trained(page)
    again, new = (page.get_by_role("button", name=name) for name in ("Train again", "New seed"))
    again.click()
    toast = page.get_by_test_id("stToast")
    expect(toast).to_contain_text("Trained again")
    text = page.get_by_text("What you see").bounding_box()
    said = toast.bounding_box()
    assert text is not None
    assert said is not None
    assert said["y"] + said["height"] <= text["y"] + 2
    page.mouse.move(640, 300)
    again.hover()
    expect(page.get_by_test_id("stTooltipContent")).to_be_visible()
    new.click(timeout=10_000)  # which the tooltip lies upon
    expect(page).to_have_url(re.compile(r"seed=(?!1\b)"))
