"""Follow a network through a sequence and keep everything: each gate, state, sum and output of each step.

The steps are those of `cells`, taken one after the other as the textbook does, and every trace carries the largest
difference from what torch computes for the same network and input.
"""

from lstmviz.tracing.of_layer import trace
from lstmviz.tracing.of_snapshots import trace_snapshots
from lstmviz.tracing.result import LayerTrace, NetworkTrace, Trace

__all__ = ["LayerTrace", "NetworkTrace", "Trace", "trace", "trace_snapshots"]
