"""Grids of seeds on a page: every network a small picture, and all of them learn at once in the browser.

The part itself, in this folder, asks the server for nothing while it is played, scrubbed, sorted or looked
into. A click on a picture opens that network on every page, and one more goes inside.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.figures.sweeps import CELL_COLOURS
from lstmviz.figures.theme import Palette, largest
from lstmviz.packing import MOST_NUMBERS, join, packet
from lstmviz.sweeps import Bundle, BundleResult
from lstmviz.sweeps.config import steps_of
from lstmviz.tasks import PatternTask, Task, named_task
from lstmviz.ui.frame.controls.experiment import Experiment, change_experiment, current_experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.controls.lessons import ANSWERS
from lstmviz.ui.frame.language import N_, _, language, ngettext
from lstmviz.ui.frame.navigation import go_inside
from lstmviz.ui.frame.notice import notice
from lstmviz.ui.parts.part import Part
from lstmviz.ui.waiting.sweep import redraw_page

_MARKS = {
    "": N_(
        "The number beside the mark is by how much the right letter leads where it leads least. ✓: it leads everywhere "
        "by more than 0.1; ≈: it leads, but by no more than that, as a tossed coin may; ✗: not everywhere."
    ),
    "sequence": N_(
        "The number beside the mark is by how much what is due leads where it leads least. ✓: it leads everywhere by "
        "more than 0.1; ≈: it leads, but by no more than that, as a tossed coin may; ✗: not everywhere."
    ),
    "numbers": N_(
        "The number beside the mark is the tolerance less the largest error. ✓: every number is within the tolerance; "
        "✗: one is not."
    ),
}
_KEPT = 128  # packets, of a tenth of a megabyte each as a rule; all of one grid are 20 MB at most
_INSIDE = "_look_inside"  # in the session's state: the next run goes on to the network that was opened
_part = Part(Path(__file__).resolve().parent)
_grid = _part.component("lstmviz_seed_grid")


@dataclass(frozen=True)
class Group:
    """Networks that differ by their seed alone, shown as one block."""

    cell: str
    hidden_size: int
    parameters: int
    """how many numbers each of them learns"""
    seeds: tuple[int, ...]
    """in the order of the pictures"""
    task: str
    lr: float
    epochs: int

    @classmethod
    def of(cls, bundle: Bundle, seeds: tuple[int, ...]) -> "Group":
        """The networks like those of `bundle`, of all `seeds`."""
        return cls(bundle.cell, bundle.hidden_size, bundle.parameters, seeds, bundle.task, bundle.lr, bundle.epochs)

    def experiment(self, seed: int) -> Experiment:
        """The experiment that one of the pictures stands for."""
        return Experiment(self.task, self.cell, self.hidden_size, seed, self.lr, self.epochs)

    @property
    def numbers(self) -> int:
        """How many numbers all its pictures show."""
        rows = len(_rows(self.task).reads)
        return len(self.seeds) * rows * (self.hidden_size + named_task(self.task).output_size)

    def holds(self, bundle: Bundle) -> bool:
        """Whether the networks of `bundle` are among these."""
        return (bundle.task, bundle.cell, bundle.hidden_size, bundle.lr, bundle.epochs) == (
            self.task,
            self.cell,
            self.hidden_size,
            self.lr,
            self.epochs,
        )


def kind(task: Task) -> str:
    """How networks of `task` are judged: by the letter of a pattern (""), in a "sequence", or by "numbers"."""
    return "" if isinstance(task, PatternTask) else "numbers" if task.of_numbers else "sequence"


def marks_say(kind: str) -> str:
    """What the mark and the number below each picture mean."""
    return _(_MARKS[kind])


def show(
    key: str,
    groups: Sequence[Group],
    results: Sequence[BundleResult],
    *,
    columns: int,
    busy: bool,
) -> None:
    """Draw the networks of `groups`; those that are in none of the `results` are empty frames.

    Args:
        key: by which the browser knows this grid again, with its place in the training.
        groups: blocks of pictures, one for each kind of network.
        results: what has come so far, in any order.
        columns: pictures in a row of a block.
        busy: whether more results are to come.
    """
    opened = current_experiment()
    if st.session_state.pop(_INSIDE, False):
        go_inside(opened)
    stride = ceil(sum(group.numbers for group in groups) * _snapshots(results) / MOST_NUMBERS) or 1
    parts = {f"{k}": _packed(result.bundle, stride, result) for k, result in enumerate(results)}
    header = {
        "key": key,
        "language": language(),
        "words": _part.words(language()),
        "themes": {name: _theme(dark=name == "dark") for name in ("light", "dark")},
        "columns": columns,
        "busy": busy,
        "groups": [_about(group, groups, results, opened) for group in groups],
    }
    _grid(key=key, data=join(header, parts), on_open_change=lambda: _open(key, groups))


def _snapshots(results: Sequence[BundleResult]) -> int:
    return max((len(result.bundle.kept) for result in results), default=0)


def _about(
    group: Group, groups: Sequence[Group], results: Sequence[BundleResult], opened: Experiment
) -> dict[str, Any]:
    """What the browser is told of a group beside its numbers; its shape is in `networks.js`."""
    name = CELL_NAMES[group.cell]
    nodes = ngettext("{count} node", "{count} nodes", group.hidden_size).format(count=group.hidden_size)
    alone = [other.cell for other in groups].count(group.cell) == 1
    rows = _rows(group.task)
    here = opened.seed in group.seeds and opened == group.experiment(opened.seed)
    return {
        "cell": group.cell,
        "title": name,
        "nodes": nodes,
        "parameters": group.parameters,
        "name": name if alone else f"{name}, {nodes}",
        "seeds": list(group.seeds),
        "training": [group.task, group.lr, group.epochs],
        "shape": {"rows": len(rows.reads), "units": group.hidden_size, "letters": len(rows.told)},
        **_in_words(rows),
        "parts": [f"{k}" for k, result in enumerate(results) if group.holds(result.bundle)],
        "opened": opened.seed if here else None,
    }


@dataclass(frozen=True)
class _Rows:
    """What the rows of all pictures of a task are about."""

    reads: tuple[str, ...]
    """what each row has read"""
    due: tuple[tuple[str, ...], ...]
    """what is due after it, or may come; nothing where nothing is asked"""
    told: tuple[str, ...]
    """the names of the columns of what is told; of numbers without one"""
    of_numbers: bool


@lru_cache(maxsize=64)
def _rows(name: str) -> _Rows:
    task = named_task(name)
    steps = steps_of(task)
    asked = task.scored[steps]
    if task.of_numbers:
        targets = zip(task.target_labels[steps], asked, strict=True)
        wanted: tuple[tuple[str, ...], ...] = tuple((label,) if one else () for label, one in targets)
        return _Rows(task.labels[steps], wanted, ("",) * task.output_size, True)
    legal = np.eye(task.output_size, dtype=bool)[task.y] if task.legal is None else task.legal
    due = tuple(
        tuple(task.answers[k] for k in np.flatnonzero(row)) if one else ()
        for row, one in zip(legal[steps], asked, strict=True)
    )
    reads = tuple(task.alphabet[k] for k in task.x[steps]) if task.alphabet else task.labels[steps]
    return _Rows(reads, due, task.answers, False)


def _in_words(rows: _Rows) -> dict[str, Any]:
    """The same for the browser, in the session's language."""

    def said(answer: str) -> str:
        return _(ANSWERS[answer]) if answer in ANSWERS else answer

    return {
        "reads": list(rows.reads),
        "due": [[said(one) for one in row] for row in rows.due],
        "told": [said(one) for one in rows.told],
        "numbers": rows.of_numbers,
    }


