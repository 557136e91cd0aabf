"""What is made of finished results is made once, as long as it is kept."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from lstmviz.models import build_model, parameters_of
from lstmviz.ui.background.jobs import Run, configs
from lstmviz.ui.background.packets import packed
from lstmviz.ui.background.remembered import of_run, remembered
from lstmviz.ui.background.shelf import Shelf
from lstmviz.ui.frame.controls.experiment import Experiment


@pytest.fixture(autouse=True)
def _empty():
    st.cache_resource.clear()


def test_it_is_made_once_and_by_all_that_decides():
    made = []

    def make():
        made.append(len(made))
        return made[-1]

    assert [remembered(make, "a", 1), remembered(make, "a", 1)] == [0, 0]
    assert [remembered(make, "a", 2), remembered(make, "b", 1), remembered(make, "a", 1)] == [1, 2, 0]


def test_the_least_recently_used_goes():
    shelf = Shelf(2)
    for name in "aba":
        shelf.get(name, lambda name=name: name * 2)
    shelf.get("c", lambda: "cc")
    assert shelf.get("a", lambda: "new") == "aa"
    assert shelf.get("b", lambda: "new") == "new"


def test_what_is_too_large_for_all_is_kept_alone():
    shelf = Shelf(10, len)
    for text in ("12345", "1234", "12345678901234567890"):
        assert shelf.get(text, lambda text=text: text) == text
    assert shelf.filled == 20
    shelf.drop("12345678901234567890")
    shelf.drop("never there")
    assert shelf.filled == 0


def test_who_asks_while_it_is_made_waits_for_it():
    shelf, made, all_there = Shelf(10), [], threading.Barrier(8)

    def make():
        made.append(1)
        time.sleep(0.05)
        return len(made)

    def ask():
        all_there.wait(30)
        return shelf.get("a", make)

    with ThreadPoolExecutor(8) as pool:
        found = [one.result(30) for one in [pool.submit(ask) for _ in range(8)]]
    assert found == [1] * 8


def test_of_many_that_wait_for_one_that_fails_the_next_tries():
    shelf, tries = Shelf(10), []

    def make():
        tries.append(1)
        if len(tries) == 1:
            raise MemoryError("too large")
        return "made"

    with pytest.raises(MemoryError):
        shelf.get("a", make)
    assert shelf.get("a", make) == "made"


def test_what_fails_is_tried_again():
    with pytest.raises(ZeroDivisionError):
        remembered(lambda: 1 / 0, "a")
    assert remembered(lambda: 1, "a") == 1


def test_a_run_that_diverged_at_once_is_not_the_one_that_had_just_begun():
    begun = run_of(diverged_at=None)
    over = replace(begun, state="diverged", diverged_at=1)
    said = of_run()(lambda run: run.diverged_at)
    assert [said(begun), said(over), said(begun)] == [None, 1, None]
    assert packed(begun, range(5)) != packed(over, range(5))


def run_of(*, diverged_at):
    experiment = Experiment(cell="rnn_relu", epochs=200)
    first = parameters_of(build_model(configs(experiment)[0]))
    one = np.array([1.0])
    return Run(experiment, "running", np.array([0]), one, one, (0,), (first,), 0.0, 0.0, diverged_at)
