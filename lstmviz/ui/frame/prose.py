"""The texts of the pages, from Markdown files: one a page and language, `content/LANGUAGE/PAGE.md`.

A file is a row of sections, `## key | Title` and what follows it; the keys and their order are the same in every
language. `{{name}}` stands for a value that the page gives, in text or in a formula (braces are doubled because LaTeX
uses single ones). A line `- [label](?cell=rnn&seed=3)` is an action: a button that changes the experiment.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from lstmviz.figures.theme import share_text
from lstmviz.ui.frame.language import _, language

Value = str | int | float

_CONTENT = Path(__file__).parent / "content"
_HEADING = re.compile(r"^## +(?P<key>[a-z][a-z0-9_-]*) *\| *(?P<title>.+?) *$", re.MULTILINE)
_ACTION = re.compile(r"^- \[(?P<label>[^\]]+)\]\(\?(?P<query>[^)\s]*)\) *$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}")
_FORMULA = re.compile(r"(\$\$.+?\$\$|\$[^$\n]+\$)", re.DOTALL)
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\textdollar{}",  # Markdown would end the formula at `\$`
    "%": r"\%",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    ":": r":{}",  # Streamlit would change `:material/` even here
}


@dataclass(frozen=True)
class Section:
    """A piece of a page's text."""

    key: str
    """its name in the code, the same in every language"""
    title: str
    """its heading"""
    body: str
    """Markdown, with the values filled in and the actions taken out"""
    actions: tuple[tuple[str, Mapping[str, str]], ...] = ()
    """(label, changes) of each action; the changes are named as in the URL"""


def escape(text: str) -> str:
    """`text` such that Markdown shows it letter for letter: no markup, HTML, formula, icon or arrow comes of it."""
    # The word joiner, shown as nothing, parts what would be replaced even in plain text: `:smile:`, `->`, `www.a.b` and
    # `a@b.c`. An entity is never markup.
    parted = re.sub(r"(?<=[:@])|(?<=[-<=>~])(?=[-<=>~])|(?<=www)(?=\.)", "\u2060", text, flags=re.IGNORECASE)
    visible = re.sub(r"[\x00-\x1f\x7f]", "\ufffd", parted)
    return "".join(char if char.isalnum() or char == " " or ord(char) > 126 else f"&#{ord(char)};" for char in visible)


def aloud(share: float) -> str:
    """A share as a sentence has it, to be read aloud: where one decimal cannot tell it, "more than 99.9%"."""
    text = share_text(share)
    match text[0]:
        case "<":
            return _("less than {share}").format(share=text[2:])
        case ">":
            return _("more than {share}").format(share=text[2:])
    return text


def fill(template: str, values: Mapping[str, Value]) -> str:
    """`template` with each `{{name}}` replaced; a string is escaped for the text or the formula that it stands in.

    Raises:
        ValueError: the template names a value that is not among `values`.
    """

    def fill_part(part: str, formula: bool) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name not in values:
                raise ValueError(f"`values` must hold `{name}`, which the text names; got {sorted(values)}.")
            found = values[name]
            if not isinstance(found, str):
                return str(found)
            return rf"\text{{{_latex(found)}}}" if formula else escape(found)

        return _PLACEHOLDER.sub(value, part)

    return "".join(fill_part(part, formula=index % 2 == 1) for index, part in enumerate(_FORMULA.split(template)))


def prose(page: str, /, **values: Value) -> dict[str, Section]:
    """The sections of a page's text in the session's language, by key, with `values` filled in.

    Numbers appear as `str` writes them: round them before. Strings are shown letter for letter, whatever they hold.
    """
    return {
        section.key: Section(section.key, section.title, fill(section.body, values), section.actions)
        for section in sections(page, language())
    }


@cache
def sections(page: str, code: str) -> tuple[Section, ...]:
    """The sections of one file as they are written, values still to come.

    Raises:
        ValueError: the file does not begin with a heading of the form `## key | Title`, or has one key twice.
    """
    text = (_CONTENT / code / f"{page}.md").read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    if not headings or text[: headings[0].start()].strip():
        raise ValueError(f"`{code}/{page}.md` must begin with a heading `## key | Title`.")
    if len({heading["key"] for heading in headings}) < len(headings):
        raise ValueError(f"`{code}/{page}.md` must not have one key twice.")
    return tuple(
        _section(heading["key"], heading["title"], text[heading.end() : end].strip())
        for heading, end in zip(headings, ends, strict=True)
    )


def placeholders(template: str) -> set[str]:
    """The names of the values that `template` asks for."""
    return set(_PLACEHOLDER.findall(template))


def _section(key: str, title: str, text: str) -> Section:
    actions = tuple((match["label"], dict(parse_qsl(match["query"]))) for match in _ACTION.finditer(text))
    return Section(key, title, _ACTION.sub("", text).strip(), actions)


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in text)
