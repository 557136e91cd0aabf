"""The two pictures move in the browser alone, and whatever they are moved to is the engine's."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.gates import PICTURES, window
from lstmviz.models import build_model
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import Trace, trace_snapshots
from lstmviz.training import train
from lstmviz.ui.background.jobs import configs
from lstmviz.ui.frame.experiment import Experiment
from tests.browser.conftest import goto, plotted, wait_idle

EXPERIMENT = Experiment(epochs=200)
STEPS = window(alphabet_task("abcabC"), 3, last=True)
TIME, TRAINING = 0, 1  # the players, from the top
PLAY, FAST, PAUSE = 0, 1, 2
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
READY = """() => {
    const figure = document.querySelector('.st-key-gates .js-plotly-plot');
    return figure?._transitionData?._frames.length && figure.tabIndex === 0;
}"""
# Nothing while the figure is being drawn anew.
PLACES = """() => document.querySelector('.st-key-gates .js-plotly-plot')?._fullLayout?.sliders
    ?.map((slider) => slider.steps[slider.active].value)"""
VALUES = """() => document.querySelector('.st-key-gates .js-plotly-plot').data
    .map((trace, number) => [number, trace.meta]).filter(([, meta]) => meta)"""
MARK = """() => {
    const { _fullData } = document.querySelector('.st-key-gates .js-plotly-plot');
    return _fullData.filter((trace) => trace.line?.width === 3).map((trace) => Array.from(trace.y));
}"""


@cache
def engine(experiment: Experiment) -> tuple[list[int], Trace]:
    """The snapshots of the page's network, trained and followed here."""
    model_config, train_config = configs(experiment)
    model, task = build_model(model_config), alphabet_task(experiment.task)
    kept = [step for step in train(model, task, train_config) if step.parameters is not None]
    parameters = [step.parameters for step in kept if step.parameters is not None]
    return [step.epoch for step in kept], trace_snapshots(model, parameters, task.one_hot())


def open_gates(page: Page, **query: object) -> None:
    goto(page, "gates", epochs=200, **query)
    page.wait_for_function(READY)


def press(page: Page, player: int, button: int) -> None:
    page.locator(".st-key-gates .updatemenu-button").nth(3 * player + button).click()


def places(page: Page) -> list[str]:
    """The names of the frames at which the two sliders stand: time's and the training's."""
    return page.evaluate(PLACES)


def wait_for_places(page: Page, step: str, epoch: str) -> None:
    page.wait_for_function(f"(wanted) => String(({PLACES})()) === wanted", arg=f"{step},{epoch}")
    page.wait_for_timeout(150)  # plotly draws a frame just after it has moved the slider


def drag(page: Page, player: int, share: float) -> None:
    """Drag the grip of a slider to that share of its rail."""
    grip = page.locator(".st-key-gates .slider-grip-rect").nth(player).bounding_box()
    rail = page.locator(".st-key-gates .slider-rail-rect").nth(player).bounding_box()
    assert grip is not None
    assert rail is not None
    y = grip["y"] + grip["height"] / 2
    page.mouse.move(grip["x"] + grip["width"] / 2, y)
    page.mouse.down()
    for part in (0.5, 1.0):
        page.mouse.move(rail["x"] + rail["width"] * share * part, y, steps=3)
    page.mouse.up()
    page.wait_for_timeout(300)


def expect_engine(page: Page, experiment: Experiment = EXPERIMENT, steps: range = STEPS) -> None:
    """What is plotted is what the engine has at the epoch at which the slider stands; the mark is on the step's row."""
    kept, tr = engine(experiment)
    step, epoch = (int(place.split()[1]) for place in places(page))
    shown = page.evaluate(VALUES)
    assert [meta for _, meta in shown] == [name for picture in PICTURES[experiment.cell] for name in picture]
    for number, name in shown:
        values = tr.probabilities if name == "yhat" else getattr(tr, name)
        expected = values[kept.index(epoch), steps.start : steps.stop]
        np.testing.assert_array_equal(np.array(plotted(page, "gates", number, "z"), np.float32), expected)
    row = steps.index(step)
    for mark in page.evaluate(MARK):
        assert (min(mark), max(mark)) == (row - 0.5, row + 0.5)


