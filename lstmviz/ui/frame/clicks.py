"""What a click does is done, and where Back leads is gone to, whatever the same tab asks for next.

Streamlit ends a run at the next call in which it finds a newer request of the same tab: callbacks too, and even before
the first of them. On a busy machine the newer request is there so soon, and the click is lost: the newer one knows
nothing of it. (That the newer one waits until the run gives way, and does not take the place of a run that has not
begun, is `fastReruns = false` in `.streamlit/config.toml`.) Likewise a request that Back sends says so, and the newer
one, which tells the same URL, does not.
"""

import time
from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from weakref import WeakSet

from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
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
