"""What the URL said before a change is an echo until the browser has told the change, however long that takes."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import lstmviz.ui
from lstmviz.ui.frame.requests import url


def page() -> None:
    import streamlit as st

    from lstmviz.ui.frame.requests.url import UrlPart, count_run, rerun

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

    from lstmviz.ui.frame.requests.url import UrlPart, count_run

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


def kept() -> None:
    import streamlit as st

    from lstmviz.ui.frame.requests.url import UrlPart, by_hand, count_run, keep

    count_run()
    part = st.session_state.setdefault("part", UrlPart({"name": "one"}))

    def choose() -> None:
        part.write({"name": st.session_state["field"]})

    name = part.read().get("name", "one")
    keep("field", name)
    st.text_input("name", name, key="field", on_change=by_hand("field", choose))


@pytest.mark.parametrize(("after", "name"), [(0.5, "two"), (1.5, "one")])
def test_what_a_widget_showed_before_the_url_changed_it_is_a_choice_only_once_it_was_seen(
    clock: dict[str, float], after: float, name: str
) -> None:
    test = AppTest.from_function(kept).run()
    test.query_params["name"] = "two"  # as Back brings it
    test.run()
    assert test.text_input[0].value == "two"
    clock["seconds"] += after
    test.text_input[0].set_value("one").run()
    assert test.text_input[0].value == name
    assert test.query_params["name"] in (name, [name])


def test_every_widget_that_the_url_changes_tells_a_choice_from_an_echo() -> None:
    """The one that is kept is the one that is asked about; what no URL changes is used by hand alone."""
    for file in sorted(Path(lstmviz.ui.__file__).parent.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        kept = {ast.dump(one.args[0]) for one in calls if getattr(one.func, "id", "") == "keep"}
        for call in calls:
            given = {one.arg: one.value for one in call.keywords}
            if "on_change" in given and ast.dump(given.get("key", ast.Constant(None))) in kept:
                told = given["on_change"]
                assert isinstance(told, ast.Call), (file, call.lineno)
                assert getattr(told.func, "id", "") == "by_hand", (file, call.lineno)
                assert ast.dump(told.args[0]) == ast.dump(given["key"]), (file, call.lineno)


def test_who_switches_the_page_notes_it_first() -> None:
    """What the page that is left still tells would lead back otherwise."""
    here, before = Path(lstmviz.ui.__file__).parent, []
    for file in (*here.rglob("*.py"), *here.parents[1].glob("pages/*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        names = [ast.unparse(call.func) for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset))]
        before += [names[k - 1] for k, name in enumerate(names) if name.endswith("switch_page")]
    assert before == ["note_switch"]
