"""Trainings on texts in the background."""

from dataclasses import replace

import streamlit as st

from lstmviz.texts import LearnedText, TextConfig, learn, network_of
from lstmviz.training import TrainConfig, estimate_seconds
from lstmviz.ui.background.studies import Kind, current_study
from lstmviz.ui.background.watched import View

Study = tuple[TextConfig, ...]
_READING = 1.5
"""By how much the reading after each epoch lengthens a training, about."""


def current_networks(study: Study) -> View:
    """The networks of the page, begun if nobody has."""
    return current_study(_KIND, study)


@st.cache_data(max_entries=64, ttl=60, show_spinner=False)  # what else the machine has to do changes
def _pace(one: TextConfig) -> float:
    """Seconds of a training on a core of its own."""
    return estimate_seconds(network_of(one).config, one.task(), TrainConfig(epochs=one.epochs, lr=one.lr))


def _seconds(one: TextConfig) -> float:
    return _READING * _pace(replace(one, seed=0))


def _cost(one: TextConfig) -> float:
    return float(one.epochs)  # the networks of a study differ by their seed alone


def _size(one: LearnedText) -> int:
    arrays = [*one.parameters.values(), *one.readings.values(), one.losses, one.accuracy]
    return sum(array.nbytes for array in arrays)


_KIND = Kind(
    name="text",
    learn=lambda one, look: learn(one, look),
    updates=lambda one: one.epochs,
    seconds=_seconds,
    cost=_cost,
    size=_size,
)
