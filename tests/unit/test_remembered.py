"""What is made of finished results is made once, as long as it is kept."""

import pytest
import streamlit as st

from lstmviz.ui.background import remembered as module
from lstmviz.ui.background.remembered import remembered


@pytest.fixture(autouse=True)
def _empty():
    st.cache_resource.clear()


def test_it_is_made_once_and_by_all_that_decides():
    made = []

    def make():
        made.append(len(made))
        return made[-1]

    assert [remembered(make, "a", 1), remembered(make, "a", 1)] == [0, 0]
    assert [remembered(make, "a", 2), remembered(make, "b", 1), remembered(make, "a", 1)] == [1, 2, 0]


def test_the_least_recently_used_goes(monkeypatch):
    monkeypatch.setattr(module, "KEPT_THINGS", 2)
    for name in "aba":
        remembered(lambda name=name: name * 2, name)
    remembered(lambda: "cc", "c")
    assert remembered(lambda: "new", "a") == "aa"
    assert remembered(lambda: "new", "b") == "new"


def test_what_fails_is_tried_again():
    with pytest.raises(ZeroDivisionError):
        remembered(lambda: 1 / 0, "a")
    assert remembered(lambda: 1, "a") == 1
