"""The first screen: every gate and state of the last steps, and a click that goes on elsewhere."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.browser.conftest import PATIENCE_MS, goto, settle, turn, wait_idle, wait_trained
from tests.browser.pictures import expect_squares, point, scales_of_units, scattered, squares_said
from tests.browser.player import engine

CANVASES = (".run_marks", ".run_numbers")
BANDS = {"lstm": "ifogch", "gru": "rznh", "rnn": "h", "rnn_relu": "h"}


def open_home(page: Page, **query: object) -> None:
    goto(page, "", **query)
    wait_shown(page)


def turn_to_home(page: Page, experiment: Experiment, **query: object) -> None:
    turn(page, "", **experiment.params(), **query)
    wait_shown(page)


def wait_shown(page: Page) -> None:
    wait_trained(page)
    expect(page.locator(".overview[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_every_square_says_and_shows_the_engines_number(walked: Page, cell: str) -> None:
    experiment = Experiment(cell=cell, epochs=200)
    turn_to_home(walked, experiment, t=586)
    made = engine(experiment)
    found = scattered(walked, ".overview", CANVASES, ".run_says", 240)
    squares = squares_said(found, made.task.alphabet)
    assert {one.quantity for one in squares} == {*BANDS[cell], "yhat"}
    assert len(squares) > 100
    assert {one.t for one in squares} == set(range(576, 599))
    expect_squares(squares, made.trace, -1, scales_of_units(made.trace, cell, -1))


def test_the_unit_that_remembers_stands_out(page: Page) -> None:
    open_home(page)
    made = engine(Experiment())
    where = ".overview", CANVASES, ".run_says"
    width, height = point(page, *where, [])["size"]
    down = [(width / 2, float(y)) for y in range(0, int(height), 6)]
    row = next(y for (_, y), (text, *_) in zip(down, point(page, *where, down)["found"], strict=True) if "c₃ =" in text)
    found = point(page, *where, [(float(x), row + 6) for x in range(0, int(width), 10)])["found"]
    c3 = {one.t: one.colour for one in squares_said(found, made.task.alphabet)}
    assert "c₃" in found[len(found) // 2][0]
    red = [colour[0] - colour[2] for t, colour in c3.items() if t % made.task.period == 1]  # after either b
    blue = [colour[2] - colour[0] for t, colour in c3.items() if t % made.task.period == 4]
    assert max(red) > 30
    assert max(blue) > 60
    assert max(red) + max(blue) > 150  # of 510: nobody takes the one for the other
    rows = page.locator(".overview .run_own .run_rows span").all_inner_texts()
    sizes = [f"{value:.2g}" for value in np.abs(made.trace.c[-1]).max(axis=0)]
    assert rows == [f"±{size} c{below}" for size, below in zip(sizes, "₁₂₃", strict=True)]


def test_it_plays(page: Page) -> None:
    open_home(page, epochs=200, t=580)
    page.get_by_role("button", name="Play", exact=False).click()
    expect(page.locator("#transport_time")).to_have_value("583", timeout=15_000)
    page.keyboard.press("Escape")
    settle(page)
    stands = page.locator("#transport_time").input_value()
    settle(page, 1500)
    expect(page.locator("#transport_time")).to_have_value(stands)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#transport_time")).to_have_value(str(int(stands) - 1))
    expect(page.locator("#transport_training")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_name_of_a_band_is_broken(walked: Page, language: str, width: int) -> None:
    walked.set_viewport_size({"width": width, "height": 800})
    turn_to_home(walked, Experiment(epochs=200), lang=language)
    expect(walked.locator("html")).to_have_attribute("lang", language)
    words = walked.locator(".overview .run_word")
    expect(words).to_have_count(7)
    for wide, room in words.evaluate_all("(all) => all.map((one) => [one.scrollWidth, one.clientWidth])"):
        assert wide <= room
    for left, right in walked.locator(".overview .run_name").evaluate_all(
        "(all) => all.map((one) => [one.scrollWidth, one.clientWidth])"
    ):
        assert left <= right


def test_a_click_selects_the_square_on_every_page(page: Page) -> None:
    open_home(page, epochs=200)
    size = page.locator(".run_marks").first.bounding_box()
    assert size is not None
    page.locator(".run_marks").first.click(position={"x": size["width"] * 0.8, "y": size["height"] * 0.3})
    settle(page)
    says = page.locator(".run_says").inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cell").click()
    wait_idle(page)
    expect(page.locator(".run_says")).to_have_text(says)


def test_the_end_of_a_training_does_not_forget_the_epoch_chosen_elsewhere(page: Page) -> None:
    kept = engine(Experiment(epochs=200)).kept
    goto(page, "gates", epochs=200, epoch=kept[3])
    page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
    wait_idle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Gates").click()
    wait_idle(page)
    expect(page.locator(".gates_pictures")).to_have_attribute("data-epoch", str(kept[3]))


@pytest.mark.parametrize(("task", "names"), [("abcdefgH", 8), ("Reber grammar", 7), ("abcdef", 6)])
def test_the_names_of_the_letters_stand_one_below_the_other(walked: Page, task: str, names: int) -> None:
    turn_to_home(walked, Experiment(task=task, hidden_size=8, epochs=20))
    boxes = (
        walked.locator(".overview .run_rows")
        .last.locator("span")
        .evaluate_all("(all) => all.map((one) => [one.offsetHeight, parseFloat(getComputedStyle(one).fontSize)])")
    )
    assert len(boxes) == names
    assert all(height >= 0.75 * font for height, font in boxes), boxes  # a capital is 0.72 of its size
