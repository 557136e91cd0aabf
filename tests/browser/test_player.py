"""The cell player shows the engine's numbers, adds them up in the open, and asks nobody while it is moved."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstmviz.figures.theme import number
from lstmviz.predictions.patterns import telling_step
from lstmviz.tracing.arithmetic import pre_activation_terms
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import SETTLED_MS, Tabs, settle, watched_page
from tests.browser.player import (
    Engine,
    drag,
    engine,
    expect_diagram,
    expect_number,
    last_digit,
    move,
    open_player,
    pin,
    place,
    press,
    shown,
    sums,
    traffic,
    value,
)
from tests.browser.player_probes import LISTEN

CELLS = ("lstm", "gru", "rnn", "rnn_relu")
EPOCHS = 200


@pytest.fixture(scope="module", params=CELLS)
def opened(request: pytest.FixtureRequest, tabs: Tabs, server: str) -> Iterator[tuple[Page, Engine]]:
    """The player of a network that nobody has touched yet, and the same network trained here."""
    with watched_page(tabs, server, viewport={"width": 1440, "height": 900}, color_scheme="light") as page:
        open_player(page, cell=request.param, epochs=EPOCHS)
        yield page, engine(Experiment(cell=request.param, epochs=EPOCHS))


def places(run: Engine, count: int, seed: int) -> list[tuple[int, int]]:
    """Steps and snapshots at random; the corners are among them."""
    rng = np.random.default_rng(seed)
    steps, snapshots = len(run.task.x), len(run.kept)
    chosen = [(int(rng.integers(steps)), int(rng.integers(snapshots))) for _ in range(count)]
    return [*chosen, (0, 0), (steps - 1, snapshots - 1)]


def test_it_opens_with_the_trained_network_s_numbers(opened: tuple[Page, Engine]) -> None:
    page, run = opened
    t, e = telling_step(run.task), len(run.kept) - 1
    assert place(page) == (t, e)
    expect_diagram(page, run.trace, t, e, run.task, labels=True)


def test_wherever_the_scrubbers_stand_each_number_is_the_engine_s(opened: tuple[Page, Engine]) -> None:
    page, run = opened
    for t, e in places(run, 4, seed=1):
        move(page, t, e)
        expect_diagram(page, run.trace, t, e, run.task, labels=True)


def expect_sum(rows: list[dict[str, Any]], total: dict[str, Any]) -> None:
    """The rows shown add up to the total shown, as far as rounding goes."""
    off = sum(value(row["amount"]) for row in rows) - value(total["amount"])
    assert abs(off) <= 0.5001 * sum(last_digit(row["amount"]) for row in [*rows, total]), (rows, total)


def expect_products(rows: list[dict[str, Any]]) -> None:
    """Of each row the factors shown make the product shown, as far as rounding goes."""
    for row in rows:
        a, b = row["factors"].split(" × ")
        first, second = value(a), value(b)
        room = 0.5001 * (
            last_digit(a) * abs(second) + last_digit(b.strip("()")) * abs(first) + last_digit(row["amount"])
        )
        assert abs(first * second - value(row["amount"])) <= room + 1e-6, row


def expect_rows(rows: list[dict[str, Any]], wanted: list[Any], what: object) -> None:
    assert len(rows) == len(wanted), what
    for row, one in zip(rows, wanted, strict=True):
        assert abs(value(row["exact"]) - one) <= 1e-6 * abs(one) + 2e-7, (what, row, one)
        expect_number(row["amount"], value(row["exact"]), value(row["exact"]), (what, row))


def test_the_arithmetic_of_a_gate_is_the_engine_s_and_adds_up(opened: tuple[Page, Engine]) -> None:
    page, run = opened
    rng = np.random.default_rng(2)
    for t, e in places(run, 4, seed=3):
        model, tr = run.at(e)
        terms = pre_activation_terms(model, tr, run.task.one_hot(), t)
        move(page, t, e)
        for g, gate in enumerate(terms.gates):
            unit = int(rng.integers(3))
            pin(page, gate, unit)
            found, what = sums(page), (t, e, gate, unit)
            *rows, total, result = found["rows"]
            products, own, other = list(terms.hidden[g, unit]), terms.b_ih[g, unit], terms.b_hh[g, unit]
            if run.trace.layers[0].cell == "gru" and gate == "n":
                inner = sum(products) + other
                expect_sum(rows[:4], rows[4])
                expect_products([rows[5]])
                wanted = [*products, other, inner, tr.r[t, unit] * inner, terms.input[g, unit], own]
                expect_sum(rows[5:], total)
            else:
                wanted = [terms.input[g, unit], *products, own, other]
                expect_sum(rows, total)
            expect_products([row for row in rows if row["factors"] and row["term"].startswith("U")])
            expect_rows([*rows, total, result], [*wanted, terms.total[g, unit], getattr(tr, gate)[t, unit]], what)
            vectors = {(one["quantity"], one["when"]): one["numbers"] for one in shown(page)[0]["vectors"]}
            assert found["value"] == vectors[gate, "after" if gate == "h" else "now"][unit], what
            assert abs(value(result["amount"]) - value(found["value"])) <= 1.001 * last_digit(found["value"]), what


def test_the_arithmetic_of_a_state_and_of_a_logit_too(opened: tuple[Page, Engine]) -> None:
    page, run = opened
    rng = np.random.default_rng(4)
    cell = run.trace.layers[0].cell
    for t, e in places(run, 3, seed=5):
        at = {name: values[e, t] for name, values in run.trace.layers[0].values.items()}
        h_prev = run.trace.h_prev[e, t]
        move(page, t, e)
        unit = int(rng.integers(3))
        if cell == "lstm":
            kept, added = at["f"] * run.trace.c_prev[e, t], at["i"] * at["g"]
            pin(page, "c", unit)
            *rows, result = sums(page)["rows"]
            expect_products(rows)
            expect_sum(rows, result)
            expect_rows([*rows, result], [kept[unit], added[unit], at["c"][unit]], (t, e, "c", unit))
            pin(page, "h", unit)
            inner, product, result = sums(page)["rows"]
            expect_products([product])
            bent = np.tanh(at["c"][unit])
            expect_rows([inner, product, result], [bent, at["o"][unit] * bent, at["h"][unit]], (t, e, "h", unit))
        elif cell == "gru":
            new, old = (1 - at["z"]) * at["n"], at["z"] * h_prev
            pin(page, "h", unit)
            *rows, result = sums(page)["rows"]
            expect_products(rows)
            expect_sum(rows, result)
            expect_rows([*rows, result], [new[unit], old[unit], at["h"][unit]], (t, e, "h", unit))
        letter = int(rng.integers(len(run.task.alphabet)))
        pin(page, "logits", letter)
        *rows, total, share = sums(page)["rows"]
        head, bias = (run.parameters[e][f"head.{name}"] for name in ("weight", "bias"))
        expect_products(rows[:-1])
        expect_sum(rows, total)
        wanted = [*head[letter] * at["h"], bias[letter], run.trace.logits[e, t, letter]]
        expect_rows([*rows, total, share], [*wanted, run.trace.probabilities[e, t, letter]], (t, e, letter))


def test_the_phases_carry_a_step_out_bit_by_bit(opened: tuple[Page, Engine]) -> None:
    page, run = opened
    t, e = 40, len(run.kept) // 2
    move(page, t, e)
    buttons = page.locator(".diagram_phases button:visible")
    count = buttons.count()
    assert count == (3 if run.trace.layers[0].cell.startswith("rnn") else 4)
    for phase in range(count):
        buttons.nth(phase).click()
        settle(page)
        found = shown(page)[0]
        for vector in found["vectors"]:
            name, when = vector["quantity"], vector["when"]
            new_state = when == "after"
            if new_state and phase < (1 if count == 3 else 2):
                assert vector["numbers"] == ["", "", ""], (phase, name)
            elif when == "now":
                sums_shown = phase == 0 or name == "h"
                for text, wanted in zip(
                    vector["numbers"], getattr(run.trace, f"{name}_pre" if sums_shown else name)[e, t], strict=True
                ):
                    assert abs(value(text) - wanted) <= 0.51 * last_digit(text), (phase, name)
        assert any(bar["probability"] for bar in found["bars"]) == (phase == count - 1)


def test_many_units_are_summed_up_in_the_open_too(page: Page) -> None:
    experiment = Experiment("가나가다", hidden_size=20, epochs=30)
    run = engine(experiment)
    open_player(page, **experiment.params())
    for t, e in places(run, 2, seed=6):
        move(page, t, e)
        expect_diagram(page, run.trace, t, e, run.task, labels=True)
        pin(page, "o", 17)
        *rows, total, result = sums(page)["rows"]
        expect_sum(rows, total)
        assert len(rows) == 10  # W, six products, those of the others together, two biases
        expect_rows([total, result], [run.trace.o_pre[e, t, 17], run.trace.o[e, t, 17]], (t, e))
        beside = page.locator('.diagram_vector[data-quantity="o"] .diagram_beside')
        assert beside.text_content() == number(run.trace.o[e, t, 17])


def test_scrubbing_and_playing_ask_nobody(page: Page) -> None:
    seen = traffic(page)
    open_player(page, epochs=EPOCHS, t=300)
    run = engine(Experiment(epochs=EPOCHS))
    page.wait_for_timeout(500)
    assert seen
    seen.clear()
    page.evaluate(LISTEN)
    for name, share in (("time", 0.1), ("training", 0.3), ("time", 0.93), ("training", 0.8)):
        stood = drag(page, name, share)
        assert len(set(stood)) > 7, stood
        t, e = place(page)
        assert (t if name == "time" else e) == pytest.approx(share * (598 if name == "time" else 47), abs=2)
        expect_diagram(page, run.trace, t, e, run.task, labels=True)
    t, e = place(page)
    for key, wanted in (
        ("ArrowLeft", (t - 1, e)),
        ("PageDown", (t - 1, e - 1)),
        ("Home", (0, e - 1)),
        ("Shift+ArrowRight", (6, e - 1)),
        ("PageUp", (6, e)),
    ):
        press(page, key)
        assert place(page) == wanted, key
    page.locator(".transport_speed").click(click_count=2)
    expect(page.locator(".transport_speed")).to_have_text("4×")
    page.locator(".transport_play").click()
    expect(page.locator("#transport_time")).not_to_have_value("6")
    page.locator(".transport_sweep").click()
    page.wait_for_timeout(500)
    press(page, "Escape", "ArrowRight")  # from the phase that was played to the whole step again
    t, stopped = place(page)
    assert stopped != e
    expect_diagram(page, run.trace, t, stopped, run.task, labels=True)
    settle(page, SETTLED_MS)  # by now the URL says where this is
    assert f"t={t}" in page.url
    assert seen == []
    assert page.evaluate("window.__ran") == 0
