"""Strings of a grammar, read symbol by symbol: which symbols may come next?"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, whole_number
from lstmviz.tasks.base import NOTHING, Examples
from lstmviz.tasks.drawn import DrawnTask, with_first_face
from lstmviz.tasks.matching import checked_draws, codes_of

REBER_LETTERS = "BTPSXVE"
# Each state's symbols, and the state that each leads to. Reber (1967), as Cleeremans et al. (1989) and Hochreiter &
# Schmidhuber (1997) draw it; the last state has no symbol: there a string ends.
_REBER: tuple[dict[str, int], ...] = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
    {},
)
COUNTED = {"anbn": "ab", "anbncn": "abc"}
"""The letters of the grammars that count, each as often as the others."""
GRAMMARS = ("reber", "embedded_reber", "continual_reber", *COUNTED)
MAX_COUNT = 1000
_USUAL_COUNT = 10
_LEAST_STREAM = 20  # symbols: two strings of the shortest
_USUAL_STREAM = 60
_ENOUGH = 10  # strings of a length, for a tenth of them to be for tests


@dataclass(frozen=True, eq=False, kw_only=True)
class GrammarTask(DrawnTask):
    """Strings of a grammar: trained on the symbol that came, judged by all that may have come.

    `memory` is None: in each of these grammars a symbol can depend on one any distance back.
    """

    grammar: str
    """one of `GRAMMARS`"""
    longest: int
    """of a^n b^n and a^n b^n c^n: the largest n that is learned from; its tests go on from there up to twice that; of
    the continual grammar the symbols read of a stream; 0 of the others"""

    def reading(self, symbols: str) -> Self:
        """The same task with a string of one's own as its face, from its first symbol to its last, such as "BTXSE".

        Of the continual grammar it may end anywhere from its second symbol on.

        Raises:
            ValueError: a symbol is not in the alphabet, or the string is not one of the grammar.
        """
        codes = codes_of(symbols, self.alphabet)
        legal = legal_after(self.grammar, symbols)
        if legal is None:
            raise ValueError(f"`symbols` must be a whole string of {self.grammar}; got {symbols!r}.")
        steps = len(codes) - 1
        own = Examples(
            codes[None, :-1],
            codes[None, 1:],
            np.ones((1, steps), dtype=bool),
            np.array([steps]),
            legal=np.array([[[one in some for one in self.alphabet] for some in legal]]),
        )
        return replace(self, **self.face_of(own))

    def draw(self, rng: np.random.Generator, count: int, *, testing: bool = False) -> Examples:
        """Strings: at each fork of Reber's graph both ways with equal chance; each n with equal chance."""
        if self.grammar in COUNTED:
            low, high = (self.longest + 1, 2 * self.longest) if testing else (1, self.longest)
            return _counted(len(COUNTED[self.grammar]), rng.integers(low, high + 1, count))
        steps = self.longest + 1 if self.grammar == "continual_reber" else None
        return _walked(graph_of(self.grammar), rng, count, steps)

    def for_tests(self, drawn: Examples) -> NDArray[np.bool_]:
        """By n where it alone makes the string; else by a digest: of an embedded string, so that T and P keep step."""
        if self.grammar in COUNTED:
            return drawn.lengths > 1 + len(COUNTED[self.grammar]) * self.longest
        if self.grammar == "embedded_reber":
            drawn = drawn._replace(inputs=drawn.inputs[:, 2:], lengths=drawn.lengths - 3)
        return super().for_tests(drawn)

    def both_sides(self, drawn: Examples) -> NDArray[np.bool_]:
        """Where there are enough strings of a length; without a short one, forks would be uneven."""
        if self.grammar in COUNTED or self.grammar == "continual_reber":
            return np.ones(len(drawn.lengths), dtype=bool)
        shorter = 3 if self.grammar == "embedded_reber" else 0
        return _strings(int(drawn.lengths.max(initial=0)))[drawn.lengths - shorter] >= _ENOUGH


def grammar_task(grammar: str, longest: int | None = None, *, seed: int = 0, drawn: int = 1) -> GrammarTask:
    """Strings of a grammar, drawn afresh for each update, read symbol by symbol: which symbols may come next?

    - "reber": Reber's graph (1967) over B T P S X V E; at most two symbols may come;
    - "embedded_reber": B, then T or P, a string of Reber's, the same T or P again, E: to name the last but one, the
      second must be remembered (Hochreiter & Schmidhuber 1997, experiment 1);
    - "continual_reber": embedded strings one after another, and nothing that says where one ends: the state is never
      reset between them (Gers, Schmidhuber & Cummins 2000). Streams of `longest` symbols are read, each from a state of
      zero; the last string is cut off where they end;
    - "anbn", "anbncn": S, n times a, as many b (and c), then T (Gers & Schmidhuber 2001), n from 1 to `longest` with
      equal chance. While a's are read, a and b may come.

    The next symbol that came is what is trained on, by cross entropy; right is who makes the legal symbols, and no
    others, the most probable.

    For tests alone are a tenth of the strings that Reber's graph has of each length, where it has ten or more, a tenth
    of all streams, and n beyond `longest`, up to twice that.

    Args:
        grammar: one of `GRAMMARS`.
        longest: the largest n that is learned from, 1 to 1000, 10 if left out; or the symbols of a stream, 20 to 1000,
            60 if left out.
        seed: what all draws begin from, 0 to 2**32 - 1.
        drawn: strings in an epoch, 1 to 10,000.

    Raises:
        ValueError: a value is unknown or out of range.
    """
    grammar = one_of("grammar", grammar, GRAMMARS)
    least, usual = (_LEAST_STREAM, _USUAL_STREAM) if grammar == "continual_reber" else (1, _USUAL_COUNT)
    longest = whole_number("longest", usual if longest is None else longest, least, MAX_COUNT)
    alphabet = tuple(f"S{COUNTED[grammar]}T" if grammar in COUNTED else REBER_LETTERS)
    return with_first_face(
        GrammarTask,
        grammar=grammar,
        longest=longest if grammar in COUNTED or grammar == "continual_reber" else 0,
        alphabet=alphabet,
        answers=alphabet,
        memory=None,
        **checked_draws(seed, drawn),
    )


