"""The machine that a language requires, as the literature draws it, and the place in it while a string is read."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from plotly.graph_objects import Figure

from lstmviz.automata.counting import CountingMachine, counting_machine
from lstmviz.automata.machine import Machine
from lstmviz.automata.reference import place_in, reference_machine
from lstmviz.cells.step import Array
from lstmviz.figures.automata import walk
from lstmviz.figures.theme import Palette
from lstmviz.grammars import ASKED, COUNTED, GrammarConfig
from lstmviz.tasks import GrammarTask
from lstmviz.ui.frame.controls.lessons import ANSWERS
from lstmviz.ui.frame.language import _

# Where Reber (1967) has the states of his graph: by the shortest string that leads to each.
_REBER: dict[str, tuple[float, float]] = {
    "B": (0, 0),
    "BT": (1, 0.6),
    "BP": (1, -0.6),
    "BTX": (2, 0.6),
    "BPV": (2, -0.6),
    "BTXS": (3, 0),
}
_COPY = {"T": 1.35, "P": -1.35}
_EMBEDDED: dict[str, tuple[float, float]] = {
    "B": (-2, 0),
    **{f"B{way}": (-1, high) for way, high in _COPY.items()},
    **{f"B{way}{one}": (x, 0.75 * y + high) for way, high in _COPY.items() for one, (x, y) in _REBER.items()},
    **{f"B{way}BTXSE": (4, high) for way, high in _COPY.items()},
    "BTBTXSET": (5, 0),
}
_CONTINUAL: dict[str, tuple[float, float]] = {**_EMBEDDED, "BTBTXSETE": (1.5, 0)}  # where the next string is to begin
_PLACES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "reber": _REBER,
    "embedded_reber": _EMBEDDED,
    "continual_reber": _CONTINUAL,
}


def place_figure(config: GrammarConfig, symbols: str, palette: Palette, title: str) -> Figure:
    """The graph with a slider for the place after each symbol that is read; of what counts, the control."""
    task = config.task()
    if config.language in COUNTED:
        return _control_figure(counting(config), symbols[:-1], palette, title)
    read = symbols if config.language in ASKED else symbols[:-1]
    machine = reference_machine(task)
    at: Array | None = None
    if config.language in _PLACES:
        at = np.zeros((machine.size, 2))
        for word, where in _PLACES[config.language].items():
            at[place_in(task, word)[-1]] = where
    return walk(_spoken(machine), place_in(task, read), read, palette, title, at)


def counting(config: GrammarConfig) -> CountingMachine:
    """The machine with counters of a language that counts."""
    task = config.task()
    assert isinstance(task, GrammarTask)
    return counting_machine(task)


def _control_figure(machine: CountingMachine, read: str, palette: Palette, title: str) -> Figure:
    at = np.array([(2.0 * state, 0.0) for state in range(machine.control.size)])
    return walk(machine.control, machine.places(read), read, palette, title, at)


def _spoken(machine: Machine) -> Machine:
    """The machine with its answers in the session's language."""
    return dataclasses.replace(machine, outputs=tuple(_(ANSWERS.get(str(one), str(one))) for one in machine.outputs))
