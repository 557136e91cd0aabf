"""The memory map: a click on a square brings its networks, again and again, and Back takes it back."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import goto, wait_idle

SMALL = {"lang": "en", "map_memory": 4, "map_hidden": 2, "map_seeds": 4, "map_epochs": 60}
CELLS = ("rnn", "gru", "lstm")


def _open(page: Page) -> None:
    goto(page, "memory", **SMALL)
    expect(page.locator(".st-key-maps .js-plotly-plot")).to_have_count(3)
    expect(page.locator(".st-key-sweep_progress")).to_have_count(0)
    wait_idle(page)


def _click(page: Page, cell: str, memory: int, hidden: int) -> None:
    """Click on a square of the map, 3 squares wide and 2 high."""
    place = page.locator(".st-key-maps .js-plotly-plot").nth(CELLS.index(cell)).locator(".nsewdrag")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.move(0, 0)
    page.mouse.click(box["x"] + box["width"] * (memory - 1.5) / 3, box["y"] + box["height"] * (2.5 - hidden) / 2)


def _chosen(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["map_square"][0]


@pytest.mark.parametrize(("width", "touch"), [(1440, False), (390, True)])
def test_a_click_on_a_square_brings_its_networks(open_page, width, touch):
    # An option that is named, be it False, takes a profile of its own.
    page = open_page(
        viewport={"width": width, "height": 900}, **({"has_touch": True, "is_mobile": True} if touch else {})
    )
    _open(page)
    # The second time on rnn 2-1 another map's square was chosen meanwhile.
    for square in (("rnn", 2, 1), ("lstm", 4, 2), ("rnn", 2, 1), ("gru", 3, 2)):
        cell, memory, hidden = square
        _click(page, *square)
        page.wait_for_url(re.compile(f"map_square={cell}-{memory}-{hidden}"))
        wait_idle(page)
        name = {"rnn": "RNN (tanh)", "gru": "GRU", "lstm": "LSTM"}[cell]
        expect(page.get_by_text(re.compile(rf"^{re.escape(name)} \d of 4 \(chance of success"))).to_be_visible()
        expect(page.locator(".grid_cell")).to_have_count(4)
    page.go_back()
    wait_idle(page)
    assert _chosen(page) == "rnn-2-1"


def test_a_network_of_a_square_becomes_the_experiment_of_every_page(open_page):
    page = open_page(viewport={"width": 1440, "height": 900})
    _open(page)
    _click(page, "gru", 4, 2)
    page.wait_for_url(re.compile("map_square=gru-4-2"))
    wait_idle(page)
    page.locator(".grid_cell .grid_picture").nth(2).click()
    page.wait_for_url(re.compile("cell=gru"))
    wait_idle(page)
    query = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    wanted = {"task": "abcdabcD", "cell": "gru", "hidden": "2", "seed": "2", "lr": "0.1", "epochs": "60"}
    assert wanted.items() <= query.items()
    assert query["map_square"] == "gru-4-2"
