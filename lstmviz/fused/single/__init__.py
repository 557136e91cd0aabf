"""One small network alone: its units along the vector, its numbers those of the networks side by side, to the bit."""

from lstmviz.fused.single.network import Single

__all__ = ["Single"]
