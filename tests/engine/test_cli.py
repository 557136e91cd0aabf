"""`python -m lstmviz`: sweeps as tables, interrupted and resumed, and one sentence for what cannot be done."""

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lstmviz import cli, sweeps
from lstmviz.fused.cache import cache_folder
from lstmviz.models import parameter_count
from lstmviz.store.results import read_results
from lstmviz.sweeps import SweepConfig, sweep

ROOT = Path(__file__).parents[2]
COMPILED = cache_folder().parent
COLUMNS = ["task", "memory", "cell", "hidden_size", "parameters", "lr", "epochs", "seed"]
COLUMNS += ["loss", "margin", "solved", "diverged_at"]
SMALL = ["sweep", "--task", "abaB", "abcabC", "--hidden-sizes", "1,3-4", "--seeds", "0-2", "--epochs", "60"]


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setattr("lstmviz.base.folders.user_cache_path", lambda name: tmp_path / "cache")
    monkeypatch.delenv("LSTMVIZ_CACHE_DIR", raising=False)
    monkeypatch.delenv("LSTMVIZ_SCHEDULER", raising=False)


@pytest.fixture(autouse=True)
def _estimated_at_once(request, monkeypatch):
    """An estimate trains for a second: only the tests that are about it wait for one."""
    if "estimated" not in request.fixturenames:
        monkeypatch.setattr(sweeps, "estimate_sweep_seconds", lambda config, threads: 1.0)


@pytest.fixture
def estimated():
    """Asked for by a test whose sweeps are estimated as they are for users."""


def test_the_tables_hold_what_the_engine_says(tmp_path, capsys):
    out = tmp_path / "re.sults"
    assert cli.main([*SMALL, "--match", "parameters", "--out", str(out)]) == 0
    assert "36 of 36 networks finished" in capsys.readouterr().out
    table = pd.read_parquet(tmp_path / "re.sults.parquet")
    written = pd.read_csv(tmp_path / "re.sults.csv")
    assert list(table) == list(written) == COLUMNS
    assert len(table) == len(written) == 36
    config = SweepConfig(task=("abaB", "abcabC"), hidden_size=(1, 3, 4), seeds=range(3), epochs=60, match="parameters")
    runs = {(run.task, run.cell, run.hidden_size, run.seed): run for run in sweep(config)}
    for row, again in zip(table.itertuples(), written.itertuples(), strict=True):
        run = runs.pop((row.task, row.cell, row.hidden_size, row.seed))
        assert (row.lr, row.epochs, row.memory) == (0.1, 60, {"abaB": 2, "abcabC": 3}[row.task])
        assert row.parameters == parameter_count(row.cell, {"abaB": 3, "abcabC": 4}[row.task], row.hidden_size)
        assert row.parameters == sum(value.size for value in run.parameters.values())
        assert (np.float32(row.loss), row.margin, row.solved) == (np.float32(run.loss), run.margin, run.solved)
        assert pd.isna(row.diverged_at)
        assert np.float32(again.loss) == np.float32(run.loss)
    assert not runs


def test_the_second_time_nothing_is_trained_and_the_tables_are_the_same(tmp_path, capsys):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    assert cli.main([*SMALL, "--out", str(first)]) == 0
    assert "known before" not in capsys.readouterr().out
    assert cli.main([*SMALL, "--out", str(second), "--threads", "1"]) == 0
    assert "12 of their bundles known before" in capsys.readouterr().out
    assert cli.main([*SMALL, "--out", str(third), "--no-store"]) == 0
    assert "known before" not in capsys.readouterr().out
    texts = {file.with_suffix(".csv").read_text() for file in (first, second, third)}
    assert len(texts) == 1


def test_damaged_files_of_the_store_are_told(tmp_path, capsys):
    assert cli.main([*SMALL, "--out", str(tmp_path / "a")]) == 0
    file = next((tmp_path / "cache" / "sweeps").iterdir())
    file.write_bytes(file.read_bytes()[:-1])
    assert cli.main([*SMALL, "--out", str(tmp_path / "b")]) == 0
    told = capsys.readouterr()
    assert "11 of their bundles known before" in told.out
    assert f"set aside, and trained again: {file.with_suffix('.damaged')}" in told.err
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_store_that_cannot_be_written_is_told(tmp_path, capsys):
    (tmp_path / "cache").touch()
    assert cli.main([*SMALL, "--out", str(tmp_path / "a")]) == 0
    assert "Nothing could be kept for the next time" in capsys.readouterr().err


