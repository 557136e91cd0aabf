"""What `pip install` brings is complete, and what is promised is what is tested."""

import fnmatch
import re
import tomllib
from pathlib import Path

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
    assert {re.split("[>=]", one)[0] for one in promised} == set(pins)
