"""The folder of compiled code in bad shape: whatever lies there, training goes on."""

import os
import runpy
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import lstmviz as lv
from lstmviz.fused.batch import Batch
from lstmviz.fused.cache import cache_folder, recovering
from lstmviz.fused.single import Single
from lstmviz.fused.units import Network
from lstmviz.fused.warm import go_round, read

ROOT = Path(__file__).parents[3]
TRAIN = """
import warnings
warnings.simplefilter("always")
import lstmviz as lv
task = lv.alphabet_task("abaB", 5)
model = lv.build_model(lv.ModelConfig(cell="rnn", input_size=3, hidden_size=1, output_size=3))
print([record.loss for record in lv.train(model, task, lv.TrainConfig(epochs=3))])
print(len(list(lv.train_many([model], task, lv.TrainConfig(epochs=3)))))
"""

SMALL = """
import warnings
import numba
from lstmviz.fused.cache import kept_on_disk, recovering
warnings.simplefilter("always")
with kept_on_disk():
    double = recovering(numba.njit(cache=True)(lambda number: 2 * number))
    treble = recovering(numba.njit(cache=True)(lambda number: 3 * number))
"""


def run(code: str = TRAIN, /, **environment: str) -> tuple[list[str], str]:
    """What another process says, and what it complains of; an empty variable is one that it does not have."""
    wanted = {name: value for name, value in (os.environ | environment).items() if value}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=wanted, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines(), done.stderr


@pytest.fixture
def small(tmp_path: Path) -> str:
    """A program with a kernel that is compiled at once, and kept as all of them are."""
    (tmp_path / "small.py").write_text(SMALL)
    return f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom small import double\nprint(double(21))"


@pytest.fixture
def doubled(tmp_path: Path, small: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], object]]:
    """A function that does what that program does, in this process: what comes of it, and what is complained of.

    Its kernels are made anew each time, so numba reads what is kept, as in the next process.
    """
    cache_folder.cache_clear()
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(tmp_path))

    def call() -> tuple[int, list[str]]:
        with warnings.catch_warnings(record=True) as complaints:
            double = runpy.run_path(str(tmp_path / "small.py"))["double"]
            return double(21), [str(one.message) for one in complaints]

    yield call
    cache_folder.cache_clear()


@pytest.mark.parametrize(
    ("kind", "damage"),
    [("nbi", "empty"), ("nbi", "cut"), ("nbi", "folder"), ("nbc", "cut"), ("nbc", "foreign"), ("nbc", "folder")],
)
def test_whatever_lies_in_place_of_compiled_code_is_set_aside(tmp_path, doubled, kind, damage):
    assert doubled() == (42, [])
    [file] = tmp_path.rglob(f"*.{kind}")
    whole = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    else:
        file.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "foreign": b"PK" + bytes(range(256))}[damage])
    result, [complaint] = doubled()
    assert result == 42
    assert "was set aside and made again" in complaint
    [folder] = (tmp_path / "compiled").glob("*.damaged")
    assert any(folder.rglob(f"*.{kind}"))
    assert doubled() == (42, [])  # and the next time nothing is wrong


@pytest.mark.parametrize("which", [0, 1])
def test_other_kernels_of_the_process_go_on_where_one_is_set_aside(tmp_path, small, which):
    both = f"{small}\nfrom small import treble\nprint(treble(14))"
    assert run(both, LSTMVIZ_CACHE_DIR=str(tmp_path)) == (["42", "42"], "")
    file = sorted(tmp_path.rglob("*.nbc"))[which]
    file.write_bytes(file.read_bytes()[:-100])  # cut off
    said, complained = run(both, LSTMVIZ_CACHE_DIR=str(tmp_path))
    assert said == ["42", "42"]
    assert complained.count("was set aside and made again") == 1
    assert "Traceback" not in complained


def test_every_kernel_is_called_so():
    text = np.array([0, 1])
    one = text[:1]
    networks = (
        Single("rnn", np.zeros(9), text, text, letters=2, hidden_size=1, lr=0.1),
        Batch("rnn", np.zeros((1, 9)), text, text, letters=2, hidden_size=1, lr=0.1),
        Network("rnn", np.zeros(6), one, one, inputs=1, hidden_size=1, outputs=1, lr=0.1),
    )
    calls = [read, go_round, *(getattr(of, name) for of in networks for name in ("_run", "_help") if hasattr(of, name))]
    assert len(calls) == 6
    assert {call.__code__ for call in calls} == {recovering(print).__code__}


def test_a_full_disk_keeps_nothing_and_says_so_once(tmp_path, small):
    full = (
        "import errno, numba.core.caching as caching\n"
        "def full(*_, **__): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "caching.IndexDataCacheFile.save = full\n"
    )
    said, complained = run(f"{full}{small}, double(2)", LSTMVIZ_CACHE_DIR=str(tmp_path))
    assert said == ["42"]
    assert complained.count("cannot be kept for the next time: No space left on device.") == 1


def test_without_numbas_compiler_torch_trains_and_that_is_said():
    said, complained = run(NUMBA_DISABLE_JIT="1")
    task = lv.alphabet_task("abaB", 5)
    model = lv.build_model(lv.ModelConfig(cell="rnn", input_size=3, hidden_size=1, output_size=3))
    usual = [record.loss for record in lv.train(model, task, lv.TrainConfig(epochs=3), backend="fused")]
    assert len(said) == 2
    assert [round(float(loss), 4) for loss in said[0].strip("[]").split(",")] == [round(loss, 4) for loss in usual]
    assert "NUMBA_DISABLE_JIT is set, so torch trains" in complained


def test_a_tilde_is_the_home_folder(tmp_path):
    code = "from lstmviz.fused.cache import cache_folder; from lstmviz.base.folders import user_folder\n"
    said, _ = run(
        code + "print(cache_folder()); print(user_folder('x'))", LSTMVIZ_CACHE_DIR="~/own", HOME=str(tmp_path)
    )
    assert said[0].startswith(f"{tmp_path}/own/compiled/")
    assert said[1] == f"{tmp_path}/own/x"


def test_where_no_home_is_known_nothing_is_called_tilde(tmp_path):
    code = f"import os, pwd\ndef nobody(uid): raise KeyError(uid)\npwd.getpwuid = nobody\nos.chdir({str(tmp_path)!r})\n"
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}from lstmviz.fused.cache import cache_folder\n"
    said, _ = run(code + "print(cache_folder())", LSTMVIZ_CACHE_DIR="", HOME="", XDG_CACHE_HOME="")
    assert Path(said[0]).name.startswith("lstmviz-")
    assert not list(tmp_path.iterdir())
