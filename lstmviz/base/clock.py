"""The clock that trials are timed with."""

import time


def worked() -> float:
    """Seconds that the calling thread has worked, from a start of its own.

    What else the machine has to do does not count: a trial of a hundredth of a second that is interrupted once would
    seem ten times as long. Where threads are timed too coarsely for that, as on Windows, it is the clock on the wall.
    """
    return time.thread_time() if _FINE else time.perf_counter()


_FINE = time.get_clock_info("thread_time").resolution < 1e-4
