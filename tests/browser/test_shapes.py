"""The shapes page in the browser: it fits, it can be reached by keys, and the numbers on screen are the engine's."""

import re

from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number
from lstmviz.shapes import ShapesConfig, follow, tensors
from tests.browser.conftest import SETTLED_MS, settle, turn, wait_idle

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return main.scrollWidth - main.clientWidth;
}"""


def _labels(page: Page) -> list[str]:
    """What the tensors that can be seen are called."""
    drawn = page.locator(".shapes svg:visible .tensor")
    labels: list[str] = drawn.evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label') ?? '')")
    return labels


def _expect(page: Page, config: ShapesConfig) -> None:
    """This layer is drawn, once."""
    expect(page.locator(".shapes svg:visible")).to_have_count(1)
    found = [label.split(": ")[0] for label in _labels(page)]
    assert found == [
        f"{one.name} [{', '.join(axis.letters for axis in one.axes)}] = [{', '.join(map(str, one.shape))}]"
        for one in tensors(config)
    ]


def _expect_room(page: Page, width: int, height: int) -> None:
    """All of the drawing is seen without scrolling sideways, and every text is in it."""
    page.set_viewport_size({"width": width, "height": height})
    settle(page, SETTLED_MS)
    assert page.evaluate(SIDEWAYS) <= 0
    drawn = page.locator(".shapes svg:visible").bounding_box()
    assert drawn is not None
    assert drawn["x"] >= 0
    assert drawn["x"] + drawn["width"] <= width
    texts = page.locator(".shapes svg:visible text")
    boxes = texts.evaluate_all(
        "(all) => all.map((one) => { const b = one.getBoundingClientRect(); return [b.left, b.right]; })"
    )
    assert min(left for left, _right in boxes) >= drawn["x"] - 1
    assert max(right for _left, right in boxes) <= drawn["x"] + drawn["width"] + 1


def test_it_fits_in_both_themes(page):
    both = ShapesConfig(batch=100, steps=28, input_size=28, hidden_size=128, bidirectional=True)
    for config, query in (
        (both, {"shape_n": 100, "shape_l": 28, "shape_q": 28, "shape_d": 128, "shape_bidirectional": "True"}),
        (ShapesConfig(), {}),
    ):
        turn(page, "shapes", lang="en", **query)
        for width in (390, 1440):
            _expect_room(page, width, 900)
            _expect(page, config)
    drawn = page.locator(".shapes svg:visible").bounding_box()
    assert drawn is not None
    assert drawn["y"] + drawn["height"] <= 900  # the first view needs no scrolling
    square = page.locator(".shapes svg:visible .tensor rect[fill]").nth(1)
    light = square.get_attribute("fill")
    page.emulate_media(color_scheme="dark")
    expect(square).not_to_have_attribute("fill", light or "")
    for width in (390, 1440):
        _expect_room(page, width, 900)
        _expect(page, ShapesConfig())


def test_the_numbers_on_screen_are_the_engine_s(walked):
    turn(walked, "shapes", lang="en", shape_item=1, shape_cell="gru")
    found = follow(ShapesConfig(cell="gru"), 1)
    for name, array in (
        ("x[1]", found.x),
        ("out[1]", found.output),
        ("hn[:, 1]", found.h_n),
        ("out[:, -1, :]", found.last),
    ):
        table = walked.locator(".item_values figure").filter(has=walked.get_by_text(name, exact=True))
        assert table.locator("td").all_inner_texts() == [number(value) for value in array.ravel()]
    # What can be pointed at in the drawing says the same numbers.
    front = walked.locator(".shapes svg:visible .tensor").nth(0).locator("rect title")
    assert front.all_text_contents() == [number(value) for value in found.x.T.ravel()]


def test_a_tensor_is_reached_by_tab_and_the_others_step_back(walked):
    turn(walked, "shapes", lang="en")
    walked.get_by_role("switch", name="bidirectional").or_(walked.get_by_label("bidirectional")).first.focus()
    reached = []
    for _ in range(6):
        walked.keyboard.press("Tab")
        reached.append(
            walked.evaluate("""() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                return at?.getAttribute('aria-label') ?? '';
            }""")
        )
    assert [label.split(" ")[0] for label in reached] == ["x", "h0", "c0", "out", "hn", "cn"]
    drawn = walked.locator(".shapes svg:visible .tensor")
    expect(drawn.nth(5)).to_have_css("opacity", "1")
    expect(drawn.nth(0)).to_have_css("opacity", "0.28")
    walked.keyboard.press("Tab")  # on, out of the drawing
    expect(drawn.nth(0)).to_have_css("opacity", "1")


def test_fields_presets_and_back(walked):
    turn(walked, "shapes", lang="en")
    walked.get_by_label("D", exact=True).first.fill("5")
    walked.get_by_label("D", exact=True).first.press("Enter")
    walked.wait_for_url(re.compile("shape_d=5"))
    wait_idle(walked)
    _expect(walked, ShapesConfig(hidden_size=5))
    walked.get_by_role("button", name="read from both ends").click()
    walked.wait_for_url(re.compile("shape_bidirectional=True"))
    wait_idle(walked)
    _expect(walked, ShapesConfig(hidden_size=5, bidirectional=True))
    expect(walked.get_by_text("≠")).to_be_visible()
    walked.go_back()
    wait_idle(walked)
    _expect(walked, ShapesConfig(hidden_size=5))
    walked.reload()
    wait_idle(walked)
    _expect(walked, ShapesConfig(hidden_size=5))
    walked.get_by_text("한국어", exact=True).click()
    walked.wait_for_url(re.compile("lang=ko"))
    wait_idle(walked)
    _expect(walked, ShapesConfig(hidden_size=5))
    assert "입력" in _labels(walked)[0]
