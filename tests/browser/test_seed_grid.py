"""Seed grids: each square is the engine's number, each mark its margin, and moving through them asks nobody."""

import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from lstmviz.figures.theme import Palette, number, share_text
from lstmviz.predictions.outcome import MARGIN
from lstmviz.sweeps import BundleResult, SweepConfig, sweep_bundles
from lstmviz.tasks import alphabet_task, named_task
from tests.browser.conftest import PATIENCE_MS, SETTLED_MS, goto, settle, turn, wait_idle, wait_trained
from tests.browser.player import traffic, value
from tests.browser.player_probes import FRAMES, LISTEN

EPOCHS = 300
CELLS = ("rnn", "lstm")  # of the notes, in the order of the page
TASK = alphabet_task("abcabC")
LOW = {ord(low): str(digit) for digit, low in enumerate("₀₁₂₃₄₅₆₇₈₉")}
PIXEL = """(field, [x, y]) => {
    const canvas = field.parentNode.querySelector("canvas"), box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return Array.from(canvas.getContext("2d").getImageData((x - box.x) * scale, (y - box.y) * scale, 1, 1).data);
}"""
CAPTIONS = """(field) => Array.from(field.querySelectorAll(".grid_cell"), (cell) => ({
    seed: Number(cell.querySelector(".grid_seed").textContent),
    mark: cell.querySelector(".grid_mark").textContent,
    margin: cell.querySelector(".grid_margin").textContent,
    diverged: cell.classList.contains("diverged"),
    word: cell.querySelector(".grid_picture").textContent,
    label: cell.getAttribute("aria-label"),
}))"""
MOVE = f"""async (input, e) => {{
    input.value = e;
    input.dispatchEvent(new Event("input", {{ bubbles: true }}));
    {FRAMES}
}}"""


# What is said where the pointer is, place by place, without painting a frame for each (`BY_HAND`).
SAID_AT = """(field, points) => {
    const root = field.getRootNode(), says = root.querySelector(".grid_says");
    return points.map(([clientX, clientY]) => {
        const at = { clientX, clientY, bubbles: true, composed: true, pointerType: "mouse", isPrimary: true };
        root.elementFromPoint(clientX, clientY).dispatchEvent(new PointerEvent("pointermove", at));
        window.__drawNow();
        return says.innerText;
    });
}"""


class Engine:
    """The networks of a grid, trained here without the page."""

    def __init__(self, results: list[BundleResult]) -> None:
        self.of = {(r.bundle.cell, seed): (r, n) for r in results for n, seed in enumerate(r.bundle.seeds)}
        self.kept = results[0].bundle.kept

    def values(self, cell: str, seed: int, name: str) -> Any:
        """(E, ...) an array of a result, of one network."""
        result, n = self.of[cell, seed]
        return getattr(result, name)[:, n]

    def final_losses(self, cell: str, seeds: list[int]) -> list[float]:
        return [float(self.values(cell, seed, "losses")[-1]) for seed in seeds]

    def diverged_at(self, cell: str, seed: int) -> int:
        result, n = self.of[cell, seed]
        return int(result.diverged_at[n])


@cache
def engine(seeds: tuple[int, ...], cells: tuple[str, ...] = CELLS, lr: float = 0.1, epochs: int = EPOCHS) -> Engine:
    return Engine(list(sweep_bundles(SweepConfig(cells=cells, seeds=seeds, lr=lr, epochs=epochs).bundles())))


def open_grid(page: Page, **query: object) -> None:
    goto(page, "grid", **{"grid_epochs": EPOCHS, **query})
    complete(page)


def turn_to_grid(page: Page, **query: object) -> None:
    """The same in a tab that tests share."""
    turn(page, "grid", **{"grid_epochs": EPOCHS, **query})
    complete(page)


def complete(page: Page) -> None:
    """Wait until all networks have come."""
    expect(page.locator(".grid_cell").first).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator(".grid_cell.waiting")).to_have_count(0, timeout=PATIENCE_MS)
    wait_idle(page)
    settle(page)


