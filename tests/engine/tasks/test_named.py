"""Tasks by name: those that are no patterns cannot be taken for one, and each has other faces."""

import numpy as np
import pytest

from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import (
    EXAMPLE_SERIES,
    NAMED,
    NumbersError,
    PatternTask,
    alphabet_task,
    is_pattern,
    named_task,
    numbers_in,
    sequences_of,
    series_name,
    series_task,
    side_by_side,
    usual,
)
from lstmviz.training import TrainConfig, evaluate, train


@pytest.mark.parametrize("name", NAMED)
def test_a_name_is_no_pattern(name):
    assert " " in name
    with pytest.raises(ValueError, match="`pattern` must"):
        alphabet_task(name)


@pytest.mark.parametrize("name", [name for name in NAMED if sequences_of(name) > 1])
def test_a_number_chooses_the_face_and_nothing_else(name):
    first, others = named_task(name), [named_task(name, number) for number in range(1, 9)]
    assert all(other.key == first.key for other in others)
    assert any(not np.array_equal(other.x, first.x) for other in others)
    np.testing.assert_array_equal(named_task(name, 3).x, others[2].x)


@pytest.mark.parametrize("name", ["sine wave", "noise by heart", "abaB"])
def test_where_there_is_one_text_no_number_chooses_another(name):
    assert sequences_of(name) == 1
    np.testing.assert_array_equal(named_task(name, 5).x, named_task(name).x)


def test_a_text_has_as_many_faces_as_windows():
    task = named_task("text in windows")
    assert sequences_of("text in windows") == len(task.text) - task.window == 208
    assert 20 <= len(task.alphabet) <= 30
    with pytest.raises(ValueError, match="`number` must"):
        named_task("text in windows", 208)


def test_every_other_name_is_a_pattern():
    assert isinstance(named_task("abaB"), PatternTask)
    assert named_task("abaB").pattern == "abaB"
    with pytest.raises(ValueError, match="`pattern` must"):
        named_task("Reber  grammar")


@pytest.mark.parametrize(
    "name", ["echo of numbers", "sine wave", "adding problem", "noise by heart", "text in windows"]
)
def test_it_is_learned_by_what_it_is_usually_learned_by(name):
    task, by = named_task(name), NAMED[name]
    sizes = {"input_size": task.input_size, "hidden_size": by.hidden_size, "output_size": task.output_size}
    model = build_model(ModelConfig(cell=by.cell, seed=1, **sizes))
    for _ in train(model, task, TrainConfig(epochs=by.epochs, lr=by.lr)):
        pass
    assert evaluate(model, task).accuracy > 0.9


@pytest.mark.parametrize(
    "name", ["embedded Reber grammar", "continual Reber grammar", "Tomita 2", "Tomita 5", "Tomita 6"]
)
def test_a_grammar_is_learned_to_the_last_symbol_of_strings_never_seen(name):
    task, by = named_task(name), NAMED[name]
    sizes = {"input_size": task.input_size, "hidden_size": by.hidden_size, "output_size": task.output_size}
    model = build_model(ModelConfig(cell=by.cell, seed=1, **sizes))
    for _ in train(model, task, TrainConfig(epochs=by.epochs, lr=by.lr)):
        pass
    assert evaluate(model, task).right.mean() > 0.95


def test_the_name_of_a_series_holds_its_numbers():
    values = [0.5, -1, 2.25, 1e-3, 123456.0, *range(10)]
    name = series_name(values)
    assert not is_pattern(name)
    np.testing.assert_allclose(numbers_in(name), values, rtol=5e-5)
    assert series_name(numbers_in(name)) == name
    assert numbers_in(name.replace(" ", ", ").replace("numbers, ", "numbers ")) == numbers_in(name)
    task, same = named_task(name), series_task(numbers_in(name))
    assert task.key == same.key
    assert sequences_of(name) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("numbers ", "count"),
        ("numbers 1 2 3", "count"),
        ("numbers " + "1 " * 501, "count"),
        ("numbers 1 two 3", "number"),
        ("numbers nan inf 3", "number"),
        ("numbers " + "1e13 " * 20, "size"),
    ],
)
def test_what_is_no_series_is_refused(text, kind):
    with pytest.raises(NumbersError) as refused:
        series_name(numbers_in(text))
    assert refused.value.kind == kind


def test_the_example_is_learned_and_what_is_held_back_is_told_too():
    task, by = named_task(EXAMPLE_SERIES), usual(EXAMPLE_SERIES)
    sizes = {"input_size": 1, "hidden_size": by.hidden_size, "output_size": 1}
    model = build_model(ModelConfig(cell=by.cell, seed=1, **sizes))
    for _ in train(model, task, TrainConfig(epochs=by.epochs, lr=by.lr)):
        pass
    assert task.learned < len(task.x)
    assert evaluate(model, task).accuracy > 0.9


@pytest.mark.parametrize("name", ["embedded Reber grammar", "adding problem"])
def test_faces_are_read_side_by_side_each_to_its_own_end(name: str) -> None:
    faces = [named_task(name, number) for number in range(6)]
    inputs, own = side_by_side(faces)
    assert inputs.shape == (max(len(face.x) for face in faces), 6, faces[0].input_size)
    for n, face in enumerate(faces):
        np.testing.assert_array_equal(inputs[own[:, n], n], face.inputs())
        np.testing.assert_array_equal(own[:, n], np.arange(len(inputs)) < len(face.x))
    assert not inputs[~own].any()
