"""Where compiled code is kept between runs.

numba looks only at the file of the function it compiles, not at the files that one calls; so the folder carries a
digest of all of `fused/`, and a changed helper never meets old machine code. Folders of older versions are removed.
"""

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba
from platformdirs import user_cache_path

SOURCES = sorted(Path(__file__).parent.glob("*.py"))


@functools.cache
def cache_folder() -> Path:
    """This version's folder for compiled code: in $LSTMVIZ_CACHE_DIR, the user's cache folder, or a temporary one."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:16]
    given = os.environ.get("LSTMVIZ_CACHE_DIR")
    for root in (Path(given) if given else user_cache_path("lstmviz"), Path(tempfile.gettempdir()) / "lstmviz"):
        folder = root / "compiled" / digest
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            continue
        for other in folder.parent.iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        return folder
    return Path(tempfile.mkdtemp(prefix="lstmviz-"))


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
