"""A second network beside the first, in step with it."""

import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.player import (
    Engine,
    answered,
    button,
    engine,
    expect_diagram,
    move,
    open_player,
    pin,
    press,
    shown,
    sums,
    tab,
)

EPOCHS = 120


@pytest.fixture(scope="module")
def run() -> Engine:
    return engine(Experiment(epochs=EPOCHS))


def test_a_network_beside_is_shown_in_step_and_goes_again(page: Page, run: Engine) -> None:
    last, side = len(run.kept) - 1, Experiment(cell="rnn", epochs=EPOCHS)
    second = engine(side)
    open_player(page, epochs=EPOCHS, **{"with": "cell=rnn"})
    for t, e in ((580, last), (31, 9), (0, 0)):
        move(page, t, e)
        expect_diagram(page, run.trace, t, e, run.task)
        expect_diagram(page, second.trace, t, e, run.task, side=1)
    expect(page.locator(".diagram_title")).to_have_text(
        ["LSTM · 3 nodes · seed 135", "RNN (tanh) · 3 nodes · seed 135"]
    )
    move(page, 200, 20)
    pin(page, "h", 2, side=1)
    assert sums(page)["value"] == number(second.trace.h[20, 200, 2])
    assert sums(page)["title"].startswith("The network beside: ")
    tab(page, "beside")
    button(page, "Remove").click()
    answered(page)
    assert "with" not in page.url
    assert len(shown(page)) == 1
    expect_diagram(page, run.trace, 200, 20, run.task)
    button(page, "another seed").click()
    answered(page)
    expect_diagram(page, engine(Experiment(epochs=EPOCHS, seed=Experiment().seed + 1)).trace, 200, 20, run.task, side=1)
    page.locator(".beside select").select_option("gru")
    page.locator(".beside-fields input").nth(2).fill(str(run.kept[15]))
    page.locator(".beside-fields input").nth(1).fill("1")
    page.locator(".beside-fields input").nth(2).press("Enter")
    answered(page)
    press(page, "ArrowRight")
    expect_diagram(page, engine(Experiment(cell="gru", seed=1, epochs=EPOCHS)).trace, 201, 15, run.task, side=1)


def test_what_is_offered_beside_is_the_network_that_does_what_its_name_says(page: Page) -> None:
    promised = Experiment(cell="rnn")
    open_player(page)
    tab(page, "beside")
    expect(page.locator(".beside .chips").first.get_by_role("button", name="an RNN", exact=True)).to_have_count(0)
    page.locator(".beside").get_by_role("button", name="an RNN that tosses a coin").click()
    answered(page)
    expect(page.locator(".diagram_title")).to_have_text(
        ["LSTM · 3 nodes · seed 135", "RNN (tanh) · 3 nodes · seed 135"]
    )
    second = engine(promised)
    expect_diagram(page, second.trace, 586, len(second.kept) - 1, second.task, side=1)
    open_player(page, task="abaB", hidden=2, epochs=EPOCHS)  # of which nothing is promised
    tab(page, "beside")
    expect(page.locator(".beside").get_by_role("button", name="an RNN", exact=True)).to_be_visible()
    expect(page.locator(".beside").get_by_role("button", name="an RNN that tosses a coin")).to_have_count(0)
