"""The states as paths: drawn in the browser alone, and every number of them the engine's."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstmviz
from lstmviz.claims.variables import live
from lstmviz.dynamics.births import Branch, births
from lstmviz.dynamics.cycle_births import cycle_births
from lstmviz.figures.theme import number
from lstmviz.models import CELLS, ModelConfig, build_model
from lstmviz.statemap import pattern_inputs, state_map
from lstmviz.tasks import named_task
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.parts.part import script_of
from tests.browser.conftest import PATIENCE_MS, goto, settle, turn, wait_idle, wait_trained
from tests.browser.player import Engine, engine
from tests.browser.player_probes import LISTEN, MOVE

EPOCHS = 200
STEP = Path(lstmviz.__file__).parent / "ui/views/states/portrait/step.js"
LEFT, RIGHT, TOP, BOTTOM, BOUND = 46, 14, 14, 34, 1.04  # of the picture, and of its axes

PIXELS = "(canvas) => canvas.toDataURL()"


def open_states(page: Page, **query: object) -> None:
    goto(page, "states", **{"epochs": EPOCHS, **query})
    wait_shown(page)


def wait_shown(page: Page) -> None:
    wait_trained(page)
    expect(page.locator(".states[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


def move(page: Page, t: int | None = None, e: int | None = None) -> None:
    places = {"transport_time": t, "transport_training": e}
    page.locator(".states").evaluate(MOVE, {name: at for name, at in places.items() if at is not None})
    settle(page)


def step_now(page: Page) -> int:
    return int(page.locator("#transport_time").input_value())


def drawn(page: Page) -> dict[str, str]:
    """What the first picture says that it shows."""
    found: dict[str, str] = page.locator(".portrait").first.evaluate("(root) => ({ ...root.dataset })")
    return found


def spot(page: Page, plane: str, values: np.ndarray) -> dict[str, float]:
    """Where a hidden state is in the picture."""
    box = page.locator(".portrait_marks").first.bounding_box()
    assert box is not None
    x, y = (values[int(k)] for k in plane.split(","))
    wide, high = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
    return {
        "x": LEFT + wide * (float(x) + BOUND) / (2 * BOUND),
        "y": TOP + high * (BOUND - float(y)) / (2 * BOUND),
    }


@pytest.mark.parametrize("cell", CELLS)
def test_the_browsers_own_step_is_the_engines(page: Page, cell: str) -> None:
    model = build_model(ModelConfig(cell=cell, input_size=3, hidden_size=4, output_size=3, seed=5, dtype="float64"))
    f = state_map(model)
    w = f.layers[0]
    weights = {"weight_ih": w.ih, "weight_hh": w.hh, "bias_ih": w.b_ih, "bias_hh": w.b_hh}
    state = np.random.default_rng(6).normal(size=f.size)
    told = {"cell": cell, "weights": {name: a.ravel().tolist() for name, a in weights.items()}, "state": state.tolist()}
    found = page.evaluate(
        "([script, told]) => { const stepOf = new Function(`${script}; return stepOf;`)();"
        " const run = { units: 4, cell: told.cell, alphabet: ['a', 'b', 'c'], weights: (name) => told.weights[name] };"
        " return [1, [0.5, -1, 2]].map((read) => Array.from(stepOf(run, 0)(Float64Array.from(told.state), read))); }",
        [re.sub(r"^export ", "", script_of(STEP), flags=re.MULTILINE), json.loads(json.dumps(told))],
    )
    for stepped, read in zip(found, (pattern_inputs([1], 3)[0], np.array([0.5, -1.0, 2.0])), strict=True):
        np.testing.assert_allclose(stepped, f.step(state, read), atol=1e-14)


def test_time_and_training_move_it_without_a_word_to_the_server(page: Page) -> None:
    open_states(page)
    made = engine(Experiment(epochs=EPOCHS))
    page.evaluate(LISTEN)
    for t, e in ((0, 0), (31, 7), (580, 20)):
        move(page, t, e)
        assert drawn(page)["epoch"] == str(made.kept[e])
        shown = [int(k) for k in drawn(page)["plane"].split(",")]
        says = page.locator(".portrait_says").first.inner_text()
        for k in shown:
            assert number(float(made.trace.h[e, t, k])) in says
    page.locator(".states").get_by_role("button", name="basins").click()
    page.locator(".states").get_by_role("button", name="more").click()
    page.locator(".states").get_by_role("button", name="untrained").click()
    page.locator(".states").get_by_role("button", name="letter", exact=True).click()
    settle(page, 500)
    assert page.evaluate("window.__ran") == 0


def test_a_click_on_a_dot_selects_its_step_and_elsewhere_starts_a_path(page: Page) -> None:
    open_states(page)
    made = engine(Experiment(epochs=EPOCHS))
    last = len(made.kept) - 1
    where = spot(page, drawn(page)["plane"], made.trace.h[last, 0])
    page.locator(".portrait_marks").first.click(position=where)
    settle(page)
    assert step_now(page) == 0
    settle(page, 300)
    assert "t=0" in page.url
    expect(page.get_by_role("button", name="clear the path")).to_be_hidden()
    corner = spot(page, drawn(page)["plane"], np.full(3, -0.97))
    page.locator(".portrait_marks").first.click(position=corner)
    expect(page.get_by_role("button", name="clear the path")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cell").click()
    wait_idle(page)
    assert step_now(page) == 0


def test_the_points_of_another_map_come_from_the_engine(page: Page) -> None:
    open_states(page, cell="gru", epoch=EPOCHS)
    made = engine(Experiment(cell="gru", epochs=EPOCHS))
    page.locator(".portrait_looks select").nth(1).select_option("2")
    wait_idle(page)
    settle(page)
    assert "map=2" in page.url
    found = births(made.model, made.parameters, pattern_inputs([1], 4))
    for e in (0, len(made.kept) // 2, len(made.kept) - 1):
        move(page, e=e)
        expected = sum(branch.first <= e <= branch.last for branch in found.branches)
        assert drawn(page)["points"] == str(expected)


def births_of(made: Engine, letter: int) -> tuple[Branch, ...]:
    """The points of one letter's map that are followed."""
    return births(made.model, made.parameters, pattern_inputs([letter], 4)).branches


