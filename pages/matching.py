"""Do the halves match? A sequence of digits, one question at its end, and whether its length is what makes it hard."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("matching")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.matching import current_networks
from lstmviz.ui.views.matching import task
from lstmviz.ui.views.matching import view as matching
from lstmviz.ui.views.matching.settings import controls, settings, study_of

chosen = settings()
study = study_of(chosen)
job = current_networks(study)
progress = job.so_far()
palette = Palette(dark=st.context.theme.type == "dark")

with header:
    matching.chips(chosen, len(study))
figure, text = frame.columns()
with figure:
    task.show(study[0])
    controls(chosen)
    matching.live(job, progress, chosen, palette)
with text:
    shown = {"done": "", "running": "running"}.get(progress.state, "stopped")
    frame.what_why_try("matching", shown, **matching.values(progress))
