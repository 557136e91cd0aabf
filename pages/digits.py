"""A network reads your handwriting row by row: draw a digit, and watch the answer form."""

from lstmviz.ui import frame
from lstmviz.ui.frame.controls.sidebar import experiment_elsewhere

header = frame.page("digits")
experiment_elsewhere()

# After the header is drawn: these wait for torch.
from lstmviz.ui.views.digits import view as digits

with header:
    digits.chips()
digits.show()
frame.what_why_try("digits", below=True, **digits.values())
