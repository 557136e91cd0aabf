"""Backpropagation one step at a time: every line of it with its numbers, for the part in the browser."""

import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.gradients import Backward, Factor, Line, Term, backpropagate, backward_lines, difference_from_autograd
from lstmviz.gradients import plain as in_plain
from lstmviz.gradients import symbol as symbol_of
from lstmviz.packing import join, packet
from lstmviz.predictions.patterns import telling_step
from lstmviz.tasks import PatternTask, Task
from lstmviz.ui.background.bounds import KEPT_PACKETS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed_end
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import model_at
from lstmviz.ui.frame.language import _
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.talk import answer, header

_KEY = "backward"
_PATTERNS = 2
_MOST_STEPS = 40
MOST_UNITS = 8
_MOST_TERMS = 8  # of one sum; the smallest of a longer one are added up
_WORDS = ("above", "next", "later")  # factors that are a word and not a sign
_GATE = re.compile(r"gate (?P<gate>\w+), unit (?P<unit>\d+)")
_LOGIT = re.compile(r"logit (?P<letter>\d+)")
_part = Part(Path(__file__).resolve().with_name("backward"))
_backward = _part.component("lstmviz_backward")


def show(run: Run) -> None:
    """Draw the player of the way back."""
    with st.spinner(_("Following the loss back"), show_time=True):  # half a second for wide networks
        parts = {"first": packed_end(run), "lines": packed_lines(run)}
    _backward(key=_KEY, data=join(header(_part, run, 1.0), parts), on_ask_change=lambda: answer(_KEY))


def steps_of(task: Task) -> range:
    """The steps that can be looked at: the last patterns, with the step that every page begins at.

    Of a sequence all of them, to the last at which something is asked.
    """
    if not isinstance(task, PatternTask):
        stop = _last_asked(task) + 1
        return range(max(stop - _MOST_STEPS, 0), stop)
    total = len(task.x)
    start = min(telling_step(task), total - _PATTERNS * task.period)
    return range(max(start, total - _MOST_STEPS, 0), total)


def _last_asked(task: Task) -> int:
    return int(np.flatnonzero(task.scored)[-1])


@of_run(4 * KEPT_PACKETS)
def packed_lines(run: Run) -> bytes:
    """The lines of all steps and units, deflated; `backward/lines.js` has the shape."""
    model, task = model_at(run, run.kept[-1]), run.task
    ways = {"all": backpropagate(model, task, loss="sum")}
    if task.scored.sum() > 1:  # else the last is all there is
        ways["last"] = backpropagate(model, task, at=_last_asked(task))
    steps, units = steps_of(task), min(run.experiment.hidden_size, MOST_UNITS)
    formulas: list[str] = []
    about = {
        "kind": "lines",
        "start": steps.start,
        "stop": steps.stop,
        "units": units,
        "ways": {
            name: {
                "loss": _told(back.loss),
                "difference": _told(difference_from_autograd(model, task, back)),
                "largest": _told(max(float(np.abs(one).max()) for one in back.gradients.values())),
                "lines": _steps(back, steps, units, task, formulas),
            }
            for name, back in ways.items()
        },
        "formulas": formulas,
    }
    return zlib.compress(packet(about, {}), 6)


def _steps(
    back: Backward, steps: range, units: int, task: Task, formulas: list[str]
) -> list[list[list[dict[str, Any]]]]:
    return [
        [[_line(one, task, formulas) for one in backward_lines(back, t, unit)] for unit in range(units)] for t in steps
    ]


def _line(line: Line, task: Task, formulas: list[str]) -> dict[str, Any]:
    formula = (
        in_plain(line.formula).rpartition(" = ")[2] if line.name not in ("above", "next") else in_plain(line.formula)
    )
    if formula not in formulas:
        formulas.append(formula)
    terms = sorted(line.terms, key=lambda term: -abs(term.value)) if len(line.terms) > _MOST_TERMS else line.terms
    rest = terms[_MOST_TERMS:]
    told: dict[str, Any] = {
        "name": line.name,
        "symbol": symbol_of(line.name),
        "formula": formulas.index(formula),
        "value": _told(line.value),
        "terms": [_term(term, task) for term in terms[:_MOST_TERMS]],
    }
    if rest:
        told["rest"] = [len(rest), _told(sum(term.value for term in rest))]
    return told


def _term(term: Term, task: Task) -> dict[str, Any]:
    origin: dict[str, Any] = {"from": term.name.replace(" ", "_").replace("+", "_")}
    if found := _GATE.fullmatch(term.name):
        origin = {"from": "gate", "gate": found["gate"], "unit": int(found["unit"])}
    elif found := _LOGIT.fullmatch(term.name):
        place = int(found["letter"]) - 1
        if task.of_numbers:
            origin = {"from": "number", "number": place}
        else:
            origin = {"from": "logit", "letter": task.answers[place]}
    return origin | {"value": _told(term.value), "factors": [_factor(one) for one in term.factors]}


def _factor(factor: Factor) -> list[Any]:
    name = f"⟨{factor.name}⟩" if factor.name in _WORDS else in_plain(factor.name)
    told: list[Any] = [name, _told(factor.value)]
    if factor.one_less is not None:
        told += [_told(factor.one_less[0]), factor.one_less[1]]
    return told


def _told(value: float) -> float | None:
    """A number as JSON has it: to nine digits, None where it is not finite."""
    return float(f"{value:.9g}") if np.isfinite(value) else None