def test_diverged_networks_are_rows_like_others(tmp_path):
    arguments = ["sweep", "--cells", "rnn_relu", "--hidden-sizes", "8", "--lrs", "10", "--seeds", "0-15"]
    assert cli.main([*arguments, "--epochs", "200", "--out", str(tmp_path / "a")]) == 0
    table = pd.read_csv(tmp_path / "a.csv")
    diverged = table[table.diverged_at.notna()]
    assert len(diverged) > 0
    assert not np.isfinite(diverged.loss).any()
    assert not diverged.solved.any()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--cells", "rnn,elman"], "--cells must be one of rnn, rnn_relu, lstm, gru; got 'elman'."),
        (["--task", "aaa"], "--task must have at least two different letters; got only 'a'."),
        (["--hidden-sizes", "65"], "--hidden-sizes must be between 1 and 64; got 65."),
        (["--hidden-sizes", "1,x"], "--hidden-sizes must be whole numbers, such as 1,2,4 or 1-8; got '1,x'."),
        (["--hidden-sizes", "5-2"], "--hidden-sizes must count upwards; got '5-2'."),
        (["--lrs", "0"], "--lrs must be above 0, at most 10; got 0."),
        (["--lrs", "fast"], "--lrs must be numbers, such as 0.1,0.01; got 'fast'."),
        (["--seeds", "0-99999999999999"], "--seeds must be at most 1,000,000 numbers; got '0-99999999999999'."),
        (["--seeds", "1,1"], "--seeds must hold each value once; got [1, 1]."),
        (["--seeds", "4294967296"], "--seeds must be between 0 and 4294967295; got 4294967296."),
        (["--epochs", "many"], "--epochs: must be a whole number; got 'many'."),
        (["--epochs", "0"], "--epochs must be between 1 and 100000; got 0."),
        (["--match", "size"], "--match must be one of hidden_size, parameters; got 'size'."),
        (["--threads", "0"], "--threads must be between 1 and 1024; got 0."),
        (["--scheduler", "here"], "--scheduler must be an address such as tcp://127.0.0.1:8786; got 'here'."),
        (["--scheduler", "tcp://127.0.0.1:1"], "--scheduler: No Dask scheduler answers at tcp://127.0.0.1:1; start"),
        (["--out", "/nowhere/at/all"], "--out must name files that can be written; /nowhere/at says: No such file"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
    ids=str,
)
def test_bad_input_gets_one_sentence(tmp_path, refused, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(cli.main, "sweep", *arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", [".parquet", ".csv"])
def test_a_folder_in_the_place_of_a_table_is_refused_before_the_work(tmp_path, refused, ending):
    (tmp_path / f"results{ending}").mkdir()
    said = refused(cli.main, *SMALL, "--out", str(tmp_path / "results"))
    assert f"results{ending} is a folder." in said
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing_half_written(tmp_path, capsys, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "results.csv.part")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    assert cli.main([*SMALL, "--out", str(tmp_path / "results")]) == 1
    assert capsys.readouterr().err.endswith("lstmviz: results.csv.part says: No space left on device.\n")
    assert [file.name for file in tmp_path.glob("results*")] == ["results.parquet"]


def test_lists_may_have_spaces_and_who_does_not_answer_does_not_agree(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli, "ASK_FROM_SECONDS", 0.0)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: (_ for _ in ()).throw(EOFError))
    assert cli.main([*SMALL, "--cells", "rnn, gru", "--out", str(tmp_path / "results")]) == 1
    assert not list(tmp_path.glob("results*"))


def test_the_environment_is_named_where_it_is_wrong(tmp_path, refused, monkeypatch):
    monkeypatch.setenv("LSTMVIZ_SCHEDULER", "here")
    assert "$LSTMVIZ_SCHEDULER must be an address" in refused(cli.main, *SMALL, "--out", str(tmp_path / "a"))


@pytest.mark.usefixtures("estimated")
def test_a_long_sweep_is_asked_about(tmp_path, capsys, monkeypatch):
    long = ["sweep", "--hidden-sizes", "64", "--seeds", "0-999", "--epochs", "100000", "--out", str(tmp_path / "a")]

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda prompt: "n")
    assert cli.main(long) == 1
    assert "2,000 networks will take about" in capsys.readouterr().err
    monkeypatch.setattr(Terminal, "isatty", lambda self: False)
    with pytest.raises(SystemExit) as left:
        cli.main(long)
    assert left.value.code == 2
    assert "--yes must be given" in capsys.readouterr().err


def test_with_yes_or_a_yes_a_long_sweep_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "ASK_FROM_SECONDS", 0.0)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: "y")
    assert cli.main([*SMALL, "--out", str(tmp_path / "b")]) == 0
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked in spite of --yes"))
    assert cli.main([*SMALL, "--yes", "--out", str(tmp_path / "b")]) == 0


