"""The pages by Streamlit's AppTest: their logic, without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lstmviz.store.trainings import TrainingStore
from lstmviz.sweeps import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Sweeps and trainings begin without earlier results, and leave none behind."""
    sweeps, trainings = Store(tmp_path / "sweeps"), TrainingStore(tmp_path / "trainings")
    monkeypatch.setattr("lstmviz.ui.background.sweeping._store", lambda: sweeps)
    monkeypatch.setattr("lstmviz.ui.background.kept._store", lambda: trainings)


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """A function that opens a page of the dashboard: `open_page("gates", lang="ko", cell="gru")`."""
    st.cache_data.clear()
    st.cache_resource.clear()

    def start(name: str = "", /, **query: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = str(value)
        app.run()
        if name:
            app.switch_page(f"pages/{name}.py").run().run()
        assert not app.exception
        return app

    return start
