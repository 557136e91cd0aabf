"""What the tests of pictures in squares share: every square is pointed at, and says its number and shows its colour."""

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import Palette, Scale, number, share_text
from lstmviz.tracing import Trace
from tests.browser.conftest import PATIENCE_MS

# Points at places of a canvas, one after the other: what is said then, and the colour of the square's corner there.
# What the parts would do in the next frame is done at once (`BY_HAND`): to paint hundreds of frames takes seconds.
_POINT = """([part, marks, squares, says, points]) => {
    const hosts = Array.from(document.querySelectorAll('*')).filter((one) => one.shadowRoot?.querySelector(part));
    const root = hosts[0].shadowRoot;
    const [over, under] = [root.querySelector(marks), root.querySelector(squares)];
    const box = over.getBoundingClientRect();
    const ratio = under.width / under.clientWidth;
    const pen = under.getContext('2d');
    const found = [];
    for (const [x, y] of points) {
        const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerType: 'mouse' };
        over.dispatchEvent(new PointerEvent('pointermove', { ...at, isPrimary: true }));
        window.__drawNow();
        const pixel = pen.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
        found.push([root.querySelector(says).textContent, ...pixel]);
    }
    over.dispatchEvent(new PointerEvent('pointerleave', { bubbles: true }));
    return { found, size: [box.width, box.height] };
}"""
_STEP = re.compile(r"t = (\d+) · ")
_DIGITS = {ord(low): str(digit) for digit, low in enumerate("₀₁₂₃₄₅₆₇₈₉")}


@dataclass(frozen=True)
class Said:
    """A square as it is shown."""

    t: int
    quantity: str
    unit: int
    value: str
    colour: tuple[int, int, int]


def point(page: Page, part: str, canvases: tuple[str, str], says: str, points: list[tuple[float, float]]) -> Any:
    """What is said at each of the points of the upper canvas, with the lower one's pixel there."""
    expect(page.locator(f"{part}[data-ready]").first).to_be_attached(timeout=PATIENCE_MS)
    return page.evaluate(_POINT, [part, *canvases, says, points])


def scattered(page: Page, part: str, canvases: tuple[str, str], says: str, count: int) -> list[Any]:
    """The same for so many points all over the picture, evenly scattered."""
    width, height = point(page, part, canvases, says, [])["size"]
    golden = (math.sqrt(5) - 1) / 2
    points = [((k * golden) % 1 * width, (k + 0.5) / count * height) for k in range(count)]
    found: list[Any] = point(page, part, canvases, says, points)["found"]
    return found


def down_the_end(page: Page, part: str, canvases: tuple[str, str], says: str) -> list[Any]:
    """The same for points down the column of the last step: there stands what is due at the end alone."""
    width, height = point(page, part, canvases, says, [])["size"]
    across = point(page, part, canvases, says, [(float(x), height / 2) for x in range(0, int(width), 4)])["found"]
    steps = {
        4.0 * k: int(match[1]) for k, (text, *pixel) in enumerate(across) if pixel[3] and (match := _STEP.match(text))
    }
    last = max(steps, key=lambda x: (steps[x], x))
    found: list[Any] = point(page, part, canvases, says, [(last, 2.0 + 4 * k) for k in range(int(height / 4))])["found"]
    return found


def squares_said(found: list[Any], alphabet: tuple[str, ...]) -> list[Said]:
    """Those of the places that are squares, read from what is said."""
    squares = []
    for text, *pixel in found:
        clean = re.sub("[\u2066-\u2069]", "", text)
        match = re.match(r"t = (\d+) · (?:ŷ\(“(.+?)”\)|([a-z_]+)([₀-₉]+)) = (.+?) · ", clean)
        if match is None or pixel[3] == 0:  # beside the squares the selection is said, and between them is nothing
            continue
        t, letter, quantity, unit, value = match.groups()
        place = alphabet.index(letter) if letter else int(unit.translate(_DIGITS)) - 1
        squares.append(Said(int(t), quantity or "yhat", place, value, tuple(pixel[:3])))
    return squares


def expect_squares(squares: list[Said], tr: Trace, e: int, scales: dict[str, Scale]) -> None:
    """Each says the engine's number of snapshot `e` and has its colour, unless a mark is in the way."""
    agreed = 0
    for one in squares:
        values = np.asarray(tr.probabilities if one.quantity == "yhat" else getattr(tr, one.quantity))
        value = float(values[e, one.t, one.unit])
        assert one.value == (share_text if one.quantity == "yhat" else number)(value), one
        scale = scales.get(f"{one.quantity}{one.unit}", scales[one.quantity])
        expected = scale.colour(value)[0]
        rgb = [int(expected[k : k + 2], 16) for k in (1, 3, 5)]
        agreed += max(abs(a - b) for a, b in zip(rgb, one.colour, strict=True)) <= 3
    assert agreed >= 0.75 * len(squares), (agreed, len(squares))  # the rest are rings, frames and lines between squares


def scales_of(tr: Trace, cell: str, *, notes: bool = False, dark: bool = False) -> dict[str, Scale]:
    """The scale of each quantity of a run."""
    palette = Palette(dark=dark, lecture=notes)
    names = {"lstm": "ifgoch", "gru": "rznh"}.get(cell, "h")
    bounds = {"c": _largest(tr, "c"), "h": _largest(tr, "h")} if cell in ("lstm", "rnn_relu") else {}
    found = {name: palette.scale(name, bounds.get(name, 1.0), cell) for name in (*names, "yhat")}
    if cell.startswith("rnn"):
        found["h_pre"] = palette.scale("c", _largest(tr, "h_pre"))
    return found


def scales_of_units(tr: Trace, cell: str, e: int) -> dict[str, Scale]:
    """The scales of the first screen, where what nothing bounds has one a unit: as far as that gets at snapshot `e`."""
    found = scales_of(tr, cell)
    for name in {"lstm": "c", "rnn_relu": "h"}.get(cell, ""):
        for unit, values in enumerate(getattr(tr, name)[e].T):
            found[f"{name}{unit}"] = Palette().scale("c", float(np.abs(values).max()) or 1.0, "lstm")
    return found


def _largest(tr: Trace, name: str) -> float:
    return max(1.0, float(np.abs(getattr(tr, name)).max())) if name in tr.layers[0].values else 1.0
