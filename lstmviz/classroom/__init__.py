"""The dashboard for a class: a server a core behind one address, kept alive. `python -m lstmviz.classroom`."""
