"""A text of one's own, as the URL has it: as it is where it is short, packed where it is longer.

One that is too long even so has a digest in the URL, and is kept by this server for as long as that runs.
"""

import base64
import hashlib
import zlib
from functools import lru_cache

import regex
import streamlit as st

from lstmviz.tasks import text_task
from lstmviz.tasks.text import MAX_ALPHABET, MAX_CHARACTERS
from lstmviz.ui.background.shelf import Shelf
from lstmviz.ui.frame.controls.fields import RefusedError
from lstmviz.ui.frame.language import _

_PLAIN = 300  # characters that a link spells out
_LONGEST = 4000  # characters of a link's packed text: servers in between refuse addresses of more than 8,000
_KEPT = 64
_MOST_CODE_POINTS = 16 * MAX_CHARACTERS  # more cannot be so few letters, unless each carries a pile of accents


def read_text(text: str) -> str:
    """`text`, as a network can learn it.

    Raises:
        RefusedError: it cannot.
    """
    letters = [] if len(text) > _MOST_CODE_POINTS else regex.findall(r"\X", text)
    count = len(letters) or len(text)
    if not 2 <= count <= MAX_CHARACTERS:
        sentence = _("A text must have 2 to {high} letters; this one has {count}, so the one before stays.")
        raise RefusedError(sentence, high=f"{MAX_CHARACTERS:,}", count=f"{count:,}")
    if len(set(letters)) == 1:
        raise RefusedError(_("A text needs at least two different letters, so the one before stays."))
    if len(set(letters)) > MAX_ALPHABET:
        sentence = _(
            "A text must have at most {high} different letters; this one has {count}, so the one before stays."
        )
        raise RefusedError(sentence, high=f"{MAX_ALPHABET:,}", count=f"{len(set(letters)):,}")
    try:
        return text_task(text, 1).text
    except ValueError:
        raise RefusedError(
            _("The text holds a character that is no letter, sign, space or line break, so the one before stays.")
        ) from None


def link_of(text: str) -> str:
    """What stands for a text that `read_text` takes in the URL."""
    if len(text) <= _PLAIN:
        return f"={text}"
    packed = "~" + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    if len(packed) <= _LONGEST:
        return packed
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    _shelf().get(digest, lambda: text)
    return f"*{digest}"


def is_kept_here(link: str) -> bool:
    """Whether the text is not in its link."""
    return link.startswith("*")


def text_of(link: str) -> str:
    """The text that a link stands for.

    Raises:
        RefusedError: it stands for none that can be learned, or for one that this server does not know.
    """
    return _kept_text(link) if is_kept_here(link) else _text_in(link)


def _kept_text(link: str) -> str:
    def missing() -> str:
        raise RefusedError(
            _("The text of this link was too long for a link and is not known here any more: paste it again.")
        )

    return _shelf().get(link.removeprefix("*"), missing)


@lru_cache(maxsize=_KEPT)
def _text_in(link: str) -> str:
    return read_text(link.removeprefix("=") if link.startswith("=") else _unpacked(link.removeprefix("~")))


def _unpacked(packed: str) -> str:
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), 4 * _MOST_CODE_POINTS)
        text = raw.decode()
    except (ValueError, zlib.error):
        text = ""
    if not text or not unpacking.eof:
        raise RefusedError(_("The text in this link is damaged: paste it again."))
    return text


@st.cache_resource
def _shelf() -> Shelf[str]:
    return Shelf(_KEPT)
