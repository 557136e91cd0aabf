"""What a new tab is sent first, and what comes with its second and third run."""

import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from lstmviz.ui import frame
from lstmviz.ui.frame import PAGES

TITLES = {
    title
    for text in Path(frame.__file__).parent.glob("content/en/*.md")
    for title in re.findall(r"^## (?:see|why|try)\w* \| (.+)$", text.read_text(encoding="utf-8"), re.MULTILINE)
}
WITH_CHARTS = {
    "training": {"epochs": 20},
    "lecture": {"part": "slips"},
    "grid": {"grid_epochs": 20, "grid_side": 2},
}
STUDIES = {
    "matching": {"halves_updates": 100, "halves_seeds": 1, "halves_hidden": 2, "halves_longest": 2},
    "grammar": {"grammar_updates": 50, "grammar_seeds": 1, "grammar_hidden": 2, "grammar_longest": 2},
}
"""Pages on which figures come one after the other, as their networks are finished."""
OF_THEIR_OWN = STUDIES | {
    "grid": WITH_CHARTS["grid"],
    "memory": {"map_memory": 2, "map_hidden": 1, "map_seeds": 4, "map_epochs": 20},
    "text": {"text_seeds": 1, "text_epochs": 2},
}
"""Pages that train networks of their own, and how they have few."""


def heights(app: AppTest) -> list[int]:
    """Of the room left on the page."""
    blocks = [app._tree]
    found = list[int]()
    while blocks:
        block = blocks.pop()
        blocks.extend(getattr(block, "children", {}).values())
        height = getattr(getattr(block, "proto", None), "height_config", None)
        if height is not None and height.pixel_height:
            found.append(height.pixel_height)
    return found


def has_text(app: AppTest) -> bool:
    """Whether the page has its text beside the figure."""
    return any(one.value.removeprefix("## ") in TITLES for one in app.markdown)


@pytest.mark.parametrize("name", WITH_CHARTS)
def test_figures_of_plotly_come_once_the_controls_are_there(open_page: Callable[..., AppTest], name: str) -> None:
    usual = open_page(name, **WITH_CHARTS[name])
    charts = usual.get("plotly_chart")
    assert charts
    app = open_page(name, new_tab=True, **WITH_CHARTS[name])
    for text in (False, True):
        assert has_text(app) == text
        assert not app.get("plotly_chart")
        assert len(heights(app)) == len(heights(usual)) + len(charts)
        app.run()
    assert len(app.get("plotly_chart")) == len(charts)


def test_a_new_tab_has_a_head_start_and_no_later_run_waits(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = list[float]()
    monkeypatch.setattr("lstmviz.ui.frame.arrival.time", Mock(sleep=waited.append))
    open_page("cell", epochs=20)
    assert not waited
    app = open_page("cell", new_tab=True, epochs=20)
    assert len(waited) == 1
    assert 0 < waited[0] < 0.3  # what React would wait for else
    app.run()
    app.run()
    assert len(waited) == 1


@pytest.mark.parametrize("name", STUDIES)
def test_the_first_figure_of_a_study_comes_after_the_text_too(open_page: Callable[..., AppTest], name: str) -> None:
    app = open_page(name, new_tab=True, **STUDIES[name])
    for text in (False, True):
        assert has_text(app) == text
        assert not app.get("plotly_chart")
        assert heights(app)
        app.run()
    assert app.get("plotly_chart")


@pytest.mark.parametrize("name", ["", *(key for key in PAGES if key != "home")])
def test_controls_and_text_come_with_the_second_run(open_page: Callable[..., AppTest], name: str) -> None:
    query = {"epochs": 20, "task": "ab", **OF_THEIR_OWN.get(name, {})}
    usual = open_page(name, **query)
    assert has_text(usual) or name == "cell"  # whose text is in the player
    app = open_page(name, new_tab=True, **query)
    assert not has_text(app)
    assert not app.sidebar.selectbox
    assert not app.code
    app.run()
    assert has_text(app) == has_text(usual)
    assert [one.value for one in app.code] == [one.value for one in usual.code]
    assert [one.label for one in app.sidebar.selectbox] == [one.label for one in usual.sidebar.selectbox]


def test_a_bad_value_of_the_url_has_its_sentence_as_soon_as_the_controls_are_there(
    open_page: Callable[..., AppTest],
) -> None:
    app = open_page(new_tab=True, epochs=20, hidden="many")
    app.run()
    assert any(":red[" in one.value for one in app.sidebar.markdown)


def test_who_leaves_before_the_figures_came_gets_them_where_he_comes_back(open_page: Callable[..., AppTest]) -> None:
    app = open_page("training", new_tab=True, epochs=20)
    app.switch_page("pages/gates.py").run()
    assert has_text(app)
    app.switch_page("pages/training.py").run()
    assert has_text(app)
    assert not app.get("plotly_chart")
    app.run()
    assert app.get("plotly_chart")
