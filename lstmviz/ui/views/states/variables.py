"""The notes' table of the variables of a cell, with the numbers of the selected step in it."""

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from lstmviz.claims.variables import rows
from lstmviz.packing import join
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed
from lstmviz.ui.background.traces import largest_state
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.talk import answer, asked_steps, header

# Without a word of it, "fermentation 2" is a riddle to who has not heard the notes' lecture.
_RNN_SAUCE = N_(
    "The notes compare what is read with soy milk, and the state with the soy sauce that ferments from it: in an RNN "
    "at once."
)
_SOY_SAUCE = {
    "rnn": _RNN_SAUCE,
    "rnn_relu": _RNN_SAUCE,
    "lstm": N_(
        "The notes compare what is read with soy milk, and the states with the soy sauce that ferments from it: in an "
        "LSTM three times, to g, to c and to h."
    ),
}
_KEY = "variables"
_part = Part(Path(__file__).resolve().with_name("table"))
_table = _part.component("lstmviz_variables")


def show(run: Run) -> None:
    """Draw the table; the browser fills it at each step."""
    told = header(_part, run, largest_state(run)) | {"rows": [asdict(row) for row in rows(run.experiment.cell)]}
    _table(key=_KEY, data=join(told, {"first": packed(run, asked_steps(run))}), on_ask_change=lambda: answer(_KEY))
    if ferments := _SOY_SAUCE.get(run.experiment.cell):
        st.caption(_(ferments))
