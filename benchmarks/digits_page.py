"""The digit reader in the browser: from a move of the pen to its bars, as the page itself measures it."""

import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS, running_server
from tests.browser.digit_pad import answered, open_pad, points_on
from tests.browser.hands import skeleton

ROUNDS = 8
PACE = 0.016  # seconds between two moves of the pen: as often as a screen draws
STEPS = 6  # moves from one point of a skeleton to the next
# From each message, sent as the pen moves, until the frame with its answer has been handed over to the screen.
TOOK = "performance.getEntriesByName('lstmviz digit').map((one) => one.duration)"


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    yield "The digit reader in the browser: from a move of the pen to the bars of ten probabilities"
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=url).new_page()
        open_pad(page)
        moving, lifted = list[float](), list[float]()
        for number in range(ROUNDS + 1):
            times, last = _draw(page, number % 10)
            if number:  # the first one warms up
                moving += times
                lifted.append(last)
        browser.close()
    ends = statistics.quantiles(moving, n=20)
    yield f"  while the pen moves: median {ends[9]:.0f} ms, p95 {ends[18]:.0f} ms ({len(moving)} answers)"
    yield f"  once it is up, three networks with everything inside: median {statistics.median(lifted):.0f} ms"


def _draw(page: Page, digit: int) -> tuple[list[float], float]:
    """How long each answer took while a digit was drawn at a hand's pace, and how long the last one: milliseconds."""
    page.locator(".digits_paper").press("Delete")
    answered(page)
    page.evaluate("performance.clearMeasures()")
    for first, *others in points_on(page, skeleton(digit)):
        page.mouse.move(*first)
        page.mouse.down()
        before = first
        for point in others:
            for k in range(1, STEPS + 1):
                time.sleep(PACE)
                at = [a + (b - a) * k / STEPS for a, b in zip(before, point, strict=True)]
                page.mouse.move(at[0], at[1])
            before = point
    page.mouse.up()
    answered(page)
    *times, last = page.evaluate(TOOK)
    return times, last
