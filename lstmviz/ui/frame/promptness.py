"""Small messages that leave at once.

asyncio switches Nagle's algorithm off only on sockets that were made with the number of their protocol, and the server
makes its own without. The second of two small messages then waits until the first one's receipt has come, which the
other side holds back for 40 ms: on every answer, while a pen moves.
"""

import gc
import socket
from contextlib import suppress
from functools import cache


@cache
def send_at_once() -> None:
    """Switch it off for all connections: those that are there, and those to come, which take it from what listens."""
    for one in gc.get_objects():
        # By its type: to be asked for its class, as isinstance does, wakes objects up that are none of ours.
        if issubclass(type(one), socket.socket) and one.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):  # closed, or none of TCP
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
