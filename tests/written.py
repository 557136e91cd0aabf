"""Reads the shapes that the browser's modules write down, as far as they are lists of properties."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

UI = Path(__file__).parents[1] / "lstmviz/ui"


def properties(file: str, *names: str) -> dict[str, bool]:
    """The properties of shapes of a module of lstmviz/ui, and whether each must be there."""
    text = (UI / file).read_text(encoding="utf-8")
    found = dict[str, bool]()
    for name in names:
        begin = re.search(rf"@typedef \{{object\}} {name}\b", text)
        assert begin, (file, name)
        block = re.split(r"\n \*(?:/|\s*\n| @typedef)", text[begin.end() :])[0]
        for rest in block.split("@property ")[1:]:
            word = _behind_braces(rest).split()[0]
            found[word.strip("[]")] = not word.startswith("[")
    return found


def assert_shaped(told: Mapping[str, Any], file: str, *names: str, besides: str = "") -> None:
    """What is told has each property that must be there, and none that is not written down, but for one `besides`."""
    known = properties(file, *names)
    assert known
    assert {name for name, needed in known.items() if needed} <= set(told), names
    assert set(told) - {besides} <= set(known), names


def _behind_braces(text: str) -> str:
    depth = 0
    for k, sign in enumerate(text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth == 0:
            return text[k + 1 :]
    raise ValueError(f"The braces of {text[:40]!r} are never shut.")
