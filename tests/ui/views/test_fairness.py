"""What is concluded from a grid's rates: only of cells with about as many parameters, and only what a test carries."""

from types import SimpleNamespace
from typing import Any

import pytest

from lstmviz.sweeps import SweepConfig
from lstmviz.sweeps.evidence import Rate, success
from lstmviz.ui.views.grid.fairness import fairness_sentence


def said(match: str, solved: dict[str, int], count: int = 32) -> str:
    config = SweepConfig(task="abcabC", cells=tuple(solved), hidden_size=5, seeds=[0], match=match)
    results: Any = [SimpleNamespace(bundle=bundle) for bundle in config.bundles()]
    rates: dict[str, Rate] = {cell: success(number, count) for cell, number in solved.items()}
    return fairness_sentence(results, rates)


@pytest.mark.parametrize(
    ("solved", "wanted", "never"),
    [
        ({"rnn": 4, "lstm": 26}, "LSTM ahead of RNN (tanh). So it is the kind of cell", "nobody"),
        ({"rnn": 30, "lstm": 9}, "RNN (tanh) ahead of LSTM. So it is the kind of cell", "nobody"),
        ({"rnn": 13, "lstm": 15}, "nobody is shown to be ahead", "decides here"),
        ({"rnn": 2, "gru": 3, "lstm": 28}, "LSTM ahead of RNN (tanh), LSTM ahead of GRU.", "RNN (tanh) ahead"),
    ],
)
def test_a_race_of_equals_is_concluded_whichever_way_it_goes(solved: dict[str, int], wanted: str, never: str) -> None:
    text = said("parameters", solved)
    assert wanted in text
    assert never not in text
    assert "LSTM 244" in text
    assert "RNN (tanh) 235" in text


def test_no_race_of_equals_is_called_that() -> None:
    assert said("hidden_size", {"rnn": 4, "lstm": 26}).startswith("This is no race of equals")


def test_one_cell_alone_runs_no_race() -> None:
    assert said("parameters", {"lstm": 26}) == ""
