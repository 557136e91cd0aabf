"""The lecture's numbers beside our own, three ways to write each cell, and two slips of the notes put right."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("lecture")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.lecture import GROUPS
from lstmviz.ui.views.lecture import tables
from lstmviz.ui.views.lecture import view as lecture

groups = {group.key: group for group in GROUPS}
palette = Palette(dark=st.context.theme.type == "dark")
match lecture.choose_part():
    case "numbers":
        figure, text = frame.columns()
        with text:
            frame.what_why_try("lecture")
        with figure:
            apart = lecture.differences()
            for group in GROUPS:
                lecture.group_card(group, palette, apart)
    case "ways":
        lecture.three_ways("RNN", groups["abacad_scratch_cell"])
        lecture.three_ways("LSTM", groups["abab_lstm_first_epoch"])
        frame.what_why_try("lecture_ways")
    case "slips":
        figure, text = frame.columns()
        with figure:
            values = lecture.slips(groups["abab_lstm_1000_epochs"], groups["abab_lstm_first_epoch"], palette)
        with text:
            frame.what_why_try("lecture_slips", **values)
st.html(tables.sources())
