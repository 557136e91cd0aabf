"""Tasks that are no patterns, in the browser: a grammar, where several symbols may come, and matching halves."""

import pytest
from playwright.sync_api import Page, expect

from lstmviz.outcome import outcome
from lstmviz.ui.frame.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, goto, settle, wait_trained
from tests.browser.pictures import expect_squares, scales_of, scattered, squares_said
from tests.browser.player import engine

GRAMMAR = Experiment(task="Reber grammar", hidden_size=4, lr=0.05, epochs=60)
HALVES = Experiment(task="matching halves", hidden_size=4, lr=0.05, epochs=20)
PLAYER = ".cell_player[data-ready]"


def open_at(page: Page, name: str, experiment: Experiment, ready: str, **more: object) -> None:
    goto(page, name, **experiment.params(), **more)
    wait_trained(page)
    expect(page.locator(ready)).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


@pytest.mark.parametrize("experiment", [GRAMMAR, HALVES], ids=["grammar", "halves"])
def test_home_shows_the_engines_numbers(page: Page, experiment: Experiment) -> None:
    open_at(page, "", experiment, ".overview[data-ready]")
    made = engine(experiment)
    found = scattered(page, ".overview", (".run_marks", ".run_numbers"), ".run_says", 240)
    squares = squares_said(found, made.task.answers)
    assert {one.quantity for one in squares} == {*"ifogch", "yhat"}
    assert {one.t for one in squares} == set(range(len(made.task.x)))
    expect_squares(squares, made.trace, -1, scales_of(made.trace, "lstm"))
