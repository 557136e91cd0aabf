"""The modules of a browser part, glued into the one text that Streamlit takes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lstmviz.ui import components
from lstmviz.ui.components import markup, script, style, words
from lstmviz.ui.language import LANGUAGES

FOLDER = Path(components.__file__).parent / "cell_player"


def test_each_module_is_there_once_and_before_its_users() -> None:
    text = script("cell_player")
    for file in FOLDER.glob("*.js"):
        first = file.read_text(encoding="utf-8").split("\n")[0]
        assert text.count(first) == 1, file.name
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    assert text.index("class Run") < text.index("function createPlayer")


def test_what_a_module_imports_is_there() -> None:
    for file in FOLDER.glob("*.js"):
        for names, source in re.findall(r"^import \{([^}]*)\} from \"\./(.+)\";$", file.read_text(), re.MULTILINE):
            exported = (FOLDER / source).read_text(encoding="utf-8")
            for name in (name.strip() for name in names.split(",")):
                assert re.search(rf"^export (async )?(function|class|const|let) {name}\b", exported, re.MULTILINE), (
                    file.name,
                    name,
                )


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_glued_text_is_a_module(tmp_path: Path) -> None:
    """No name stands at the top of two files, and nothing is cut off."""
    glued = tmp_path / "glued.mjs"
    glued.write_text(script("cell_player"), encoding="utf-8")
    checked = subprocess.run(["node", "--check", str(glued)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_no_name_hides_one_of_the_browser_s() -> None:
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script("cell_player"), re.MULTILINE)
    assert not {"history", "location", "name", "event", "status", "top", "parent", "self", "origin"} & set(names)


def test_every_word_is_there_in_each_language_with_the_same_places_for_values() -> None:
    english, *others = (words("cell_player", code) for code in LANGUAGES)
    for other in others:
        assert list(other) == list(english)
        for key, text in english.items():
            places = sorted(re.findall(r"\{\w+\}", text))
            assert sorted(re.findall(r"\{\w+\}", other[key])) == places, key
            assert other[key].count("**") == text.count("**"), key


def test_every_word_that_is_asked_for_by_its_name_is_there_and_none_is_left_over() -> None:
    text, known = script("cell_player"), words("cell_player", "en")
    named = set(re.findall(r"\bwords\.(\w+)", text))
    assert named <= set(known)
    made = re.findall(r"[`\"'](\w+_)\$\{", text)  # words[`diagram_short_${quantity}`]
    for key in known:
        assert re.search(rf"\b{key}\b", text) or key.startswith(tuple(made)), key


def test_nothing_is_fetched_from_elsewhere() -> None:
    texts = script("cell_player"), style("cell_player"), markup("cell_player")
    for text in texts:
        for address in re.findall(r"https?://[^\s\"'`)]+", text):
            assert address == "http://www.w3.org/2000/svg"  # a name, not an address


def test_data_never_becomes_markup() -> None:
    for file in FOLDER.glob("*.js"):
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", file.read_text()), file.name
