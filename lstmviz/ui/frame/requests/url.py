"""Parameters of the URL that belong together: read by every run, written by controls, and not undone by echoes."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import streamlit as st

from lstmviz.ui.frame.requests.choices import chosen_at, expect
from lstmviz.ui.frame.requests.clicks import note_back

_ECHO_SECONDS = 3.0  # a page that trains and follows a network keeps requests waiting
_AT_ONCE = 1.0  # seconds: nobody sees what has changed in a field and undoes it so soon
_RUNS = "_runs"  # in the session's state: how many runs of a page, asked for by the browser, have begun
_FOLLOWED = "_followed_link"  # likewise: the run in which a link, or Back, last set the URL

_OVERS = "_kept_over"  # likewise: widget -> what was changed in it last
_SHOWN = "_kept_shown"  # likewise: widget -> what it shows, as far as the server knows

VIEW_PARAMS = ("t", "epoch", "unit", "q", "guess", "do", "with", "from", "map", "seeds")
"""What the URL says of how one run is looked at; the parts in the browser write these themselves."""


@dataclass(frozen=True)
class _Over:
    """A change that `keep` made in a widget."""

    value: object
    """what stood there before"""
    run: int
    """which run made it"""
    at: float
    """when, by the clock"""


@dataclass
class UrlPart:
    """Some parameters of the URL, as one session sees and changes them; kept in its state.

    The browser tells its URL with each request, and a request sent before our last change arrived there tells an old
    one, as does a link that was drawn before. So what a change replaced is taken for such an echo, unless Back brought
    it: until the browser has told the new one, however long a busy server keeps requests waiting, and a moment more.
    """

    defaults: Mapping[str, str]
    """name -> what a parameter that is left out stands for"""
    _written: dict[str, str] = field(default_factory=dict)  # what was last put into the URL ...
    _written_at: float = -math.inf
    _written_in: int = 0  # ... in which run ...
    _arrived: bool = True  # ... whether the browser has told it since ...
    _replaced: list[dict[str, str]] = field(default_factory=list)  # ... and what stood there just before

    def read(self) -> dict[str, str]:
        """What the URL says, without the parameters that it leaves out."""
        note_back(follow_link)  # what a click does, before a run begins, is to know of it too
        told = {name: st.query_params[name] for name in self.defaults if name in st.query_params}
        full = {**self.defaults, **told}
        if self._recent and full != self._written and full in self._replaced:
            self._put()
            return self._written
        # The run that wrote it tells it too; a callback writes before its run has begun.
        if full != self._written or _runs() > self._written_in + 1:
            self._arrived = True
        return told

    def write(self, params: Mapping[str, str]) -> None:
        """Put all parameters, at once, for one step in the browser's history."""
        self._replaced = [*(self._replaced if self._recent else []), {**self.defaults, **self.read()}]
        self._written, self._written_at = dict(params), time.monotonic()
        self._written_in, self._arrived = _runs(), False
        self._put()

    def _put(self) -> None:
        """Have the URL say what was written; what is empty where nothing is usual, it leaves out."""
        left_out = {name for name, text in self._written.items() if not text and not self.defaults.get(name)}
        for name in left_out & st.query_params.keys():
            del st.query_params[name]
        st.query_params.update({name: text for name, text in self._written.items() if name not in left_out})

    @property
    def _recent(self) -> bool:
        if self._written_in < st.session_state.get(_FOLLOWED, -1):
            return False
        return not self._arrived or time.monotonic() - self._written_at < _ECHO_SECONDS


def count_run() -> None:
    """Note that a run of a page begins; `rerun` takes its own out of the count."""
    st.session_state[_RUNS] = _runs() + 1


def rerun() -> NoReturn:
    """Have the page drawn anew: the server asks for that, so it tells nothing of what the browser's URL has become."""
    st.session_state[_RUNS] = _runs() - 1
    st.rerun()


def follow_link() -> None:
    """Note that a link, or Back, has set all of the URL: what it says is no echo of what was before."""
    st.session_state[_FOLLOWED] = _runs()


def _shown() -> dict[str, object]:
    shown: dict[str, object] = st.session_state.setdefault(_SHOWN, {})
    return shown


def _runs() -> int:
    count: int = st.session_state.get(_RUNS, 0)
    return count


def keep(key: str, value: str | float) -> None:
    """Make the widget that is about to be drawn under `key` show `value`, which must also be its default.

    The default is what a browser shows that starts anew, after a page change or a reload; the session state tells it
    otherwise. A widget that shows the value already is left alone: telling it again would undo what its user is doing.
    """
    if key in st.session_state and st.session_state[key] != value:
        over: dict[str, _Over] = st.session_state.setdefault(_OVERS, {})
        over[key] = _Over(st.session_state[key], _runs(), time.monotonic())
        expect(key)
        st.session_state[key] = value
    _shown()[key] = value


def by_hand(key: str, act: Callable[..., None]) -> Callable[..., None]:
    """`act`, for the `on_change` of the widget `key` that `keep` changes: what is no user's change is left undone.

    Streamlit forgets the widgets of a run that a newer request ends before it has drawn them. If that one still tells
    of them, as of a page that is being left, it takes what they show for a change.
    """

    def changed(*arguments: Any) -> None:
        if key in st.session_state:  # not so for some of a page that was just left
            now = st.session_state[key]
            if is_echo(key) or (key in _shown() and now == _shown()[key]):
                return
            _shown()[key] = now
        act(*arguments)

    return changed


def is_echo(key: str) -> bool:
    """Whether the browser tells of the widget `key` what stood there before `keep` or Back changed it; nobody chose it.

    A request that was sent before the change arrived tells the old value, which Streamlit takes for a user's. It is one
    only where a request has come since that may be a choice, unless the change was a moment ago.
    """
    chosen = chosen_at(key)
    if chosen == -math.inf:
        return True
    over: _Over | None = st.session_state.get(_OVERS, {}).get(key)
    if over is None or st.session_state.get(key) != over.value:
        return False
    if chosen is not None and chosen <= over.at:
        return True
    return _runs() <= over.run and (time.monotonic() if chosen is None else chosen) - over.at < _AT_ONCE
