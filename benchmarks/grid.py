"""The page of seed grids: from the click to the last of 50 pictures drawn, against the engine alone."""

import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lstmviz.sweeps import SweepConfig, sweep
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS, running_server, wait_idle

ROUNDS = 5
SEEDS = 25
# Waits until a frame has been drawn in which the last of the seeds asked for has its mark in every block.
DRAWN = """(seeds) => new Promise((done) => {
    const marked = () => {
        const hosts = Array.from(document.querySelectorAll('[data-testid^=stBidiComponent]'));
        const found = hosts.flatMap(({ shadowRoot }) => Array.from(shadowRoot?.querySelectorAll('.grid_cell') ?? []));
        const cells = found.map((one) => one.textContent);
        return seeds.every((seed) => cells.filter((text) => text.includes(seed) && /[✓≈✗]/.test(text)).length === 2);
    };
    const look = () => marked() ? requestAnimationFrame(() => setTimeout(done, 0)) : requestAnimationFrame(look);
    look();
})"""


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    yield f"Seed grids in the browser: abcabC, {SEEDS} RNNs and {SEEDS} LSTMs, 3 nodes, 3000 epochs"
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{url}/grid")
        wait_idle(page, 1000)
        first = int(time.time())  # seeds that nobody has trained yet
        engine, drawn = [], []
        for number in range(ROUNDS + 1):
            engine.append(_engine(first))
            drawn.append(_click(page, first))
            first += SEEDS
            if number == 0:  # warm-up
                engine, drawn = [], []
        browser.close()
    alone, shown = statistics.median(engine), statistics.median(drawn)
    yield (
        f"  engine {alone:.2f} s   from the click to the last picture drawn {shown:.2f} s, "
        f"{shown / alone:.1f} times that; medians of {ROUNDS} rounds in turn"
    )


def _engine(first: int) -> float:
    began = time.perf_counter()
    for _ in sweep(SweepConfig(seeds=range(first, first + SEEDS))):
        pass
    return time.perf_counter() - began


def _click(page: Page, first: int) -> float:
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("First seed").fill(str(first))
    page.wait_for_timeout(300)
    button = page.get_by_role("button", name="Train the grid")
    button.hover()
    began = time.perf_counter()
    button.click()
    page.evaluate(DRAWN, [str(first + k) for k in range(SEEDS)])
    seconds = time.perf_counter() - began
    page.keyboard.press("Escape")
    wait_idle(page, 500)
    return seconds
