"""A click counts, however soon the tab asks for something else: two requests reach the server together.

On a busy machine they do whenever somebody uses two things in one second, or one of them twice.
"""

import time
from itertools import pairwise
from urllib.parse import parse_qsl, quote

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

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


@pytest.mark.parametrize("together", [True, False])
def test_back_counts_though_another_request_follows_at_once(server: str, together: bool) -> None:
    with open_tab(server, "cell", QUERY) as tab:
        for _ in range(TIMES):
            before = tab.query_string
            tab.send(tab.click("New seed"))
            assert tab.query_string != before
            tab.query_string = before
            requests = tab.request(by_history=True), tab.request()  # as of a part that tells what it has drawn
            for sent in [requests] if together else [requests[:1], requests[1:]]:
                tab.send(*sent)
                assert tab.query_string == before
            tab.send(tab.click("New seed"))  # no two begin with the same


@pytest.mark.parametrize(("by_part", "late"), [(True, 1.5), (True, 0.0), (False, 1.5), (False, 0.0)])
def test_what_stood_before_back_is_a_choice_only_where_nothing_else_was_why_it_is_told(
    server: str, by_part: bool, late: float
) -> None:
    """A browser tells of all widgets each time, and on a busy machine it shows what Back brought seconds later.

    late: seconds; at once, or after longer than any moment in which the server would expect it.
    """
    with open_tab(server, "cell", QUERY) as tab:
        before = tab.query_string
        nodes, seed = (WidgetState(id=tab.fields[label]) for label in ("Hidden nodes", "Seed"))
        nodes.double_value, seed.double_value = 3, 5
        tab.send(tab.request(nodes, seed, of="cell"))
        assert tab.query["hidden"] == "3"
        tab.query_string = before
        if by_part:
            cause = WidgetState(id=tab.buttons["New seed"], trigger_value=True)
        else:
            cause = WidgetState(id=seed.id, double_value=6)
        tab.send(tab.request(by_history=True, of="cell"), tab.request(nodes, cause, of="cell"), apart=late)
        assert tab.query["hidden"] == "2"
        assert tab.query["seed"] != "5"
        assert by_part or tab.query["seed"] == "6"
        time.sleep(1.5)
        tab.send(tab.request(nodes, seed if by_part else cause, of="cell"))
        assert tab.query["hidden"] == "3"


def test_what_back_has_replaced_can_be_chosen_again_though_it_has_changed_more(server: str) -> None:
    with open_tab(server, "cell", QUERY) as tab:
        before = tab.query_string
        nodes, seed = (WidgetState(id=tab.fields[label]) for label in ("Hidden nodes", "Seed"))
        nodes.double_value, seed.double_value = 3, 6
        tab.send(tab.request(nodes, seed, of="cell"))
        assert (tab.query["hidden"], tab.query["seed"]) == ("3", "6")
        tab.query_string = before
        tab.send(tab.request(by_history=True, of="cell"))
        time.sleep(1.5)
        seed.double_value = 5  # which Back has brought
        tab.send(tab.request(nodes, seed, of="cell"))
        assert (tab.query["hidden"], tab.query["seed"]) == ("3", "5")


@pytest.mark.parametrize("after_back", [True, False])
@pytest.mark.parametrize(
    ("label", "task", "typed", "asked"),
    [
        ("Own pattern", "aab", "aabb", "aabb"),
        ("Own numbers", "numbers 1 2 3 4 5 6 7 8 9", "9 8 7 6 5 4 3 2 1", "numbers 9 8 7 6 5 4 3 2 1"),
    ],
)
def test_an_own_task_can_be_typed_though_its_field_is_all_that_is_told(
    server: str, label: str, task: str, typed: str, asked: str, after_back: bool
) -> None:
    with open_tab(server, "cell", f"task={quote(task)}&hidden=2&seed=5&epochs=50") as tab:
        if after_back:
            before = tab.query_string
            tab.send(tab.click("New seed", of="cell"))
            tab.query_string = before
            tab.send(tab.request(by_history=True, of="cell"))
        tab.send(tab.request(WidgetState(id=tab.fields[label], string_value=typed), of="cell"))
        assert tab.query["task"] == asked


def test_a_form_of_a_page_has_no_part_of_what_back_has_replaced_come_along(server: str) -> None:
    with open_tab(server, "shapes", "shape_n=2&shape_seed=4") as tab:
        before = tab.query_string
        batch, steps, seed = (WidgetState(id=tab.fields[label]) for label in ("N", "L", "Seed"))
        batch.double_value, steps.double_value, seed.double_value = 4, 5, 5
        tab.send(tab.request(batch, steps, seed, of="shapes"))
        assert (tab.query["shape_n"], tab.query["shape_seed"]) == ("4", "5")
        tab.query_string = before
        steps.double_value = 6
        # Of what Back has brought, the browser of a busy machine has shown nothing yet.
        tab.send(tab.request(by_history=True, of="shapes"), tab.request(batch, steps, seed, of="shapes"), apart=1.5)
        assert (tab.query["shape_n"], tab.query["shape_seed"], tab.query["shape_l"]) == ("2", "4", "6")


def test_a_form_of_a_page_knows_of_back_before_a_button_of_it_is_carried_out(server: str) -> None:
    with open_tab(server, "shapes", "shape_seed=4") as tab:
        for k in range(TIMES):
            before = tab.query_string
            field = WidgetState(id=tab.fields["Seed"], double_value=10 + k)
            tab.send(tab.request(field, of="shapes"))
            assert tab.query_string != before
            tab.query_string = before
            tab.send(tab.request(by_history=True, of="shapes"), tab.click("steps first", of="shapes"))
            seed = dict(parse_qsl(before))["shape_seed"]
            assert (tab.query["shape_seed"], tab.query["shape_batch_first"]) == (seed, "False")
            tab.send(tab.click("small", of="shapes"))


def test_stop_writes_nothing_of_its_training_into_what_back_has_brought(server: str) -> None:
    with open_tab(server, "training", QUERY) as tab:
        before = tab.query_string
        tab.send(tab.click("New seed"), tab.request())
        tab.send(tab.click("Start"))
        tab.query_string = before
        tab.send(tab.request(by_history=True), tab.click("Stop"))
        assert tab.query_string == before


def test_back_to_another_page_counts_though_the_one_that_is_left_still_asks(server: str) -> None:
    with open_tab(server, "cell", QUERY) as tab:
        for k in range(8):
            before, hidden = tab.query_string, 3 + k % 2
            field = WidgetState(id=tab.fields["Hidden nodes"], int_value=hidden)
            tab.send(tab.request(field))
            assert tab.query["hidden"] == f"{hidden}"
            tab.page, tab.query_string = {"cell": "gates", "gates": "cell"}[tab.page], before
            # A browser tells of all widgets each time, and those of the old page stand until the new one comes.
            tab.send(tab.request(field, by_history=True), tab.request(field), apart=0.003 * k)
            assert tab.query_string == before


@pytest.mark.parametrize("by_history", [True, False])
def test_a_link_counts_though_something_of_the_page_that_is_left_is_clicked_at_once(
    server: str, by_history: bool
) -> None:
    with open_tab(server, "cell", QUERY) as tab:
        here, there = "cell", "gates"
        for k in range(6):
            seed = tab.query.get("seed")
            link = tab.request(by_history=by_history, of=there)
            tab.send(link, tab.click("New seed", of=here), apart=0.004 * k)
            assert tab.shown == tab.pages[there]
            assert tab.query["seed"] != seed  # and what the click does is done
            here, there = there, here


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