def test_the_circles_of_a_map_stand_in_the_picture_as_the_engine_found_them(page: Page) -> None:
    open_states(page, map=4, seed=1)
    made = engine(Experiment(seed=1, epochs=EPOCHS))
    found = cycle_births(made.model, made.parameters, pattern_inputs([3], 4))
    assert any(branch.stable.any() for branch in found.branches)
    for e in (0, found.branches[0].first, len(made.kept) - 1):
        move(page, e=e)
        expected = [branch for branch in found.branches if branch.first <= e <= branch.last]
        assert drawn(page)["circles"] == str(len(expected))
        stable = sum(bool(branch.stable[e - branch.first]) for branch in expected)
        said = f"{len(expected)}, stable {stable}" if expected else "none"
        assert f"cycles of 2: {said}" in page.locator(".portrait_says").first.inner_text()
    epoch = made.kept[found.branches[0].first]
    assert f"epoch {epoch}: a cycle appears" in page.locator(".births_events").inner_text()
    axis = page.locator(".births svg text").all_text_contents()
    at = axis.index("epoch")
    places = np.round(np.linspace(0, len(made.kept) - 1, 5)).astype(int)
    assert axis[at + 1 : at + 6] == [str(made.kept[k]) for k in places]
    expect(page.locator(".births svg path[fill]:not([fill=none])")).not_to_have_count(0)
    # At the end only the circle attracts: its colour comes after those of the points that are followed.
    assert not any(branch.stable[-1] for branch in births_of(made, 3) if branch.last == len(made.kept) - 1)
    page.locator(".states").get_by_role("button", name="basins").click()
    expect(page.locator(".portrait").first).to_have_attribute("data-basins", str(len(births_of(made, 3))))


