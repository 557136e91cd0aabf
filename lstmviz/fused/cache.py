"""Where compiled code is kept between runs.

numba looks only at the file of the function it compiles, not at the files that one calls; so the folder's name is a
digest of all of `fused/`, and a changed helper never meets old machine code. All else that numba asks for is in it too,
the places and times of these files, its version and the processor, because a mark in the folder says that the code is
ready: with a second copy of the project on a machine it would be a lie, and a server would compile while a class waits.
"""

import functools
import hashlib
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

from lstmviz.base.folders import cache_base

SOURCES = sorted(Path(__file__).parent.rglob("*.py"))
KEPT_SECONDS = 30 * 24 * 3600.0
"""How long the folder of another version stays unused before `tidy` removes it."""


@functools.cache
def cache_folder() -> Path:
    """The folder for the compiled code of this version on this kind of machine.

    It is made below $LSTMVIZ_CACHE_DIR or the user's cache folder; where neither can be written to, it is a temporary
    one of this process alone, since code from a folder that others can write to is not to be trusted.
    """
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES))
    digest.update(repr([(str(source), source.stat().st_mtime_ns) for source in SOURCES]).encode())
    digest.update(f"{numba.__version__} {get_host_cpu_name()} {get_host_cpu_features().flatten()}".encode())
    try:
        folder = cache_base() / "compiled" / digest.hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        os.utime(folder)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="lstmviz-"))
    return folder


def tidy() -> None:
    """Remove the folders of versions that nobody has used for a month."""
    for other in cache_folder().parent.glob("[0-9a-f]" * 16):
        if time.time() - other.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)


def compiles() -> bool:
    """Whether numba compiles here; with NUMBA_DISABLE_JIT=1 it does not, and the vector kernels cannot run."""
    config: Any = numba.config
    return not config.DISABLE_JIT


def recovering(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """`kernel`, whose machine code is kept on disk, to be called: an accident of the disk does not end it.

    A file that cannot be read as machine code, because it was cut off or is another's, is set aside, and the kernel
    compiled again. Where its code cannot be kept, as on a full disk, it stays in memory. Both are said in a warning.
    """

    @functools.wraps(kernel)
    def call(*arguments: Any) -> Any:
        try:
            return kernel(*arguments)
        except IsADirectoryError as error:  # in a file's place
            problem: Exception = error
        except OSError as error:
            with suppress(OSError):
                result = kernel(*arguments)  # where it was compiled, and could only not be kept
                _say(f"Compiled code cannot be kept for the next time: {error.strerror or error}.")
                return result
            problem = error
        except Exception as error:
            problem = error
        _set_aside()
        _say(f"Compiled code on disk could not be read ({type(problem).__name__}); it was set aside and made again.")
        return kernel(*arguments)

    return call


def _say(sentence: str) -> None:
    warnings.warn(sentence, RuntimeWarning, stacklevel=4)


def _set_aside() -> None:
    """Move the compiled code out of the way, for whoever wants to know what happened to the disk."""
    folder = cache_folder()
    aside = folder.with_name(f"{folder.name}.damaged")
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        folder.rename(aside)
        folder.mkdir()


@contextmanager
def kept_on_disk() -> Iterator[None]:
    """Let the functions decorated inside, and nobody else's in this process, keep their machine code in our folder.

    numba looks at this setting when a function is decorated, not when it is compiled.
    """
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(cache_folder())
    try:
        yield
    finally:
        config.CACHE_DIR = before
