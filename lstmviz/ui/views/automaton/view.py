"""The machine of a network beside the one that its task requires, and the sentences about both."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.automata.lstar import MAX_STATES
from lstmviz.automata.of_network import Automaton
from lstmviz.automata.places import MergedPlaces, walk
from lstmviz.figures.theme import number
from lstmviz.packing import join
from lstmviz.tasks import PatternTask
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed_end
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.frame.language import _, language
from lstmviz.ui.frame.prose import Value, aloud
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.talk import answer, header
from lstmviz.ui.views.automaton.computed import found, is_finite, packed_machines

_KEY = "automaton"
_MOST_MERGED = 3
_MOST_PLACES = 6
_EQUAL = 5e-4
_MOST_LETTERS = 24  # of a text that is spelled out
_part = Part(Path(__file__).resolve().with_name("graph"))
_graphs = _part.component("lstmviz_automaton")


def graphs(run: Run) -> None:
    """Draw both machines, and the text that walks through them."""
    if not is_finite(run):
        st.info(_("The training diverged: its weights are no finite numbers, so there is no machine to draw."))
        return
    with st.spinner(_("Asking the network"), show_time=True):
        machines = packed_machines(run)
    draw(run, machines, _KEY, walk=True)


def draw(run: Run, machines: bytes, key: str, *, walk: bool) -> None:
    """Draw two machines; with `walk` also the text that walks through them, and what plays it."""
    told = header(_part, run, 1.0) | {"walk": walk}
    parts = {"first": packed_end(run), "machines": machines}
    _graphs(key=key, data=join(told, parts), on_ask_change=lambda: answer(key))


def table(rows: list[tuple[str, str]]) -> str:
    """Names and numbers, as Markdown."""
    head = _("number")
    return "\n".join([f"| | {head} |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def text(run: Run) -> tuple[str, dict[str, Value]]:
    """Which text fits a run, and the values in it."""
    return _text(run, language())


@of_run()
def _text(run: Run, code: str) -> tuple[str, dict[str, Value]]:
    if not is_finite(run):
        return "automaton_diverged", {"epoch": f"{run.diverged_at or 0:,}"}
    seen = found(run)
    said = [_parting_says(seen), *_merged_says(seen, run.text)]
    return "automaton", {
        "pattern": run.text.pattern,
        "first": run.text.letters[0],
        "verdict": _verdict(seen, run.text.period),
        "parting": " ".join(sentence for sentence in said if sentence),
        "checked": _checked(seen, len(run.text.x)),
    }


def _verdict(seen: Automaton, period: int) -> str:
    """Whether the two machines are one."""
    states = {"own": seen.machine.size, "needed": seen.needed.size, "steps": f"{seen.steps:,}"}
    if not seen.complete:
        text = _(
            "This network needs more than {most} states. Drawn is the best machine that was found: it says what the "
            "network says at {fidelity} of the steps."
        )
        return text.format(most=max(MAX_STATES, 4 * period), fidelity=aloud(seen.fidelity))
    if seen.isomorphic:
        text = _(
            "Over all {steps} steps checked this network is the very machine that its task requires: {needed} states, "
            "the same arrows, the same letters."
        )
    elif seen.parting is None:
        text = _(
            "This network is not the machine that its task requires: it has {own} states where {needed} would do. Yet "
            "it names no letter wrong in {steps} steps."
        )
    elif seen.machine.size == seen.needed.size:
        text = _(
            "This network is not the machine that its task requires: it has as many states, {own}, but they move or "
            "speak otherwise."
        )
    else:
        text = _(
            "This network is not the machine that its task requires: it has {own} states, and {needed} are needed."
        )
    return text.format(**states)


def _parting_says(seen: Automaton) -> str:
    """The shortest text on which they part."""
    if seen.parting is None:
        return ""
    letters = "".join(seen.parting)
    values: dict[str, Any] = {"said": seen.said, "due": seen.due, "count": f"{len(seen.parting):,}"}
    if len(seen.parting) > _MOST_LETTERS:
        letters = "…" + "".join(seen.parting[-_MOST_LETTERS:])
    if seen.said is None:
        text = _("The shortest text on which they part is “{text}”: there the network's numbers are not finite.")
    else:
        text = _(
            "The shortest text on which they part is “{text}”, of length {count}: there the network says “{said}”, "
            "and “{due}” comes."
        )
    return text.format(text=letters, **values)


def _merged_says(seen: Automaton, task: PatternTask) -> list[str]:
    """Which places the network takes for one, again and again or at the beginning alone."""
    need, half = walk(seen.needed, task.x), len(task.x) // 2
    again, once = list[MergedPlaces](), list[MergedPlaces]()
    for one in seen.merged:
        late = np.flatnonzero(seen.states[half:] == one.state) + half
        (again if len(set(need[late].tolist())) > 1 else once).append(one)
    said = list[str]()
    if again:
        text = _("It takes for one what the task needs to tell apart: {groups}.")
        said.append(text.format(groups=_groups(again)))
        distance = max(one.distance for one in again)
        if distance < _EQUAL:
            said.append(_("Its hidden states there are equal to three decimals: the difference is gone."))
        else:
            text = _("Its hidden states there still lie up to {distance} from each other, but no prediction shows it.")
            said.append(text.format(distance=number(distance)))
    if once:
        text = _("Only at the beginning of the text it takes for one what the task needs to tell apart: {groups}.")
        said.append(text.format(groups=_groups(once)))
    return said


def _groups(merged: list[MergedPlaces]) -> str:
    """Places that share a state: "b1, b2 (state 4)"."""
    text = _("{places} (state {state})")
    groups = [text.format(places=_places(one.labels), state=one.state + 1) for one in merged[:_MOST_MERGED]]
    return "; ".join([*groups, "…"] if len(merged) > len(groups) else groups)


def _places(labels: tuple[str, ...]) -> str:
    return ", ".join([*labels[:_MOST_PLACES], "…"] if len(labels) > _MOST_PLACES else labels)


def _checked(seen: Automaton, steps: int) -> str:
    """How far it was checked."""
    text = _("Checked at every one of {steps} steps, {beyond} of them beyond the end of the text.")
    said = [text.format(steps=f"{seen.steps:,}", beyond=f"{seen.steps - steps:,}")]
    if seen.complete:
        said.append(_("There the machine says what the network says, each time (fidelity 100%)."))
    if seen.forever:
        said.append(_("The state came back to the last bit on the way, so what follows is the same for ever."))
    if not seen.smallest:
        said.append(_("Whether fewer states would do the same is not known."))
    return " ".join(said)
