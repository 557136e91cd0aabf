"""How far back can it remember? The chance of success by the memory that a pattern needs and the size of a network."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("memory")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.sweeping import current_sweep
from lstmviz.ui.views.memory import view as memory

chosen = memory.settings()
config = memory.sweep_config(chosen)
job = current_sweep("map", config)
progress = job.so_far()
palette = Palette(dark=st.context.theme.type == "dark")

with header:
    memory.chips(chosen, config.networks)
figure, text = frame.columns()
with figure:
    memory.controls(chosen)
    memory.live(job, progress, chosen, palette)
with text:
    shown = {"done": "", "running": "running"}.get(progress.state, "stopped")
    frame.what_why_try("memory", shown, **memory.values(progress, config))
