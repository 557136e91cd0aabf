"""Turns at the cores: who comes when, by a clock of the tests' own; and with threads, as they are used."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lstmviz.ui.background.bounds import LET_BY, SAY_WAITING, SHORT_SECONDS, SLICE_SECONDS
from lstmviz.ui.background.turns import Turn, Turns

PARTIES = "abcd"
ASKED = st.lists(st.tuples(st.sampled_from(PARTIES), st.booleans()), min_size=1, max_size=40)
"""Who asks in this order: the party, and whether for something short."""


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def asking(turns: Turns, asked: list[tuple[str, bool]]) -> list[Turn]:
    """All of them in line; the first have the slots."""
    made = [turns.turn(party, short=short) for party, short in asked]
    for turn in made:
        turn.take(0)
    return made


def served(made: list[Turn]) -> list[Turn]:
    """Those who wait in the order in which they get a slot, where whoever works is done at once."""
    order = []
    working = [turn for turn in made if turn.works]
    while working:
        working.pop(0).give()
        begun = [turn for turn in made if turn.works and turn not in working]
        order += begun
        working += begun
    return order


class Anything(RuleBasedStateMachine):
    """Work comes, looks, ends and is given up in any order, on three slots."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.turns = Turns(3, clock=self.clock, worked=self.clock)
        self.all: list[Turn] = []
        self.unwanted: set[Turn] = set()
        self.let_by = 0

    def see_who_begins(self, act: Callable[[], Any]) -> None:
        working = {turn for turn in self.all if turn.works}
        act()
        begun = [turn for turn in self.all if turn.works and turn not in working]
        waiting = {turn.short for turn in self.all if turn.waits}
        assert len(begun) <= 1
        for turn in begun:
            if turn.short:
                self.let_by = self.let_by + 1 if False in waiting else 0
                assert self.let_by <= LET_BY  # nothing long waits for longer than this
            else:
                assert True not in waiting or self.let_by == LET_BY
                self.let_by = 0

    @rule(party=st.sampled_from(PARTIES), short=st.booleans())
    def ask(self, party: str, short: bool) -> None:
        turn = self.turns.turn(party, short=short, wanted=lambda: turn not in self.unwanted)
        self.all.append(turn)
        self.see_who_begins(lambda: turn.take(0))

    @precondition(lambda self: self.all)
    @rule(data=st.data(), seconds=st.sampled_from([0.0, 0.03, 0.3, 0.6]))
    def look(self, data: st.DataObject, seconds: float) -> None:
        self.clock.now += seconds
        turn = data.draw(st.sampled_from(self.all))
        self.see_who_begins(lambda: turn.take(0))
        assert turn.works or turn.waits

    @precondition(lambda self: self.all)
    @rule(data=st.data(), how=st.sampled_from(["rests", "is unwanted"]))
    def stop(self, data: st.DataObject, how: str) -> None:
        turn = data.draw(st.sampled_from(self.all))
        if how == "rests":
            self.see_who_begins(turn.give)
        else:
            self.unwanted.add(turn)
            self.see_who_begins(lambda: turn.take(0))
            self.all.remove(turn)
        assert not turn.works
        assert not turn.waits

    @invariant()
    def no_more_work_than_there_are_slots_and_none_is_idle(self) -> None:
        working = sum(turn.works for turn in self.all)
        waiting = sum(turn.waits for turn in self.all)
        assert working == min(3, working + waiting)

    @invariant()
    def the_line_has_no_hole(self) -> None:
        now = self.clock.now
        self.clock.now += 2 * SAY_WAITING
        places = [turn.ahead for turn in self.all if turn.waits]
        self.clock.now = now
        assert sorted(places) == list(range(len(places)))


TestAnything = Anything.TestCase


@given(ASKED, st.integers(1, 4))
def test_the_place_in_line_is_how_many_come_before(asked, slots):
    clock = Clock()
    made = asking(Turns(slots, clock=clock), asked)
    clock.now += 2 * SAY_WAITING
    said = {turn: turn.ahead for turn in made if turn.waits}
    order = served(made)
    assert said == {turn: place for place, turn in enumerate(order)}
    assert Counter(order) == Counter(made[slots:])


@given(ASKED)
def test_what_is_short_comes_first_but_lets_something_long_in_now_and_then(asked):
    made = asking(Turns(1, clock=Clock()), [("z", True), *asked])
    short, long = (sum(kind is one for _, kind in asked) for one in (True, False))
    wanted = []
    while short and long:
        wanted += [True] * min(LET_BY, short) + [False] * (short >= LET_BY)
        long -= short >= LET_BY
        short -= min(LET_BY, short)
    assert [turn.short for turn in served(made)] == wanted + [True] * short + [False] * long


@given(st.lists(st.sampled_from(PARTIES), max_size=40), st.booleans())
def test_parties_alternate(asked, short):
    made = asking(Turns(1, clock=Clock()), [("z", short), *((party, short) for party in asked)])
    order = [turn.party for turn in served(made)]
    left = Counter(asked)
    while order:
        present = [party for party, count in left.items() if count]
        assert sorted(order[: len(present)]) == sorted(present)
        left.subtract(present)
        order = order[len(present) :]
    assert not any(left.values())


@given(st.integers(0, 200), st.booleans())
def test_a_flood_of_one_party_is_one_turn_for_another(flood, short):
    made = asking(Turns(1, clock=Clock()), [("a", short)] * (1 + flood) + [("b", short)])
    assert [turn.party for turn in served(made)].index("b") <= 1


