"""The dashboard in a real browser: servers, pages that report what goes wrong, and waiting until a page is idle.

A test asks for `page` (an empty tab on the running server), or for `open_page` and `fresh_server` when it needs more
than one tab, another window size or a server that nobody has visited yet. When a test ends, each of its pages must have
seen no error, no exception and no request that leaves the machine.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import find_chromium
from tests.conftest import own_cache

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No other machine has an address: what is asked of one fails, and is reported (`watched`).
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# A page of a test lives for seconds: what two of V8's compilers make of its scripts costs more than it saves.
BRIEF = "--js-flags=--no-opt --no-maglev"
PATIENCE_MS = 60_000  # for a page that trains a network on a busy machine
# Options of a tab that it can be given at any time; what else there is, belongs to its profile.
_PASSING = ("viewport", "color_scheme", "reduced_motion")
SETTLED_MS = 320  # after which labels and the URL have followed what is drawn
# What was changed is drawn with the first of them.
FRAMES = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
# Opened at /cell, Streamlit's own start looks for its server below /cell before it looks at the root.
PROBE = r"http://[^/]+/\w+/_stcore/(health|host-config)"
# Lets a test do at once what is to be done in the next frame, also what was waiting for it already.
BY_HAND = """{
    const [next, cancel] = [requestAnimationFrame.bind(window), cancelAnimationFrame.bind(window)];
    const waiting = new Map();
    window.requestAnimationFrame = (draw) => {
        const id = next((now) => { waiting.delete(id); draw(now); });
        waiting.set(id, draw);
        return id;
    };
    window.cancelAnimationFrame = (id) => { waiting.delete(id); cancel(id); };
    window.__drawNow = () => {
        for (const [id, draw] of Array.from(waiting)) { window.cancelAnimationFrame(id); draw(performance.now()); }
    };
}"""
TURN = """(url) => {
    history.pushState(null, "", url);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
}"""
IDLE = """(quiet) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const toCome = '[data-testid="stSkeleton"], .st-key-herald [data-testid^="stBidiComponent"]';
    const parts = Array.from(document.querySelectorAll('[data-testid^="stBidiComponent"]'));
    const idle = app?.getAttribute('data-test-script-state') === 'notRunning' && !document.querySelector(toCome)
        && !parts.some(({ shadowRoot }) => shadowRoot?.querySelector("[data-unpacking]"));
    window.__idleSince = idle ? window.__idleSince ?? performance.now() : null;
    return idle && performance.now() - window.__idleSince >= quiet;
}"""


def wait_idle(page: Page, quiet_ms: int = 150) -> None:
    """Wait until the page has had nothing to do for that long, once it has taken in what was done to it before."""
    settle(page)
    page.evaluate("window.__idleSince = null")
    page.wait_for_function(IDLE, arg=quiet_ms, polling=50, timeout=PATIENCE_MS)


def wait_trained(page: Page, patience_ms: int = PATIENCE_MS) -> None:
    """Wait until nothing is trained any more for what the page shows, which takes longer on a busy machine."""
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=patience_ms)
    wait_idle(page)


def settle(page: Page, beyond_ms: int = 0) -> None:
    """Wait until the page has drawn what it was told, and has done what it does up to that long after.

    It is the page that counts the time: however slow it is, what it was to do earlier comes before this returns.
    """
    page.evaluate(f"async (ms) => {{ {FRAMES} await new Promise((done) => setTimeout(done, ms)); }}", beyond_ms)


def eventually(page: Page, check: Callable[[], None]) -> None:
    """`check` passes, or will: a page that is drawn and idle may still unpack what it was sent last."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            settle(page, 100)


def goto(page: Page, path: str = "", **query: object) -> None:
    """Open a page of the dashboard by its name ("" is the first screen), with these values in the URL, and wait."""
    page.goto(f"/{path}?{urlencode(query)}" if query else f"/{path}")
    wait_idle(page)


def turn(page: Page, path: str = "", **query: object) -> None:
    """Go there as the browser's back and forward do, where `page` shows the dashboard already, and wait.

    It takes a third of the work of loading the page. What the session remembers goes along, as it does with a student:
    whatever matters to a test has to be among the values.
    """
    if page.url == "about:blank":
        goto(page, path, **query)
    else:
        page.evaluate(TURN, f"/{path}?{urlencode(query)}")
        wait_idle(page)


def plotted(page: Page, key: str, trace: int, array: str) -> Any:
    """The array ("y", "z", ...) of a trace of the figure drawn under `key`, as plotly holds it in the page.

    It is waited for and read in one look: between two, a page that goes on being drawn may put another figure there.
    """
    found = page.wait_for_function(
        """([key, trace, array]) => {
            const found = document.querySelector(`.st-key-${key} .js-plotly-plot`)?._fullData?.[trace]?.[array];
            return found && Array.from(found, (row) => typeof row === 'number' ? row : Array.from(row));
        }""",
        arg=[key, trace, array],
    )
    return found.json_value()


