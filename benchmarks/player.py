"""The cell player: how much is sent, how soon it is there, and how long a frame takes while somebody drags."""

import logging
import statistics
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from lstmviz.models import build_model
from lstmviz.packing import pack_run, window
from lstmviz.tracing import trace_snapshots
from lstmviz.ui.background.jobs import Job, Run, configs
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS, running_server

SIZES = (
    Experiment("abaB", "lstm", 2, 1, 0.1, 1000),
    Experiment("abcabC", "lstm", 3, 1, 0.1, 1500),
    Experiment("abcdabcD", "lstm", 4, 1, 0.1, 3000),
    Experiment("abcabC", "lstm", 16, 1, 0.1, 1500),
    Experiment("abcabC", "lstm", 64, 1, 0.1, 300),
)
DRAGGED = (Experiment("abcabC", "lstm", 3, 1, 0.1, 1500), Experiment("abcabC", "lstm", 16, 1, 0.1, 1500))
FRAMES = 240
ROUNDS = 3
HOST = "document.querySelector('[data-testid=stBidiComponentIsolated]')"
READY = f"{HOST}?.shadowRoot?.querySelector('.player')?.dataset.ready"

# Each frame moves a scrubber by one place, as a hand does at full speed. `work` is the time from the frame's beginning
# until it has been handed to the compositor, `gap` the time from one frame to the next.
DRAG = """async ([selector, frames]) => {
    const host = document.querySelector('[data-testid=stBidiComponentIsolated]');
    const slider = selector && host.shadowRoot.querySelector(selector);
    if (selector && !slider) throw new Error(`nothing to drag: ${selector}`);
    const gaps = [], works = [];
    let before = 0;
    const painted = () => new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    });
    for (let k = 0; k < frames; k++) {
        if (slider) {
            const { min, max } = slider;
            slider.value = String(Number(min) + (k % (Number(max) - Number(min) + 1)));
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }
        const begun = await new Promise(requestAnimationFrame);
        await painted();
        works.push(performance.now() - begun);
        if (before) gaps.push(begun - before);
        before = begun;
    }
    return { gaps, works };
}"""


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield "The cell player: what is sent of a run (60 snapshots or fewer, every step that fits)"
    for experiment in SIZES:
        yield "  " + _size(experiment)
    yield ""
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield from _browser(browser, url)
        browser.close()


def _size(experiment: Experiment) -> str:
    run = _trained(experiment)
    task = run.task
    tr = trace_snapshots(build_model(configs(experiment)[0]), run.snapshots, task.one_hot())
    steps = window(tr, task)
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        packed = pack_run(tr, task, run.snapshots, steps)
        seconds.append(time.perf_counter() - began)
    raw = len(zlib.decompress(packed))
    return (
        f"{experiment.task:9} LSTM {experiment.hidden_size:2} nodes: {len(steps)} of {len(task.x)} steps x "
        f"{len(run.kept)} snapshots, {raw / 1e6:5.2f} MB, deflated {len(packed) / 1e6:5.2f} MB in "
        f"{statistics.median(seconds) * 1e3:.0f} ms"
    )


def _trained(experiment: Experiment) -> Run:
    job = Job(experiment)
    job.wait(600)
    return job.so_far()


def _browser(browser: Browser, url: str) -> Iterator[str]:
    for experiment in DRAGGED:
        query = "&".join(f"{name}={value}" for name, value in experiment.params().items())
        _open(browser, f"{url}/cell?{query}")[0].close()  # trains it
        opened = []
        for _ in range(ROUNDS):
            page, seconds = _open(browser, f"{url}/cell?{query}")
            opened.append(seconds)
            page.close()
        page, _seconds = _open(browser, f"{url}/cell?{query}")
        first = statistics.median(opened)
        yield f"LSTM {experiment.hidden_size} nodes: from opening the page to the first picture {first:.2f} s"
        floor = page.context.new_page()
        floor.goto("about:blank")
        floor.bring_to_front()
        yield "  an empty page      " + _frames(floor, None)
        page.bring_to_front()
        for name in ("time", "training"):
            yield f"  dragging {name:9} " + _frames(page, f"#transport_{name}")
        page.close()


def _open(browser: Browser, url: str) -> tuple[Page, float]:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_function(READY)
    seconds = time.perf_counter() - began
    page.wait_for_timeout(1000)
    return page, seconds


def _frames(page: Page, selector: str | None) -> str:
    measured: dict[str, Any] = page.evaluate(DRAG, [selector, FRAMES])
    gaps, works = (statistics.quantiles(measured[name], n=20) for name in ("gaps", "works"))
    return (
        f"gap between frames: median {gaps[9]:5.1f} ms, p95 {gaps[18]:5.1f} ms; "
        f"work in a frame: median {works[9]:5.1f} ms, p95 {works[18]:5.1f} ms"
    )
