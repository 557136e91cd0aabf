"""How long a newcomer waits in a fresh browser for each page's first figure, against the title of Streamlit's hello."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from lstmviz.ui.frame.navigation import PAGES
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS, free_port, running_server

ROUNDS = 5
# When the first figure stands there: a canvas or drawing of one of our parts that has been shown, or one of plotly's.
DRAWN = """() => {
    const hosts = Array.from(document.querySelectorAll('[data-testid^=stBidiComponent]'));
    const part = hosts.some(({ shadowRoot }) => shadowRoot?.querySelector('[data-ready], svg rect'));
    return part || Boolean(document.querySelector('.js-plotly-plot .main-svg, [data-testid=stMain] table, .formulas'));
}"""
TITLE = "() => /Streamlit/.test(document.querySelector('[data-testid=stMain] h1')?.textContent ?? '')"


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield f"First figure in a fresh browser, seconds after the address is entered (medians of {ROUNDS}, in turn)"
    with (
        tempfile.TemporaryDirectory() as folder,
        _hello() as hello,
        running_server(Path(folder) / "log") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        names = {key: "" if key == "home" else Path(entry.file).stem for key, entry in PAGES.items()}
        for name in names.values():  # warm-up of the server: what a page trains by itself is trained to its end
            _finish(browser, f"{url}/{name}")
        _seconds(browser, hello, TITLE)
        taken: dict[str, list[float]] = {key: [] for key in ("hello", *names)}
        for _ in range(ROUNDS):
            taken["hello"].append(_seconds(browser, hello, TITLE))
            for key, name in names.items():
                taken[key].append(_seconds(browser, f"{url}/{name}", DRAWN))
        medians = {key: statistics.median(all_) for key, all_ in taken.items()}
        yield f"  hello's title {medians['hello']:.2f}"
        for key in names:
            yield f"  {key:10} {medians[key]:.2f} ({medians[key] - medians['hello']:+.2f})"
        fresh = []
        for _ in range(ROUNDS):
            with running_server(Path(tempfile.mkdtemp(dir=folder)) / "log") as newcomer:
                fresh.append(_seconds(browser, newcomer, DRAWN))
        median = statistics.median(fresh)
        yield f"  home on a fresh server {median:.2f} ({median - medians['hello']:+.2f})"
        browser.close()


@contextlib.contextmanager
def _hello() -> Iterator[str]:
    """Streamlit's own hello page."""
    port = free_port()
    options = {"server.port": port, "server.headless": "true", "server.fileWatcherType": "none"}
    command = [sys.executable, "-m", "streamlit", "hello", *(f"--{key}={value}" for key, value in options.items())]
    quiet = subprocess.DEVNULL
    with tempfile.TemporaryDirectory() as elsewhere:  # without our settings
        process = subprocess.Popen(command, cwd=elsewhere, stdin=quiet, stdout=quiet, stderr=quiet)
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health"):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _finish(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function(DRAWN, timeout=60_000)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=300_000)
    page.close()


def _seconds(browser: Browser, address: str, drawn: str) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(drawn, polling="raf", timeout=60_000)
    seconds = time.perf_counter() - began
    context.close()
    return seconds
