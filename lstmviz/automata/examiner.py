"""A network asked about strings of a grammar or a language: what does it say after this one? A teacher of `lstar`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.machine import Machine
from lstmviz.automata.reference import opening, reference_machine
from lstmviz.automata.teacher import Word
from lstmviz.cells.step import Array
from lstmviz.statemap import StateMap
from lstmviz.tasks import AcceptTask, DrawnTask, Examples, GrammarTask, ParityTask

LONG = 5
"""Strings drawn to be read too are up to so many times as long as those learned from, where a task has such."""
_DRAWN = 128
_OUTSIDE = -1


@dataclass(frozen=True, eq=False)
class _Level:
    """All strings of one length."""

    parent: NDArray[np.int64]
    """of each the one a symbol shorter, in the level before"""
    letter: NDArray[np.int64]
    place: NDArray[np.int64]
    """the state of the required machine"""
    answer: NDArray[np.int64]


class Examiner:
    """Answers what a network says after strings that the task can ask about; it remembers every answer.

    An answer is one number for two things: what is said, and the symbols that may be read next. A string that the task
    cannot ask about is answered by -1. What is said, by `names`: of several symbols that may come, as many as may,
    those that are the most probable; so `outcome` judges too. It is not asked after the empty string, and there taken
    to be right.
    """

    def __init__(self, f: StateMap, task: DrawnTask, words: int) -> None:
        """`words` bounds the strings that are all checked, length by length."""
        self.alphabet = task.alphabet
        self.letters = len(task.alphabet)
        self.permitted: Machine = reference_machine(task)
        self.opening = opening(task)
        self._f, self._task, self._eye = f, task, np.eye(self.letters)
        sets = [tuple(k for k, to in enumerate(row) if to is not None) for row in self.permitted.moves]
        self._sets = list(dict.fromkeys(sets))
        self._kinds = np.array([self._sets.index(own) for own in sets])
        self._onward = np.array([[_OUTSIDE if to is None else to for to in row] for row in self.permitted.moves])
        self.names: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}
        # (n,) how many symbols may come in each state of the required machine; 1 for an answer, 0 where none is asked
        outputs = self.permitted.outputs
        self._foretells = task.answers == task.alphabet
        self._asked = np.array([0 if o is None else len(str(o)) if self._foretells else 1 for o in outputs])
        self._due = np.array([self._number(None if o is None else str(o)) for o in outputs])
        self._start = f.step(np.zeros(f.size), self._eye[self.alphabet.index(self.opening)]) if self.opening else None
        self._first = self._answers_in(self._origin(1), np.array([self.permitted.start]), at_start=True)
        self._known = dict[Word, int]()
        self.asked = 0
        self._levels = self._grow(words)
        self._drawn = self._draw()

    @property
    def length(self) -> int:
        """The symbols to which every string, after the opening, is checked."""
        return len(self._levels)

    @property
    def words(self) -> int:
        """How many strings that are."""
        return 1 + sum(len(level.letter) for level in self._levels)

    @property
    def all_there_are(self) -> bool:
        """Whether no longer string exists that the required machine can read."""
        last = self._levels[-1].place if self._levels else np.array([self.permitted.start])
        return not (self._onward[last] >= 0).any()

    @property
    def drawn(self) -> tuple[int, int]:
        """Of the strings drawn to be read too: how many, and the symbols of the longest, its opening included."""
        return len(self._drawn.lengths), int(self._drawn.lengths.max(initial=0))

    def says(self, answer: int) -> str | None:
        """What is said, in an answer; None outside the task, where nothing is asked, and where no number is."""
        return None if answer < 0 else self.names[answer // len(self._sets)]

    def allowed(self, answer: int) -> tuple[int, ...]:
        """The letters that may be read next, in an answer."""
        return self._sets[answer % len(self._sets)]

    def answers(self, words: Sequence[Word]) -> list[int]:
        """One answer a string; those of one length that are new go through the network side by side."""
        new = defaultdict[int, dict[Word, int]](dict)
        found = dict[Word, int]()
        for word in words:
            place = self._place(word)
            if place < 0:
                found[word] = _OUTSIDE
            elif not word:
                found[word] = int(self._first[0])
            elif word not in self._known:
                new[len(word)][word] = place
        for batch in new.values():
            s = self._origin(len(batch))
            for letters in np.array(list(batch), dtype=np.int64).T:
                s = self._step(s, letters)
            self._known |= zip(batch, self._answers_in(s, np.array(list(batch.values()))).tolist(), strict=True)
        self.asked += sum(map(len, new.values()))
        return [found[word] if word in found else self._known[word] for word in words]

    def difference(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> Word | None:
        """The shortest string after which a machine answers otherwise; None if there is none.

        Only the strings that are all checked count: one slip in a long one, by a state that drifts, would make a state
        of its own out of each of its steps. `fidelity` says what a machine is worth on these.

        moves: (n, V) of states, start 0, -1 for none; said: (n,) its answers.
        """
        states = np.zeros(1, dtype=np.int64)
        for depth, level in enumerate(self._levels):
            states = moves[states[level.parent], level.letter]
            wrong = np.flatnonzero(said[states] != level.answer)
            if len(wrong):
                return self._word(depth, int(wrong[0]))
        return None

    def agreement(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> float:
        """Share of the strings that are all checked after which a machine says what the network says, 0 to 1."""
        kinds, states = len(self._sets), np.zeros(1, dtype=np.int64)
        same = int(said[0] // kinds == self._first[0] // kinds)
        for level in self._levels:
            before = states[level.parent]
            states = np.where(before < 0, -1, moves[before, level.letter])
            same += int(((said[states] // kinds == level.answer // kinds) & (states >= 0)).sum())
        return same / self.words

    def fidelity(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> float:
        """The same of the beginnings of the strings drawn to be read too; 1 where there are none."""
        there = self._drawn_answers >= 0
        if not there.any():
            return 1.0
        kinds = len(self._sets)
        return float((self._drawn_answers // kinds == self._walked(moves, said) // kinds)[there].mean())

    def first_wrong(self) -> Word | None:
        """The shortest string after which the network says something else than what is due; None if none is known."""
        for depth, level in enumerate(self._levels):
            wrong = np.flatnonzero(level.answer // len(self._sets) != self._due[level.place])
            if len(wrong):
                return self._word(depth, int(wrong[0]))
        there = self._drawn_answers >= 0
        return self._shortest_drawn(there & (self._drawn_answers // len(self._sets) != self._due[self._drawn_places]))

    def _number(self, name: str | None) -> int:
        """The number of what is said."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def _origin(self, count: int) -> Array:
        """The network where a string begins, its opening read, so many times: (count, S)."""
        start = np.zeros(self._f.size) if self._start is None else self._start
        return np.broadcast_to(start, (count, self._f.size))

    def _step(self, s: Array, letters: NDArray[np.int64]) -> Array:
        with np.errstate(all="ignore"):
            return self._f.step(s, self._eye[letters])

    def _answers_in(self, s: Array, places: NDArray[np.int64], *, at_start: bool = False) -> NDArray[np.int64]:
        """(N,) the answers in the states s (N, S) of the network, at these places of the required machine."""
        said = self._due[places] if at_start and not self.opening else self._said(s, self._asked[places])
        answers: NDArray[np.int64] = said * len(self._sets) + self._kinds[places]
        return answers

    def _said(self, s: Array, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """(N,) what is said in the states s (N, S), as so many (N,) of the most probable symbols, by number."""
        with np.errstate(all="ignore"):
            logits = self._f.logits(s)
        rank = np.argsort(np.argsort(-logits, axis=1, kind="stable"), axis=1)
        chosen = (rank < counts[:, None]) & np.isfinite(logits).all(axis=1, keepdims=True)
        kinds, which = np.unique(chosen, axis=0, return_inverse=True)
        told = self._task.answers
        numbers = [
            self._number("".join(told[k] for k in np.flatnonzero(kind)) if kind.any() else None) for kind in kinds
        ]
        return np.array(numbers, dtype=np.int64)[which.ravel()]

    def _place(self, word: Word) -> int:
        """The state of the required machine after `word`; -1 for none."""
        place = self.permitted.start
        for letter in word:
            place = int(self._onward[place, letter])
            if place < 0:
                break
        return place

    def _grow(self, budget: int) -> list[_Level]:
        """All strings, length by length, as long as there are at most `budget` of them."""
        levels = list[_Level]()
        places, s, count = np.array([self.permitted.start]), self._origin(1), 1
        while True:
            parent, letter = np.nonzero(self._onward[places] >= 0)
            count += len(parent)
            if count > budget or not len(parent):
                return levels
            places = self._onward[places[parent], letter]
            s = self._step(s[parent], letter)
            levels.append(_Level(parent, letter, places, self._answers_in(s, places)))

    def _draw(self) -> Examples:
        """Strings that are longer than those all checked, as far as the task has such, and the answers along them."""
        task = self._task
        if self.all_there_are:
            drawn = task.examples().rows(slice(0, 0))
        elif isinstance(task, AcceptTask | ParityTask):
            longer: DrawnTask = replace(task, longest=LONG * task.longest)
            drawn = replace(longer, drawn=1).examples(count=_DRAWN)
        elif isinstance(task, GrammarTask) and task.longest:
            drawn = replace(task, longest=LONG * task.longest).tests(_DRAWN)
        else:
            drawn = task.tests(_DRAWN)
        count, steps = drawn.inputs.shape
        self._drawn_answers = np.full((count, steps), _OUTSIDE, dtype=np.int64)
        self._drawn_places = np.zeros((count, steps), dtype=np.int64)
        s, places = self._origin(count), np.full(count, self.permitted.start)
        for t in range(steps):
            letters = drawn.inputs[:, t]
            if t or not self.opening:
                s = self._step(s, letters)
                places = np.where(places >= 0, self._onward[places, letters], _OUTSIDE)
            inside = (t < drawn.lengths) & (places >= 0)
            self._drawn_places[:, t] = places
            self._drawn_answers[inside, t] = self._answers_in(s[inside], places[inside])
        return drawn

    def _walked(self, moves: NDArray[np.int64], said: NDArray[np.int64]) -> NDArray[np.int64]:
        """What a machine answers after each beginning of the strings drawn; -1 behind their ends."""
        answers = np.full_like(self._drawn_answers, _OUTSIDE)
        states = np.zeros(len(answers), dtype=np.int64)
        for t in range(answers.shape[1]):
            if t or not self.opening:
                states = np.where(states >= 0, moves[states, self._drawn.inputs[:, t]], _OUTSIDE)
            inside = (self._drawn_answers[:, t] >= 0) & (states >= 0)
            answers[inside, t] = said[states[inside]]
        return answers

    def _shortest_drawn(self, wrong: NDArray[np.bool_]) -> Word | None:
        """The shortest beginning of a string drawn at whose end something is wrong, (N, T)."""
        steps = np.flatnonzero(wrong.any(axis=0))
        if not len(steps):
            return None
        row = int(np.flatnonzero(wrong[:, steps[0]])[0])
        return tuple(self._drawn.inputs[row, (1 if self.opening else 0) : steps[0] + 1].tolist())

    def _word(self, depth: int, index: int) -> Word:
        """The string at a place of a level."""
        letters = []
        for level in reversed(self._levels[: depth + 1]):
            letters.append(int(level.letter[index]))
            index = int(level.parent[index])
        return tuple(reversed(letters))
