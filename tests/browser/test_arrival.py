"""What a new tab draws first, and where plotly's figures come in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import goto, wait_idle, wait_trained

# When each came into the page, by the page's clock, and how high the page was from when its pictures were drawn.
WATCH = """
window.__came = {};
window.__heights = [];
const look = () => {
    requestAnimationFrame(look);
    const main = document.querySelector('[data-testid="stMain"]');
    if (!main) return;
    const parts = Array.from(main.querySelectorAll('[data-testid^="stBidiComponent"]'));
    const came = {
        part: main.querySelector(".strip td")
            || parts.some(({ shadowRoot }) => shadowRoot?.querySelector("[data-ready]")),
        text: Boolean(main.querySelector(".st-key-what_why_try h2")),
        controls: Boolean(document.querySelector(".st-key-experiment input")),
        chart: Boolean(main.querySelector(".js-plotly-plot .main-svg")),
    };
    for (const [name, here] of Object.entries(came)) if (here) window.__came[name] ??= performance.now();
    const height = main.querySelector(".stMainBlockContainer").scrollHeight;
    // What stood there before the rest began to come, and all that followed.
    const first = main.querySelector(".st-key-_herald_text") && !main.querySelector('[data-testid="stSkeleton"]');
    window.__heights = first ? [height] : [...window.__heights, height];
};
requestAnimationFrame(look);
"""


@pytest.mark.parametrize(
    ("name", "query", "parts"),
    [
        ("training", "epochs=200", True),
        ("grid", "grid_side=2&grid_epochs=200", True),
        ("matching", "halves_updates=200&halves_seeds=1&halves_hidden=5&halves_longest=3", True),
        ("lecture", "", False),
    ],
)
def test_a_new_tab_draws_its_pictures_before_plotly(
    open_page: Callable[..., Page], name: str, query: str, parts: bool
) -> None:
    first = open_page()
    goto(first, f"{name}?{query}")
    wait_trained(first)  # so that the next tab waits for nothing else; a grid's networks are many
    page = open_page(viewport={"width": 1440, "height": 900})
    page.goto(f"/{name}?{query}", wait_until="commit")
    page.evaluate(WATCH)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    wait_idle(page)
    came = page.evaluate("window.__came")
    assert came["text"] < came["chart"]
    if parts:
        assert came["part"] < came["text"]
    if name == "training":
        assert came["part"] < came["controls"] < came["chart"]
    assert len(page.evaluate("window.__heights")) > 1
    if name != "grid":  # whose networks may still be on their way from the store
        heights = page.evaluate("window.__heights")
        assert max(heights) - min(heights) <= 2  # nothing has moved
