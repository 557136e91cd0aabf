"""How far back learning reaches: gradients through time, the gain of the recurrent weights, and the way back itself."""

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("gradients")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.views.gradients import view as gradients
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
with header:
    frame.chips(run.experiment, loss=run.loss)
    frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
figure, text = frame.columns()
with figure:
    section = gradients.show(run)
with text:
    name, variant, values = gradients.text(run, section)
    frame.what_why_try(name, variant, **values)
