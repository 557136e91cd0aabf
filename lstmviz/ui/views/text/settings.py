"""What the URL says of the page: its networks, `?text_of=anthem&text_cell=lstm`, and what they write, `?write_...`."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from lstmviz.tasks.text import MAX_WINDOW
from lstmviz.texts import SOURCES, TextConfig
from lstmviz.texts.study import MAX_EPOCHS, MAX_HIDDEN, MAX_LAYERS
from lstmviz.ui.background.texts import Study
from lstmviz.ui.frame.controls.fields import CELL_NAMES, read, read_one_of, read_whole_number
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.views.text.own import text_of

MAX_SEEDS = 25
OWN = "own"
NAMES = {
    "goethe": N_("Goethe's two sentences"),
    "anthem": N_("The Star-Spangled Banner"),
    "aegukga": N_("Aegukga, Korea's anthem"),
    OWN: N_("own text"),
}
LIKE_ALPHABET = "0"
"""Stands for as many nodes as there are letters."""
_NOTES = {"layers": "2", "hidden": LIKE_ALPHABET, "window": "10", "lr": "0.1", "seeds": "25", "seed": "0"}
_OF = {
    name: {"of": name, "cell": source.cell, "epochs": str(source.epochs), **_NOTES} for name, source in SOURCES.items()
}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("the notes' CharRNN"): _OF["goethe"],
    N_("the notes' CharLSTM"): _OF["anthem"],
    N_("Aegukga, Korea's anthem"): _OF["aegukga"],
    N_("GRU instead"): {"cell": "gru"},
    N_("windows of 30"): {"window": "30"},
}
_RATES = ("0.003", "0.01", "0.03", "0.1")


def settings() -> Settings:
    """The settings in use."""
    default = _OF["goethe"]
    return Settings(
        "text",
        {
            "of": Setting(default["of"], _read_source),
            "own": Setting("", _read_own),
            "cell": Setting(default["cell"], partial(read, "cell")),
            "layers": Setting(default["layers"], _read_layers),
            "hidden": Setting(default["hidden"], _read_hidden),
            "window": Setting(default["window"], _read_window),
            "epochs": Setting(default["epochs"], _read_epochs),
            "lr": Setting(default["lr"], partial(read, "lr")),
            "seeds": Setting(default["seeds"], _read_seeds),
            "seed": Setting(default["seed"], _read_seed),
        },
    )


def source_of(chosen: Settings) -> str:
    """Which text is learned, one of `NAMES`: a link that asks for an own text and has none shows the first."""
    asked: str = chosen.values["of"]
    return asked if asked != OWN or chosen.values["own"] else next(iter(SOURCES))


def text_in(chosen: Settings) -> str:
    """The text that is learned."""
    source = source_of(chosen)
    return text_of(chosen.values["own"]) if source == OWN else SOURCES[source].text


def study_of(chosen: Settings) -> Study:
    """The networks that the settings ask for, which differ by their seeds.

    A window that is as long as the text or longer is cut to what the text has.
    """
    values = chosen.values
    text = text_in(chosen)
    first = TextConfig(
        text=text,
        window=1,
        cell=values["cell"],
        hidden_size=values["hidden"] or None,
        num_layers=values["layers"],
        epochs=values["epochs"],
        lr=values["lr"],
    )
    first = replace(first, window=min(values["window"], len(first.task().x)))
    return tuple(replace(first, seed=seed) for seed in range(max(values["seeds"], values["seed"] + 1)))


def controls(chosen: Settings) -> None:
    """The presets, and the form with all settings behind a button."""
    chosen.controls(_PRESETS, _fields, _("Train the networks"))


def _fields(chosen: Settings) -> None:
    chosen.choice(st, _("Text"), "of", {name: _(label) for name, label in NAMES.items()}, filter_mode=None)
    left, right = st.columns(2, gap="small")
    chosen.choice(left, _("Cell"), "cell", CELL_NAMES, filter_mode=None)
    chosen.text(right, _("Layers"), "layers")
    usual = {LIKE_ALPHABET: _("as many as letters")}
    chosen.choice(left, _("Nodes of each layer"), "hidden", usual, accept_new_options=True, filter_mode="prefix")
    chosen.text(right, _("Letters in a window"), "window")
    chosen.text(left, _("Epochs"), "epochs")
    rates = {rate: rate for rate in _RATES}
    chosen.choice(right, _("Learning rate"), "lr", rates, accept_new_options=True, filter_mode="prefix")
    chosen.text(left, _("Seeds"), "seeds")


def _read_source(text: str) -> str:
    return read_one_of(text, NAMES, _("Text"))


def _read_own(text: str) -> str:
    if text:
        text_of(text)
    return text


def _read_layers(text: str) -> int:
    sentence = _("Layers must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_LAYERS, sentence)


def _read_hidden(text: str) -> int:
    sentence = _("Hidden nodes must be a whole number from 1 to {high}, or 0; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, MAX_HIDDEN, sentence)


def _read_window(text: str) -> int:
    sentence = _("Letters in a window must be 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_WINDOW, sentence)


def _read_epochs(text: str) -> int:
    sentence = _("Epochs must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_EPOCHS, sentence)


def _read_seeds(text: str) -> int:
    sentence = _("Seeds must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_SEEDS, sentence)


def _read_seed(text: str) -> int:
    sentence = _("The seed must be a whole number from 0 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, MAX_SEEDS - 1, sentence)
