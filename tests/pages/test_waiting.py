"""What pages say while their work waits for its turn, and that they go on once it has come."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lstmviz.lecture import GROUPS
from lstmviz.ui.background.turns import Turn

COMPILING = {
    "en": "Compiling the fast path: once on this machine, some seconds",
    "ko": "빠른 계산 코드를 컴파일하고 있습니다. 이 컴퓨터에서 한 번만 하며 몇 초 걸립니다",
}
NEXT = {"en": "waiting its turn: it comes next", "ko": "차례를 기다리는 중: 바로 다음 차례"}


def _bars(app) -> list[str]:
    return [bar.proto.text for bar in app.get("progress")]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("page", ["training", "gates"])
def test_a_training_says_its_place_in_line(open_page, other, page, lang):
    began = time.monotonic()
    app = open_page(page, lang=lang, seed=777, epochs=200)
    while _bars(app) != [NEXT[lang]]:  # on a busy machine it asks for its turn a moment after the page is drawn
        assert time.monotonic() - began < 20
        app.run()
    other.give()
    while _bars(app):
        assert time.monotonic() - began < 60
        app.run()
    assert not app.exception


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_sweep_says_its_place_in_line(open_page, other, lang):
    other.give()
    app = open_page(lang=lang, epochs=1)  # nothing else stands in line
    assert other.take(10)
    app.query_params["grid_epochs"] = "50"
    app.switch_page("pages/grid.py").run()
    assert _bars(app) == [NEXT[lang]]
    other.give()
    deadline = time.monotonic() + 300
    while _bars(app):
        assert time.monotonic() < deadline
        app.run()
    assert not app.exception


def _given_once_said(monkeypatch, module: str, other: Turn) -> list[int]:
    """The places in line that are said there; after some of them the other is done."""
    said: list[int] = []

    def say(ahead: int) -> str:
        said.append(ahead)
        if len(said) == 3:
            other.give()
        return str(ahead)

    monkeypatch.setattr(f"lstmviz.ui.{module}.place_in_line", say)
    return said


def test_a_network_beside_waits_for_its_turn(open_page, other, monkeypatch):
    other.give()
    app = open_page("cell", epochs=50)
    assert other.take(10)
    said = _given_once_said(monkeypatch, "waiting.training", other)
    app.query_params["with"] = "cell=gru;hidden=2;seed=5"
    app.run()
    assert said[:3] == [0, 0, 0]
    assert not app.exception
    assert not _bars(app)
    assert not any(caption.value == "0" for caption in app.caption)


def test_the_lecture_waits_for_its_turn(open_page, other, monkeypatch):
    other.give()
    app = open_page(epochs=20)
    assert other.take(10)
    said = _given_once_said(monkeypatch, "views.lecture.view", other)
    app.switch_page("pages/lecture.py").run()
    assert said[:3] == [0, 0, 0]
    assert not app.exception
    assert sum("of" in element.proto.body and " agree" in element.proto.body for element in app.get("html")) == len(
        GROUPS
    )
    assert other.take(0)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_the_maps_compile_is_said_where_a_machine_has_not_yet(open_page, monkeypatch, lang):
    said: list[str] = []

    @contextmanager
    def spinner(text: str, **_options: object) -> Iterator[None]:
        said.append(text)
        yield
        said.append("over")

    warm = False

    def compile_them() -> None:
        nonlocal warm
        said.append("compiles")
        warm = True

    open_page(epochs=20)
    for thread in threading.enumerate():  # what is compiled behind the first page is no matter of this test
        if thread.name == "compile kernels":
            thread.join()
    monkeypatch.setattr("lstmviz.ui.waiting.training.is_reading_warm", lambda: warm)
    monkeypatch.setattr("lstmviz.ui.waiting.training.warm_reading", compile_them)
    monkeypatch.setattr("lstmviz.ui.waiting.training.st.spinner", spinner)
    app = open_page("states", lang=lang, epochs=20)
    assert said[:3] == [COMPILING[lang], "compiles", "over"]
    assert COMPILING[lang] not in said[3:]
    app.run()
    assert COMPILING[lang] not in said[3:]
