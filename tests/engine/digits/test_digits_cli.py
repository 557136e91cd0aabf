"""`python -m lstmviz.digits`: trains, evaluates, and says in one sentence what cannot be done."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from lstmviz.digits import cli, data, doubt_training, sample
from lstmviz.digits.calibration import fit_temperature
from lstmviz.digits.data import mnist_folder
from lstmviz.digits.doubt import load_head, readers_are
from lstmviz.digits.evaluation import logits_of
from lstmviz.digits.readers import WEIGHTS, load_weights, metadata_of
from lstmviz.models import parameters_of
from tests.engine.digits.test_digits_data import files, net  # noqa: F401

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(tmp_path / "cache"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def mnist(files):  # noqa: F811
    """Small random files in MNIST's place, fetched."""
    mnist_folder().mkdir(parents=True)
    for name, content in files.items():
        (mnist_folder() / name).write_bytes(content)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["learn"], "invalid choice: 'learn'"),
        (["train", "--recipe", "cake"], "--recipe must be notes, boostcamp, best, hands or settle; got 'cake'."),
        (["train", "--cell", "transformer"], "--cell must be lstm, gru or rnn; got 'transformer'."),
        (["train", "--start", "nowhere.safetensors"], "--start must be a file that can be read; nowhere"),
        (["train", "--cell", "gru", "--start", str(WEIGHTS / "lstm.safetensors")], "--start must hold a network as"),
        (["doubt", "--seed", "-1"], "--seed must be 0 to 4294967295; got -1."),
        (["calibrate"], "the following arguments are required: --weights"),
        (["calibrate", "--weights", __file__], "--weights must be a file that `train` wrote;"),
        (["train", "--seed", "one"], "--seed: must be a whole number; got 'one'."),
        (["train", "--seed", "-1"], "--seed must be 0 to 4294967295; got -1."),
        (["train", "--epochs", "0"], "--epochs must be 1 to 1000; got 0."),
        (["train", "--threads", "0"], "--threads must be 1 to 1024; got 0."),
        (["train", "--colour", "red"], "unrecognized arguments: --colour red"),
        (["evaluate", "--weights", "nowhere.safetensors"], "--weights must be a file that can be read; nowhere"),
        (["evaluate", "--weights", __file__], "--weights must be a file that `train` wrote;"),
    ],
)
def test_bad_input_gets_one_sentence(arguments, sentence, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(cli.main, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_said_first(refused, tmp_path):
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file")
    assert "--out must be in a folder that can be written to" in refused(cli.main, "train", "--out", out)


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_without_mnist_the_way_to_it_is_told(command, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main([command]) == 1
    said = capsys.readouterr().err
    assert said == "lstmviz.digits: MNIST is not here yet; `python -m lstmviz.digits fetch` brings it.\n"
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_fetching_says_where_it_is_or_why_not(capsys, files, net):  # noqa: F811
    assert cli.main(["fetch"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("lstmviz.digits: MNIST could not be fetched: ")
    assert said.count("\n") == 1
    net.serve_mirror("https://one.test/", files)
    assert cli.main(["fetch"]) == 0
    assert capsys.readouterr().out == f"MNIST is in {mnist_folder()}\n"


def test_what_is_trained_is_written_logged_and_evaluated(mnist, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "_DRAWN_KINDS", 3)
    out = tmp_path / "new" / "weights"
    line = ["train", "--recipe", "best", "--cell", "gru", "--seed", "5", "--epochs", "6"]
    line += ["--threads", "1", "--out", str(out)]
    assert cli.main(line) == 0
    assert {file.name for file in out.iterdir()} == {"gru.safetensors", "training.log"}
    log = (out / "training.log").read_text()
    assert "train --recipe best --cell gru --seed 5 --epochs 6 --threads 1: 40 images, 6 epochs; torch" in log
    assert log.count("\nepoch ") == 6
    with safe_open(out / "gru.safetensors", "numpy") as stored:
        metadata = stored.metadata()
    assert (metadata["recipe"], metadata["cell"], metadata["seed"], metadata["epochs"]) == ("best", "gru", "5", "6")
    share = float(metadata["test_accuracy"])
    assert f"gru: MNIST test {share:.2%} right" in log
    model = load_weights(out / "gru.safetensors", "gru")
    assert (model.config.hidden_size, model.config.num_layers) == (128, 2)
    capsys.readouterr()

    assert cli.main(["evaluate", "--weights", str(out / "gru.safetensors")]) == 0
    said = capsys.readouterr().out
    assert f"MNIST test: {share:.2%} right" in said
    assert "load_digits: " in said
    assert said.count("expected calibration error") == 2
    assert "Digits of rare kinds, 3 drawings each:" in said
    assert "Perhaps not a digit" not in said  # that is of the three that come along
    assert "Expected calibration error on MNIST's test set after row 7: " in said
    assert "The hardest 25 of MNIST's test set:" in said
    rows = [line for line in said.splitlines() if line.startswith("digit 3")]
    assert len(rows) == 2  # of a table for each set

    assert cli.main(line) == 0  # and the log goes on
    assert (out / "training.log").read_text().count("\nepoch ") == 12


def test_a_training_goes_on_holds_images_back_and_is_calibrated_on_them(mnist, capsys, tmp_path, monkeypatch):
    from dataclasses import replace

    monkeypatch.setitem(cli.RECIPES, "hands", replace(cli.RECIPES["hands"], held_back=15, drawn=7))
    weights = tmp_path / "rnn.safetensors"
    shipped = WEIGHTS / "rnn.safetensors"
    model = load_weights(shipped, "rnn", calibrated=False)
    cli._save(model, weights, {"recipe": "best", "seed": "4", "temperature": "0.5"})  # "best" holds none back
    line = ["train", "--recipe", "hands", "--cell", "rnn", "--epochs", "1", "--threads", "1", "--out"]
    assert cli.main([*line, str(tmp_path / "new"), "--start", str(weights)]) == 0
    log = (tmp_path / "new" / "training.log").read_text()
    assert f"--epochs 1 --start {weights} --threads 1: 32 images, 1 epochs; torch" in log  # 40 - 15 + 7
    about = metadata_of(tmp_path / "new" / "rnn.safetensors")
    assert f"temperature {about['temperature']} fitted on the last 15 images of the training set, held back;" in log
    mnist_data = data.load_mnist()
    raw = load_weights(tmp_path / "new" / "rnn.safetensors", "rnn", calibrated=False)
    wanted = fit_temperature(logits_of(raw, mnist_data.train_images[-15:]), mnist_data.train_labels[-15:])
    assert float(about["temperature"]) == pytest.approx(wanted, rel=1e-3)

    before = weights.read_bytes()
    assert cli.main(["calibrate", "--weights", str(weights)]) == 0
    assert (
        "on the last 40 images of the training set, which it was trained with;"
        in (tmp_path / "training.log").read_text()
    )
    old, new = tmp_path / "old.safetensors", weights
    old.write_bytes(before)
    assert (
        parameters_of(load_weights(new, "rnn", calibrated=False)).keys()
        == parameters_of(load_weights(old, "rnn")).keys()
    )
    for name, value in parameters_of(load_weights(old, "rnn", calibrated=False)).items():
        assert np.array_equal(parameters_of(load_weights(new, "rnn", calibrated=False))[name], value)
    assert metadata_of(new)["temperature"] != metadata_of(old)["temperature"]
    assert {name: metadata_of(new)[name] for name in ("recipe", "seed")} == {"recipe": "best", "seed": "4"}


def test_a_head_is_trained_written_and_logged(mnist, capsys, tmp_path, monkeypatch):
    whole = doubt_training.make_head
    few = doubt_training.Amounts(mnist=20, drawn=4, others=20)
    monkeypatch.setattr(doubt_training, "make_head", lambda data, seed: whole(data, seed, few))
    monkeypatch.setattr(doubt_training, "_HELD_BACK", 12)
    monkeypatch.setattr(doubt_training, "_OF_EACH", 1)
    assert cli.main(["doubt", "--seed", "3", "--threads", "1", "--out", str(tmp_path)]) == 0
    assert {file.name for file in tmp_path.iterdir()} >= {"doubt.safetensors", "training.log"}
    about = metadata_of(tmp_path / "doubt.safetensors")
    assert (about["seed"], about["readers"]) == ("3", readers_are())
    log = (tmp_path / "training.log").read_text()
    assert f"doubt --seed 3 --threads 1, readers {readers_are()}: " in log
    assert f"AUROC {about['auroc MNIST test']}" in log
    assert load_head(tmp_path / "doubt.safetensors").held.shape == (1001,)


def test_a_training_that_is_interrupted_leaves_what_it_had(mnist, capsys, tmp_path, monkeypatch):
    from lstmviz.digits import training

    whole = training._epochs

    def interrupted(*arguments):
        for epoch in whole(*arguments):
            if epoch.number == 6:
                raise KeyboardInterrupt
            yield epoch

    monkeypatch.setattr(training, "_epochs", interrupted)
    assert (
        cli.main(["train", "--cell", "rnn", "--epochs", "9", "--threads", "1", "--out", str(tmp_path / "out")]) == 130
    )
    said = capsys.readouterr().err
    assert said.endswith("Interrupted.\n")
    assert f"is in {tmp_path / 'out' / 'rnn.unfinished.safetensors'}.\n" in said
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"rnn.unfinished.safetensors", "training.log"}
    assert load_weights(tmp_path / "out" / "rnn.unfinished.safetensors", "rnn").config.hidden_size == 128


def test_the_sample_is_drawn_from_the_test_set(mnist, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "_DRAWN", 12)
    monkeypatch.setattr(cli, "_HARDEST", 4)
    monkeypatch.setattr(cli, "_DRAWN_KINDS", 1)
    monkeypatch.setattr(doubt_training, "_OF_EACH", 1)
    assert cli.main(["evaluate", "--sample", str(tmp_path / "other.name")]) == 0
    with np.load(tmp_path / "other.name") as stored:
        assert stored["images"].shape == (16, 28, 28)
        assert int(stored["hardest"]) == 4
        assert len(set(stored["indices"][:12])) == 12
        mnist = data.load_mnist()
        assert np.array_equal(stored["images"], mnist.test_images[stored["indices"]])
        assert np.array_equal(stored["labels"], mnist.test_labels[stored["indices"]])
        told = [int(line.split()[0]) for line in capsys.readouterr().out.splitlines() if line[:6].strip().isdigit()]
        assert told == stored["indices"][12:][::-1].tolist()


def test_the_sample_that_the_package_reads_is_the_one_that_is_written():
    assert cli._SAMPLE == sample.FILE


def test_a_sample_that_cannot_be_written_or_is_hard_for_others_is_refused_before_the_work(refused, mnist, tmp_path):
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "sample.npz")
    assert "--sample must be in a folder that can be written to" in refused(cli.main, "evaluate", "--sample", out)
    line = ["evaluate", "--weights", str(WEIGHTS / "gru.safetensors"), "--sample", str(tmp_path / "sample.npz")]
    assert "--sample takes the images that are hardest for an LSTM" in refused(cli.main, *line)


def test_what_cannot_be_written_in_the_end_is_said_in_one_sentence(mnist, capsys, tmp_path):
    (tmp_path / "rnn.safetensors").mkdir()
    line = ["train", "--recipe", "notes", "--cell", "rnn", "--epochs", "1", "--threads", "1", "--out", str(tmp_path)]
    assert cli.main(line) == 1
    assert "rnn.safetensors" in capsys.readouterr().err.splitlines()[-1]


def test_weights_of_another_network_are_refused(refused, mnist, tmp_path):
    from safetensors.numpy import save_file

    file = tmp_path / "other.safetensors"
    save_file({"a": np.zeros(3, np.float32)}, file, {"cell": "lstm"})
    assert "--weights must be a file that `train` wrote" in refused(cli.main, "evaluate", "--weights", str(file))
    file.write_bytes((WEIGHTS / "lstm.safetensors").read_bytes()[:-100])
    assert "--weights must be a file that `train` wrote" in refused(cli.main, "evaluate", "--weights", str(file))


def test_help_does_not_wait_for_torch():
    code = "import sys; from lstmviz.digits import cli; cli.main([]); assert 'torch' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "fetch" in run.stdout


def test_the_module_is_a_program():
    run = subprocess.run(
        [sys.executable, "-m", "lstmviz.digits", "train", "--seed", "x"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 2
    assert run.stderr == "lstmviz.digits train: --seed: must be a whole number; got 'x'.\n"
