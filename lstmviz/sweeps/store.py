"""Finished bundles on disk: an interrupted sweep goes on where it stopped, and a class shares one answer.

One safetensors file a bundle. Its name is a digest of the bundle and of the engine that trained it, so another version
of anything that decides about bits never meets old numbers. safetensors does not notice bytes that flipped on the way;
the metadata therefore carries a digest of the arrays, beside the bundle in words that can be read.
"""

import functools
import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numba
import numpy as np
import torch
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numpy.typing import NDArray
from platformdirs import user_cache_path
from safetensors.numpy import load, save

from lstmviz import _checks, limits, models, tasks, training
from lstmviz._checks import whole_number
from lstmviz.fused.cache import SOURCES
from lstmviz.sweeps import config as sweep_config
from lstmviz.sweeps import work
from lstmviz.sweeps.config import Bundle
from lstmviz.sweeps.work import BundleResult

FORMAT = 1
"""Counted up when the files are laid out differently."""
MAX_BYTES = 512 * 2**20
DAMAGED_KEPT = 8
"""Damaged files that are set aside for whoever wants to know what happened to the disk."""
_STRAY_SECONDS = 3600.0  # a temporary file this old belongs to a process that was killed
_PARTS = ("losses", "h", "probabilities")
_WEIGHTS = "parameters/"


@functools.cache
def code_digest() -> str:
    """What decides about a bundle's numbers on any machine: our sources, and the versions of numpy, numba, torch."""
    digest = hashlib.sha256(f"{FORMAT} {np.__version__} {numba.__version__} {torch.__version__}".encode())
    own = (_checks, limits, models, tasks, training, sweep_config, work)
    for source in (*(Path(str(module.__file__)) for module in own), *SOURCES):
        digest.update(source.read_bytes())
    return digest.hexdigest()


@functools.cache
def engine_digest() -> str:
    """What decides about a bundle's bits here: the code, and the processor that it is compiled for."""
    processor = f"{get_host_cpu_name()} {get_host_cpu_features().flatten()}"
    return hashlib.sha256(f"{code_digest()} {processor}".encode()).hexdigest()[:16]


