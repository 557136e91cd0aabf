"""The pages' texts: the files themselves, in both languages, and what is put into them."""

import html
import re
import string
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.ui.frame import PAGES
from lstmviz.ui.frame.controls.experiment import PARAMS
from lstmviz.ui.frame.controls.fields import read
from lstmviz.ui.frame.language import LANGUAGES
from lstmviz.ui.frame.prose import escape, fill, placeholders, prose, sections

CONTENT = Path(__file__).parents[3] / "lstmviz/ui/frame/content"
FILES = sorted(path.stem for path in (CONTENT / "en").glob("*.md"))
WORD_JOINER = "\u2060"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_the_same_files(code):
    assert sorted(path.stem for path in (CONTENT / code).glob("*.md")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_language_says_the_same_things_in_the_same_order(name):
    english, korean = sections(name, "en"), sections(name, "ko")
    assert [section.key for section in korean] == [section.key for section in english]
    for ours, theirs in zip(english, korean, strict=True):
        assert placeholders(theirs.body) == placeholders(ours.body), ours.key
        assert [changes for _, changes in theirs.actions] == [changes for _, changes in ours.actions], ours.key
        assert theirs.body != ours.body or not ours.body, f"{ours.key} is not translated"
        assert re.search("[가-힣]", theirs.title), ours.key


# The cell player says it in its own words.
@pytest.mark.parametrize(
    "entry", [entry for entry in PAGES.values() if entry.key != "cell"], ids=lambda entry: entry.key
)
def test_every_page_says_what_you_see_why_and_what_to_try(entry):
    assert [s.key for s in sections(entry.key, "en") if s.key in ("see", "why", "try")] == ["see", "why", "try"]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_written_as_the_loader_reads_it(name, code):
    text = (CONTENT / code / f"{name}.md").read_text(encoding="utf-8")
    assert len(re.findall("^##", text, re.MULTILINE)) == len(sections(name, code)), "a heading without key and title"
    outside_formulas = re.sub(r"\$\$.+?\$\$|\$[^$\n]+\$", "", text, flags=re.DOTALL)
    assert not re.search(r"(?<!\{)\{\w*\}(?!\})", outside_formulas), "a value has doubled braces: {{name}}"
    assert not re.search(r"`[^`\n]*\{\{", outside_formulas), "a value cannot be escaped within backticks"
    assert not re.search(r"<\w", outside_formulas), "HTML"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_an_action_names_values_that_will_do(name, code):
    for section in sections(name, code):
        assert "](?" not in section.body, "an action stands in a line of its own, `- [label](?cell=rnn)`"
        for label, changes in section.actions:
            assert changes.keys() <= PARAMS.keys(), label
            for param, text in changes.items():
                read(param, text)


def test_values_are_filled_in():
    assert fill("{{count}} letters, $x = {{value}}$", {"count": 3, "value": 0.25}) == "3 letters, $x = 0.25$"


def test_latex_keeps_its_braces():
    assert fill(r"$\frac{a}{b}_{t}$ and {{n}}", {"n": 1, "t": 9, "a": 9}) == r"$\frac{a}{b}_{t}$ and 1"


def test_a_value_that_the_page_does_not_give_is_an_error():
    with pytest.raises(ValueError, match="`values` must hold `count`"):
        fill("{{count}}", {"other": 1})


def test_a_value_is_not_filled_in_again():
    assert html.unescape(fill("{{a}}", {"a": "{{b}}", "b": "no"})) == "{{b}}"


@given(st.text())
def test_escaped_text_has_no_sign_that_could_be_markup(text):
    escaped = escape(text)
    assert set(re.sub(r"&#\d+;", "", escaped)).isdisjoint(string.punctuation + string.whitespace.replace(" ", ""))
    shown = html.unescape(escaped).replace(WORD_JOINER, "")
    assert shown == re.sub(r"[\x00-\x1f\x7f]", "\ufffd", text).replace(WORD_JOINER, "")


@given(st.text(alphabet="ab\\{}$%#&_^~: "))
def test_letters_in_a_formula_cannot_end_it(text):
    filled = fill("$x = {{letter}}$", {"letter": text})
    assert filled.startswith(r"$x = \text{")
    assert filled.endswith("}$")
    inner = re.sub(r"\\text[a-z]+\{\}|:\{\}|\\[{}%#&_]", "", filled.removeprefix(r"$x = \text{").removesuffix("}$"))
    assert set(inner) <= set("ab ")


def test_prose_outside_a_session_is_english():
    name = FILES[0]
    template = sections(name, "en")
    values = {value: 1 for section in template for value in placeholders(section.body)}
    assert [section.title for section in prose(name, **values).values()] == [section.title for section in template]


def test_actions_are_taken_out_of_the_text(tmp_path, monkeypatch):
    write_page(
        tmp_path, "## try | Try\n\nBelow.\n\n- [an RNN](?" + urlencode({"cell": "rnn", "seed": "3"}) + ")\n- a point\n"
    )
    monkeypatch.setattr("lstmviz.ui.frame.prose._CONTENT", tmp_path)
    sections.cache_clear()
    (section,) = sections("page-with-actions", "en")
    assert section.actions == (("an RNN", {"cell": "rnn", "seed": "3"}),)
    assert section.body.split() == ["Below.", "-", "a", "point"]


@pytest.mark.parametrize(
    "text",
    ["", "no heading", "text first\n\n## see | See\n", "## see | See\n\n## see | Again\n", "## see\n\nno title\n"],
)
def test_a_file_that_is_not_made_of_sections_is_an_error(text, tmp_path, monkeypatch):
    write_page(tmp_path, text)
    monkeypatch.setattr("lstmviz.ui.frame.prose._CONTENT", tmp_path)
    sections.cache_clear()
    with pytest.raises(ValueError, match="must"):
        sections("page-with-actions", "en")


def write_page(folder: Path, text: str) -> None:
    (folder / "en").mkdir()
    (folder / "en/page-with-actions.md").write_text(text, encoding="utf-8")