# The digits of a bundle's numbers are decided by the bundle.
@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _packed(bundle: Bundle, stride: int, _result: BundleResult) -> bytes:
    """One bundle for the browser, at every `stride`-th of its snapshots from the last one back, and at the first.

    Its shape is in `networks.js`, that of all that the grid is told in `main.js`.
    """
    last = len(bundle.kept) - 1
    shown = sorted({0, *range(last, -1, -stride)})
    epochs = [bundle.kept[e] for e in shown]
    outputs = _result.probabilities
    header = {
        "seeds": list(bundle.seeds),
        "epochs": epochs,
        "rows": outputs.shape[2],
        "units": bundle.hidden_size,
        "letters": outputs.shape[3],
        "margin": bundle.margin,
        "numbers": bundle.learned.of_numbers,
    }
    arrays = {
        "h": _result.h[shown],
        "probabilities": outputs[shown],
        "losses": _result.losses[epochs],
        "margins": _result.margins[shown],
        "diverged": _result.diverged_at.astype(np.int32),
        "largest": np.array([largest(_result.h[:, n]) for n in range(len(bundle.seeds))]),
        "largest_told": np.array([largest(outputs[:, n]) for n in range(len(bundle.seeds))]),
    }
    return zlib.compress(packet(header, arrays), 1)  # a higher level takes longer than it saves


def _theme(*, dark: bool) -> dict[str, Any]:
    palette, notes = Palette(dark=dark), Palette(dark=dark, lecture=True)
    scales = {"h": palette.scale("h"), "yhat": palette.scale("yhat"), "notes": notes.scale("h")}
    return {
        "quiet": palette.quiet,
        "rule": palette.rule,
        "cells": {name: shades[dark] for name, shades in CELL_COLOURS.items()},
        "scales": {name: scale.colours for name, scale in scales.items()},
    }


def _open(key: str, groups: Sequence[Group]) -> None:
    """Make the network that was clicked, if it is one of the pictures, the experiment of every page."""
    match st.session_state[key].open:
        case {"group": int() | float() as number, "seed": int() | float() as seed} if number in range(len(groups)):
            group = groups[int(number)]
        case _:
            return
    if seed in group.seeds:
        change_experiment(**group.experiment(int(seed)).params())
        redraw_page()
        if st.session_state[key].open.get("inside") is True:
            st.session_state[_INSIDE] = True
            return
        text = _("On every page now: {cell}, seed {seed}.")
        notice(text.format(cell=CELL_NAMES[group.cell], seed=int(seed)), icon=":material/open_in_new:")
