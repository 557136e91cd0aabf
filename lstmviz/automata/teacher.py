"""A network asked about words: what does it predict after this one? The teacher of `lstar`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.machine import Machine
from lstmviz.automata.needed import all_words, needed, pairs
from lstmviz.cells.step import Array
from lstmviz.statemap import StateMap, check_letters
from lstmviz.tasks import PatternTask

Word = tuple[int, ...]
"""Letters by their numbers in the alphabet."""

DOMAINS = ("text", "pairs", "all")
BEYOND = 1000
"""Steps that the text is read on for beyond its end, if nothing else is said."""


@dataclass(frozen=True, eq=False)
class Run:
    """A network reading the text of a task, and on beyond its end: N steps in float64."""

    codes: NDArray[np.int64]
    """(N,) the letters read"""
    s: Array
    """(N, S) the state after each"""
    predicted: NDArray[np.int64]
    """(N,) the letter that is most probable after each, as an index in the alphabet; V where a logit is not finite"""
    right: NDArray[np.bool_]
    """(N,) whether that is the letter that comes"""
    forever: bool
    """whether the state repeated itself to the last bit after a whole period, so that what follows is decided"""

    @property
    def first_wrong(self) -> int | None:
        """The first step whose prediction is not what comes; None if there is none within N steps."""
        wrong = np.flatnonzero(~self.right)
        return int(wrong[0]) if len(wrong) else None


def read_text(f: StateMap, task: PatternTask, beyond: int = BEYOND) -> Run:
    """Follow `f` through the text of `task` and `beyond` steps on.

    Raises:
        ValueError: the network has no head, or does not read and name the letters of the task.
    """
    check_letters(f, task)
    period = np.append(task.x, task.y[-1])[: task.period]
    xs = np.eye(len(task.alphabet))[period]
    steps = len(task.x) + beyond
    states = np.empty((steps, f.size))
    s: Array = np.zeros(f.size)
    ends = dict[bytes, int]()
    forever = False
    with np.errstate(all="ignore"):
        for t in range(steps):
            s = states[t] = f.step(s, xs[t % task.period])
            if (t + 1) % task.period:
                continue
            before = ends.setdefault(s.tobytes(), t)
            if before != t:  # the very state of an earlier period: from here on everything comes again
                rest = np.arange(t + 1, steps)
                states[rest] = states[before + 1 + (rest - t - 1) % (t - before)]
                forever = True
                break
        predicted = predictions(f, states)
    codes = period[np.arange(steps) % task.period]
    right = predicted == period[np.arange(1, steps + 1) % task.period]
    return Run(codes, states, predicted, right, forever)


def predictions(f: StateMap, s: Array) -> NDArray[np.int64]:
    """The most probable letter in the states s (..., S); the number of letters where a logit is not finite."""
    with np.errstate(all="ignore"):
        logits = f.logits(s)
    return np.where(np.isfinite(logits).all(axis=-1), logits.argmax(axis=-1), logits.shape[-1])


@dataclass(frozen=True, eq=False)
class _Level:
    """All words of one length."""

    parent: NDArray[np.int64]
    letter: NDArray[np.int64]
    answer: NDArray[np.int64]


class Teacher:
    """Answers what a network predicts after words of a domain; it remembers every answer.

    An answer is one number for two things: the letter predicted (V where a logit is not finite) and the letters that
    may come next in the domain. A word outside the domain is answered by -1.
    """

    def __init__(self, f: StateMap, task: PatternTask, domain: str, run: Run, words: int = 20_000) -> None:
        """Domain: as `lstar.learn` has it. `words` bounds those that are checked exhaustively."""
        self.alphabet, self.domain, self.run = task.alphabet, domain, run
        self.letters = len(task.alphabet)
        self.permitted: Machine = {"text": needed, "pairs": pairs, "all": all_words}[domain](task)
        sets = [tuple(k for k, to in enumerate(row) if to is not None) for row in self.permitted.moves]
        kinds = list(dict.fromkeys(sets))
        self._sets, self._kinds = kinds, [kinds.index(own) for own in sets]
        self._f, self._eye = f, np.eye(self.letters)
        before = 0 if domain == "all" else 1  # a text begins with its first letter, whatever is asked about it
        self._start = run.s[0] if before else np.zeros(f.size)
        self.text: Word = tuple(run.codes[before:].tolist())
        first = [] if before else predictions(f, self._start[None]).tolist()
        self._on_text: list[int] = [*first, *run.predicted.tolist()]
        self._known = dict[Word, int]()
        self.asked = 0
        self.text_answers = self._answers_on_text()
        self._levels = [] if domain == "text" else self._grow(words)

    @property
    def length(self) -> int:
        """The length to which every word of the domain is checked."""
        return len(self.text) if self.domain == "text" else len(self._levels)

    @property
    def words(self) -> int:
        """How many words that are."""
        return len(self.text) + 1 if self.domain == "text" else 1 + sum(len(level.letter) for level in self._levels)

    def predicted(self, answer: int) -> int:
        """The letter in an answer; -1 for a word outside the domain."""
        return -1 if answer < 0 else answer % (self.letters + 1)

    def says(self, answer: int) -> str | None:
        """The same by its name; None also where a logit is not finite."""
        code = self.predicted(answer)
        return self.alphabet[code] if 0 <= code < self.letters else None

    def allowed(self, answer: int) -> tuple[int, ...]:
        """The letters that may come next, in an answer."""
        return self._sets[answer // (self.letters + 1)]

    def answers(self, words: Sequence[Word]) -> list[int]:
        """One answer a word; those of one length that are new go through the network side by side."""
        new = defaultdict[int, list[Word]](list)
        found = dict[Word, int | None]()
        for word in words:
            if word in found:
                continue
            if (place := self._place(word)) is None:
                found[word] = -1
            elif word == self.text[: len(word)]:
                found[word] = self._answer(self._on_text[len(word)], place)
            else:
                found[word] = self._known.get(word)
                if found[word] is None:
                    new[len(word)].append(word)
        for batch in new.values():
            for word, said in zip(batch, self._ask(batch), strict=True):
                place = self._place(word)
                assert place is not None
                self._known[word] = found[word] = self._answer(said, place)
        self.asked += sum(map(len, new.values()))
        return [answer for word in words if (answer := found[word]) is not None]

    def difference(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> Word | None:
        """The shortest word checked after which a machine answers otherwise; None if there is none.

        moves: (n, V) of states, start 0, -1 for none; said: (n,) its answers.
        """
        states = np.zeros(1, dtype=np.int64)
        for depth, level in enumerate(self._levels):
            states = moves[states[level.parent], level.letter]
            wrong = np.flatnonzero(said[states] != level.answer)
            if len(wrong):
                return self._word(depth, int(wrong[0]))
        rows, outputs, state = moves.tolist(), said.tolist(), 0
        for length, answer in enumerate(self.text_answers):
            if outputs[state] != answer:
                return self.text[:length]
            if length < len(self.text):
                state = rows[state][self.text[length]]
        return None

    def agreement(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> float:
        """Share of the words checked exhaustively after which a machine predicts what the network does, 0 to 1.

        In the domain "text" these are the steps of the text.
        """
        if self.domain == "text":
            return self.fidelity(moves, said)
        letters = self.letters + 1
        states = np.zeros(1, dtype=np.int64)
        same = int(said[0] % letters == self.text_answers[0] % letters)
        for level in self._levels:
            before = states[level.parent]
            states = np.where(before < 0, -1, moves[before, level.letter])
            same += int(((said[states] % letters == level.answer % letters) & (states >= 0)).sum())
        return same / self.words

    def fidelity(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> float:
        """Share of the steps of the text after which a machine predicts what the network does, 0 to 1."""
        rows, outputs, state, same = moves.tolist(), said.tolist(), 0, 0
        for length, answer in enumerate(self.text_answers):
            same += self.predicted(outputs[state]) == self.predicted(answer)
            if length == len(self.text):
                break
            state = rows[state][self.text[length]]
            if state < 0:
                break
        return same / len(self.text_answers)

    def _answers_on_text(self) -> list[int]:
        answers, place = [], self.permitted.start
        for said, letter in zip(self._on_text, (*self.text, -1), strict=True):
            answers.append(self._answer(said, place))
            to = self.permitted.moves[place][letter]
            place = place if to is None else to
        return answers

    def _place(self, word: Word) -> int | None:
        """The state of the domain's machine after `word`."""
        place: int | None = self.permitted.start
        for letter in word:
            if place is None:
                return None
            place = self.permitted.moves[place][letter]
        return place

    def _answer(self, predicted: int, place: int) -> int:
        return predicted + (self.letters + 1) * self._kinds[place]

    def _ask(self, words: Sequence[Word]) -> list[int]:
        """What the network predicts after words of one length."""
        s = np.broadcast_to(self._start, (len(words), len(self._start)))
        with np.errstate(all="ignore"):
            for letters in np.array(words, dtype=np.int64).T:
                s = self._f.step(s, self._eye[letters])
        return predictions(self._f, s).tolist()

    def _grow(self, budget: int) -> list[_Level]:
        """All words of the domain, length by length, as long as there are at most `budget` of them."""
        levels = list[_Level]()
        places, s = np.array([self.permitted.start]), self._start[None]
        onward = np.array([[-1 if to is None else to for to in row] for row in self.permitted.moves])
        kinds, count = np.array(self._kinds), 1
        while True:
            parent, letter = np.nonzero(onward[places] >= 0)
            count += len(parent)
            if count > budget:
                return levels
            places = onward[places[parent], letter]
            with np.errstate(all="ignore"):
                s = self._f.step(s[parent], self._eye[letter])
            answer = predictions(self._f, s) + (self.letters + 1) * kinds[places]
            levels.append(_Level(parent, letter, answer))
            if len(levels) == len(self.text):
                return levels

    def _word(self, depth: int, index: int) -> Word:
        """The word at a place of a level."""
        letters = []
        for level in reversed(self._levels[: depth + 1]):
            letters.append(int(level.letter[index]))
            index = int(level.parent[index])
        return tuple(reversed(letters))
