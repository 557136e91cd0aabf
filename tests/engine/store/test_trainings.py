"""Finished trainings come back from disk to the bit, or not at all."""

from dataclasses import replace

import numpy as np
import pytest

from lstmviz.models import ModelConfig, build_model
from lstmviz.store import trainings
from lstmviz.store.trainings import Training, TrainingStore
from lstmviz.tasks import alphabet_task
from lstmviz.training import TrainConfig, train

TASK = alphabet_task("abaB", repeats=5)
MODEL = ModelConfig(cell="lstm", input_size=3, hidden_size=2, output_size=3, seed=7)
CONFIG = TrainConfig(epochs=40, lr=0.1)


def _trained() -> Training:
    records = list(train(build_model(MODEL), TASK, CONFIG))
    snapshots = [record for record in records if record.parameters is not None]
    return Training(
        losses=np.array([record.loss for record in records]),
        accuracies=np.array([record.accuracy for record in records]),
        kept=tuple(record.epoch for record in snapshots),
        snapshots=tuple(record.parameters for record in snapshots),
        seconds=0.25,
        diverged_at=None,
    )


TRAINED = _trained()


def test_a_training_comes_back_to_the_bit(tmp_path):
    store = TrainingStore(tmp_path)
    assert store.get(TASK, MODEL, CONFIG) is None
    store.put(TASK, MODEL, CONFIG, TRAINED)
    found = TrainingStore(tmp_path).get(TASK, MODEL, CONFIG)
    assert found is not None
    for array in ("losses", "accuracies"):
        assert getattr(found, array).dtype == np.float64
        assert getattr(found, array).tobytes() == getattr(TRAINED, array).tobytes()
    assert (found.kept, found.seconds, found.diverged_at) == (TRAINED.kept, 0.25, None)
    for one, other in zip(found.snapshots, TRAINED.snapshots, strict=True):
        assert list(one) == list(other)
        for name in one:
            assert (one[name].dtype, one[name].shape) == (other[name].dtype, other[name].shape)
            assert one[name].tobytes() == other[name].tobytes()


def test_one_that_diverged_says_so(tmp_path):
    store = TrainingStore(tmp_path)
    store.put(TASK, MODEL, CONFIG, replace(TRAINED, diverged_at=12))
    found = store.get(TASK, MODEL, CONFIG)
    assert found is not None
    assert found.diverged_at == 12


@pytest.mark.parametrize(
    ("task", "model", "config"),
    [
        (alphabet_task("abaB", repeats=6), MODEL, CONFIG),
        (alphabet_task("abcabC", repeats=5), MODEL, CONFIG),
        (alphabet_task("xyxY", repeats=5), MODEL, CONFIG),  # the same numbers, but other letters
        (TASK, replace(MODEL, seed=8), CONFIG),
        (TASK, replace(MODEL, cell="gru"), CONFIG),
        (TASK, replace(MODEL, dtype="float64"), CONFIG),
        (TASK, MODEL, replace(CONFIG, lr=0.2)),
        (TASK, MODEL, replace(CONFIG, epochs=41)),
        (TASK, MODEL, replace(CONFIG, loss="sum")),
    ],
)
def test_another_training_is_another_question(tmp_path, task, model, config):
    store = TrainingStore(tmp_path)
    store.put(TASK, MODEL, CONFIG, TRAINED)
    assert store.get(task, model, config) is None
    assert not store.files.set_aside


def test_another_engine_is_another_question(tmp_path, monkeypatch):
    store = TrainingStore(tmp_path)
    store.put(TASK, MODEL, CONFIG, TRAINED)
    monkeypatch.setattr(trainings, "engine_digest", lambda: "another")
    assert store.get(TASK, MODEL, CONFIG) is None


def test_a_damaged_file_is_set_aside(tmp_path):
    store = TrainingStore(tmp_path)
    store.put(TASK, MODEL, CONFIG, TRAINED)
    [file] = tmp_path.iterdir()
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)
    assert store.get(TASK, MODEL, CONFIG) is None
    assert [one.suffix for one in tmp_path.iterdir()] == [".damaged"]
    store.put(TASK, MODEL, CONFIG, TRAINED)
    assert store.get(TASK, MODEL, CONFIG) is not None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    store = TrainingStore(tmp_path / "file" / "trainings")
    store.put(TASK, MODEL, CONFIG, TRAINED)
    assert store.get(TASK, MODEL, CONFIG) is None
    assert isinstance(store.files.refusal, OSError)


def test_the_folder_is_bounded(tmp_path):
    store = TrainingStore(tmp_path)
    store.put(TASK, MODEL, CONFIG, TRAINED)
    size = sum(file.stat().st_size for file in tmp_path.iterdir())
    small = TrainingStore(tmp_path, max_bytes=4 * size)
    for seed in range(20):
        small.put(TASK, replace(MODEL, seed=seed), CONFIG, TRAINED)
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 4 * size
    assert small.get(TASK, replace(MODEL, seed=19), CONFIG) is not None


def test_the_folder_is_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(tmp_path))
    assert TrainingStore().files.folder == tmp_path / "trainings"
