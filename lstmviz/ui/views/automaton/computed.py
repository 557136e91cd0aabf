"""What the engine finds of a trained network as a machine, once for all sessions."""

import zlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.clusters import Clustered, cluster
from lstmviz.automata.layout import layout
from lstmviz.automata.lstar import Learned, learn
from lstmviz.automata.machine import Machine
from lstmviz.automata.needed import needed
from lstmviz.automata.of_grammar import GrammarAutomaton, grammar_automaton
from lstmviz.automata.of_network import Automaton, automaton
from lstmviz.automata.places import places_of, walk
from lstmviz.changes.knockout import STRINGS, Knockout, knockout_by_unit
from lstmviz.packing import packet
from lstmviz.predictions.outcome import legal_mass
from lstmviz.proof.of_network import STEPS, Proof, prove
from lstmviz.statemap import state_map
from lstmviz.tasks import DrawnTask, GrammarTask, PatternTask
from lstmviz.ui.background.bounds import KEPT_ENDS, KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import model_at, trace_all

_FAR_UNITS = 16
_FEWER_STEPS = 100_000  # of larger networks: a million steps of 64 units take some fifteen seconds


@dataclass(frozen=True, eq=False)
class Drawn:
    """A machine as the browser draws it."""

    kind: str
    """"network", "needed", "clusters" or "folded": its title in the browser's words"""
    machine: Machine
    states: NDArray[np.int64]
    """(T,) its state after each step of the text; -1 for none"""


@of_run()
def is_finite(run: Run) -> bool:
    """Whether a trained network can be followed; not one whose training diverged."""
    try:
        state_map(model_at(run, run.kept[-1]))
    except ValueError:
        return False
    return True


@of_run(KEPT_ENDS)
def found(run: Run) -> Automaton:
    """The automaton of a trained network that has not diverged; its `run` is left without the states."""
    seen = automaton(model_at(run, run.kept[-1]), run.text)
    return replace(seen, run=replace(seen.run, s=seen.run.s[:0]))  # of 64 units they are megabytes


@of_run(KEPT_ENDS)
def proof(run: Run) -> Proof:
    """What is proven of such a network."""
    steps = STEPS if run.experiment.hidden_size <= _FAR_UNITS else _FEWER_STEPS
    return prove(model_at(run, run.kept[-1]), run.text, steps=steps)


def asked(run: Run, domain: str) -> Learned:
    """How L* learns it from the words of a domain."""
    return found(run).learned if domain == "text" else _asked(run, domain)


@of_run(KEPT_PACKETS)
def _asked(run: Run, domain: str) -> Learned:
    return learn(state_map(model_at(run, run.kept[-1])), run.text, domain)


@of_run(KEPT_ENDS)
def clustered(run: Run) -> Clustered | None:
    """The automaton of its clustered states; None where they grow without bound."""
    try:
        return cluster(state_map(model_at(run, run.kept[-1])), run.text)
    except ValueError:
        return None


@of_run(KEPT_ENDS)
def packed_machines(run: Run) -> bytes:
    """The network's machine and the one required, for the browser; `graph/machines.js` has the shape."""
    seen, task = found(run), run.text
    own = Drawn("network", seen.machine, seen.states)
    due = needed(task)
    return _pack(task, seen.run.predicted, [own, Drawn("needed", due, walk(due, task.x))])


@of_run(KEPT_ENDS)
def packed_clusters(run: Run) -> bytes:
    """The machine of the clusters, where there are some, and the same folded."""
    task, of = run.text, clustered(run)
    assert of is not None
    states = np.full(len(task.x), -1)
    states[: of.steps] = of.states[: len(states)]
    shown = [Drawn("clusters", of.machine, states), Drawn("folded", of.folded, walk(of.folded, task.x))]
    return _pack(task, found(run).run.predicted, shown)


@of_run(KEPT_ENDS)
def found_on_strings(run: Run) -> GrammarAutomaton:
    """The automaton of a trained network that has not diverged, of a task that asks about many strings."""
    assert isinstance(run.task, DrawnTask)
    return grammar_automaton(model_at(run, run.kept[-1]), run.task)


@of_run(KEPT_ENDS)
def silenced(run: Run) -> Knockout | None:
    """What each unit of a network holds of T or P; None where the task has none."""
    task = run.task
    if not isinstance(task, GrammarTask) or task.grammar not in STRINGS:
        return None
    return knockout_by_unit(model_at(run, run.kept[-1]), task)


@of_run(KEPT_ENDS)
def packed_on_strings(run: Run) -> bytes:
    """Its machine and the one required, for the browser, and how probable what may come is at each step of the face."""
    seen, task = found_on_strings(run), run.task
    due = [None if state < 0 else seen.needed.outputs[state] for state in seen.due_states.tolist()]
    names = list(dict.fromkeys([None, *seen.said_along, *due]))
    foretells = task.answers == task.alphabet
    shown = [Drawn("network", seen.machine, seen.states), Drawn("needed", seen.needed, seen.due_states)]
    about = {
        "kind": "machines",
        "asks": "symbols" if foretells else "answer",
        "opening": seen.opening,
        "names": names,
        "machines": [_told(one, due, [()] * one.machine.size) for one in shown],
    }
    arrays = {
        "states": np.stack([one.states for one in shown]).astype(np.int32),
        "predicted": np.array([names.index(name) for name in seen.said_along], dtype=np.int32),
        "due": np.array([names.index(name) for name in due], dtype=np.int32),
    }
    if foretells:
        arrays["mass"] = legal_mass(trace_all(run).snapshot(-1), task).astype(np.float32)
    return zlib.compress(packet(about, arrays), 1)


def _pack(task: PatternTask, predicted: NDArray[np.int64], shown: Sequence[Drawn]) -> bytes:
    due = [task.alphabet[code] for code in task.y]
    about = {
        "kind": "machines",
        "asks": "letter",
        "opening": task.letters[0],
        "names": [*task.alphabet, None],
        "machines": [_told(one, due, places_of(one.states, task, one.machine.size)) for one in shown],
    }
    arrays = {
        "states": np.stack([one.states for one in shown]).astype(np.int32),
        "predicted": predicted[: len(task.x)].astype(np.int32),
        "due": task.y.astype(np.int32),
    }
    return zlib.compress(packet(about, arrays), 1)


def _told(one: Drawn, due: Sequence[Hashable], places: Sequence[Sequence[str]]) -> dict[str, Any]:
    machine, states = one.machine, one.states
    drawn = layout(machine, list(dict.fromkeys(states[states >= 0].tolist())))
    wrong = np.array([state >= 0 and machine.outputs[state] != due[t] for t, state in enumerate(states.tolist())])
    seen = states >= 0
    return {
        "kind": one.kind,
        "start": machine.start,
        "says": list(machine.outputs),
        "positions": drawn.positions.round(4).tolist(),
        "edges": [[edge.source, edge.target, list(edge.letters), edge.bent] for edge in drawn.edges],
        "places": [list(labels) for labels in places],
        "steps": np.bincount(states[seen], minlength=machine.size).tolist(),
        "wrong": np.bincount(states[seen & wrong], minlength=machine.size).tolist(),
    }
