"""One name for each thing: what the dashboard says, in each language, against the table in docs/words.md."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
UI = ROOT / "lstmviz/ui"
COLUMNS = {"en": 2, "ko": 4}  # where the names stand that are not to be used


def table() -> list[list[str]]:
    """The rows of the table, cell by cell, without its head."""
    lines = (ROOT / "docs/words.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return rows[2:]


def refused(code: str) -> re.Pattern[str]:
    """The names that are not to be used in this language; English ones as whole words, in the plural too."""
    names = [re.escape(name.strip()) for row in table() for name in row[COLUMNS[code]].split(",")]
    words = "|".join(names)
    return re.compile(rf"\b(?:{words})s?\b" if code == "en" else words, re.IGNORECASE)


def said(code: str) -> Iterator[tuple[str, str]]:
    """All that the dashboard says in this language, each with where it stands."""
    with (UI / "frame/locale/ko/LC_MESSAGES/lstmviz.po").open("rb") as file:
        for message in read_po(file, locale="ko"):
            for text in (message.id,) if code == "en" else (message.string,):
                yield from (("lstmviz.po", one) for one in ([text] if isinstance(text, str) else text))
    for prose in sorted((UI / "frame/content" / code).glob("*.md")):
        yield from ((prose.name, line) for line in prose.read_text(encoding="utf-8").splitlines())
    for words in sorted(UI.rglob(f"words.{code}.json")):
        for key, text in json.loads(words.read_text(encoding="utf-8")).items():
            yield f"{words.parent.name}/{words.name}: {key}", text


@pytest.mark.parametrize("code", COLUMNS)
def test_nothing_is_called_by_another_name(code: str) -> None:
    pattern = refused(code)
    assert [(where, text) for where, text in said(code) if pattern.search(text)] == []


def test_each_thing_has_a_name_in_each_language_that_is_not_refused() -> None:
    for thing, english, _, korean, _ in table():
        assert english, thing
        assert korean, thing
        assert not refused("en").search(english), thing
        assert not refused("ko").search(korean), thing


def test_another_name_would_be_found() -> None:
    assert refused("en").search("after 3 time steps")
    assert refused("ko").search("모든 시점에서")


BESIDE = re.compile(
    r"\b(?:lower|upper|top|bottom) (?:left|right)\b|\bon the (?:left|right)\b|(?:오른쪽|왼쪽) (?:아래|위|그림)", re.I
)


@pytest.mark.parametrize("code", COLUMNS)
def test_no_text_says_where_a_figure_stands_beside_another(code: str) -> None:
    """On a phone they stand below each other."""
    assert [(where, text) for where, text in said(code) if BESIDE.search(text)] == []


@pytest.mark.parametrize("code", COLUMNS)
def test_percent_are_written_in_one_way(code: str) -> None:
    """As `share_text` writes them, and as both languages do."""
    assert [(where, text) for where, text in said(code) if re.search(r"[\d}]\s%", text)] == []
