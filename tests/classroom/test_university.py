"""What docs/class.md and docs/university.md promise: the container file, the proxy's configuration, the commands."""

import json
import re
import subprocess
from pathlib import Path

from lstmviz.classroom.plan import find_haproxy

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "university.md").read_text(encoding="utf-8")
NEEDED = {"app.py", "pages", "lstmviz", "requirements.txt", ".streamlit/config.toml"}


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the container file and what it says, comments and empty lines left out."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line and not line.startswith("#")]


def entrypoint() -> list[str]:
    [command] = [json.loads(says) for name, says in instructions() if name == "ENTRYPOINT"]
    return command


def test_the_container_holds_all_that_the_dashboard_needs() -> None:
    assert instructions()[0][0] == "FROM"
    known = {"FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"}
    assert {name for name, _ in instructions()} == known
    copied = {}
    for name, says in instructions():
        if name == "COPY":
            source, target = says.split()
            copied[source] = target
    assert set(copied) == NEEDED
    for source, target in copied.items():
        assert (ROOT / source).exists()
        # Each keeps its place: a folder is named again, a file goes into the folder that it is in here.
        own = f"./{source}" if (ROOT / source).is_dir() else f"./{source}".removesuffix(Path(source).name)
        assert target == own


def test_the_container_runs_a_python_that_the_project_is_made_for() -> None:
    image = instructions()[0][1]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lowest = re.search(r'requires-python = ">=([\d.]+)"', project)
    found = re.search(r"python:([\d.]+)-slim$", image)
    assert found
    assert lowest
    assert found[1] == lowest[1]


def test_the_container_is_asked_for_its_health_where_it_listens() -> None:
    port = next(one.partition("=")[2] for one in entrypoint() if one.startswith("--server.port="))
    [check] = [says for name, says in instructions() if name == "HEALTHCHECK"]
    assert json.loads(check[check.index("[") :]) == ["python", "-m", "lstmviz.classroom.health", port]
    assert ("EXPOSE", port) in instructions()


def test_the_page_says_the_command_of_the_container() -> None:
    assert f".venv/bin/{' '.join(entrypoint())}\n" in PAGE
    assert "python -m lstmviz.classroom.health 8501" in PAGE


def test_the_proxy_of_the_page_is_accepted(tmp_path: Path) -> None:
    [text] = re.findall(r"```haproxy\n(.*?)```", PAGE, re.DOTALL)
    for promise in ("cookie lstmviz insert", "timeout tunnel 1h", "/courses/rnn/_stcore/health", "option redispatch"):
        assert promise in text
    haproxy = find_haproxy()
    if haproxy is not None:  # elsewhere it can only be read
        file = tmp_path / "haproxy.cfg"
        file.write_text(text)
        checked = subprocess.run([haproxy, "-c", "-f", file], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr


def test_make_class_hands_its_options_on() -> None:
    page = (ROOT / "docs" / "class.md").read_text(encoding="utf-8")
    options = re.findall(r"^\| `(\w+=[\w.]+)` \|", page, re.MULTILINE)
    assert options == ["PORT=8600", "SERVERS=2", "ADDRESS=192.168.0.7"]
    dry = ["make", "-n", "class", *options]
    told = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    # exec: else a shell stands between, and what asks make to stop does not reach the servers.
    assert 'exec .venv/bin/python -m lstmviz.classroom --port "8600" --servers "2" --address "192.168.0.7"' in told
    plain = subprocess.run([*dry[:3], "PORT="], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert '-m lstmviz.classroom --port ""' in plain  # which is answered by a sentence
