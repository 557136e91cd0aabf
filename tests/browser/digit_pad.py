"""What the tests of the digit reader share: ways to draw on its pad, and what it shows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import CDPSession, Page, expect

from lstmviz.digits.readers import load_reader
from lstmviz.digits.reading import Reading, read
from lstmviz.ui.views.digits.view import offered
from tests.browser.conftest import PATIENCE_MS, goto, settle, wait_idle
from tests.browser.hands import Point
from tests.browser.player_probes import FRAMES

# All that is said in numbers: the answer, and each digit's bar with what is behind it.
SHOWN = """async (root) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const bars = Array.from(root.querySelectorAll(".digits_bar"), (bar) => ({
        exact: bar.title, text: bar.querySelector(".digits_number").textContent, label: bar.getAttribute("aria-label"),
    }));
    return {
        big: root.querySelector(".digits_big").textContent,
        says: root.querySelector(".digits_first").textContent,
        bars,
        row: Number(root.querySelector("#digits_row").value),
        told: root.querySelector(".digits_covered").textContent,
    };
}"""
# The ink of the pad's squares, of which it sends the means: the sums over their pixels, and how many those are.
INK = """(canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const side = width / 112;
    const sums = new Array(112 * 112).fill(0);
    for (let k = 0; k < width * height; k++) {
        sums[Math.floor(k / width / side) * 112 + Math.floor((k % width) / side)] += data[4 * k + 3];
    }
    return [sums, side * side];
}"""
AT_ONCE = """(pad, strokes) => {
    const tell = (kind, [x, y], buttons = 1) => pad.dispatchEvent(new PointerEvent(kind, {
        clientX: x, clientY: y, buttons,
        pointerId: 1, pointerType: "mouse", isPrimary: true, bubbles: true, composed: true,
    }));
    for (const stroke of strokes) {
        tell("pointerdown", stroke[0]);
        for (const point of stroke.slice(1)) tell("pointermove", point);
        tell("pointerup", stroke.at(-1), 0);
    }
}"""
# Looks as often as the screen draws: what waits for an attribute from outside looks ever more rarely.
SETTLED = """async (root) => {
    for (const end = performance.now() + 5000; root.isConnected && performance.now() < end;) {
        if (root.dataset.asking === "false") return;
        await new Promise(requestAnimationFrame);
    }
}"""


def open_pad(page: Page, **query: object) -> None:
    """Open the page and wait until the digit that it opens with has been read."""
    goto(page, "digits", **query)
    expect(page.locator(".digit_reader[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    answered(page)


def answered(page: Page) -> None:
    """Wait until the answer to everything that was done is on display."""
    page.locator(".digit_reader").evaluate(SETTLED)
    expect(page.locator(".digit_reader")).to_have_attribute("data-asking", "false", timeout=PATIENCE_MS)
    wait_idle(page, 30)
    settle(page)


def shown(page: Page) -> dict[str, Any]:
    return page.locator(".digit_reader").evaluate(SHOWN)


def bars(page: Page) -> list[float]:
    """The probabilities that the bars show, with all their digits."""
    return [float(bar["exact"]) for bar in shown(page)["bars"]]


def expect_bars(page: Page, wanted: Sequence[float] | NDArray[np.float32], what: object) -> None:
    """The bars show these probabilities, and their numbers are those in percent."""
    for bar, exact, value in zip(shown(page)["bars"], bars(page), wanted, strict=True):
        assert abs(exact - value) <= 1e-6, (what, bar, value)
        expect_percent(bar["text"], value)


def expect_percent(text: str, value: float) -> None:
    """The text says this share."""
    if text == "< 0.1%":
        assert value < 0.0005 + 1e-6, (text, value)
    elif text == "> 99.9%":
        assert value >= 0.9995 - 1e-6, (text, value)
    else:
        assert abs(float(text.removesuffix("%")) - 100 * value) <= 0.0501, (text, value)


def sample_read(k: int, cell: str = "lstm", **how: Any) -> Reading:
    """What the engine makes of one of the digits on offer."""
    return read(load_reader(cell), offered().images[k] / 255, **how)


def take_sample(page: Page, k: int) -> None:
    page.locator(f'.digits_thumb[data-sample="{k}"]').click()
    answered(page)


def scrub(page: Page, row: int) -> None:
    """Put the scrubber on a row, as a hand does."""
    page.locator("#digits_row").evaluate(
        f"""async (input, row) => {{
            input.value = row;
            input.dispatchEvent(new Event("input", {{ bubbles: true }}));
            {FRAMES}
        }}""",
        row,
    )


def points_on(page: Page, strokes: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Strokes in shares of the pad, in pixels of the page."""
    pad = page.locator(".digits_paper")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    return [[(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke] for stroke in strokes]


def draw(page: Page, strokes: Sequence[Sequence[Point]], steps: int = 1) -> None:
    """Draw with the mouse, and wait for the answer."""
    for first, *others in points_on(page, strokes):
        page.mouse.move(*first)
        page.mouse.down()
        for point in others:
            page.mouse.move(*point, steps=steps)
        page.mouse.up()
    answered(page)


def draw_at_once(page: Page, strokes: Sequence[Sequence[Point]], *, wait: bool = True) -> None:
    """The same within one moment, so that the server is asked for the whole drawing, not on the way as well."""
    page.locator(".digits_paper").evaluate(AT_ONCE, points_on(page, strokes))
    if wait:
        answered(page)


def touch(page: Page, cdp: CDPSession, strokes: Sequence[Sequence[Point]]) -> None:
    """Draw with a finger, and wait for the answer."""
    for first, *others in points_on(page, strokes):
        for kind, points in [("touchStart", [first]), *(("touchMove", [p]) for p in others), ("touchEnd", [])]:
            if kind == "touchEnd":
                page.wait_for_timeout(
                    200
                )  # a finger lifted at full speed is a swipe, and taps soon after it do not count
            spots = [{"x": x, "y": y} for x, y in points]
            cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})
    answered(page)


def tap(page: Page, cdp: CDPSession, selector: str) -> None:
    """Touch the middle of an element shortly: by the session that draws, since two mix up each other's fingers."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def clear(page: Page) -> None:
    page.locator(".digits_clear").click()
    answered(page)


def ink_of(page: Page) -> NDArray[np.float64]:
    """(112, 112) the mean ink on the pad, in [0, 1]."""
    sums, pixels = page.locator(".digits_paper").evaluate(INK)
    return np.floor(np.array(sums).reshape(112, 112) / pixels + 0.5) / 255