def field(page: Page, group: int) -> Locator:
    return page.locator(".grid_field").nth(group)


def captions(page: Page, group: int) -> list[dict[str, Any]]:
    return field(page, group).evaluate(CAPTIONS)


def seeds_of(page: Page) -> tuple[int, ...]:
    return tuple(sorted(caption["seed"] for caption in captions(page, 0)))


def move(page: Page, e: int) -> None:
    page.locator("#grid_training").evaluate(MOVE, e)


def says(page: Page) -> str:
    settle(page)
    return page.locator(".grid_says").inner_text()


def said_at(page: Page, group: int, points: list[tuple[float, float]]) -> list[str]:
    """The same with the pointer at each of the points of the window, one after the other."""
    return [re.sub("[\u2066-\u2069]", "", text) for text in field(page, group).evaluate(SAID_AT, points)]


def box_of(page: Page, group: int, slot: int) -> dict[str, float]:
    """Where the numbers of a picture stand: inside its frame of 2 pixels."""
    picture = field(page, group).locator(".grid_picture").nth(slot)
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    return {"x": box["x"] + 2, "y": box["y"] + 2, "width": box["width"] - 4, "height": box["height"] - 4}


OF_ANY_KIND = {
    "bit parity": {"grid_hidden": "6", "grid_epochs": "60"},
    "Reber grammar": {"grid_hidden": "4", "grid_epochs": "20"},
    "adding problem": {"grid_hidden": "3", "grid_epochs": "20"},
}
SAID = re.compile(r"(h|ŷ)([₀-₉]*)(?:\(“(.*?)”\))? = (.+?) after (.+?) \((next: (.+)|nothing is asked)\)$")


@pytest.mark.parametrize("name", OF_ANY_KIND)
def test_each_square_of_any_task_is_the_engine_s_number(walked: Page, name: str) -> None:
    asked = OF_ANY_KIND[name]
    turn_to_grid(walked, grid_task=name, grid_side=2, grid_lr="0.03", **asked)
    config = SweepConfig(
        task=name,
        seeds=range(4),
        hidden_size=int(asked["grid_hidden"]),
        epochs=int(asked["grid_epochs"]),
        lr=0.03,
    )
    made, task = Engine(list(sweep_bundles(config.bundles()))), named_task(name)
    end = int(np.flatnonzero(task.scored)[-1]) + 1
    steps = range(max(end - 24, 0), end)
    seen = set()
    for group, cell in enumerate(CELLS):
        for slot, caption in enumerate(captions(walked, group)):
            seed, margin = caption["seed"], float(made.values(cell, caption["seed"], "margins")[-1])
            assert caption["margin"].replace("−", "-") == f"{margin:+.2f}" or abs(margin) < 0.005
            least = 0.0 if task.of_numbers else MARGIN
            assert caption["mark"] == ("✓" if margin > least else "≈" if margin > 0 else "✗")
            box = box_of(walked, group, slot)
            values = {"h": made.values(cell, seed, "h")[-1], "ŷ": made.values(cell, seed, "probabilities")[-1]}
            places = []
            for k in range(slot % 3, 24, 3):  # three pictures have all rows between them
                x = box["x"] + box["width"] * ((k * 0.618) % 1)
                row = k * len(steps) // 24
                places.append((row, (x, box["y"] + box["height"] * (row + 0.5) / len(steps))))
            for (row, _), text in zip(places, said_at(walked, group, [at for _, at in places]), strict=True):
                match = SAID.search(text)
                assert match, text
                quantity, unit, letter, told, read, _, due = match.groups()
                place = task.answers.index(letter) if letter else int(unit.translate(LOW) or 1) - 1
                written = number if quantity == "h" or task.of_numbers else share_text
                assert told == written(float(values[quantity][row, place]))
                t = steps[row]
                assert read == (f"“{task.alphabet[task.x[t]]}”" if task.alphabet else task.labels[t])
                assert bool(due) == bool(task.scored[t])
                seen.add((quantity, bool(due)))
    assert {quantity for quantity, _ in seen} == {"h", "ŷ"}
    assert {asked for _, asked in seen} == ({True} if task.scored.all() else {True, False})


