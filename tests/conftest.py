"""What all tests share: one thread for torch, and property tests without a stopwatch."""

import os

# Before torch is imported, and inherited by the servers that tests start: on networks this small a second thread makes
# an epoch slower, not faster, and tests that share a machine would wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from hypothesis import settings

# The first example may compile the fast path or import torch, so a deadline would measure that.
settings.register_profile("lstmviz", deadline=None)
settings.load_profile("lstmviz")
