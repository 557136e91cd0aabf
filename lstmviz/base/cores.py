"""How many cores there are to work with."""

import os


def cores() -> int:
    """The cores that this process may use, at least 1."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
