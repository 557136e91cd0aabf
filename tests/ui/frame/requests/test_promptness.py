"""Sockets as the server makes them, from which what is small leaves at once; and garbage, for which nobody waits."""

import gc
import socket

from lstmviz.ui.frame.requests.promptness import collect_rarely, send_at_once


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


def test_a_rerun_does_not_look_through_all_that_is_imported():
    looked = []
    before = gc.get_threshold()
    gc.collect()  # so that it counts from 0, whatever ran before
    gc.callbacks.append(lambda phase, info: looked.append(info["generation"]) if phase == "stop" else None)
    try:
        gc.set_threshold(700, 10, 10)  # Python's own, not those of the tests
        collect_rarely.cache_clear()
        collect_rarely()
        kept = [[] for _ in range(300_000)]  # ten times what a rerun makes
    finally:
        gc.callbacks.pop()
        gc.set_threshold(*before)
    assert len(kept) == 300_000
    assert looked
    assert 2 not in looked
