"""The states that a map leads back to themselves, alone or in a cycle, after the training: all of them in a table."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from lstmviz.cells.step import Array
from lstmviz.dynamics.fixed_points import Cycles, FixedPoints, cycles, fixed_points
from lstmviz.dynamics.planes import state_names
from lstmviz.figures.theme import number
from lstmviz.statemap import StateMap
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.views.states.born import MOST_UNITS
from lstmviz.ui.views.states.maps import asked_letter, inputs_of, said_of_map, symbol_of
from lstmviz.ui.views.states.points import last_map

BAR = "\\|"  # within a cell of a table, where a bare one would end it
_LONGEST = 4  # states of a cycle that is looked for
_MOST_COLUMNS = 8
_MOST_ROWS = 40


@dataclass(frozen=True, eq=False)
class _Found:
    points: FixedPoints
    cycles: Cycles | None


def show(run: Run) -> None:
    """Draw the table for the map whose arrows the URL asks for."""
    f = last_map(run)
    if f is None:
        st.info(_("The training diverged: its weights are no finite numbers, and nothing can be followed further."))
        return
    letter = asked_letter(run)
    found = remembered(lambda: _find(run, f, letter), "resting", run.known, letter)
    named = _named(run, letter)
    st.markdown(
        _("After the training, of the map of **{what}** (choose another above, at the arrows):").format(what=named)
    )
    rows = _rows(found, state_names(f))
    if len(rows) > 2:
        st.markdown("\n".join(rows))
    st.caption(_how_hard(found))


def _named(run: Run, letter: int) -> str:
    """What the map reads, for Markdown."""
    if letter == 0:
        return _("a whole pattern")
    if run.task.of_numbers:
        return _("{what} again and again").format(what=said_of_map(run, letter))
    return _("the letter {letter} again and again").format(letter=escape(symbol_of(run, letter)))


def _find(run: Run, f: StateMap, letter: int) -> _Found:
    xs = inputs_of(run, letter)
    near = np.concatenate([np.zeros((1, f.size)), f.states(run.task.inputs()[:60].astype(float))])
    around = cycles(f, xs, _LONGEST, near=near) if f.hidden_size <= MOST_UNITS else None
    return _Found(fixed_points(f, xs, near=near), around)


def _rows(found: _Found, names: tuple[str, ...]) -> list[str]:
    shown = names[:_MOST_COLUMNS]
    more = ["…"] if len(names) > len(shown) else []
    heads = [_("kind"), _("stable?"), _("largest |λ|"), *shown, *more]
    rows = [f"| {' | '.join(head.replace('|', BAR) for head in heads)} |", f"|{' --- |' * len(heads)}"]

    def row(kind: str, stable: bool, modulus: float, state: Array) -> None:
        values = [number(float(value)) for value in state[: len(shown)]]
        cells = [kind, _("yes") if stable else _("no"), f"{modulus:.3g}", *values, *more]
        rows.append(f"| {' | '.join(cells)} |")

    for point in found.points.points:
        row(_("stays"), point.stable, float(abs(point.eigenvalues[0])), point.s)
    for cycle in found.cycles.cycles if found.cycles else ():
        for k, state in enumerate(cycle.states):
            kind = _("cycle of {count}, state {k}").format(count=cycle.period, k=k + 1)
            row(kind, cycle.stable, float(abs(cycle.eigenvalues[0])), state)
    return rows[: _MOST_ROWS + 2]


def _how_hard(found: _Found) -> str:
    """How hard was looked, and what that is worth."""
    points = found.points
    text = ngettext(
        "{count} state stays: Newton's method was started {starts} times, and {converged} of these led to one.",
        "{count} states stay: Newton's method was started {starts} times, and {converged} of these led to one.",
        len(points.points),
    )
    said = [
        text.format(count=len(points.points), starts=f"{points.starts:,}", converged=f"{points.converged:,}"),
    ]
    if points.exhaustive:
        said.append(_("Each linear piece of the network was solved, so there are no others."))
    elif points.index is not None and points.index != 1:
        said.append(_("Some are missing: for all of them the signs of det(I − J) would add up to 1."))
    if found.cycles is None:
        said.append(_("Cycles are looked for in networks of {most} units at most.").format(most=MOST_UNITS))
    else:
        text = ngettext(
            "{count} cycle of 2 to {longest} states was found, from {starts} starts.",
            "{count} cycles of 2 to {longest} states were found, from {starts} starts.",
            len(found.cycles.cycles),
        )
        starts = f"{found.cycles.starts:,}"
        said.append(text.format(count=len(found.cycles.cycles), longest=found.cycles.longest, starts=starts))
    shown = len(points.points) + sum(cycle.period for cycle in (found.cycles.cycles if found.cycles else ()))
    if shown > _MOST_ROWS:
        said.append(_("The first {count} are in the table.").format(count=_MOST_ROWS))
    return " ".join(said)
