"""A click counts, however soon the tab asks for something else: two requests reach the server together.

On a busy machine they do whenever somebody uses two things in one second, or one of them twice.
"""

import time
from itertools import pairwise

import pytest

from tests.browser.wire import open_tab

QUERY = "task=abaB&hidden=2&seed=5&epochs=50"
TIMES = 6  # how the two threads meet is chance


@pytest.mark.parametrize("page", ["", "training"])
def test_a_click_counts_though_another_request_follows_at_once(server: str, page: str) -> None:
    with open_tab(server, page, QUERY) as tab:
        seeds = [tab.query.get("seed")]
        for _ in range(TIMES):
            tab.send(tab.click("New seed"), tab.request())
            seeds.append(tab.query.get("seed"))
        assert all(one != after for one, after in pairwise(seeds)), seeds


def test_a_request_that_a_busy_server_kept_waiting_undoes_nothing(server: str) -> None:
    with open_tab(server, "cell", QUERY) as tab:
        before = tab.query_string
        tab.send(tab.click("New seed"))
        seed = tab.query["seed"]
        assert seed != "5"
        time.sleep(4)  # longer than any moment in which the server would expect it
        tab.query_string = before  # as a request tells it that was sent before the click was answered
        tab.send(tab.request())
        assert tab.query["seed"] == seed  # the server has put it right


def test_what_a_click_did_is_told_though_another_request_follows_at_once(server: str) -> None:
    with open_tab(server, "cell", QUERY) as tab:
        for _ in range(TIMES):
            tab.toasts.clear()
            tab.send(tab.click("Train again"), tab.request())
            for _ in range(50):  # while it trains, which takes longer on a busy machine, a browser asks again and again
                if tab.toasts:
                    break
                tab.send(tab.request())
            assert set(tab.toasts), "no word of it"
            assert all(text.startswith("Trained again in") for text in tab.toasts)
