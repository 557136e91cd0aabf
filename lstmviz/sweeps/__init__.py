"""Sweeps: many networks over tasks, cells, sizes, rates and seeds, trained in bundles of lanes."""

from lstmviz.sweeps.config import FAIRNESS, LANES, MAX_NETWORKS, Bundle, SweepConfig
from lstmviz.sweeps.run import sweep, sweep_bundles
from lstmviz.sweeps.work import BundleResult, StoppedError, SweepRun, train_bundle

__all__ = [
    "FAIRNESS",
    "LANES",
    "MAX_NETWORKS",
    "Bundle",
    "BundleResult",
    "StoppedError",
    "SweepConfig",
    "SweepRun",
    "sweep",
    "sweep_bundles",
    "train_bundle",
]
