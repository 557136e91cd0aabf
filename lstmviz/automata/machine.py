"""Finite automata that say something in every state (Moore 1956): run, completed, made small, compared."""

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Machine:
    """A deterministic automaton of n states with an output in each; it may be partial. Frozen, compared by value.

    An acceptor is one whose outputs are True and False. Two machines that differ by the numbers of their states only
    are not equal but `isomorphic`.
    """

    alphabet: tuple[str, ...]
    """the V letters that it reads"""
    outputs: tuple[Hashable, ...]
    """(n,) what it says in each state: a letter, True or False, or None where it says nothing"""
    moves: tuple[tuple[int | None, ...], ...]
    """(n, V) the state, 0 to n - 1, after each letter of the alphabet; None where the letter cannot be read"""
    start: int = 0
    """the state before the first letter"""

    def __post_init__(self) -> None:
        size = len(self.outputs)
        if size == 0 or len(self.moves) != size or any(len(row) != len(self.alphabet) for row in self.moves):
            raise ValueError(
                f"`moves` must have a row for each output and a column for each letter, {size} by "
                f"{len(self.alphabet)}, and at least one; got {[len(row) for row in self.moves]}."
            )
        for to in (self.start, *(to for row in self.moves for to in row if to is not None)):
            if not 0 <= to < size:
                raise ValueError(f"`moves` and `start` must name states between 0 and {size - 1}; got {to}.")

    @property
    def size(self) -> int:
        """n, the number of states."""
        return len(self.outputs)

    @property
    def total(self) -> bool:
        """Whether every letter can be read in every state."""
        return all(to is not None for row in self.moves for to in row)

    def run(self, text: Iterable[str]) -> tuple[int | None, ...]:
        """The state before the first letter of `text` and after each: one more than letters; None from where it ends.

        Raises:
            ValueError: a letter is not of the alphabet.
        """
        codes = {letter: code for code, letter in enumerate(self.alphabet)}
        state: int | None = self.start
        states = [state]
        for letter in text:
            if letter not in codes:
                raise ValueError(f"`text` must be of the letters {' '.join(self.alphabet)}; got {letter!r}.")
            state = None if state is None else self.moves[state][codes[letter]]
            states.append(state)
        return tuple(states)

    def says(self, text: Iterable[str]) -> Hashable:
        """What it says after `text`; None also where the text cannot be read.

        Raises:
            ValueError: as `run`.
        """
        last = self.run(text)[-1]
        return None if last is None else self.outputs[last]


def completed(machine: Machine, output: Hashable = None) -> Machine:
    """The total machine with one dead state more, never left, which says `output`; itself if nothing is missing."""
    if machine.total:
        return machine
    dead = machine.size
    moves = tuple(tuple(dead if to is None else to for to in row) for row in machine.moves)
    return Machine(
        machine.alphabet, (*machine.outputs, output), (*moves, (dead,) * len(machine.alphabet)), machine.start
    )


def reached(machine: Machine) -> Machine:
    """The machine without the states that no text leads to, the others numbered as a breadth-first walk meets them."""
    order, queue = {machine.start: 0}, deque([machine.start])
    while queue:
        for to in machine.moves[queue.popleft()]:
            if to is not None and to not in order:
                order[to] = len(order)
                queue.append(to)
    moves = tuple(tuple(None if to is None else order[to] for to in machine.moves[state]) for state in order)
    return Machine(machine.alphabet, tuple(machine.outputs[state] for state in order), moves)


