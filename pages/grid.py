"""Grids of seeds: who learns it, from how many first weights? Dozens of networks at once, each one click away."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("grid")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.sweeping import current_sweep
from lstmviz.ui.views.grid import evidence
from lstmviz.ui.views.grid import view as grid

chosen = grid.settings()
config = grid.sweep_config(chosen)
job = current_sweep("grid", config)
progress = job.so_far()

with header:
    grid.chips(config)
figure, text = frame.columns()
with figure:
    grid.controls(chosen)
    grid.live(job, progress, chosen.values["side"])
    if progress.state != "running":
        palette = Palette(dark=st.context.theme.type == "dark")
        evidence.show(progress.results, palette, networks=progress.networks)
with text:
    frame.what_why_try("grid", grid.variant(config), **grid.values(config, progress))
