"""Sockets as the server makes them: what is small leaves at once."""

import socket

from lstmviz.ui.frame.promptness import send_at_once


def at_once(one: socket.socket) -> bool:
    return one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_connections_that_are_there_and_those_to_come_wait_for_nothing():
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        first.connect(listening.getsockname())
        there, _ = listening.accept()
        assert not at_once(there)
        send_at_once.cache_clear()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):  # which knows no such thing
            send_at_once()
        second.connect(listening.getsockname())
        later, _ = listening.accept()
        with there, later:
            assert at_once(there)
            assert at_once(later)
