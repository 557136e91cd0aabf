"""What a new tab draws first, and where plotly's figures come in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import goto, wait_idle

# When each came into the page, by the page's clock, and how high the page was before the figure came.
WATCH = """
window.__came = {};
const look = () => {
    const main = document.querySelector('[data-testid="stMain"]');
    const parts = Array.from(main?.querySelectorAll('[data-testid^="stBidiComponent"]') ?? []);
    const came = {
        part: parts.some(({ shadowRoot }) => shadowRoot?.querySelector("[data-ready]")),
        text: Boolean(main?.querySelector(".st-key-what_why_try h6")),
        chart: Boolean(main?.querySelector(".js-plotly-plot .main-svg")),
    };
    for (const [name, here] of Object.entries(came)) if (here) window.__came[name] ??= performance.now();
    if (!came.chart && came.text) window.__height = document.querySelector(".stMainBlockContainer").scrollHeight;
    requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@pytest.mark.parametrize(("name", "parts"), [("training", True), ("grid", True), ("lecture", False)])
def test_a_new_tab_draws_its_pictures_before_plotly(open_page: Callable[..., Page], name: str, parts: bool) -> None:
    goto(open_page(), name)  # what it shows is trained, so that the next tab waits for nothing else
    page = open_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(WATCH)
    goto(page, name)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    wait_idle(page)
    came = page.evaluate("window.__came")
    assert came["text"] < came["chart"]
    if parts:
        assert came["part"] < came["chart"]
    height = page.locator(".stMainBlockContainer").evaluate("(block) => block.scrollHeight")
    assert abs(height - page.evaluate("window.__height")) <= 2  # nothing has moved
