"""The signs that the network reads, and a text as it reads it."""

import re

import numpy as np
from numpy.typing import NDArray

STAND_IN = "\ufffd"
"""Unicode's replacement character: the one sign that every character outside printable ASCII is read as."""
ALPHABET = ("\n", *map(chr, range(32, 127)), STAND_IN)
"""The 97 signs by their numbers: the line break, printable ASCII in its order, and the stand-in."""
MAX_CHARACTERS = 5_000
"""The longest text of one's own."""
_TAB = 8  # columns, as Python itself counts them
_UNSEEN = re.compile("[^\n -~]")
_PLACES = np.full(128, len(ALPHABET) - 1)
_PLACES[[ord(sign) for sign in ALPHABET[:-1]]] = np.arange(len(ALPHABET) - 1)


def as_read(text: str) -> str:
    """`text` as the network reads it: line breaks as newlines, tabs as spaces to the next multiple of 8 columns.

    Every other character that is not printable ASCII stands as `STAND_IN`, one for one.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(_TAB)
    return _UNSEEN.sub(STAND_IN, text)


def encode(text: str) -> NDArray[np.int64]:
    """The numbers of the signs of `as_read(text)`: int64 (T,), 0 to 96. Any length, unlike `codes_of`."""
    points = np.frombuffer(as_read(text).encode("utf-32-le"), dtype=np.uint32)
    return _PLACES[np.minimum(points, 127)]


def codes_of(text: str) -> NDArray[np.int64]:
    """A text of one's own as the network reads it: int64 (T,), 0 to 96; T counts the signs of `as_read(text)`.

    Raises:
        ValueError: `text` is no string, holds fewer than two signs or more than 5,000, or only signs outside printable
            ASCII, of which the network would see none.
    """
    if not isinstance(text, str):
        raise ValueError(f"`text` must be a string; got a value of type {type(text).__name__}.")
    if len(text) > MAX_CHARACTERS or not 2 <= len(codes := encode(text)) <= MAX_CHARACTERS:
        length = f"{len(text):,} characters" if len(text) != 1 else "1 character"
        raise ValueError(f"`text` must have 2 to {MAX_CHARACTERS:,} characters, tabs written out; got {length}.")
    if np.all(codes == len(ALPHABET) - 1):
        raise ValueError("`text` must hold a character of printable ASCII; all of them are outside it.")
    return codes


def decode(codes: NDArray[np.int64]) -> str:
    """The text of these numbers."""
    return "".join(ALPHABET[code] for code in codes)
