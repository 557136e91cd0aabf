"""Tasks that are no patterns, in the browser: a grammar, where several symbols may come, and matching halves."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import share_text
from lstmviz.predictions.outcome import outcome
from lstmviz.tasks import named_task
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, settle, turn, wait_trained
from tests.browser.pictures import expect_squares, scales_of_units, scattered, squares_said
from tests.browser.player import (
    answered,
    at_the_end,
    engine,
    expect_diagram,
    expect_share,
    move,
    open_player,
    shown,
    turn_to_player,
)

GRAMMAR = Experiment(task="Reber grammar", hidden_size=4, lr=0.05, epochs=60)
HALVES = Experiment(task="matching halves", hidden_size=4, lr=0.05, epochs=20)


TEXT = Experiment(task="text in windows", hidden_size=6, lr=0.05, epochs=30)


def seen(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """The symbols as they are drawn: a space has to be seen."""
    return tuple(symbol.replace(" ", "␣") for symbol in symbols)


def turn_to_home(page: Page, experiment: Experiment) -> None:
    turn(page, "", **at_the_end(experiment))
    wait_trained(page)
    expect(page.locator(".overview[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


@pytest.mark.parametrize("experiment", [GRAMMAR, HALVES, TEXT], ids=["grammar", "halves", "text"])
def test_home_shows_the_engines_numbers(walked: Page, experiment: Experiment) -> None:
    turn_to_home(walked, experiment)
    made = engine(experiment)
    found = scattered(walked, ".overview", (".run_marks", ".run_numbers"), ".run_says", 240)
    squares = squares_said(found, seen(made.task.answers))
    assert {one.quantity for one in squares} == {*"ifogch", "yhat"}
    assert {one.t for one in squares} == set(range(len(made.task.x)))
    expect_squares(squares, made.trace, -1, scales_of_units(made.trace, "lstm", -1))


@pytest.mark.parametrize("experiment", [GRAMMAR, HALVES], ids=["grammar", "halves"])
def test_the_player_marks_what_is_due_and_what_is_wrong(walked: Page, experiment: Experiment) -> None:
    turn_to_player(walked, experiment)
    made = engine(experiment)
    for e in (0, len(made.kept) // 2, len(made.kept) - 1):
        for t in range(len(made.task.x)):
            move(walked, t, e)
            expect_diagram(walked, made.trace, t, e, made.task)


def test_the_player_says_what_the_engine_finds(walked: Page) -> None:
    turn_to_player(walked, GRAMMAR)
    made = engine(GRAMMAR)
    right = outcome(made.trace, made.task).right
    assert right.any()
    assert not right.all()
    for e, t in [tuple(map(int, np.argwhere(right == good)[0])) for good in (True, False)]:
        move(walked, t, e)
        settle(walked)
        legal = ", ".join(made.task.answers[k] for k in np.flatnonzero(made.task.legal[t]))
        said = re.sub("[\u2066-\u2069]", "", walked.locator("[data-part=panel]").inner_text())
        assert (f"What may come next, {legal}, it holds" in said) == right[e, t]
        assert (f"What may come next is {legal};" in said) == (not right[e, t])


def test_where_nothing_is_asked_nothing_is_judged_or_guessed(page: Page) -> None:
    open_player(page, **HALVES.params(), t=0)
    made = engine(HALVES)
    assert not made.task.scored[0]
    panel = page.locator("[data-part=panel]")
    expect(panel).to_contain_text("Nothing is asked at this step.")
    expect(page.locator(".letters_toggle")).to_be_hidden()
    move(page, len(made.task.x) - 1, len(made.kept) - 1)
    settle(page)
    expect(panel).to_contain_text("It answers")


def test_the_next_symbol_of_a_grammar_can_be_guessed(page: Page) -> None:
    open_player(page, **GRAMMAR.params(), t=1)
    page.locator(".letters_toggle").click()
    settle(page)
    task = engine(GRAMMAR).task
    illegal = int(np.flatnonzero(~task.legal[1])[0])
    page.locator(".letters_choice").nth(illegal).click()
    settle(page)
    expect(page.locator(".letters_told")).to_contain_text("✕")
    marked = page.locator(".letters_choice.right").all_inner_texts()
    assert marked == [task.answers[k] for k in np.flatnonzero(task.legal[1])]


def test_another_sequence_is_shown(page: Page) -> None:
    open_player(page, **GRAMMAR.params())
    page.get_by_role("button", name="Another sequence").click()
    answered(page)
    expect(page).to_have_url(re.compile("sequence=1"))
    task = named_task(GRAMMAR.task, 1)
    move(page, 0)
    settle(page)
    assert page.locator("#transport_time").get_attribute("max") == str(len(task.x) - 1)


def test_answers_are_korean_in_korean(page: Page) -> None:
    open_player(page, **HALVES.params(), lang="ko")
    made = engine(HALVES)
    move(page, len(made.task.x) - 1, len(made.kept) - 1)
    settle(page)
    assert [bar["letter"] for bar in shown(page)[0]["bars"]] == ["아니요", "예"]
    panel = page.locator("[data-part=panel]").inner_text()
    guess = ("아니요", "예")[int(made.trace.probabilities[-1, -1].argmax())]
    found = outcome(made.trace, made.task)
    tossed = found.right[-1, -1] and not found.sure[-1, -1]
    share = share_text(float(made.trace.probabilities[-1, -1].max()))
    said = f"{guess}에 {share}, " if tossed else f"“{guess}”라고 {share}의"
    assert said in re.sub("[\u2066-\u2069]", "", panel)
    assert not re.search(r"\b(no|yes)\b", panel)


def test_of_many_letters_the_most_probable_ones_have_rows(walked: Page) -> None:
    turn_to_player(walked, TEXT)
    made = engine(TEXT)
    letters = seen(made.task.answers)
    for t, e in ((0, 0), (9, len(made.kept) - 1)):
        move(walked, t, e)
        settle(walked)
        *bars, rest = shown(walked)[0]["bars"]
        probabilities = made.trace.probabilities[e, t]
        rows = [letters.index(bar["letter"]) for bar in bars]
        assert rest["letter"] == "…"
        assert int(made.task.y[t]) in rows
        assert set(np.argsort(-probabilities)[: len(rows) - 1].tolist()) <= set(rows)
        for bar, k in zip(bars, rows, strict=True):
            expect_share(bar["probability"], None, probabilities[k], (t, e, k))
        expect_share(rest["probability"], None, 1 - probabilities[rows].sum(), (t, e))
    expect(walked.locator("[data-part=panel]")).to_contain_text("Here the next letter is asked for.")


def test_a_space_is_guessed_by_its_key(page: Page) -> None:
    open_player(page, **TEXT.params(), t=4)
    task = engine(TEXT).task
    assert task.answers[task.y[4]] == " "
    page.locator(".letters_toggle").click()
    settle(page)
    page.locator(".player").press(" ")
    settle(page)
    expect(page.locator(".letters_told")).to_contain_text("You: \u2068␣\u2069 ✓")
    assert page.locator("#transport_time").input_value() == "4"  # nothing plays


def test_each_letter_of_a_text_has_a_row_that_can_be_read(walked: Page) -> None:
    turn_to_home(walked, TEXT)
    rows = walked.locator(".overview .run_name").last.locator(".run_rows span")
    assert rows.all_inner_texts() == list(seen(engine(TEXT).task.answers))
    assert min(row.bounding_box()["height"] for row in rows.all()) >= 12
