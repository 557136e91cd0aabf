"""The notes' two pictures: every gate and state of every unit, moving in time and over the training."""

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("gates")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.views.gates import view as gates
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
with header:
    frame.chips(run.experiment, loss=run.loss)
    frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
figure, text = frame.columns()
with figure:
    gates.pictures(run)
with text:
    name, values = gates.text(run)
    frame.what_why_try(name, **values)
