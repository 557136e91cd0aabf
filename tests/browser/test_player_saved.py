"""A player saved to disk: one small file that shows the same numbers without a server, in both languages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lstmviz.changes.effect import trace_changed
from lstmviz.changes.text import parse_changes
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import SETTLED_MS, settle
from tests.browser.player import (
    answered,
    drag,
    engine,
    expect_diagram,
    move,
    open_player,
    pin,
    place,
    press,
    selected,
    sums,
)

LARGEST = 2_000_000  # bytes
NOTES = (
    Experiment("abaB", hidden_size=2, seed=43052, epochs=1000),
    Experiment("AbAcAd", hidden_size=2),
    Experiment("abcabC", hidden_size=3, epochs=3000),
    Experiment("abcdabcD", hidden_size=4, epochs=3000),
)
WORD = re.compile(r"[A-Za-z]{4,}")


def save(page: Page, folder: Path) -> Path:
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save this player").click()
    file = folder / saving.value.suggested_filename
    saving.value.save_as(file)
    return file


@contextmanager
def opened(browser: Browser, file: Path) -> Iterator[Page]:
    """A saved file in a browser without a network; fails if it asks for anything or reports anything."""
    wrong: list[str] = []
    with browser.new_context(offline=True, viewport={"width": 1200, "height": 900}, locale="en-US") as context:
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda line: line.type in ("error", "warning") and wrong.append(line.text))
        page.on("request", lambda request: request.url != file.as_uri() and wrong.append(request.url))
        page.on("websocket", lambda socket: wrong.append(socket.url))
        page.goto(file.as_uri())
        page.locator(".player[data-ready]").wait_for()
        settle(page)
        yield page
    assert wrong == []


@pytest.mark.parametrize("experiment", NOTES, ids=lambda one: one.task)
def test_the_notes_runs_fit_into_a_file_each(
    page: Page, browser: Browser, tmp_path: Path, experiment: Experiment
) -> None:
    open_player(page, **experiment.params())
    answered(page)
    file = save(page, tmp_path)
    assert file.name == f"lstmviz {experiment.task} lstm {experiment.seed}.html"
    assert file.stat().st_size < LARGEST
    run, rng = engine(experiment), np.random.default_rng(7)
    with opened(browser, file) as saved:
        for _ in range(2):
            t, e = int(rng.integers(len(run.task.x))), int(rng.integers(len(run.kept)))
            move(saved, t, e)
            expect_diagram(saved, run.trace, t, e, run.task)


def test_the_file_is_a_whole_player(page: Page, browser: Browser, tmp_path: Path) -> None:
    text, run = "f1=0@100-120", engine(Experiment(epochs=120))
    side = engine(Experiment(cell="gru", epochs=120))
    open_player(page, epochs=120, t=101, unit=2, q="c", do=text, **{"with": "cell=gru"})
    last = len(run.kept) - 1
    model, _ = run.at(last)
    changed = trace_changed(model, run.task, parse_changes(text, model.config, run.task), compare=False)
    before = selected(page)
    file = save(page, tmp_path)
    with opened(browser, file) as saved:
        found = selected(saved)  # where it was left when it was saved
        assert {**found, "says": ""} == {**before, "says": ""}
        expect_diagram(saved, changed, 101, last, run.task)
        expect_diagram(saved, side.trace, 101, last, side.task, side=1)
        stood = drag(saved, "time", 0.6)
        assert len(set(stood)) > 7
        stood = drag(saved, "training", 0.5)
        assert len(set(stood)) > 7
        t, e = place(saved)
        expect_diagram(saved, side.trace, t, e, side.task, side=1)
        press(saved, "End", "ArrowLeft")
        assert place(saved) == (597, e)
        pin(saved, "f", 2)
        assert sums(saved)["title"].endswith("f, unit 3, t = 597")
        assert len(sums(saved)["rows"]) == 8
        asks = ("Apply", "Undo", "Redo", "Reset", "Show beside", "Remove", "Save this player", "an RNN")
        for name in asks:
            assert saved.get_by_role("button", name=name, exact=True).count() == 0, name
        assert saved.locator(".hold:visible, .start:visible, .letters-to-read:visible, .made .remove").count() == 0
        assert saved.locator("[aria-label*='change this weight']").count() == 0


def test_the_file_speaks_both_languages(page: Page, browser: Browser, tmp_path: Path) -> None:
    open_player(page, epochs=60)
    file = save(page, tmp_path)
    with opened(browser, file) as saved:
        for name in ("한국어", "English", "한국어"):
            saved.get_by_role("button", name=name).click()
            expect(saved.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
            settle(saved, SETTLED_MS)
        texts = saved.locator("body").inner_text() + "\n".join(
            saved.locator(".player").evaluate(
                """(root) => Array.from(root.querySelectorAll("[aria-label], [title], [placeholder]"), (node) =>
                    ["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) ?? "").join(" "))"""
            )
        )
        said = {word for word in WORD.findall(texts.replace("English", "")) if word not in ("LSTM", "tanh", "abcabC")}
        assert said <= {"softmax", "lstmviz", "torch", "Space", "Shift", "Home", "abcab", "torch.nn.LSTM"}
        assert saved.evaluate("document.documentElement.lang") == "ko"
        assert saved.title().startswith("셀 플레이어")
        saved.get_by_role("button", name="English").click()
        settle(saved, SETTLED_MS)
        assert not re.search("[가-힣]", saved.locator(".player").inner_text())
