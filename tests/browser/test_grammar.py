"""The page of grammars in a real browser: what is typed is read, the place in the machine follows, and it fits."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstmviz.grammars import GrammarConfig, learn, network_of, read
from tests.browser.conftest import eventually, goto, plotted, wait_trained

SMALL = {"grammar_updates": 150, "grammar_seeds": 1, "grammar_hidden": 4, "grammar_cells": "lstm"}


def test_a_string_that_is_typed_is_read_and_stays_in_the_link(page: Page) -> None:
    goto(page, "grammar", grammar_language="reber", grammar_section="read", **SMALL)
    wait_trained(page)
    field = page.get_by_label("A string")
    field.fill("BTXSE")
    field.press("Enter")
    expect(page).to_have_url(re.compile("grammar_string=BTXSE"))
    one = learn(GrammarConfig(language="reber", hidden_size=4, updates=150))
    seen = read(one.config, network_of(one.config, one.parameters), "BTXSE")

    def is_drawn() -> None:
        assert plotted(page, "grammar_reading", 1, "y") == pytest.approx(list(seen.mass))

    eventually(page, is_drawn)
    expect(page.locator(".st-key-grammar_place .slider-label").last).to_have_text("S")
    field.fill("BT<b>X</b>")
    field.press("Enter")
    expect(page.get_by_text("Type a whole string of the grammar").first).to_be_visible()
    assert page.locator("b", has_text="X").count() == 0


@pytest.mark.parametrize("section", ["study", "read"])
def test_it_fits_a_phone(open_page: Callable[..., Page], section: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    goto(page, "grammar", lang="ko", grammar_language="embedded_reber", grammar_section=section, **SMALL)
    wait_trained(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(4 if section == "study" else 3)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
