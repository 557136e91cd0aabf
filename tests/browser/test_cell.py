"""Slide through the steps of a cell in a real browser, and compare the numbers shown with the engine's."""

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number
from lstmviz.models import build_model
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import Trace, trace
from lstmviz.training import train
from lstmviz.ui.experiment import Experiment
from lstmviz.ui.jobs import configs
from tests.browser.conftest import goto, wait_idle

LAST = 598
TELLING = 592
VECTORS = {
    "lstm": {"f": "f", "i": "i", "g": "g", "o": "o", "c_after": "c", "h_after": "h", "h_before": "h_prev"},
    "gru": {"r": "r", "z": "z", "n": "n", "h_after": "h", "h_before": "h_prev"},
    "rnn": {"h_pre": "h_pre", "h_after": "h", "h_before": "h_prev"},
}


@cache
def engine(experiment: Experiment) -> Trace:
    """The network of the page, trained and followed here."""
    model_config, train_config = configs(experiment)
    model, task = build_model(model_config), alphabet_task(experiment.task)
    for _ in train(model, task, train_config):
        pass
    return trace(model, task.one_hot())


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def expect_step(page: Page, experiment: Experiment, t: int) -> None:
    """The page shows step `t`: the marker, every number of every vector, the probabilities."""
    expect(page.locator(".letters em")).to_have_text(f"t = {t}")
    wait_idle(page)
    tr = engine(experiment)
    for key, name in VECTORS[experiment.cell].items():
        shown = page.locator(f".node.{key} .square").all_inner_texts()
        assert shown == [number(value) for value in getattr(tr, name)[t]], (key, t)
    shown = page.locator(".node.yhat .bar em").all_inner_texts()
    assert shown == [number(value) for value in tr.probabilities[t]]
    task = alphabet_task(experiment.task)
    assert page.locator(".letters .now b").inner_text() == task.alphabet[task.x[t]]
    assert page.locator(".letters .next b").inner_text() == task.alphabet[task.y[t]]
    assert page.locator(".letters .next s").inner_text() == task.alphabet[tr.probabilities[t].argmax()]
    results = page.locator(".sums tr.result td b").all_inner_texts()
    assert results == [number(getattr(tr, gate)[t, 0]) for gate in gates(experiment.cell)]


def gates(cell: str) -> str:
    return {"lstm": "ifgo", "gru": "rzn"}.get(cell, "h")


@pytest.mark.parametrize("cell", VECTORS)
def test_slide_through_the_steps_by_slider_and_by_keys(page: Page, cell: str) -> None:
    experiment = Experiment(cell=cell, epochs=200)
    goto(page, "cell", cell=cell, epochs=200)
    expect_step(page, experiment, TELLING)
    slider = page.get_by_role("slider", name="Step t, counted from 0")
    slider.focus()
    for t in (TELLING + 1, TELLING + 2):
        page.keyboard.press("ArrowRight")
        expect_step(page, experiment, t)
    page.keyboard.press("Home")
    expect_step(page, experiment, 0)
    slider.evaluate("thumb => thumb.blur()")
    for key, t in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 8),
        ("ArrowLeft", 7),
        ("Shift+ArrowLeft", 1),
        ("End", LAST),
        ("ArrowRight", LAST),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        expect_step(page, experiment, t)
    track = page.get_by_test_id("stSlider").first
    box = track.bounding_box()
    assert box
    track.get_by_test_id("stSliderThumbValue").locator("..").hover()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    wait_idle(page)
    t = int(slider.input_value())
    assert 200 < t < 400
    expect_step(page, experiment, t)


def test_a_deep_link_to_a_step_on_a_fresh_server(
    open_page: Callable[..., Page], fresh_server: Callable[[], str]
) -> None:
    experiment = Experiment("abaB", "gru", 2, 9, 0.1, 120)
    page = open_page(url=fresh_server(), viewport={"width": 1440, "height": 900})
    goto(page, "cell", **experiment.params(), t=37, unit=2)
    expect(page.locator(".letters em")).to_have_text("t = 37")
    shown = page.locator(".node.h_after .square").all_inner_texts()
    assert shown == [number(value) for value in engine(experiment).h[37]]
    expect(page.locator(".node.z .square.chosen")).to_have_text(number(engine(experiment).z[37, 1]))
    assert query(page) == experiment.params() | {"t": "37", "unit": "2"}


