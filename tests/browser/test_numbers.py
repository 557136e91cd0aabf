"""Tasks of numbers in the browser: what is read, told and due are the engine's, and nothing speaks of probabilities."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import Palette, number
from lstmviz.predictions.outcome import outcome
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, goto, settle, turn, wait_trained
from tests.browser.pictures import down_the_end, scattered
from tests.browser.player import (
    Engine,
    at_the_end,
    engine,
    expect_number,
    move,
    open_player,
    pin,
    shown,
    sums,
    tab,
    turn_to_player,
    value,
)

ECHO = Experiment(task="echo of numbers", hidden_size=4, lr=0.05, epochs=60)
NOISE = Experiment(task="noise by heart", hidden_size=4, lr=0.05, epochs=60)
ADDING = Experiment(task="adding problem", cell="gru", hidden_size=3, lr=0.05, epochs=20)
EACH = pytest.mark.parametrize("experiment", [ECHO, NOISE, ADDING], ids=["echo", "noise", "adding"])
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SAID = re.compile(r"t = (\d+) · ([^\W\d])([₀-₉]*) = (\S+) · reads ")


def turn_to(page: Page, name: str, experiment: Experiment, ready: str) -> None:
    turn(page, name, **at_the_end(experiment))
    wait_shown(page, ready)


def wait_shown(page: Page, ready: str) -> None:
    wait_trained(page)
    expect(page.locator(f"{ready}[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


def wanted(made: Engine, quantity: str, e: int, t: int, unit: int) -> float:
    """The engine's number of what a square says."""
    if quantity in "xy":
        rows: Any = made.task.x if quantity == "x" else np.where(made.task.scored[:, None], made.task.y, np.nan)
        return float(np.float32(rows[t, unit]))
    values = made.trace.logits if quantity == "ŷ" else getattr(made.trace, quantity)
    return float(np.asarray(values)[e, t, unit])


def expect_said(made: Engine, found: list[Any], quantities: set[str]) -> None:
    """Each square says the engine's number, and those of numbers have the colours of their common scales."""
    bounds = {"x": np.abs(made.task.x).max(), "ŷ": max(np.abs(made.trace.logits).max(), np.abs(made.task.y).max())}
    seen, agreed, coloured = set[str](), 0, 0
    for text, *pixel in found:
        match = _SAID.match(text)
        if match is None or pixel[3] == 0:
            continue
        t, quantity, unit, said = match.groups()
        exact = wanted(made, quantity, -1, int(t), int(unit.translate(_DIGITS) or 1) - 1)
        assert said == number(exact), text
        seen.add(quantity)
        if quantity in ("x", "y", "ŷ") and np.isfinite(exact):
            bound = float(bounds["x" if quantity == "x" else "ŷ"])
            expected = Palette().scale("c", bound).colour(exact)[0]
            rgb = [int(expected[k : k + 2], 16) for k in (1, 3, 5)]
            coloured += 1
            agreed += max(abs(a - b) for a, b in zip(rgb, pixel[:3], strict=True)) <= 3
    assert seen == quantities
    assert agreed >= 0.6 * coloured > 0, (agreed, coloured)  # the rest are crosses, frames and lines between squares


@EACH
def test_home_shows_the_engines_numbers(walked: Page, experiment: Experiment) -> None:
    turn_to(walked, "", experiment, ".overview")
    where = (".overview", (".run_marks", ".run_numbers"), ".run_says")
    found = scattered(walked, *where, 180) + down_the_end(walked, *where)
    expect_said(engine(experiment), found, {*("rznh" if experiment.cell == "gru" else "ifogch"), "x", "ŷ", "y"})
    assert "probab" not in walked.locator("main, [data-testid=stMain]").first.inner_text().replace("no probability", "")


@pytest.mark.parametrize("experiment", [ECHO, NOISE], ids=["echo", "noise"])
def test_gates_shows_what_is_read_told_and_due(walked: Page, experiment: Experiment) -> None:
    turn_to(walked, "gates", experiment, ".gates")
    found = scattered(walked, ".gates", (".gates_marks", ".gates_pictures canvas"), ".gates_says", 180)
    expect_said(engine(experiment), found, {*"ifogch", "x", "ŷ", "y"})


