"""A class's servers in a real browser: the one that a tab is on dies, and the tab comes back by itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from lstmviz.classroom.plan import find_haproxy, listen
from tests.browser.conftest import PATIENCE_MS, ROOT, wait_idle
from tests.classroom.test_university import entrypoint
from tests.conftest import own_cache

STATE = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState"
CELL = "task=abcabC&cell=lstm&hidden=3&seed=77&lr=0.1&epochs=1500"


@dataclass
class Classroom:
    process: psutil.Process
    port: int
    log: Path
    cache: Path

    @property
    def servers(self) -> dict[int, psutil.Process]:
        """The servers by their ports; without HAProxy the only one has that of the class."""
        found = {}
        for child in self.process.children():
            found |= {int(one[14:]): child for one in child.cmdline() if one.startswith("--server.port=")}
        return found


@pytest.fixture
def classroom(tmp_path: Path) -> Iterator[Classroom]:
    """`make class` with two servers, once it has said where it is; ended as Ctrl-C ends it."""
    with listen(0) as free:
        port = free.getsockname()[1]
    log, cache = tmp_path / "log", own_cache(tmp_path / "cache")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "lstmviz.classroom", "--port", str(port), "--servers", "2"],
            cwd=ROOT,
            env={**os.environ, "LSTMVIZ_CACHE_DIR": str(cache), "TMPDIR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 300
        while "Ctrl-C stops everything" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        started = Classroom(psutil.Process(process.pid), port, log, cache)
        assert len(started.servers) == (2 if find_haproxy() else 1)
        children = started.process.children(recursive=True)
        yield started
        children += started.process.children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert not [child for child in children if child.is_running()]
        assert not list(tmp_path.glob("lstmviz-class-*"))
        listen(port).close()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


def _until(condition: Callable[[], bool], classroom: Classroom) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, classroom.log.read_text()
        time.sleep(0.1)


def _connection(page: Page, state: str) -> None:
    page.wait_for_function(f"{STATE} {state}", timeout=PATIENCE_MS)


def _header(page: Page) -> str:
    page.wait_for_function("document.body.innerText.includes('equals torch.nn.LSTM')", timeout=PATIENCE_MS)
    wait_idle(page)
    return page.locator(".st-key-header").inner_text()


def test_a_tab_whose_server_dies_comes_back_to_the_same_view(browser: Browser, classroom: Classroom) -> None:
    with browser.new_context(base_url=f"http://127.0.0.1:{classroom.port}", locale="en-US") as context:
        page = context.new_page()
        page.goto(f"/cell?{CELL}")
        before, url = _header(page), page.url
        assert "seed 77" in before
        page.evaluate("window.sameTab = true")
        [kept] = (classroom.cache / "trainings").iterdir()
        written = kept.stat().st_mtime_ns

        cookies = {one["name"]: one["value"] for one in context.cookies()}
        number = int(cookies.get(f"lstmviz{classroom.port}", 1))
        old = classroom.servers
        old[sorted(old)[number - 1]].kill()
        _connection(page, "!== 'CONNECTED'")
        _connection(page, "=== 'CONNECTED'")
        # The other server has read the run, not trained it again, so the view is new and not what was there before.
        _until(lambda: kept.stat().st_mtime_ns > written, classroom)
        assert _header(page) == before
        assert page.url == url
        assert page.evaluate("window.sameTab") is True
        page.get_by_test_id("stSidebar").get_by_role("link", name="Gates").click()
        page.wait_for_url("**/gates*")
        assert "seed 77" in _header(page)

        _until(lambda: classroom.servers.keys() == old.keys(), classroom)
        assert "was ended by SIGKILL; it is started again" in classroom.log.read_text()


def test_below_a_sub_path_everything_is_found(browser: Browser, tmp_path: Path) -> None:
    """The command of the container file, told by the environment that it serves below courses/rnn."""
    with listen(0) as free:
        port = free.getsockname()[1]
    command = [sys.executable, *entrypoint()[1:]]
    command[command.index("--server.port=8501")] = f"--server.port={port}"
    command[command.index("--server.address=0.0.0.0")] = "--server.address=127.0.0.1"
    below = {"STREAMLIT_SERVER_BASE_URL_PATH": "courses/rnn"}
    environment = {**os.environ, "LSTMVIZ_CACHE_DIR": str(own_cache(tmp_path / "cache")), **below}
    health = [sys.executable, "-m", "lstmviz.classroom.health", str(port)]
    assert subprocess.run(health, cwd=ROOT, env=environment).returncode == 1
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while subprocess.run(health, cwd=ROOT, env=environment).returncode:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        with browser.new_context(base_url=f"http://127.0.0.1:{port}", locale="en-US") as context:
            page, asked = context.new_page(), []
            page.on("request", lambda request: asked.append(request.url))
            page.on("websocket", lambda websocket: asked.append(websocket.url))
            page.goto(f"/courses/rnn/cell?{CELL}")
            assert "seed 77" in _header(page)
            expect(page.locator(".player[data-ready]")).to_be_attached()
            page.get_by_test_id("stSidebar").get_by_role("link", name="Gates").click()
            page.wait_for_url("**/courses/rnn/gates?*")
            assert "seed 77" in _header(page)
            asked = [one for one in asked if not one.startswith(("blob:", "data:"))]  # those are the browser's own
            assert {urlsplit(one).scheme for one in asked} == {"http", "ws"}
            assert [one for one in asked if not urlsplit(one).path.startswith("/courses/rnn/")] == []
    finally:
        process.terminate()
        assert process.wait(20) == 0
