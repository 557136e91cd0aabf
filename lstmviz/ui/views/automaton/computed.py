"""What the engine finds of a trained network as a machine, once for all sessions."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lstmviz.automata.clusters import Clustered, cluster
from lstmviz.automata.layout import layout
from lstmviz.automata.lstar import Learned, learn
from lstmviz.automata.machine import Machine
from lstmviz.automata.needed import needed
from lstmviz.automata.of_network import Automaton, automaton
from lstmviz.automata.places import places_of, walk
from lstmviz.packing import packet
from lstmviz.proof.of_network import STEPS, Proof, prove
from lstmviz.statemap import state_map
from lstmviz.tasks import Task
from lstmviz.ui.background.bounds import KEPT_ENDS, KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.traces import model_at
from lstmviz.ui.frame.experiment import Experiment

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


def is_finite(run: Run) -> bool:
    """Whether a trained network can be followed; not one whose training diverged."""
    return _is_finite(run.experiment, run.kept, run)


def found(run: Run) -> Automaton:
    """The automaton of a trained network that has not diverged; its `run` is left without the states."""
    return _found(run.experiment, run.kept, run)


def proof(run: Run) -> Proof:
    """What is proven of such a network."""
    return _proof(run.experiment, run.kept, run)


def asked(run: Run, domain: str) -> Learned:
    """How L* learns it from the words of a domain."""
    return found(run).learned if domain == "text" else _asked(run.experiment, run.kept, domain, run)


def clustered(run: Run) -> Clustered | None:
    """The automaton of its clustered states; None where they grow without bound."""
    return _clustered(run.experiment, run.kept, run)


def packed_machines(run: Run) -> bytes:
    """The network's machine and the one required, for the browser; `graph/machines.js` has the shape."""
    return _packed(run.experiment, run.kept, run)


def packed_clusters(run: Run, of: Clustered) -> bytes:
    """The machine of the clusters, and the same folded."""
    return _packed_clusters(run.experiment, run.kept, run, of)


@st.cache_data(max_entries=256, show_spinner=False)
def _is_finite(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> bool:
    try:
        state_map(model_at(_run, kept[-1]))
    except ValueError:
        return False
    return True


@st.cache_resource(max_entries=KEPT_ENDS, show_spinner=False)
def _found(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> Automaton:
    seen = automaton(model_at(_run, kept[-1]), _run.task)
    return replace(seen, run=replace(seen.run, s=seen.run.s[:0]))  # of 64 units they are megabytes


@st.cache_resource(max_entries=KEPT_ENDS, show_spinner=False)
def _proof(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> Proof:
    steps = STEPS if experiment.hidden_size <= _FAR_UNITS else _FEWER_STEPS
    return prove(model_at(_run, kept[-1]), _run.task, steps=steps)


@st.cache_resource(max_entries=KEPT_PACKETS, show_spinner=False)
def _asked(experiment: Experiment, kept: tuple[int, ...], domain: str, _run: Run) -> Learned:
    return learn(state_map(model_at(_run, kept[-1])), _run.task, domain)


@st.cache_resource(max_entries=KEPT_ENDS, show_spinner=False)
def _clustered(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> Clustered | None:
    try:
        return cluster(state_map(model_at(_run, kept[-1])), _run.task)
    except ValueError:
        return None


@st.cache_resource(max_entries=KEPT_ENDS, show_spinner=False)
def _packed(experiment: Experiment, kept: tuple[int, ...], _run: Run) -> bytes:
    seen, task = found(_run), _run.task
    own = Drawn("network", seen.machine, seen.states)
    due = needed(task)
    return _pack(task, seen.run.predicted, [own, Drawn("needed", due, walk(due, task.x))])


@st.cache_resource(max_entries=KEPT_ENDS, show_spinner=False)
def _packed_clusters(experiment: Experiment, kept: tuple[int, ...], _run: Run, _of: Clustered) -> bytes:
    task = _run.task
    states = np.full(len(task.x), -1)
    states[: _of.steps] = _of.states[: len(states)]
    shown = [Drawn("clusters", _of.machine, states), Drawn("folded", _of.folded, walk(_of.folded, task.x))]
    return _pack(task, found(_run).run.predicted, shown)


def _pack(task: Task, predicted: NDArray[np.int64], shown: Sequence[Drawn]) -> bytes:
    about = {"kind": "machines", "machines": [_told(one, task) for one in shown]}
    arrays = {
        "states": np.stack([one.states for one in shown]).astype(np.int32),
        "predicted": predicted[: len(task.x)].astype(np.int32),
    }
    return zlib.compress(packet(about, arrays), 1)


def _told(one: Drawn, task: Task) -> dict[str, Any]:
    machine, states = one.machine, one.states
    drawn = layout(machine, list(dict.fromkeys(states[states >= 0].tolist())))
    due = [task.alphabet[code] for code in task.y]
    wrong = np.array([state >= 0 and machine.outputs[state] != due[t] for t, state in enumerate(states.tolist())])
    seen = states >= 0
    return {
        "kind": one.kind,
        "start": machine.start,
        "says": list(machine.outputs),
        "positions": drawn.positions.round(4).tolist(),
        "edges": [[edge.source, edge.target, list(edge.letters), edge.bent] for edge in drawn.edges],
        "places": [list(labels) for labels in places_of(states, task, machine.size)],
        "steps": np.bincount(states[seen], minlength=machine.size).tolist(),
        "wrong": np.bincount(states[seen & wrong], minlength=machine.size).tolist(),
    }
