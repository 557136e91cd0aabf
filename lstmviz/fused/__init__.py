"""The fast path: forward, backpropagation through time and Adam on plain arrays, for one model or many side by side."""

from lstmviz.fused.batch import ADAM_BETAS, ADAM_EPS, KERNELS, Batch
from lstmviz.fused.cache import compiles
from lstmviz.fused.choice import UNITS_FROM, along_units
from lstmviz.fused.standing import Position
from lstmviz.fused.units import Network
from lstmviz.fused.vector import lanes
from lstmviz.fused.warm import is_reading_warm, is_warm, read, warm, warm_reading

__all__ = [
    "ADAM_BETAS",
    "ADAM_EPS",
    "KERNELS",
    "UNITS_FROM",
    "Batch",
    "Network",
    "Position",
    "along_units",
    "compiles",
    "is_reading_warm",
    "is_warm",
    "lanes",
    "read",
    "warm",
    "warm_reading",
]