def minimise(machine: Machine) -> Machine:
    """The smallest machine that reads the same texts and says the same, by Moore's refinement of a partition (1956).

    States that can read different letters are different; make a partial machine `completed` first where a text that
    cannot be read is to count as one that is answered, and the dead state as a state. The states of the result are
    numbered as a breadth-first walk meets them, so two machines that do the same give equal results.
    """
    machine = reached(machine)
    size = machine.size
    moves = np.array([[size if to is None else to for to in row] for row in machine.moves]).reshape(size, -1)
    numbers = {output: number for number, output in enumerate(dict.fromkeys(machine.outputs))}
    classes = np.array([numbers[output] for output in machine.outputs])
    count = len(numbers)
    while True:
        after = np.append(classes, -1)[moves]
        _, classes = np.unique(np.column_stack([classes, after]), axis=0, return_inverse=True)
        found = int(classes.max()) + 1
        if found == count:
            return merged(machine, classes.tolist())
        count = found


def merged(machine: Machine, classes: Sequence[int]) -> Machine:
    """The machine whose states are the `classes` (n,) of the old ones; a letter that any member can read can be read.

    Raises:
        ValueError: two members of a class say different things, or lead into different classes by one letter.
    """
    outputs = dict[int, Hashable]()
    moves = dict[int, list[int | None]]()
    for state, own in enumerate(classes):
        if outputs.setdefault(own, machine.outputs[state]) != machine.outputs[state]:
            raise ValueError(f"`classes` must join states that say the same; got {list(classes)}.")
        row = moves.setdefault(own, [None] * len(machine.alphabet))
        for letter, to in enumerate(machine.moves[state]):
            if to is None:
                continue
            if row[letter] not in (None, classes[to]):
                raise ValueError(f"`classes` must lead into one class by each letter; got {list(classes)}.")
            row[letter] = classes[to]
    place = {own: number for number, own in enumerate(outputs)}
    rows = tuple(tuple(None if to is None else place[to] for to in row) for row in moves.values())
    return reached(Machine(machine.alphabet, tuple(outputs.values()), rows, place[classes[machine.start]]))


def isomorphic(a: Machine, b: Machine) -> bool:
    """Whether the two are one machine but for the numbers of their states; states never reached do not count."""
    if set(a.alphabet) != set(b.alphabet):
        return False
    a, b = reached(a), reached(in_alphabet(b, a.alphabet))
    return a.outputs == b.outputs and a.moves == b.moves


def parting_text(a: Machine, b: Machine) -> tuple[str, ...] | None:
    """The shortest text after which the two say different things, the first such in the order of a's alphabet.

    Only texts that both can read are looked at: make partial machines `completed` to have them all. The search goes
    breadth-first through the pairs of states, so None means that there is no such text of any length.

    Raises:
        ValueError: they read different alphabets.
    """
    if set(a.alphabet) != set(b.alphabet):
        raise ValueError(f"`b` must read the letters {' '.join(a.alphabet)}; got {' '.join(b.alphabet)}.")
    b = in_alphabet(b, a.alphabet)
    came: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {(a.start, b.start): None}
    queue = deque(came)
    while queue:
        pair = queue.popleft()
        if a.outputs[pair[0]] != b.outputs[pair[1]]:
            return _way_to(pair, came, a.alphabet)
        for letter, (to_a, to_b) in enumerate(zip(a.moves[pair[0]], b.moves[pair[1]], strict=True)):
            if to_a is not None and to_b is not None and (to_a, to_b) not in came:
                came[to_a, to_b] = pair, letter
                queue.append((to_a, to_b))
    return None


def in_alphabet(machine: Machine, alphabet: tuple[str, ...]) -> Machine:
    """The same machine with its letters in another order."""
    columns = [machine.alphabet.index(letter) for letter in alphabet]
    moves = tuple(tuple(row[column] for column in columns) for row in machine.moves)
    return Machine(alphabet, machine.outputs, moves, machine.start)


def _way_to(
    pair: tuple[int, int], came: dict[tuple[int, int], tuple[tuple[int, int], int] | None], alphabet: tuple[str, ...]
) -> tuple[str, ...]:
    """The letters on the way of a search back to its start."""
    letters = []
    step = came[pair]
    while step is not None:
        letters.append(alphabet[step[1]])
        step = came[step[0]]
    return tuple(reversed(letters))
