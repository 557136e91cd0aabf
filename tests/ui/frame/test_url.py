"""What the URL said before a change is an echo until the browser has told the change, however long that takes."""

import pytest
from streamlit.testing.v1 import AppTest

from lstmviz.ui.frame import url


def page() -> None:
    import streamlit as st

    from lstmviz.ui.frame.url import UrlPart, count_run, rerun

    count_run()
    part = st.session_state.setdefault("part", UrlPart({"seed": "1"}))

    def change() -> None:
        part.write({"seed": "8"})
        st.session_state["ended"] = True

    st.text(part.read()["seed"])
    st.button("change", on_click=change)
    if st.session_state.pop("ended", False):  # as when a training has come to its end
        rerun()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    now = {"seconds": 100.0}
    monkeypatch.setattr(url.time, "monotonic", lambda: now["seconds"])
    return now


def changed() -> AppTest:
    test = AppTest.from_function(page)
    test.query_params["seed"] = "7"
    test.run()
    assert test.text[0].value == "7"
    test.button[0].click().run()
    assert test.text[0].value == "8"
    return test


def test_a_run_that_the_server_asks_for_is_no_word_of_the_browser(clock: dict[str, float]) -> None:
    test = changed()
    clock["seconds"] += 10
    test.query_params["seed"] = "7"  # of a link that was drawn before the change
    test.run()
    assert test.text[0].value == "8"


def test_what_the_browser_says_once_it_has_told_the_change_is_meant(clock: dict[str, float]) -> None:
    test = changed()
    test.run()
    clock["seconds"] += 1
    test.query_params["seed"] = "7"  # within the moment in which it may be a late echo
    test.run()
    assert test.text[0].value == "8"
    test.run()
    clock["seconds"] += 10
    test.query_params["seed"] = "7"
    test.run()
    assert test.text[0].value == "7"


def switch() -> None:
    import streamlit as st

    from lstmviz.ui.frame.url import UrlPart, count_run

    count_run()
    part = st.session_state.setdefault("part", UrlPart({"view": "", "cells": "rnn"}))
    st.text(str(part.read()))
    st.button("on", on_click=lambda: part.write({"view": "1", "cells": "rnn"}))
    st.button("off", on_click=lambda: part.write({"view": "", "cells": ""}))


def test_what_is_empty_as_usual_is_left_out_and_what_is_emptied_is_not() -> None:
    test = AppTest.from_function(switch).run()
    test.button[0].click().run()
    assert dict(test.query_params) == {"view": "1", "cells": "rnn"}
    test.button[1].click().run()
    assert dict(test.query_params) == {"cells": ""}
    assert test.text[0].value == "{'cells': ''}"
