"""The page of matching halves in a real browser: what is typed is read, and it fits."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstmviz.matching import MatchingConfig, learn, network_of, read
from tests.browser.conftest import eventually, goto, plotted, wait_trained

SMALL = {"halves_updates": 200, "halves_seeds": 1, "halves_hidden": 5, "halves_longest": 3}


def test_a_sequence_that_is_typed_is_read_and_stays_in_the_link(page: Page) -> None:
    goto(page, "matching", **SMALL)
    wait_trained(page)
    field = page.get_by_label("Digits, two halves")
    field.fill("123 321")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"halves_digits=123(\+|%20)321"))
    one = learn(MatchingConfig(hidden_size=5, longest=3, updates=200))
    seen = read(network_of(one.config, one.parameters), one.config.task(), "123321")

    def is_drawn() -> None:
        assert plotted(page, "halves_reading_rnn_relu", 0, "y") == pytest.approx(list(seen.yes))

    eventually(page, is_drawn)
    field.fill("12<b>3</b>")
    field.press("Enter")
    expect(page.get_by_text("Type an even number of digits 0 to 9").first).to_be_visible()
    assert page.locator("b", has_text="3").count() == 0
    eventually(page, is_drawn)  # the last good one stays


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_fits_a_phone(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    goto(page, "matching", lang=language, halves_cells="rnn_relu,rnn,gru,lstm", **SMALL)
    wait_trained(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(7)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
