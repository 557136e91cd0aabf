"""The digit reader: what is drawn is read, every number is the engine's, and looking at them asks nobody."""

import csv
import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, WebSocketRoute, expect

from lstmviz.changes.kinds import QUANTITIES
from lstmviz.digits.prepare import prepare
from lstmviz.digits.readers import READERS, load_reader
from lstmviz.digits.reading import gradient, read
from lstmviz.ui.views.digits.view import offered
from tests.browser.conftest import wait_idle
from tests.browser.digit_pad import (
    answered,
    bars,
    clear,
    draw,
    draw_at_once,
    expect_bars,
    expect_percent,
    ink_of,
    open_pad,
    points_on,
    said_at,
    sample_read,
    scrub,
    shown,
    tap,
    touch,
    turn_to_pad,
)
from tests.browser.hands import drawings, skeleton
from tests.browser.player import traffic, value
from tests.browser.player_probes import LISTEN

ONE, EIGHT, SEVEN = skeleton(1), skeleton(8), skeleton(7)
PLACES = """(root) => {
    const top = root.getBoundingClientRect().top;
    const place = (part) => [part.getBoundingClientRect().top - top, part.getBoundingClientRect().height];
    const parts = Array.from(root.querySelectorAll("[data-part]"));
    return Object.fromEntries(parts.map((part) => [part.dataset.part, place(part)]));
}"""
ANEW = """(root, width) => {
    root.querySelector(".digits_clear").click();
    root.querySelectorAll(".digits_width")[width].click();
}"""
HARDEST = len(offered().images) - 1


def reader(page: Page) -> Any:
    return page.locator(".digit_reader")


def leave_and_return(page: Page) -> None:
    for name in ("Home", "Digits"):
        page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
        wait_idle(page, 300)
    expect(page.locator(".digit_reader[data-ready]")).to_be_attached()
    answered(page)


def places(page: Page) -> dict[str, tuple[float, float]]:
    """Where each part of the reader stands and how high it is, from the top of the reader."""
    found: dict[str, tuple[float, float]] = reader(page).evaluate(PLACES)
    return found


def move_on(page: Page, points: list[tuple[float, float]]) -> None:
    for x, y in points:
        page.mouse.move(x, y)


def go_to(page: Page, name: str) -> None:
    """Follow a link, wherever the pointer is."""
    page.get_by_test_id("stSidebar").get_by_role("link", name=name).evaluate("(link) => link.click()")
    wait_idle(page, 300)


