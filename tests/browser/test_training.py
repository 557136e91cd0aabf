"""Training in a real browser: watch it, stop it, let it go on, and see the curves that the engine made."""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import Palette, share_text
from lstmviz.fused.cache import cache_folder
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, goto, plotted, turn, wait_idle, wait_trained
from tests.browser.pictures import scattered
from tests.browser.player import engine

PROGRESS = re.compile(r"epoch ([\d,]+) of 3,000")


def _button(page: Page, name: str):
    return page.get_by_test_id("stMain").get_by_role("button", name=name)


def _epoch(page: Page) -> int:
    text = page.get_by_test_id("stProgress").inner_text()
    return int(PROGRESS.search(text)[1].replace(",", ""))


def test_train_watch_stop_and_resume(page: Page) -> None:
    goto(page, "training", task="abaB", hidden=2, seed=5, epochs=3000)
    wait_trained(page)  # so that the only bar from here on is that of the training to be watched
    page.get_by_role("radio", name="over 30 s").click()
    wait_idle(page)
    _button(page, "Start").click()
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    first = _epoch(page)
    page.wait_for_function(
        "(first) => +document.querySelector('[data-testid=stProgress]').innerText.match(/epoch ([\\d,]+)/)[1]"
        ".replace(',', '') > first",
        arg=first,
    )
    _button(page, "Stop").click()
    expect(_button(page, "Resume")).to_be_enabled()
    wait_idle(page)
    stopped = len(plotted(page, "curves", 0, "y"))
    time.sleep(1.0)
    assert len(plotted(page, "curves", 0, "y")) == stopped < 3001
    _button(page, "Resume").click()
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    page.wait_for_function(
        "(epoch) => +document.querySelector('[data-testid=stProgress]').innerText"
        ".match(/epoch ([\\d,]+)/)[1].replace(',', '') > epoch",
        arg=stopped,
    )


def test_the_curve_in_the_page_is_the_engines(walked: Page) -> None:
    experiment = Experiment("abaB", "lstm", 2, 5, 0.1, 400)
    turn(walked, "training", **experiment.params())
    job = Job(experiment)
    assert job.wait(60)
    np.testing.assert_allclose(plotted(walked, "curves", 0, "y"), job.so_far().losses)
    np.testing.assert_allclose(plotted(walked, "curves", 1, "y"), job.so_far().accuracies)


def test_the_first_training_on_a_machine_says_that_it_compiles(
    open_page: Callable[..., Page], fresh_server: Callable[..., str], tmp_path: Path
) -> None:
    # Of the kernels that of one small network alone is missing, lest the server compile all of them behind the page.
    shutil.copytree(
        cache_folder(), tmp_path / "compiled" / cache_folder().name, ignore=shutil.ignore_patterns("*single*", "*tmp*")
    )
    page = open_page(fresh_server(LSTMVIZ_CACHE_DIR=str(tmp_path)))
    page.goto("/?task=ab&cell=rnn&hidden=15&epochs=4000")  # which is estimated first, and that compiles too
    expect(page.get_by_text("Compiling the fast path")).to_be_visible()
    expect(page.get_by_text("Compiling the fast path")).to_have_count(0, timeout=9 * PATIENCE_MS)
    wait_idle(page)
    assert page.get_by_text("A network that has read").is_visible()


def test_train_again_says_so_and_keeps_the_numbers(page: Page) -> None:
    goto(page, "", task="abaB", hidden=2, seed=5, epochs=400)
    before = scattered(page, ".overview", (".run_marks", ".run_numbers"), ".run_says", 60)
    assert any("=" in text for text, *_ in before)
    page.get_by_role("button", name="Train again").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("the same seed gives the same numbers")
    wait_idle(page)  # what is selected follows once the training is over
    assert scattered(page, ".overview", (".run_marks", ".run_numbers"), ".run_says", 60) == before


def test_each_square_of_the_predictions_says_and_shows_the_engines_number(walked: Page) -> None:
    turn(walked, "training", **Experiment(epochs=200).params())
    wait_trained(walked)
    expect(walked.locator(".learned_plot")).to_be_visible()
    made = engine(Experiment(epochs=200))
    scale, letters, last = Palette().scale("yhat"), made.task.alphabet, made.task.last_pattern
    labels = made.task.labels[last]
    found = scattered(walked, ".learned", (".learned_marks", ".learned_plot canvas"), ".learned_says", 200)
    seen, told, agreed = set(), 0, 0
    for text, *pixel in found:
        match = re.search(r"epoch ([\d,]+) · loss .* · (\S+) → (\S+) = (.+)$", re.sub("[\u2066-\u2069]", "", text))
        if match is None:
            continue
        e, step, letter = (
            made.kept.index(int(match[1].replace(",", ""))),
            labels.index(match[2]),
            letters.index(match[3]),
        )
        value = float(made.trace.probabilities[e, last.start + step, letter])
        assert match[4] == share_text(value)
        told += 1
        colour = scale.colour(value)[0]
        agreed += max(abs(int(colour[k : k + 2], 16) - pixel[k // 2]) for k in (1, 3, 5)) <= 3
        seen.add((step, letter))
    assert len(seen) == 6 * 4
    assert agreed > 0.8 * told > 64


def test_a_click_on_a_snapshot_chooses_the_epoch_on_every_page(page: Page) -> None:
    goto(page, "training", epochs=200)
    wait_trained(page)
    box = page.locator(".learned_marks").bounding_box()
    assert box is not None
    page.locator(".learned_marks").click(position={"x": box["width"] * 0.4, "y": box["height"] * 0.5})
    says = page.locator(".learned_says").inner_text()
    epoch = re.search(r"epoch (\d+)", says)
    assert epoch
    page.get_by_test_id("stSidebar").get_by_role("link", name="Gates").click()
    expect(page.locator(".gates_pictures")).to_have_attribute("data-epoch", epoch[1])


def test_the_notes_view_shows_each_3000_epochs(walked: Page) -> None:
    turn(walked, "training", **Experiment("ab", hidden_size=1, epochs=6500).params())
    expect(walked.locator(".moments_title")).to_have_text([re.compile("^epoch 3,000"), re.compile("^epoch 6,000")])
    expect(walked.locator(".moments_row canvas")).to_have_count(2)


def test_a_long_training_waits_for_a_click(page: Page) -> None:
    goto(page, "", hidden=64, epochs=100_000)
    expect(page.get_by_text("100,000 epochs with 64 hidden nodes takes about")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_test_id("stProgress").filter(has_text="of 100,000")).to_be_visible()
    _button(page, "Stop").click()
    expect(_button(page, "Resume")).to_be_visible()


def test_train_again_is_about_the_network_that_was_stopped(page: Page) -> None:
    goto(page, "training", task="abaB", hidden=2, seed=6, epochs=3000)
    wait_trained(page)
    page.get_by_role("radio", name="over 30 s").click()
    wait_idle(page)
    _button(page, "Start").click()
    _button(page, "Stop").click()
    expect(_button(page, "Resume")).to_be_enabled()
    page.get_by_role("button", name="Train again").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Trained again")
    expect(_button(page, "Resume")).to_be_disabled()
    wait_idle(page)
    (stopped,) = parse_qs(urlsplit(page.url).query)["epochs"]
    assert len(plotted(page, "curves", 0, "y")) == int(stopped) + 1 < 3001
