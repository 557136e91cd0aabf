"""What the lecture page shows, computed once for all sessions: a change of language, theme or part trains nothing anew.

Nothing of it depends on a choice, so there is one result a group; they are frozen, so sessions share them.
"""

import threading
from dataclasses import dataclass, field

import streamlit as st

from lstmviz.lecture import (
    OutputFormula,
    Replay,
    Result,
    Ways,
    output_formulas,
    replay_both_ways,
    reproduce,
    three_ways,
)


@dataclass(frozen=True, eq=False)
class _Results:
    kept: dict[str, Result] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def is_computed(key: str) -> bool:
    """Whether the group of the notes called `key` has been trained."""
    return key in _results().kept


def result(key: str) -> Result:
    """The result of a group, from a training now if there was none; that takes some tenths of a second."""
    results = _results()
    if key not in results.kept:
        with results.lock:  # who comes meanwhile waits
            if key not in results.kept:
                results.kept[key] = reproduce(key)
    return results.kept[key]


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
