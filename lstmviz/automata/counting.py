"""Machines that count: a finite control and counters beside it, for a^n b^n and its like."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.automata.machine import Machine
from lstmviz.automata.reference import opening, states_along
from lstmviz.tasks import GrammarTask
from lstmviz.tasks.grammar import COUNTED


@dataclass(frozen=True)
class CountingMachine:
    """A control of a few states and K counters, which begin at 0 and each letter changes.

    A string has ended where the control is in its last state and all counters are back at 0, which no finite automaton
    can tell for all n (Gers & Schmidhuber 2001 let an LSTM do it).
    """

    first: str
    """the symbol that every string begins with"""
    control: Machine
    """from behind `first`; each state says what the letter that led there does to the counters: "+1", or "−1 +1\""""
    changes: tuple[tuple[int, ...], ...]
    """(V, K) what each letter of the alphabet adds to each counter: 1, 0 or -1"""

    def places(self, symbols: Sequence[str]) -> tuple[int | None, ...]:
        """(T,) the control's state after each of `symbols`, of which the first is `first`; None where it cannot go on.

        Raises:
            ValueError: a symbol is not in the alphabet, or the first is another.
        """
        return states_along(self.control, self.first, symbols)

    def counts(self, symbols: Sequence[str]) -> NDArray[np.int64]:
        """(T, K) the counters after each of `symbols`."""
        codes = [self.control.alphabet.index(symbol) for symbol in symbols]
        return np.array(self.changes, dtype=np.int64)[codes].cumsum(axis=0)


def counting_machine(task: GrammarTask) -> CountingMachine:
    """The machine of a^n b^n or a^n b^n c^n: a counter between each two letters, up with one and down with the next.

    Raises:
        ValueError: `task` is of another grammar.
    """
    if not isinstance(task, GrammarTask) or task.grammar not in COUNTED:
        raise ValueError(f"`task` must be of one of the grammars {', '.join(COUNTED)}.")
    letters, alphabet = COUNTED[task.grammar], task.alphabet
    counters = len(letters) - 1
    changes = np.zeros((len(alphabet), counters), dtype=int)
    moves: list[list[int | None]] = [[None] * len(alphabet) for _ in range(len(letters) + 1)]
    for k, letter in enumerate(letters):
        code = alphabet.index(letter)
        changes[code, k : k + 1] = 1
        changes[code, max(k - 1, 0) : k] = -1
        moves[k][code] = moves[k + 1][code] = k + 1  # from the letter before it, and from itself
    says = [_said(np.zeros(counters, dtype=int)), *(_said(changes[alphabet.index(letter)]) for letter in letters)]
    control = Machine(alphabet, tuple(says), tuple(map(tuple, moves)))
    return CountingMachine(opening(task), control, tuple(tuple(map(int, row)) for row in changes))


def _said(changes: NDArray[np.int_]) -> str:
    return " ".join("0" if one == 0 else f"{one:+d}".replace("-", "−") for one in changes)
