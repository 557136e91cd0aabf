"""What is to be started: how many servers, where each listens, and whether a proxy stands before them."""

import os
import shutil
import socket
from contextlib import closing, suppress
from dataclasses import dataclass

from lstmviz.base.cores import cores

MAX_SERVERS = 256
SERVER_BYTES = 3 * 2**29
"""Memory that must be there for each server: one holds 0.4 GB when idle and 0.8 GB with thirty students on it."""
_LOWEST = 1024  # ports below are the system's own
_SYSTEM = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")  # Debian leaves these out of a user's PATH


@dataclass(frozen=True)
class Plan:
    """What `make class` starts, checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    port: int
    """where the class finds the dashboard, 1 to 65535"""
    servers: int
    """1 to 256; more than one are behind a proxy"""
    haproxy: str | None
    """the program that spreads the class over the servers, if it is installed"""

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise ValueError(f"PORT must be a whole number from 1 to 65535; got {self.port}.")
        if not 1 <= self.servers <= MAX_SERVERS:
            raise ValueError(f"SERVERS must be a whole number from 1 to {MAX_SERVERS}; got {self.servers}.")

    @property
    def alone(self) -> bool:
        """Whether one server does everything, with nothing before it."""
        return self.servers == 1 or self.haproxy is None


def find_haproxy() -> str | None:
    """The path of HAProxy, or None where it is not installed."""
    return shutil.which("haproxy", path=os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM)))


def servers_that_fit() -> int:
    """A server a core, as far as the memory of this machine goes."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on this system
        return min(cores(), MAX_SERVERS)
    return max(1, min(cores(), memory // SERVER_BYTES, MAX_SERVERS))


def listen(port: int) -> socket.socket:
    """A socket that listens on all addresses of this machine.

    Raises:
        OSError: the port is taken, or this user may not have it.
    """
    both = socket.has_dualstack_ipv6()
    taken = socket.create_server(
        (everywhere(), port), family=socket.AF_INET6 if both else socket.AF_INET, dualstack_ipv6=both, backlog=1024
    )
    return taken


def everywhere() -> str:
    """What a program is told that listens on all addresses."""
    return "::" if socket.has_dualstack_ipv6() else "0.0.0.0"


def own_ports(port: int, count: int) -> list[int]:
    """`count` free ports for the servers behind `port`, on this machine alone: those after it as a rule.

    They are not left to the system, which would choose among those that it also gives to outgoing connections: a server
    that died could then find its own port taken when it comes back.

    Raises:
        OSError: there are not so many.
    """
    found: list[int] = []
    for candidate in (*range(port + 1, 65536), *range(port - 1, _LOWEST - 1, -1)):
        if len(found) == count:
            break
        if candidate >= _LOWEST and is_free(candidate):
            found.append(candidate)
    if len(found) < count:
        raise OSError(f"This machine has no {count} free ports.")
    return found


def is_free(port: int) -> bool:
    """Whether nobody listens at `port` of this machine."""
    with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
        return True
    return False
