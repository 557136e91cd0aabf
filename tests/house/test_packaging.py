"""What `pip install` brings is complete, and what is promised is what is tested."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_data_file_is_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["lstmviz"]
    for file in (ROOT / "lstmviz").rglob("*"):
        if file.is_dir() or "__pycache__" in file.parts or file.suffix == ".py":
            continue
        name = file.relative_to(ROOT / "lstmviz").as_posix()
        assert any(
            fnmatch.fnmatch(f"/{name}", pattern.replace("**/", "*/")) or name == pattern for pattern in patterns
        ), name


def test_every_folder_with_code_is_a_package() -> None:
    folders = {file.parent for file in (ROOT / "lstmviz").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_dependency_is_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    promised = PROJECT["project"]["dependencies"] + extras["app"] + extras["digits"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert {re.split("[>=;]", one)[0] for one in promised} == set(pins)


def test_the_checker_of_the_browser_s_parts_is_pinned_and_comes_from_nowhere_in_particular() -> None:
    tools = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert "dependencies" not in tools
    for name, version in tools["devDependencies"].items():
        assert locked[f"node_modules/{name}"]["version"] == version
    hosts = {one["resolved"].split("/")[2] for one in locked.values() if "resolved" in one}
    assert hosts <= {"registry.npmjs.org"}


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 2)])
def test_without_node_make_says_so_and_goes_on_but_not_in_ci(tmp_path: Path, ci: str, code: int) -> None:
    for name in ("make", "sh"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    told = subprocess.run(
        [tmp_path / "make", "shapes"],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "CI": ci, "HOME": os.environ.get("HOME", "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == code
    assert "Node.js" in (told.stderr if code else told.stdout)