def test_step_and_unit_survive_a_page_change_and_a_reload(page: Page) -> None:
    experiment = Experiment(epochs=100)
    goto(page, "cell", epochs=100)
    page.keyboard.press("Home")
    expect_step(page, experiment, 0)
    page.keyboard.press("ArrowRight")
    expect_step(page, experiment, 1)
    page.get_by_test_id("stMain").get_by_role("radio", name="2", exact=True).click()
    expect(page.locator(".node.f .square.chosen")).to_have_text(number(engine(experiment).f[1, 1]))
    wait_idle(page)
    assert query(page)["t"] == "1"
    page.get_by_test_id("stSidebar").get_by_role("link", name="Training", exact=True).click()
    page.wait_for_url(re.compile("/training"))
    wait_idle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cell", exact=True).click()
    page.wait_for_url(re.compile("/cell"))
    wait_idle(page)
    for _ in range(2):
        expect(page.locator(".letters em")).to_have_text("t = 1")
        expect(page.locator(".node.f .square.chosen")).to_have_text(number(engine(experiment).f[1, 1]))
        page.reload()
        wait_idle(page)


def test_a_button_of_the_text_changes_the_experiment_of_the_whole_page(page: Page) -> None:
    goto(page, "cell", epochs=100)
    page.get_by_role("button", name="a GRU", exact=True).click()
    expect(page.locator(".node.z")).to_be_visible()
    wait_idle(page)
    expect(page.locator(".chips").first).to_contain_text("GRU")
    expect(page.get_by_test_id("stSidebar").get_by_label("Cell", exact=True)).to_have_value("GRU")
    expect_step(page, Experiment(cell="gru", epochs=100), TELLING)
    page.get_by_role("button", name="the other b, t = 589").click()
    expect_step(page, Experiment(cell="gru", epochs=100), 589)


def test_the_training_can_be_scrubbed(page: Page) -> None:
    goto(page, "cell", epochs=100)
    page.get_by_role("slider", name="After epoch").focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="after training")).to_be_visible()
    wait_idle(page)
    model_config, _ = configs(Experiment(epochs=100))
    tr = trace(build_model(model_config), alphabet_task("abcabC").one_hot())
    assert page.locator(".node.f .square").all_inner_texts() == [number(value) for value in tr.f[TELLING]]


def test_a_step_beyond_the_text_is_the_usual_one(page: Page) -> None:
    goto(page, "cell", epochs=100, t=5000, unit=9, epoch=9999)
    expect_step(page, Experiment(epochs=100), TELLING)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("hidden", [3, 64])
def test_on_a_phone_nothing_scrolls_sideways_and_every_number_is_there(
    open_page: Callable[..., Page], language: str, hidden: int
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    goto(page, "cell", epochs=3, hidden=hidden, lang=language)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    squares = page.locator(".cell .square")
    assert squares.count() == 8 * min(hidden, 6)
    right = [box["x"] + box["width"] for box in (square.bounding_box() for square in squares.all()) if box]
    assert len(right) == squares.count()
    assert max(right) <= 390


def test_the_figure_is_above_the_fold(page: Page) -> None:
    goto(page, "cell", epochs=100)
    box = page.locator(".cell .stage").bounding_box()
    assert box
    assert box["y"] + box["height"] < 900


@pytest.mark.parametrize("cell", VECTORS)
def test_no_vector_covers_another(page: Page, cell: str) -> None:
    goto(page, "cell", cell=cell, epochs=20, hidden=8)
    boxes = [box for box in (vector.bounding_box() for vector in page.locator(".node .vector").all()) if box]
    boxes += [box for box in (node.bounding_box() for node in page.locator(".node.yhat, .node.x").all()) if box]
    edges = np.array([(box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]) for box in boxes])
    for k, (left, top, right, bottom) in enumerate(edges):
        for other_left, other_top, other_right, other_bottom in edges[k + 1 :]:
            assert left >= other_right or right <= other_left or top >= other_bottom or bottom <= other_top


def test_the_chips_are_of_the_network_on_display(page: Page) -> None:
    goto(page, "cell", task="abaB", hidden=2, epochs=300, epoch=0)
    chips = page.locator(".st-key-header .chips").first
    expect(chips).to_contain_text("0 / 300")
    page.get_by_role("button", name="after training", exact=True).click()
    wait_idle(page)
    expect(chips).not_to_contain_text("/")
    expect(page.locator(".st-key-header .chips")).to_have_count(2)
