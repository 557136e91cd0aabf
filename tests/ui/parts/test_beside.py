"""What the URL says of a network beside, and the sentences about what will not do."""

import pytest

from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.parts.run.beside import read_beside

FIRST = Experiment("abaB", "lstm", 2, 43052, 0.1, 1000)


def test_nothing_asked_is_no_network() -> None:
    assert read_beside("", FIRST) == (None, None, [])
    assert read_beside(";;", FIRST) == (None, None, [])


def test_what_is_left_out_is_as_in_the_first() -> None:
    assert read_beside("cell=rnn", FIRST) == (Experiment("abaB", "rnn", 2, 43052, 0.1, 1000), None, [])
    text = "cell=gru;hidden=4;seed=7;lr=0.03;epochs=200;epoch=120"
    assert read_beside(text, FIRST) == (Experiment("abaB", "gru", 4, 7, 0.03, 200), 120, [])


def test_the_same_network_at_another_epoch() -> None:
    assert read_beside("epoch=0", FIRST) == (FIRST, 0, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cell=perceptron", "The cell must be one of"),
        ("hidden=900", "Hidden nodes must be a whole number from 1 to 64; got 900, so 2 stays in use."),
        ("seed=-1", "The seed must be"),
        ("task=abcabC", "“task=abcabC” is not understood"),
        ("epoch=1e3", "“epoch=1e3” is not understood"),
        ("epoch=99999999", "is not understood"),
        ("<script>", "“<script>” is not understood"),
        ("=", "is not understood"),
    ],
)
def test_what_will_not_do_is_said_and_counts_for_nothing(text: str, said: str) -> None:
    second, epoch, notices = read_beside(text, FIRST)
    assert (second, epoch) == (None, None)
    assert len(notices) == 1
    assert said in notices[0]
    second, _epoch, _notices = read_beside(f"{text};cell=rnn", FIRST)
    assert second is not None
    assert second.cell == "rnn"


def test_a_long_text_is_read_to_some_point() -> None:
    assert len(read_beside("x;" * 100_000, FIRST)[2]) <= 250