class Line:
    """The line to a server that falls silent and speaks again, or hears nothing for a while."""

    def __init__(self, page: Page) -> None:
        self.silent = self.deaf = False
        self.held: list[Callable[[], None]] = []
        self.asked: list[Callable[[], None]] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._open)

    def _open(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        server.on_message(lambda message: self._pass_on(lambda: line.send(message), self.silent, self.held))
        line.on_message(lambda message: self._pass_on(lambda: server.send(message), self.deaf, self.asked))

    def _pass_on(self, act: Callable[[], None], hold: bool, held: list[Callable[[], None]]) -> None:
        if hold:
            held.append(act)
        else:
            act()

    def speak(self, messages: int | None = None) -> None:
        """Pass on so many of the server's messages held back; without a number all, and those to come."""
        self.silent = messages is not None
        for _ in range(len(self.held) if messages is None else messages):
            self.held.pop(0)()

    def hear(self) -> None:
        """Pass on what was asked meanwhile, and what will be."""
        self.deaf = False
        while self.asked:
            self.asked.pop(0)()


def test_a_link_is_followed_also_while_answers_are_awaited(page: Page) -> None:
    line = Line(page)
    open_pad(page)
    line.silent = True
    (first, *others), *_ = points_on(page, SEVEN)
    page.mouse.move(*first)
    page.mouse.down()
    move_on(page, others)
    page.mouse.up()  # the first move is sent, the rest waits for its answer
    page.wait_for_timeout(1000)
    answer = len(line.held)
    line.deaf = True
    page.get_by_test_id("stSidebar").get_by_role("link", name="Lecture").evaluate("(link) => link.click()")
    line.speak(answer)
    page.wait_for_timeout(300)
    assert len(line.asked) == 1  # the link's: a drawing sent after it could take Streamlit back to its page
    line.hear()
    line.speak()
    wait_idle(page, 1000)
    expect(page).to_have_url(re.compile("/lecture"))
    expect(page.locator(".digit_reader")).to_have_count(0)


def number_in(text: str) -> float:
    """The last number of a line."""
    return value(re.findall(r"−?\d+(?:\.\d+)?", text)[-1])


def test_the_bars_are_the_engine_s_after_any_row(walked: Page) -> None:
    rng = random.Random(3)
    for k in (0, HARDEST, rng.randrange(HARDEST)):
        turn_to_pad(walked, k)
        reading = sample_read(k)
        for row in (27, *rng.sample(range(27), 4)):
            scrub(walked, row)
            expect_bars(walked, reading.probabilities[row], (k, row))
            assert shown(walked)["big"] == str(reading.probabilities[row].argmax())
        assert shown(walked)["row"] == row
        for mark, at in (("changed", reading.last_change), ("decided", reading.decided)):
            found = walked.locator(f".digits_rows .digits_{mark}")
            if at is None:
                expect(found).to_be_hidden()
                continue
            middle, plot = found.bounding_box(), walked.locator(".digits_seen").bounding_box()
            assert middle is not None
            assert plot is not None
            assert int((middle["y"] + middle["height"] / 2 - plot["y"]) / (plot["height"] / 28)) == at


def test_every_square_says_the_engine_s_number(walked: Page) -> None:
    turn_to_pad(walked, 3)
    walked.get_by_role("button", name="Gradient").click()
    image, slope = offered().images[3] / 255, gradient(load_reader(), offered().images[3] / 255)
    rng = random.Random(4)
    places = [(rng.randrange(28), rng.randrange(28)) for _ in range(6)]
    for (row, column), text in zip(places, said_at(walked, ".digits_seen", places, 28), strict=True):
        found = re.fullmatch(rf"row {row + 1}, pixel {column + 1}: ink (\S+), gradient (\S+)", text)
        assert found, text
        assert abs(value(found[1]) - image[row, column]) <= 5.01e-4
        assert abs(value(found[2]) - slope[row, column]) <= 5.01e-4
    walked.get_by_role("button", name="Gradient").click()
    for number, cell in enumerate(READERS):
        walked.locator(".digits_card").nth(number).click()
        reading = sample_read(3, cell)
        expect_bars(walked, reading.probabilities[27], cell)
        digits = [(row, column % 10) for row, column in places]
        for (row, digit), text in zip(digits, said_at(walked, ".digits_heat", digits, 10), strict=True):
            assert text.startswith(f"after row {row + 1}: ŷ({digit}) = "), text
            expect_percent(text.split(" = ")[1], reading.probabilities[row, digit])
        for name in QUANTITIES[cell]:
            if cell != "rnn":  # which has one alone
                walked.locator(".digits_quantities").get_by_role("button", name=name, exact=True).click()
            for layer in (0, 1):
                walked.get_by_role("group", name="Layer").get_by_role("button", name=str(layer + 1)).click()
                row, unit = rng.randrange(28), rng.randrange(128)
                [text] = said_at(walked, ".digits_units", [(row, unit)], 128)
                assert text.startswith(f"row {row + 1}, layer {layer + 1}, unit {unit + 1}: {name} = "), text
                wanted = getattr(reading.trace.layers[layer], name)[row, unit]
                assert abs(number_in(text) - wanted) <= (5.01e-4 if abs(wanted) < 10 else 5.01e-3), text


def test_covered_rows_change_the_bars_as_the_engine_says(walked: Page) -> None:
    k = HARDEST - 3
    turn_to_pad(walked, k)
    bare = sample_read(k)
    rows = walked.locator(".digits_row")
    rows.nth(9).click(position={"x": 60, "y": 4})
    answered(walked)
    for covered in ([9], list(range(9, 10)) + list(range(14, 28))):
        if len(covered) > 1:
            rows.nth(14).click(position={"x": 60, "y": 4}, modifiers=["Shift"])
            answered(walked)
        reading = sample_read(k, covered=covered)
        expect_bars(walked, reading.probabilities[27], covered)
        for bar, before in zip(shown(walked)["bars"], bare.probabilities[27], strict=True):
            expect_percent(bar["label"].split("covered ")[1], before)
        told = shown(walked)["told"]
        assert told.startswith("Without row 10 " if covered == [9] else "Without rows 10, 15–28 "), told
        changed = reading.answer != bare.answer
        assert (f"is {reading.answer} (" in told and f"instead of {bare.answer}" in told) == changed, told
        expect(walked.locator(".digits_row[aria-selected=true]")).to_have_count(len(covered))
    walked.get_by_role("button", name="Uncover all").click()
    answered(walked)
    expect_bars(walked, bare.probabilities[27], "uncovered")
    assert shown(walked)["told"] == ""


def test_other_orders_are_read_as_the_engine_reads_them(walked: Page) -> None:
    turn_to_pad(walked, 0)
    for name, order in (("columns", "columns"), ("from below", "upside_down")):
        walked.get_by_role("button", name=name, exact=True).click()
        answered(walked)
        expect_bars(walked, sample_read(0, order=order).probabilities[27], order)
        expect(walked.locator(".digits_ordered")).to_contain_text("trained on rows from the top only")
        turned = offered().images[0].T if order == "columns" else offered().images[0][::-1]
        places = [(8, 12), (14, 9), (20, 15)]
        for (row, column), text in zip(places, said_at(walked, ".digits_seen", places, 28), strict=True):
            assert abs(number_in(text) - turned[row, column] / 255) <= 5.01e-4, (order, text)


def test_each_order_is_told_in_its_own_words(walked: Page) -> None:
    turn_to_pad(walked, 0)
    for name, scrubbed, hint, offer in (
        ("rows", "read up to row 18 of 28", "Click a row to cover it", "Cover row 18 and all after it"),
        ("columns", "read up to column 18 of 28", "Each line is a column", "Cover column 18 and all after it"),
        ("from below", "read up to row 18 of 28, from below", "Read from below", "Cover row 18 from below and all"),
    ):
        walked.get_by_role("button", name=name, exact=True).click()
        answered(walked)
        expect(walked.locator(".digits_says")).to_contain_text(hint)
        scrub(walked, 17)
        expect(walked.locator(".transport_label")).to_have_text(scrubbed)
        expect(walked.locator(".digits_says")).to_contain_text(
            scrubbed[len("read up to ") :].replace(" of 28", "").replace(",", "")
        )
        expect(walked.locator(".digits_action").nth(1)).to_contain_text(offer)
    walked.get_by_role("button", name="Cover row 18 from below", exact=True).click()
    answered(walked)
    expect_bars(walked, sample_read(0, order="upside_down", covered=[17]).probabilities[17], "the row of the scrubber")
    expect(walked.get_by_role("button", name="Uncover row 18 from below")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_covering_a_row_moves_nothing_and_selects_no_text(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900}, **({"has_touch": True} if width < 500 else {}))
    open_pad(page)
    rows = page.locator(".digits_row")
    before = places(page)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".digits_action").first).to_be_hidden()  # looking at rows is no wish to cover one
    for row, shift in ((12, False), (20, True), (24, True)):
        rows.nth(row).click(position={"x": 60, "y": 3}, modifiers=["Shift"] if shift else [])
        answered(page)
        assert places(page) == before, row
    assert page.evaluate("String(getSelection())") == ""
    clear(page)
    rows.nth(12).click(position={"x": 60, "y": 3})
    answered(page)
    expect(page.locator(".digits_row[aria-selected=true]")).to_have_count(0)  # there is nothing to be covered
    expect(page.locator(".digits_action").first).to_be_hidden()


