"""One selection for the whole player: pinned by a click, previewed by the pointer, kept by the URL and other pages."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number, share_text
from lstmviz.predictions.patterns import contrast, telling_step
from lstmviz.tasks import PatternTask
from lstmviz.training import snapshot_epochs
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser import test_gates as gates
from tests.browser.conftest import PATIENCE_MS, SETTLED_MS, eventually, goto, settle, wait_idle, wait_trained
from tests.browser.player import (
    Engine,
    answered,
    engine,
    expect_diagram,
    move,
    open_player,
    pin,
    place,
    press,
    selected,
    shown,
    wait_shown,
)
from tests.browser.test_frame import choose, enter, field, follow

EPOCHS = 120
EXPERIMENT = Experiment(epochs=EPOCHS)
BELOW = "₁₂₃₄"


@pytest.fixture(scope="module")
def run() -> Engine:
    return engine(EXPERIMENT)


def selection_in_url(page: Page) -> dict[str, str]:
    settle(page, SETTLED_MS)
    return {name: text for name, text in parse_qsl(urlsplit(page.url).query) if name in ("t", "epoch", "unit", "q")}


def opens_on(run: Engine) -> dict[str, Any]:
    """The unit and the quantity that the page opens on."""
    assert isinstance(run.task, PatternTask)
    found = contrast(run.at(len(run.kept) - 1)[1], run.task, telling_step(run.task))
    assert found is not None
    return {"unit": found.unit + 1, "q": found.quantity}


def test_the_page_opens_on_what_tells_and_says_who_decides(page: Page) -> None:
    run = engine(Experiment())
    tr, t = run.at(len(run.kept) - 1)[1], telling_step(run.task)
    found = contrast(tr, run.task, t)
    assert found is not None
    open_player(page)
    assert selected(page)["framed"] == [[found.quantity, found.unit]]
    why = re.sub("[\u2066-\u2069]", "", page.locator(".why").inner_text())
    assert f"In {found.quantity}, unit {found.unit + 1} differs most: {number(found.here)} before" in why
    assert number(found.there) in why
    # the letter that comes against the one that the task sets against it, whichever is the runner-up
    due, rival = run.task.alphabet[run.task.y[t]], run.task.alphabet[run.task.y[found.twin]]
    lead = number(float(tr.logits[t, run.task.y[t]] - tr.logits[t, run.task.y[found.twin]]))
    assert f"the logit of {due} is {lead} above that of {rival}." in why


def test_what_is_forgotten_is_told_from_what_is_newly_written(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS)
    last, shares = len(run.kept) - 1, []
    for e, t in ((last, 590), (last, 593), (10, 1), (8, 591)):
        tr = run.at(e)[1]
        unit = int(np.abs(tr.c[t] - tr.c_prev[t]).argmax())
        lost = float((tr.f[t, unit] - 1) * tr.c_prev[t, unit])
        written = float(tr.i[t, unit] * tr.g[t, unit])
        move(page, t, e)
        settle(page, SETTLED_MS)
        see = page.locator(".see").inner_text()
        before, after = number(float(tr.c_prev[t, unit])), number(float(tr.c[t, unit]))
        assert f"unit {unit + 1} changes most: {before} → {after}" in see
        assert f"(f − 1) c = {number(lost)}" in see
        assert number(written) in see
        shares.append(abs(written) / (abs(written) + abs(lost)))
        assert ("Nearly all of this is newly written" in see) == (shares[-1] > 0.8)
        assert ("Nearly all of this is forgotten" in see) == (shares[-1] < 0.2)
    assert max(shares) > 0.8
    assert min(shares) < 0.2


def expect_selected(page: Page, run: Engine, quantity: str, unit: int, t: int, e: int) -> None:
    """All parts of the player say that this is selected, and so does the URL."""
    found = selected(page)
    letters = run.task.alphabet
    if quantity == "logits":
        assert (found["framed"], found["letters"]) == ([], [["logits", letters[unit]]])
        assert found["title"] == f"logit of “\u2068{letters[unit]}\u2069”, t = {t}"
        says = f"ŷ(“\u2068{letters[unit]}\u2069”) = {share_text(float(run.trace.probabilities[e, t, unit]))}"
    else:
        assert (found["framed"], found["letters"]) == ([[quantity, unit]], [])
        assert re.fullmatch(rf".* {quantity}, unit {unit + 1}, t = {t}", found["title"]), found["title"]
        says = f"{quantity}{BELOW[unit]} = {number(getattr(run.trace, quantity)[e, t, unit])}"
    assert found["says"].startswith(f"t = {t} · {says} · reads “\u2068{letters[run.task.x[t]]}\u2069”"), found["says"]
    assert found["current"].startswith(f"t = {t}: ")
    assert place(page) == (t, e)
    usual: dict[str, Any] = {"t": telling_step(run.task), "epoch": run.kept[-1], **opens_on(run)}
    says_url = {"t": t, "epoch": run.kept[e], "unit": unit + 1, "q": quantity}
    wanted = {name: str(value) for name, value in says_url.items() if value != usual[name]}
    assert selection_in_url(page) == wanted


def heatmap_point(page: Page, quantity: str, unit: int, column: int) -> dict[str, float]:
    """Where a square of the run's picture is on its canvas, by what stands beside it."""
    return page.locator(".run_plot").first.evaluate(
        """(plot, [quantity, unit, column]) => {
            const names = Array.from(plot.querySelectorAll(".run_name"));
            const band = names.find((one) => one.querySelector("b").textContent === quantity);
            const [left, width] = [parseFloat(plot.querySelector(".run_names").style.width) + 6, plot.clientWidth];
            const wide = Math.min(Math.floor(width - left - 1) / 24, 44) | 0;
            const units = quantity === "ŷ" ? 4 : 3;
            const top = parseFloat(band.style.transform.match(/[\\d.]+/)[0]);
            return { x: left + (column + 0.5) * wide, y: top + (unit + 0.5) * parseFloat(band.style.height) / units };
        }""",
        [quantity, unit, column],
    )


