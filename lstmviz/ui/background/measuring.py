"""Measurements of the whole server: one at a time, each in a process of its own, the others in a line that is shown.

Two that ran beside each other would measure each other. Trainings of the same server are kept out as far as that goes:
before each repeat the measurement asks for its turn at the cores, so that it waits while they are all taken, and counts
the repeats that had something else at work beside them.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

import streamlit as st

from lstmviz.timing.job import Job
from lstmviz.timing.process import FailedError, Process, StoppedError
from lstmviz.timing.results import Measurement
from lstmviz.ui.background.bounds import KEPT_MEASUREMENTS, LINGER, MOST_WAITING
from lstmviz.ui.background.threads import behind_answers
from lstmviz.ui.background.turns import TURNS, Turn


@dataclass(eq=False)
class Asked:
    """A measurement that a session has asked for."""

    job: Job
    party: Hashable
    state: str = "waiting"
    """"waiting", "running", "done", "failed" or "stopped\""""
    share: float = 0.0
    """how much of its time is over, 0 to 1"""
    repeats: int = 0
    seconds: float | None = None
    """the median of an epoch so far"""
    found: Measurement | None = None
    reason: str = ""
    """why it failed, as in `FailedError`"""
    words: str = ""
    """what torch said then"""
    process: Process | None = None
    turn: Turn | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "failed", "stopped")


class Line:
    """Who waits to be measured, and what has been measured on this machine."""

    def __init__(self) -> None:
        """Begin with an empty line."""
        self._lock = threading.Lock()
        self._waiting: list[Asked] = []
        self._running: Asked | None = None
        self._served: OrderedDict[Hashable, None] = OrderedDict()  # parties, the one served last at the end
        self._measured: OrderedDict[Hashable, Measurement] = OrderedDict()
        self._version = 0
        self._works = False

    def ask(self, jobs: Iterable[Job], party: Hashable) -> list[Asked]:
        """Put measurements in line; what the party waits for already is not asked for again."""
        with self._lock:
            own = [one for one in self._all() if one.party is party]
            known = {one.job for one in own}
            new = [Asked(job, party) for job in dict.fromkeys(jobs) if job not in known]
            new = new[: max(MOST_WAITING - len(own), 0)]
            self._waiting += new
            if new and not self._works:
                self._works = True
                threading.Thread(target=self._serve, name="measure", daemon=True).start()
            return new

    def stop(self, party: Hashable) -> None:
        """End all that a party waits for or has measured just now."""
        with self._lock:
            for one in self._all():
                if one.party is party:
                    one.state = "stopped"
                    if one.process is not None:
                        one.process.stop()
                    if one.turn is not None:
                        one.turn.wake()
            self._waiting = [one for one in self._waiting if one.state == "waiting"]

    @property
    def running(self) -> Asked | None:
        """What is being measured."""
        return self._running

    def order(self) -> list[Asked]:
        """All that is to come, in its order: what is measured now, then one of each party in turn."""
        with self._lock:
            rest, served = list(self._waiting), list(self._served)
            found = [] if self._running is None or self._running.over else [self._running]  # it may be stopping
            while rest:
                one = _next(rest, served)
                rest.remove(one)
                _note(served, one.party)
                found.append(one)
            return found

    @property
    def version(self) -> int:
        """How often something new was measured."""
        return self._version

    @property
    def measured(self) -> tuple[Measurement, ...]:
        """What has been measured on this machine since the server was started, the newest of each row and way."""
        with self._lock:
            return tuple(self._measured.values())

    def _all(self) -> list[Asked]:
        return [*([self._running] if self._running is not None else []), *self._waiting]

    def _serve(self) -> None:
        behind_answers()
        while True:
            with self._lock:
                if not self._waiting:
                    self._works = False
                    return
                one = _next(self._waiting, list(self._served))
                self._waiting.remove(one)
                self._served[one.party] = None
                self._served.move_to_end(one.party)
                while len(self._served) > MOST_WAITING:
                    self._served.popitem(last=False)
                self._running, one.state = one, "running"
            try:
                self._measure(one)
            except FailedError as failure:
                one.reason, one.words, state = failure.reason, failure.words, "failed"
            except StoppedError:
                state = "stopped"
            except OSError as failure:  # no process could be started
                one.reason, one.words, state = "error", str(failure), "failed"
            else:
                state = "done"
            with self._lock:
                one.state = "stopped" if one.state == "stopped" else state
                one.process = one.turn = self._running = None

    def _measure(self, one: Asked) -> None:
        beside = 0
        with TURNS.turn(one.party, short=False, wanted=lambda: one.state == "running") as turn:
            one.turn = turn
            if not turn.take():
                raise StoppedError
            one.process = Process(one.job)
            if one.state == "stopped":  # just before there was a process to be stopped
                one.process.stop()

            def go_on() -> bool:
                nonlocal beside
                beside += TURNS.at_work > 1
                return turn.take()

            for message in one.process.messages(go_on):
                if isinstance(message, Measurement):
                    one.found = replace(message, beside=min(beside, message.repeats or 0))
                    self._keep(one.found, one.job)
                else:
                    one.share, one.repeats, one.seconds = message.share, message.repeats, message.seconds

    def _keep(self, found: Measurement, job: Job) -> None:
        with self._lock:
            key = (found.row.per_epoch, found.way, job.threads)
            self._measured.pop(key, None)
            self._measured[key] = found
            while len(self._measured) > KEPT_MEASUREMENTS:
                self._measured.popitem(last=False)
            self._version += 1


def _next(waiting: list[Asked], served: list[Hashable]) -> Asked:
    """Of the party whose turn was longest ago, what it asked for first."""
    return min(waiting, key=lambda one: served.index(one.party) if one.party in served else -1)


def _note(served: list[Hashable], party: Hashable) -> None:
    if party in served:
        served.remove(party)
    served.append(party)


@dataclass(eq=False)
class Desk:
    """What a session has asked for; it is its party."""

    asked: list[Asked] = field(default_factory=list)

    def ask(self, jobs: Iterable[Job]) -> None:
        """Put measurements in line; what failed before is forgotten."""
        self.asked = [one for one in self.asked if not one.over] + the_line().ask(jobs, self)

    def stop(self) -> None:
        """End all of it."""
        the_line().stop(self)

    @property
    def busy(self) -> bool:
        """Whether something is to come."""
        return any(not one.over for one in self.asked)

    def release(self) -> None:
        """End it when the tab is closed, but not at once: a page that is reloaded is a new session."""
        timer = threading.Timer(LINGER, self.stop)
        timer.daemon = True
        timer.start()


@st.cache_resource
def the_line() -> Line:
    """The one line of this server."""
    return Line()


@st.cache_resource(scope="session", on_release=Desk.release)
def own_desk() -> Desk:
    """That of the session that calls."""
    return Desk()
