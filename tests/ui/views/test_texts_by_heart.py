"""What is said of many networks that learned a text by heart."""

from types import SimpleNamespace

import numpy as np
import pytest

from lstmviz.ui.views.text.learning import rates_say


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        ((50, 50, None), "after 50 epochs (2 of them)."),
        ((80, 50, 60), "after 50 to 80 epochs, 60 in the middle (3 of them)."),
    ],
)
def test_a_span_of_epochs_is_said_where_there_is_one(reached, said):
    networks = [
        SimpleNamespace(by_heart=at is not None, learned_at=at, open=np.array([False]), diverged=False)
        for at in reached
    ]
    assert f"Reached for the first time {said}" in rates_say(networks)
