"""What a run has drawn reaches the browser, whole and in its order, whatever the same tab asks for next.

A run hands what it draws to the server's event loop, and a busy loop takes it up and sends it later. When a request for
a fragment comes meanwhile (some ask by the clock), Streamlit drops a part of it: what the loop has not taken up, where
the thread of the run before has ended, and what is to be sent of the fragment itself, so that its place comes after
those behind it. A fragment draws itself alone: the rest of the page stays as it was or, where the page is new, lacks
the places before it, and the browser gives up.
"""

from collections import deque
from functools import cache, wraps
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

_SLICE = 0.005  # seconds between two looks


@cache
def keep_answers() -> None:
    """Have Streamlit take up and send all that a run has drawn before it begins with a fragment."""
    _wait_for_the_end()
    _leave_what_is_to_be_sent()


def _wait_for_the_end() -> None:
    """Requests are taken up, in their order, once the loop has heard of the end of a run that has ended."""
    dropping = AppSession.request_rerun
    waiting = WeakKeyDictionary[AppSession, deque[Any]]()

    @wraps(dropping)
    def request_rerun(self: AppSession, client_state: Any) -> None:
        requests = waiting.setdefault(self, deque())
        requests.append(client_state)
        if len(requests) == 1:
            take_up(self, requests)

    def take_up(session: AppSession, requests: deque[Any]) -> None:
        while requests and not _is_ending(session):
            dropping(session, requests.popleft())
        if requests:
            session._event_loop.call_later(_SLICE, take_up, session, requests)

    AppSession.request_rerun = request_rerun  # type: ignore[method-assign]


def _is_ending(session: AppSession) -> bool:
    """Whether the thread of its last run takes no requests any more, while the loop has not heard of its end."""
    runner: Any = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP


def _leave_what_is_to_be_sent() -> None:
    """A fragment's run comes after what is to be sent, and does not replace any of it."""
    dropping = ForwardMsgQueue.clear

    @wraps(dropping)
    def clear(
        self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if fragment_ids_this_run is None:
            dropping(self, retain_lifecycle_msgs)
        else:
            self._delta_index_map = {}  # of what newer messages take the place of

    ForwardMsgQueue.clear = clear  # type: ignore[method-assign]
