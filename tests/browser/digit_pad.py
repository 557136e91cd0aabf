"""What the tests of the digit reader share: ways to draw on its pad, and what it shows."""

import base64
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import CDPSession, Page, expect

from lstmviz.digits.readers import load_reader
from lstmviz.digits.reading import Reading, read
from lstmviz.ui.views.digits.view import offered
from tests.browser.conftest import FRAMES, IDLE, PATIENCE_MS, goto
from tests.browser.hands import Point

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
# The ink of the pad's squares, of which it sends the means: 0 to 255, in base64, as a long list takes a while to come.
INK = """(canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const side = width / 112;
    const sums = new Array(112 * 112).fill(0);
    for (let k = 0; k < width * height; k++) {
        const ink = data[4 * k + 3];
        if (ink) sums[Math.floor(k / width / side) * 112 + Math.floor((k % width) / side)] += ink;
    }
    return btoa(String.fromCharCode(...sums.map((sum) => Math.floor(sum / side ** 2 + 0.5))));
}"""
# All that one can choose as it is at first, with a sample on the pad or, where its number is null, with nothing.
AS_AT_FIRST = """(root, sample) => {
    const press = (selector, at = 0) => root.querySelectorAll(selector)[at].click();
    root.querySelector("#digits_row").value = 27;
    root.querySelector("#digits_row").dispatchEvent(new Event("input", { bubbles: true }));
    press(".digits_pen");
    press(".digits_width", 2);
    press(".digits_card");
    press("[data-part=choices] button");
    press(sample === null ? ".digits_clear" : `.digits_thumb[data-sample="${sample}"]`);
}"""
# What is said with the pointer at places of a heatmap, without painting a frame for each (`BY_HAND`).
SAID_AT = """(plot, [places, columns]) => {
    const root = plot.getRootNode(), box = plot.getBoundingClientRect();
    return places.map(([row, column]) => {
        const clientX = box.left + (column + 0.5) * box.width / columns;
        const clientY = box.top + (row + 0.5) * box.height / 28;
        const at = { clientX, clientY, bubbles: true, composed: true, pointerType: "mouse", isPrimary: true };
        root.elementFromPoint(clientX, clientY).dispatchEvent(new PointerEvent("pointermove", at));
        window.__drawNow();
        return root.querySelector(".digits_says").innerText;
    });
}"""
PLACE = """(pad) => {
    pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = pad.getBoundingClientRect();
    return [x, y, width, height];
}"""
AT_ONCE = """(pad, strokes) => {
    const { x: left, y: top, width, height } = pad.getBoundingClientRect();
    const tell = (kind, [x, y], buttons = 1) => pad.dispatchEvent(new PointerEvent(kind, {
        clientX: left + x * width, clientY: top + y * height, buttons,
        pointerId: 1, pointerType: "mouse", isPrimary: true, bubbles: true, composed: true,
    }));
    for (const stroke of strokes) {
        tell("pointerdown", stroke[0]);
        for (const point of stroke.slice(1)) tell("pointermove", point);
        tell("pointerup", stroke.at(-1), 0);
    }
}"""
# Whether the answer to everything is on display, waited for where it comes: to be asked from outside costs each time.
ANSWERED = f"""async (root) => {{
    const idle = {IDLE};
    {FRAMES}
    window.__idleSince = null;
    for (const end = performance.now() + 5000; root.isConnected && performance.now() < end;) {{
        if (idle(30) && root.dataset.asking === "false") {{
            {FRAMES}
            return true;
        }}
        await new Promise((done) => setTimeout(done, 10));
    }}
    return false;
}}"""


def open_pad(page: Page, **query: object) -> None:
    """Open the page and wait until the digit that it opens with has been read."""
    goto(page, "digits", **query)
    expect(page.locator(".digit_reader[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    answered(page)


def turn_to_pad(page: Page, sample: int | None = None) -> None:
    """The same in a tab that tests share, where they draw and choose the order, the network and the pen.

    All is as at first, but for what is on the pad: one of the digits on offer that somebody chose, or nothing.
    """
    if page.url == "about:blank":
        open_pad(page)
    page.mouse.move(0, 0)
    page.locator(".digit_reader").evaluate(AS_AT_FIRST, sample)
    answered(page)


def answered(page: Page) -> None:
    """Wait until the answer to everything that was done is on display."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.locator(".digit_reader").evaluate(ANSWERED):
        assert time.monotonic() < deadline, "the answer does not come"


def shown(page: Page) -> dict[str, Any]:
    return page.locator(".digit_reader").evaluate(SHOWN)


def bars(page: Page) -> list[float]:
    """The probabilities that the bars show, with all their digits."""
    return [float(bar["exact"]) for bar in shown(page)["bars"]]


def said_at(page: Page, selector: str, places: Sequence[tuple[int, int]], columns: int) -> list[str]:
    """The line under the rows with the pointer on each of these squares of a heatmap, in rows and columns."""
    texts: list[str] = page.locator(selector).evaluate(SAID_AT, [places, columns])
    return texts


def expect_bars(page: Page, wanted: Sequence[float] | NDArray[np.float32], what: object) -> None:
    """The bars show these probabilities, and their numbers are those in percent."""
    for bar, value in zip(shown(page)["bars"], wanted, strict=True):
        assert abs(float(bar["exact"]) - value) <= 1e-6, (what, bar, value)
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
    left, top, width, height = page.locator(".digits_paper").evaluate(PLACE)
    return [[(left + x * width, top + y * height) for x, y in stroke] for stroke in strokes]


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
    page.locator(".digits_paper").evaluate(AT_ONCE, strokes)
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
    ink = np.frombuffer(base64.b64decode(page.locator(".digits_paper").evaluate(INK)), np.uint8)
    return ink.reshape(112, 112) / 255
