"""What the networks learn: to name the next letter of a text that repeats a short pattern.

The four presets are those of the lecture notes. Each hides one difficulty: in `abaB` the letter `a` is followed by `b`
or by `B`, so the present letter is not enough, and the network must remember; `Task.memory` says how far back.
"""

import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from string import ascii_lowercase
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.tasks.base import Task, frozen

PRESETS = ("abaB", "AbAcAd", "abcabC", "abcdabcD")
"""The patterns of the lecture notes."""

MAX_LETTERS = 64
MAX_REPEATS = 1000
_MAX_CODE_POINTS = 16  # in one letter; the longest emoji in use has ten, while stacked accents have no end

# A letter, number, punctuation mark or symbol that shows, with the marks and joiners that belong to it. A grapheme
# cluster that fits this holds no space, control, surrogate, private or unassigned character.
_VISIBLE_LETTER = regex.compile(
    r"(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{P}\p{S}][\p{L}\p{M}\p{N}\p{P}\p{S}\p{Cf}]*"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class PatternTask(Task):
    """A text over a small alphabet, and the question asked at every letter of it: which one comes next?

    T = period * repeats - 1 steps, V = len(alphabet) letters, by first appearance. `x` is the text without its last
    letter, `y` without its first; `labels` tell equal letters of a period apart: a1 b1 c a2 b2 C. Compare `pattern`
    and `repeats` to compare tasks.
    """

    pattern: str
    """one period of the text, in Unicode's composed form (NFC)"""
    repeats: int
    """how often the pattern stands in the text"""
    letters: tuple[str, ...]
    """the letters of one period; what a reader calls a letter may be several code points, such as an emoji"""
    memory: int
    """how many letters, the present one included, are always enough to know the next for certain"""

    @property
    def text(self) -> str:
        """The whole text: the pattern, `repeats` times."""
        return self.pattern * self.repeats

    @property
    def period(self) -> int:
        """The letters in one pattern."""
        return len(self.letters)

    @property
    def last_pattern(self) -> slice:
        """The steps that read the last pattern of which every letter is followed by another."""
        return slice((self.repeats - 2) * self.period, (self.repeats - 1) * self.period)

    @property
    def judged(self) -> NDArray[np.bool_]:
        """(T,) the steps of the last pattern."""
        return np.isin(np.arange(len(self.x)), range(*self.last_pattern.indices(len(self.x))))

    @property
    def key(self) -> str:
        """The alphabet, and a digest of the text."""
        return json.dumps({"letters": self.alphabet, "text": sha256(self.x.tobytes() + self.y.tobytes()).hexdigest()})


def check_pattern(task: Any) -> None:
    """Do nothing if `task` is an alphabet pattern.

    Raises:
        TypeError: it is another kind of task, or none.
    """
    if not isinstance(task, PatternTask):
        kind = type(task).__name__
        raise TypeError(f"`task` must be an alphabet pattern, as `alphabet_task` makes it; got a value of type {kind}.")


def alphabet_task(pattern: str, repeats: int = 100) -> PatternTask:
    """The task of predicting each next letter of `pattern`, repeated `repeats` times.

    Args:
        pattern: one of `PRESETS`, or any 2 to 64 letters or signs of any script, at least two of them different; a
            letter is what Unicode calls a grapheme cluster, so an accented letter or an emoji counts once.
        repeats: how often the pattern stands in the text, 2 to 1000.

    Raises:
        ValueError: the pattern is too short, too long, all one letter, or holds something other than letters and
            signs; or `repeats` is out of range.
    """
    letters = _letters(pattern)
    repeats = whole_number("repeats", repeats, 2, MAX_REPEATS)
    alphabet = tuple(dict.fromkeys(letters))
    codes = np.tile(np.array([alphabet.index(letter) for letter in letters], dtype=np.int64), repeats)
    codes.flags.writeable = False
    labels = _labels(letters) * repeats
    return PatternTask(
        pattern="".join(letters),
        repeats=repeats,
        letters=letters,
        alphabet=alphabet,
        answers=alphabet,
        x=codes[:-1],
        y=codes[1:],
        scored=frozen(np.ones(len(codes) - 1, dtype=bool)),
        labels=labels[:-1],
        target_labels=labels[1:],
        memory=_memory(letters),
    )


def memory_pattern(memory: int) -> str:
    """A pattern whose task needs just `memory` letters: so many letters, twice, the last one at last a capital.

    2 is abaB, 3 abcabC: the notes' own patterns, continued.

    Raises:
        ValueError: `memory` is not from 2 to 26, the letters of the alphabet.
    """
    half = ascii_lowercase[: whole_number("memory", memory, 2, len(ascii_lowercase))]
    return half + half[:-1] + half[-1].upper()


def _letters(pattern: str) -> tuple[str, ...]:
    """The grapheme clusters of `pattern`, checked."""
    if not isinstance(pattern, str):
        raise ValueError(f"`pattern` must be a string of letters; got a value of type {type(pattern).__name__}.")
    return _letters_of(str(pattern))


@lru_cache(maxsize=256)  # a page of the dashboard asks for its few patterns some ten times at each rerun
def _letters_of(pattern: str) -> tuple[str, ...]:
    if len(pattern) > MAX_LETTERS * _MAX_CODE_POINTS:
        raise ValueError(f"`pattern` must have 2 to {MAX_LETTERS} letters; got {len(pattern)} characters.")
    letters = tuple(regex.findall(r"\X", unicodedata.normalize("NFC", pattern)))
    for letter in letters:
        if not _VISIBLE_LETTER.fullmatch(letter):
            raise ValueError(f"`pattern` must hold letters and signs only; got {code_points(letter)}.")
        if len(letter) > _MAX_CODE_POINTS:
            raise ValueError(
                f"`pattern` must have at most {_MAX_CODE_POINTS} code points in one letter; got {len(letter)} in one."
            )
    if not 2 <= len(letters) <= MAX_LETTERS:
        raise ValueError(f"`pattern` must have 2 to {MAX_LETTERS} letters; got {len(letters)}.")
    if len(set(letters)) == 1:
        raise ValueError(f"`pattern` must have at least two different letters; got only '{letters[0]}'.")
    return letters


def code_points(letter: str) -> str:
    """`letter` spelled so that it can be seen: "a space" cannot be pointed at, "U+0020 SPACE" can."""
    names = [f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in letter[:4]]
    return " + ".join(names) + (" + ..." if len(letter) > 4 else "")


def _labels(letters: tuple[str, ...]) -> tuple[str, ...]:
    """Each letter of one period, numbered where it occurs more than once."""
    total, seen, labels = Counter(letters), Counter[str](), []
    for letter in letters:
        seen[letter] += 1
        labels.append(f"{letter}{seen[letter]}" if total[letter] > 1 else letter)
    return tuple(labels)


def _memory(letters: tuple[str, ...]) -> int:
    """The shortest length of window that is never followed by two different letters, the period read as a circle."""
    period = len(letters)
    circle = letters * 2
    for length in range(1, period):
        followers: dict[tuple[str, ...], str] = {}
        if all(
            followers.setdefault(circle[start : start + length], circle[start + length]) == circle[start + length]
            for start in range(period)
        ):
            return length
    return period