def legal_after(grammar: str, symbols: str) -> list[set[str]] | None:
    """The symbols that may come after each of `symbols` but the last; None if they are no whole string.

    A stream of the continual grammar is never whole: there all that has two symbols or more will do.
    """
    if grammar in COUNTED:
        letters = COUNTED[grammar]
        n = symbols.count("a")
        if n == 0 or symbols != "S" + "".join(letter * n for letter in letters) + "T":
            return None
        return [set("a"), *[set("ab")] * n] + [{symbols[t + 1]} for t in range(n + 1, len(symbols) - 1)]
    graph, state, legal = graph_of(grammar), 0, list[set[str]]()
    for symbol in symbols:
        if symbol not in graph[state]:
            return None
        state = graph[state][symbol]
        legal.append(set(graph[state]))
    whole = len(symbols) > 1 if grammar == "continual_reber" else not legal[-1]
    return legal[:-1] if whole else None


@lru_cache(maxsize=256)
def _strings(steps: int) -> NDArray[np.float64]:
    """(steps + 1,) how many strings of Reber's graph read so many symbols before their last."""
    at = np.zeros(len(_REBER))
    at[0] = 1
    counts = [0.0]
    for _ in range(steps):
        following = np.zeros(len(_REBER))
        for k, state in enumerate(_REBER):
            for to in state.values():
                following[to] += at[k]
        counts.append(following[-2])  # there E comes next
        at = following
    return np.array(counts)


def graph_of(grammar: str) -> tuple[dict[str, int], ...]:
    """The states of a grammar over Reber's letters: the state after each symbol that may come in it.

    A string begins in the first and ends in the last, which has no symbol; a stream has no end.
    """
    if grammar == "reber":
        return _REBER
    # B, then one of two copies of Reber's graph, each of which ends with the symbol that led to it.
    copies = []
    for symbol, first in (("T", 2), ("P", 2 + len(_REBER))):
        inner = [{one: to + first for one, to in state.items()} for state in _REBER[:-1]]
        copies += [*inner, {symbol: 2 + 2 * len(_REBER)}]
    begin, fork = {"B": 1}, {"T": 2, "P": 2 + len(_REBER)}
    if grammar == "continual_reber":
        return (begin, fork, *copies, {"E": 0})
    return (begin, fork, *copies, {"E": len(copies) + 3}, {})


def _walked(
    graph: tuple[dict[str, int], ...], rng: np.random.Generator, count: int, steps: int | None = None
) -> Examples:
    """Strings from walks through `graph`, all at once; where it has no end, of so many symbols."""
    ways = np.array([max(len(state), 1) for state in graph])
    symbols, following = np.zeros((2, len(graph), ways.max()), dtype=np.int64)
    legal = np.zeros((len(graph), len(REBER_LETTERS)), dtype=bool)
    for k, state in enumerate(graph):
        for one, (symbol, to) in enumerate(state.items()):
            symbols[k, one], following[k, one] = REBER_LETTERS.index(symbol), to
            legal[k, symbols[k, one]] = True
    end = len(graph) - 1 if steps is None else -1
    at = np.zeros(count, dtype=np.int64)
    read, states = list[NDArray[np.int64]](), list[NDArray[np.int64]]()
    lengths = np.zeros(count, dtype=np.int64)
    while (at != end).any() if steps is None else len(read) < steps:
        way = rng.integers(0, ways[at])
        read.append(symbols[at, way])
        lengths += at != end
        at = np.where(at == end, end, following[at, way])
        states.append(at)
    string, after = np.stack(read, axis=1), np.stack(states, axis=1)
    inside = np.arange(string.shape[1] - 1) < lengths[:, None] - 1
    return Examples(
        np.where(inside, string[:, :-1], 0),
        np.where(inside, string[:, 1:], NOTHING),
        inside,
        lengths - 1,
        legal=legal[after[:, :-1]] & inside[..., None],
    )


def _counted(kinds: int, n: NDArray[np.int64]) -> Examples:
    """S, then n times each of `kinds` letters, then T."""
    t = np.arange(1 + kinds * int(n.max()))
    inside = t < 1 + kinds * n[:, None]
    block = np.minimum((t - 1) // n[:, None] + 1, kinds)  # 0 for S, then 1, 2, ... for a, b, ...
    following = np.where(t < kinds * n[:, None], np.minimum(t // n[:, None] + 1, kinds), kinds + 1)
    targets = np.where(inside, following, NOTHING)
    legal = targets[..., None] == np.arange(kinds + 2)
    legal[block == 1] |= np.isin(np.arange(kinds + 2), (1, 2))
    return Examples(np.where(inside, block, 0), targets, inside, 1 + kinds * n, legal=legal & inside[..., None])
