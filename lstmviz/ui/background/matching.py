"""Trainings on matching halves in the background."""

import streamlit as st

from lstmviz.matching import Learned, MatchingConfig, learn, network_of
from lstmviz.models import parameter_count
from lstmviz.training import TrainConfig, estimate_seconds
from lstmviz.ui.background.studies import Kind, current_study
from lstmviz.ui.background.watched import View

Study = tuple[MatchingConfig, ...]


def current_networks(study: Study) -> View:
    """The networks of the page, begun if nobody has."""
    return current_study(_KIND, study)


@st.cache_data(max_entries=64, ttl=60, show_spinner=False)  # what else the machine has to do changes
def _pace(cell: str, hidden_size: int, longest: int, batch: int) -> float:
    """Seconds of one update on a core of its own."""
    one = MatchingConfig(cell=cell, hidden_size=hidden_size, longest=longest, batch=batch, updates=1000)
    return estimate_seconds(network_of(one).config, one.task(), TrainConfig(epochs=1000)) / 1000


def _seconds(one: MatchingConfig) -> float:
    return one.updates * _pace(one.cell, one.hidden_size, one.longest, one.batch)


def _cost(one: MatchingConfig) -> float:
    return float(one.updates * one.batch * one.longest * (100 + parameter_count(one.cell, 10, one.hidden_size)))


def _size(one: Learned) -> int:
    return sum(array.nbytes for array in one.parameters.values())


_KIND = Kind(
    name="matching",
    learn=lambda one, look: learn(one, look),
    updates=lambda one: one.updates,
    seconds=_seconds,
    cost=_cost,
    size=_size,
)
