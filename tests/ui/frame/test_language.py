"""No text is missing in either language, and each asks for the same values."""

import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from lstmviz.ui.frame import PAGES, language

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "lstmviz/ui/frame/locale/ko/LC_MESSAGES/lstmviz.po"

Id = str | tuple[str, str]  # a message, or its singular and plural


def sources() -> Iterator[Path]:
    yield ROOT / "app.py"
    for folder in ("pages", "lstmviz/ui", "lstmviz/figures"):
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def messages() -> dict[Id, str]:
    """Every message that the code asks for, and the place of one of its uses."""
    found: dict[Id, str] = {}
    for path in sources():
        for line, message, *_ in extract_from_file("python", path):
            found.setdefault(message, f"{path.relative_to(ROOT)}:{line}")
    return found


@cache
def korean() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ko", abort_invalid=True)


def placeholders(text: str) -> set[str]:
    """Names of the values to be put into `text`; an unnamed one is called ""."""
    return {name for _, name, *_ in string.Formatter().parse(text) if name is not None}


def as_tuple(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_the_code_asks_for_messages():
    assert {"Learning rate", "Home"} <= messages().keys()


def test_every_message_has_a_korean_translation():
    translated = {entry.id for entry in korean() if entry.id and all(as_tuple(entry.string))}
    missing = {message: place for message, place in messages().items() if message not in translated}
    assert not missing


def test_no_translation_is_left_over_or_unsure():
    left_over = [entry.id for entry in korean() if entry.id and entry.id not in messages()]
    assert left_over == []
    assert [entry.id for entry in korean() if entry.id and entry.fuzzy] == []
    assert list(korean().obsolete) == []


def test_a_translation_takes_the_same_values_all_by_name():
    for entry in korean():
        if not entry.id:
            continue
        wanted = set().union(*map(placeholders, as_tuple(entry.id)))
        assert "" not in wanted, f"unnamed value in {entry.id!r}"
        for translation in as_tuple(entry.string):
            assert placeholders(translation) == wanted, entry.id


def test_no_translation_is_the_english_text():
    assert [entry.id for entry in korean() if entry.id and set(as_tuple(entry.id)) & set(as_tuple(entry.string))] == []


def test_the_catalogue_compiles():
    assert language.catalogue("ko").gettext("Learning rate") == "학습률"
    one, many = next(message for message in messages() if isinstance(message, tuple))
    assert language.catalogue("ko").ngettext(one, many, 2) not in (one, many)


def test_english_is_the_message_itself():
    assert language.catalogue("en").gettext("Learning rate") == "Learning rate"


def test_outside_a_session_the_language_is_english():
    assert language.language() == "en"
    assert language.gettext("Learning rate") == "Learning rate"
    assert language.ngettext("one", "many", 3) == "many"


@pytest.mark.parametrize("entry", PAGES.values(), ids=lambda entry: entry.key)
def test_the_navigation_leads_to_a_page(entry):
    assert (ROOT / entry.file).is_file()


def test_the_navigation_leads_to_every_page():
    assert {entry.file for entry in PAGES.values()} == {
        "app.py",
        *(f"pages/{path.name}" for path in ROOT.glob("pages/*.py")),
    }
