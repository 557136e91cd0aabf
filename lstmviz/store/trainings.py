"""Finished trainings on disk: what one server of a class has trained, the others read, and it survives all of them."""

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.folders import user_folder
from lstmviz.models import ModelConfig, build_model
from lstmviz.store import digests
from lstmviz.store.folder import ArrayFolder
from lstmviz.tasks import Task
from lstmviz.training import TrainConfig

FORMAT = 1
"""Counted up when the files are laid out differently."""
MAX_BYTES = 256 * 2**20
_WEIGHTS = "parameters/"


@dataclass(frozen=True, eq=False)
class Training:
    """A training from its first record to its last; `losses` and `accuracies` have one entry a record."""

    losses: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    kept: tuple[int, ...]
    """the snapshot epochs reached"""
    snapshots: tuple[Mapping[str, NDArray[Any]], ...]
    """the parameters of each"""
    seconds: float
    """that it took"""
    diverged_at: int | None
    """the epoch whose loss was no finite number any more"""


@functools.cache
def engine_digest() -> str:
    """What decides about a training's bits here."""
    return digests.engine_digest(digests.code_digest(FORMAT))


class TrainingStore:
    """Trainings in a folder, for any number of threads and processes at once.

    Nothing here raises because of the disk: what cannot be read is unknown, what cannot be written is not kept.

    Attributes:
        files: the folder.
    """

    def __init__(self, folder: str | Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        """Use `folder`; "trainings" below $LSTMVIZ_CACHE_DIR or the user's cache folder if left out.

        max_bytes: about how much all files may take; those that were not asked for the longest go first.

        Raises:
            ValueError: `max_bytes` is not between 0 and 2**50.
        """
        self.files = ArrayFolder(user_folder("trainings") if folder is None else folder, max_bytes)

    def get(self, task: Task, model: ModelConfig, config: TrainConfig) -> Training | None:
        """That training, bit for bit as it was put, or None where it is not known."""

        def read(arrays: dict[str, NDArray[Any]]) -> Training:
            names = build_model(model).state_dict()  # in its order; safetensors keeps none
            kept = tuple(arrays["kept"].tolist())
            diverged_at = int(arrays["diverged_at"][0])
            return Training(
                losses=arrays["losses"],
                accuracies=arrays["accuracies"],
                kept=kept,
                snapshots=tuple({name: arrays[_WEIGHTS + name][k] for name in names} for k in range(len(kept))),
                seconds=float(arrays["seconds"][0]),
                diverged_at=None if diverged_at < 0 else diverged_at,
            )

        return self.files.get(_words(task, model, config), read)

    def put(self, task: Task, model: ModelConfig, config: TrainConfig, training: Training) -> None:
        """Keep `training`; others see all of it or nothing."""
        arrays: dict[str, NDArray[Any]] = {
            "losses": training.losses,
            "accuracies": training.accuracies,
            "kept": np.array(training.kept),
            "seconds": np.array([training.seconds]),
            "diverged_at": np.array([-1 if training.diverged_at is None else training.diverged_at]),
        }
        for name in training.snapshots[0]:
            arrays[_WEIGHTS + name] = np.stack([snapshot[name] for snapshot in training.snapshots])
        self.files.put(_words(task, model, config), arrays)


def _words(task: Task, model: ModelConfig, config: TrainConfig) -> dict[str, str]:
    """What a file says of itself: all that decides about its numbers."""
    return {
        "engine": engine_digest(),
        "task": task.key,
        "model": json.dumps(asdict(model), sort_keys=True),
        "training": json.dumps(asdict(config), sort_keys=True),
    }
