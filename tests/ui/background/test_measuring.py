"""Measurements of a server: one at a time, in a line that is fair, and no process takes the others down with it."""

import functools
import threading
import time
from collections.abc import Callable

import pytest

from lstmviz.timing.job import Job
from lstmviz.timing.process import Process
from lstmviz.timing.row import Row
from lstmviz.ui.background import measuring
from lstmviz.ui.background.bounds import MOST_WAITING
from lstmviz.ui.background.measuring import Desk, Line
from lstmviz.ui.background.turns import Turns
from tests.engine.timing.speaking import speaking

QUICK = speaking("""
    say(share=0.5, repeats=1, seconds=0.25)
    ask()
    measured(0.25 * job["row"]["steps"])
""")
SLOW = speaking("""
    for k in range(1000):
        say(share=k / 1000, repeats=k, seconds=0.1)
        ask()
        time.sleep(0.02)
    measured(1.0)
""")
KILLED = speaking("os.kill(os.getpid(), signal.SIGKILL)")


@pytest.fixture(autouse=True)
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """Slots of the test's own."""
    own = Turns(2)
    monkeypatch.setattr(measuring, "TURNS", own)
    return own


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[str, ...]], None]:
    """Has every process of a line be one that says what the test wants."""
    return lambda command: monkeypatch.setattr(measuring, "Process", functools.partial(Process, command=command))


def jobs(*steps: int) -> list[Job]:
    return [Job(Row(steps=one)) for one in steps]


def wait(done: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()


def test_one_is_measured_at_a_time_and_all_come_to_their_turn(speak):
    speak(QUICK)
    line, party = Line(), object()
    asked = line.ask(jobs(1, 2, 3), party)
    seen = set()
    while line.order():
        with line._lock:  # one that ends and the next one that begins would both be seen at work otherwise
            seen.add(sum(one.state == "running" for one in asked))
    assert seen <= {0, 1}
    assert [one.state for one in asked] == ["done"] * 3
    assert [one.median for one in line.measured] == [0.25, 0.5, 0.75]
    assert line.version == 3


def test_parties_take_turns_however_much_one_asks_for(speak):
    speak(SLOW)
    line = Line()
    first = line.ask(jobs(1, 2, 3), "a")
    wait(lambda: first[0].state == "running")
    others = line.ask(jobs(4, 5), "b")
    assert line.order() == [first[0], others[0], first[1], others[1], first[2]]
    line.stop("a")
    line.stop("b")
    wait(lambda: not line.order())


def test_what_waits_already_is_not_asked_for_twice(speak):
    speak(SLOW)
    line = Line()
    line.ask(jobs(1, 2), "a")
    assert [one.job for one in line.ask(jobs(2, 3, 3), "a")] == jobs(3)
    assert len(line.ask(jobs(*range(1, 500)), "a")) == MOST_WAITING - 3
    line.stop("a")
    wait(lambda: not line.order())


def test_it_is_stopped_within_a_second_and_the_others_go_on(speak):
    speak(SLOW)
    line = Line()
    own, others = line.ask(jobs(1, 2), "a"), line.ask(jobs(3), "b")
    wait(lambda: own[0].repeats > 1)
    began = time.monotonic()
    line.stop("a")
    assert line.order() == others  # what is being stopped is shown to nobody any more
    wait(lambda: others[0].state == "running")
    assert time.monotonic() - began < 1
    assert [one.state for one in own] == ["stopped", "stopped"]
    line.stop("b")
    wait(lambda: not line.order())
    assert line.measured == ()


def test_a_killed_process_is_told_of_and_the_line_goes_on(speak):
    speak(KILLED)
    line = Line()
    first = line.ask(jobs(1), "a")
    wait(lambda: first[0].over)
    assert (first[0].state, first[0].reason) == ("failed", "killed")
    speak(QUICK)
    second = line.ask(jobs(2), "a")
    wait(lambda: second[0].over)
    assert second[0].state == "done"


def test_where_no_process_can_be_started_it_is_told(speak):
    speak(("/nowhere/to/be/found",))
    asked = Line().ask(jobs(1, 2), "a")
    wait(lambda: asked[-1].over)
    assert [one.state for one in asked] == ["failed", "failed"]
    assert asked[0].reason == "error"


def test_it_waits_for_its_turn_at_the_cores(speak, turns):
    speak(QUICK)
    trainings = [turns.turn(object(), short=False) for _ in range(2)]
    for turn in trainings:
        assert turn.take(0)
    asked = Line().ask(jobs(1), "a")
    time.sleep(0.3)
    assert asked[0].turn is not None
    assert asked[0].turn.ahead == 0
    assert asked[0].process is None
    for turn in trainings:
        turn.give()
    wait(lambda: asked[0].state == "done")


def test_repeats_beside_a_training_are_counted(speak, turns):
    speak(QUICK)
    line = Line()
    with turns.turn(object(), short=False) as training:
        assert training.take(0)
        asked = line.ask(jobs(1), "a")
        wait(lambda: asked[0].over)
    assert line.measured[0].beside == 1
    again = line.ask(jobs(2), "a")
    wait(lambda: again[0].over)
    assert line.measured[1].beside == 0


def test_what_is_measured_again_takes_the_place_of_what_was(speak):
    speak(QUICK)
    line = Line()
    for _ in range(2):
        asked = line.ask([Job(Row(epochs=10)), Job(Row(epochs=20))], "a")
        wait(lambda asked=asked: all(one.over for one in asked))
    assert len(line.measured) == 1
    assert line.version == 4


def test_a_session_that_ends_takes_its_measurements_along_after_a_while(speak, monkeypatch):
    speak(SLOW)
    line = Line()
    monkeypatch.setattr(measuring, "the_line", lambda: line)
    monkeypatch.setattr(measuring, "LINGER", 0.2)
    desk = Desk()
    desk.ask(jobs(1, 2))
    assert desk.busy
    desk.release()
    assert desk.busy
    wait(lambda: not desk.busy)
    assert not any(thread.name == "measure" and thread.is_alive() and line.order() for thread in threading.enumerate())


def test_what_failed_is_forgotten_with_the_next_question(speak, monkeypatch):
    line = Line()
    monkeypatch.setattr(measuring, "the_line", lambda: line)
    desk = Desk()
    speak(KILLED)
    desk.ask(jobs(1))
    wait(lambda: not desk.busy)
    assert [one.state for one in desk.asked] == ["failed"]
    speak(QUICK)
    desk.ask(jobs(2))
    wait(lambda: not desk.busy)
    assert [one.state for one in desk.asked] == ["done"]
