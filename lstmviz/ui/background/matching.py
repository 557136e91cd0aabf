"""Trainings on matching halves in the background: their parts are networks, on all cores."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import streamlit as st

from lstmviz.fused import UNITS_FROM, is_warm, warm
from lstmviz.matching import Learned, MatchingConfig, learn, network_of
from lstmviz.models import parameter_count
from lstmviz.training import TrainConfig, estimate_seconds
from lstmviz.ui.background.bounds import SLOTS
from lstmviz.ui.background.watched import View, Worker, current_view

Study = tuple[MatchingConfig, ...]


class _StudyWorker(Worker[MatchingConfig]):
    config: Study

    def __init__(self, study: Study) -> None:
        super().__init__(study, {one: _cost(one) for one in study})

    def networks_in(self, part: MatchingConfig) -> int:
        return 1

    def estimate(self) -> float:
        """The work that is left, shared by the cores; 0 where somebody else looks on, or before the kernel is there."""
        if self.watched or not is_warm("lstm", hidden_size=UNITS_FROM, alone=True):
            return 0.0
        return sum(one.updates * _pace(*_shape(one)) for one in self.missing) / SLOTS

    @property
    def size(self) -> int:
        return sum(array.nbytes for one in list(self._results.values()) for array in one.parameters.values())

    def carry_out(self, stop: threading.Event) -> None:
        """Train what is missing, as many at a time as there are slots."""
        if not is_warm("lstm", hidden_size=UNITS_FROM, alone=True):
            with self.compiling():
                warm("lstm", hidden_size=UNITS_FROM, alone=True)

        def train(one: MatchingConfig) -> None:
            with self.in_turn(one, stop, short=False):
                self.finish(one, learn(one, lambda update: self.look(one, update / one.updates, stop)))

        with ThreadPoolExecutor(SLOTS, "matching") as pool:
            begun = [pool.submit(train, one) for one in self.missing]
            try:
                for each in begun:
                    each.result()
            finally:
                for each in begun:
                    each.cancel()


def current_study(study: Study) -> View:
    """The networks of the page, begun if nobody has."""
    return current_view("matching", study, lambda: _StudyWorker(study))


def learned(results: Sequence[Learned]) -> dict[str, list[Learned]]:
    """Finished networks by their cell, in the order of the study."""
    found: dict[str, list[Learned]] = {}
    for one in results:
        found.setdefault(one.config.cell, []).append(one)
    return found


@st.cache_data(max_entries=64, ttl=60, show_spinner=False)  # what else the machine has to do changes
def _pace(cell: str, hidden_size: int, longest: int, batch: int) -> float:
    """Seconds of one update on a core of its own."""
    one = MatchingConfig(cell=cell, hidden_size=hidden_size, longest=longest, batch=batch, updates=1000)
    return estimate_seconds(network_of(one).config, one.task(), TrainConfig(epochs=1000)) / 1000


def _shape(one: MatchingConfig) -> tuple[str, int, int, int]:
    return one.cell, one.hidden_size, one.longest, one.batch


def _cost(one: MatchingConfig) -> float:
    return float(one.updates * one.batch * one.longest * (100 + parameter_count(one.cell, 10, one.hidden_size)))