def test_what_is_not_seen_is_set_by_hand_without_a_word_to_the_server(page: Page) -> None:
    open_states(page)
    made = engine(Experiment(epochs=EPOCHS))
    states = page.locator(".states")
    page.evaluate(LISTEN)
    states.get_by_role("button", name="more").click()
    states.get_by_role("button", name="by hand").click()
    seen = [int(k) for k in drawn(page)["plane"].split(",")]
    sliders = states.locator(".portrait_sliders input")
    expect(sliders).to_have_count(6 - len(seen))
    t, last = step_now(page), len(made.kept) - 1
    whole = np.concatenate([made.trace.h[last, t], made.trace.c[last, t]])
    hidden = next(k for k in range(3) if k not in seen)
    held = [float(one) for one in drawn(page)["held"].split(",")]
    np.testing.assert_allclose(held, whole, atol=1e-6)
    sliders.first.focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    settle(page)
    held = [float(one) for one in drawn(page)["held"].split(",")]
    assert held[hidden] == pytest.approx(-0.98)
    np.testing.assert_allclose(np.delete(held, hidden), np.delete(whole, hidden), atol=1e-6)
    assert states.locator(".portrait_sliders output").first.inner_text() == number(-0.98)
    assert step_now(page) == t  # the arrow keys were the slider's
    states.locator(".portrait_looks select").first.select_option("pca2")
    settle(page)
    expect(states.get_by_role("button", name="by hand")).to_be_hidden()
    expect(sliders.first).to_be_hidden()
    assert page.evaluate("window.__ran") == 0


def test_numbers_that_have_no_slider_are_spoken_of(page: Page) -> None:
    open_states(page, hidden=6)
    states = page.locator(".states")
    states.locator(".portrait_looks select").first.select_option("0,1")
    states.get_by_role("button", name="more").click()
    states.get_by_role("button", name="by hand").click()
    expect(states.locator(".portrait_sliders input")).to_have_count(8)
    expect(states.locator(".portrait_sliders small")).to_have_text(
        "2 more stay as in the step at which this was chosen"
    )


def test_other_seeds_are_trained_matched_and_drawn_once_they_are_asked_for(page: Page) -> None:
    open_states(page, cell="rnn", seed=1)
    button = page.locator(".states").get_by_role("button", name="25 seeds")
    assert drawn(page)["seeds"] == ""
    plain = page.locator(".portrait_marks").first.evaluate(PIXELS)
    button.click()
    expect(page.locator(".portrait_others").first).to_contain_text("other seeds", timeout=PATIENCE_MS)
    expect(page.locator(".portrait_others").first).not_to_contain_text("come once", timeout=PATIENCE_MS)
    wait_trained(page)
    assert "seeds=1" in page.url
    solved = int(drawn(page)["seeds"])
    says = page.locator(".portrait_others").first.inner_text()
    assert f"the {solved} of 24 other seeds" in says if solved else "None of the 24 other seeds" in says
    assert (page.locator(".portrait_marks").first.evaluate(PIXELS) != plain) == (solved > 0)
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    wait_idle(page)
    expect(page.locator(".portrait_others").first).to_have_text("")
    assert "seeds" not in page.url


@pytest.mark.parametrize("cell", ["lstm", "rnn", "gru"])
def test_the_table_of_variables_has_the_engines_numbers(walked: Page, cell: str) -> None:
    page, experiment = walked, Experiment(cell=cell, epochs=EPOCHS)
    turn(page, "states", **experiment.params(), unit=1)
    wait_shown(page)
    made = engine(experiment)
    move(page, 40, 12)
    model, tr = made.at(12)
    rows = live(model, tr, made.task.one_hot(), 40, 0)
    table = page.locator(".variables tbody tr")
    expect(table).to_have_count(len(rows))
    for k, row in enumerate(rows):
        said = table.nth(k).inner_text()
        assert number(row.value) in said
        assert number(row.present) in said
        assert row.past is None or number(row.past) in said


def test_on_a_phone_the_table_of_variables_can_be_read(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_states(page)
    cells = page.locator(".variables :is(tbody th, td)")
    expect(cells.first).to_be_visible()
    assert cells.count() == 3 * 6
    for box in cells.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())"):
        assert box["width"] > 250  # of the page's 330: a cell a line
        assert box["left"] >= 0
        assert box["right"] <= 390
        assert box["height"] < 60


def test_the_korean_page_has_no_english(page: Page) -> None:
    open_states(page, lang="ko")
    said = page.locator(".states").inner_text() + page.locator(".variables").inner_text()
    words = set(re.findall(r"[A-Za-z]{3,}", said)) - {"RNN", "LSTM", "GRU", "tanh", "abcabC"}
    assert not words


