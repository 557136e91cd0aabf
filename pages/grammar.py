"""Languages of the literature: what small networks learn of them, and how far beyond their training that goes."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("grammar")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.grammars import current_networks
from lstmviz.ui.views.grammar import paper, task
from lstmviz.ui.views.grammar import view as grammar
from lstmviz.ui.views.grammar.settings import controls, settings, study_of

chosen = settings()
figure, text = frame.columns()
with figure:
    section = grammar.section()
if section == "paper":
    with figure:
        paper.show()
    variant = section
else:
    study = study_of(chosen)
    job = current_networks(study)
    progress = job.so_far()
    with header:
        grammar.chips(chosen, len(study))
    with figure:
        if section == "study":
            task.show(study[0])
        controls(chosen)
        palette = Palette(dark=st.context.theme.type == "dark")
        grammar.live(section, job, progress, chosen, palette)
    variant = grammar.variant(section, progress)
with text:
    frame.what_why_try("grammar", variant, **grammar.values(chosen))
