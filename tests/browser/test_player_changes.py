"""The network changed from outside: each way to do it, what the engine makes of it, and the way back."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.changes.effect import effect, trace_changed
from lstmviz.changes.text import parse_changes
from lstmviz.figures.theme import share_text
from lstmviz.tracing import Trace
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import SETTLED_MS, settle, wait_idle
from tests.browser.player import (
    Engine,
    answered,
    button,
    engine,
    expect_diagram,
    expect_number,
    last_digit,
    move,
    open_player,
    pin,
    shown,
    tab,
    value,
)

EPOCHS = 120
EXPERIMENT = Experiment(epochs=EPOCHS)
COUNTER = Experiment("abaB", hidden_size=2, seed=43052, epochs=1000)


@pytest.fixture(scope="module")
def run() -> Engine:
    return engine(EXPERIMENT)


def made(page: Page) -> str:
    """The changes that the URL names."""
    return dict(parse_qsl(urlsplit(page.url).query)).get("do", "")


def changed(run: Engine, e: int, text: str) -> Trace:
    """A snapshot followed by the engine with the same changes."""
    model, _ = run.at(e)
    return trace_changed(model, run.task, parse_changes(text, model.config, run.task), compare=False)


def expect_changed(page: Page, run: Engine, text: str, *places: tuple[int, int]) -> None:
    """The URL says `text`, the list holds as many changes, and the numbers are those of the engine."""
    answered(page)
    assert made(page) == text
    expect(page.locator(".made li")).to_have_count(len(text.split(";")) if text else 0)
    for t, e in places:
        move(page, t, e)
        expect_diagram(page, changed(run, e, text) if text else run.trace, t, e, run.task)


def expect_effect(page: Page, run: Engine, e: int, text: str) -> None:
    """Both sentences say from when to when the engine finds the change felt."""
    found = effect(run.at(e)[1], changed(run, e, text), run.task)
    first, last = int(found.first), int(found.last)
    for sentence in (page.locator(".effect p"), page.locator(".run_effect")):
        said = [int(step) for step in re.findall(r"t = (\d+)", sentence.inner_text().partition("Felt")[2])]
        wanted = [] if first < 0 else [first] if found.to_the_end or first == last else [first, last]
        assert said == wanted, sentence.inner_text()
        assert ("to the end" in sentence.inner_text()) == (first >= 0 and bool(found.to_the_end))


def test_presets_are_one_press_away_and_taken_back_by_another(page: Page) -> None:
    run = engine(COUNTER)
    open_player(page, **COUNTER.params())
    last = len(run.kept) - 1
    names = ["forget gate held at 0", "forget gate held at 1", "output gate shut", "one wrong letter"]
    for name in [*names, "the counter erased"]:
        button(page, name).click()
        answered(page)
        expect(button(page, name)).to_have_attribute("aria-pressed", "true")
        text = made(page)
        middle = int(re.search(r"@(\d+)", text)[1]) if "@" in text else 200
        expect_changed(page, run, text, (middle + 1, last))
        expect_effect(page, run, last, text)
        button(page, name).click()
        answered(page)
        expect(button(page, name)).to_have_attribute("aria-pressed", "false")
    assert made(page) == ""
    expect_diagram(page, run.trace, middle + 1, last, run.task)


def test_every_way_to_change_it_and_back(page: Page, run: Engine) -> None:
    last = len(run.kept) - 1
    open_player(page, epochs=EPOCHS, t=300, unit=2, q="f")
    tab(page, "change")
    hold = page.locator(".hold")
    hold.locator("select").first.select_option("on")
    hold.locator("input.typed").fill("0,25")
    button(page, "Apply").first.click()
    texts = ["", "f2=0.25@300-"]
    expect_changed(page, run, texts[-1], (300, last), (431, 20))
    expect_effect(page, run, 20, texts[-1])
    move(page, 302, last)
    page.locator(".letters-to-read button").nth(0).click()
    texts.append(f"{texts[-1]};x=1@302")
    expect_changed(page, run, texts[-1], (302, last), (303, last))
    expect(page.locator(".letters_cell.changed del")).to_have_text("c")
    pin(page, "h", 0)
    button(page, "switch unit 1 off").click()
    texts.append(f"{texts[-1]};h1=0")
    expect_changed(page, run, texts[-1], (299, last), (5, 12))
    fields = page.locator(".start input")
    fields.nth(0).fill("0.5")
    fields.nth(1).fill("−2")
    fields.nth(1).press("Enter")
    texts.append(f"{texts[-1]};h1=0.5@start;c1=-2@start")
    expect_changed(page, run, texts[-1], (0, last), (1, 7))
    # a newer change about the very same thing takes the place of the old one
    pin(page, "f", 1)
    move(page, 300)
    hold.locator("input.typed").fill("0.75")
    button(page, "Apply").first.click()
    texts.append(";".join([*texts[-1].split(";")[1:], "f2=0.75@300-"]))
    expect_changed(page, run, texts[-1], (301, last))
    texts.insert(-2, f"{texts[-3]};h1=0.5@start")  # two fields are two changes
    for text in reversed(texts[:-1]):
        button(page, "Undo").click()
        expect_changed(page, run, text)
    expect(button(page, "Undo")).to_be_disabled()
    expect_diagram(page, run.trace, 301, last, run.task)
    for text in texts[1:3]:
        button(page, "Redo").click()
        expect_changed(page, run, text)
    page.locator(".made .remove").first.click()
    expect_changed(page, run, "x=1@302", (303, last))
    button(page, "Reset").click()
    expect_changed(page, run, "", (303, last))


def test_a_weight_is_typed_over(page: Page, run: Engine) -> None:
    last = len(run.kept) - 1
    open_player(page, epochs=EPOCHS, t=202, unit=3, q="o")
    weight = page.locator(".sum-rows button.weight")
    own = weight.nth(1)  # U_o[3, 1]
    before = own.inner_text()
    own.click()
    field = page.locator(".weight-place input")
    field.fill("2.5")
    field.press("Escape")
    expect(own).to_have_text(before)
    own.click()
    for bad in ("lots", "1e9", ""):
        field.fill(bad)
        field.press("Enter")
        expect(page.locator(".weight-place .problem")).to_have_text(re.compile(r"number from −1e6 to 1e6\.$"))
    assert made(page) == ""
    field.fill("2.5")
    field.press("Enter")
    text = "weight_hh.12.1=2.5"
    expect_changed(page, run, text, (202, last), (77, 18))
    move(page, 202, last)
    expect(own).to_have_text("2.500")


def test_a_weight_is_dragged(page: Page, run: Engine) -> None:
    last, text = len(run.kept) - 1, "weight_hh.12.1=2.5"
    open_player(page, epochs=EPOCHS, t=202, unit=3, q="o", do=text)
    letter = page.locator(".sum-rows button.weight").first
    box, was = letter.bounding_box(), value(letter.inner_text())
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 15, box["y"] + 5, steps=3)
    page.mouse.move(box["x"] + 65, box["y"] + 5, steps=5)
    page.mouse.up()
    answered(page)
    dragged = made(page).removeprefix(f"{text};weight_ih.12.2=")
    assert float(dragged) == pytest.approx(was + 0.6, abs=0.005)
    expect_changed(page, run, made(page), (202, last), (205, 18))
    tab(page, "change")
    button(page, "Undo").click()  # the whole drag at once
    expect_changed(page, run, text)


def test_before_after_and_the_difference(page: Page, run: Engine) -> None:
    text, last = "x=1@302;c2=-3@306", len(run.kept) - 1
    open_player(page, epochs=EPOCHS, t=304, q="h", unit=1, do=text)
    after, before = changed(run, last, text), run.trace
    expect_changed(page, run, text, (304, last))
    show = page.get_by_role("group", name="the changed run")
    show.get_by_role("button", name="before").click()
    expect_diagram(page, before, 304, last, run.task)
    show.get_by_role("button", name="difference").click()
    for t in (302, 306, 307, 301):
        move(page, t)
        for vector in shown(page)[0]["vectors"]:
            name, step = vector["quantity"], t - (vector["when"] == "before")
            wanted = getattr(after, name)[step].astype(float) - getattr(before, name)[last, step]
            for unit, shown_text in enumerate(vector["numbers"]):
                expect_number(shown_text, None, wanted[unit], (t, name, unit))
        p, q = (tr.probabilities[..., t, run.task.y[t]] for tr in (before, after))
        settle(page, 120)  # the panel's slow parts follow
        rows = page.locator(".effect tr")
        cells = [rows.nth(k).locator("td").all_inner_texts() for k in range(4)]
        assert cells[2][:2] == [share_text(float(share)) for share in (p[last], q)]
        for found, share in zip(cells[3], (p[last], q), strict=False):
            assert abs(value(found) + np.log(share)) <= 0.6 * last_digit(found) + 1e-4
        assert value(cells[1][0]) == pytest.approx(before.h[last, t, 0], abs=6e-4)
    show.get_by_role("button", name="changed").click()
    expect_diagram(page, after, 301, last, run.task)


def test_changes_outlive_a_reload_and_go_along_in_a_link(
    page: Page, open_page: Callable[..., Page], run: Engine
) -> None:
    text, last = "f=0@290-300;head.weight.2.1=4", len(run.kept) - 1
    open_player(page, epochs=EPOCHS, t=295, do=text)
    expect_changed(page, run, text, (300, last))
    settle(page, SETTLED_MS)
    page.reload()
    expect_changed(page, run, text)
    expect_diagram(page, changed(run, last, text), 300, last, run.task)
    other = open_page(viewport={"width": 1440, "height": 900})
    other.goto(page.url)
    wait_idle(other)
    expect_changed(other, run, text)
    expect_diagram(other, changed(run, last, text), 300, last, run.task)
