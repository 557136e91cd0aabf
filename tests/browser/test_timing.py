"""The page of timing in the browser: it fits, its slider asks nobody, and it answers while it measures."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, SETTLED_MS, goto, plotted, settle, wait_idle

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return main.scrollWidth - main.clientWidth;
}"""


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_section_fits(page: Page, lang: str) -> None:
    goto(page, "timing", lang=lang)
    wide, narrow = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
    for number, section in enumerate(("table", "step", "curves", "machines")):
        if number:
            page.locator(".st-key-_time_section button").nth(number).click()
            page.wait_for_url(re.compile(f"time_section={section}"))
            wait_idle(page)
        for size in (wide, narrow) if number % 2 == 0 else (narrow, wide):  # a change of it costs a while
            page.set_viewport_size(size)
            settle(page, SETTLED_MS)
            assert page.evaluate(SIDEWAYS) <= 0
            if section == "table" and size is wide:  # the whole table is seen from the last row
                box = page.locator(".timing table").bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= 720
                assert box["x"] + box["width"] <= 1280


def test_the_slider_goes_through_the_batches_without_the_server(page: Page):
    asked: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: asked.append(sent)))
    goto(page, "timing", lang="en", time_section="curves")
    first = plotted(page, "timing_slider", 0, "x")
    slider = page.locator(".st-key-timing_slider")
    expect(slider.locator(".slider-label").first).to_have_text(re.compile(r"batch 1\s*$"))
    slider.scroll_into_view_if_needed()
    wait_idle(page, 500)
    before = len(asked)
    rail = slider.locator(".slider-rail-touch-rect").bounding_box()
    assert rail is not None
    page.mouse.click(rail["x"] + rail["width"] - 4, rail["y"] + rail["height"] / 2)
    expect(slider.locator(".slider-label").first).to_have_text(re.compile(r"batch 4,096\s*$"))
    last = plotted(page, "timing_slider", 0, "x")
    assert all(after < before for after, before in zip(last, first, strict=True) if after and before)
    assert len(asked) == before


def test_it_answers_while_it_measures_and_stops(page: Page):
    goto(page, "timing", lang="en", time_seconds=60, time_threads=1)
    page.get_by_role("button", name="Measure this row").click()
    bar = page.get_by_test_id("stProgress")
    expect(bar).to_contain_text("20,000 steps, 20 nodes, with backward, torch, CPU")
    page.get_by_text("One step", exact=True).click()
    page.wait_for_url(re.compile("time_section=step"))
    expect(page.get_by_text("one step, to scale")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(bar).to_have_count(0)
    wait_idle(page)


def test_a_row_that_is_measured_stands_in_the_table(page: Page):
    goto(page, "timing", lang="en", time_seconds=1, time_steps=50, time_threads=1)
    row = page.locator(".timing tr.chosen")
    expect(row.locator("th")).to_have_text("50 steps, 20 nodes, with backward")
    expect(row.locator("td").nth(2)).to_have_text("—")
    page.get_by_role("button", name="Measure this row").click()
    expect(row.locator("td").nth(2)).to_contain_text("1 thread", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=PATIENCE_MS)