def square(page: Page, quantity: str, when: str, unit: int) -> Any:
    return page.locator(f'[data-quantity="{quantity}"][data-when="{when}"] .diagram_square').nth(unit)


def test_a_click_anywhere_pins_for_every_part(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=580)
    last = len(run.kept) - 1
    opened = opens_on(run)
    expect_selected(page, run, opened["q"], opened["unit"] - 1, 580, last)
    square(page, "f", "now", 2).click()
    expect_selected(page, run, "f", 2, 580, last)
    square(page, "h", "before", 1).click()  # what this step began with, the step before made
    expect_selected(page, run, "h", 1, 579, last)
    page.locator(".diagram_hit").nth(3).click()
    expect_selected(page, run, "logits", 3, 579, last)
    start = int(re.search(r"the steps (\d+) to", page.locator(".run_marks").first.get_attribute("aria-label") or "")[1])
    page.locator(".run_marks").first.click(position=heatmap_point(page, "c", 1, 5))
    expect_selected(page, run, "c", 1, start + 5, last)
    page.locator(".run_marks").first.click(position=heatmap_point(page, "ŷ", 0, 20))
    expect_selected(page, run, "logits", 0, start + 20, last)
    square(page, "o", "now", 0).click()
    page.get_by_role("button", name=f"t = {start + 17}: ").click()
    expect_selected(page, run, "o", 0, start + 17, last)
    expect_diagram(page, run.trace, start + 17, last, run.task)


def test_the_pointer_previews_and_gives_back(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=580, unit=2, q="c")
    last = len(run.kept) - 1
    before = selected(page)
    square(page, "g", "now", 0).hover()
    settle(page)
    over = selected(page)
    assert over["framed"] == before["framed"]
    assert re.fullmatch(r".* g, unit 1, t = 580", over["title"])
    assert f"g₁ = {number(run.trace.g[last, 580, 0])}" in over["says"]
    page.locator(".run_marks").first.hover(position=heatmap_point(page, "f", 1, 3))
    settle(page)
    over = selected(page)
    assert re.fullmatch(r".* f, unit 2, t = \d+", over["title"])
    assert (over["framed"], over["current"]) == (before["framed"], before["current"])
    page.mouse.move(5, 5)
    settle(page)
    assert selected(page) == before
    expect_selected(page, run, "c", 1, 580, last)


