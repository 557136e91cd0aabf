"""The fast path: forward, backpropagation through time and Adam for many models side by side, on plain arrays."""

from lstmviz.fused.batch import ADAM_BETAS, ADAM_EPS, KERNELS, Batch, Position
from lstmviz.fused.cache import compiles
from lstmviz.fused.vector import lanes
from lstmviz.fused.warm import is_reading_warm, is_warm, read, warm, warm_reading

__all__ = [
    "ADAM_BETAS",
    "ADAM_EPS",
    "KERNELS",
    "Batch",
    "Position",
    "compiles",
    "is_reading_warm",
    "is_warm",
    "lanes",
    "read",
    "warm",
    "warm_reading",
]
