"""A network reads your handwriting row by row: draw a digit, and watch the answer form."""

from lstmviz.ui import frame
from lstmviz.ui.frame.experiment import controls_of_other_pages

header = frame.page("digits")
controls_of_other_pages()

# After the header is drawn: these wait for torch.
from lstmviz.ui.views.digits import view as digits

with header:
    digits.chips()
digits.show()
frame.what_why_try("digits", below=True, **digits.values())
