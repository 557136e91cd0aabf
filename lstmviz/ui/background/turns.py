"""Turns at the cores: whoever trains in this process asks here, and no more are at work at a time than there are slots.

What is short comes first. What is long works in slices and then stands in line again, so that sweeps and long trainings
take turns; it makes way for what is short at its next look. Yet it lets only so many of those go first: then it has a
whole slice, so that nobody waits without end. Among the short, and among the long, the parties (sessions, sweeps)
alternate, however much one of them asks for.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator

from lstmviz.ui.background.bounds import LET_BY, SAY_WAITING, SHORT_SECONDS, SLICE_SECONDS, SLOTS


class Turns:
    """The slots, and one line for all who wait for one."""

    def __init__(
        self,
        slots: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,  # what else the machine has to do is nobody's work
    ) -> None:
        self._slots = self._free = slots
        self._clock = clock
        self._worked = worked
        self._lock = threading.Lock()
        # Who waits, by party; the party that comes next stands first.
        self._short: OrderedDict[Hashable, deque[Turn]] = OrderedDict()
        self._long: OrderedDict[Hashable, deque[Turn]] = OrderedDict()
        self._let_by = 0  # short ones begun since a long one waits

    def turn(self, party: Hashable, *, short: bool, wanted: Callable[[], bool] = lambda: True) -> "Turn":
        """A turn for some work of `party`; see `Turn`."""
        return Turn(self, party, short, wanted)

    @property
    def at_work(self) -> int:
        """How many slots are taken."""
        return self._slots - self._free

    def _line(self) -> Iterator["Turn"]:
        """Those who wait, in the order in which they come if nobody else asks."""
        short, long = _alternating(self._short), _alternating(self._long)
        next_short, next_long = next(short, None), next(long, None)
        let_by = self._let_by
        while next_short is not None or next_long is not None:
            if next_short is not None and (next_long is None or let_by < LET_BY):
                yield next_short
                next_short, let_by = next(short, None), let_by + 1
            elif next_long is not None:
                yield next_long
                next_long, let_by = next(long, None), 0

    def _join(self, turn: "Turn") -> None:
        parties = self._short if turn.short else self._long
        parties.setdefault(turn.party, deque()).append(turn)
        turn.waits, turn.since = True, self._clock()

    def _leave(self, turn: "Turn") -> None:
        parties = self._short if turn.short else self._long
        parties[turn.party].remove(turn)
        if not parties[turn.party]:
            del parties[turn.party]
        turn.waits = False

    def _serve(self) -> None:
        """Give the free slots to those who come next."""
        while self._free and (turn := next(self._line(), None)) is not None:
            self._leave(turn)
            parties = self._short if turn.short else self._long
            if turn.party in parties:
                parties.move_to_end(turn.party)
            self._let_by = self._let_by + 1 if turn.short and self._long else 0
            self._free -= 1
            now = self._clock()
            turn.works, turn.owed = True, not turn.short and bool(self._short)
            turn.waited, turn.since = now - turn.since, now
            turn.news.notify()

    def _goes_on(self, turn: "Turn") -> bool:
        """Whether one that is at work keeps its slot."""
        assert turn.first is not None
        if turn.short and self._worked() - turn.first >= SHORT_SECONDS:
            turn.short = False
        first = next(self._line(), None)
        if first is None or turn.short:
            return True
        if first.short and not turn.owed:
            return False
        return self._clock() - turn.since < SLICE_SECONDS

    def _release(self, turn: "Turn") -> None:
        turn.works = False
        self._free += 1


class Turn:
    """Some work that has a slot, waits in line for one, or rests.

    It belongs to the one thread that does the work; any other may ask `ahead` and `wake` it. Used as a context manager
    it rests in the end, whatever happened.

    Args:
        turns: where it stands in line.
        party: whose work it is.
        short: whether it is over in about a second. What turns out to work longer is long from then on.
        wanted: asked while it waits: it leaves the line once this says False.
    """

    def __init__(self, turns: Turns, party: Hashable, short: bool, wanted: Callable[[], bool]) -> None:
        self.party = party
        self.short = short
        self.waits = False
        self.works = False
        self.since = 0.0
        """when it began to wait or to work"""
        self.waited = 0.0
        """seconds, the last time"""
        self.first: float | None = None
        """what its thread had worked before it asked the first time"""
        self.owed = False
        """whether it has let short ones go first for so long that its slice is its own"""
        self.news = threading.Condition(turns._lock)
        self._turns = turns
        self._wanted = wanted

    def take(self, seconds: float | None = None) -> bool:
        """Wait for a slot, at most so long, if it has none; whether it has one then.

        Asked now and then by one that works, it gives the slot up where others come first by now, and waits for the
        next. What was not served in time keeps its place in line.
        """
        turns = self._turns
        with turns._lock:
            if self.first is None:
                self.first = turns._worked()
            if self.works and not turns._goes_on(self):
                turns._release(self)
            if not self.works and not self.waits:
                turns._join(self)
            turns._serve()
            self.news.wait_for(lambda: self.works or not self._wanted(), seconds)
            if not self._wanted():
                self._rest()
            return self.works

    def give(self) -> None:
        """Rest: without a slot, and without a place in line."""
        with self._turns._lock:
            self._rest()

    def wake(self) -> None:
        """Have it ask whether it is wanted, if it waits."""
        with self._turns._lock:
            self.news.notify()

    @property
    def ahead(self) -> int | None:
        """How many come before it, once it has waited for more than a moment; else None.

        It stays 0 for the slice that follows, so that what is said of one who takes turns does not come and go.
        """
        turns = self._turns
        with turns._lock:
            lasted = turns._clock() - self.since
            if self.works:
                return 0 if self.waited > SAY_WAITING and lasted < SLICE_SECONDS else None
            if not self.waits or max(lasted, self.waited) <= SAY_WAITING:
                return None
            return next(place for place, turn in enumerate(turns._line()) if turn is self)

    def _rest(self) -> None:
        if self.works:
            self._turns._release(self)
            self._turns._serve()
        elif self.waits:
            self._turns._leave(self)

    def __enter__(self) -> "Turn":
        return self

    def __exit__(self, *_: object) -> None:
        self.give()


def _alternating(parties: OrderedDict[Hashable, deque[Turn]]) -> Iterator[Turn]:
    """The first of each party, then the second of each, and so on."""
    lines = deque(iter(line) for line in parties.values())
    while lines:
        turn = next(lines[0], None)
        if turn is None:
            lines.popleft()
        else:
            yield turn
            lines.rotate(-1)


TURNS = Turns(SLOTS)
"""Those of this process."""
