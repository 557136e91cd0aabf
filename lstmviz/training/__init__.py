"""Training: gradient descent with Adam as a generator of records, by the fused kernels or by torch's autograd."""

from lstmviz.training.config import SNAPSHOT_MULTIPLE, TrainConfig, snapshot_epochs
from lstmviz.training.evaluation import Evaluation, evaluate
from lstmviz.training.records import Record, Records, TrainingDiverged
from lstmviz.training.start import BACKENDS, estimate_seconds, train, train_many

__all__ = [
    "BACKENDS",
    "SNAPSHOT_MULTIPLE",
    "Evaluation",
    "Record",
    "Records",
    "TrainConfig",
    "TrainingDiverged",
    "estimate_seconds",
    "evaluate",
    "snapshot_epochs",
    "train",
    "train_many",
]
