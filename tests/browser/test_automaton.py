"""The machines walk with the text in the browser alone, and a click on a state selects its step everywhere."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from lstmviz.automata.needed import needed
from lstmviz.automata.of_network import Automaton, automaton
from lstmviz.automata.places import walk
from lstmviz.models import build_model, load_parameters
from lstmviz.tasks import alphabet_task
from lstmviz.ui.background.jobs import configs
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, goto, settle, wait_idle, wait_trained
from tests.browser.player import engine
from tests.browser.player_probes import LISTEN, MOVE

EPOCHS = 300
MERGED = {"cell": "rnn", "seed": 0, "epochs": EPOCHS}


def open_automaton(page: Page, **query: object) -> None:
    goto(page, "automaton", **{"epochs": EPOCHS, **query})
    wait_trained(page)
    expect(page.locator(".automaton[data-ready]").first).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


def found(**query: object) -> Automaton:
    experiment = Experiment(**{"epochs": EPOCHS, **query})  # type: ignore[arg-type]
    made = engine(experiment)
    model = build_model(configs(experiment)[0])
    load_parameters(model, made.parameters[-1])
    return automaton(model, made.task)


def move(page: Page, t: int) -> None:
    page.locator(".automaton").first.evaluate(MOVE, {"transport_time": t})
    settle(page)


def step_now(page: Page) -> int:
    return int(page.locator("#transport_time").input_value())


def graph(page: Page, number: int) -> Locator:
    return page.locator(".machine").nth(number)


def lit(page: Page, number: int) -> list[int]:
    """The states of a graph that are lit."""
    nodes = graph(page, number).locator(".machine_here")
    return [int(one.get_attribute("data-state") or -1) for one in nodes.all()]


def test_the_selected_steps_state_is_lit_in_both_without_a_word_to_the_server(page: Page) -> None:
    open_automaton(page, **MERGED)
    seen, task = found(**MERGED), alphabet_task("abcabC")
    due = walk(needed(task), task.x)
    page.evaluate(LISTEN)
    for t in (0, 1, 5, 250, 598):
        move(page, t)
        assert lit(page, 0) == [seen.states[t]]
        assert lit(page, 1) == [due[t]]
        wrong = seen.run.predicted[t] != task.y[t]
        says = page.locator(".strip_says").inner_text()
        assert f"Step {t} " in says
        assert ("but" in says) == wrong
    page.locator(".automaton").first.press("ArrowLeft")
    settle(page)
    assert lit(page, 0) == [seen.states[597]]
    move(page, 12)
    page.locator(".automaton .transport_play").click()
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('*')).some((one) =>"
        " Number(one.shadowRoot?.querySelector('.automaton #transport_time')?.value) >= 14)"
    )
    page.locator(".automaton").first.press("Escape")
    assert page.evaluate("window.__ran") == 0


def test_a_click_on_a_state_goes_to_its_steps_and_lights_its_places_in_the_text(page: Page) -> None:
    open_automaton(page, **MERGED)
    seen = found(**MERGED)
    assert seen.merged
    state = seen.merged[0].state
    here = np.flatnonzero(seen.states == state)
    move(page, 300)
    page.evaluate(LISTEN)
    node = graph(page, 0).locator(f"[data-state='{state}']")
    steps = set()
    for _ in range(3):
        node.click()
        settle(page)
        steps.add(step_now(page))
        assert step_now(page) in here
        assert lit(page, 0) == [state]
    assert len(steps) >= 2  # each click goes on to the next one
    cells = page.locator(".strip_cell")
    for cell in cells.all():
        t = int(cell.get_attribute("data-t") or -1)
        assert ("strip_lit" in (cell.get_attribute("class") or "")) == (t in here)
    assert page.evaluate("window.__ran") == 0


def test_the_step_that_a_click_selects_is_selected_on_other_pages(page: Page) -> None:
    open_automaton(page)
    move(page, 300)
    graph(page, 1).locator("[data-state='2']").click()
    settle(page)
    chosen = step_now(page)
    assert chosen != 300
    for name, part in (("Gates", ".gates"), ("States", ".states"), ("Cell", ".player")):
        page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
        wait_idle(page)
        expect(page.locator(f"{part} #transport_time")).to_have_value(str(chosen), timeout=PATIENCE_MS)
    page.locator(".player").press("ArrowRight")
    settle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Automaton").click()
    wait_idle(page)
    expect(page.locator(".automaton #transport_time")).to_have_value(str(chosen + 1), timeout=PATIENCE_MS)
    assert lit(page, 0) == [found().states[chosen + 1]]


def test_a_selection_outlives_links_that_were_drawn_before_it(page: Page) -> None:
    open_automaton(page)
    move(page, 300)
    page.wait_for_function("location.search.includes('t=300')")
    page.get_by_role("button", name="Train again").click()  # the server answers, which does not know the step
    wait_trained(page)
    for name, part in (("Gates", ".gates"), ("Cell", ".player")):
        page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
        wait_idle(page)
        expect(page.locator(f"{part} #transport_time")).to_have_value("300", timeout=PATIENCE_MS)


# How many bars stand beside the rows of the pictures: pieces of the rightmost column in which anything is marked.
BARS = """(canvas) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const marked = (x, y) => data[4 * (y * width + x) + 3] > 128;
    const rows = Array.from({ length: height }, (_, y) => y);
    for (let x = width - 1; x >= 0; x--) {
        const found = rows.filter((y) => marked(x, y));
        if (found.length) return rows.filter((y) => marked(x, y) && !marked(x, y - 1)).length;
    }
    return 0;
}"""


def test_the_steps_of_a_state_that_was_clicked_are_marked_in_the_gates_until_that_is_undone(page: Page) -> None:
    open_automaton(page)
    move(page, 300)
    graph(page, 0).locator("[data-state='1']").click()
    settle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Gates", exact=True).click()
    wait_idle(page)
    button = page.locator(".gates .run_lit")
    expect(button).to_have_text("state 2 of the machine", timeout=PATIENCE_MS)
    pictures, task = page.locator(".gates_pictures"), alphabet_task("abcabC")
    start = int(pictures.get_attribute("data-start") or 0)
    states = found().states[start : start + 3 * task.period]
    assert page.locator(".gates_marks").evaluate(BARS) == int((states == 1).sum()) == 3
    button.click()
    settle(page)
    expect(button).to_be_hidden()
    assert page.locator(".gates_marks").evaluate(BARS) == 1  # the frame of the selected step
    page.get_by_test_id("stSidebar").get_by_role("link", name="Automaton").click()
    wait_idle(page)
    graph(page, 0).locator("[data-state='1']").click()
    goto(page, "gates", epochs=EPOCHS, seed=2)  # another network has other states
    expect(page.locator(".gates[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    expect(button).to_be_hidden()


def test_the_machines_of_the_clusters_walk_along(page: Page) -> None:
    open_automaton(page, automaton_section="clusters", **MERGED)
    expect(page.locator(".automaton[data-ready]").nth(1)).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator(".machine")).to_have_count(4)
    expect(page.locator("#transport_time")).to_have_count(1)
    move(page, 33)
    folded = lit(page, 3)
    assert len(folded) == 1
    before = step_now(page)
    graph(page, 3).locator(f"[data-state='{folded[0]}']").click()
    settle(page)
    assert step_now(page) > before
    assert lit(page, 3) == folded


@pytest.mark.parametrize(
    ("width", "scheme", "pattern"),
    [(1280, "dark", "abcabC"), (390, "light", "abcdabcD"), (390, "dark", "abcdefghijklmnopqrstuvwxyz" * 2)],
)
def test_the_graphs_have_room(open_page: Callable[..., Page], width: int, scheme: str, pattern: str) -> None:
    page = open_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    open_automaton(page, task=pattern, epochs=40)
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    for number in (0, 1):
        box = graph(page, number).locator("svg").bounding_box()
        assert box is not None
        for node in graph(page, number).locator(":is(.machine_state circle, text)").all():
            own = node.bounding_box()
            assert own is not None
            assert own["x"] >= box["x"] - 1
            assert own["x"] + own["width"] <= box["x"] + box["width"] + 1
            assert own["y"] >= box["y"] - 1
            assert own["y"] + own["height"] <= box["y"] + box["height"] + 1
        circles = graph(page, number).locator(".machine_state circle")
        places = [
            (c["x"] + c["width"] / 2, c["y"] + c["height"] / 2) for c in map(Locator.bounding_box, circles.all()) if c
        ]
        radius = float(circles.first.get_attribute("r") or 0)
        for k, one in enumerate(places):
            for other in places[:k]:
                assert np.hypot(one[0] - other[0], one[1] - other[1]) > 2 * radius
