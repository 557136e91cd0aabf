"""Figures of plotly come to a new tab when it has drawn the rest."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lstmviz.ui.frame import PAGES

WITH_CHARTS = {"training": {"epochs": 20}, "lecture": {"part": "slips"}, "grid": {"grid_epochs": 20, "grid_side": 2}}


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


@pytest.mark.parametrize("name", WITH_CHARTS)
def test_a_new_tab_draws_the_rest_first(open_page: Callable[..., AppTest], name: str) -> None:
    usual = open_page(name, **WITH_CHARTS[name])
    charts = usual.get("plotly_chart")
    assert charts
    app = open_page(name, new_tab=True, **WITH_CHARTS[name])
    assert not app.get("plotly_chart")
    assert len(heights(app)) == len(heights(usual)) + len(charts)
    app.session_state["_charts"] = "here"
    app.run()
    assert len(app.get("plotly_chart")) == len(charts)


@pytest.mark.parametrize("name", [key for key, entry in PAGES.items() if not entry.charts and key != "home"])
def test_a_page_without_figures_of_plotly_expects_none(open_page: Callable[..., AppTest], name: str) -> None:
    app = open_page(name, new_tab=True, epochs=20)
    assert not app.get("plotly_chart")
    assert "_charts" not in app.session_state


def test_who_leaves_before_they_came_gets_them_where_he_comes_back(open_page: Callable[..., AppTest]) -> None:
    app = open_page("training", new_tab=True, epochs=20)
    app.switch_page("pages/gates.py").run()
    assert "_charts" not in app.session_state
    app.switch_page("pages/training.py").run()
    assert app.session_state["_charts"] == "awaited"
