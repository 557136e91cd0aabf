"""From what somebody types to what the engine takes, and back."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstmviz.models import CELLS, ModelConfig
from lstmviz.tasks import PRESETS
from lstmviz.ui.frame.controls.experiment import PARAMS, Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES, RefusedError, read, write
from lstmviz.ui.frame.controls.lessons import PATTERN_LESSONS

SEED_SENTENCE = "The seed must be a whole number from 0 to 4,294,967,295; got {got}, so {kept} stays in use."


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        ("task", "abaB", "abaB"),
        ("task", " xyxz ", "xyxz"),
        ("task", "e\u0301a", "éa"),
        ("cell", "gru", "gru"),
        ("hidden", "1", 1),
        ("hidden", "64", 64),
        ("seed", "0", 0),
        ("seed", "4294967295", 2**32 - 1),
        ("seed", "+7", 7),
        ("lr", "0.1", 0.1),
        ("lr", "1e-3", 0.001),
        ("lr", "10", 10.0),
        ("epochs", "1", 1),
        ("epochs", "100000", 100_000),
    ],
)
def test_good_text_is_read(param, text, value):
    assert read(param, text) == value
    assert type(read(param, text)) is type(value)


@pytest.mark.parametrize(
    ("param", "text", "sentence"),
    [
        ("task", "", "A pattern must have 2 to 64 letters; got 0, so {kept} stays in use."),
        ("task", "a", "A pattern must have 2 to 64 letters; got 1, so {kept} stays in use."),
        ("task", "ab" * 33, "A pattern must have 2 to 64 letters; got 66, so {kept} stays in use."),
        ("task", "aaaa", "A pattern needs at least two different letters; got {got}, so {kept} stays in use."),
        ("task", "a b", "A pattern is made of letters and signs, without spaces; got {got}, so {kept} stays in use."),
        ("task", "a\0b", "A pattern is made of letters and signs, without spaces; got {got}, so {kept} stays in use."),
        ("cell", "LSTM", "The cell must be one of lstm, gru, rnn, rnn_relu; got {got}, so {kept} stays in use."),
        ("hidden", "0", "Hidden nodes must be a whole number from 1 to 64; got {got}, so {kept} stays in use."),
        ("hidden", "65", "Hidden nodes must be a whole number from 1 to 64; got {got}, so {kept} stays in use."),
        ("hidden", "3.5", "Hidden nodes must be a whole number from 1 to 64; got {got}, so {kept} stays in use."),
        ("seed", "-1", SEED_SENTENCE),
        ("seed", "4294967296", SEED_SENTENCE),
        ("epochs", "100001", "Epochs must be a whole number from 1 to 100,000; got {got}, so {kept} stays in use."),
        ("epochs", "9" * 5000, "Epochs must be a whole number from 1 to 100,000; got {got}, so {kept} stays in use."),
        ("lr", "0", "The learning rate must be a number above 0, at most 10; got {got}, so {kept} stays in use."),
        ("lr", "nan", "The learning rate must be a number above 0, at most 10; got {got}, so {kept} stays in use."),
        ("lr", "inf", "The learning rate must be a number above 0, at most 10; got {got}, so {kept} stays in use."),
        ("lr", "abc", "The learning rate must be a number above 0, at most 10; got {got}, so {kept} stays in use."),
    ],
)
def test_bad_text_gets_one_sentence(param, text, sentence):
    with pytest.raises(RefusedError) as refused:
        read(param, text)
    assert refused.value.sentence == sentence


@given(st.sampled_from(list(PARAMS)), st.text())
@example("seed", "٣")
@example("lr", "1_0")
@example("task", "{got}{}")
def test_any_text_is_read_or_refused(param, text):
    try:
        value = read(param, text)
    except RefusedError as error:
        refused = error
    else:
        assert read(param, write(value)) == value
        return
    assert refused.sentence.format(got="this", kept="that").count("that") == 1


@given(
    st.builds(
        Experiment,
        task=st.sampled_from(PRESETS),
        cell=st.sampled_from(CELLS),
        hidden_size=st.integers(1, 64),
        seed=st.integers(0, 2**32 - 1),
        lr=st.floats(0, 10, exclude_min=True).filter(lambda lr: math.isfinite(lr)),
        epochs=st.integers(1, 100_000),
    )
)
def test_an_experiment_survives_the_url(experiment):
    params = experiment.params()
    assert Experiment(**{PARAMS[param]: read(param, text) for param, text in params.items()}) == experiment


def test_the_url_reads_as_people_write_it():
    experiment = Experiment("abaB", "gru", 2, 43052, 1.0, 1000)
    assert list(experiment.params().values()) == ["abaB", "gru", "2", "43052", "1", "1000"]


def test_an_unknown_field_is_an_error_of_the_code():
    with pytest.raises(ValueError, match="`param` must be the name of a field"):
        read("colour", "red")


def test_every_cell_of_the_engine_is_on_offer():
    assert set(CELL_NAMES) == set(CELLS)


def test_every_preset_has_its_lesson():
    assert tuple(PATTERN_LESSONS) == PRESETS


def test_the_engine_takes_the_defaults_and_the_limits():
    for text in ("1", "64"):
        ModelConfig(cell="lstm", input_size=4, hidden_size=read("hidden", text), output_size=4, seed=2**32 - 1)
