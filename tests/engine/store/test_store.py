"""The store gives back what was put, to the bit, or nothing, whatever happens to its files and whoever uses it too."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

from lstmviz.store.folder import DAMAGED_KEPT
from lstmviz.sweeps import Bundle, BundleResult, Store, sweep_bundles, train_bundle
from lstmviz.sweeps import run as run_module
from lstmviz.sweeps import store as store_module

ROOT = Path(__file__).parents[3]
BUNDLE = Bundle(task="abaB", repeats=5, cell="lstm", hidden_size=2, lr=0.1, epochs=12, seeds=(3, 1, 2), snapshots=4)
RESULT = train_bundle(BUNDLE)


def _numbered(seed: int) -> BundleResult:
    """A result like the others, of a bundle of its own."""
    return replace(RESULT, bundle=replace(BUNDLE, seeds=(seed, seed + 1, seed + 2)))


def _equal(one: BundleResult, other: BundleResult) -> bool:
    pairs = [(one.losses, other.losses), (one.h, other.h), (one.probabilities, other.probabilities)]
    pairs += [(rows, other.parameters[name]) for name, rows in one.parameters.items()]
    same = all(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs)
    return same and one.bundle == other.bundle and list(one.parameters) == list(other.parameters)


def test_a_result_comes_back_to_the_bit(tmp_path):
    store = Store(tmp_path)
    assert store.get(BUNDLE) is None
    store.put(RESULT)
    found = store.get(BUNDLE)
    assert found is not None
    assert _equal(found, RESULT)
    assert store.found == 1
    np.testing.assert_array_equal(found.margins, RESULT.margins)


def test_numbers_that_are_none_come_back_to_the_bit(tmp_path):
    losses = RESULT.losses.copy()
    losses[-3:, 0] = np.nan, np.inf, -np.inf
    losses.view(np.uint32)[0, 0] = 0xFFC12345  # a NaN with a payload
    store = Store(tmp_path)
    store.put(replace(RESULT, losses=losses))
    found = store.get(BUNDLE)
    assert found is not None
    assert found.losses.tobytes() == losses.tobytes()
    assert found.diverged_at[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        *({"task": "abcabC"}, {"repeats": 6}, {"cell": "gru"}, {"hidden_size": 3}, {"lr": 0.2}, {"epochs": 13}),
        *({"seeds": (3, 2, 1)}, {"seeds": (3, 1)}, {"snapshots": 5}),
    ],
    ids=str,
)
def test_another_bundle_is_another_question(tmp_path, change):
    store = Store(tmp_path)
    store.put(RESULT)
    assert store.get(replace(BUNDLE, **change)) is None
    assert not store.set_aside


def test_another_engine_is_another_question(tmp_path, monkeypatch):
    store = Store(tmp_path)
    store.put(RESULT)
    monkeypatch.setattr(store_module, "engine_digest", lambda: "another")
    assert store.get(BUNDLE) is None
    assert not store.set_aside


def test_a_file_says_what_it_holds(tmp_path):
    Store(tmp_path).put(RESULT)
    [file] = tmp_path.iterdir()
    with safe_open(file, framework="numpy") as opened:
        assert '"task": "abaB"' in opened.metadata()["bundle"]
        np.testing.assert_array_equal(opened.get_tensor("losses"), RESULT.losses)


@given(st.data())
def test_any_damage_is_noticed_and_set_aside(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("store")
    try:
        store = Store(folder)
        store.put(RESULT)
        file = store.file(BUNDLE)
        whole = bytearray(file.read_bytes())
        if data.draw(st.booleans(), label="cut off"):
            del whole[data.draw(st.integers(0, len(whole) - 1), label="length") :]
        else:
            for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4, unique=True)):
                whole[place] ^= data.draw(st.integers(1, 255))
        file.write_bytes(whole)
        found = store.get(BUNDLE)
        if found is None:
            assert store.set_aside == [file.with_suffix(".damaged")]
            assert store.set_aside[0].read_bytes() == whole
            assert not file.exists()
        else:  # white space in the header may become other white space
            assert _equal(found, RESULT)
        store.put(RESULT)
        again = store.get(BUNDLE)
        assert again is not None
        assert _equal(again, RESULT)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.99])
def test_a_single_flipped_bit_among_the_numbers_is_noticed(tmp_path, place):
    store = Store(tmp_path)
    store.put(RESULT)
    data = bytearray(store.file(BUNDLE).read_bytes())
    header = 8 + int.from_bytes(data[:8], "little")
    data[header + int((len(data) - header) * place)] ^= 1
    store.file(BUNDLE).write_bytes(data)
    assert store.get(BUNDLE) is None
    assert len(store.set_aside) == 1


def test_foreign_files_are_set_aside(tmp_path):
    store = Store(tmp_path)
    save_file({"losses": RESULT.losses}, store.file(BUNDLE))
    assert store.get(BUNDLE) is None
    other = _numbered(9)
    store.put(other)
    shutil.copy(store.file(other.bundle), store.file(BUNDLE))  # sound, but the answer to another question
    assert store.get(BUNDLE) is None
    assert store.set_aside == [store.file(BUNDLE).with_suffix(".damaged")]


def test_few_damaged_files_are_kept(tmp_path):
    store = Store(tmp_path)
    for seed in range(20):
        store.file(_numbered(seed).bundle).write_bytes(b"nonsense")
        os.utime(store.file(_numbered(seed).bundle), (seed, seed))
        assert store.get(_numbered(seed).bundle) is None
    assert len(store.set_aside) == 20
    left = [file for file in store.set_aside if file.exists()]
    assert left == store.set_aside[-DAMAGED_KEPT:]


def test_what_was_not_asked_for_the_longest_goes_first(tmp_path):
    measuring = Store(tmp_path / "measure")
    measuring.put(RESULT)
    size = measuring.file(BUNDLE).stat().st_size
    store = Store(tmp_path / "store", max_bytes=12 * size)
    results = [_numbered(10 * seed) for seed in range(9)]
    for age, result in enumerate(results):
        store.put(result)
        os.utime(store.file(result.bundle), (age, age))
    assert store.get(results[0].bundle) is not None  # which makes it the newest
    for seed in range(200, 204):
        store.put(_numbered(seed))
        assert sum(file.stat().st_size for file in store.folder.iterdir()) <= 12 * size
    assert store.file(results[0].bundle).exists()
    assert not store.file(results[1].bundle).exists()
    assert store.file(results[8].bundle).exists()


def test_a_store_without_room_keeps_nothing(tmp_path):
    store = Store(tmp_path, max_bytes=0)
    store.put(RESULT)
    assert store.get(BUNDLE) is None
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="`max_bytes` must be between 0"):
        Store(tmp_path, max_bytes=-1)


def test_what_a_killed_process_left_is_swept_up(tmp_path):
    old, new = tmp_path / "old.tmp", tmp_path / "new.tmp"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    Store(tmp_path).put(RESULT)
    assert not old.exists()
    assert new.exists()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "sweeps")
    store.put(RESULT)
    assert isinstance(store.refusal, OSError)
    assert store.get(BUNDLE) is None
    [result] = sweep_bundles([BUNDLE], store=store)
    assert _equal(result, RESULT)


def test_the_folder_is_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(tmp_path))
    assert Store().folder == tmp_path / "sweeps"
    monkeypatch.delenv("LSTMVIZ_CACHE_DIR")
    assert Store().folder.parts[-2:] == ("lstmviz", "sweeps")


def test_a_sweep_trains_only_what_is_unknown(tmp_path, monkeypatch):
    bundles = [_numbered(seed).bundle for seed in range(0, 40, 10)]
    first = {result.bundle: result for result in sweep_bundles(bundles[:2], store=Store(tmp_path))}
    trained = []

    def watched(bundle, look):
        trained.append(bundle)
        return train_bundle(bundle, look)

    monkeypatch.setattr(run_module, "train_bundle", watched)
    store = Store(tmp_path)
    second = {result.bundle: result for result in sweep_bundles(bundles, store=store)}
    assert sorted(trained, key=bundles.index) == bundles[2:]
    assert store.found == 2
    assert all(_equal(second[bundle], first[bundle]) for bundle in first)
    assert set(second) == set(bundles)


def use(folder: Path, start: int) -> list[int]:
    """Write and read for a while: how many reads gave something, how many something else, what was set aside."""
    store = Store(folder, max_bytes=40_000)
    given, wrong = 0, 0
    for k in range(start, start + 150):
        expected = _numbered(k * 7 % 10)
        store.put(expected)
        other = _numbered(k * 3 % 10)
        found = store.get(other.bundle)
        given += found is not None
        wrong += found is not None and not _equal(found, other)
    return [given, wrong, len(store.set_aside)]


BESIDE = """
import faulthandler, json, sys
from pathlib import Path
from tests.engine.store.test_store import use
faulthandler.dump_traceback_later(60, exit=True)
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(use(Path(sys.argv[1]), 5)))
"""


def test_processes_share_a_store(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", BESIDE, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        assert other.stdin is not None
        print("go", file=other.stdin, flush=True)
        here = use(tmp_path, 0)
        told, errors = other.communicate(timeout=120)
    assert other.returncode == 0, errors
    for found, wrong, set_aside in (here, json.loads(told)):
        assert found > 20
        assert (wrong, set_aside) == (0, 0)
    assert not list(tmp_path.glob("*.tmp"))
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 60_000
