"""Watch a network learn: loss and accuracy while it trains, and what it predicts at each snapshot."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("training")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.runs import watched
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.views.training import view as training
from lstmviz.ui.waiting.training import current_run

palette = Palette(dark=st.context.theme.type == "dark")
run = current_run(experiment, live=True)
job = watched(experiment)
running = run.state == "running"

with header:
    if running:  # numbers that would stand still beside the moving pictures are left out
        frame.chips(run.experiment)
    else:
        frame.chips(run.experiment, loss=run.loss, epoch=run.kept[-1])
        frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
figure, text = frame.columns()
with figure:
    training.watch_controls(experiment, job, ready=run.experiment == experiment)
    if job is not None and running:
        training.live(job, palette)
    else:
        training.pictures(run, palette)
with text:
    name, variant, values = training.text(run)
    frame.what_why_try(name, variant, **values)
