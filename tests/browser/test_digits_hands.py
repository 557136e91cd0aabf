"""The pad in the hand: what follows the pen, and what happens when pens, fingers and keys do the unexpected."""

import re
from collections.abc import Callable, Sequence
from typing import Any

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
    expect_bars,
    ink_of,
    open_pad,
    points_on,
    scrub,
    shown,
    tap,
    touch,
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


def alone(page: Page, strokes: Sequence[Sequence[Point]]) -> Any:
    """The ink of a drawing on bare paper."""
    clear(page)
    draw(page, strokes)
    return ink_of(page)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_bars_follow_the_pen(page: Page, cell: str) -> None:
    open_pad(page)
    page.locator(".digits_card", has_text=cell.upper()).click()
    clear(page)
    page.evaluate("performance.clearMeasures()")
    for first, *others in points_on(page, SEVEN):
        page.mouse.move(*first)
        page.mouse.down()
        for point in others:
            page.mouse.move(*point, steps=12)
        answered(page)  # with the pen still down
        image = prepare(ink_of(page))
        expect_bars(page, read(load_reader(cell), image).probabilities[27], cell)
        page.mouse.up()
    answered(page)
    expect_bars(page, read(load_reader(cell), prepare(ink_of(page))).probabilities[27], cell)
    took = page.evaluate(TOOK)
    assert len(took) >= 3
    assert np.median(took) < GENEROUS_MS, took


def test_the_opening_digit_gives_way_to_the_first_stroke_also_after_it_came_back(page: Page) -> None:
    open_pad(page)
    wanted = alone(page, ONE)
    page.reload()
    page.evaluate("sessionStorage.clear()")
    for before in ("undo", "order"):
        page.evaluate("addEventListener('pagehide', () => sessionStorage.clear())")
        open_pad(page)
        opening = ink_of(page)
        if before == "undo":
            draw(page, SEVEN)
            page.locator(".digits_paper").press("Control+z")
        else:
            page.get_by_role("button", name="columns", exact=True).click()
        answered(page)
        assert np.array_equal(ink_of(page), opening), before
        draw(page, ONE)
        assert np.array_equal(ink_of(page), wanted), before


def test_a_row_that_is_looked_at_says_what_it_did(page: Page) -> None:
    open_pad(page)
    clear(page)
    draw(page, SEVEN)
    image = prepare(ink_of(page))
    reading = read(load_reader(), image)
    did = moves(load_reader(), reading, image)
    said = page.locator(".digits_line .digits_says")
    first = int(np.flatnonzero(image.any(axis=1))[0])
    scrub(page, first - 1)
    expect(said).to_contain_text(f"row {first}: nothing was seen yet")
    change = np.abs(np.diff(reading.probabilities, axis=0)).max(axis=1)
    row = int(change.argmax()) + 1
    scrub(page, row)
    expect(said).to_contain_text(f"row {row + 1} takes {did.fall[row]} from ")
    expect(said).to_contain_text(f" and lifts {did.rise[row]} from ")
    expect(said).to_contain_text(f"{did.units[row].argmax() + 1}")
    still = int(np.flatnonzero(change < 0.002)[-1]) + 1
    scrub(page, min(still, 26))
    expect(said).to_contain_text(f"moves nothing by half a percent: {reading.answer} stays at ")


def test_what_is_no_digit_is_called_that_and_read_all_the_same(page: Page) -> None:
    open_pad(page)
    clear(page)
    draw(page, [[(0.5, 0.1), (0.7, 0.85), (0.15, 0.35), (0.85, 0.35), (0.3, 0.85), (0.5, 0.1)]])
    found = doubt(prepare(ink_of(page)))
    assert found.perhaps
    said = page.locator(".digits_second")
    expect(said).to_contain_text("Perhaps not a digit: fewer than ")
    expect(said).to_contain_text(str(found.answers["lstm"]))
    assert shown(page)["big"] == str(found.answers["lstm"])
    clear(page)
    draw(page, SEVEN)
    expect(said).not_to_contain_text("Perhaps")


def test_the_focus_is_never_lost_with_a_button(page: Page) -> None:
    open_pad(page)
    draw(page, SEVEN)
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


def test_a_row_is_covered_by_voice_and_by_space_and_only_where_something_is_read(page: Page) -> None:
    open_pad(page)
    row = page.locator(".digits_row").nth(12)
    row.evaluate("(option) => option.click()")
    expect(row).to_have_attribute("aria-selected", "true")
    row.press(" ")
    expect(row).to_have_attribute("aria-selected", "false")
    row.press("Delete")  # clears where the pad has the focus
    answered(page)
    assert shown(page)["big"] != "–"
    clear(page)
    draw(page, [[(0.5, 0.5)]])
    row.click()
    expect(row).to_have_attribute("aria-selected", "false")


def test_letters_are_found_by_their_place_on_a_korean_keyboard(page: Page) -> None:
    open_pad(page)
    for key, code, name in (("ㄷ", "KeyE", "Eraser (E)"), ("ㅔ", "KeyP", "Pen (P)")):
        page.locator(".digits_paper").evaluate(
            "(pad, about) => pad.dispatchEvent(new KeyboardEvent('keydown', about))",
            {"key": key, "code": code, "bubbles": True, "composed": True},
        )
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")


def test_a_pen_draws_and_takes_over_from_the_hand_that_came_first(page: Page) -> None:
    open_pad(page)
    wanted = alone(page, ONE)
    clear(page)
    cdp = page.context.new_cdp_session(page)
    ((first, *others),) = points_on(page, ONE)
    palm = points_on(page, [[(0.9, 0.9), (0.85, 0.92)]])[0]
    fingers(cdp, "touchStart", palm[0])
    fingers(cdp, "touchMove", palm[1])
    pen(cdp, "mousePressed", first)
    for point in others:
        pen(cdp, "mouseMoved", point)
    fingers(cdp, "touchEnd")
    pen(cdp, "mouseReleased", others[-1])
    answered(page)
    assert np.array_equal(ink_of(page), wanted)


def test_a_finger_that_the_system_takes_back_leaves_nothing_and_a_second_one_nothing_either(page: Page) -> None:
    open_pad(page)
    clear(page)
    cdp = page.context.new_cdp_session(page)
    (first, *others), *_ = points_on(page, SEVEN)
    fingers(cdp, "touchStart", first)
    fingers(cdp, "touchMove", others[0])
    fingers(cdp, "touchCancel")
    answered(page)
    assert ink_of(page).sum() == 0
    touch(page, cdp, ONE)
    wanted = ink_of(page)
    tap(page, cdp, ".digits_clear")
    answered(page)
    ((first, *others),) = points_on(page, ONE)
    fingers(cdp, "touchStart", first)
    second = (first[0] + 80, first[1] + 80)
    for point in others:
        fingers(cdp, "touchMove", point, second)
    page.wait_for_timeout(200)
    fingers(cdp, "touchEnd")
    answered(page)
    assert np.array_equal(ink_of(page), wanted)


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
