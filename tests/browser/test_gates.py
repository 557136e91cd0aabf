"""The two pictures move in the browser alone, and every square is the engine's."""

import random
from collections.abc import Callable
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lstmviz.predictions.patterns import telling_step
from lstmviz.tasks import named_task
from lstmviz.training import snapshot_epochs
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.browser.conftest import PATIENCE_MS, SETTLED_MS, goto, settle, turn, wait_idle, wait_trained
from tests.browser.pictures import expect_squares, scales_of, scattered, squares_said
from tests.browser.player import engine
from tests.browser.player_probes import LISTEN, MOVE

EPOCHS = 200
CANVASES = (".gates_marks", ".gates_pictures canvas")
PICTURES = {
    "lstm": ("i", "f", "o", "g", "c", "h", "yhat"),
    "gru": ("r", "z", "n", "h", "yhat"),
    "rnn": ("h_pre", "h", "yhat"),
    "rnn_relu": ("h_pre", "h", "yhat"),
}


def open_gates(page: Page, **query: object) -> None:
    goto(page, "gates", **{"epochs": EPOCHS, **query})
    wait_trained(page)
    wait_shown(page)


def turn_to_gates(page: Page, experiment: Experiment) -> None:
    turn(page, "gates", **experiment.params(), t=telling_step(named_task(experiment.task)))
    wait_trained(page)
    wait_shown(page)