class Store:
    """Results of bundles in a folder, for any number of threads and processes at once.

    Nothing here raises because of the disk: what cannot be read is trained again, what cannot be written is not kept.

    Attributes:
        folder: where the files lie.
        found: how many results this store has given.
        set_aside: where damaged files lie that this store came across; their bundles count as unknown.
        refusal: why the last result was not kept, or None.
    """

    def __init__(self, folder: str | Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        """Use `folder`; "sweeps" below $LSTMVIZ_CACHE_DIR or the user's cache folder if left out.

        max_bytes: about how much all files may take; those that were not asked for the longest go first.

        Raises:
            ValueError: `max_bytes` is not between 0 and 2**50.
        """
        if folder is None:
            given = os.environ.get("LSTMVIZ_CACHE_DIR")
            folder = (Path(given) if given else user_cache_path("lstmviz")) / "sweeps"
        self.folder = Path(folder)
        self.max_bytes = whole_number("max_bytes", max_bytes, 0, 2**50)
        self.found = 0
        self.set_aside: list[Path] = []
        self.refusal: OSError | None = None
        self._unseen = self.max_bytes  # bytes written since the folder was last looked through; at first it never was
        self._lock = threading.Lock()

    def file(self, bundle: Bundle) -> Path:
        """Where the result of `bundle` lies if it is known."""
        key = hashlib.sha256(f"{engine_digest()} {_words(bundle)}".encode()).hexdigest()
        return self.folder / f"{key[:32]}.safetensors"

    def get(self, bundle: Bundle) -> BundleResult | None:
        """The result of `bundle`, bit for bit as it was put, or None where it is not known."""
        file = self.file(bundle)
        try:
            data = file.read_bytes()
        except OSError:
            return None
        try:
            result = _unpack(data, bundle)
        except Exception:  # whatever a damaged file makes the readers of its parts raise
            self._put_aside(file)
            return None
        with suppress(OSError):  # a folder that can only be read serves as well
            os.utime(file)
        with self._lock:
            self.found += 1
        return result

    def put(self, result: BundleResult) -> None:
        """Keep `result`; others see all of it or nothing."""
        data = _pack(result)
        try:
            self._write(self.file(result.bundle), data)
        except OSError as refusal:
            self.refusal = refusal
            return
        with self._lock:
            self.refusal = None
            self._unseen += len(data)
            tidy = self._unseen > self.max_bytes // 8
            if tidy:
                self._unseen = 0
        if tidy:
            self._tidy()

    def _write(self, file: Path, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".tmp", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(name, file)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    def _put_aside(self, file: Path) -> None:
        damaged = file.with_suffix(".damaged")
        try:
            os.replace(file, damaged)
        except FileNotFoundError:  # somebody else was quicker
            return
        except OSError:
            damaged = file  # it stays, and is written over if that becomes possible
        with self._lock:
            if damaged not in self.set_aside:
                self.set_aside.append(damaged)
        for _, _, old in _by_age(self.folder, "*.damaged")[:-DAMAGED_KEPT]:
            _remove(old)

    def _tidy(self) -> None:
        """Make room for what is written before the next time: an eighth of the whole."""
        for touched, _, stray in _by_age(self.folder, "*.tmp"):
            if time.time() - touched > _STRAY_SECONDS:
                _remove(stray)
        files = _by_age(self.folder, "*.safetensors") + _by_age(self.folder, "*.damaged")
        excess = sum(size for _, size, _ in files) - (self.max_bytes - self.max_bytes // 8)
        for _, size, file in files:
            if excess <= 0:
                return
            _remove(file)
            excess -= size


def _words(bundle: Bundle) -> str:
    """`bundle` as one line of JSON."""
    return json.dumps(asdict(bundle), sort_keys=True)


def _arrays(result: BundleResult) -> dict[str, NDArray[np.float32]]:
    """All arrays of `result`, by names in one file, as safetensors takes them."""
    arrays: dict[str, NDArray[np.float32]] = {part: getattr(result, part) for part in _PARTS}
    arrays |= {_WEIGHTS + name: rows for name, rows in result.parameters.items()}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """A digest of names, kinds, shapes and bytes."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _pack(result: BundleResult) -> bytes:
    arrays = _arrays(result)
    metadata = {"format": str(FORMAT), "engine": engine_digest(), "bundle": _words(result.bundle)}
    packed: bytes = save(arrays, metadata | {"arrays": _digest(arrays)})
    return packed


def _unpack(data: bytes, bundle: Bundle) -> BundleResult:
    """What `_pack` made of the result of `bundle`.

    Raises:
        ValueError: `data` is something else; safetensors and json raise errors of their own as well.
    """
    arrays = load(data)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    expected = {"format": str(FORMAT), "engine": engine_digest(), "bundle": _words(bundle), "arrays": _digest(arrays)}
    if header != expected:
        raise ValueError("The file holds something else than its name says.")
    weights = {name.removeprefix(_WEIGHTS): rows for name, rows in arrays.items() if name.startswith(_WEIGHTS)}
    losses, h, probabilities = (arrays[part] for part in _PARTS)
    return BundleResult(bundle, losses, h, probabilities, _in_order(weights, bundle))


def _in_order(weights: Mapping[str, NDArray[np.float32]], bundle: Bundle) -> dict[str, NDArray[np.float32]]:
    """`weights` in the order of `state_dict`; safetensors keeps none."""
    return {name: weights[name] for name in models.build_model(bundle.network(bundle.seeds[0])).state_dict()}


def _by_age(folder: Path, pattern: str) -> list[tuple[float, int, Path]]:
    """When touched, bytes, and path of each file, the oldest first; those that vanish meanwhile are left out."""
    files = []
    for file in folder.glob(pattern):
        with suppress(OSError):
            about = file.stat()
            files.append((about.st_mtime, about.st_size, file))
    return sorted(files)


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink()
