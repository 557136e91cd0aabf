"""Trainings on languages in the background."""

import streamlit as st

from lstmviz.grammars import COUNTED, STREAM, STREAMS, GrammarConfig, Learned, learn
from lstmviz.models import parameter_count
from lstmviz.training import TrainConfig, estimate_seconds
from lstmviz.ui.background.studies import Kind, current_study
from lstmviz.ui.background.watched import View

Study = tuple[GrammarConfig, ...]
_TESTS = 0.3  # seconds that the strings of all lengths take, about


def current_networks(study: Study) -> View:
    """The networks of the page, begun if nobody has."""
    return current_study(_KIND, study)


@st.cache_data(max_entries=64, ttl=60, show_spinner=False)  # what else the machine has to do changes
def _pace(language: str, cell: str, hidden_size: int, longest: int, batch: int) -> float:
    """Seconds of one update on a core of its own."""
    one = GrammarConfig(
        language=language, cell=cell, hidden_size=hidden_size, longest=longest, batch=batch, updates=1000
    )
    return estimate_seconds(one.network().config, one.task(), TrainConfig(epochs=1000)) / 1000


def _seconds(one: GrammarConfig) -> float:
    return _TESTS + one.updates * _pace(one.language, one.cell, one.hidden_size, one.longest, one.batch)


def _cost(one: GrammarConfig) -> float:
    steps = STREAM if one.language in STREAMS else one.longest * (3 if one.language in COUNTED else 1)
    return float(one.updates * one.batch * steps * (100 + parameter_count(one.cell, 7, one.hidden_size)))


def _size(one: Learned) -> int:
    return sum(array.nbytes for array in one.parameters.values())


_KIND = Kind(
    name="grammars",
    learn=lambda one, look: learn(one, look),
    updates=lambda one: one.updates,
    seconds=_seconds,
    cost=_cost,
    size=_size,
)
