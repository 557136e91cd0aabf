"""What a click does is done, and where Back leads is gone to, whatever the same tab asks for next.

Streamlit ends a run at the next call in which it finds a newer request of the same tab: callbacks too, and even before
the first of them. On a busy machine the newer request is there so soon, and the click is lost: the newer one knows
nothing of it. (That the newer one waits until the run gives way, and does not take the place of a run that has not
begun, is `fastReruns = false` in `.streamlit/config.toml`.) Likewise a request that Back sends says so, and the newer
one, which tells the same URL, does not. And until the page that a link leads to has come, what the parts of the old
page tell is sent as that page's, which would lead back to it.
"""

import time
from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from weakref import WeakSet, finalize

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, _has_active_trigger_value
from streamlit.runtime.state.safe_session_state import SafeSessionState

_SLICE = 0.05  # seconds: so soon a run that waits sees that something newer is wanted


@cache
def keep_clicks() -> None:
    """Have Streamlit carry out the callbacks of every request to their end, before it looks for a newer one."""
    with_interruptions = SafeSessionState.on_script_will_rerun

    @wraps(with_interruptions)
    def on_script_will_rerun(self: SafeSessionState, *arguments: Any, **options: Any) -> None:
        runner: Any = getattr(self._yield_callback, "__self__", None)
        interruptible = getattr(runner, "_execing", False)
        if interruptible:
            runner._execing = False  # to Streamlit: not at a point where a run may end
        try:
            with_interruptions(self, *arguments, **options)
        finally:
            if interruptible:
                runner._execing = True

    SafeSessionState.on_script_will_rerun = on_script_will_rerun  # type: ignore[method-assign]


_went_back = WeakSet[ScriptRequests]()


@cache
def keep_back() -> None:
    """Have every request that Back or Forward sends noted, until `note_back` has told of it."""
    forgetting = ScriptRequests._request_rerun_locked

    @wraps(forgetting)
    def request_rerun(self: ScriptRequests, new_data: RerunData) -> bool:
        if new_data.is_history_navigation:
            _went_back.add(self)
        return forgetting(self, new_data)

    ScriptRequests._request_rerun_locked = request_rerun  # type: ignore[method-assign]


def note_back(note: Callable[[], None]) -> None:
    """Call `note` if Back or Forward was pressed since it last came to its end: a newer request may end it before."""
    context = get_script_run_ctx(suppress_warning=True)
    requests = context.script_requests if context is not None else None
    if requests is not None and requests in _went_back:
        note()
        _went_back.discard(requests)


_asked_pages: dict[str, str] = {}  # session -> the page that its tab asked for last


@cache
def keep_links() -> None:
    """Have what a part or a button tells count for the page that was asked for, also where that has not come yet."""
    straying = AppSession.request_rerun

    @wraps(straying)
    def request_rerun(self: AppSession, client_state: ClientState | None) -> None:
        if client_state is not None and client_state.page_script_hash:
            if self.id not in _asked_pages:
                _asked_pages[self.id] = client_state.page_script_hash
                finalize(self, _asked_pages.pop, self.id, None)
            if _asks_for_no_page(client_state):
                if client_state.page_script_hash != _asked_pages[self.id]:
                    client_state.page_script_hash, client_state.fragment_id = _asked_pages[self.id], ""
            else:
                _asked_pages[self.id] = client_state.page_script_hash
        straying(self, client_state)

    AppSession.request_rerun = request_rerun  # type: ignore[method-assign]


def _asks_for_no_page(request: ClientState) -> bool:
    """Whether a request comes of a button, of a part or of the clock, and of no link."""
    return bool(request.fragment_id) or comes_by_itself(request)


def comes_by_itself(request: ClientState) -> bool:
    """Whether a request comes of a button, of something that a part tells once, or of the clock."""
    return request.is_auto_rerun or any(map(_has_active_trigger_value, request.widget_states.widgets))


def note_switch() -> None:
    """To be called where the server itself is about to lead to another page: the tab asks for that by no request."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        _asked_pages.pop(context.session_id, None)


def wait(ended: Callable[[float], bool], seconds: float) -> bool:
    """Wait at most so long for `ended`, which waits so many seconds and says whether it came; whether it did.

    A run that waits is ended, as at any Streamlit call, when its tab asks for something newer.
    """
    context = get_script_run_ctx(suppress_warning=True)
    until = time.monotonic() + seconds
    while not (came := ended(min(_SLICE, max(until - time.monotonic(), 0.0)))) and time.monotonic() < until:
        if context is not None:
            context.yield_check()
    return came
