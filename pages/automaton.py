"""The finite automaton that a network has become, beside the one that its task requires, and what is proven of it."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("automaton")
experiment = experiment_controls()
frame.machines_only(experiment)

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.views.automaton import on_strings, proven, sections, view
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
of_task = view if experiment.repeats_a_pattern else on_strings
with header:
    frame.chips(run.experiment, loss=run.loss)
    frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
    place = st.container(width="content")
figure, text = frame.columns()
with figure:
    of_task.graphs(run)
with text:
    name, values = of_task.text(run)
    frame.what_why_try(name, **values)
with figure:
    if experiment.repeats_a_pattern:
        sections.show(run)
    else:
        on_strings.knockout(run)
if experiment.repeats_a_pattern:
    with place:  # last: of a large network it takes seconds
        proven.badge(run)