def test_ctrl_c_keeps_what_is_finished_and_the_next_time_goes_on(tmp_path, monkeypatch, capsys):
    out = tmp_path / "a"
    cache = tmp_path / "own"
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(cache))
    # The compiled kernels stay where they are: only the store is this test's own.
    cache.mkdir()
    (cache / "compiled").symlink_to(COMPILED)
    # One after the other: there are networks left to train however many cores there are.
    command = ["sweep", "--seeds", "0-127", "--epochs", "500", "--threads", "1", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-m", "lstmviz", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell runs in the background hands on that it does not hear of it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 300
    # The third file is written long after the first bundle was handed over: that one is in the table.
    while len(list(cache.glob("sweeps/*.safetensors"))) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted; the same command goes on from here." in complained
    assert "Traceback" not in complained
    table = pd.read_parquet(f"{out}.parquet")
    assert 0 < len(table) < 256
    assert f"{len(table)} of 256 networks finished" in said
    known = len(list(cache.glob("sweeps/*.safetensors")))
    assert cli.main(command) == 0
    solved = pd.read_csv(f"{out}.csv").solved.sum()
    assert f"256 of 256 networks finished, {solved} solved, {known} of" in capsys.readouterr().out


def test_without_a_command_it_says_what_there_is():
    run = subprocess.run([sys.executable, "-m", "lstmviz"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "sweep" in run.stdout
    program = "import sys; from lstmviz.cli import main; main([]); assert not {'torch', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)


def test_an_ending_in_out_is_not_doubled(tmp_path):
    quick = ["sweep", "--task", "ab", "--cells", "rnn", "--seeds", "0", "--epochs", "2", "--no-store"]
    for name in ("results.csv", "results.PARQUET", ".csv", "v1.2"):
        assert cli.main([*quick, "--out", str(tmp_path / name)]) == 0
    wanted = {f"{name}{ending}" for name in ("results", ".csv", "v1.2") for ending in (".parquet", ".csv")}
    assert {file.name for file in tmp_path.iterdir()} == wanted


def test_tasks_of_any_name_come_back_from_both_tables(tmp_path):
    tasks = ["NA", "01", "nan", "1e3", "true"]
    out = tmp_path / "results"
    arguments = ["--cells", "rnn", "--seeds", "0,1", "--epochs", "2", "--no-store", "--out", str(out)]
    assert cli.main(["sweep", "--task", *tasks, *arguments]) == 0
    parquet, csv = read_results(f"{out}.parquet"), read_results(f"{out}.csv")
    assert list(parquet.task.unique()) == tasks
    pd.testing.assert_frame_equal(parquet, csv, check_dtype=False)
    pd.testing.assert_frame_equal(parquet, read_results(out))
    with pytest.raises(FileNotFoundError, match=r"^There is neither .*nothing\.parquet nor .*nothing\.csv\.$"):
        read_results(tmp_path / "nothing")


def test_what_is_no_pattern_is_a_row_too(tmp_path):
    out = tmp_path / "results"
    arguments = [
        "--cells",
        "lstm",
        "--seeds",
        "0-2",
        "--epochs",
        "20",
        "--lrs",
        "0.05",
        "--no-store",
        "--out",
        str(out),
    ]
    assert cli.main(["sweep", "--task", "bit parity", "ab", *arguments]) == 0
    table = read_results(out)
    config = SweepConfig(task=("bit parity", "ab"), cells="lstm", seeds=range(3), epochs=20, lr=0.05)
    for run in sweep(config):
        [row] = table[(table.task == run.task) & (table.seed == run.seed)].to_dict("records")
        assert (row["loss"], row["margin"], row["solved"]) == (np.float32(run.loss), np.float32(run.margin), run.solved)
        assert row["memory"] == {"bit parity": 0, "ab": 1}[run.task]


def test_who_stops_reading_gets_the_tables_all_the_same(tmp_path):
    out = tmp_path / "results"
    quick = ["sweep", "--task", "ab", "--cells", "rnn", "--seeds", "0", "--epochs", "2", "--no-store"]
    command = [sys.executable, "-m", "lstmviz", *quick, "--out", str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # as `| head -0` does
        complained = process.stderr.read()
    assert process.returncode == 0
    assert "Traceback" not in complained
    assert "BrokenPipe" not in complained
    assert len(read_results(out)) > 0


def test_a_sweep_left_open_does_not_keep_the_program_from_ending():
    code = """
import time
import lstmviz as lv
slow = lv.SweepConfig(task="ab", cells="lstm", hidden_size=(1, 64), seeds=range(17), epochs=30_000, repeats=20)
runs = lv.sweep(slow, threads=2)
next(runs)
time.sleep(0.2)
"""  # the networks of one unit are trained in half a second; those of 64, under way when it ends, would take minutes
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
