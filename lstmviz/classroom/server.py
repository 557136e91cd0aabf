"""One server of a class, as `streamlit run` starts it, but with the engine loaded before the first student is let in.

`python -m lstmviz.classroom.server run app.py ...`
"""

import runpy

from lstmviz import tracing, training  # noqa: F401 - torch comes with them, and that takes seconds
from lstmviz.fused import KERNELS, UNITS_FROM, is_warm, warm

if __name__ == "__main__":
    for cell in filter(is_warm, KERNELS):  # what is not compiled yet the dashboard compiles, and says so
        warm(cell)
    if is_warm("lstm", alone=True):
        warm("lstm", alone=True)
    if is_warm("lstm", hidden_size=UNITS_FROM):
        warm("lstm", hidden_size=UNITS_FROM)
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
