"""On a projector of 1280 x 720 the player stands together: diagram, arithmetic and transport, without scrolling."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import goto, turn, wait_idle, wait_trained

FOOT = 720


def box(place: Locator) -> dict[str, float]:
    """Where it is in the window."""
    place.wait_for()
    found = place.bounding_box()
    assert found is not None
    return {"top": found["y"], "bottom": found["y"] + found["height"], "right": found["x"] + found["width"]}


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_player_stands_together(walked: Page, cell: str, language: str) -> None:
    page = walked
    page.set_viewport_size({"width": 1280, "height": FOOT})
    turn(page, "cell", projector=1, lang=language, **Experiment(cell=cell, epochs=60).params())
    wait_trained(page)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    diagram, transport, numbers = (box(page.locator(name)) for name in (".diagram_svg", ".transport", ".sum-card"))
    assert diagram["top"] > 0
    assert diagram["bottom"] <= transport["top"] < transport["bottom"] <= FOOT
    assert 0 < numbers["top"] < numbers["bottom"] <= transport["top"]
    assert numbers["right"] <= 1280
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    letters = page.locator(".diagram_number").first
    assert letters.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a") >= 14.9


def test_the_transport_stays_while_the_page_scrolls(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": FOOT})
    goto(page, "", projector=1, epochs=60)
    wait_trained(page)
    page.set_viewport_size({"width": 1280, "height": 420})
    wait_idle(page)
    assert box(page.locator(".transport"))["bottom"] <= 420


def test_a_button_begins_it_and_ends_it_and_links_take_it_along(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": FOOT})
    goto(page, "", lang="en", epochs=60)
    wait_trained(page)
    page.get_by_role("button", name="Projector view", exact=True).click()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    assert "projector=1" in page.url
    page.locator(".st-key-ways").get_by_role("link", name="One step of the cell").click()
    page.wait_for_url("**/cell?**")
    wait_idle(page)
    assert "projector=1" in page.url
    expect(page.locator(".player.projector")).to_be_visible()
    page.get_by_role("button", name="Leave the projector view", exact=True).click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page.locator(".player:not(.projector)")).to_be_visible()
    expect(page).not_to_have_url(re.compile("projector"))
