"""Which of a tab's requests tell what somebody has chosen: each tells of all widgets, and at most one made it come.

Where a button, a part, the clock or Back is why a request came, whatever else it tells may be older than what the
server has told the tab: on a busy machine seconds lie between them.
"""

import time
from dataclasses import dataclass, field
from functools import cache, wraps
from math import inf
from typing import Any
from weakref import finalize

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id

from lstmviz.ui.frame.requests.clicks import comes_by_itself


@dataclass
class _Tab:
    """What the requests of one tab have told."""

    values: dict[str, bytes] = field(default_factory=dict)
    """id of a widget -> what was told of it last"""
    chosen: dict[str | None, float] = field(default_factory=dict)
    """key of a widget -> when a request last told something new of it, for which nothing else was the reason"""
    alone: float = 0.0
    """when a request last came for which there was no reason at all, but that something was chosen again"""
    went_back: float = -inf
    """when Back or Forward was last pressed"""
    expected: set[str | None] = field(default_factory=set)
    """keys of widgets that the server has changed, and of which nothing new was told since: it is no reason"""

    def take_in(self, request: ClientState) -> None:
        told = {one.id: one.SerializeToString() for one in request.widget_states.widgets}
        if request.is_history_navigation:
            self.went_back = time.monotonic()
        elif not comes_by_itself(request):
            new = {user_key_from_element_id(one) for one, value in told.items() if self.values.get(one, value) != value}
            chosen = new - self.expected
            self.expected -= new
            self.chosen |= dict.fromkeys(chosen, time.monotonic())
            if not chosen:
                self.alone = time.monotonic()
        self.values = told or self.values  # Back tells of none


_tabs: dict[str, _Tab] = {}  # session -> its tab


@cache
def keep_choices() -> None:
    """Have it noted of every request what it may be that somebody has chosen."""
    forgetting = AppSession.request_rerun

    @wraps(forgetting)
    def request_rerun(self: AppSession, client_state: ClientState | None) -> None:
        if client_state is not None:
            if self.id not in _tabs:
                _tabs[self.id] = _Tab()
                finalize(self, _tabs.pop, self.id, None)
            _tabs[self.id].take_in(client_state)
        forgetting(self, client_state)

    AppSession.request_rerun = request_rerun  # type: ignore[method-assign]


def expect(key: str) -> None:
    """Note that the server changes the widget `key`: that its tab will tell of it is nobody's choice."""
    tab = _tab()
    if tab is not None:
        tab.expected.add(key)


def chosen_at(key: str) -> float | None:
    """When a request of this tab last came that may tell a choice in the widget `key`; None where none was noted.

    Minus infinity if none has come since Back: what the tab tells stood there before.
    """
    tab = _tab()
    if tab is None:
        return None
    chosen = max(tab.alone, tab.chosen.get(key, 0.0))
    return chosen if chosen > tab.went_back else -inf


def _tab() -> _Tab | None:
    context: Any = get_script_run_ctx(suppress_warning=True)
    return None if context is None else _tabs.get(context.session_id)
