"""The states of a run as paths, with what its map does to every other state: the part in the browser, and its text."""

from math import log
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.dynamics.counting import Trends, trends
from lstmviz.dynamics.planes import Clouds, clouds, state_names
from lstmviz.figures.theme import number
from lstmviz.packing import join
from lstmviz.predictions.outcome import mean_loss
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import largest_state, trace_at
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.beside import asked_beside
from lstmviz.ui.parts.run.sequence import said_of_sequence
from lstmviz.ui.parts.run.talk import answer, asked_steps, header
from lstmviz.ui.views.states import seeds
from lstmviz.ui.views.states.born import born, packed_points
from lstmviz.ui.views.states.maps import asked_letter, refused_letter, said_of_map, told_inputs
from lstmviz.ui.views.states.points import axes, last_map, states_of, told_sequences

_KEY = "states"
_CELLS = ("rnn", "lstm", "gru")
_LEAST_FACTOR = 1e-4  # of what is left of a deviation: less is not told apart
_part = Part(Path(__file__).resolve().with_name("portrait"))
_portrait = _part.component("lstmviz_states")


def portrait(run: Run) -> None:
    """Draw the paths of `run`, beside those of another network where the URL asks for one."""
    second, _epoch, beside, notices = asked_beside(run)
    shown = [run] if beside is None else [run, beside]
    steps = min(map(asked_steps, shown), key=len)
    parts = {"first": packed(run, steps), "points": packed_points(run, asked_letter(run))}
    if beside is not None:
        parts["second"] = packed(beside, steps)
    others = seeds.found(run)
    if others is not None:
        parts["seeds"] = others.packed
    told = header(_part, run, max(map(largest_state, shown))) | {
        "axes": {"first": axes(run), "second": None if beside is None else axes(beside)},
        "titles": {"first": run.experiment.network, "second": beside and beside.experiment.network},
        "cells": [[cell, CELL_NAMES[cell]] for cell in _CELLS],
        "beside": None if second is None or beside is None else second.cell,
        "letter": asked_letter(run),
        "seeds": {"asked": seeds.asked(run), "found": others and others.told},
        "usual": _usual_plane(run),
        "inputs": told_inputs(run),
        "chance": mean_loss(run.task) if run.task.of_numbers else log(run.task.output_size),
        "sequences": None if run.experiment.repeats_a_pattern else told_sequences(run.experiment.task),
    }
    seeds.progress(run)
    _portrait(key=_KEY, data=join(told, parts), on_ask_change=lambda: answer(_KEY))
    for notice in (*notices, refused_letter(run), seeds.refused(run)):
        if notice is not None:
            st.warning(notice)


@of_run()
def _usual_plane(run: Run) -> str:
    """The two hidden units that tell equal letters apart best, by their places in the state: "0,2".

    Of a sequence, where no place comes again, the two that change most.
    """
    hidden = run.experiment.hidden_size
    states = states_of(trace_at(run, run.kept[-1]))[:, :hidden]
    names = tuple(f"h{unit + 1}" for unit in range(hidden))
    if hidden == 1:
        return "0" if run.experiment.cell != "lstm" else "0,1"
    if run.experiment.repeats_a_pattern:
        pairs = clouds(states, names, run.text) if len(states) >= 2 * run.text.period else ()
        ranked = [names.index(gap.name) for pair in pairs for gap in pair.gaps[:2]]
    else:
        with np.errstate(all="ignore"):
            ranked = np.argsort(-states.std(axis=0), kind="stable").tolist()
    first, second = list(dict.fromkeys([*ranked, 0, 1]))[:2]
    return f"{min(first, second)},{max(first, second)}"


def text(run: Run) -> tuple[str, dict[str, Value]]:
    """Which text fits a run, and the values in it."""
    return _text(run, asked_letter(run), language())


@of_run()
def _text(run: Run, letter: int, code: str) -> tuple[str, dict[str, Value]]:
    f = last_map(run)
    if f is None:
        return "states_diverged", {"epoch": f"{run.diverged_at or 0:,}"}
    if not run.experiment.repeats_a_pattern:
        name = "states_numbers" if run.task.of_numbers else "states_sequence"
        return name, said_of_sequence(run) | {"points": _letter_says(run, letter)}
    said: dict[str, Value] = {"pattern": run.text.pattern}
    states = states_of(trace_at(run, run.kept[-1]))
    names = state_names(f)
    said |= {
        "clouds": _clouds_say(clouds(states, names, run.text)),
        "points": _points_say(run),
        "trend": _trend_says(trends(states, names, run.text)) if len(states) // run.text.period >= 5 else "",
    }
    return "states", said


