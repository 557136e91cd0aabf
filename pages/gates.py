"""The notes' two pictures: every gate and state of every unit, moving in time and over the training."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.experiment import experiment_controls
from lstmviz.ui.frame.language import _

header = frame.page("gates")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.figures.gates import gates_figure
from lstmviz.ui.background.traces import trace_all, trace_at
from lstmviz.ui.views.gates import view as gates
from lstmviz.ui.views.gates.player import play
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
task, snapshots = run.task, trace_all(run)

with header:
    frame.chips(run.experiment, loss=run.loss)
    frame.torch_badge(snapshots)
figure, text = frame.columns()
with figure:
    view, start = gates.view_controls(task), gates.start()
    pictures = gates_figure(
        snapshots,
        task,
        run.kept,
        run.losses[list(run.kept)].tolist(),
        view.steps,
        view.palette,
        gates.words(run.experiment.cell),
        view.look,
        start,
    )
    play(
        pictures,
        "gates",
        experiment=str(run.experiment),
        period=task.period,
        alt=_("The gates and states of each unit while the network reads, one row a letter"),
    )
    if left_out := gates.notes(pictures, view, len(run.kept)):
        st.caption(left_out)
with text:
    name, values = gates.text(run, trace_at(run, run.kept[-1]), snapshots, view.look.lines)
    frame.what_why_try(name, **values)
