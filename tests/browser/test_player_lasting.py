"""What the player keeps while time goes on, while a page is left, and while a hand does the unexpected."""

import re

import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import settle
from tests.browser.player import (
    Engine,
    answered,
    button,
    engine,
    move,
    open_player,
    pin,
    place,
    press,
    sums,
    tab,
    wait_shown,
)
from tests.browser.test_frame import follow

EPOCHS = 120
EXPERIMENT = Experiment(epochs=EPOCHS)
# Where a square of the first network's diagram stands.
SQUARE = """(root, [quantity, unit]) => {
    const squares = root.querySelectorAll(`[data-quantity="${quantity}"][data-when] .diagram_square`);
    const box = squares[unit].getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""


@pytest.fixture(scope="module")
def run() -> Engine:
    return engine(EXPERIMENT)


def test_a_number_pointed_at_goes_along_with_time(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=580, q="c")
    x, y = page.locator(".player").evaluate(SQUARE, ["f", 1])
    page.mouse.move(x, y)
    expect(page.locator(".sum-title")).to_have_text(re.compile("f"))
    last = len(run.kept) - 1
    assert sums(page)["value"] == number(run.trace.f[last, 580, 1])
    for t in (581, 582):
        page.keyboard.press("ArrowRight")
        settle(page)
        assert sums(page)["value"] == number(run.trace.f[last, t, 1])
    page.locator("#transport_time").focus()  # and ends when the focus goes elsewhere
    page.mouse.move(5, 5)
    press(page, "ArrowLeft")
    assert "c" in sums(page)["title"]


def test_a_page_left_while_it_plays_comes_back_with_the_whole_step(page: Page) -> None:
    open_player(page, epochs=EPOCHS, t=580)
    page.locator(".player").press(" ")
    phases = page.locator(".diagram_phases button")
    expect(phases.first).to_have_attribute("aria-pressed", "true")
    settle(page)
    page.reload()
    wait_shown(page)
    expect(phases.last).to_have_attribute("aria-pressed", "true")
    page.locator(".player").press(" ")
    expect(phases.first).to_have_attribute("aria-pressed", "true")
    follow(page, "Gates", "gates")
    follow(page, "Cell", "cell")
    wait_shown(page)
    expect(phases.last).to_have_attribute("aria-pressed", "true")


def test_what_is_said_of_a_unit_that_was_switched_off_is_true(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=590, q="h", unit=1)
    tab(page, "change")
    button(page, "switch unit 1 off").click()
    answered(page)
    tab(page, "explain")
    expect(page.locator(".see")).to_contain_text("h1 = 0.000: held from outside")
    expect(page.locator(".see")).not_to_contain_text("The output gate")


def test_a_drag_whose_end_nobody_told_is_over(page: Page) -> None:
    open_player(page, epochs=EPOCHS, t=590)
    picture = page.locator(".run_marks").first
    box = picture.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.7 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], middle, steps=4)
    at = place(page)[0]
    assert at != 590
    picture.evaluate(
        "(canvas) => canvas.dispatchEvent(new PointerEvent('pointermove', { buttons: 0, clientX: 300, bubbles: true }))"
    )
    page.mouse.move(box["x"] + 0.9 * box["width"], middle, steps=4)
    assert place(page)[0] == at
    page.mouse.up()


def test_guesses_are_of_one_text_and_count_once(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=586)
    page.get_by_role("button", name="Hide the next letter", exact=True).click()
    right = run.task.alphabet[run.task.y[586]]
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.querySelectorAll('*').forEach((one) => one.shadowRoot?.activeElement?.blur())")
    page.keyboard.press(right if right.islower() else f"Shift+{right}")  # with the focus nowhere
    tally = page.locator(".letters_tally")
    expect(tally).to_have_text(re.compile("you 1 of 1"))
    follow(page, "Gates", "gates")
    follow(page, "Cell", "cell")
    wait_shown(page)
    move(page, 580)
    move(page, 586)
    page.locator(".letters_choice").nth(int(run.task.y[586])).click()
    expect(page.locator(".letters_told")).to_contain_text("✓")
    expect(tally).to_have_text(re.compile("you 1 of 1"))  # the same step again
    page.goto(f"/cell?task=abcdabcD&hidden=4&epochs={EPOCHS}&t=586")
    wait_shown(page)


def test_guess_keys_are_found_by_their_place_on_a_korean_keyboard(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=586)
    page.get_by_role("button", name="Hide the next letter", exact=True).click()
    letter = run.task.alphabet[run.task.y[586]]
    about = {"key": "ㅁ", "code": f"Key{letter.upper()}", "shiftKey": letter.isupper(), "bubbles": True}
    page.locator(".player").evaluate("(root, about) => root.dispatchEvent(new KeyboardEvent('keydown', about))", about)
    expect(page.locator(".letters_told")).to_have_text(re.compile(f"You: .?{letter}.? ✓"))


def test_the_difference_of_two_shares_is_in_percentage_points(page: Page) -> None:
    open_player(page, epochs=EPOCHS, t=590, do="h1=0")
    answered(page)
    tab(page, "change")
    cells = page.locator(".effect tr").nth(2).locator("td")
    before, after, moved = (cells.nth(k).inner_text().replace("−", "-") for k in range(3))
    assert before.endswith("%")
    assert moved.endswith(" pp")
    difference = float(after.rstrip("%")) - float(before.rstrip("%"))
    assert abs(float(moved.removesuffix(" pp")) - difference) <= 0.11


def test_the_focus_is_never_lost_with_a_button(page: Page) -> None:
    open_player(page, epochs=EPOCHS, t=580)
    last = page.get_by_role("button", name="Last step")
    last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#transport_time")).to_be_focused()
    pin(page, "f", 0)
    tab(page, "change")
    button(page, "switch unit 1 off").click()
    answered(page)
    undo = page.locator("[data-part=panel]").get_by_role("button", name="Undo", exact=True)
    undo.focus()
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator("[data-part=panel]").get_by_role("button", name="Redo", exact=True)).to_be_focused()
