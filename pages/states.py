"""Hidden states as paths through their space, and where the network's map leads from every other state."""

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("states")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.views.states import sections, view
from lstmviz.ui.waiting.training import compiled_maps, current_run

run = current_run(experiment)
compiled_maps()
with header:
    frame.chips(run.experiment, loss=run.loss)
    frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
figure, text = frame.columns()
with figure:
    view.portrait(run)
with text:
    name, values = view.text(run)
    frame.what_why_try(name, **values)
sections.show(run)
