"""Sets of arrays in a folder, one safetensors file each.

safetensors does not notice bytes that flipped on the way; the metadata therefore carries a digest of the arrays, beside
words that say what they are.
"""

import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from lstmviz.base.checks import whole_number

Result = TypeVar("Result")

DAMAGED_KEPT = 8
"""Damaged files that are set aside for whoever wants to know what happened to the disk."""
_STRAY_SECONDS = 3600.0  # a temporary file this old belongs to a process that was killed


class ArrayFolder:
    """Sets of arrays by their names, for any number of threads and processes at once.

    Nothing here raises because of the disk: what cannot be read is unknown, what cannot be written is not kept.

    Attributes:
        folder: where the files lie.
        found: how many sets were given.
        set_aside: where damaged files lie that were met; what they held counts as unknown.
        refusal: why the last set was not kept, or None.
    """

    def __init__(self, folder: str | Path, max_bytes: int) -> None:
        """Use `folder`.

        max_bytes: about how much all files may take; those that were not asked for the longest go first.

        Raises:
            ValueError: `max_bytes` is not between 0 and 2**50.
        """
        self.folder = Path(folder)
        self.max_bytes = whole_number("max_bytes", max_bytes, 0, 2**50)
        self.found = 0
        self.set_aside: list[Path] = []
        self.refusal: OSError | None = None
        self._unseen = self.max_bytes  # bytes written since the folder was last looked through; at first it never was
        self._lock = threading.Lock()

    def file(self, words: Mapping[str, str]) -> Path:
        """Where the arrays lie that `words` say everything about."""
        key = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
        return self.folder / f"{key[:32]}.safetensors"

    def get(self, words: Mapping[str, str], read: Callable[[dict[str, NDArray[Any]]], Result]) -> Result | None:
        """What `read` makes of the arrays that were put under `words`, or None where there are none.

        Arrays that `read` cannot make anything of are damaged ones.
        """
        file = self.file(words)
        try:
            data = file.read_bytes()
        except OSError:
            return None
        try:
            result = read(_unpack(data, words))
        except Exception:  # whatever a damaged file makes the readers of its parts raise
            self._put_aside(file)
            return None
        with suppress(OSError):  # a folder that can only be read serves as well
            os.utime(file)
        with self._lock:
            self.found += 1
        return result

    def put(self, words: Mapping[str, str], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep `arrays`, which `words` say everything about; others see all of them or nothing."""
        data = _pack(words, arrays)
        try:
            self._write(self.file(words), data)
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


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """A digest of names, kinds, shapes and bytes."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _pack(words: Mapping[str, str], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}  # as safetensors takes them
    packed: bytes = save(whole, {**words, "arrays": _digest(whole)})
    return packed


def _unpack(data: bytes, words: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """The arrays that `_pack` made `data` of.

    Raises:
        ValueError: `data` is something else; safetensors and json raise errors of their own as well.
    """
    arrays: dict[str, NDArray[Any]] = load(data)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    if header != {**words, "arrays": _digest(arrays)}:
        raise ValueError("The file holds something else than its name says.")
    return arrays


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
