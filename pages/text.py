"""A text learned letter by letter: how it is read meanwhile, what the network writes, and what is inside."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("text")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.background.texts import current_networks
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.language import _
from lstmviz.ui.views.text import detective, view

figure, text = frame.columns()
with figure:
    section = choose_section("text_section", {name: _(label) for name, label in view.SECTIONS.items()})
    view.style()
if section == "detective":
    with header:
        detective.chips()
    with figure:
        detective.show()
else:
    chosen = view.settings()
    study = view.study_of(chosen)
    job = current_networks(study)
    with header:
        view.chips(chosen, study)
    with figure:
        view.controls_of(chosen, study)
        palette = Palette(dark=st.context.theme.type == "dark")
        view.live(job, job.so_far(), chosen, palette, section)
with text:
    frame.what_why_try("text", "" if section == "learn" else section)
