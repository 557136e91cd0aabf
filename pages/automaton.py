"""The finite automaton that a network has become, beside the one that its task requires, and what is proven of it."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.sidebar import experiment_controls

header = frame.page("automaton")
experiment = experiment_controls()
frame.patterns_only(experiment)

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.views.automaton import proven, sections, view
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
with header:
    frame.chips(run.experiment, loss=run.loss)
    frame.torch_badge(trace_all(run))
    place = st.container(width="content")
figure, text = frame.columns()
with figure:
    view.graphs(run)
with text:
    name, values = view.text(run)
    frame.what_why_try(name, **values)
with figure:
    sections.show(run)
with place:  # last: of a large network it takes seconds
    proven.badge(run)