def test_a_sequence_has_the_maps_of_its_symbols_and_what_the_engine_found_of_them(page: Page) -> None:
    experiment = Experiment(task="bit parity", cell="rnn", hidden_size=2, lr=0.05, epochs=60)
    open_states(page, **experiment.params(), map=2)
    made = engine(experiment)
    looks = page.locator(".portrait_looks")
    options = looks.locator("select").nth(1).locator("option").all_inner_texts()
    assert [re.sub("[\u2066-\u2069]", "", one) for one in options] == [*made.task.alphabet, "none"]
    expect(looks.get_by_role("button", name="25 seeds")).to_be_hidden()
    expect(looks.get_by_role("button", name="what is right")).to_be_visible()
    says = page.locator(".portrait_says").first
    for symbol in (2, 1):
        looks.locator("select").nth(1).select_option(str(symbol))
        settle(page, 600)
        wait_idle(page)
        found = births(made.model, made.parameters, pattern_inputs([symbol - 1], 2)).branches
        there = [branch for branch in found if branch.last == len(made.kept) - 1]
        stable = sum(bool(branch.stable[-1]) for branch in there)
        expect(says).to_contain_text(f"states that the map leads to themselves: {len(there)}, stable {stable}")
    for t in range(len(made.task.x)):
        move(page, t)
        h = made.trace.h[-1, t]
        said = re.sub("[\u2066-\u2069]", "", says.inner_text())
        assert f"t = {t} · reads “{made.task.alphabet[made.task.x[t]]}” · h₁ = {number(h[0])}" in said


def test_a_sequence_is_coloured_by_the_letter_or_by_what_is_right(page: Page) -> None:
    experiment = Experiment(task="Reber grammar", cell="gru", hidden_size=2, lr=0.05, epochs=20)
    open_states(page, **experiment.params())
    states = sum(len(named_task(experiment.task, number).x) for number in range(25))
    assert drawn(page)["sequences"] == str(states)  # small dots, all within the plane of h
    marks = page.locator(".portrait_marks").first
    by_right = marks.evaluate(PIXELS)
    toggle = page.get_by_role("button", name="25 sequences")
    toggle.click()
    settle(page)
    assert drawn(page)["sequences"] == "0"
    assert marks.evaluate(PIXELS) != by_right
    toggle.click()
    settle(page)
    assert marks.evaluate(PIXELS) == by_right
    page.get_by_role("button", name="letter", exact=True).click()
    settle(page)
    assert marks.evaluate(PIXELS) != by_right
    page.get_by_role("button", name="what is right").click()
    settle(page)
    assert marks.evaluate(PIXELS) == by_right


def test_numbers_have_the_maps_of_some_inputs_and_colours_on_a_scale(page: Page) -> None:
    experiment = Experiment(task="adding problem", cell="rnn", hidden_size=2, lr=0.05, epochs=40)
    open_states(page, **experiment.params())
    made = engine(experiment)
    looks = page.locator(".portrait_looks")
    offered = looks.locator("select").nth(1)
    assert offered.locator("option").all_inner_texts()[0] == "x = 0, 0"
    marks, says = page.locator(".portrait_marks").first, page.locator(".portrait_says").first
    for shown, numbers in ((1, [0.0, 0.0]), (6, [0.0, 1.0])):
        offered.select_option(str(shown))
        settle(page, 600)
        wait_idle(page)
        found = births(made.model, made.parameters, np.array([numbers])).branches
        there = [branch for branch in found if branch.last == len(made.kept) - 1]
        stable = sum(bool(branch.stable[-1]) for branch in there)
        expect(says).to_contain_text(f"states that the map leads to themselves: {len(there)}, stable {stable}")
    due = marks.evaluate(PIXELS)
    expect(page.locator(".portrait_scale")).to_be_visible()
    page.get_by_role("button", name="number read").click()
    settle(page)
    assert marks.evaluate(PIXELS) != due
    move(page, 3)
    read = made.task.labels[3].replace("-", "−")
    assert f"t = 3 · reads {read} · h₁ = {number(made.trace.h[-1, 3, 0])}" in says.inner_text()
    expect(page.locator(".variables")).to_contain_text(f"Step 3, which reads {read}, unit 1")
