"""What learning can reach: gradients through time, and the way back with all its numbers."""

from lstmviz.gradients.backward import Backward, LayerBackward, backpropagate
from lstmviz.gradients.checked import difference_from_autograd
from lstmviz.gradients.clipping import Clipping, clip_norms
from lstmviz.gradients.lags import Band, ByLag, band, by_lag
from lstmviz.gradients.lines import Factor, Line, Term, backward_lines
from lstmviz.gradients.plain import plain, symbol
from lstmviz.gradients.through_time import (
    GradientsThroughTime,
    gradients_of_networks,
    gradients_of_snapshots,
    gradients_through_time,
)

__all__ = [
    "Backward",
    "Band",
    "ByLag",
    "Clipping",
    "Factor",
    "GradientsThroughTime",
    "LayerBackward",
    "Line",
    "Term",
    "backpropagate",
    "backward_lines",
    "band",
    "by_lag",
    "clip_norms",
    "difference_from_autograd",
    "gradients_of_networks",
    "gradients_of_snapshots",
    "gradients_through_time",
    "plain",
    "symbol",
]
