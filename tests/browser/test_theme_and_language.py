"""What is on display follows the theme that is chosen in the menu, and the page says which language it is in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import goto, settle, turn, wait_idle, wait_trained

DARK = re.compile(r"\bdark\b")


def test_another_theme_recolours_what_is_on_display(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
    goto(page, "gates", epochs=60)
    wait_trained(page)
    part = page.locator(".ground[data-ready]").first
    expect(part).not_to_have_class(DARK)
    page.emulate_media(color_scheme="dark")
    expect(part).to_have_class(DARK)
    page.emulate_media(color_scheme="light")
    expect(part).not_to_have_class(DARK)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("training", {"epochs": 60}),
        ("memory", {"map_memory": 3, "map_hidden": 1, "map_seeds": 2, "map_epochs": 20}),
        ("grid", {"grid_epochs": 20, "grid_side": 2}),
        ("lecture", {"part": "slips"}),
        ("gradients", {"epochs": 60}),
        ("timing", {"time_section": "curves"}),
    ],
)
def test_figures_of_the_server_take_another_theme_at_once(walked, path, query):
    page = walked
    turn(page, path, **query)
    wait_trained(page)
    ink = (
        "(dark) => document.querySelector('.js-plotly-plot')?._fullLayout.font.color === (dark ? '#e6e9f2' : '#1d2433')"
    )
    page.wait_for_function(ink, arg=False)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(ink, arg=True)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(ink, arg=False)


def test_the_page_says_its_language(page: Page) -> None:
    goto(page, "gates", lang="ko", epochs=60)
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.get_by_text("English", exact=True).click()
    wait_idle(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_what_hears_of_a_theme_takes_no_room(page: Page) -> None:
    tops = []
    for name in ("digits", "memory", "training", "timing"):  # the first has no figure that the server colours
        turn(page, name, epochs=20, map_memory=2, map_hidden=1, map_seeds=4, map_epochs=20)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            settle(page, 100)
            assert (
                page.evaluate(
                    "(() => { const main = document.querySelector('[data-testid=stMain]');"
                    " return main.scrollWidth - main.clientWidth })()"
                )
                <= 0
            ), (name, width)
        page.set_viewport_size({"width": 1440, "height": 900})
        settle(page, 100)
        box = page.locator("h1").bounding_box()
        assert box is not None
        tops.append(round(box["y"]))
    assert len(set(tops)) == 1, tops
