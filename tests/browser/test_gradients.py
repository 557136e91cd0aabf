"""The way back, a step at a time: its lines are the engine's, and the browser walks them alone."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from lstmviz.gradients import backpropagate, backward_lines
from lstmviz.ui.frame.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, goto, settle, wait_idle, wait_trained
from tests.browser.player import engine
from tests.browser.player_probes import LISTEN

EPOCHS = 200
LAST = 598


def open_back(page: Page, **query: object) -> None:
    goto(page, "gradients", **{"epochs": EPOCHS, "gradients_section": "back", **query})
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
def test_every_line_of_the_selected_step_is_the_engines(page: Page, cell: str) -> None:
    open_back(page, cell=cell, t=590, unit=2)
    assert place(page) == (590, 1)
    expect_engine(page, cell, "all", 1)
    page.locator(".backward").get_by_role("button", name="of the last step alone").click()
    settle(page)
    expect_engine(page, cell, "last", 1)
    page.locator(".backward").get_by_role("button", name="3", exact=True).click()
    settle(page)
    expect_engine(page, cell, "last", 2)


def test_it_walks_back_without_a_word_to_the_server(page: Page) -> None:
    open_back(page)
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
