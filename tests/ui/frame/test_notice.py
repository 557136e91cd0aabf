"""A sentence that tells what a click has done, and is not lost with the run that says it."""

from streamlit.testing.v1 import AppTest

from lstmviz.ui.frame import notice


def _page() -> None:
    import streamlit as st

    from lstmviz.ui.frame.notice import notice, say

    say()
    st.button("act", on_click=notice, args=("Done.", ":material/replay:"))


def test_a_notice_is_said_again_by_the_runs_that_follow_at_once_and_no_longer(monkeypatch):
    clock = 100.0
    monkeypatch.setattr(notice.time, "monotonic", lambda: clock)
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.toast
    app.button[0].click().run()
    assert [toast.value for toast in app.toast] == ["Done."]
    clock += 1.9
    assert [toast.value for toast in app.run().toast] == ["Done."]
    clock += 0.2
    assert not app.run().toast
    app.button[0].click().run()
    assert [toast.value for toast in app.toast] == ["Done."]
