"""Finished bundles on disk: an interrupted sweep goes on where it stopped, and a class shares one answer.

One file a bundle. Its name is a digest of the bundle and of the engine that trained it, so another version of anything
that decides about bits never meets old numbers.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lstmviz import cells, models
from lstmviz.base.folders import user_folder
from lstmviz.predictions import outcome
from lstmviz.store import digests
from lstmviz.store.folder import ArrayFolder
from lstmviz.sweeps import asked, work
from lstmviz.sweeps import config as sweep_config
from lstmviz.sweeps.config import Bundle
from lstmviz.sweeps.work import BundleResult

FORMAT = 2
"""Counted up when the files are laid out differently."""
MAX_BYTES = 512 * 2**20
_PARTS = ("losses", "h", "probabilities", "margins")
_WEIGHTS = "parameters/"


@functools.cache
def code_digest() -> str:
    """What decides about a bundle's numbers on any machine."""
    return digests.code_digest(FORMAT, (sweep_config, work, asked, outcome, cells))


@functools.cache
def engine_digest() -> str:
    """What decides about a bundle's bits here."""
    return digests.engine_digest(code_digest())


class Store:
    """Results of bundles in a folder, for any number of threads and processes at once.

    Nothing here raises because of the disk: what cannot be read is trained again, what cannot be written is not kept.
    """

    def __init__(self, folder: str | Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        """Use `folder`; "sweeps" below $LSTMVIZ_CACHE_DIR or the user's cache folder if left out.

        max_bytes: about how much all files may take; those that were not asked for the longest go first.

        Raises:
            ValueError: `max_bytes` is not between 0 and 2**50.
        """
        self._files = ArrayFolder(user_folder("sweeps") if folder is None else folder, max_bytes)

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._files.folder

    @property
    def found(self) -> int:
        """How many results this store has given."""
        return self._files.found

    @property
    def set_aside(self) -> list[Path]:
        """Where damaged files lie that this store came across; their bundles count as unknown."""
        return self._files.set_aside

    @property
    def refusal(self) -> OSError | None:
        """Why the last result was not kept, or None."""
        return self._files.refusal

    def file(self, bundle: Bundle) -> Path:
        """Where the result of `bundle` lies if it is known."""
        return self._files.file(_words(bundle))

    def get(self, bundle: Bundle) -> BundleResult | None:
        """The result of `bundle`, bit for bit as it was put, or None where it is not known."""

        def read(arrays: dict[str, NDArray[Any]]) -> BundleResult:
            weights = {name.removeprefix(_WEIGHTS): rows for name, rows in arrays.items() if name.startswith(_WEIGHTS)}
            losses, h, probabilities, leads = (arrays[part] for part in _PARTS)
            return BundleResult(bundle, losses, h, probabilities, leads, _in_order(weights, bundle))

        return self._files.get(_words(bundle), read)

    def put(self, result: BundleResult) -> None:
        """Keep `result`; others see all of it or nothing."""
        arrays: dict[str, NDArray[Any]] = {part: getattr(result, part) for part in _PARTS}
        arrays |= {_WEIGHTS + name: rows for name, rows in result.parameters.items()}
        self._files.put(_words(result.bundle), arrays)


def _words(bundle: Bundle) -> dict[str, str]:
    """What a file says of itself: all that decides about its numbers."""
    return {"engine": engine_digest(), "bundle": json.dumps(asdict(bundle), sort_keys=True)}


def _in_order(weights: Mapping[str, NDArray[Any]], bundle: Bundle) -> dict[str, NDArray[Any]]:
    """`weights` in the order of `state_dict`; safetensors keeps none."""
    return {name: weights[name] for name in models.build_model(bundle.network(bundle.seeds[0])).state_dict()}
