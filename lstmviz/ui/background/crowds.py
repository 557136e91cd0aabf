"""Trainings that wait in line and differ by their seed alone are trained side by side, in the lanes of one vector.

That costs what one of them costs: sixty students who all press "New seed" wait for four trainings, not for sixty. The
numbers are those of each trained alone, to the bit.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Protocol

from numpy.typing import NDArray

from lstmviz.fused import lanes
from lstmviz.models import Model
from lstmviz.tasks import Task
from lstmviz.training import TrainConfig, train_many
from lstmviz.ui.background.turns import Turn
from lstmviz.ui.frame.controls.experiment import Experiment

_MOST = lanes(4)


class Member(Protocol):
    """A training, as far as its crowd knows it."""

    experiment: Experiment
    crowd: "Crowd | None"
    """that it belongs to; set while it waits in line"""

    @property
    def is_wanted(self) -> bool:
        """Whether it waits for a turn, neither stopped nor given up."""

    @property
    def is_given_up(self) -> bool:
        """Whether nobody wants what it brings any more."""

    def feed(self, part: "Part") -> None:
        """Take in what comes next."""

    def wake(self) -> None:
        """Look whether it belongs to a crowd by now."""


class Part:
    """What some epochs bring to one member."""

    def __init__(
        self,
        first: int,
        losses: Sequence[float],
        accuracies: Sequence[float],
        parameters: Mapping[str, NDArray[Any]],
        seconds: float,
    ) -> None:
        """Entry k of the losses and accuracies belongs to epoch `first` + k, the parameters to `first`."""
        self.first, self.losses, self.accuracies = first, losses, accuracies
        self.parameters, self.seconds = parameters, seconds


class _GivenUpError(Exception):
    """Nobody wants the crowd any more."""


class Crowd:
    """Trainings of one shape; the first of them, whose turn has come, trains them all on its thread."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = tuple(members)
        self.ended = threading.Event()
        self.failure: BaseException | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether anybody waits for it."""
        return not all(one.is_given_up for one in self.members)

    def train(self, turn: Turn, models: Sequence[Model], task: Task, config: TrainConfig) -> None:
        """Train the members' models, in their order, while it is their leader's `turn`, and feed them."""
        try:
            self._train(turn, models, task, config)
        except _GivenUpError:
            pass
        except BaseException as failure:
            self.failure = failure
            raise
        finally:
            self.ended.set()

    def _train(self, turn: Turn, models: Sequence[Model], task: Task, config: TrainConfig) -> None:
        seconds, began = 0.0, time.perf_counter()

        def look(epoch: int) -> None:
            nonlocal seconds, began
            seconds += time.perf_counter() - began
            while not turn.take():
                if not self.is_wanted:
                    raise _GivenUpError
            began = time.perf_counter()

        with closing(train_many(models, task, config, threads=1, look=look)) as parts:
            for records in parts:
                spent = seconds + time.perf_counter() - began
                for k, one in enumerate(self.members):
                    losses, accuracies = records.losses[:, k].tolist(), records.accuracies[:, k].tolist()
                    one.feed(Part(records.first, losses, accuracies, records.parameters[k], spent))


class Crowds:
    """Those who wait in line and may be taken along."""

    def __init__(self) -> None:
        self._waiting: dict[Experiment, list[Member]] = {}
        self._lock = threading.Lock()

    def enter(self, member: Member) -> None:
        """Let it be taken along from now on."""
        with self._lock:
            self._waiting.setdefault(_shape(member), []).append(member)

    def leave(self, member: Member, *, served: bool) -> Crowd | None:
        """It waits no longer: the crowd that has taken it along, or, where it is `served` its turn, that it leads.

        None where it is alone.
        """
        with self._lock:
            shape = _shape(member)
            if member.crowd is not None:
                return member.crowd
            self._remove(shape, [member])
            others = [one for one in self._waiting.get(shape, []) if one.is_wanted][: _MOST - 1] if served else []
            if not others:
                return None
            self._remove(shape, others)
            crowd = Crowd([member, *others])
            for one in crowd.members:
                one.crowd = crowd
        for one in others:
            one.wake()
        return crowd

    def _remove(self, shape: Experiment, members: Sequence[Member]) -> None:
        left = [one for one in self._waiting[shape] if one not in members]
        if left:
            self._waiting[shape] = left
        else:
            del self._waiting[shape]


def _shape(member: Member) -> Experiment:
    return replace(member.experiment, seed=0)


CROWDS = Crowds()
"""Those of this process."""
