"""The modules of the browser's parts, glued into the one text that Streamlit takes of each."""

import functools
import json
import re
import subprocess
from pathlib import Path

import pytest

from lstmviz.ui.frame.language import LANGUAGES
from lstmviz.ui.parts.part import Part, script_of
from tests.node import NODE

UI = Path(__file__).parents[3] / "lstmviz/ui"
COMMON = UI / "parts/common"
PARTS = [Part(file.parent) for file in sorted(UI.rglob("main.js"))]
EACH_PART = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.folder.name)
IMPORT = re.compile(r"^import \{([^}]*)\} from \"(.+)\";$", re.MULTILINE)


@functools.cache
def modules(part: Part) -> list[Path]:
    """The scripts of a part, and those that it takes from the common ones."""
    found, waiting = list[Path](), sorted(part.folder.glob("*.js"))
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.append(file)
            waiting += [(file.parent / source).resolve() for _, source in IMPORT.findall(file.read_text("utf-8"))]
    return found


def test_there_are_the_parts_that_pages_use() -> None:
    assert {"overview", "player", "pictures", "learned", "reader", "seed_grid"} <= {part.folder.name for part in PARTS}


@EACH_PART
def test_each_module_is_there_once_and_before_its_users(part: Part) -> None:
    text = part.script()
    for file in modules(part):
        source = file.read_text(encoding="utf-8")
        first = source.split("\n")[0]
        assert text.count(first) == 1, file.name
        for _, other in IMPORT.findall(source):
            needed = (file.parent / other).read_text(encoding="utf-8").split("\n")[0]
            assert text.index(needed) < text.index(first), (file.name, other)
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1


@EACH_PART
def test_what_a_module_imports_is_there_and_is_used(part: Part) -> None:
    for file in modules(part):
        text = file.read_text(encoding="utf-8")
        for names, source in IMPORT.findall(text):
            exported = (file.parent / source).read_text(encoding="utf-8")
            for name in (name.strip() for name in names.split(",")):
                assert re.search(rf"^export (async )?(function|class|const|let) {name}\b", exported, re.MULTILINE), (
                    file.name,
                    name,
                )
                if name != "openSaved":  # for the script of the saved file, which has the player's before it
                    assert len(re.findall(rf"\b{name}\b", text)) > 1, (file.name, name)


def test_what_is_common_is_used_by_several_parts() -> None:
    users = {file: {part for part in PARTS if file in modules(part)} for file in COMMON.glob("*.js")}
    assert users
    assert all(len(parts) > 1 for parts in users.values()), users


def test_common_modules_need_no_part() -> None:
    for file in COMMON.glob("*.js"):
        for _, source in IMPORT.findall(file.read_text(encoding="utf-8")):
            assert (file.parent / source).resolve().parent == file.parent, (file.name, source)


@EACH_PART
def test_the_glued_text_is_a_module(tmp_path: Path, part: Part) -> None:
    """No name stands at the top of two files, and nothing is cut off."""
    glued = tmp_path / "glued.mjs"
    glued.write_text(part.script(), encoding="utf-8")
    checked = subprocess.run([NODE, "--check", str(glued)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@EACH_PART
def test_shapes_are_written_for_who_reads_and_not_sent(part: Part) -> None:
    assert any("/**" in file.read_text(encoding="utf-8") for file in modules(part))
    assert not re.search(r"/\*|^\s*\*", part.script(), re.MULTILINE)


@EACH_PART
def test_no_name_hides_one_of_the_browser_s(part: Part) -> None:
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", part.script(), re.MULTILINE)
    assert not {"history", "location", "name", "event", "status", "top", "parent", "self", "origin"} & set(names)


@EACH_PART
def test_every_word_is_there_in_each_language_with_the_same_places_for_values(part: Part) -> None:
    english, *others = (part.words(code) for code in LANGUAGES)
    for other in others:
        assert list(other) == list(english)
        for key, text in english.items():
            places = sorted(re.findall(r"\{\w+\}", text))
            assert sorted(re.findall(r"\{\w+\}", other[key])) == places, key
            assert other[key].count("**") == text.count("**"), key


@EACH_PART
def test_every_word_that_is_asked_for_by_its_name_is_there(part: Part) -> None:
    assert set(re.findall(r"\bwords\.(\w+)", part.script())) <= set(part.words("en"))


@pytest.mark.parametrize("file", sorted(UI.rglob("words.en.json")), ids=lambda file: file.parent.name)
def test_no_word_is_left_over(file: Path) -> None:
    text = "".join(part.script() for part in PARTS if file.parent in part.folders)
    words = set(re.findall(r"\w+", text))
    made = re.findall(r"[`\"'](\w+_)\$\{", text)  # words[`diagram_short_${quantity}`]
    for key in json.loads(file.read_text(encoding="utf-8")):
        assert key in words or key.startswith(tuple(made)), key


@EACH_PART
def test_the_common_styles_come_before_the_part_s_own(part: Part) -> None:
    text = part.style
    own = [file.read_text(encoding="utf-8") for file in part.folder.glob("*.css")]
    assert own
    assert text.index(".ground {") < min(text.index(one) for one in own)


@EACH_PART
def test_nothing_is_fetched_from_elsewhere(part: Part) -> None:
    texts = part.script(), part.style, part.markup
    for text in texts:
        for address in re.findall(r"https?://[^\s\"'`)]+", text):
            assert address == "http://www.w3.org/2000/svg"  # a name, not an address


@EACH_PART
def test_data_never_becomes_markup(part: Part) -> None:
    for file in modules(part):
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", file.read_text()), file.name


def test_only_a_comment_that_begins_a_line_is_a_shape(tmp_path: Path) -> None:
    file = tmp_path / "module.js"
    file.write_text(
        "/** @type {number} */\nexport const one = 1;\n"
        "  /**\n   * @param {string} text of `x`\n   */\nconst two = `a /** b */ c`; /** d */\n// /** e */\n",
        encoding="utf-8",
    )
    assert script_of(file) == "const one = 1;\nconst two = `a /** b */ c`; /** d */\n// /** e */\n"
