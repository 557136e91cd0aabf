"""A text of one's own, learned in windows: which letter comes next?"""

import json
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
import regex
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number
from lstmviz.tasks.base import Examples, Task, frozen
from lstmviz.tasks.pattern import code_points

MAX_CHARACTERS = 20_000
MAX_WINDOW = 1000
MAX_ALPHABET = 1000
_MAX_CODE_POINTS = 16
_LINE_BREAK = regex.compile(r"\r\n?|\u2028|\u2029|\x85|\v|\f")
_UNREADABLE = regex.compile(r"[[\p{Cc}\p{Cs}\p{Co}\p{Cn}]--[\n\t]]", flags=regex.V1)


@dataclass(frozen=True, eq=False, kw_only=True)
class TextTask(Task):
    """A text, read letter by letter; at each the next one is asked. What a reader calls a letter counts once.

    The face is the whole text, T = letters - 1, its state going on from the first letter to the last. What is learned
    from are its windows: all stretches of `window` letters, one beginning at each letter, each from a zero state.
    """

    text: str
    """in Unicode's composed form (NFC), its line breaks as \\n"""
    window: int
    """steps of each window"""

    @property
    def key(self) -> str:
        """A digest of the text, and the window."""
        return json.dumps({"kind": "text", "text": sha256(self.text.encode()).hexdigest(), "window": self.window})

    def examples(self, epoch: int = 0, held_out: float = 0.0) -> Examples:
        """All N = T + 1 - window windows, each step of them asked, the same for every epoch.

        Args:
            epoch: any.
            held_out: share of the windows, the last ones, that are not learned from; those that share a letter to be
                said with one of these are neither learned from nor asked.

        Raises:
            ValueError: no window is left to learn from.
        """
        count = len(self._inputs)
        scored = np.ones(self._inputs.shape, dtype=bool)
        others = None
        if held := round(held_out * count):
            learned = count - held - (self.window - 1)
            if learned < 1:
                raise ValueError(f"`held_out` must leave a window to learn from; {held_out:g} of {count} leaves none.")
            scored[learned:] = False
            others = np.zeros_like(scored)
            others[count - held :] = True
        return Examples(self._inputs, self._targets, scored, np.full(count, self.window), others)

    def example(self, number: int) -> "TextTask":
        """The same task with window `number` as its face.

        Raises:
            ValueError: there is no such window.
        """
        number = whole_number("number", number, 0, len(self._inputs) - 1)
        part = slice(number, number + self.window)
        codes = self._codes
        labels = _labels([self.alphabet[code] for code in codes])
        return self._facing(codes[part], codes[number + 1 : number + 1 + self.window], labels[part.start :])

    def reading(self, text: str) -> "TextTask":
        """The same task with another text as its face, of the same alphabet.

        Raises:
            ValueError: it is no text of at least two letters, or has a letter that is not in the alphabet.
        """
        letters = letters_of(text)
        for letter in letters:
            if letter not in self.alphabet:
                raise ValueError(f"`text` must hold letters of the task's alphabet only; got {code_points(letter)}.")
        codes = np.array([self.alphabet.index(letter) for letter in letters], dtype=np.int64)
        return self._facing(codes[:-1], codes[1:], _labels(letters))

    def _facing(self, x: NDArray[np.int64], y: NDArray[np.int64], labels: list[str]) -> "TextTask":
        return replace(
            self,
            x=frozen(x.copy()),
            y=frozen(y.copy()),
            scored=frozen(np.ones(len(x), dtype=bool)),
            labels=tuple(labels[: len(x)]),
            target_labels=tuple(labels[1 : len(x) + 1]),
        )

    def read(self, said: NDArray[np.int64]) -> str:
        """The text as a network reads it, from what it says at each step of the windows, (N, window).

        As in the lecture notes: all that it says in the first window, then the last letter of each other one.
        """
        return "".join(self.alphabet[code] for code in (*said[0], *said[1:, -1]))

    @cached_property
    def _codes(self) -> NDArray[np.int64]:
        """(letters,) the whole text."""
        where = {letter: code for code, letter in enumerate(self.alphabet)}
        return np.array([where[letter] for letter in letters_of(self.text)], dtype=np.int64)

    @cached_property
    def _inputs(self) -> NDArray[np.int64]:
        return sliding_window_view(self._codes[:-1], self.window)

    @cached_property
    def _targets(self) -> NDArray[np.int64]:
        return sliding_window_view(self._codes[1:], self.window)


