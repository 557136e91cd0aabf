"""How long a recurrence takes on a CPU, on a GPU and in a compiled loop, measured here, and why."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("timing")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.views.timing import view

chosen = view.settings()
palette = Palette(dark=st.context.theme.type == "dark")
with header:
    view.chips(chosen)
view.controls(chosen)
name, values = view.section(chosen, palette)
frame.what_why_try("timing", name, below=True, **values)
