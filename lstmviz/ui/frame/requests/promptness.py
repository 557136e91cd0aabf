"""What would hold answers back: small messages that wait for a receipt, and looks through all objects for garbage.

asyncio switches Nagle's algorithm off only on sockets that were made with the number of their protocol, and the server
makes its own without. The second of two small messages then waits until the first one's receipt has come, which the
other side holds back for 40 ms: on every answer, while a pen moves.

Python looks through all that it holds whenever that has grown by a quarter: six times, for 0.4 s together, while torch
and all else is imported, and later for a quarter of a second each half minute of a lesson, in which nobody is answered.
It finds next to nothing: what sessions drop is free at once.
"""

import gc
import socket
from contextlib import suppress
from functools import cache


@cache
def collect_rarely() -> None:
    """Look for cycles of garbage after tens of thousands of new objects, and through all after a million."""
    gc.set_threshold(10_000, 10, 10)


@cache
def send_at_once() -> None:
    """Switch it off for all connections: those that are there, and those to come, which take it from what listens."""
    for one in gc.get_objects():
        # By its type: to be asked for its class, as isinstance does, wakes objects up that are none of ours.
        if issubclass(type(one), socket.socket) and one.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):  # closed, or none of TCP
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
