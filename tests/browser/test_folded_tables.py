"""Below each picture on a canvas its numbers stand as a table, folded away, and they are the engine's."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number, share_text
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import turn, wait_trained
from tests.browser.digit_pad import answered, open_pad, sample_read
from tests.browser.player import engine, move, open_player, press

EPOCHS = 120
CELLS = """(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"""


def opened(page: Page, part: str) -> list[list[str]]:
    """The table below the pictures of a part, opened if it is not."""
    folded = page.locator(f"{part} .folded_table")
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()
    expect(folded.locator("tbody tr").first).to_be_visible()
    cells = folded.locator("table").evaluate(CELLS)
    return [[text.replace("\u2068", "").replace("\u2069", "") for text in row] for row in cells]


@pytest.mark.parametrize(("path", "part"), [("", ".overview"), ("gates", ".gates"), ("cell", ".player")])
def test_the_numbers_of_the_steps_on_display(walked: Page, path: str, part: str) -> None:
    run = engine(Experiment(epochs=EPOCHS))
    turn(walked, path, epochs=EPOCHS, t=586)
    wait_trained(walked)
    heads, *rows = opened(walked, part)
    assert heads == [
        *("t", "reads", "i₁", "i₂", "i₃", "f₁", "f₂", "f₃", "o₁", "o₂", "o₃", "g₁", "g₂", "g₃"),
        *("c₁", "c₂", "c₃", "h₁", "h₂", "h₃", "ŷ(“a”)", "ŷ(“b”)", "ŷ(“c”)", "ŷ(“C”)"),
    ]
    steps = [int(row[0]) for row in rows]
    assert steps == list(range(576, 599))
    last = run.trace.snapshot(-1)
    quantities = last.i, last.f, last.o, last.g, last.c, last.h
    for t, row in zip(steps, rows, strict=True):
        values = np.concatenate([quantity[t] for quantity in quantities])
        assert row[1] == "abcabC"[t % 6]
        shares = [share_text(float(value)) for value in last.probabilities[t]]
        assert row[2:] == [*(number(float(value)) for value in values), *shares]


def test_an_open_table_follows_the_time_and_the_training_and_tells_nothing_that_is_to_be_guessed(page: Page) -> None:
    run = engine(Experiment(epochs=EPOCHS))
    open_player(page, epochs=EPOCHS)
    opened(page, ".player")
    move(page, 31, 9)
    rows = {row[0]: row[2:] for row in opened(page, ".player")[1:]}
    assert rows["31"][0] == number(float(run.trace.i[9, 31, 0]))
    page.get_by_role("button", name="Hide the next letter", exact=True).click()
    expect(page.locator(".player .folded_table")).to_be_hidden()
    press(page, "Escape")


def test_what_was_learned_and_how_far_back_learning_reaches(walked: Page) -> None:
    run = engine(Experiment(epochs=EPOCHS))
    turn(walked, "training", epochs=EPOCHS)
    wait_trained(walked)
    heads, *rows = opened(walked, ".learned")
    assert [int(row[0].replace(",", "")) for row in rows] == list(run.kept)
    assert heads[:3] == ["epoch", "a1 → a", "a1 → b"]
    for e in (0, 9, len(run.kept) - 1):
        assert rows[e][1:5] == [share_text(float(value)) for value in run.trace.probabilities[e, 594]]
    turn(walked, "gradients", epochs=EPOCHS)
    wait_trained(walked)
    heads, *rows = opened(walked, ".matrices")
    assert heads[:2] == ["t", "k"]
    shown = {(int(t), int(k)) for t, k, *_ in rows}
    first = min(k for _, k in shown)
    assert shown == {(t, k) for t in range(first, max(t for t, _ in shown) + 1) for k in range(first, t + 1)}
    t, k, own = rows[len(rows) // 2][:3]
    panel = walked.locator(".matrix_marks").first
    size = len({t for t, _ in shown})
    side = (panel.evaluate("(canvas) => canvas.clientWidth") - 21) / size
    panel.hover(position={"x": 20 + (int(k) - first + 0.5) * side, "y": 2 + (size - 1 - (int(t) - first) + 0.5) * side})
    expect(walked.locator(".matrix_value").first).to_have_text(own)


def test_what_is_answered_after_each_row_of_a_digit(page: Page) -> None:
    open_pad(page)
    for order, places in (("rows", "row {}"), ("columns", "column {}")):
        if order != "rows":
            page.get_by_role("button", name=order, exact=True).click()
            answered(page)
        heads, *rows = opened(page, ".digit_reader")
        assert heads == ["", *"0123456789"]
        assert [row[0] for row in rows] == [places.format(row + 1) for row in range(28)]
        shown = np.array([[float(text) for text in row[1:]] for row in rows])
        np.testing.assert_allclose(shown, sample_read(0, order=order).probabilities, atol=5.01e-4)