def _clouds_say(found: tuple[Clouds, ...]) -> str:
    """Which number tells equal letters apart, and by how much, a sentence for each pair."""
    if not found:
        return _("No letter of this pattern is followed by different ones, so no memory is needed to name the next.")
    sentences = []
    for pair in found[:4]:
        best = pair.best()
        if best is None:
            continue
        values: dict[str, Any] = {
            "first": pair.labels[0],
            "second": pair.labels[1],
            "name": best.name,
            "a": number(best.at_first),
            "b": number(best.at_second),
            "periods": pair.periods,
            "margin": number(best.margin) if best.margin >= 5e-4 else f"{best.margin:.0e}",
        }
        if best.apart:
            text = _(
                "{first} and {second}: {name} is {a} on average at one and {b} at the other; over the last "
                "{periods} patterns {margin} lies free between them."
            )
        else:
            text = _(
                "{first} and {second}: no number tells them apart every time; the nearest to it is {name}, {a} "
                "and {b} on average, over the last {periods} patterns."
            )
        sentences.append(text.format(**values))
    return " ".join(sentences)


def _points_say(run: Run) -> str:
    """The points that the map of a whole pattern leads to themselves at the end, and how hard was looked."""
    found = born(run, 0)
    last = len(run.kept) - 1
    there = [branch for branch in found.branches if branch.last == last]
    stable = [branch for branch in there if branch.stable[-1]]
    if not there:
        text = _(
            "No state was found that a whole pattern leads back to itself ({starts} starts of Newton's method over all "
            "snapshots)."
        )
        return text.format(starts=f"{found.starts:,}")
    text = ngettext(
        "A whole pattern leads {count} state back to itself ({stable} stable)",
        "A whole pattern leads {count} states back to themselves ({stable} stable)",
        len(there),
    ).format(count=len(there), stable=len(stable))
    if stable:
        strongest = max(float(np.abs(branch.eigenvalues[-1, 0])) for branch in stable)
        factor = _factor(strongest) if strongest >= _LEAST_FACTOR else _("less than {share}").format(share=_factor(0.0))
        text += _(": with each pattern, a deviation shrinks to {factor} of itself.").format(factor=factor)
        return text
    return text + "."


def _letter_says(run: Run, letter: int) -> str:
    """The points that the map of one symbol, or of numbers, leads to themselves at the end, and how hard was looked."""
    found = born(run, letter)
    last = len(run.kept) - 1
    there = [branch for branch in found.branches if branch.last == last]
    stable = [branch for branch in there if branch.stable[-1]]
    what = said_of_map(run, letter)
    if not there:
        text = _(
            "No state was found that {what} leads back to itself ({starts} starts of Newton's method over all "
            "snapshots)."
        )
        return text.format(what=what, starts=f"{found.starts:,}")
    text = ngettext(
        "Read again and again, {what} leads {count} state back to itself ({stable} stable)",
        "Read again and again, {what} leads {count} states back to themselves ({stable} stable)",
        len(there),
    ).format(what=what, count=len(there), stable=len(stable))
    if stable:
        strongest = max(float(np.abs(branch.eigenvalues[-1, 0])) for branch in stable)
        return text + _(": each time, a deviation shrinks to {factor} of itself or less.").format(
            factor=_factor(strongest)
        )
    return text + "."


def _factor(modulus: float) -> str:
    percent = 100 * max(modulus, _LEAST_FACTOR)
    return f"{percent:.2g}%" if percent < 99 else f"{min(percent, 99.99):.4g}%"  # what shrinks is never the whole


def _trend_says(found: Trends) -> str:
    """Which numbers count."""
    if not found.counters:
        return _("No number of the state counts: none has a steady trend over the text.")
    name = found.counters[0]
    k = found.names.index(name)
    text = _("{name} counts: it changes by {change} with every pattern (R² = {r2}).")
    return text.format(name=name, change=number(float(found.per_period[k])), r2=f"{min(found.r2[k], 0.99999):.5f}")
