"""The first screen: a network that is trained already, and the ways to look inside it."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("home")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.parts.run.standing import tosses_a_coin
from lstmviz.ui.views.home import view
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)

with header:
    frame.chips(run.experiment, loss=run.loss, epoch=run.kept[-1])
    frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
    if run.experiment.repeats_a_pattern and tosses_a_coin(run):
        frame.was_it_luck(run.experiment)
figure, text = frame.columns()
with figure:
    view.overview(run)
    st.caption(view.marks(run))
    frame.ways_on("cell", "training", "grid", "digits")
with text:
    name, variant, values = view.text(run)
    frame.what_why_try(name, variant, **values)
