"""What the lecture page shows, computed once for all sessions: a change of language, theme or part trains nothing anew.

Nothing of it depends on a choice, so there is one result a group; they are frozen, so sessions share them. Who opens
the page first has all groups computed, on a thread of its own that stands in line once: who comes meanwhile looks on.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass, field

import streamlit as st

from lstmviz.lecture import (
    GROUPS,
    OutputFormula,
    Replay,
    Result,
    Ways,
    output_formulas,
    replay_both_ways,
    reproduce,
    three_ways,
)
from lstmviz.ui.background.threads import behind_answers
from lstmviz.ui.background.turns import TURNS, Turn


@dataclass(eq=False)
class _Results:
    kept: dict[str, Result] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    turn: Turn | None = None
    """while they are computed one after the other"""

    def compute_all(self, turn: Turn) -> None:
        """Compute what is not there yet, when it is the turn for that. What fails is told to who asks for it."""
        behind_answers()
        try:
            with turn, suppress(Exception):
                for group in GROUPS:
                    turn.take()
                    self.get(group.key)
        finally:
            with self.arrived:
                self.turn = None
                self.arrived.notify_all()

    def get(self, key: str) -> Result:
        if key not in self.kept:
            with self.lock:  # who comes meanwhile waits
                if key not in self.kept:
                    self.kept[key] = reproduce(key)
            with self.arrived:
                self.arrived.notify_all()
        return self.kept[key]


def is_computed(key: str) -> bool:
    """Whether the group of the notes called `key` has been trained."""
    return key in _results().kept


def begin() -> None:
    """Have all groups computed in the background, in the order of the notes, unless that is under way or done."""
    results = _results()
    with results.arrived:
        if results.turn is None and not all(map(is_computed, (group.key for group in GROUPS))):
            results.turn = TURNS.turn(results, short=True)
            threading.Thread(target=results.compute_all, args=(results.turn,), name="lecture", daemon=True).start()


def ahead() -> int | None:
    """How many come before the work that `begin` has begun, while it waits for its turn for longer than a moment."""
    turn = _results().turn
    return None if turn is None else turn.ahead


def arrived(key: str, seconds: float) -> bool:
    """Wait for a group that is computed in the background, at most so long; whether there is nothing to wait for."""
    results = _results()
    with results.arrived:
        return results.arrived.wait_for(lambda: key in results.kept or results.turn is None, seconds)


def result(key: str) -> Result:
    """The result of a group, from a training now if there was none; that takes some tenths of a second."""
    return _results().get(key)


@st.cache_resource(show_spinner=False)
def ways(key: str) -> Ways:
    """The network of a group, written in three ways."""
    found = result(key)
    return three_ways(found.model(), found.group.task)


@st.cache_resource(show_spinner=False)
def replay(key: str) -> Replay:
    """The LSTM of a group, followed by both loops."""
    found = result(key)
    return replay_both_ways(found.model(), found.group.task)


@st.cache_resource(show_spinner=False)
def formulas(key: str) -> tuple[OutputFormula, ...]:
    """The output of an LSTM of the notes by both formulas."""
    found = result(key)
    return output_formulas(found.model(), found.group.task)


@st.cache_resource
def _results() -> _Results:
    return _Results()
