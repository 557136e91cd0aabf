"""What the tests of background work share: a machine of one core, and patience."""

import pytest

from lstmviz.ui.background.turns import Turns


@pytest.fixture
def one_slot(monkeypatch) -> Turns:
    """A machine of one core, and waits that are talked about soon."""
    turns = Turns(1)
    monkeypatch.setattr("lstmviz.ui.background.jobs.TURNS", turns)
    monkeypatch.setattr("lstmviz.ui.background.turns.SAY_WAITING", 0.05)
    return turns
