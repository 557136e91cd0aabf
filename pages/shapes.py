"""What goes in and out of an LSTM: its tensors and their shapes, a small pass, the stacked weights, the parameters."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("shapes")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.ui.views.shapes import view as shapes

chosen = shapes.settings()
config, item = shapes.layer(chosen)
found = shapes.passed(config, item)
palette = Palette(dark=st.context.theme.type == "dark")

with header:
    shapes.chips(config)
    shapes.badge(found)
shapes.controls(chosen)
figure, text = frame.columns()
with figure:
    shapes.picture(found, palette)
    shapes.item_numbers(found, chosen, palette)
with text:
    frame.what_why_try("shapes", shapes.variant(config), **shapes.values(found))
shapes.stacked_weights(found, palette)
shapes.parameter_sum(config)
