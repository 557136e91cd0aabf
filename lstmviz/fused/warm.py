"""The one compilation that a machine needs, done ahead and known about."""

from pathlib import Path

import numpy as np

from lstmviz.fused.batch import KERNELS, Batch
from lstmviz.fused.cache import cache_folder, kept_on_disk

with kept_on_disk():
    from lstmviz.fused.reading import read


def _marker(cell: str, dtype: str) -> Path:
    return cache_folder() / f"{KERNELS[cell].__name__}-{dtype}.ready"


def is_warm(cell: str, dtype: str = "float32") -> bool:
    """Whether this machine holds the compiled kernel, so that the first epoch starts at once."""
    return _marker(cell, dtype).exists()


def warm(cell: str, dtype: str = "float32") -> None:
    """Compile the kernel of `cell` for this machine, or load it: seconds the first time, milliseconds after."""
    gates = KERNELS[cell].GATES
    text = np.array([0, 1])
    Batch(cell, np.zeros((1, gates * 5 + 4), dtype), text, 1 - text, letters=2, hidden_size=1, lr=0.1).run(1)
    marker = _marker(cell, dtype)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


def is_reading_warm() -> bool:
    """The same of the loop that reads long texts."""
    return (cache_folder() / "reading.ready").exists()


def warm_reading() -> None:
    """Compile that loop, or load it."""
    one = np.zeros((1, 1, 1))
    read(
        0,
        one,
        one,
        one[0],
        one[0],
        one[0],
        np.zeros(1),
        np.zeros(1, np.int64),
        1,
        np.zeros(1),
        np.zeros(0, np.int64),
        one[0],
    )
    (cache_folder() / "reading.ready").touch()
