"""The matrices and the way back, a step at a time: their numbers are the engine's, and the browser moves them alone."""

import re
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.gradients import gradient_scale, strength
from lstmviz.figures.theme import Palette, Scale
from lstmviz.gradients import GradientsThroughTime, backpropagate, backward_lines, gradients_of_snapshots
from lstmviz.tasks import named_task
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.parts.part import script_of
from tests.browser.conftest import PATIENCE_MS, ROOT, goto, settle, turn, wait_idle, wait_trained
from tests.browser.pictures import point
from tests.browser.player import at_the_end, engine
from tests.browser.player_probes import LISTEN

EPOCHS = 200
SEED = 1  # of which the ReLU network has no gradient that is exactly 0 before it is trained, and has some after it
LAST = 598


CELLS = ("rnn", "gru", "lstm")
LEFT, TOP = 20, 2  # of the squares in their canvas, as in `panels.js`


def turn_to_matrices(page: Page, experiment: Experiment, **query: object) -> None:
    turn(page, "gradients", **at_the_end(experiment), gradients_section="time", **query)
    wait_trained(page)
    expect(page.locator(".matrices[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


@cache
def found(cell: str, epoch: int) -> GradientsThroughTime:
    made = engine(Experiment(cell=cell, seed=SEED, epochs=EPOCHS))
    return gradients_of_snapshots(made.model, [made.parameters[made.kept.index(epoch)]], made.task)[0]


def moments(page: Page) -> list[int]:
    """The epochs that the scrubber stops at, found by going through them."""
    slider, stops = page.locator("#transport_training"), list[int]()
    slider.press("Home")
    while True:
        settle(page)
        said = re.search(r"epoch ([\d,]+)", page.locator(".matrices .transport_label").inner_text())
        assert said
        epoch = int(said[1].replace(",", ""))
        if epoch in stops:
            return stops
        stops.append(epoch)
        slider.press("ArrowRight")


def of_all(epochs: list[int], cells: tuple[str, ...], *, dark: bool = False) -> Scale:
    every = [found(cell, epoch) for cell in cells for epoch in epochs]
    matrices = [one.log10(of) for one in every for of in ("h", "c") if of == "h" or one.log10_c is not None]
    return gradient_scale(matrices, Palette(dark=dark))


def expect_matrix(page: Page, cell: str, of: str, epoch: int, scale: Scale) -> int:
    """Each square that is pointed at says the engine's number and has its colour; how many were exactly 0."""
    gradients, zeros = found(cell, epoch), 0
    matrix, steps = gradients.log10(of).astype(np.float32), gradients.steps
    box = page.locator(f"[data-name={cell}_{of}] .matrix_marks").bounding_box()
    assert box
    side = (box["width"] - LEFT - 1) / len(steps)
    places = [(t, k) for t in range(3, len(steps), 8) for k in range(t % 5, t + 1, 11)]
    points = [(LEFT + (k + 0.5) * side, TOP + (len(steps) - t - 0.5) * side) for t, k in places]
    canvases = (f"[data-name={cell}_{of}] .matrix_marks", f"[data-name={cell}_{of}] .matrix_squares")
    for (t, k), (said, *pixel) in zip(
        places, point(page, ".matrices", canvases, ".matrices_says", points)["found"], strict=True
    ):
        value = float(matrix[t, k])
        at = f"t = {steps[t]}, k = {steps[k]}, lag {t - k}"
        assert said == f"{at}: {strength(value)}", (cell, of, epoch)
        expected = scale.colour(value)[0]
        rgb = [int(expected[place : place + 2], 16) for place in (1, 3, 5)]
        assert max(abs(a - b) for a, b in zip(rgb, pixel[:3], strict=True)) <= 3, (cell, of, at)
        zeros += bool(np.isneginf(value))
    above = point(page, ".matrices", canvases, ".matrices_says", [(LEFT + 5.5 * side, TOP + (len(steps) - 1.5) * side)])
    assert above["found"][0][0].startswith("Point at")
    assert above["found"][0][4] == 0  # nothing is drawn of what is read later than the loss
    return zeros


def test_every_square_at_two_epochs_is_the_engines_and_scrubbing_asks_nothing(walked: Page) -> None:
    turn_to_matrices(walked, Experiment(seed=SEED, epochs=EPOCHS))
    walked.evaluate(LISTEN)
    epochs = moments(walked)
    assert (epochs[0], epochs[-1]) == (0, EPOCHS)
    scale = of_all(epochs, CELLS)
    slider = walked.locator("#transport_training")
    for key, epoch in (("End", EPOCHS), ("ArrowLeft", epochs[-2])):
        slider.press(key)
        settle(walked)
        for cell in CELLS:
            expect_matrix(walked, cell, "h", epoch, scale)
        expect_matrix(walked, "lstm", "c", epoch, scale)
    assert walked.evaluate("window.__ran") == 0
    settle(walked, 400)
    assert f"epoch={epochs[-2]}" in walked.url  # which the other pages show too
    walked.emulate_media(color_scheme="dark")
    wait_idle(walked)
    expect_matrix(walked, "lstm", "h", epochs[-2], of_all(epochs, CELLS, dark=True))


def test_exact_zeros_are_grey_and_are_said(walked: Page) -> None:
    turn_to_matrices(walked, Experiment(cell="rnn_relu", seed=SEED, epochs=EPOCHS))
    walked.locator("#transport_training").press("End")
    settle(walked)
    scale = of_all(moments(walked), ("rnn_relu", "gru", "lstm"))
    read = walked.locator(".matrices_read")
    assert expect_matrix(walked, "rnn_relu", "h", EPOCHS, scale) > 0
    expect(read.get_by_text("Grey squares are exactly 0.")).to_be_visible()
    walked.locator("#transport_training").press("Home")
    settle(walked)
    assert expect_matrix(walked, "rnn_relu", "h", 0, scale) == 0
    expect(read.get_by_text("Grey squares are exactly 0.")).to_be_hidden()


def test_a_click_on_a_square_selects_its_step_everywhere(walked: Page) -> None:
    turn_to_matrices(walked, Experiment(seed=SEED, epochs=EPOCHS))
    marks = walked.locator("[data-name=gru_h] .matrix_marks")
    marks.click(position={"x": LEFT + 20, "y": TOP + 10})
    settle(walked, 400)
    said = re.match(r"t = \d+, k = (\d+), ", walked.locator(".matrices_says").inner_text())
    assert said
    assert f"t={said[1]}" in walked.url
    values = walked.locator(".matrix_value").all_inner_texts()
    assert len(values) == 4
    assert all(values)
    walked.get_by_test_id("stSidebar").get_by_role("link", name="Cell").click()
    wait_idle(walked)
    expect(walked.locator(".player #transport_time")).to_have_value(said[1], timeout=PATIENCE_MS)


def test_the_browser_writes_a_strength_as_python_does(page: Page) -> None:
    draws = np.random.default_rng(0).uniform(-60, 30, 3000)
    near = np.concatenate([np.arange(-12, 8) + by for by in (-1e-9, 0, 1e-9, np.log10(9.96), np.log10(9.99))])
    logs = [*draws.tolist(), *near.tolist(), -np.inf, np.inf, np.nan, -3.0, 3.0, -999.5]
    script = script_of(ROOT / "lstmviz/ui/views/gradients/matrices/strength.js")
    assert page.evaluate(f"(logs) => {{ {script}; return logs.map(strength); }}", logs) == [strength(x) for x in logs]


def open_back(page: Page, **query: object) -> None:
    goto(page, "gradients", **{"epochs": EPOCHS, "gradients_section": "back", **query})
    wait_back(page)


def turn_to_back(page: Page, experiment: Experiment, **query: object) -> None:
    turn(
        page, "gradients", **{**at_the_end(experiment), "gradients_section": "back", "sequence": 0, "unit": 1, **query}
    )
    wait_back(page)
    whole = page.locator(".backward").get_by_role("button", name="of all steps")
    if whole.is_visible():  # where there is a choice, the one before may stand
        whole.click()
    settle(page)


def wait_back(page: Page) -> None:
    wait_trained(page)
    expect(page.locator(".backward[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    settle(page)


def shown(page: Page) -> dict[str, str]:
    """What each line says that it comes to, by its name."""
    lines: dict[str, str] = page.locator(".backward").evaluate(
        "(root) => Object.fromEntries(Array.from(root.querySelectorAll('.backward_line'),"
        " (line) => [line.dataset.name, line.querySelector('output').textContent.replace('= ', '')]))"
    )
    return lines


def drawn(page: Page) -> dict[str, str]:
    """What each node of the picture says, by its name."""
    nodes: dict[str, str] = page.locator(".backward").evaluate(
        "(root) => Object.fromEntries(Array.from(root.querySelectorAll('[data-node]'),"
        " (node) => [node.dataset.node, node.querySelector('.flow_number').textContent]))"
    )
    return nodes


def place(page: Page) -> tuple[int, int]:
    found = page.locator(".backward").evaluate("(root) => [Number(root.dataset.t), Number(root.dataset.unit)]")
    return found[0], found[1]


def numeral(value: float) -> str:
    """A number as the part writes it, from its decimal digits."""
    if value == 0:
        return "0"
    sign, size = "−" if value < 0 else "", abs(value)
    if size.is_integer() and size < 1e4:
        return f"{sign}{size:.0f}"
    digits, power = f"{Decimal(repr(size)):.2e}".lower().split("e")
    if 1e-3 <= size < 999.5:
        return f"{sign}{Decimal(f'{digits}e{power}'):f}"
    return f"{sign}{digits}·10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def expect_engine(page: Page, cell: str, way: str, unit: int) -> None:
    made = engine(Experiment(cell=cell, epochs=EPOCHS))
    model, _ = made.at(len(made.kept) - 1)
    back = backpropagate(model, made.task, **({"loss": "sum"} if way == "all" else {"at": LAST}))
    t, at = place(page)
    assert at == unit
    lines = backward_lines(back, t, unit)
    expected = {line.name: numeral(float(f"{line.value:.9g}")) for line in lines}
    assert shown(page) == expected
    nodes = drawn(page)
    assert {name: nodes[name] for name in expected if name in nodes} == {
        name: value for name, value in expected.items() if not name.startswith("W_")
    }
    following = next(line for line in backward_lines(back, t - 1, unit) if line.name == "next")
    assert nodes["out_h"] == numeral(float(f"{following.value:.9g}"))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_every_line_of_the_selected_step_is_the_engines(walked: Page, cell: str) -> None:
    turn_to_back(walked, Experiment(cell=cell, epochs=EPOCHS), t=590, unit=2)
    assert place(walked) == (590, 1)
    expect_engine(walked, cell, "all", 1)
    walked.locator(".backward").get_by_role("button", name="of the last step alone").click()
    settle(walked)
    expect_engine(walked, cell, "last", 1)
    walked.locator(".backward").get_by_role("button", name="3", exact=True).click()
    settle(walked)
    expect_engine(walked, cell, "last", 2)


def test_it_walks_back_without_a_word_to_the_server(page: Page) -> None:
    open_back(page, unit=1)
    page.evaluate(LISTEN)
    root = page.locator(".backward")
    root.locator(".transport_last").click()
    settle(page)
    assert place(page) == (LAST, 0)
    assert shown(page)["next"] == "0"
    for step in (LAST - 1, LAST - 2):
        root.locator(".transport_back").click()
        settle(page)
        assert place(page) == (step, 0)
    root.press("ArrowLeft")
    settle(page)
    assert place(page) == (LAST - 3, 0)
    expect_engine(page, "lstm", "all", 0)
    root.locator(".transport_play").click()
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('[data-testid^=stBidiComponent]')).some((one) =>"
        f" Number(one.shadowRoot?.querySelector('.backward')?.dataset.t ?? {LAST}) <= {LAST - 5})"
    )
    root.press("Escape")
    settle(page)
    stood = place(page)
    page.wait_for_timeout(1500)
    assert place(page) == stood
    assert page.evaluate("window.__ran") == 0


def test_a_step_selected_here_is_selected_everywhere(page: Page) -> None:
    open_back(page)
    page.locator(".backward_strip button").nth(3).click()
    settle(page, 400)
    t, _ = place(page)
    assert f"t={t}" in page.url
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cell").click()
    wait_idle(page)
    assert int(page.locator("#transport_time").input_value()) == t


def test_csc321s_exercise_is_one_click(page: Page) -> None:
    open_back(page, cell="gru")
    page.locator(".backward_exercise").click()
    wait_idle(page)
    wait_trained(page)
    expect(page.locator(".backward_exercise")).to_be_hidden(timeout=PATIENCE_MS)
    assert "cell=lstm" in page.url
    assert "hidden=1" in page.url
    assert list(shown(page)) == [
        *("above", "next", "h", "c", "o", "i", "f", "g", "i_pre", "f_pre", "g_pre", "o_pre"),
        *("W_i", "W_f", "W_g", "W_o"),
    ]


def test_the_korean_page_has_no_english(page: Page) -> None:
    open_back(page, lang="ko")
    for summary in page.locator(".backward summary").all():
        summary.click()
    said = page.locator(".backward").inner_text()
    words = set(re.findall(r"[A-Za-z]{3,}", said)) - {"LSTM", "CSC", "tanh", "torch", "autograd", "Ukj", "Vvj"}
    assert not words


def test_a_step_at_which_nothing_is_asked_has_no_squares(walked: Page) -> None:
    halves = Experiment(task="matching halves", hidden_size=4, lr=0.05, epochs=20)
    turn_to_matrices(walked, halves, sequence=1)
    walked.locator("#transport_training").press("End")
    settle(walked)
    made = engine(halves)
    task = named_task(halves.task, 1)
    matrix = gradients_of_snapshots(made.model, made.parameters[-1:], task)[0].log10_c
    assert matrix is not None
    canvases = ("[data-name=lstm_c] .matrix_marks", "[data-name=lstm_c] .matrix_squares")
    box, steps = walked.locator(canvases[0]).bounding_box(), len(task.x)
    assert box
    side = (box["width"] - LEFT - 1) / steps
    places = [(t, k) for t in range(steps) for k in range(t + 1)]
    points = [(LEFT + (k + 0.5) * side, TOP + (steps - t - 0.5) * side) for t, k in places]
    for (t, k), (said, *pixel) in zip(
        places, point(walked, ".matrices", canvases, ".matrices_says", points)["found"], strict=True
    ):
        if task.scored[t]:
            assert said == f"t = {t}, k = {k}, lag {t - k}: {strength(float(np.float32(matrix[t, k])))}"
            assert pixel[3] == 255
        else:
            assert said == f"t = {t}, k = {k}: nothing is asked at step {t}, so there is no loss"
            assert pixel[3] == 0
    expect(walked.locator(".matrices_read")).to_contain_text("A row is empty where nothing is asked.")


@pytest.mark.parametrize("name", ["bit parity", "Reber grammar"])
def test_the_way_back_of_a_sequence_is_the_engines(walked: Page, name: str) -> None:
    experiment = Experiment(task=name, cell="gru", hidden_size=4, lr=0.05, epochs=20)
    turn_to_back(walked, experiment)
    made = engine(experiment)
    asked = np.flatnonzero(made.task.scored)
    root = walked.locator(".backward")
    assert root.get_by_role("button", name="of the last step alone").is_visible() == (len(asked) > 1)
    assert place(walked) == (asked[-1], 0)
    said = "right answer" if len(asked) == 1 else "next letter"
    expect(root.locator("[data-name=above] .backward_formula")).to_contain_text(said)
    back = backpropagate(made.at(len(made.kept) - 1)[0], made.task, loss="sum")
    for t in range(int(asked[-1]), -1, -1):
        assert place(walked) == (t, 0)
        expected = {line.name: numeral(float(f"{line.value:.9g}")) for line in backward_lines(back, t, 0)}
        assert shown(walked) == expected
        if t:
            root.locator(".transport_back").click()
            settle(walked)


def test_steps_of_numbers_are_called_by_their_number(walked: Page) -> None:
    experiment = Experiment(task="noise by heart", cell="gru", hidden_size=3, lr=0.05, epochs=20)
    turn_to_back(walked, experiment)
    task = named_task(experiment.task)
    assert walked.locator(".backward_strip button").all_inner_texts() == [str(t) for t in range(len(task.x))]
    read = task.labels[4].replace("-", "−")
    walked.locator(".backward_strip button").nth(4).click()
    settle(walked)
    said = walked.locator(".backward").inner_text()
    assert f"Step 4, which reads {read}, unit" in said
    assert "ŷ" in said
    assert "letter" not in said
    assert "answer" not in said
