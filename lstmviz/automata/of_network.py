"""The automaton that a trained network has become, beside the one that its task requires."""

from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.automata.fold import fold
from lstmviz.automata.lstar import MAX_STATES, Learned, learn
from lstmviz.automata.machine import Machine, isomorphic
from lstmviz.automata.needed import needed
from lstmviz.automata.of_grammar import GrammarAutomaton, grammar_automaton
from lstmviz.automata.places import MergedPlaces, Positions, merged_places, places_of, positions, walk
from lstmviz.automata.reference import has_machine
from lstmviz.automata.teacher import BEYOND, Run, read_text
from lstmviz.base.checks import whole_number
from lstmviz.statemap import state_map
from lstmviz.tasks import DrawnTask, PatternTask, Task, check_pattern


@dataclass(frozen=True, eq=False)
class Automaton:
    """A network as a finite automaton on the text of its task."""

    machine: Machine
    """n states: the fewest found that say what the network says after every step of the text; a letter that never comes
    in a state is left open. It starts where the first letter has been read"""
    smallest: bool
    """True if no fewer states can do the same; False if that is not known"""
    needed: Machine
    """what the task requires"""
    isomorphic: bool
    """whether the two are one machine but for the numbers of the states"""
    parting: tuple[str, ...] | None
    """the shortest text, its first letter included, after which the network says something else than what comes; None
    if there is none within `steps`"""
    said: str | None
    """what it says there; None if there is no such text, or nothing is said, its numbers being no longer finite"""
    due: str | None
    """what comes there; None if there is no such text"""
    steps: int
    """N, the steps of the text checked, the task's own T and those beyond"""
    forever: bool
    """whether its state came back to the last bit after whole periods: then what is found holds forever, for steps as
    float64 computes them"""
    complete: bool
    """whether the machine says all that the network says in N steps; False where L* was given up, beyond 64 states or
    four periods, whichever is more: then the machine is its best"""
    fidelity: float
    """share of the N steps after which it does, 0 to 1"""
    states: NDArray[np.int64]
    """(T,) the state of the machine after each step of the task; -1 from where an incomplete one cannot go on"""
    places: tuple[tuple[str, ...], ...]
    """(n,) the places of the pattern, by their labels, that are ever read in each state"""
    merged: tuple[MergedPlaces, ...]
    """states in which places meet that the task needs to be told apart: what a network that failed has merged"""
    positions: Positions
    """where the states lie among the N states of the network"""
    learned: Learned
    """how L* came to it, table by table: its last machine still keeps apart what is asked to go on differently"""
    run: Run
    """the network on the text"""


@overload
def automaton(model: nn.Module, task: PatternTask, *, beyond: int = BEYOND) -> Automaton: ...
@overload
def automaton(model: nn.Module, task: Task, *, beyond: int = BEYOND) -> Automaton | GrammarAutomaton: ...
def automaton(model: nn.Module, task: Task, *, beyond: int = BEYOND) -> Automaton | GrammarAutomaton:
    """Find the automaton that `model` has become on the text of `task`, by L* with the network as the teacher.

    Only the text is asked about, where the network has been taught; `lstar.learn` asks about other words too, and
    `clusters.cluster` looks at the states in place of the predictions. Of a task that asks about many strings it is as
    `grammar_automaton` has it.

    Args:
        model: a `Model`, in one direction, that reads and names the letters of the task.
        task: the text; or a grammar, a language to be recognised, parity, temporal order.
        beyond: steps that the text is read on for after its end, 0 to 100,000; of no matter for the others.

    Raises:
        TypeError: no finite automaton is enough for `task`, or `model` is no network of ours.
        ValueError: it has no head or other letters, diverged, or reads both ways; `beyond` is out of range.
    """
    if isinstance(task, DrawnTask) and has_machine(task):
        return grammar_automaton(model, task)
    check_pattern(task)
    assert isinstance(task, PatternTask)
    f = state_map(model)
    run = read_text(f, task, whole_number("beyond", beyond, 0, 100_000))
    learned = learn(f, task, run=run, max_states=max(MAX_STATES, 4 * task.period))
    folded = fold(learned.machine)
    states = walk(folded.machine, run.codes)
    need = needed(task)
    wrong = run.first_wrong
    names = (*task.alphabet, None)
    period = task.period
    says = np.array([task.alphabet.index(o) if o is not None else len(task.alphabet) for o in folded.machine.outputs])
    return Automaton(
        machine=folded.machine,
        smallest=folded.smallest,
        needed=need,
        isomorphic=isomorphic(folded.machine, need),
        parting=None if wrong is None else tuple(task.letters[t % period] for t in range(wrong + 1)),
        said=None if wrong is None else names[run.predicted[wrong]],
        due=None if wrong is None else task.letters[(wrong + 1) % period],
        steps=len(run.codes),
        forever=run.forever,
        complete=learned.complete,
        fidelity=float(((says[states] == run.predicted) & (states >= 0)).mean()),
        states=states[: len(task.x)],
        places=places_of(states, task, folded.machine.size),
        merged=merged_places(states, run.s, task, folded.machine.size),
        positions=positions(states, run.s, folded.machine.size),
        learned=learned,
        run=run,
    )
