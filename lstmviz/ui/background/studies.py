"""Trainings with a result of their own in the background: each part of a study is a network, on all cores.

A page's networks are configs of one kind, such as `MatchingConfig`, each trained by a function of the engine that may
be looked at and stopped.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lstmviz.fused import UNITS_FROM, is_warm, warm
from lstmviz.ui.background.bounds import SLOTS
from lstmviz.ui.background.watched import View, Worker, current_view


@dataclass(frozen=True)
class Kind:
    """What the networks of a page have in common."""

    name: str
    """of the page"""
    learn: Callable[[Any, Callable[[int], None]], Any]
    """trains one network of a config; tells the update reached to its second argument, which may raise"""
    updates: Callable[[Any], int]
    """config -> how many updates its training has"""
    seconds: Callable[[Any], float]
    """config -> of its whole training on a core of its own"""
    cost: Callable[[Any], float]
    """config -> what its training costs, in no unit: how far the whole is is told by it"""
    size: Callable[[Any], int]
    """bytes of a result"""


class _StudyWorker(Worker[Any]):
    config: tuple[Kind, tuple[Any, ...]]

    def __init__(self, kind: Kind, study: tuple[Any, ...]) -> None:
        super().__init__((kind, study), {one: kind.cost(one) for one in study})
        self._kind = kind

    def networks_in(self, part: Any) -> int:
        return 1

    def estimate(self) -> float:
        """The work that is left, shared by the cores; 0 where somebody else looks on, or before the kernel is there."""
        if self.watched or not is_warm("lstm", hidden_size=UNITS_FROM, alone=True):
            return 0.0
        return sum(map(self._kind.seconds, self.missing)) / SLOTS

    @property
    def size(self) -> int:
        return sum(map(self._kind.size, list(self._results.values())))

    def carry_out(self, stop: threading.Event) -> None:
        """Train what is missing, as many at a time as there are slots."""
        if not is_warm("lstm", hidden_size=UNITS_FROM, alone=True):
            with self.compiling():
                warm("lstm", hidden_size=UNITS_FROM, alone=True)

        def train(one: Any) -> None:
            updates = self._kind.updates(one)
            with self.in_turn(one, stop, short=False):
                self.finish(one, self._kind.learn(one, lambda update: self.look(one, update / updates, stop)))

        with ThreadPoolExecutor(SLOTS, "study") as pool:
            begun = [pool.submit(train, one) for one in self.missing]
            try:
                for each in begun:
                    each.result()
            finally:
                for each in begun:
                    each.cancel()


def current_study(kind: Kind, study: tuple[Any, ...]) -> View:
    """The networks of a page, begun if nobody has."""
    return current_view(kind.name, (kind, study), lambda: _StudyWorker(kind, study))


def by_cell(results: Sequence[Any]) -> dict[str, list[Any]]:
    """Finished networks by their config's cell, in the order of the study."""
    found: dict[str, list[Any]] = {}
    for one in results:
        found.setdefault(one.config.cell, []).append(one)
    return found
