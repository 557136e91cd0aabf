"""The language a session reads in, and the labels translated into it.

`?lang=ko` in the URL decides, else the browser's own language. Nothing is kept between calls, because many sessions
share one server: each call asks the session that it runs in.

Labels are gettext messages whose id is the English text. Write `_("Learning rate")`, and put values in afterwards, by
name: `_("{count} letters").format(count=3)`. `N_("...")` marks a text that is translated later, such as one in a table.
"""

import gettext as gnu
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import parse_qs

import streamlit as st
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from streamlit.runtime.scriptrunner import get_script_run_ctx

LANGUAGES = {"en": "English", "ko": "한국어"}
"""The languages on offer, each under its own name; English is the one that the labels are written in."""

_LOCALE = Path(__file__).parent / "locale"
_spoken: ContextVar[str | None] = ContextVar("_spoken", default=None)


def language() -> str:
    """The language of the session that calls: a key of `LANGUAGES`; English outside a session."""
    if (spoken := _spoken.get()) is not None:
        return spoken
    if (context := get_script_run_ctx(suppress_warning=True)) is None:
        return "en"
    chosen = _said(context.query_string)
    if chosen in LANGUAGES:
        return chosen
    browser = (st.context.locale or "").lower().replace("_", "-").split("-")[0]
    return browser if browser in LANGUAGES else "en"


@lru_cache(maxsize=1024)
def _said(query: str) -> str:
    """What a URL's query says of the language: asked for with each label, it is not taken apart each time."""
    return parse_qs(query).get("lang", [""])[-1]


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within this, everything is said in one of `LANGUAGES`, whatever the session reads: for what is taken along."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def catalogue(code: str) -> gnu.NullTranslations:
    """The translations into one of `LANGUAGES`, compiled from its .po file."""
    if code == "en":
        return gnu.NullTranslations()
    with (_LOCALE / code / "LC_MESSAGES" / "lstmviz.po").open("rb") as file:
        messages = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def gettext(message: str) -> str:
    """`message` in the session's language."""
    return catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """`singular` or `plural`, as `count` asks for, in the session's language."""
    return catalogue(language()).ngettext(singular, plural, count)


def N_(message: str) -> str:
    """`message` as it is: this only marks it, so that it gets a translation for the `_` that reads it later."""
    return message


_ = gettext
