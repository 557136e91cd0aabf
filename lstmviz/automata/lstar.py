"""Angluin's L* (1987) with a network as the teacher: the automaton that says what the network says.

The learner keeps a table: a row for each prefix, a column for each suffix, and in the cell what the network predicts
after the two. Prefixes with equal rows are taken for one state; where a prefix and one letter more has a row of its
own, it becomes a state too. A machine read off the table is held against the network on all words to a length that is
said, and on the task's text far beyond; from a word that parts them, the suffix that tells two states apart is found
by halving (Rivest & Schapire 1993) and becomes a column. The form with an output in each state is the usual one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.examiner import Examiner
from lstmviz.automata.machine import Machine
from lstmviz.automata.teacher import DOMAINS, Run, Teacher, Word, read_text
from lstmviz.base.checks import one_of, whole_number
from lstmviz.statemap import StateMap
from lstmviz.tasks import PatternTask

MAX_STATES = 64


@dataclass(frozen=True, eq=False)
class Round:
    """The observation table when a machine was read off it, and what came of that."""

    prefixes: tuple[tuple[str, ...], ...]
    """(n,) the shortest word found into each state"""
    extended: tuple[tuple[str, ...], ...]
    """(m,) each prefix with each letter that may follow, where that is not a prefix itself"""
    suffixes: tuple[tuple[str, ...], ...]
    """(k,) the columns; the first is the empty word"""
    rows: tuple[tuple[str | None, ...], ...]
    """(n + m, k) the letter predicted; None outside the domain, and where the network's numbers are not finite"""
    machine: Machine
    """read off this table, one state a prefix"""
    fidelity: float
    """share of the steps of the text after which the machine says what the network says, 0 to 1"""
    agreement: float
    """share of all words checked exhaustively after which it does, 0 to 1; in the domain "text", the same"""
    counterexample: tuple[str, ...] | None
    """the shortest word found after which machine and network part; None if none was found"""


@dataclass(frozen=True, eq=False)
class Learned:
    """What L* made of a network."""

    domain: str
    """"text", "pairs" or "all\""""
    before: tuple[str, ...]
    """letters that are read before each word: the first of the text, or none where the domain is "all\""""
    rounds: tuple[Round, ...]
    """the table, machine by machine, at least one"""
    machine: Machine
    """the last machine, or the one that agrees best with the network where the search was given up"""
    fidelity: float
    """its share of the steps of the text that it says as the network, 0 to 1"""
    agreement: float
    """its share of all words checked exhaustively"""
    complete: bool
    """whether no word checked parts it from the network; False where more than `max_states` states were needed"""
    length: int
    """all words of the domain to this length were checked"""
    words: int
    """how many those are"""
    text_steps: int
    """steps of the text checked"""
    asked: int
    """words that the network was asked about beyond those"""


def learn(
    f: StateMap,
    task: PatternTask,
    domain: str = "text",
    *,
    run: Run | None = None,
    words: int = 20_000,
    max_states: int = MAX_STATES,
) -> Learned:
    """Learn the automaton of a network over the letters of `task`.

    Args:
        f: the network, with a head.
        task: whose alphabet, and whose text, it reads.
        domain: which words are asked about, after the first letter of the text: "text", only those that the text goes
            on with; "pairs", those in which each letter follows the one before it as it does somewhere in the pattern;
            or "all", all words over the alphabet from the network's very start. Off the text, nobody has taught the
            network anything: there it may need many states.
        run: the network on the text, if known already.
        words: how many words at most are checked exhaustively, beside the text; 1 to 1,000,000.
        max_states: the search is given up where more are needed; 1 to 1,000.

    Raises:
        ValueError: an argument is none of these; or as `teacher.read_text`.
    """
    one_of("domain", domain, DOMAINS)
    words = whole_number("words", words, 1, 1_000_000)
    max_states = whole_number("max_states", max_states, 1, 1000)
    teacher = Teacher(f, task, domain, read_text(f, task) if run is None else run, words)
    rounds = rounds_of(teacher, max_states)
    best = best_of(rounds)
    return Learned(
        domain=domain,
        before=() if domain == "all" else task.letters[:1],
        rounds=rounds,
        machine=best.machine,
        fidelity=best.fidelity,
        agreement=best.agreement,
        complete=rounds[-1].counterexample is None,
        length=teacher.length,
        words=teacher.words,
        text_steps=len(teacher.run.codes),
        asked=teacher.asked,
    )


def rounds_of(teacher: Teacher | Examiner, max_states: int) -> tuple[Round, ...]:
    """The tables and machines, one after another, until nothing parts one from the network or states run out."""
    table = _Table(teacher, max_states)
    rounds = list[Round]()
    while True:
        closed = table.close()
        moves, said = table.hypothesis()
        counterexample = teacher.difference(moves, said)
        rounds.append(table.round(moves, said, counterexample))
        if not closed or counterexample is None:
            return tuple(rounds)
        table.add_suffix(_telling_suffix(teacher, table.prefixes, moves, said, counterexample))


def best_of(rounds: Sequence[Round]) -> Round:
    """The last of the `rounds`, or where that was given up the one that agrees best with the network."""
    return rounds[-1] if rounds[-1].counterexample is None else max(rounds, key=lambda o: (o.agreement, o.fidelity))


