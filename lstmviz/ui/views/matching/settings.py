"""What the URL says of the page, and its form: `?halves_cells=rnn_relu,lstm&halves_seeds=8` and so on."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lstmviz.matching import MatchingConfig
from lstmviz.matching.study import MAX_BATCH, MAX_HIDDEN, MAX_LONGEST
from lstmviz.ui.background.matching import Study
from lstmviz.ui.frame.controls.fields import CELL_NAMES, RefusedError, read, read_cells, read_whole_number
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _

MAX_SEEDS = 16
KINDS = {"repeat": N_("the second half repeats the first"), "mirror": N_("the second half mirrors the first")}
_NOTES = {
    "cells": "rnn_relu",
    "kind": "repeat",
    "hidden": "50",
    "longest": "10",
    "seeds": "8",
    "updates": "100000",
    "batch": "1",
    "lr": "0.001",
}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("the notes' network, 8 seeds"): _NOTES,
    N_("all four cells"): {**_NOTES, "cells": "rnn_relu,rnn,gru,lstm", "seeds": "2"},
    N_("mirrored"): {"kind": "mirror"},
    N_("16 sequences an update"): {"batch": "16", "updates": "20000"},
    N_("learning rate 0.0003"): {"lr": "0.0003"},
}
_RATES = ("0.0001", "0.0003", "0.001", "0.003", "0.01")
DIGITS = "4711347113"


def settings() -> Settings:
    """The settings in use."""
    return Settings(
        "halves",
        {
            "cells": Setting(_NOTES["cells"], read_cells),
            "kind": Setting(_NOTES["kind"], _read_kind),
            "hidden": Setting(_NOTES["hidden"], _read_hidden),
            "longest": Setting(_NOTES["longest"], _read_longest),
            "seeds": Setting(_NOTES["seeds"], _read_seeds),
            "updates": Setting(_NOTES["updates"], _read_updates),
            "batch": Setting(_NOTES["batch"], _read_batch),
            "lr": Setting(_NOTES["lr"], partial(read, "lr")),
            "digits": Setting(DIGITS, _read_digits),
        },
    )


def study_of(chosen: Settings) -> Study:
    """The networks that the settings ask for: every cell with every seed."""
    values = chosen.values
    return tuple(
        MatchingConfig(
            cell=cell,
            hidden_size=values["hidden"],
            longest=values["longest"],
            palindrome=values["kind"] == "mirror",
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


def _fields(chosen: Settings) -> None:
    chosen.several(st, _("Cells"), "cells", CELL_NAMES)
    chosen.choice(st, _("Question"), "kind", {kind: _(text) for kind, text in KINDS.items()}, filter_mode=None)
    left, right = st.columns(2, gap="small")
    chosen.text(left, _("Hidden nodes"), "hidden")
    chosen.text(right, _("Digits in the longest half"), "longest")
    chosen.text(left, _("Seeds"), "seeds")
    chosen.text(right, _("Updates"), "updates")
    chosen.text(left, _("Sequences an update"), "batch")
    usual = {rate: rate for rate in _RATES}
    chosen.choice(right, _("Learning rate"), "lr", usual, accept_new_options=True, filter_mode="prefix")


def _read_kind(text: str) -> str:
    if text not in KINDS:
        raise RefusedError(_("The question must be repeat or mirror; got {got}, so {kept} stays in use."))
    return text


def _read_hidden(text: str) -> int:
    sentence = _("Hidden nodes must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_HIDDEN, sentence)


def _read_longest(text: str) -> int:
    sentence = _("Digits in the longest half must be 2 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 2, MAX_LONGEST, sentence)


def _read_seeds(text: str) -> int:
    sentence = _("Seeds must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_SEEDS, sentence)


def _read_updates(text: str) -> int:
    sentence = _("Updates must be a whole number from 100 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 100, 100_000, sentence)


def _read_batch(text: str) -> int:
    sentence = _("Sequences an update must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_BATCH, sentence)


def _read_digits(text: str) -> str:
    """An even number of digits; what stands between them, as in "47 47", is left out."""
    digits = "".join(text.split())
    if not digits.isascii() or not digits.isdigit() or len(digits) % 2 or len(digits) > 2 * MAX_LONGEST:
        sentence = _("Type an even number of digits 0 to 9, at most {high}; got {got}, so {kept} stays in use.")
        raise RefusedError(sentence, high=2 * MAX_LONGEST)
    return digits
