"""The page of timing: its table, what is measured, and what is said where that comes to nothing."""

import sys
import time

import pytest

from lstmviz.ui.background import measuring
from lstmviz.ui.background.measuring import Line


@pytest.fixture(autouse=True)
def line(monkeypatch: pytest.MonkeyPatch):
    """A line of the test's own, without what other tests have measured."""
    own = Line()
    monkeypatch.setattr(measuring, "the_line", lambda: own)
    for module in list(sys.modules.values()):
        if getattr(module, "the_line", None) is not None and module is not measuring:
            monkeypatch.setattr(module, "the_line", lambda: own)
    return own


def text(app) -> str:
    parts = [*app.markdown, *app.caption, *app.warning, *app.get("html")]
    return " ".join(part.value if hasattr(part, "value") else part.proto.body for part in parts)


def test_the_table_has_the_notes_seconds_and_the_recorded_ones(open_page):
    app = open_page("timing")
    shown = text(app)
    for number in ("93.02", "3.26", "18.85", "1.29", "58.99", "13.16"):
        assert f"<b>{number}</b>" in shown
    assert "<b>1.57</b>" in shown  # 100 epochs of 0.0156551 s on the H200
    assert "torch finds no GPU on this machine" in shown


def test_a_row_is_measured_here_and_shown(open_page, line):
    app = open_page("timing", time_steps=50, time_seconds=1, time_threads=1)
    next(button for button in app.button if button.label == "Measure this row").click().run()
    until = time.monotonic() + 60
    while line.order() and time.monotonic() < until:
        time.sleep(0.1)
    app.run()
    (found, *_) = line.measured
    assert found.row.steps == 50
    assert "1 thread" in text(app)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("section", ["table", "step", "curves", "machines"])
def test_every_section_is_drawn_in_both_languages(open_page, section, lang):
    app = open_page("timing", time_section=section, lang=lang)
    assert ("무엇이 보이나요" if lang == "ko" else "What you see") in text(app)
