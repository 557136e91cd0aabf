"""What all tests share: one thread for torch, a cache folder of their own, and property tests without a stopwatch."""

import gc
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from platformdirs import user_cache_path

# Before torch is imported, and inherited by the servers that tests start: on networks this small a second thread makes
# an epoch slower, not faster, and tests that share a machine would wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def own_cache(folder: Path) -> Path:
    """Make `folder` a cache folder in which nothing has been trained yet; only what takes long is not made again."""
    given = os.environ.get("LSTMVIZ_CACHE_DIR")
    users = Path(given).expanduser() if given else user_cache_path("lstmviz")
    folder.mkdir(exist_ok=True)
    for name in ("compiled", "mnist"):
        (users / name).mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to((users / name).resolve())
    return folder


_CACHE = tempfile.TemporaryDirectory(prefix="lstmviz-tests-")
os.environ["LSTMVIZ_CACHE_DIR"] = str(own_cache(Path(_CACHE.name)))

# The first example may compile the fast path or import torch, so a deadline would measure that.
settings.register_profile("lstmviz", deadline=None)
settings.load_profile("lstmviz")


def pytest_collection_finish() -> None:
    """What has been imported stays: Python need not look through it for garbage again and again, nor at the end."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """A function that calls a command line's `main` with bad arguments, for the one sentence that it ends with."""

    def call(main: Callable[..., object], *arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        return lines[0]

    return call
