"""What a run has drawn reaches the browser, on a server so busy that its loop hears of it late."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from lstmviz.ui.frame.requests.answers import keep_answers

PAGE = """
import streamlit as st
st.text("one")
@st.fragment
def part():
    st.text("a part")
part()
st.text("two")
"""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for patched, name in ((AppSession, "request_rerun"), (ForwardMsgQueue, "clear")):
        monkeypatch.setattr(patched, name, getattr(patched, name))  # as it is now, once the test is over
    monkeypatch.setattr(Runtime, "_instance", MagicMock())
    keep_answers.cache_clear()
    keep_answers()
    yield
    keep_answers.cache_clear()


def places(messages: list[ForwardMsg]) -> list[list[int]]:
    return [list(one.metadata.delta_path) for one in messages if one.HasField("delta")]


def test_a_fragment_asked_for_before_the_loop_heard_of_the_page_takes_nothing_from_it(tmp_path: Path, kept: None):
    (tmp_path / "page.py").write_text(PAGE)

    async def answers() -> list[list[ForwardMsg]]:
        session = AppSession(
            ScriptData(str(tmp_path / "page.py")), MemoryUploadedFileManager("/"), ScriptCache(), None, {}
        )

        async def answer(*requests: ClientState) -> list[ForwardMsg]:
            for request in requests:
                session.request_rerun(request)
                if session._scriptrunner is not None and session._scriptrunner._script_thread is not None:
                    session._scriptrunner._script_thread.join()  # on the loop, which hears of nothing meanwhile
            messages: list[ForwardMsg] = []
            async with asyncio.timeout(20):
                while sum(one.HasField("script_finished") for one in messages) < len(requests):
                    await asyncio.sleep(0.02)
                    messages += session.flush_browser_queue()
            return messages

        try:
            page = await answer(ClientState())
            fragment = next(one.delta.fragment_id for one in page if one.HasField("delta") and one.delta.fragment_id)
            return [page, await answer(ClientState(), ClientState(fragment_id=fragment))]
        finally:
            session.shutdown()

    page, both = map(places, asyncio.run(answers()))
    assert page == [[0, 0], [0, 1], [0, 1, 0], [0, 2]]
    assert both == [*page, [0, 1], [0, 1, 0]]