def place_said(text: str) -> tuple[str, str, str, str] | None:
    """The quantity with its unit, its value as it is written, the letter read and the next one."""
    found = re.search(r"(h[₀-₉]+|ŷ\(“.*?”\)) = (.+?) after “(.*?)” \(next: “(.*?)”\)", text.replace("\u2068", ""))
    if found is None:
        return None
    return found[1].replace("\u2069", ""), found[2], found[3].strip("\u2069"), found[4].strip("\u2069")


def test_each_square_is_the_engine_s_number_in_the_notes_colours(walked: Page) -> None:
    page = walked
    turn_to_grid(page)
    seeds = seeds_of(page)
    run, rng = engine(seeds), random.Random(1)
    names = [f"h{digit}" for digit in "₁₂₃"] + [f"ŷ(“{letter}”)" for letter in TASK.alphabet]
    scale = Palette(lecture=True).scale("h")
    read = TASK.last_pattern
    for _ in range(3):
        group, slot, row = rng.randrange(2), rng.randrange(len(seeds)), rng.randrange(TASK.period)
        e = rng.randrange(len(run.kept))
        move(page, e)
        box, seed = box_of(page, group, slot), captions(page, group)[slot]["seed"]
        y = box["y"] + (row + 0.5) * box["height"] / TASK.period
        numbers = [run.values(CELLS[group], seed, name)[e, row] for name in ("h", "probabilities")]
        wanted = dict(zip(names, np.concatenate(numbers), strict=True))
        met, middles = list[str](), dict[str, list[float]]()
        across = [float(x) for x in np.arange(box["x"] + 1, box["x"] + box["width"] - 1, 3.5)]
        for x, text in zip(across, said_at(page, group, [(x, y) for x in across]), strict=True):
            assert f"seed {seed} · " in text
            said = place_said(text)
            assert said is not None, text
            name, shown, letter, following = said
            if name not in met:
                met.append(name)
            middles.setdefault(name, []).append(x)
            written = number if name.startswith("h") else share_text
            assert shown == written(float(wanted[name])), (seed, e, row, name, text)
            assert letter == TASK.alphabet[TASK.x[read][row]]
            assert following == TASK.alphabet[TASK.y[read][row]]
        assert met == names  # left to right, none left out
        for name, xs in middles.items():
            red, green, blue, _alpha = field(page, group).evaluate(PIXEL, [xs[len(xs) // 2], y])
            fill = scale.colour(float(wanted[name]))[0]
            colour = [int(fill[k : k + 2], 16) for k in (1, 3, 5)]
            assert np.abs(np.array([red, green, blue]) - colour).max() <= 2, (seed, e, row, name)


def test_marks_and_counts_are_those_of_the_margins(walked: Page) -> None:
    page = walked
    turn_to_grid(page)
    run = engine(seeds_of(page))
    for e in (len(run.kept) - 1, 0, len(run.kept) // 2):
        move(page, e)
        settle(page, SETTLED_MS)  # names follow when it stands still
        for group, cell in enumerate(CELLS):
            count = 0
            for caption in captions(page, group):
                margin = float(run.values(cell, caption["seed"], "margins")[e])
                loss = float(run.values(cell, caption["seed"], "losses")[run.kept[e]])
                solved = margin > MARGIN
                assert caption["mark"] == ("✓" if solved else "≈" if margin > 0 else "✗"), (cell, caption, e)
                assert abs(value(caption["margin"]) - margin) <= 0.005001
                words = caption["label"].split(", ")
                said = "solved" if solved else "right" if margin > 0 else "not solved"
                assert words[:2] == [f"seed {caption['seed']}", said]
                assert abs(float(words[-1].removeprefix("loss ")) - loss) <= max(5.1e-5, 0.051 * loss)
                count += solved
            expect(page.locator(".grid_solved").nth(group)).to_have_text(f"solved {count} of 25")
            expect(page.locator(".grid_counts > span").nth(group)).to_contain_text(f"solved {count} of 25")
        expect(page.locator(".grid_epoch")).to_have_text(f"epoch {run.kept[e]} of {EPOCHS}")


def test_scrubbing_playing_sorting_and_looking_ask_nobody(page: Page) -> None:
    seen = traffic(page)
    open_grid(page)
    page.wait_for_timeout(500)
    assert seen
    seen.clear()
    page.evaluate(LISTEN)
    scrubber, epoch = page.locator("#grid_training"), page.locator(".grid_epoch")
    scrubber.scroll_into_view_if_needed()
    track = scrubber.bounding_box()
    assert track is not None
    last = int(scrubber.get_attribute("max") or 0)
    page.mouse.move(track["x"] + track["width"] - 8, track["y"] + 20)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] * 0.3, track["y"] + 20, steps=8)
    page.mouse.up()
    at = int(scrubber.input_value())
    assert abs(at - 0.3 * last) <= 2
    for key, wanted in (("Home", 0), ("PageUp", 1), ("PageUp", 2), ("PageDown", 1), ("End", last)):
        scrubber.press(key)
        expect(scrubber).to_have_value(str(wanted))
    page.locator(".seed_grid .transport_speed").click(click_count=2)
    expect(page.locator(".seed_grid .transport_speed")).to_have_text("4×")
    scrubber.press(" ")  # from the end it begins anew
    expect(epoch).not_to_have_text(f"epoch {EPOCHS} of {EPOCHS}")
    expect(epoch).to_have_text(f"epoch {EPOCHS} of {EPOCHS}")
    for choice in ("a scale for each", "by final loss"):
        page.get_by_role("button", name=choice, exact=True).click()
    box = box_of(page, 1, 7)
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    assert place_said(says(page))
    page.wait_for_timeout(300)
    assert seen == []
    assert page.evaluate("window.__ran") == 0


def test_a_click_opens_that_network_on_every_page(page: Page) -> None:
    open_grid(page)
    expect(page.locator(".grid_cell.opened")).to_have_count(0)
    seed = captions(page, 0)[8]["seed"]
    field(page, 0).locator(".grid_cell").nth(8).click()
    expect(page.locator(".grid_cell.opened .grid_seed")).to_have_text(str(seed))
    wait_idle(page)
    said = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    wanted = {"task": "abcabC", "cell": "rnn", "hidden": "3", "seed": str(seed), "lr": "0.1", "epochs": str(EPOCHS)}
    assert wanted.items() <= said.items()
    expect(page.get_by_test_id("stSidebar")).to_contain_text(f"seed {seed}")
    expect(field(page, 0).locator(".grid_cell.opened")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_url(re.compile("/cell"))
    wait_trained(page)
    said = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    assert wanted.items() <= said.items()
    expect(page.locator(".st-key-header")).to_contain_text(f"seed {seed}")


def test_the_least_loss_comes_first_and_that_is_remembered(page: Page) -> None:
    open_grid(page)
    seeds = list(seeds_of(page))
    assert [caption["seed"] for caption in captions(page, 1)] == seeds
    page.get_by_role("button", name="by final loss", exact=True).click()
    move(page, 3)  # the order is that of the end, wherever one looks
    run = engine(tuple(seeds))
    for reloaded in (False, True):
        if reloaded:
            page.reload()
            complete(page)
        for group, cell in enumerate(CELLS):
            order = [caption["seed"] for caption in captions(page, group)]
            assert sorted(order) == seeds
            losses = run.final_losses(cell, order)
            assert losses == sorted(losses)


def test_the_keyboard_walks_through_the_pictures(page: Page) -> None:
    open_grid(page)
    seeds = [caption["seed"] for caption in captions(page, 0)]
    cells = field(page, 0).locator(".grid_cell")
    cells.first.focus()
    for key, slot in (("ArrowRight", 1), ("ArrowDown", 6), ("ArrowLeft", 5), ("ArrowUp", 0), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(cells.nth(slot)).to_be_focused()
        expect(cells.nth(slot)).to_have_attribute("tabindex", "0")
        assert f"seed {seeds[slot]}" in says(page)
        assert "loss" in says(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    expect(page.locator("#grid_training")).to_have_value("0")
    page.keyboard.press("Tab")
    expect(field(page, 1).locator(".grid_cell").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cells.nth(1)).to_be_focused()  # where it was
    page.keyboard.press("Enter")
    expect(page.locator(".grid_cell.opened .grid_seed")).to_have_text(str(seeds[1]))
    expect(page.locator("#grid_training")).to_have_value("0")
    expect(cells.nth(1)).to_be_focused()


def test_what_diverges_is_a_red_cell_from_that_epoch_on(walked: Page) -> None:
    turn_to_grid(walked, grid_cells="rnn_relu", grid_lr=1)
    run = engine(seeds_of(walked), ("rnn_relu",), 1.0)
    for e in (len(run.kept) - 1, 0, 4):
        move(walked, e)
        for caption in captions(walked, 0):
            at = run.diverged_at("rnn_relu", caption["seed"])
            red = 0 <= at <= run.kept[e]
            assert caption["diverged"] == red, (caption, at, e)
            if red:
                assert caption["mark"] == "✗"
                assert caption["word"] == f"diverged at epoch {at}"


def test_more_networks_leave_the_view_as_it_is(page: Page) -> None:
    first = random.randrange(10_000, 1_000_000)  # seeds that nobody has trained yet
    goto(page, "grid", grid_side=6, grid_epochs=2000, grid_first=first)
    cells = page.locator(".grid_cell")
    expect(page.locator(".grid_cell:not(.waiting)").first).to_be_attached(timeout=PATIENCE_MS)
    expect(cells).to_have_count(72)
    places = [cells.nth(k).bounding_box() for k in (0, 50, 71)]
    move(page, 20)
    epoch = page.locator(".grid_epoch").inner_text()
    complete(page)
    assert page.locator(".grid_epoch").inner_text() == epoch
    now = [cells.nth(k).bounding_box() for k in (0, 50, 71)]
    for before, after in zip(places, now, strict=True):
        assert before is not None
        assert after is not None
        # What stands above may come and go with the progress; the pictures do not move in their block.
        assert (before["x"], before["width"], before["height"]) == (after["x"], after["width"], after["height"])


def test_stop_and_resume_and_the_end_are_shown_without_a_further_click(page: Page) -> None:
    first = random.randrange(10_000, 1_000_000)  # seeds that nobody has trained yet
    page.goto(f"/grid?grid_side=8&grid_epochs=5000&grid_first={first}&grid_cells=lstm")
    waiting = page.locator(".grid_cell.waiting")
    expect(page.locator(".grid_cell:not(.waiting)").first).to_be_attached(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("So far:")).to_be_visible()
    wait_idle(page, 1000)
    left = waiting.count()
    assert left
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(waiting).not_to_have_count(left, timeout=PATIENCE_MS)
    complete(page)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(page.get_by_text("So far:")).to_have_count(0)


def test_it_fits_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    open_grid(page, lang="ko")
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    for group in range(2):
        boxes = [field(page, group).locator(".grid_cell").nth(slot).bounding_box() for slot in (0, 4, 20, 24)]
        for box in boxes:
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
    scrubber = page.locator("#grid_training").bounding_box()
    assert scrubber is not None
    assert scrubber["width"] > 200
    assert scrubber["y"] + scrubber["height"] <= 844  # in reach while the pictures are watched
