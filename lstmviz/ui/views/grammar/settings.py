"""What the URL says of the page, and its form: `?grammar_language=anbn&grammar_cells=lstm,rnn` and so on."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lstmviz.base.limits import MAX_SEED
from lstmviz.grammars import ASKED, COUNTED, LANGUAGES, STREAM, STREAMS, GrammarConfig
from lstmviz.grammars.config import MAX_BATCH, MAX_HIDDEN, MAX_LONGEST, MIN_LONGEST
from lstmviz.ui.background.grammars import Study
from lstmviz.ui.frame.controls.fields import CELL_NAMES, read, read_cells, read_one_of, read_whole_number
from lstmviz.ui.frame.controls.lessons import task_name
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _

MAX_SEEDS = 16
MAX_STRING = 60
TASKS = {
    "reber": "Reber grammar",
    "embedded_reber": "embedded Reber grammar",
    "continual_reber": "continual Reber grammar",
    "anbn": "a^n b^n",
    "anbncn": "a^n b^n c^n",
    "parity": "bit parity",
    **{f"tomita{number}": f"Tomita {number}" for number in range(1, 8)},
}
"""By the names that the URL has for the languages: what the task is called whose strings they are."""
_COUNT = {
    "language": "anbn",
    "cells": "lstm,gru,rnn",
    "hidden": "4",
    "longest": "10",
    "seeds": "4",
    "updates": "3000",
    "batch": "8",
    "lr": "0.02",
}
_BITS = {**_COUNT, "hidden": "6", "updates": "2000", "batch": "16", "lr": "0.03"}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("count: aⁿ bⁿ"): _COUNT,
    N_("count twice: aⁿ bⁿ cⁿ"): {**_COUNT, "language": "anbncn", "hidden": "6", "updates": "5000", "lr": "0.01"},
    N_("Reber: a few states"): {**_COUNT, "language": "reber", "hidden": "8", "updates": "1500"},
    N_("embedded Reber: T or P?"): {**_COUNT, "language": "embedded_reber", "hidden": "10", "cells": "lstm,rnn"},
    N_("continual Reber: without an end"): {
        **_COUNT,
        "language": "continual_reber",
        "hidden": "12",
        "updates": "2000",
        "cells": "lstm,rnn",
    },
    N_("parity"): {**_BITS, "language": "parity"},
    N_("Tomita 5"): {**_BITS, "language": "tomita5"},
}
_RATES = ("0.001", "0.003", "0.01", "0.02", "0.03", "0.05")


def settings() -> Settings:
    """The settings in use."""
    return Settings(
        "grammar",
        {
            "language": Setting(_COUNT["language"], partial(read_one_of, options=LANGUAGES, field=_("Language"))),
            "cells": Setting(_COUNT["cells"], read_cells),
            "hidden": Setting(_COUNT["hidden"], _read_hidden),
            "longest": Setting(_COUNT["longest"], _read_longest),
            "seeds": Setting(_COUNT["seeds"], _read_seeds),
            "updates": Setting(_COUNT["updates"], _read_updates),
            "batch": Setting(_COUNT["batch"], _read_batch),
            "lr": Setting(_COUNT["lr"], partial(read, "lr")),
            "network": Setting("", str),
            "string": Setting("", str),
            "number": Setting("0", _read_number),
        },
    )


def study_of(chosen: Settings) -> Study:
    """The networks that the settings ask for: every cell with every seed."""
    values = chosen.values
    return tuple(
        GrammarConfig(
            language=values["language"],
            cell=cell,
            hidden_size=values["hidden"],
            longest=values["longest"],
            updates=values["updates"],
            lr=values["lr"],
            batch=values["batch"],
            seed=seed,
        )
        for seed in range(values["seeds"])
        for cell in values["cells"]
    )


def controls(chosen: Settings) -> None:
    """The presets, and the form with all settings behind a button."""
    chosen.controls(_PRESETS, _fields, _("Train the networks"))


def length_title(language: str) -> str:
    """What the length of a string is called."""
    if language in COUNTED:
        return "n"
    if language in ASKED:
        return _("bits of the string")
    return _("symbols of the stream") if language in STREAMS else _("symbols of the string")


def _fields(chosen: Settings) -> None:
    names = {language: task_name(TASKS[language]) for language in LANGUAGES}
    chosen.choice(st, _("Language"), "language", names, filter_mode=None)
    chosen.several(st, _("Cells"), "cells", CELL_NAMES)
    left, right = st.columns(2, gap="small")
    chosen.text(left, _("Hidden nodes"), "hidden")
    help = _(
        "The largest n, or the most bits. Of the Reber grammars strings of all lengths are learned from, of the "
        "continual one streams of {symbols} symbols."
    ).format(symbols=STREAM)
    chosen.text(right, _("Longest learned"), "longest", help=help)
    chosen.text(left, _("Number of seeds"), "seeds")
    chosen.text(right, _("Updates"), "updates")
    chosen.text(left, _("Strings an update"), "batch")
    usual = {rate: rate for rate in _RATES}
    chosen.choice(right, _("Learning rate"), "lr", usual, accept_new_options=True, filter_mode="prefix")


def _read_hidden(text: str) -> int:
    sentence = _("Hidden nodes must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_HIDDEN, sentence)


def _read_longest(text: str) -> int:
    sentence = _("The longest learned must be 4 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, MIN_LONGEST, MAX_LONGEST, sentence)


def _read_seeds(text: str) -> int:
    sentence = _("Seeds must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_SEEDS, sentence)


def _read_updates(text: str) -> int:
    sentence = _("Updates must be a whole number from 100 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 100, 100_000, sentence)


def _read_batch(text: str) -> int:
    sentence = _("Strings an update must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_BATCH, sentence)


def _read_number(text: str) -> int:
    sentence = _("The number of a drawn string must be 0 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, MAX_SEED, sentence)
