"""What may be so at a character of Python text, read off by a scanner: what a unit of the network could know.

Each is of the moment just after a character has been read, as a unit's value at that character is. The scanner takes
any text, also an excerpt, and no text is wrong to it. It assumes that the text begins at the start of a line, outside
strings, comments and brackets; an excerpt that begins inside a string is read inside out until that string ends.
"""

import keyword
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.detective.alphabet import STAND_IN, as_read


@dataclass(frozen=True)
class Hypothesis:
    """Something that is so or not, or so much, after each character."""

    key: str
    """the same in every language"""
    numeric: bool
    """whether it is a number, at least 0; else it is true or false"""


HYPOTHESES = (
    Hypothesis("string", False),
    Hypothesis("comment", False),
    Hypothesis("indentation", True),
    Hypothesis("brackets", True),
    Hypothesis("position", True),
    Hypothesis("keyword", False),
)
"""What is tested:

- "string": inside a string literal, from its first quotation mark until its last is read; a prefix is not inside;
- "comment": inside a comment, from its # until the line ends;
- "indentation": spaces that the line has begun with, up to this character;
- "brackets": brackets ( [ { open, those in strings and comments not counted;
- "position": characters read of the line, 0 just after a line break;
- "keyword": directly after a keyword: true at the one character behind it.
"""
KEYS = tuple(one.key for one in HYPOTHESES)

_PARTS = re.compile(
    rf"""
    (?P<comment>\#[^\n]*)
  | (?:(?<!\w)[rRbBuUfFtT]{{1,2}})?(?P<string>
        (?P<three>\"\"\"|''')(?:[^\\]|\\.)*?(?:(?P<end_of_three>(?P=three))|\\?\Z)
      | (?P<one>[\"'])(?:(?!(?P=one))[^\\\n]|\\.)*(?:(?P<end_of_one>(?P=one))|(?=\n)|\\?\Z)
    )
  | \d(?:[eE][+-]|\w|\.)*
  | (?P<word>[\w{STAND_IN}]+)  # beyond ASCII a letter is read as the stand-in
  | (?P<opening>[(\[{{])
  | (?P<closing>[)\]}}])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES = re.compile("^ *", re.MULTILINE)


def hypotheses_of(text: str) -> dict[str, NDArray[np.bool_] | NDArray[np.int64]]:
    """What is so after each character of `text`, by the keys of `HYPOTHESES`: (T,) booleans or whole numbers.

    T counts the signs of `alphabet.as_read(text)`. A string in one quotation mark that is not closed ends with its
    line; one in three, with the text. A closing bracket without an opening one counts as none. Keywords are those of
    the Python that runs, without those that are words elsewhere (`match`).
    """
    text = as_read(text)
    string, comment, after = np.zeros((3, len(text)), dtype=bool)
    steps = np.zeros(len(text), dtype=np.int64)
    depth = 0
    for part in _PARTS.finditer(text):
        match part.lastgroup:
            case "comment":
                comment[part.start() : part.end()] = True
            case "string":
                closed = part["end_of_three"] or part["end_of_one"]
                string[part.start("string") : part.end() - (closed is not None)] = True
            case "word" if keyword.iskeyword(part[0]) and part.end() < len(text):
                after[part.end()] = True
            case "opening":
                steps[part.start()], depth = 1, depth + 1
            case "closing" if depth:
                steps[part.start()], depth = -1, depth - 1
    breaks = np.array([sign == "\n" for sign in text], dtype=bool)
    lines = np.cumsum(breaks)
    where = np.arange(len(text))
    position = where - np.maximum.accumulate(np.where(breaks, where, -1))
    begun = np.array([len(spaces[0]) for spaces in _SPACES.finditer(text)], dtype=np.int64)
    return {
        "string": string,
        "comment": comment,
        "indentation": np.minimum(position, begun[lines]),
        "brackets": np.cumsum(steps),
        "position": position,
        "keyword": after,
    }
