"""The pad in the hand: what follows the pen, and what happens when pens, fingers and keys do the unexpected."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Page, expect

from lstmviz.digits.doubt import doubt
from lstmviz.digits.moves import moves
from lstmviz.digits.prepare import prepare
from lstmviz.digits.readers import load_reader
from lstmviz.digits.reading import read
from tests.browser.digit_pad import (
    answered,
    clear,
    draw,
    draw_at_once,
    expect_bars,
    ink_of,
    open_pad,
    points_on,
    scrub,
    shown,
    tap,
    touch,
    turn_to_pad,
)
from tests.browser.hands import Point, skeleton

ONE, SEVEN = skeleton(1), skeleton(7)
GENEROUS_MS = 500  # from a move of the pen to its bars, on a machine that has other work too
TOOK = "performance.getEntriesByName('lstmviz digit').map((one) => one.duration)"


def pen(cdp: CDPSession, kind: str, point: Point) -> None:
    """A pen does something at a point."""
    pressed = {"button": "left", "buttons": 1 if kind != "mouseReleased" else 0, "clickCount": 1, "force": 0.5}
    cdp.send("Input.dispatchMouseEvent", {"type": kind, "x": point[0], "y": point[1], "pointerType": "pen", **pressed})


def fingers(cdp: CDPSession, kind: str, *points: Point) -> None:
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_bars_follow_the_pen(walked: Page, cell: str) -> None:
    turn_to_pad(walked)
    walked.locator(".digits_card", has_text=cell.upper()).click()
    walked.evaluate("performance.clearMeasures()")
    for first, *others in points_on(walked, SEVEN):
        walked.mouse.move(*first)
        walked.mouse.down()
        for point in others:
            walked.mouse.move(*point, steps=5)
        answered(walked)  # with the pen still down
        image = prepare(ink_of(walked))
        expect_bars(walked, read(load_reader(cell), image).probabilities[27], cell)
        walked.mouse.up()
    answered(walked)
    expect_bars(walked, read(load_reader(cell), prepare(ink_of(walked))).probabilities[27], cell)
    took = walked.evaluate(TOOK)
    assert len(took) >= 3
    assert np.median(took) < GENEROUS_MS, took


def test_the_opening_digit_gives_way_to_the_first_stroke_also_after_it_came_back(page: Page) -> None:
    inks = []
    for before in ("undo", "order"):
        open_pad(page)
        opening = ink_of(page)
        expect(page.locator('.digits_thumb[data-sample="0"]')).to_have_attribute("aria-pressed", "true")
        if before == "undo":
            draw_at_once(page, SEVEN)
            page.locator(".digits_paper").press("Control+z")
        else:
            page.get_by_role("button", name="columns", exact=True).click()
        answered(page)
        assert np.array_equal(ink_of(page), opening), before
        draw(page, ONE)
        inks.append(ink_of(page))
        page.evaluate("addEventListener('pagehide', () => sessionStorage.clear())")
    clear(page)
    draw(page, ONE)
    for ink in inks:
        assert np.array_equal(ink_of(page), ink)


def test_a_row_that_is_looked_at_says_what_it_did(walked: Page) -> None:
    turn_to_pad(walked)
    draw_at_once(walked, SEVEN)
    image = prepare(ink_of(walked))
    reading = read(load_reader(), image)
    did = moves(load_reader(), reading, image)
    said = walked.locator(".digits_line .digits_says")
    first = int(np.flatnonzero(image.any(axis=1))[0])
    scrub(walked, first - 1)
    expect(said).to_contain_text(f"row {first}: nothing was seen yet")
    change = np.abs(np.diff(reading.probabilities, axis=0)).max(axis=1)
    row = int(change.argmax()) + 1
    scrub(walked, row)
    expect(said).to_contain_text(f"row {row + 1} takes {did.fall[row]} from ")
    expect(said).to_contain_text(f" and lifts {did.rise[row]} from ")
    expect(said).to_contain_text(f"{did.units[row].argmax() + 1}")
    still = int(np.flatnonzero(change < 0.002)[-1]) + 1
    scrub(walked, min(still, 26))
    expect(said).to_contain_text(f"moves nothing by half a percent: {reading.answer} stays at ")


def test_what_is_no_digit_is_called_that_and_read_all_the_same(walked: Page) -> None:
    turn_to_pad(walked)
    draw_at_once(walked, [[(0.5, 0.1), (0.7, 0.85), (0.15, 0.35), (0.85, 0.35), (0.3, 0.85), (0.5, 0.1)]])
    found = doubt(prepare(ink_of(walked)))
    assert found.perhaps
    said = walked.locator(".digits_second")
    expect(said).to_contain_text("Perhaps not a digit: fewer than ")
    expect(said).to_contain_text(str(found.answers["lstm"]))
    assert shown(walked)["big"] == str(found.answers["lstm"])
    clear(walked)
    draw_at_once(walked, SEVEN)
    expect(said).not_to_contain_text("Perhaps")


def test_the_focus_is_never_lost_with_a_button(page: Page) -> None:
    open_pad(page)
    draw_at_once(page, SEVEN)
    ink = ink_of(page)
    clear(page)  # the button has nothing more to clear
    page.keyboard.press("Control+z")
    answered(page)
    assert np.array_equal(ink_of(page), ink)
    undo = page.get_by_role("button", name="Undo")
    while undo.is_enabled():
        undo.click()
        answered(page)
    page.keyboard.press("Control+y")
    answered(page)
    assert undo.is_enabled()
    page.locator(".digits_row").nth(12).click()
    page.get_by_role("button", name="Uncover all").click()
    page.keyboard.press("Delete")
    answered(page)
    assert shown(page)["says"] == "Nothing drawn yet"


def test_a_row_is_covered_by_voice_and_by_space_and_only_where_something_is_read(walked: Page) -> None:
    turn_to_pad(walked, 0)
    row = walked.locator(".digits_row").nth(12)
    row.evaluate("(option) => option.click()")
    expect(row).to_have_attribute("aria-selected", "true")
    row.press(" ")
    expect(row).to_have_attribute("aria-selected", "false")
    row.press("Delete")  # clears where the pad has the focus
    answered(walked)
    assert shown(walked)["big"] != "–"
    clear(walked)
    draw_at_once(walked, [[(0.5, 0.5)]])
    row.click()
    expect(row).to_have_attribute("aria-selected", "false")


def test_letters_are_found_by_their_place_on_a_korean_keyboard(walked: Page) -> None:
    turn_to_pad(walked)
    for key, code, name in (("ㄷ", "KeyE", "Eraser (E)"), ("ㅔ", "KeyP", "Pen (P)")):
        walked.locator(".digits_paper").evaluate(
            "(pad, about) => pad.dispatchEvent(new KeyboardEvent('keydown', about))",
            {"key": key, "code": code, "bubbles": True, "composed": True},
        )
        expect(walked.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")


def test_a_pen_draws_and_takes_over_from_the_hand_that_came_first(walked: Page) -> None:
    turn_to_pad(walked)
    draw(walked, ONE)
    wanted = ink_of(walked)
    clear(walked)
    cdp = walked.context.new_cdp_session(walked)
    ((first, *others),) = points_on(walked, ONE)
    palm = points_on(walked, [[(0.9, 0.9), (0.85, 0.92)]])[0]
    fingers(cdp, "touchStart", palm[0])
    fingers(cdp, "touchMove", palm[1])
    pen(cdp, "mousePressed", first)
    for point in others:
        pen(cdp, "mouseMoved", point)
    fingers(cdp, "touchEnd")
    pen(cdp, "mouseReleased", others[-1])
    answered(walked)
    assert np.array_equal(ink_of(walked), wanted)


def test_a_finger_that_the_system_takes_back_leaves_nothing_and_a_second_one_nothing_either(walked: Page) -> None:
    turn_to_pad(walked)
    cdp = walked.context.new_cdp_session(walked)
    (first, *others), *_ = points_on(walked, SEVEN)
    fingers(cdp, "touchStart", first)
    fingers(cdp, "touchMove", others[0])
    fingers(cdp, "touchCancel")
    answered(walked)
    assert ink_of(walked).sum() == 0
    touch(walked, cdp, ONE)
    wanted = ink_of(walked)
    tap(walked, cdp, ".digits_clear")
    answered(walked)
    ((first, *others),) = points_on(walked, ONE)
    fingers(cdp, "touchStart", first)
    second = (first[0] + 80, first[1] + 80)
    for point in others:
        fingers(cdp, "touchMove", point, second)
    walked.wait_for_timeout(200)
    fingers(cdp, "touchEnd")
    answered(walked)
    assert np.array_equal(ink_of(walked), wanted)


def test_a_finger_is_told_a_number_first_and_offered_to_cover_its_row(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_pad(page)
    cdp = page.context.new_cdp_session(page)
    expect(page.locator(".digits_says")).to_contain_text("Touch a square")
    for place, said in ((".digits_heat", r"row \d+: .*%"), (".digits_over", r"row \d+.* = ")):
        page.locator(place).scroll_into_view_if_needed()
        tap(page, cdp, place)
        expect(page.locator(".digits_says")).to_have_text(re.compile(said))
        expect(page.locator(".digits_row[aria-selected=true]")).to_have_count(0)
    page.get_by_role("button", name=re.compile(r"^Cover row \d+$")).click()
    answered(page)
    expect(page.locator(".digits_row[aria-selected=true]")).to_have_count(1)