def test_while_the_server_is_silent_no_answer_passes_for_one(page: Page) -> None:
    line = Line(page)
    open_pad(page)
    draw_at_once(page, SEVEN)
    assert shown(page)["big"] == "7"
    line.silent = True
    page.locator(".digits_clear").click()
    points = points_on(page, ONE)[0]
    page.mouse.move(*points[0])
    page.mouse.down()
    move_on(page, points[1:])
    page.mouse.up()
    expect(page.locator(".digit_reader.late")).to_be_attached()
    expect(page.locator(".digits_second")).to_have_text("waiting for the server")
    expect(page.get_by_role("button", name="No, I drew another digit.")).to_be_disabled()
    assert page.locator(".digits_big").evaluate("(big) => getComputedStyle(big).opacity") != "1"
    line.speak()
    answered(page)
    expect(page.locator(".digit_reader.late")).to_have_count(0)
    expect_bars(page, read(load_reader(), prepare(ink_of(page))).probabilities[27], "what is on the pad")
    expect(page.get_by_role("button", name="No, I drew another digit.")).to_be_enabled()


def test_a_stroke_is_kept_where_the_pad_is_taken_away(page: Page) -> None:
    open_pad(page)
    points = points_on(page, ONE)[0]
    page.mouse.move(*points[0])
    page.mouse.down()
    move_on(page, points[1:])
    answered(page)  # a message of the old page that comes after the link's would take Streamlit back
    go_to(page, "Home")
    page.mouse.up()
    go_to(page, "Digits")
    answered(page)
    assert shown(page)["big"] == "1"
    expect(page.locator(".digits_hint")).to_be_hidden()
    expect(page.locator(".digits_covered")).to_be_hidden()
    expect_bars(page, read(load_reader(), prepare(ink_of(page))).probabilities[27], "what is on the pad")
    # Undo and clear come after a stroke that is being drawn.
    for key, left in (("Control+z", True), ("Delete", False)):
        before = ink_of(page).sum()
        page.mouse.move(*points_on(page, [[(0.1, 0.9)]])[0][0])
        page.mouse.down()
        move_on(page, points_on(page, [[(0.9, 0.9)]])[0])
        page.keyboard.press(key)
        move_on(page, points_on(page, [[(0.9, 0.1)]])[0])
        page.mouse.up()
        answered(page)
        assert ink_of(page).sum() == (before if left else 0), key


