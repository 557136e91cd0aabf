"""A network reads your handwriting row by row: draw a digit, and watch the answer form."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.experiment import experiment_controls
from lstmviz.ui.language import _

header = frame.page("digits")
st.sidebar.caption(_("The network that the other pages show:"))
experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.ui import digits

with header:
    digits.chips()
digits.show()
frame.what_why_try("digits", below=True, **digits.values())
