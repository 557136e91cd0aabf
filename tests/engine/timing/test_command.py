"""`python -m lstmviz timing`: what it measures and writes, and what it refuses in one sentence."""

import functools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lstmviz import cli
from lstmviz.timing import process
from lstmviz.timing.process import Process
from lstmviz.timing.results import read_results
from lstmviz.timing.row import NOTES, Row
from tests.engine.timing.speaking import speaking

ROOT = Path(__file__).parents[3]
SAYS = speaking("""
    say(share=0.5, repeats=1, seconds=0.5)
    ask()
    if job["way"] == "compiled":
        say(failed="no_kernels", sentence="")
    elif not job["row"]["backward"] and job["row"]["steps"] == 2000:
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        measured(2.0 if job["row"]["backward"] else 1.0)
""")


@pytest.fixture
def speak(monkeypatch):
    return lambda command: monkeypatch.setattr(process, "Process", functools.partial(Process, command=command))


def test_the_six_rows_are_measured_and_written(tmp_path, capsys, speak):
    speak(SAYS)
    out = tmp_path / "out.json"
    assert cli.main(["timing", "--rows", "notes", "--json", str(out), "--name", "a laptop"]) == 0
    results = read_results(out.read_bytes())
    assert results.machine.name == "a laptop"
    assert results.machine.versions["torch"]
    measured = [row for row in NOTES if row.backward or row.steps == 20_000]
    assert [one.row for one in results.measurements] == measured  # the others were killed, and the rest went on
    said = capsys.readouterr()
    assert "rnn 20,000 steps, 20 nodes, with backward, cpu: 2 s for 100 epochs, 1,000 ns a step" in said.out
    assert "the process that measured was killed" in said.err
    assert said.err.count("there is no compiled loop") == 1  # once said, it is not tried again


def test_a_row_of_one_s_own_is_measured_by_torch_itself(tmp_path):
    out = tmp_path / "out.json"
    options = ["--rows", "own", "--cell", "gru", "--steps", "30", "--hidden-size", "5", "--batch", "2", "--no-backward"]
    options += ["--dtype", "float64", "--epochs", "7", "--threads", "1", "--seconds", "0.2", "--ways", "cpu"]
    done = subprocess.run(
        [sys.executable, "-m", "lstmviz", "timing", *options, "--json", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "gru 30 steps x 2, 5 nodes, without backward, float64, cpu (1 threads)" in done.stdout
    (found,) = read_results(out.read_bytes()).measurements
    assert found.row == Row("gru", 30, 5, 2, False, "float64", 7)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rows", "none"], "--rows must be of notes, steps, nodes, batch and own; got 'none'."),
        (["--rows", ""], "--rows must be of notes"),
        (["--ways", "abacus"], "--ways must be of cpu, gpu, compiled; got 'abacus'."),
        (["--rows", "own", "--steps", "0"], "--steps must be between 1 and 1000000; got 0."),
        (["--rows", "own", "--steps", "x"], "--steps: invalid int value: 'x'"),
        (["--rows", "own", "--hidden-size", "0"], "--hidden-size must be between 1 and 16384; got 0."),
        (["--rows", "own", "--batch", "-3"], "--batch must be between 1 and 65536; got -3."),
        (["--rows", "own", "--steps", "1000000", "--hidden-size", "16000", "--batch", "999"], "GB of memory"),
        (["--threads", "-1"], "--threads must be between 0 and 1024; got -1."),
        (["--seconds", "1000"], "--seconds must be between 0 and 600; got 1000."),
        (["--json", "/nowhere/at/all/out.json"], "--json must name a file that can be written"),
    ],
)
def test_what_will_not_do_is_one_sentence(options, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["timing", *options])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_what_was_measured_is_written_when_it_is_interrupted(tmp_path, monkeypatch, speak):
    speak(SAYS)
    out = tmp_path / "out.json"

    def interrupt(self, *_, messages=Process.messages):
        if self.job.row == NOTES[1]:
            raise KeyboardInterrupt
        return messages(self)

    monkeypatch.setattr(Process, "messages", interrupt)
    assert cli.main(["timing", "--ways", "cpu", "--json", str(out)]) == cli.INTERRUPTED
    assert len(read_results(out.read_bytes()).measurements) == 1


def test_a_file_that_is_there_stays_until_there_is_something_to_write(tmp_path, speak):
    speak(speaking("os._exit(1)"))
    out = tmp_path / "out.json"
    out.write_text("mine")
    assert cli.main(["timing", "--rows", "own", "--ways", "cpu", "--json", str(out)]) == 0
    assert out.read_text() == "mine"
    assert not (tmp_path / "other.json").exists()


def test_help_waits_for_no_torch():
    program = (
        "import json, sys; from lstmviz.cli import main\ntry: main(['timing', '--help'])\nexcept SystemExit: pass\n"
    )
    program += "print(json.dumps('torch' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) is False
    assert "--hidden-size" in done.stdout