class _Table:
    """The observation table as it grows: each prefix has a row that no other has."""

    def __init__(self, teacher: Teacher | Examiner, max_states: int) -> None:
        self.prefixes: list[Word] = [()]
        self._teacher, self._max = teacher, max_states
        self._suffixes: list[Word] = [()]
        self._rows = dict[Word, list[int]]()

    def add_suffix(self, suffix: Word) -> None:
        self._suffixes.append(suffix)

    def close(self) -> bool:
        """Make prefixes of all words that lead into a state of their own; False where that would be too many."""
        self._fill([(), *self._extensions()])
        states = {self._row(prefix) for prefix in self.prefixes}
        at = 0
        while at < len(self.prefixes):
            prefix = self.prefixes[at]
            self._fill(self._after(prefix))
            for word in self._after(prefix):
                if self._row(word) in states:
                    continue
                if len(self.prefixes) == self._max:
                    self._fill(self._extensions())
                    return False
                self.prefixes.append(word)
                states.add(self._row(word))
            at += 1
        return True

    def hypothesis(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Moves (n, V), -1 for none, and answers (n,). A row that is no prefix's own goes to the one most like it."""
        rows = {self._row(prefix): state for state, prefix in enumerate(self.prefixes)}
        of_state = np.array([self._rows[prefix] for prefix in self.prefixes])
        moves = np.full((len(self.prefixes), self._teacher.letters), -1, dtype=np.int64)
        for state, prefix in enumerate(self.prefixes):
            for word in self._after(prefix):
                to = rows.get(self._row(word))
                if to is None:
                    alike = of_state == self._rows[word]
                    # What may be read next decides first: a machine must be able to read the words of its domain.
                    to = int((alike.sum(axis=1) + alike.shape[1] * self._same_kind(word)).argmax())
                moves[state, word[-1]] = to
        return moves, of_state[:, 0]

    def round(self, moves: NDArray[np.int64], said: NDArray[np.int64], counterexample: Word | None) -> Round:
        """The table as it stands, in letters."""
        teacher, alphabet = self._teacher, self._teacher.alphabet
        own = set(self.prefixes)
        extended = [word for word in self._extensions() if word not in own]
        fidelity = teacher.fidelity(moves, said)
        letters = [teacher.says(answer) for answer in said.tolist()]
        rows = tuple(None if to < 0 else int(to) for to in moves.ravel())
        width = len(alphabet)
        machine = Machine(alphabet, tuple(letters), tuple(rows[k * width : (k + 1) * width] for k in range(len(moves))))

        def spelled(word: Word) -> tuple[str, ...]:
            return tuple(alphabet[code] for code in word)

        return Round(
            prefixes=tuple(map(spelled, self.prefixes)),
            extended=tuple(map(spelled, extended)),
            suffixes=tuple(map(spelled, self._suffixes)),
            rows=tuple(
                tuple(teacher.says(answer) for answer in self._rows[word]) for word in (*self.prefixes, *extended)
            ),
            machine=machine,
            fidelity=fidelity,
            agreement=teacher.agreement(moves, said),
            counterexample=None if counterexample is None else spelled(counterexample),
        )

    def _fill(self, words: list[Word]) -> None:
        """Ask for every cell of these rows that is empty."""
        cells = [(word, suffix) for word in words for suffix in self._suffixes[len(self._rows.setdefault(word, [])) :]]
        for (word, _), answer in zip(cells, self._teacher.answers([a + b for a, b in cells]), strict=True):
            self._rows[word].append(answer)

    def _row(self, word: Word) -> tuple[int, ...]:
        return tuple(self._rows[word])

    def _after(self, prefix: Word) -> list[Word]:
        return [(*prefix, letter) for letter in self._teacher.allowed(self._rows[prefix][0])]

    def _extensions(self) -> list[Word]:
        return [word for prefix in self.prefixes if prefix in self._rows for word in self._after(prefix)]

    def _same_kind(self, word: Word) -> NDArray[np.bool_]:
        allowed = self._teacher.allowed(self._rows[word][0])
        return np.array([self._teacher.allowed(self._rows[prefix][0]) == allowed for prefix in self.prefixes])


def _telling_suffix(
    teacher: Teacher | Examiner,
    prefixes: list[Word],
    moves: NDArray[np.int64],
    said: NDArray[np.int64],
    counterexample: Word,
) -> Word:
    """The end of a counterexample that tells apart two words which the machine takes into one state.

    Put the machine's own word for a state in place of the first k letters: for k = 0 the answer is the network's, for
    all letters the machine's, so between two neighbouring k it changes. Those are found by halving.
    """
    states = [0]
    for letter in counterexample:
        states.append(int(moves[states[-1], letter]))

    def answer(k: int) -> int:
        return teacher.answers([prefixes[states[k]] + counterexample[k:]])[0]

    low, high = 0, len(counterexample)
    first = answer(low)
    while high - low > 1:
        middle = (low + high) // 2
        if answer(middle) == first:
            low = middle
        else:
            high = middle
    return counterexample[high:]