def test_the_selection_outlives_pages_and_reloads(page: Page, run: Engine) -> None:
    e = len(run.kept) // 2
    open_player(page, epochs=EPOCHS, t=584, epoch=run.kept[e], unit=3, q="f")
    expect_selected(page, run, "f", 2, 584, e)
    move(page, 590)
    expect_selected(page, run, "f", 2, 590, e)
    follow(page, "Gates", "gates")
    gates.wait_shown(page)
    assert gates.place(page) == (590, run.kept[e])
    gates.press(page, "ArrowRight")
    gates.press(page, "PageDown")
    assert gates.place(page) == (591, run.kept[e - 1])
    follow(page, "Training", "training")
    expect(page.locator(".learned_says")).to_contain_text(f"epoch {run.kept[e - 1]:,}")
    follow(page, "Cell", "cell")
    wait_shown(page)
    expect_selected(page, run, "f", 2, 591, e - 1)
    follow(page, "Home", "")
    follow(page, "Cell", "cell")
    wait_shown(page)
    expect_selected(page, run, "f", 2, 591, e - 1)
    page.reload()
    answered(page)
    expect_selected(page, run, "f", 2, 591, e - 1)
    expect_diagram(page, run.trace, 591, e - 1, run.task)


def test_back_to_another_network_brings_what_was_looked_at_there(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=584, unit=3, q="f")
    enter(page, "Seed", "7")
    wait_shown(page)
    move(page, 40, 5)
    pin(page, "o", 0)
    settle(page, SETTLED_MS)
    page.go_back()
    answered(page)
    expect_selected(page, run, "f", 2, 584, len(run.kept) - 1)
    page.go_forward()
    answered(page)
    expect_selected(page, engine(replace(EXPERIMENT, seed=7)), "o", 0, 40, 5)


def test_back_to_the_same_network_leaves_the_url_following(page: Page) -> None:
    """Nothing new is shown then, so that nothing may wait for it."""
    goto(page, "states", lang="en", epochs=60, t=50)
    wait_trained(page)
    page.locator(".st-key-_section button").nth(1).click()
    page.wait_for_url(re.compile("[?&]section="))
    wait_idle(page)
    page.go_back()
    wait_idle(page)
    page.locator(".states").press("ArrowRight")
    settle(page, SETTLED_MS)
    wait_idle(page)
    step = page.locator("#transport_time").input_value()
    expect(page).to_have_url(re.compile(rf"[?&]t={step}\b"))


def test_a_rerun_for_another_network_keeps_the_step(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=584, unit=2, q="o")
    field(page, "Seed").fill("5")
    field(page, "Seed").press("Enter")
    other = engine(Experiment(epochs=EPOCHS, seed=5))
    eventually(page, lambda: expect_selected(page, other, "o", 1, 584, len(other.kept) - 1))
    expect_diagram(page, other.trace, 584, len(other.kept) - 1, other.task)


def test_another_network_is_shown_where_it_is_first_shown(page: Page) -> None:
    open_player(page, cell="rnn", epochs=20)
    choose(page, "Task", "abaB")
    answered(page)
    choose(page, "Cell", "LSTM")
    answered(page)
    run = engine(Experiment("abaB", epochs=20))
    opened = opens_on(run)
    expect_selected(page, run, opened["q"], opened["unit"] - 1, telling_step(run.task), len(run.kept) - 1)
    assert selection_in_url(page) == {}
    follow(page, "Gates", "gates")
    assert selection_in_url(page) == {}


