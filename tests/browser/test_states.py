"""The states as paths: drawn in the browser alone, and every number of them the engine's."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstmviz
from lstmviz.claims.variables import live
from lstmviz.dynamics.births import births
from lstmviz.figures.theme import number
from lstmviz.models import CELLS, ModelConfig, build_model
from lstmviz.statemap import pattern_inputs, state_map
from lstmviz.ui.frame.experiment import Experiment
from lstmviz.ui.parts.part import script_of
from tests.browser.conftest import PATIENCE_MS, goto, settle, wait_idle, wait_trained
from tests.browser.player import engine
from tests.browser.player_probes import LISTEN, MOVE

EPOCHS = 200
STEP = Path(lstmviz.__file__).parent / "ui/views/states/portrait/step.js"
LEFT, RIGHT, TOP, BOTTOM, BOUND = 46, 14, 14, 34, 1.04  # of the picture, and of its axes


def open_states(page: Page, **query: object) -> None:
    goto(page, "states", **{"epochs": EPOCHS, **query})
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
        " return Array.from(stepOf(run, 0)(Float64Array.from(told.state), 1)); }",
        [re.sub(r"^export ", "", script_of(STEP), flags=re.MULTILINE), json.loads(json.dumps(told))],
    )
    np.testing.assert_allclose(found, f.step(state, pattern_inputs([1], 3)[0]), atol=1e-14)


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


def test_a_cycle_is_drawn_while_there_is_one_and_its_birth_is_told(page: Page) -> None:
    open_states(page, cell="rnn", map=2)
    made = engine(Experiment(cell="rnn", epochs=EPOCHS))
    found = births(made.model, made.parameters, np.eye(4)[1], turns=2)
    (born,) = (event.snapshot for event in found.events)
    assert found.events[0].kind == "appears"
    move(page, e=born - 1)
    assert (drawn(page)["points"], drawn(page)["cycles"]) == ("1", "0")
    move(page, e=born)
    assert (drawn(page)["points"], drawn(page)["cycles"]) == ("1", "1")
    expect(page.locator(".portrait_says").first).to_contain_text("cycles of 2: 1, stable 0")
    expect(page.locator(".births_events")).to_contain_text(f"epoch {made.kept[born]}: a cycle of 2 appears")


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


@pytest.mark.parametrize("cell", ["lstm", "rnn", "gru"])
def test_the_table_of_variables_has_the_engines_numbers(page: Page, cell: str) -> None:
    open_states(page, cell=cell)
    made = engine(Experiment(cell=cell, epochs=EPOCHS))
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


def test_the_korean_page_has_no_english(page: Page) -> None:
    open_states(page, lang="ko")
    said = page.locator(".states").inner_text() + page.locator(".variables").inner_text()
    words = set(re.findall(r"[A-Za-z]{3,}", said)) - {"RNN", "LSTM", "GRU", "tanh", "abcabC"}
    assert not words