def count_traffic(page: Page) -> list[str]:
    """A list that grows with everything that the page sends from now on: requests and messages of its websocket."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate(
        """() => {
            const send = WebSocket.prototype.send;
            window.__sent = 0;
            WebSocket.prototype.send = function (...message) { window.__sent += 1; return send.apply(this, message); };
        }"""
    )
    return sent


def sent(page: Page, requests: list[str]) -> int:
    return len(requests) + page.evaluate("window.__sent")


@pytest.mark.parametrize("cell", PICTURES)
def test_it_opens_at_the_end_of_the_training(page: Page, cell: str) -> None:
    open_gates(page, cell=cell)
    assert places(page) == ["step 582", "epoch 200"]
    expect_engine(page, Experiment(cell=cell, epochs=200))


def test_both_players_play_without_a_word_to_the_server(page: Page) -> None:
    open_gates(page)
    requests = count_traffic(page)
    press(page, TRAINING, FAST)
    page.wait_for_function(f"() => ({PLACES})()[1].split(' ')[1] > 20 && ({PLACES})()[1].split(' ')[1] < 200")
    press(page, TRAINING, PAUSE)
    page.wait_for_timeout(300)
    stopped = places(page)
    page.wait_for_timeout(600)
    assert places(page) == stopped
    assert stopped[0] == "step 582"
    expect_engine(page)
    press(page, TIME, FAST)
    page.wait_for_function(f"() => ({PLACES})()[0] === 'step 587'")
    press(page, TIME, PAUSE)
    page.wait_for_timeout(300)
    assert places(page)[1] == stopped[1]
    expect_engine(page)
    press(page, TRAINING, FAST)  # goes on from its own place, although the other one has played since
    page.wait_for_function(f"(stopped) => ({PLACES})()[1] !== stopped", arg=stopped[1])
    assert int(places(page)[1].split()[1]) > int(stopped[1].split()[1])
    wait_for_places(page, places(page)[0], "epoch 200")
    expect_engine(page)
    assert sent(page, requests) == 0


def test_scrubbing_asks_nobody_either(page: Page) -> None:
    open_gates(page)
    requests = count_traffic(page)
    for player, share in ((TRAINING, 0.3), (TIME, 0.7), (TRAINING, 0.02), (TIME, 0.4), (TRAINING, 0.6)):
        before = places(page)
        drag(page, player, share)
        assert places(page)[player] != before[player]
        assert places(page)[1 - player] == before[1 - player]
        expect_engine(page)
    assert sent(page, requests) == 0


def test_keys_step_once_the_figure_has_the_focus(page: Page) -> None:
    open_gates(page)
    requests = count_traffic(page)
    kept, _ = engine(EXPERIMENT)
    page.keyboard.press("ArrowRight")
    assert places(page) == ["step 582", "epoch 200"]
    page.locator(".st-key-gates .js-plotly-plot").focus()
    for key, step, epoch in (
        ("ArrowRight", 583, 200),
        ("Shift+ArrowRight", 589, 200),
        ("ArrowLeft", 588, 200),
        ("ArrowDown", 588, kept[-2]),
        ("ArrowDown", 588, kept[-3]),
        ("ArrowUp", 588, kept[-2]),
        ("End", 598, kept[-2]),
        ("ArrowRight", 598, kept[-2]),
        ("Home", 582, kept[-2]),
        ("ArrowLeft", 582, kept[-2]),
    ):
        page.keyboard.press(key)
        wait_for_places(page, f"step {step}", f"epoch {epoch}")
    expect_engine(page)
    page.keyboard.press("Space")
    page.wait_for_function(f"() => ({PLACES})()[0] === 'step 584'")
    page.keyboard.press("Space")
    page.wait_for_timeout(200)
    stopped = places(page)
    page.wait_for_timeout(1200)
    assert places(page) == stopped
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.classList.contains('js-plotly-plot')")
    assert sent(page, requests) == 0


def test_another_view_of_the_same_run_stays_at_its_place(page: Page) -> None:
    open_gates(page)
    drag(page, TRAINING, 0.5)
    drag(page, TIME, 0.5)
    before = places(page)
    assert before != ["step 582", "epoch 200"]
    page.get_by_text("Numbers", exact=True).click()
    wait_idle(page)
    page.wait_for_function(f"(before) => String(({PLACES})()) === before", arg=",".join(before))
    page.wait_for_function("() => document.querySelector('.st-key-gates .heatmap-label')")
    expect_engine(page)
    page.get_by_role("radio", name="First steps").click()
    wait_idle(page)
    wait_for_places(page, "step 0", before[1])
    expect_engine(page, steps=range(18))


def test_another_run_begins_at_its_end(page: Page) -> None:
    open_gates(page)
    drag(page, TRAINING, 0.5)
    page.get_by_test_id("stSidebar").get_by_label("Seed", exact=True).fill("2")
    page.keyboard.press("Enter")
    wait_idle(page)
    wait_for_places(page, "step 582", "epoch 200")
    expect_engine(page, Experiment(epochs=200, seed=2))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "beside"), [(1440, True), (390, False)])
def test_the_pictures_have_room(open_page: Callable[..., Page], width: int, beside: bool, scheme: str) -> None:
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    open_gates(page)
    page.wait_for_function(
        """(beside) => {
            const layout = document.querySelector('.st-key-gates .js-plotly-plot')?._fullLayout;
            return layout && (layout.xaxis2.domain[0] > layout.xaxis.domain[1]) === beside;
        }""",
        arg=beside,
    )
    wait_idle(page)
    expect_engine(page)
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    figure = page.locator(".st-key-gates .js-plotly-plot").bounding_box()
    assert figure is not None
    parts = page.locator(".st-key-gates .updatemenu-item-rect, .st-key-gates .slider-rail-rect")
    boxes: list[Any] = [parts.nth(k).bounding_box() for k in range(parts.count())]
    assert len(boxes) == 8
    for k, box in enumerate(boxes):
        assert box["x"] >= figure["x"] - 1
        assert box["x"] + box["width"] <= figure["x"] + figure["width"] + 1
        assert box["y"] + box["height"] <= figure["y"] + figure["height"] + 1
        for other in boxes[:k]:
            apart = (
                box["x"] >= other["x"] + other["width"]
                or other["x"] >= box["x"] + box["width"]
                or box["y"] >= other["y"] + other["height"]
                or other["y"] >= box["y"] + box["height"]
            )
            assert apart


@pytest.mark.parametrize(("agent", "guessed"), [(IPHONE, True), (None, False)])
def test_a_phone_gets_the_narrow_figure_at_once(open_page: Callable[..., Page], agent: str, guessed: bool) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, user_agent=agent, has_touch=True)
    told: list[str | bytes] = []

    def listen(frame: str | bytes) -> None:
        told.append(frame)

    page.on("websocket", lambda socket: socket.on("framesent", listen))
    open_gates(page)
    page.wait_for_timeout(500)
    # What is guessed from the browser's name, the page need not be told.
    assert any(b"narrow" in frame for frame in told if isinstance(frame, bytes)) != guessed


def test_the_caption_is_in_the_language(page: Page) -> None:
    open_gates(page, lang="ko")
    expect(page.locator(".st-key-gates .slider-container")).to_contain_text("입력 a1 · 다음 b1")
