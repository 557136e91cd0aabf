"""Sweeps: many networks over tasks, cells, sizes, rates and seeds, trained in bundles of lanes."""

from lstmviz.sweeps.cluster import SchedulerError, cluster_threads
from lstmviz.sweeps.config import FAIRNESS, LANES, MAX_NETWORKS, Bundle, SweepConfig
from lstmviz.sweeps.estimate import estimate_sweep_seconds
from lstmviz.sweeps.run import scheduler_address, sweep, sweep_bundles
from lstmviz.sweeps.store import Store
from lstmviz.sweeps.work import BundleResult, StoppedError, SweepRun, train_bundle

__all__ = [
    "FAIRNESS",
    "LANES",
    "MAX_NETWORKS",
    "Bundle",
    "BundleResult",
    "SchedulerError",
    "StoppedError",
    "Store",
    "SweepConfig",
    "SweepRun",
    "cluster_threads",
    "estimate_sweep_seconds",
    "scheduler_address",
    "sweep",
    "sweep_bundles",
    "train_bundle",
]
