"""Memory that is free goes back to the system.

glibc gives each thread a heap of its own, and every rerun is a thread: what one has freed, another's heap cannot use,
so a server that makes and drops figures, packets and traces all day grows though it keeps no more than before. Few
heaps, and their free pages given back now and then, keep it at what is in use. Elsewhere than on glibc nothing is done.
"""

import ctypes
import sys
import threading
import time
from functools import cache

from lstmviz.ui.background.bounds import HEAPS, TRIM_SECONDS

_M_ARENA_MAX = -8  # of glibc's malloc.h


@cache
def give_back_memory() -> None:
    """From now on, and for the whole server."""
    library = _glibc()
    if library is None:
        return
    library.mallopt(_M_ARENA_MAX, HEAPS)
    threading.Thread(target=_trim, args=(library,), name="lstmviz-memory", daemon=True).start()


def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is one that can do this."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def _trim(library: ctypes.CDLL) -> None:
    while True:
        time.sleep(TRIM_SECONDS)
        library.malloc_trim(0)
