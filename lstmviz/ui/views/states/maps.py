"""The maps of a run: of a whole pattern, of a symbol that is read again and again, or of numbers that are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.cells.step import Array
from lstmviz.figures.theme import number
from lstmviz.statemap import pattern_inputs
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.controls.fields import quote
from lstmviz.ui.frame.language import _
from lstmviz.ui.parts.run.sequence import first_sequences

FACES = 25
"""Sequences of a task beside the one on display."""
_MEAN = 1  # the place of the mean among the inputs of a task of numbers, which begin with zeros
_EXTREMES = 4  # of how many numbers of an input the lowest and the highest are offered


@dataclass(frozen=True)
class _Input:
    """Numbers that a map reads."""

    numbers: tuple[float, ...]
    name: str


def asked_letter(run: Run) -> int:
    """The map that the URL asks for: 0 for a whole pattern, k for the letter or the input k - 1.

    A sequence that ends has no map as a whole: there it is the symbol that its task reads most often, or zeros.
    """
    text = st.query_params.get("map", "")
    return int(text) if _names_map(text, run) else _usual_map(run)


def refused_letter(run: Run) -> str | None:
    """A sentence where the URL asks for a map that this text or task has not."""
    text = st.query_params.get("map")
    if text is None or _names_map(text, run):
        return None
    if run.experiment.repeats_a_pattern:
        sentence = _(
            "This text has no map {got}, so that of a whole pattern is shown: maps are numbered from 0 to {high}."
        )
        return sentence.format(got=quote(text), high=_maps(run))
    sentence = _("This task has no map {got}, so that of {letter} is shown: maps are numbered from 1 to {high}.")
    return sentence.format(got=quote(text), letter=_name(run, _usual_map(run)), high=_maps(run))


def inputs_of(run: Run, letter: int) -> Array:
    """(P, V) what such a map reads: the letters of a pattern, one symbol, or numbers."""
    if run.task.of_numbers:
        return np.array([_inputs(run.experiment.task)[letter - 1].numbers])
    letters: Sequence[int] = run.text.x[: run.text.period].tolist() if letter == 0 else [letter - 1]
    return pattern_inputs(letters, len(run.task.alphabet))


def said_of_map(run: Run, letter: int) -> str:
    """What a map of one symbol, or of numbers, reads, in a sentence."""
    if run.task.of_numbers:
        return _("the input {numbers}").format(numbers=_name(run, letter))
    return _("the symbol {symbol}").format(symbol=_name(run, letter))


def symbol_of(run: Run, letter: int) -> str:
    """The symbol that such a map reads; a space is made visible, as `parts/run/data.js` does."""
    return run.task.alphabet[letter - 1].replace(" ", "␣")


def told_inputs(run: Run) -> list[dict[str, Any]] | None:
    """The inputs whose maps can be chosen in a task of numbers, as `portrait/looks.js` reads them; None elsewhere."""
    if not run.task.of_numbers:
        return None
    inputs = _inputs(run.experiment.task)
    return [{"name": _name(run, k), "x": list(one.numbers)} for k, one in enumerate(inputs, start=1)]


def _names_map(text: str, run: Run) -> bool:
    there = range(0 if run.experiment.repeats_a_pattern else 1, _maps(run) + 1)
    return text.isascii() and text.isdecimal() and len(text) < 4 and int(text) in there


def _maps(run: Run) -> int:
    """How many symbols or inputs there are to read again and again."""
    return len(_inputs(run.experiment.task)) if run.task.of_numbers else len(run.task.alphabet)


def _name(run: Run, letter: int) -> str:
    if not run.task.of_numbers:
        return quote(symbol_of(run, letter))
    name = _inputs(run.experiment.task)[letter - 1].name
    return _("{numbers} (mean)").format(numbers=name) if letter == _MEAN + 1 else name


def _usual_map(run: Run) -> int:
    if run.experiment.repeats_a_pattern:
        return 0
    return 1 if run.task.of_numbers else _most_read(run.experiment.task) + 1


@lru_cache(maxsize=64)
def _most_read(name: str) -> int:
    """The symbol that the first sequences of a task hold most often, the first one of equals."""
    faces = first_sequences(name, FACES)
    counts = np.bincount(np.concatenate([face.x for face in faces]), minlength=len(faces[0].alphabet))
    return int(counts.argmax())


@lru_cache(maxsize=64)
def _inputs(name: str) -> tuple[_Input, ...]:
    """Of a task of numbers: zeros, the mean of what is read, and each number at its ends while the others are 0."""
    read = np.concatenate([face.x for face in first_sequences(name, FACES)])
    found = [np.zeros(read.shape[1]), read.mean(axis=0)]
    for k in range(min(read.shape[1], _EXTREMES)):
        for value in (read[:, k].min(), read[:, k].max()):
            found.append(np.where(np.arange(read.shape[1]) == k, value, 0.0))
    return tuple(_Input(tuple(one.tolist()), f"x = {', '.join(map(_short, one.tolist()))}") for one in found)


def _short(value: float) -> str:
    """A number as a name has it: "0", "−1", "0.998"."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