@given(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=12), st.lists(st.booleans(), min_size=200))
def test_something_long_has_its_slice_however_much_short_work_keeps_coming(long, choices):
    clock = Clock()
    turns = Turns(1, clock=clock)
    working = turns.turn("flood", short=True)
    working.take(0)
    waiting = [turns.turn(party, short=False) for party in long]
    for turn in waiting:
        turn.take(0)
    begun = 0
    for several in choices * 2:  # more short work comes than is done
        for _ in range(1 + several):
            turns.turn("flood", short=True).take(0)
        before, working = working, next(turns._line())
        before.give()
        assert working.works
        begun += 1
        if working in waiting:
            waiting.remove(working)
            clock.now += SLICE_SECONDS / 2
            assert working.take(0)  # though something short waits
        if not waiting:
            break
    assert begun == len(long) * (LET_BY + 1)


@given(ASKED, st.data())
def test_who_leaves_the_line_is_not_missed(asked, data):
    made = asking(Turns(2, clock=Clock()), asked)
    gone = data.draw(st.sets(st.sampled_from(made)))
    for turn in gone:
        turn.give()
    there = [turn for turn in made if turn not in gone]
    working = [turn for turn in there if turn.works]
    assert len(working) == min(2, len(there))
    assert Counter(served(made)) == Counter(turn for turn in there if turn not in working)


def test_something_long_makes_way_for_what_is_short_at_its_next_look():
    clock = Clock()
    turns = Turns(1, clock=clock)
    long, short = turns.turn("a", short=False), turns.turn("b", short=True)
    assert long.take(0)
    assert long.take(0)
    assert not short.take(0)
    assert not long.take(0)
    assert short.works
    short.give()
    assert long.works


def test_long_ones_take_turns_by_slices():
    clock = Clock()
    turns = Turns(1, clock=clock)
    one, other = turns.turn("a", short=False), turns.turn("b", short=False)
    assert one.take(0)
    clock.now += 100
    assert one.take(0)  # nobody else is there
    assert not other.take(0)
    for _ in range(3):
        one, other = other, one
        assert not other.take(0)
        assert one.works
        clock.now += SLICE_SECONDS / 2
        assert one.take(0)
        clock.now += SLICE_SECONDS / 2


def test_what_works_longer_than_short_work_is_long():
    work = Clock()
    turns = Turns(1, clock=Clock(), worked=work)
    false, other = turns.turn("a", short=True), turns.turn("b", short=True)
    work.now += 10  # of its thread for others
    assert false.take(0)
    assert not other.take(0)
    work.now += SHORT_SECONDS / 2
    assert false.take(0)
    false.give()
    other.give()
    assert false.take(0)  # what it has worked before counts
    assert not other.take(0)
    work.now += SHORT_SECONDS / 2
    assert not false.take(0)
    assert other.works
    assert not false.short


def test_a_wait_is_talked_about_once_it_has_lasted_and_until_the_slice_is_over():
    clock = Clock()
    turns = Turns(1, clock=clock)
    one, other = turns.turn("a", short=False), turns.turn("b", short=False)
    one.take(0)
    other.take(0)
    assert (one.ahead, other.ahead) == (None, None)
    clock.now += 1.5 * SAY_WAITING
    assert (one.ahead, other.ahead) == (None, 0)
    one.give()
    assert (one.ahead, other.ahead) == (None, 0)
    clock.now += 0.9 * SLICE_SECONDS
    one.take(0)
    clock.now += 0.2 * SLICE_SECONDS
    assert (one.ahead, other.ahead) == (None, None)
    other.take(0)
    assert one.works
    assert other.waits
    assert other.ahead == 0  # having waited so long before, it is told at once


def test_with_threads_no_more_are_at_work_than_slots_and_all_are_served():
    turns = Turns(2)
    lock = threading.Lock()
    at_work, most, done, failed = 0, 0, Counter(), []

    def work(party: int, short: bool, fails: bool) -> None:
        nonlocal at_work, most
        try:
            with turns.turn(party, short=short) as turn:
                for _ in range(4):
                    assert turn.take()
                    with lock:
                        at_work += 1
                        most = max(most, at_work)
                    time.sleep(0.001)
                    with lock:
                        at_work -= 1
                    if fails:
                        raise ZeroDivisionError
                    if short:
                        turn.give()
                done[party] += 1
        except ZeroDivisionError:
            failed.append(party)

    threads = [threading.Thread(target=work, args=(k % 7, k % 3 > 0, k % 10 == 9)) for k in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 2
    assert (done.total(), len(failed)) == (54, 6)
    assert turns.turn("later", short=False).take(0)


def test_who_waits_is_woken_when_nobody_wants_it_any_more():
    turns = Turns(1)
    works = turns.turn("a", short=True)
    assert works.take()
    wanted = threading.Event()
    wanted.set()
    turn = turns.turn("b", short=True, wanted=wanted.is_set)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(turn.take()))
    thread.start()
    while not turn.waits:
        time.sleep(0.001)
    wanted.clear()
    turn.wake()
    thread.join(10)
    assert answers == [False]
    assert not turn.waits
    assert not turn.take(0)  # nor is it served later
    works.give()
    assert not turn.works


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_who_is_not_served_in_time_keeps_its_place(seconds):
    turns = Turns(1)
    works, first, second = (turns.turn(party, short=True) for party in "abc")
    assert works.take()
    assert not first.take(seconds)
    assert not second.take(seconds)
    assert not first.take(seconds)
    works.give()
    assert (first.works, second.works) == (True, False)
