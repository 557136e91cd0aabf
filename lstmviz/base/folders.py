"""Where this user's files are kept from one program to the next."""

import functools
import os
import tempfile
from pathlib import Path

from platformdirs import user_cache_path


def cache_base() -> Path:
    """$LSTMVIZ_CACHE_DIR, ~ meaning the home folder, or the user's cache folder.

    Raises:
        OSError: neither is known, as for a user without a home.
    """
    given = os.environ.get("LSTMVIZ_CACHE_DIR")
    try:
        return Path(given).expanduser() if given else user_cache_path("lstmviz")
    except RuntimeError as error:
        raise OSError(str(error)) from None


def user_folder(name: str) -> Path:
    """The folder `name` below the cache folder, or below one of this process alone where that is not known."""
    try:
        return cache_base() / name
    except OSError:
        return _own_folder() / name


@functools.cache
def _own_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="lstmviz-"))
