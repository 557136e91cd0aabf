"""A few of MNIST's test images that come with the package, so that pages and tests need no download.

Source: Yann LeCun, Corinna Cortes and Christopher J.C. Burges, "The MNIST database of handwritten digits", made from
NIST's Special Database 3 and 1; the copyright of the derived images is theirs, under the terms of the Creative Commons
Attribution-Share Alike 3.0 license. `python -m lstmviz.digits evaluate --sample` writes the file.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).parent / "mnist_sample.npz"


@dataclass(frozen=True, eq=False)
class Sample:
    """Images of the test set: first ones drawn at random, then those that are hardest for the shipped LSTM."""

    images: NDArray[np.uint8]
    """(count, 28, 28), 255 for ink"""
    labels: NDArray[np.int64]
    """(count,) 0 to 9"""
    indices: NDArray[np.int64]
    """(count,) their places in the test set"""
    hardest: int
    """how many at the end are the hardest ones, the hardest last"""

    @property
    def drawn(self) -> slice:
        """Where the random ones lie: a fair sample of the test set."""
        return slice(0, len(self.labels) - self.hardest)

    def save(self, file: Path) -> None:
        """Write it to `file`, deflated; a reader of the file sees the old one or the new."""
        unfinished = file.with_name(f"{file.name}.part")
        with unfinished.open("wb") as to:
            np.savez_compressed(
                to, images=self.images, labels=self.labels, indices=self.indices, hardest=np.array(self.hardest)
            )
        unfinished.replace(file)


@cache
def sample() -> Sample:
    """The bundled images."""
    with np.load(FILE, allow_pickle=False) as stored:
        return Sample(stored["images"], stored["labels"], stored["indices"], int(stored["hardest"]))
