"""The pages by Streamlit's AppTest: their logic, without a browser."""

import functools
import json
import re
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import streamlit as st
from plotly.io import to_json
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from lstmviz.figures.plain import Plain
from lstmviz.store.trainings import TrainingStore
from lstmviz.sweeps import Store
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.turns import Turn, Turns
from lstmviz.ui.background.watched import View
from lstmviz.ui.frame.arrival import SENT
from lstmviz.ui.views.lecture import results
from lstmviz.ui.views.text import detective

ROOT = Path(__file__).parents[2]

# Streamlit searches all installed packages for components, for each app anew: half of the time that a test takes.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

# A server reads the library of its Python once, and trains the notes' networks once; here each test is one of its own.
results.reproduce = functools.cache(results.reproduce)
detective.held_out_excerpts = functools.cache(detective.held_out_excerpts)


def _wait(runner: Any, timeout: float, look: Callable[..., None] = local_script_runner.require_widgets_deltas) -> None:
    """Streamlit's own way looks a thousand times a second whether the page has been run, and takes turns with it."""
    runner._script_thread.join(timeout)
    look(runner, timeout=0.1)


local_script_runner.require_widgets_deltas = _wait


@pytest.fixture
def sweeps(tmp_path: Path) -> Store:
    """Where sweeps are kept: a store of each test's own, or of a file whose tests show the same networks."""
    return Store(tmp_path / "sweeps")


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sweeps: Store) -> None:
    """Sweeps and trainings begin without earlier results, and leave none behind."""
    trainings = TrainingStore(tmp_path / "trainings")
    monkeypatch.setattr("lstmviz.ui.background.sweeping._store", lambda: sweeps)
    monkeypatch.setattr("lstmviz.ui.background.kept._store", lambda: trainings)


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Somebody else's work, which has the only slot there is: what a page begins waits until that is given back."""
    turns = Turns(1)
    for module in ("background.jobs", "background.watched", "views.lecture.results"):
        monkeypatch.setattr(f"lstmviz.ui.{module}.TURNS", turns)
    monkeypatch.setattr("lstmviz.ui.background.turns.SAY_WAITING", 0.05)
    turn = turns.turn("another", short=True)
    assert turn.take()
    return turn


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch, _own_store: None) -> Iterator[list[Job | View]]:
    """What a test has begun; it ends with the test, as with a tab that is closed, so the next one has the machine."""
    begun: list[Job | View] = []
    for kind in (Job, View):

        def noted(self, *arguments, make=kind.__init__, **options):
            make(self, *arguments, **options)
            begun.append(self)

        monkeypatch.setattr(kind, "__init__", noted)
    yield begun
    for one in begun:
        one.cancel() if isinstance(one, Job) else one.stop()


@pytest.fixture(autouse=True)
def _figures_are_what_plotly_makes_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain data go to the browser unchecked; here plotly checks each figure that a page sends, and makes the same."""
    write = Plain.to_dict

    def written(figure: Plain) -> dict[str, Any]:
        sent = write(figure)
        if "_checked" not in vars(figure):
            made = go.Figure(figure._plain).to_dict()
            assert not [trace for trace in figure._plain["data"] if _has_hyphens(trace)]
            assert _alike(*(json.loads(to_json(one, validate=False)) for one in (sent, made)))
            vars(figure)["_checked"] = True
        return sent

    monkeypatch.setattr(Plain, "to_dict", written)


def _has_hyphens(trace: dict[str, Any]) -> bool:
    """Whether something is said of it with a hyphen for a minus, as plotly does where it is given a format."""
    told = f"{trace.get('hovertemplate')} {trace.get('texttemplate')}"
    formatted = re.findall(r"%\{(x|y|z|customdata):", told)
    return any(bool((np.asarray(trace[name], float) < 0).any()) for name in formatted)


def _alike(one: Any, other: Any) -> bool:
    """Whether two documents are the same, but for the last digit of a number: plotly turns angles by 360 degrees."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-12)
    return bool(one == other)


def new_server() -> None:
    """Forget all that a server keeps."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def server() -> None:
    """Each test asks a server of its own; a file whose tests only look has one for all of them."""
    new_server()


@pytest.fixture
def open_page(begun: list[Job | View], server: None) -> Callable[..., AppTest]:
    """A function that opens a page of the dashboard: `open_page("gates", lang="ko", cell="gru")`.

    Its network is trained then, unless that is to be asked for first or stands in line. `new_tab`: what comes with
    the second run is left out, as at first in a browser.
    """

    def start(name: str = "", /, *, new_tab: bool = False, **query: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if not new_tab:
            app.session_state[SENT] = {"text", "charts"}
        for key, value in query.items():
            app.query_params[key] = str(value)
        if name:
            app.switch_page(f"pages/{name}.py")
        app.run()
        if not new_tab and any(isinstance(one, Job) and _ends(one) for one in begun):
            app.run()  # on a busy machine it was still under way
        assert not app.exception
        return app

    return start


def _ends(job: Job) -> bool:
    """Wait for its end; whether it came, which it may not where it stands in line behind other work of the test."""
    for _ in range(60):
        if job.wait(1.0):
            return True
        if job.so_far().waiting is not None:
            return False
    return False
