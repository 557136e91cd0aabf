"""The one compilation that a machine needs, done ahead and known about."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from lstmviz.fused.batch import KERNELS, Batch
from lstmviz.fused.cache import cache_folder, compiles, kept_on_disk, recovering
from lstmviz.fused.choice import along_units, is_single
from lstmviz.fused.single import Single
from lstmviz.fused.units import Network
from lstmviz.fused.vector import lanes

with kept_on_disk():
    from lstmviz.fused import reading, rounds

CELL_NUMBERS = {"rnn": 0, "rnn_relu": 1, "lstm": 2, "gru": 3}
"""What the loops that read call the cells."""
read, go_round = recovering(reading.read), recovering(rounds.go_round)


def _kernel(cell: str, dtype: str, hidden_size: int, alone: bool) -> str:
    if along_units(hidden_size):
        return "units"
    return "single" if alone and is_single(lanes(np.dtype(dtype).itemsize), hidden_size) else KERNELS[cell].__name__


def _marker(kernel: str, dtype: str) -> Path:
    return cache_folder() / f"{kernel}-{dtype}.ready"


def is_warm(cell: str, dtype: str = "float32", hidden_size: int = 1, *, alone: bool = False) -> bool:
    """Whether this machine holds the compiled kernel for such networks, so that the first epoch starts at once.

    alone: whether that of one network is meant, or that of many side by side.
    """
    return not compiles() or _marker(_kernel(cell, dtype, hidden_size, alone), dtype).exists()


def warm(cell: str, dtype: str = "float32", hidden_size: int = 1, *, alone: bool = False) -> None:
    """Compile that kernel on this machine, or load it: seconds the first time, milliseconds after."""
    if not compiles():
        return
    kernel, text = _kernel(cell, dtype, hidden_size, alone), np.array([0, 1])
    if kernel == "units":  # one kernel has all cells, as the next; with the helper that large networks have
        one = text[:1]
        Network("rnn", np.zeros(6, dtype), one, one, inputs=1, hidden_size=1, outputs=1, lr=0.1, helped=True).run(1)
    elif kernel == "single":
        Single("rnn", np.zeros(9, dtype), text, 1 - text, letters=2, hidden_size=1, lr=0.1).run(1)
    else:
        parameters = np.zeros((1, KERNELS[cell].GATES * 5 + 4), dtype)
        Batch(cell, parameters, text, 1 - text, letters=2, hidden_size=1, lr=0.1).run(1)
    _mark(_marker(kernel, dtype))


def is_reading_warm() -> bool:
    """The same of the loops that read: a long text, or a round of inputs from many states."""
    return not compiles() or (cache_folder() / "reading.ready").exists()


def warm_reading() -> None:
    """Compile those loops, or load them."""
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
    go_round(0, one, one, one[0], one[0], np.zeros(1, np.int64), one[0], one[0].copy(), one.copy())
    _mark(cache_folder() / "reading.ready")


def _mark(marker: Path) -> None:
    with suppress(OSError):  # of a disk that is full: it compiles again the next time, and says so
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