def test_a_reload_keeps_the_drawing_and_rubbish_in_storage_does_no_harm(page: Page) -> None:
    open_pad(page)
    draw_at_once(page, SEVEN)
    page.get_by_role("button", name="columns", exact=True).click()
    answered(page)
    before, ink = bars(page), ink_of(page)
    page.reload()
    expect(page.locator(".digit_reader[data-ready]")).to_be_attached()
    answered(page)
    assert np.array_equal(ink_of(page), ink)
    assert bars(page) == before
    for drawn, collected in (
        ("{", '[{"label": 3}]'),
        ('{"drawing": {"acts": [{"kind": "stroke"}], "done": 1}}', "null"),
    ):
        page.evaluate(
            """(texts) => addEventListener("pagehide", () => {
                const keep = (name, text) => sessionStorage.setItem(`lstmviz.digits.${name}`, text);
                Object.entries(texts).forEach(([name, text]) => keep(name, text));
            })""",
            {"drawing": drawn, "collected": collected},
        )
        open_pad(page)  # without the strokes, which the URL had
        expect_bars(page, sample_read(0).probabilities[27], drawn)
        expect(page.locator(".digits_kept")).to_be_hidden()


def test_scrubbing_playing_and_looking_ask_nobody(page: Page) -> None:
    seen = traffic(page)
    open_pad(page)
    page.wait_for_timeout(500)
    assert seen
    seen.clear()
    page.evaluate(LISTEN)
    row = page.locator("#digits_row")
    row.focus()
    for key, wanted in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 27)):
        page.keyboard.press(key)
        expect(row).to_have_value(str(wanted))
    page.locator(".transport_speed").click(click_count=2)
    expect(page.locator(".transport_speed")).to_have_text("4×")
    row.press(" ")  # from the end it begins anew
    expect(row).not_to_have_value("27")
    expect(page.locator(".digits_first")).to_contain_text("after row")
    expect(row).to_have_value("27")
    page.locator(".digits_heat").hover(force=True)  # the rows lie over it
    expect(page.locator(".digits_says")).to_contain_text("ŷ(")
    page.locator(".digits_card").nth(2).click()
    page.get_by_role("button", name="Gradient").click()
    page.get_by_role("button", name="No, I drew another digit.").click()
    page.locator(".digits_label").nth(4).click()
    page.wait_for_timeout(300)
    assert seen == []
    assert page.evaluate("window.__ran") == 0