def test_nonsense_in_a_link_is_said_and_the_rest_works(page: Page, run: Engine) -> None:
    open_player(page, epochs=EPOCHS, t=9999, unit=99, do="nonsense;f1=7", **{"epoch": "abc", "with": "cell=x"})
    notices = page.locator("[data-part=notices] p")
    expect(notices).to_have_count(5)
    for text in ("9999", "abc", "99", "“nonsense”.* 1 more change", "must be one of.*x"):
        expect(notices.filter(has_text=re.compile(text))).not_to_have_count(0)
    page.emulate_media(color_scheme="dark")  # the page is shown again, and the URL does not ask for all of it any more
    expect(page.locator(".ground.dark")).not_to_have_count(0)
    settle(page, 600)
    wait_idle(page)
    expect(notices).to_have_count(5)
    assert len(shown(page)) == 1
    move(page, 13, 4)
    expect_diagram(page, run.trace, 13, 4, run.task)
    other = opens_on(run)["unit"] % 3  # counted from 0, and not the one that the page opens on
    pin(page, "g", other)
    assert selected(page)["framed"] == [["g", other]]
    press(page, "ArrowRight")
    assert place(page) == (14, 4)
    page.emulate_media(color_scheme="light")
    expect(notices).to_have_count(2)  # something else was chosen than what was refused


def test_a_training_that_diverged_says_so(page: Page) -> None:
    experiment = Experiment(cell="rnn_relu", lr=10.0, epochs=200)
    run = engine(experiment)
    open_player(page, **experiment.params())
    expect(page.get_by_test_id("stAlert")).to_contain_text("no finite number any more at epoch 1")
    expect(page.locator(".transport_training")).to_contain_text("diverged at epoch 1")
    expect_diagram(page, run.trace, 592, 0, run.task)


def test_what_is_no_number_is_drawn_grey_and_called_so(page: Page) -> None:
    open_player(page, cell="rnn_relu", epochs=EPOCHS, do="h=1e6@start;weight_hh.1.1=1e6;weight_hh.1.2=1e6", t=100)
    found = shown(page)[0]
    after = next(one for one in found["vectors"] if (one["quantity"], one["when"]) == ("h", "after"))
    assert after["numbers"][0] in ("NaN", "∞")
    assert after["fills"][0] == "#8a8f9c"
    assert {bar["probability"] for bar in found["bars"]} == {"NaN"}
    assert "○" in {bar["mark"] for bar in found["bars"]}
    assert "✕" not in {bar["mark"] for bar in found["bars"]}
    pin(page, "h", 0)
    press(page, "Home", "End", "PageDown")
    page.locator(".choice button", has_text="lines").click()
    press(page, "Space", "Space")


# While the progress of the training is on display: the number of the snapshot at which the player shows probabilities.
UNDER_WAY = """() => {
    const hosts = Array.from(document.querySelectorAll('[data-testid^=stBidiComponent]'));
    const player = hosts.map(({ shadowRoot }) => shadowRoot?.querySelector('.player[data-ready]')).find(Boolean);
    const told = player?.querySelector('.diagram_bar_number')?.textContent;
    if (!told || !document.querySelector('[data-testid=stProgress]')) return null;
    return { e: Number(player.querySelector('#transport_training').value) };
}"""


def test_while_it_trains_there_is_something_to_see(page: Page) -> None:
    # Long enough to be seen under way, and so little that it is not asked about first, however slow the machine is.
    experiment = Experiment(hidden_size=10, epochs=6000)
    page.goto(f"/cell?{urlencode(experiment.params())}")
    # Both in one look, or a quick machine would be done between the two.
    early = page.wait_for_function(UNDER_WAY, timeout=PATIENCE_MS, polling="raf").json_value()["e"]
    last = len(snapshot_epochs(experiment.epochs)) - 1
    assert early < last
    expect(page.locator(".transport_training")).to_contain_text("epoch 6,000 ", timeout=PATIENCE_MS)
    assert place(page)[1] == last
    assert shown(page)[0]["bars"][0]["probability"]


def test_an_epoch_that_has_not_been_trained_yet_is_waited_for(page: Page) -> None:
    goto(page, "cell", hidden=16, epochs=1500, seed=3, epoch=1500 - 57, t=584)
    expect(page.locator(".player[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    wait_trained(page, 3 * PATIENCE_MS)
    wait_shown(page)
    kept = snapshot_epochs(1500)
    nearest = min(kept, key=lambda epoch: abs(epoch - (1500 - 57)))
    assert nearest < 1500
    expect(page.locator(".transport_training .transport_label span").first).to_contain_text(f"epoch {nearest:,}")
    settle(page, 400)
    assert f"epoch={nearest}" in page.url