@EACH
def test_the_player_shows_what_is_told_beside_what_is_due(walked: Page, experiment: Experiment) -> None:
    turn_to_player(walked, experiment)
    made = engine(experiment)
    task, right = made.task, outcome(made.trace, made.task).right
    expect(walked.locator(".letters")).to_be_hidden()
    for e in (0, len(made.kept) // 2, len(made.kept) - 1):
        for t in (0, 1, len(task.x) // 2, len(task.x) - 1):
            move(walked, t, e)
            settle(walked)
            [side] = shown(walked)
            for vector in side["vectors"]:
                row = getattr(made.trace, vector["quantity"] + ("_prev" if vector["when"] == "before" else ""))[e, t]
                for text, exact in zip(vector["numbers"], row, strict=True):
                    expect_number(text, None, exact, (t, e, vector["quantity"]))
            assert len(side["bars"]) == task.output_size
            for k, bar in enumerate(side["bars"]):
                expect_number(bar["probability"], None, made.trace.logits[e, t, k], (t, e, k))
                off = abs(float(made.trace.logits[e, t, k]) - task.y[t, k])
                if not task.scored[t]:
                    assert (bar["logit"], bar["mark"]) == ("", "")
                    continue
                expect_number(bar["logit"], None, np.float32(task.y[t, k]), (t, e, k))
                assert bar["mark"] == ("○" if off <= task.tolerance else "✕"), (t, e, k, off)
            marks = {bar["mark"] for bar in side["bars"]}
            assert not task.scored[t] or ("✕" in marks) != right[e, t]


@EACH
def test_the_output_is_a_sum_and_its_loss_a_square(walked: Page, experiment: Experiment) -> None:
    turn_to_player(walked, experiment)
    made = engine(experiment)
    t, e = int(np.flatnonzero(made.task.scored)[-1]), len(made.kept) - 1
    for k in range(made.task.output_size):
        pin(walked, "logits", k)
        settle(walked)
        found = sums(walked)
        told, due = float(made.trace.logits[e, t, k]), float(np.float32(made.task.y[t, k]))
        assert value(found["exact"]) == pytest.approx(told, rel=1e-5)
        *terms, total, target, off, loss = [value(row["exact"]) for row in found["rows"]]
        assert len(terms) == experiment.hidden_size + 1
        assert sum(terms) == pytest.approx(total, abs=1e-5)
        assert [total, target, off, loss] == pytest.approx([told, due, told - due, (told - due) ** 2], abs=1e-5)
        assert not any("softmax" in row["term"] for row in found["rows"])


def test_a_gate_adds_a_product_for_each_number_that_is_read(walked: Page) -> None:
    turn_to_player(walked, NOISE)
    made = engine(NOISE)
    t, e = len(made.task.x) - 1, len(made.kept) - 1
    pin(walked, "f", 1)
    settle(walked)
    rows = sums(walked)["rows"]
    weights = made.parameters[e]["recurrent.weight_ih_l0"][NOISE.hidden_size + 1]
    for k, row in enumerate(rows[:4]):
        assert value(row["exact"]) == pytest.approx(float(weights[k] * made.task.x[t, k]), abs=1e-5)
    assert value(rows[-1]["exact"]) == pytest.approx(float(made.trace.f[e, t, 1]), abs=1e-5)
    expect(walked.locator(".sum-row .weight")).to_have_count(0)  # what is changed from outside is told of symbols only


def test_the_sentences_are_about_numbers(page: Page) -> None:
    open_player(page, **ECHO.params())
    made = engine(ECHO)
    right = outcome(made.trace, made.task).right
    asked = made.task.scored
    panel = page.locator("[data-part=panel]")
    for good in (True, False):
        e, t = map(int, np.argwhere((right == good) & asked)[0])
        move(page, t, e)
        settle(page, 200)
        text = re.sub("[\u2066-\u2069]", "", panel.inner_text())
        told, due = float(made.trace.logits[e, t, 0]), float(np.float32(made.task.y[t, 0]))
        assert f"It tells {number(told)}; the target is {number(due)}" in text
        assert ("right, within 0.100" in text) == good
        assert ("wrong, farther than 0.100" in text) == (not good)
    move(page, 0)
    settle(page, 200)
    expect(panel).to_contain_text("Nothing is asked at this step. It would tell")
    expect(page.locator(".tabs button").nth(1)).to_be_hidden()
    tab(page, "beside")
    expect(page.locator(".tabs button").nth(2)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("experiment", [ECHO, NOISE], ids=["echo", "noise"])
def test_training_shows_what_was_told_at_every_snapshot(walked: Page, experiment: Experiment) -> None:
    turn_to(walked, "training", experiment, ".learned")
    made = engine(experiment)
    found = scattered(walked, ".learned", (".learned_marks", ".learned_plot canvas"), ".learned_says", 150)
    rows = 0
    for text, *_ in found:
        match = re.match(r"epoch (\S+) · .* · t = (\d+) · ŷ([₀-₉]*) = (\S+) · due: (\S+) ± ", text)
        if match is None:
            continue
        rows += 1
        epoch, t, unit, said, due = match.groups()
        k = int(unit.translate(_DIGITS) or 1) - 1
        assert said == number(float(made.trace.logits[made.kept.index(int(epoch)), int(t), k])), text
        assert due == number(float(np.float32(made.task.y[int(t), k]))), text
    assert rows > 50


def test_lines_show_the_target_behind_what_is_told(page: Page) -> None:
    goto(page, "", **ECHO.params())
    wait_shown(page, ".overview")
    page.locator(".run_bar button", has_text="lines").click()
    settle(page)
    found = scattered(page, ".overview", (".run_marks", ".run_numbers"), ".run_says", 120)
    said = {match[2] for text, *_ in found if (match := _SAID.match(text))}
    assert "ŷ" in said
    assert "y" not in said  # it has no band of its own there
