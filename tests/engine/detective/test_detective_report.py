"""What the log says is so of what ships; and the command line, on a library of a few small files."""

import gzip
import json
import math

import numpy as np
import pytest
import torch

import lstmviz as lv
from lstmviz.detective import cli, corpus, training
from lstmviz.detective.alphabet import ALPHABET, encode
from lstmviz.detective.corpus import Corpus, SourceFile, load_corpus
from lstmviz.detective.ngram import count_ngrams
from lstmviz.detective.reader import WEIGHTS, load_detective, load_weights
from lstmviz.detective.reading import read_texts
from lstmviz.detective.report import bits_of_files, measured
from lstmviz.detective.training import Recipe

LOG = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
NAMES = ("ast.py", "chunk.py", "abc.py", "bisect.py", "colorsys.py", "copy.py", "getopt.py", "sched.py")


def small_library():
    return Corpus(
        tuple(SourceFile(name, f"def {name[0]}(x):\n    return x + {k}\n" * (k + 3)) for k, name in enumerate(NAMES))
    )


@pytest.fixture
def own_library(monkeypatch):
    monkeypatch.setattr(corpus, "load_corpus", small_library)
    return small_library()


def test_bits_of_files_are_those_of_each_read_alone():
    model = lv.build_model(lv.ModelConfig(input_size=97, hidden_size=5, output_size=97, num_layers=2, gain=3.0))
    texts = ["x", "ab(c)\n" * 400, "def f():\n    pass\n" * 60, "yz"]
    found = bits_of_files(model, [encode(text) for text in texts])
    assert found[0] == pytest.approx(math.log2(97))
    for bits, text in zip(found[1:], texts[1:], strict=True):
        (reading,) = read_texts(model, [text])
        assert bits == pytest.approx(math.log2(97) + reading.bits[1:].sum(), rel=1e-5)


def test_the_others_are_measured_on_the_same_files(own_library):
    model = lv.build_model(lv.ModelConfig(input_size=97, hidden_size=5, output_size=97))
    found = measured(model, own_library)
    texts = [file.text for file in own_library.side("held_out")]
    assert len(texts) > 1
    assert found.characters == sum(map(len, texts))
    assert found.gzip == pytest.approx(8 * len(gzip.compress("".join(texts).encode(), 9)) / found.characters)
    assert found.gzip_each == pytest.approx(
        sum(8 * len(gzip.compress(text.encode(), 9)) for text in texts) / found.characters
    )
    grams = count_ngrams([encode(file.text) for file in own_library.side("train")], len(ALPHABET), 5)
    bits = -sum(np.log2(grams.probabilities(encode(text))).sum() for text in texts)
    assert found.ngram == pytest.approx(bits / found.characters)
    assert found.lstm == pytest.approx(sum(own * count for _, count, own in found.files) / found.characters, abs=1e-4)


def test_what_ships_is_small_and_made_as_the_log_says():
    assert WEIGHTS.stat().st_size < 4_000_000
    recipe = Recipe(**LOG["recipe"])
    model = load_detective()
    assert (model.config.hidden_size, model.config.num_layers) == (recipe.hidden_size, recipe.num_layers)
    assert LOG["parameters"] == sum(one.numel() for one in model.parameters())
    assert LOG["command"].startswith("python -m lstmviz.detective train")
    assert "PSF License" in LOG["licence"]
    files = LOG["held_out_files"]
    assert sum(count for _, count, _ in files) == LOG["corpus"]["held_out"]["characters"]
    total = sum(count * bits for _, count, bits in files) / LOG["corpus"]["held_out"]["characters"]
    assert total == pytest.approx(LOG["bits_per_character"]["lstm"], abs=2e-4)
    assert all(SourceFile(name, "").side == "held_out" for name, _, _ in files)


def test_the_shipped_network_reads_held_out_files_as_well_as_the_log_says():
    now = {file.name: file.text for file in load_corpus(sides=("held_out",)).files}
    logged = {name: bits for name, count, bits in LOG["held_out_files"] if len(now.get(name, "")) == count < 8000}
    if not logged:
        pytest.skip("this Python's files are others than those of the log")
    names = sorted(logged)[:8]
    found = bits_of_files(load_detective(), [encode(now[name]) for name in names])
    for name, bits in zip(names, found, strict=True):
        assert bits / len(now[name]) == pytest.approx(logged[name], abs=2e-3), name


def test_the_commands_train_measure_and_log(tmp_path, monkeypatch, capsys, own_library):
    monkeypatch.setattr(training, "Recipe", lambda **own: Recipe(**{"hidden_size": 6, "lanes": 2, "steps": 10} | own))
    monkeypatch.setattr(torch, "set_num_threads", lambda threads: None)
    assert cli.main(["train", "--epochs", "3", "--seed", "2", "--out", str(tmp_path / "out")]) == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["detective.json", "detective.npz"]
    log = json.loads((tmp_path / "out" / "detective.json").read_text())
    assert log["corpus"]["digest"] == own_library.digest
    assert (log["recipe"]["seed"], log["recipe"]["epochs"]) == (2, 3)
    assert log["curve"][-1][0] > 0
    model = load_weights(tmp_path / "out" / "detective.npz")
    assert model.config.hidden_size == 6
    capsys.readouterr()
    assert cli.main(["evaluate", "--weights", str(tmp_path / "out" / "detective.npz")]) == 0
    printed = capsys.readouterr().out
    assert "They are the files of the log." in printed
    for name, key in (("LSTM", "lstm"), ("5-gram, Kneser-Ney", "ngram"), ("xz -9e, each file", "xz_each")):
        (line,) = [line for line in printed.splitlines() if line.startswith(name)]
        now, then = map(float, line.removeprefix(name).split())
        assert now == pytest.approx(then, abs=1e-3)
        assert then == pytest.approx(log["bits_per_character"][key], abs=1e-4)


def test_without_the_files_of_the_log_evaluate_says_so(tmp_path, monkeypatch, capsys, own_library):
    assert cli.main(["evaluate"]) == 0
    assert f"The log is of Python {LOG['python']}, whose files differ" in capsys.readouterr().out


def test_bad_input_is_refused_in_a_sentence(refused, tmp_path):
    assert "--epochs must be 1 to 1000; got 0." in refused(cli.main, "train", "--epochs", "0")
    assert "--seed must be 0 to 4294967295; got -1." in refused(cli.main, "train", "--seed", "-1")
    assert "must be a whole number; got 'many'." in refused(cli.main, "train", "--threads", "many")
    assert "invalid choice: 'learn'" in refused(cli.main, "learn")
    (tmp_path / "file").write_text("text")
    assert "that can be written to" in refused(cli.main, "train", "--out", str(tmp_path / "file" / "in"))
    assert "that `train` wrote" in refused(cli.main, "evaluate", "--weights", str(tmp_path / "file"))
    assert "that can be read" in refused(cli.main, "evaluate", "--weights", str(tmp_path / "none.npz"))
