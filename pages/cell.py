"""The cell player: one step of the network, every number of it, over all steps and the whole training."""

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_controls

header = frame.page("cell")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.parts.run.standing import tosses_a_coin
from lstmviz.ui.views.cell import view as cell_player
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
with header:
    frame.chips(run.experiment, loss=run.loss, epoch=run.kept[-1])
    frame.torch_badge(trace_all(run))
    frame.another_sequence(run.experiment)
    if run.experiment.repeats_a_pattern and tosses_a_coin(run):
        frame.was_it_luck(run.experiment)
cell_player.show(run)