def free_port() -> int:
    """A port that nobody uses yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_server(log: Path, **environment: str) -> Iterator[str]:
    """Start the dashboard on a free port and give its address, once it answers; at the end, stop it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
    }
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        *(f"--{key}={value}" for key, value in options.items()),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "LSTMVIZ_CACHE_DIR": str(own_cache(log.parent / "cache"))} | environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for_health(url, process, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "Uncaught app execution" not in log.read_text(), f"The server logged an exception:\n{log.read_text()}"


def _wait_for_health(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
            return
        time.sleep(0.1)
    pytest.fail(f"The server does not answer at {url}:\n{log.read_text()}")


class Tabs:
    """Tabs of the browser, each in a profile of its own; those on the shared server are used again.

    A new profile loads Streamlit's scripts anew, and a new tab compiles them anew: two seconds of work. What stuck to
    a tab is undone when it is lent again, so one serves tests of all sizes, themes and motions; it is not lent again
    once something went wrong in it.
    """

    def __init__(self, browser: Browser, server: str) -> None:
        self._browser, self._server = browser, server
        self._free = defaultdict[str, list[Page]](list)

    @contextlib.contextmanager
    def borrow(self, url: str, **options: Any) -> Iterator[Page]:
        """One that nobody uses: without cookies, of this size and theme, with the mouse nowhere."""
        lasting = {name: value for name, value in options.items() if name not in _PASSING and value is not False}
        free = self._free[repr(sorted(lasting.items()))] if url == self._server else []
        page = free.pop() if free else self._open(url, lasting)
        lent = False
        try:
            page.set_viewport_size(options.get("viewport", {"width": 1280, "height": 720}))
            page.emulate_media(
                color_scheme=options.get("color_scheme", "null"), reduced_motion=options.get("reduced_motion", "null")
            )
            yield page
            if url == self._server and not page.is_closed():
                self._clean(page)
                free.append(page)
                lent = True
        finally:
            if not lent:
                page.context.close()

    def _open(self, url: str, options: dict[str, Any]) -> Page:
        context = self._browser.new_context(base_url=url, **options)
        context.set_default_timeout(PATIENCE_MS / 2)
        context.add_init_script(BY_HAND)
        return context.new_page()

    def _clean(self, page: Page) -> None:
        for other in page.context.pages:
            if other is not page:
                other.close()
        if page.url.startswith(self._server):
            page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        session = page.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": self._server, "storageTypes": "all"})
        session.detach()
        page.mouse.move(-10, -10)


@contextlib.contextmanager
def watched(page: Page, url: str) -> Iterator[Page]:
    """Fails at the end if anything went wrong in the tab meanwhile."""
    host = urlsplit(url).netloc
    wrong: list[str] = []

    def note_outside(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            wrong.append(f"request that leaves the machine: {address}")

    def note_console(kind: str, text: str, source: str) -> None:
        if kind == "error" and not (text.startswith("Failed to load resource") and re.fullmatch(PROBE, source)):
            wrong.append(f"console: {text} ({source})")

    watch: dict[Any, Callable[..., None]] = {
        "pageerror": lambda error: wrong.append(f"error: {error}"),
        "console": lambda line: note_console(line.type, line.text, line.location["url"]),
        # Not "request": a page asks for a hundred files, and to hear of each triples this process's work of opening it.
        "requestfailed": lambda request: note_outside(request.url),
        "websocket": lambda websocket: note_outside(websocket.url),
    }
    for event, note in watch.items():
        page.on(event, note)
    yield page
    if not page.is_closed():
        wrong += [f"exception shown: {shown}" for shown in page.get_by_test_id("stException").all_inner_texts()]
    for event, note in watch.items():
        page.remove_listener(event, note)
    assert not wrong, "The browser reports:\n" + "\n".join(dict.fromkeys(wrong))


@contextlib.contextmanager
def watched_page(tabs: Tabs, url: str, **options: Any) -> Iterator[Page]:
    """A watched tab as if it were new, without cookies."""
    with tabs.borrow(url, **options) as page, watched(page, url):
        yield page


# Of package scope, not session: Playwright keeps an event loop running, which tests elsewhere must not meet.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    executable = find_chromium()
    expect.set_options(timeout=PATIENCE_MS / 2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, BRIEF])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that all browser tests share."""
    with running_server(tmp_path_factory.mktemp("server") / "log") as url:
        yield url


@pytest.fixture(scope="package")
def tabs(browser: Browser, server: str) -> Tabs:
    """Those that all browser tests share."""
    return Tabs(browser, server)


@pytest.fixture
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """A function that starts one more server, which nobody has visited, and returns its address.

    Words given by name are added to the server's environment.
    """
    with contextlib.ExitStack() as stack:
        yield lambda **environment: stack.enter_context(
            running_server(tmp_path_factory.mktemp("server") / "log", **environment)
        )


@pytest.fixture
def open_page(
    tabs: Tabs,
    server: str,
    fresh_server: Callable[..., str],  # so that a test's tabs are closed before its servers stop
) -> Iterator[Callable[..., Page]]:
    """A function that opens a watched tab: `open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")`.

    It opens on the shared server, or on the one given as `url`.
    """
    with contextlib.ExitStack() as stack:
        yield lambda url=server, **options: stack.enter_context(watched_page(tabs, url, **options))


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A watched tab on the shared server, 1440 x 900, light theme."""
    return open_page(viewport={"width": 1440, "height": 900}, color_scheme="light")


@pytest.fixture(scope="module")
def walking(tabs: Tabs, server: str) -> Iterator[Callable[[], Page]]:
    """A function that gives the tab of `walked`: always the same one, until it is closed."""
    with contextlib.ExitStack() as stack:
        lent: list[Page] = []

        def lend() -> Page:
            if not lent or lent[-1].is_closed():
                borrowed = tabs.borrow(server, viewport={"width": 1440, "height": 900}, color_scheme="light")
                lent.append(stack.enter_context(borrowed))
            return lent[-1]

        yield lend


@pytest.fixture
def walked(walking: Callable[[], Page], server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A watched tab that tests of a module go through one after the other, by `turn`: for those that only look.

    What went wrong for one of them is not left to the next: that one gets a new tab.
    """
    page, failed = walking(), request.session.testsfailed
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="null")
    fine = False
    try:
        with watched(page, server):
            yield page
        fine = request.session.testsfailed == failed
    finally:
        if not fine:
            page.close()