def test_draw_with_the_mouse_undo_erase_clear_and_come_back(page: Page) -> None:
    open_pad(page)
    draw(page, ONE)  # the digit that the page opens with gives way
    assert shown(page)["big"] == "1"
    expect_bars(page, read(load_reader(), prepare(ink_of(page))).probabilities[27], "what is on the pad")
    clear(page)
    assert shown(page)["says"] == "Nothing drawn yet"
    draw_at_once(page, EIGHT)
    assert shown(page)["big"] == "8"
    eight = bars(page)
    draw_at_once(page, [[(0.02, 0.5), (0.98, 0.5)]])
    assert bars(page) != eight
    page.keyboard.press("Control+z")
    answered(page)
    assert bars(page) == eight
    page.keyboard.press("Control+Shift+z")
    answered(page)
    assert bars(page) != eight
    page.locator(".digits_undo").click()
    answered(page)
    assert bars(page) == eight
    page.keyboard.press("e")
    expect(page.locator(".digits_eraser")).to_have_attribute("aria-pressed", "true")
    ink = ink_of(page).sum()
    draw(page, [[(0.15, 0.75), (0.5, 0.75)]])
    assert ink_of(page).sum() < 0.97 * ink
    page.keyboard.press("Control+z")
    page.keyboard.press("p")
    answered(page)
    leave_and_return(page)
    assert shown(page)["big"] == "8"
    assert bars(page) == eight
    page.keyboard.press("Delete")  # the focus is elsewhere
    assert bars(page) == eight
    page.locator(".digits_paper").press("Control+y")  # and what was undone is there as well
    answered(page)
    assert ink_of(page).sum() < 0.97 * ink
    page.locator(".digits_paper").press("Delete")
    answered(page)
    assert shown(page)["says"] == "Nothing drawn yet"
    assert ink_of(page).sum() == 0


def test_draw_with_a_finger(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    open_pad(page, lang="ko")
    cdp = page.context.new_cdp_session(page)
    page.locator(".digits_paper").scroll_into_view_if_needed()
    before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    touch(page, cdp, ONE)
    assert shown(page)["big"] == "1"
    tap(page, cdp, ".digits_clear")
    expect(page.locator(".digits_hint")).to_be_visible()
    answered(page)
    assert shown(page)["big"] == "–"
    touch(page, cdp, EIGHT)
    assert shown(page)["big"] == "8"
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == before


def test_what_is_no_digit_is_said_not_guessed(walked: Page) -> None:
    turn_to_pad(walked)
    assert (shown(walked)["big"], shown(walked)["says"]) == ("–", "Nothing drawn yet")
    rng = random.Random(5)
    for key in ("]", "[", "[", "["):
        walked.locator(".digits_paper").press(key)
        draw_at_once(walked, [[(rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8))]])
        assert (shown(walked)["big"], shown(walked)["says"]) == ("–", "Only a dot")
        clear(walked)
    for _ in range(5):
        walked.locator(".digits_paper").press("]")
    draw_at_once(walked, [[(x, y / 20) for x in ((0, 1) if y % 2 else (1, 0))] for y in range(1, 20, 2)])
    assert (shown(walked)["big"], shown(walked)["says"]) == ("–", "All painted over")
    assert {bar["text"] for bar in shown(walked)["bars"]} == {"–"}
    expect(walked.get_by_role("button", name="No, I drew another digit.")).to_be_disabled()


def test_thirty_drawings_of_several_hands_are_read(page: Page) -> None:
    """One of each digit by the page, and all by the engine, from the ink on the pad."""
    line = Line(page)
    open_pad(page)
    network, wrong, count = load_reader("lstm"), list[str](), 0
    for written in drawings():
        if written.hand:
            line.deaf = True
        else:
            line.hear()
        reader(page).evaluate(ANEW, written.width)
        draw_at_once(page, written.strokes, wait=not line.deaf)
        answer = read(network, prepare(ink_of(page))).answer
        if not line.deaf:
            assert shown(page)["big"] == str(answer)
        count += 1
        if answer != written.digit:
            wrong.append(f"{written.digit} in hand {written.hand} is read as {answer}")
    line.hear()  # the tab serves other tests too
    assert count >= 30
    assert len(wrong) <= 2, wrong