def wait_shown(page: Page) -> None:
    expect(page.locator(".gates[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    frames(page)


def frames(page: Page) -> None:
    settle(page)


def move(page: Page, t: int | None = None, e: int | None = None) -> None:
    places = {"transport_time": t, "transport_training": e}
    page.locator(".gates").evaluate(MOVE, {name: at for name, at in places.items() if at is not None})


def place(page: Page) -> tuple[int, int]:
    """The step, and the epoch of the snapshot, on display."""
    epoch = page.locator(".gates_pictures").get_attribute("data-epoch")
    return int(page.locator("#transport_time").input_value()), int(epoch or -1)


def press(page: Page, key: str) -> None:
    page.locator(".gates").press(key)
    frames(page)


def expect_engine(page: Page, experiment: Experiment, *, count: int = 150, notes: bool = False) -> None:
    made = engine(experiment)
    _, epoch = place(page)
    found = scattered(page, ".gates", CANVASES, ".gates_says", count)
    squares = squares_said(found, made.task.alphabet)
    assert {one.quantity for one in squares} == set(PICTURES[experiment.cell])
    scales = scales_of(made.trace, experiment.cell, notes=notes)
    expect_squares(squares, made.trace, made.kept.index(epoch), scales)


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_every_square_says_and_shows_the_engines_number(walked: Page, cell: str) -> None:
    experiment = Experiment(cell=cell, epochs=EPOCHS)
    turn_to_gates(walked, experiment)
    assert place(walked) == (586, EPOCHS)
    expect_engine(walked, experiment)


def test_it_moves_in_time_and_over_the_training_without_a_word_to_the_server(page: Page) -> None:
    open_gates(page)
    made = engine(Experiment(epochs=EPOCHS))
    page.evaluate(LISTEN)
    for t, e in ((0, 0), (3, 7), (250, 20), (598, len(made.kept) - 1)):
        move(page, t, e)
        assert place(page) == (t, made.kept[e])
        start = int(page.locator(".gates_pictures").get_attribute("data-start") or -1)
        assert start <= t < start + 18
        assert start % 6 == 0
    move(page, 3, 7)
    expect_engine(page, Experiment(epochs=EPOCHS), count=120)
    page.locator(".transport_sweep").click()
    page.wait_for_function(
        "(before) => Array.from(document.querySelectorAll('*')).some((one) =>"
        " Number(one.shadowRoot?.querySelector('.gates_pictures')?.dataset.epoch) > before)",
        arg=made.kept[7],
    )
    press(page, "Escape")
    assert place(page)[0] == 3
    press(page, "ArrowRight")
    press(page, "Shift+ArrowRight")
    assert place(page)[0] == 10
    press(page, "Home")
    press(page, "PageDown")
    assert place(page)[0] == 0
    assert page.evaluate("window.__ran") == 0


def test_playing_goes_from_step_to_step(page: Page) -> None:
    open_gates(page)
    move(page, 12)
    press(page, "Space")
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('*')).some((one) =>"
        " Number(one.shadowRoot?.querySelector('.gates #transport_time')?.value) >= 14)"
    )
    press(page, "Space")
    stood = place(page)
    page.wait_for_timeout(1200)
    assert place(page) == stood


def test_a_click_selects_the_square_on_every_page(page: Page) -> None:
    open_gates(page)
    move(page, 590, 5)
    size = page.locator(".gates_marks").bounding_box()
    assert size is not None
    page.locator(".gates_marks").click(position={"x": size["width"] * 0.75, "y": size["height"] * 0.5})
    frames(page)
    chosen, says = place(page), page.locator(".gates_says").inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cell").click()
    wait_idle(page)
    expect(page.locator(".run_says")).to_have_text(says)
    assert int(page.locator("#transport_time").input_value()) == chosen[0]
    page.locator(".player").press("ArrowLeft")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Gates").click()
    wait_idle(page)
    wait_shown(page)
    assert place(page) == (chosen[0] - 1, chosen[1])


def test_a_link_restores_the_place(page: Page) -> None:
    kept = engine(Experiment(epochs=EPOCHS)).kept
    open_gates(page, t=123, epoch=kept[4])
    assert place(page) == (123, kept[4])
    assert "t=123" in page.url


def test_an_epoch_that_is_still_to_be_trained_is_waited_for_on_other_pages_too(page: Page) -> None:
    """While a network is trained the pictures are made anew, where the page changes and where its progress goes."""
    epoch = snapshot_epochs(900)[-3]
    goto(page, "cell", hidden=16, epochs=900, seed=random.randrange(10_000, 1_000_000), epoch=epoch)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Gates", exact=True).click()
    # Between two pages there is no progress to be seen either, so it is the picture that is waited for.
    expect(page.locator(".gates_pictures")).to_have_attribute("data-epoch", str(epoch), timeout=3 * PATIENCE_MS)
    settle(page, SETTLED_MS)
    assert f"epoch={epoch}" in page.url


def test_numbers_colours_patterns_and_lines_on_demand(page: Page) -> None:
    open_gates(page)
    page.evaluate(LISTEN)
    root = page.locator(".gates")
    root.get_by_role("button", name="lecture's colours").click()
    expect_engine(page, Experiment(epochs=EPOCHS), count=120, notes=True)
    root.get_by_role("button", name="lecture's colours").click()
    before = root.locator(".gates_pictures canvas").first.evaluate("(one) => one.toDataURL()")
    root.get_by_role("button", name="numbers").click()
    frames(page)
    assert root.locator(".gates_pictures canvas").first.evaluate("(one) => one.toDataURL()") != before
    root.get_by_role("button", name="6", exact=True).click()
    frames(page)
    found = scattered(page, ".gates", CANVASES, ".gates_says", 100)
    assert len({one.t for one in squares_said(found, ("a", "b", "c", "C"))}) == 35  # the text ends a step early
    root.get_by_role("button", name="lines").click()
    expect(root.locator(".run_plot").first).to_be_visible()
    expect(root.locator(".gates_pictures")).to_be_hidden()
    assert root.locator(".run_name").count() == 7
    expect(root.locator(".gates_says")).to_be_hidden()
    expect(root.locator(".run_says")).to_contain_text("t = 586")
    assert page.evaluate("window.__ran") == 0
    page.reload()
    wait_idle(page)
    expect(page.locator(".gates .run_plot").first).to_be_visible()  # the browser remembers it


@pytest.mark.parametrize(
    ("width", "scheme", "cell"),
    [(1440, "dark", "lstm"), (1280, "light", "rnn"), (390, "dark", "rnn"), (390, "light", "lstm")],
)
def test_the_pictures_have_room(walked: Page, width: int, scheme: Literal["light", "dark"], cell: str) -> None:
    experiment = Experiment(cell=cell, epochs=EPOCHS)
    walked.set_viewport_size({"width": width, "height": 900})
    walked.emulate_media(color_scheme=scheme)
    turn_to_gates(walked, experiment)
    assert walked.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    made = engine(experiment)
    squares = squares_said(scattered(walked, ".gates", CANVASES, ".gates_says", 100), made.task.alphabet)
    assert {one.quantity for one in squares} == set(PICTURES[cell])
    units = {(one.quantity, one.unit) for one in squares}
    assert len(units) == 3 * (len(PICTURES[cell]) - 1) + 4  # none is hidden by another
    dark = scheme == "dark"
    expect_squares(squares, made.trace, -1, scales_of(made.trace, cell, dark=dark))


@pytest.mark.parametrize(
    "pattern", ["ab", "abcdefghijklmnopqrstuvwxyz" * 2 + "abcdefghijkL", "가나가다", "<b>*$", "👩‍🚀a👩‍🚀b"]
)
def test_any_pattern_can_be_shown(walked: Page, pattern: str) -> None:
    experiment = Experiment(task=pattern, epochs=20)
    turn_to_gates(walked, experiment)
    made = engine(experiment)
    squares = squares_said(scattered(walked, ".gates", CANVASES, ".gates_says", 80), made.task.alphabet)
    expect_squares(squares, made.trace, -1, scales_of(made.trace, "lstm"))
    assert squares


def test_many_units_are_shown_with_all_their_snapshots(walked: Page) -> None:
    experiment = Experiment(epochs=40, hidden_size=24)
    turn_to_gates(walked, experiment)
    expect_engine(walked, experiment, count=120)
    made = engine(experiment)
    assert walked.locator("#transport_training").get_attribute("max") == str(len(made.kept) - 1)


def test_it_is_said_where_numbers_do_not_fit(page: Page) -> None:
    open_gates(page, epochs=20, hidden=12)
    note = page.locator(".gates_note")
    expect(note).to_be_hidden()
    page.locator(".gates").get_by_role("button", name="numbers").click()
    expect(note).to_be_visible()


def test_the_words_are_in_the_language(page: Page) -> None:
    open_gates(page, lang="ko")
    expect(page.locator(".gates_how")).to_contain_text("한 행이 읽은 글자 하나")
    expect(page.locator(".gates").get_by_role("button", name="강의 노트 색")).to_be_visible()


def test_how_the_pictures_are_drawn_is_in_the_url(page: Page, open_page: Callable[..., Page]) -> None:
    goto(page, "gates", lang="en", epochs=60)
    wait_trained(page)
    page.get_by_role("button", name="lecture's colours").click()
    page.get_by_role("button", name="numbers", exact=True).click()
    page.get_by_role("button", name="1", exact=True).click()
    settle(page, SETTLED_MS)
    told = dict(parse_qsl(urlsplit(page.url).query))
    assert {told.get(f"gates_{name}") for name in ("notes", "numbers", "patterns")} == {"1"}
    other = open_page(viewport={"width": 1440, "height": 900})
    other.goto(page.url)
    wait_idle(other)
    for name in ("lecture's colours", "numbers", "1"):
        expect(other.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    goto(other, "gates", lang="en", epochs=60, gates_drawn="lines", gates_patterns="many")
    expect(other.get_by_role("button", name="lines", exact=True)).to_have_attribute("aria-pressed", "true")
