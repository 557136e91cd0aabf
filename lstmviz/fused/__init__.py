"""The fast path: forward, backpropagation through time and Adam on plain arrays, for one model or many side by side."""

from lstmviz.fused.batch import KERNELS, Batch
from lstmviz.fused.cache import compiles
from lstmviz.fused.choice import UNITS_FROM, along_units, is_single
from lstmviz.fused.single import Single
from lstmviz.fused.training import ADAM_BETAS, ADAM_EPS, Position
from lstmviz.fused.units import Network
from lstmviz.fused.vector import lanes
from lstmviz.fused.warm import CELL_NUMBERS, go_round, is_reading_warm, is_warm, read, warm, warm_reading

__all__ = [
    "ADAM_BETAS",
    "ADAM_EPS",
    "CELL_NUMBERS",
    "KERNELS",
    "UNITS_FROM",
    "Batch",
    "Network",
    "Position",
    "Single",
    "along_units",
    "compiles",
    "go_round",
    "is_reading_warm",
    "is_single",
    "is_warm",
    "lanes",
    "read",
    "warm",
    "warm_reading",
]