def text_task(text: str, window: int = 10) -> TextTask:
    """The task of predicting each next letter of `text`, learned in windows of so many letters, all in one update.

    Args:
        text: 2 to 20,000 letters of any script, at least two of them different, spaces and line breaks included; a
            letter is what Unicode calls a grapheme cluster. The alphabet is sorted by code points.
        window: letters in each window, 1 to 1000, fewer than in the text.

    Raises:
        ValueError: the text is too short, too long, or all one letter, has more than 1000 different ones, or holds a
            control character; or `window` does not fit it.
    """
    letters = letters_of(text)
    alphabet = tuple(sorted(set(letters)))
    if len(alphabet) < 2:
        raise ValueError(f"`text` must have at least two different letters; got only {letters[0]!r}.")
    if len(alphabet) > MAX_ALPHABET:
        raise ValueError(f"`text` must have at most {MAX_ALPHABET} different letters; got {len(alphabet)}.")
    window = whole_number("window", window, 1, MAX_WINDOW)
    if window >= len(letters):
        raise ValueError(f"`window` must be shorter than the text of {len(letters)} letters; got {window}.")
    where = {letter: code for code, letter in enumerate(alphabet)}
    codes = frozen(np.array([where[letter] for letter in letters], dtype=np.int64))
    labels = _labels(letters)
    return TextTask(
        text="".join(letters),
        window=window,
        alphabet=alphabet,
        answers=alphabet,
        x=codes[:-1],
        y=codes[1:],
        scored=frozen(np.ones(len(codes) - 1, dtype=bool)),
        labels=tuple(labels[:-1]),
        target_labels=tuple(labels[1:]),
        memory=None,
    )


def letters_of(text: str, least: int = 2) -> list[str]:
    """The grapheme clusters of `text`, checked, each kind of line break made the same.

    Raises:
        ValueError: it is no text of `least` to 20,000 letters, or one of them cannot be read.
    """
    if not isinstance(text, str):
        raise ValueError(f"`text` must be a string; got a value of type {type(text).__name__}.")
    if len(text) > MAX_CHARACTERS * _MAX_CODE_POINTS:
        raise ValueError(f"`text` must have {least} to {MAX_CHARACTERS} letters; got {len(text)} characters.")
    text = _LINE_BREAK.sub("\n", unicodedata.normalize("NFC", text))
    if found := _UNREADABLE.search(text):
        raise ValueError(
            f"`text` must hold no control characters but tabs and line breaks; got {code_points(found[0])}."
        )
    letters = regex.findall(r"\X", text)
    if not least <= len(letters) <= MAX_CHARACTERS:
        raise ValueError(f"`text` must have {least} to {MAX_CHARACTERS} letters; got {len(letters)}.")
    for letter in letters:
        if len(letter) > _MAX_CODE_POINTS:
            raise ValueError(
                f"`text` must have at most {_MAX_CODE_POINTS} code points in one letter; got {len(letter)}."
            )
    return list(letters)


def _labels(letters: list[str]) -> list[str]:
    """Each letter, numbered where it occurs more than once."""
    total, seen, labels = Counter(letters), Counter[str](), []
    for letter in letters:
        seen[letter] += 1
        labels.append(f"{letter}{seen[letter]}" if total[letter] > 1 else letter)
    return labels
