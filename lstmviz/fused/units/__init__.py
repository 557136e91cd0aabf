"""One network, its units along the vector: forward, backpropagation through time and Adam on plain arrays."""

from lstmviz.fused.units.network import Network

__all__ = ["Network"]
