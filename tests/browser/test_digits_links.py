"""A drawing goes along with its link, and can be saved: what a friend opens is read as it was here."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.digit_pad import answered, bars, clear, draw_at_once, ink_of, open_pad, shown, take_sample
from tests.browser.hands import Point, skeleton

SEVEN = skeleton(7)
LINKED = re.compile(r"[?&]drawing=[\w.-]+")


def dense(stroke: Sequence[Point], count: int = 60) -> list[Point]:
    """So many points from each to the next, as a slow hand leaves them."""
    pairs = [(np.array(a), np.array(b)) for a, b in pairwise(stroke)]
    return [(float(x), float(y)) for a, b in pairs for x, y in a + np.linspace(0, 1, count)[:, None] * (b - a)]


def test_a_link_brings_the_drawing_along(page: Page, open_page: Callable[..., Page]) -> None:
    open_pad(page, lang="en")
    assert "drawing" not in page.url  # nobody has drawn
    draw_at_once(page, [dense(stroke) for stroke in SEVEN])
    expect(page).to_have_url(LINKED)
    [text] = parse_qs(urlsplit(page.url).query)["drawing"]
    assert len(text) <= 300  # with every point it were three times as long
    answer, told, ink = shown(page)["big"], bars(page), ink_of(page)
    other = open_page()
    other.goto(page.url)
    expect(other.locator(".digit_reader[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    answered(other)
    assert shown(other)["big"] == answer
    assert np.abs(ink_of(other) - ink).mean() < 0.004
    np.testing.assert_allclose(bars(other), told, atol=0.05)
    expect(other).to_have_url(LINKED)
    clear(other)
    expect(other).not_to_have_url(LINKED)


def test_a_reload_keeps_what_can_be_undone_and_another_language_the_link(page: Page) -> None:
    open_pad(page, lang="en")
    draw_at_once(page, SEVEN)
    expect(page).to_have_url(LINKED)
    page.reload()
    expect(page.locator(".digit_reader[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    answered(page)
    expect(page.locator(".digits_undo")).to_be_enabled()
    page.get_by_text("한국어", exact=True).click()
    answered(page)
    expect(page).to_have_url(LINKED)


def test_a_link_that_holds_no_drawing_is_answered_and_stays(page: Page) -> None:
    open_pad(page, lang="en", drawing="<b>7</b>")
    expect(page.locator(".digits_shared")).to_have_text("The link’s drawing cannot be read, so this is another one.")
    assert shown(page)["big"]
    draw_at_once(page, SEVEN)
    expect(page.locator(".digits_shared")).to_have_text("")
    expect(page).to_have_url(LINKED)


def test_the_link_is_copied_and_the_picture_saved(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_pad(page, lang="en")
    take_sample(page, 1)
    page.get_by_role("button", name="Copy a link to this drawing").click()
    expect(page.locator(".digits_shared")).to_have_text("Copied. The strokes are in the address.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(copied).query)["drawing"] == ["s1"]
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the picture").click()
    with Image.open(saving.value.path()) as picture:
        assert (picture.format, picture.size) == ("PNG", (560, 560))
        grey = np.asarray(picture.convert("L").resize((112, 112), Image.Resampling.BOX), dtype=float) / 255
    lightest = (0.2126 * 0x1D + 0.7152 * 0x24 + 0.0722 * 0x33) / 255
    assert np.abs(grey - (1 - ink_of(page) * (1 - lightest))).max() < 0.02
    page.context.clear_permissions()  # the tab serves other tests too
