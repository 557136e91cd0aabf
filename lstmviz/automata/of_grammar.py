"""The automaton that a network has become on strings of a grammar or a language, beside the one that is required."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.automata.examiner import Examiner
from lstmviz.automata.lstar import MAX_STATES, Round, best_of, rounds_of
from lstmviz.automata.machine import Machine, isomorphic, minimise
from lstmviz.automata.reference import states_along
from lstmviz.base.checks import whole_number
from lstmviz.statemap import check_fits, state_map
from lstmviz.tasks import DrawnTask

WORDS = 6_000


@dataclass(frozen=True, eq=False)
class GrammarAutomaton:
    """A network as a finite automaton on the strings that its task can ask about.

    What a state says is one text: all symbols that the network takes to be those that may come, "TP", or its answer,
    "yes". How many symbols that are is what the required machine says: they are the most probable ones. After the empty
    string, which is never asked about, the network is taken to be right.
    """

    machine: Machine
    """n states: says what the network says after every string of up to `length` symbols. It starts where `opening` has
    been read"""
    needed: Machine
    """what the task requires, as `reference_machine` has it"""
    isomorphic: bool
    """whether the two are one machine but for the numbers of the states"""
    opening: str
    """the symbol that every string begins with; "" where there is none"""
    parting: tuple[str, ...] | None
    """the shortest string checked, its opening included, after which the network says something else than what is due;
    None if there is none among them"""
    said: str | None
    """what it says there; None if there is no such string, or its numbers are no longer finite"""
    due: str | None
    """what is right there; None if there is no such string"""
    length: int
    """every string of up to so many symbols, its opening included, was checked"""
    words: int
    """how many those are"""
    all_there_are: bool
    """whether there are no longer ones that the required machine can read"""
    drawn: int
    """strings that were drawn and checked too, at every step"""
    longest: int
    """symbols of the longest of these; 0 if there are none"""
    asked: int
    """strings that the network was asked about beyond all those"""
    complete: bool
    """whether the machine says what the network says after each of the `words`; False where more than 64 states were
    needed: then the machine is the best that was found"""
    agreement: float
    """share of the `words` after which it does, 0 to 1"""
    fidelity: float
    """share of the steps of the strings drawn after which it does, 0 to 1; 1 if there are none. Behind them nothing is
    known"""
    states: NDArray[np.int64]
    """(T,) the state of the machine after each step of the task's face; -1 from where an incomplete one cannot go on"""
    due_states: NDArray[np.int64]
    """(T,) that of the required machine; -1 where the face is longer than it counts"""
    said_along: tuple[str | None, ...]
    """(T,) what the network says after each step of the face"""
    rounds: tuple[Round, ...]
    """the tables by which L* came to it"""


def grammar_automaton(model: nn.Module, task: DrawnTask, *, words: int = WORDS) -> GrammarAutomaton:
    """Find the automaton that `model` has become on the strings of `task`, by L* with the network as the teacher.

    Asked about are strings that the required machine can read, since nobody has taught the network any others: all of
    them, length by length, and some longer ones that are drawn, on which the machine of the others is tried.

    Args:
        model: a `Model`, in one direction, that reads and tells what the task has.
        task: one that has a required machine; its face is what `states` are of.
        words: how many strings at most are all checked, beside those drawn, 1 to 1,000,000.

    Raises:
        TypeError: `task` has no required machine, or `model` is no network of ours.
        ValueError: it has no head or other sizes, diverged, or reads both ways.
    """
    f = state_map(model)
    check_fits(f, task)
    examiner = Examiner(f, task, whole_number("words", words, 1, 1_000_000))
    rounds = rounds_of(examiner, MAX_STATES)
    best = best_of(rounds)
    machine = minimise(best.machine)
    need = examiner.permitted
    opening = examiner.opening
    skip = 1 if opening else 0
    wrong = examiner.first_wrong()
    read = [task.alphabet[code] for code in task.x]
    due_states = _numbers(states_along(need, opening, read))
    place = None if wrong is None else need.run(task.alphabet[code] for code in wrong)[-1]
    said_along = examiner.answers([tuple(task.x[skip : t + 1].tolist()) for t in range(len(task.x))])
    drawn, longest = examiner.drawn
    return GrammarAutomaton(
        machine=machine,
        needed=need,
        isomorphic=isomorphic(machine, need),
        opening=opening,
        parting=None if wrong is None else (*opening, *(task.alphabet[code] for code in wrong)),
        said=None if wrong is None else examiner.says(examiner.answers([wrong])[0]),
        due=None if place is None else str(need.outputs[place]),
        length=examiner.length + skip,
        words=examiner.words,
        all_there_are=examiner.all_there_are,
        drawn=drawn,
        longest=longest,
        asked=examiner.asked,
        complete=rounds[-1].counterexample is None,
        agreement=best.agreement,
        fidelity=best.fidelity,
        states=_numbers(states_along(machine, opening, read)),
        due_states=due_states,
        said_along=tuple(examiner.says(answer) for answer in said_along),
        rounds=rounds,
    )


def _numbers(states: tuple[int | None, ...]) -> NDArray[np.int64]:
    return np.array([-1 if state is None else state for state in states], dtype=np.int64)