def test_wrong_ones_are_collected_and_downloaded(page: Page) -> None:
    open_pad(page)
    page.get_by_role("button", name="No, I drew another digit.").click()
    expect(page.locator(".digits_label").nth(sample_read(0).answer)).to_be_disabled()
    page.locator(".digits_label").nth(5).click()
    page.get_by_role("button", name="No, I drew another digit.").click()  # labelled again, it is there once
    page.locator(".digits_label").nth(6).click()
    expect(page.locator(".digits_kept b")).to_have_text("1 collected")
    draw_at_once(page, SEVEN)
    image = prepare(ink_of(page))
    page.get_by_role("button", name="columns", exact=True).click()
    answered(page)
    for row in (2, 3):
        page.locator(".digits_row").nth(row).click()
        answered(page)
    answer = shown(page)["big"]
    label = "1" if answer == "7" else "7"
    page.get_by_role("button", name="No, I drew another digit.").click()
    page.locator(".digits_label").nth(int(label)).click()
    expect(page.locator(".digits_kept b")).to_have_text("2 collected")
    expect(page.locator(".digits_private")).to_have_text("Kept in this tab only, never on the server.")
    leave_and_return(page)
    page.reload()
    expect(page.locator(".digits_kept b")).to_have_text("2 collected")
    with page.expect_download() as saving:
        page.get_by_role("button", name="CSV").click()
    head, first, second = list(csv.reader(io.StringIO(Path(saving.value.path()).read_text())))
    assert head == ["label", "answer", "network", "order", "covered", *(f"pixel{k}" for k in range(784))]
    assert first[:5] == ["6", str(sample_read(0).answer), "lstm", "rows", ""]
    assert np.array_equal(np.array(first[5:], dtype=int), offered().images[0].ravel())
    assert second[:5] == [label, answer, "lstm", "columns", "3 4"]
    assert np.abs(np.array(second[5:], dtype=int) - 255 * image.ravel()).max() <= 0.51
    with page.expect_download() as saving:
        page.get_by_role("button", name="PNG").click()
    with Image.open(saving.value.path()) as picture:
        assert (picture.format, picture.width) == ("PNG", 2 * (112 + 8) + 8)
        grey = 255 - np.asarray(picture.convert("L"), dtype=int)
    for left, values in ((8, first), (128, second)):
        drawn = np.array(values[5:], dtype=int).reshape(28, 28)
        assert np.abs(grey[10:118:4, left + 2 : left + 110 : 4] - drawn[:27, :27]).max() <= 1
    page.get_by_role("button", name="remove last").click()
    expect(page.locator(".digits_kept b")).to_have_text("1 collected")
    page.get_by_role("button", name="remove all").click()
    expect(page.locator(".digits_kept")).to_be_hidden()


def test_the_keyboard_covers_rows_and_tab_goes_on(walked: Page) -> None:
    turn_to_pad(walked, 0)
    rows = walked.locator(".digits_row")
    rows.first.focus()
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        walked.keyboard.press(key)
        expect(rows.nth(at)).to_be_focused()
    walked.keyboard.press("Enter")
    answered(walked)
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    expect(rows.nth(1)).to_have_attribute("aria-label", re.compile(r"^after row 2: \d at .*, covered$"))
    expect_bars(walked, sample_read(0, covered=[1]).probabilities[27], "row 2")
    walked.keyboard.press("ArrowLeft")
    expect(walked.locator("#digits_row")).to_have_value("26")
    walked.keyboard.press("Tab")
    expect(rows.nth(1)).not_to_be_focused()
    expect(walked.locator(".digits_spoken")).to_have_text(re.compile(r"^\d\. .*after row 27"))


def test_another_language_keeps_the_drawing(page: Page) -> None:
    open_pad(page)
    draw_at_once(page, SEVEN)
    before = bars(page)
    page.get_by_text("한국어").click()
    wait_idle(page, 300)
    answered(page)
    assert bars(page) == before
    expect(page.locator(".digits_first")).to_contain_text("확률")


def test_all_that_matters_is_on_a_projector_s_screen(walked: Page) -> None:
    turn_to_pad(walked, 0)
    for name in (".digits_paper", ".digits_bars", ".digits_seen", ".digits_heat", ".digits_units", "#digits_row"):
        box = walked.locator(name).bounding_box()
        assert box is not None
        assert box["y"] >= 0, name
        assert box["y"] + box["height"] <= 900, name
    tops = [walked.locator(name).bounding_box() for name in (".digits_paper", ".digits_seen", ".digits_heat")]
    assert len({round(box["y"]) for box in tops if box}) == 1


def test_it_fits_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    open_pad(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    tops = list[float]()
    for name in (".digits_paper", ".digits_bars", ".digits_seen", ".digits_units", "#digits_row", ".digits_cards"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 390, name
        tops.append(box["y"])
    assert tops == sorted(tops)
    page.set_viewport_size({"width": 320, "height": 700})
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollWidth <= 320")
