"""Tasks by name: those that are no patterns cannot be taken for one, and each has other faces."""

import numpy as np
import pytest

from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import NAMED, PatternTask, alphabet_task, named_task, sequences_of
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
    task, usual = named_task(name), NAMED[name]
    sizes = {"input_size": task.input_size, "hidden_size": usual.hidden_size, "output_size": task.output_size}
    model = build_model(ModelConfig(cell=usual.cell, seed=1, **sizes))
    for _ in train(model, task, TrainConfig(epochs=usual.epochs, lr=usual.lr)):
        pass
    assert evaluate(model, task).accuracy > 0.9
