"""The automaton that a task requires, whatever its kind, and the place in it while a string is read.

What a state says is one text. Where the next symbol is asked it is all symbols that may come, in the order of the
alphabet: "TP"; where there is one question, its answer, "yes" or "odd"; None where nothing is asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lstmviz.automata.machine import Machine, minimise
from lstmviz.automata.needed import needed
from lstmviz.tasks import AcceptTask, GrammarTask, OrderTask, ParityTask, PatternTask, Task
from lstmviz.tasks.accepting import machine_of
from lstmviz.tasks.grammar import COUNTED, graph_of

KINDS = (PatternTask, GrammarTask, AcceptTask, ParityTask, OrderTask)
"""The kinds of task that a finite automaton is enough for, or up to a count that it says."""


def reference_machine(task: Task) -> Machine:
    """The smallest machine that says what `task` asks for, after every string that it can ask about.

    - An alphabet pattern: as `needed` has it.
    - A grammar: a state for each place in its graph. The symbol that ends a string is said, and never read.
    - a^n b^n and its like need a counter, which no finite machine is: this one counts up to the task's `longest` n, the
      largest that is learned from. After as many a's it says that one more may come, and cannot read it.
    - A language that is to be recognised: the answer after each string, the empty one included, which is never asked
      about. Of a^n b^n up to `longest` of each.
    - Temporal order: the answer after the B that ends a sequence, of any length; before it nothing is asked.

    It starts where `opening` has been read. States are numbered as a breadth-first walk meets them.

    Raises:
        TypeError: `task` is of another kind.
    """
    match task:
        case PatternTask():
            return needed(task)
        case GrammarTask(grammar=grammar) if grammar in COUNTED:
            return minimise(_counter(task.alphabet, task.longest))
        case GrammarTask():
            return minimise(_of_graph(task))
        case AcceptTask(language="anbn"):
            return minimise(_balance(task))
        case AcceptTask():
            moves, accepting = machine_of(task.language)
            rows = tuple((int(zero), int(one)) for zero, one in moves)
            return minimise(Machine(task.alphabet, tuple(task.answers[int(yes)] for yes in accepting), rows))
        case ParityTask():
            return Machine(task.alphabet, task.answers, ((0, 1), (1, 0)))
        case OrderTask():
            return minimise(_order(task))
    kind = type(task).__name__
    raise TypeError(f"`task` must be one that a finite automaton is enough for; got a value of type {kind}.")


def has_machine(task: Task) -> bool:
    """Whether `reference_machine` has one for `task`."""
    return isinstance(task, KINDS)


def opening(task: Task) -> str:
    """The symbol that every string of `task` begins with, and that is read before the machine starts; or none: ""."""
    match task:
        case PatternTask():
            return task.letters[0]
        case GrammarTask() | OrderTask():
            return task.alphabet[int(task.x[0])]
    return ""


def place_in(task: Task, symbols: Sequence[str]) -> tuple[int | None, ...]:
    """The state of the required machine after each of `symbols`, (T,); None from where it cannot go on.

    Raises:
        TypeError: as `reference_machine`.
        ValueError: a symbol is not in the alphabet, or the first is not the `opening`.
    """
    return states_along(reference_machine(task), opening(task), symbols)


def states_along(machine: Machine, first: str, symbols: Sequence[str]) -> tuple[int | None, ...]:
    """The state of `machine` after each of `symbols`, of which the first is `first`, if that is not empty: (T,).

    Raises:
        ValueError: it is not, or a symbol is not in the alphabet.
    """
    if not first:
        return machine.run(symbols)[1:]
    if not symbols or symbols[0] != first:
        raise ValueError(f"`symbols` must begin with {first!r}; got {''.join(symbols)!r}.")
    return machine.run(symbols[1:])


def _of_graph(task: GrammarTask) -> Machine:
    graph, letters = graph_of(task.grammar), task.alphabet
    ends = {state for state, ways in enumerate(graph) if not ways}
    says = tuple("".join(letter for letter in letters if letter in ways) for ways in graph)
    moves = tuple(tuple(None if ways.get(letter) in ends else ways.get(letter) for letter in letters) for ways in graph)
    return Machine(letters, says, moves, graph[0][opening(task)])


def _counter(letters: tuple[str, ...], most: int) -> Machine:
    """S, then n times each letter, then T, for n up to `most`: a state is how many of the first, the letter, how many.

    letters: S, the counted ones, T.
    """
    counted = letters[1:-1]
    says, moves = dict[tuple[int, int, int], str](), dict[tuple[int, int, int], dict[str, tuple[int, int, int]]]()
    says[0, 0, 0] = counted[0]
    moves[0, 0, 0] = {counted[0]: (1, 0, 1)}
    for n in range(1, most + 1):
        for place, letter in enumerate(counted):
            for done in range(1, n + 1):
                here = (n, place, done)
                if place == 0 and done < n:  # another n's state
                    continue
                following = letters[place + 2] if done == n else letter
                says[here] = following
                moves[here] = {following: (n, place + 1, 1) if done == n else (n, place, done + 1)}
                if place == 0:
                    says[here] = letter + following
                    moves[here][letter] = (n + 1, 0, n + 1)
    return _numbered(letters, says, moves)


def _balance(task: AcceptTask) -> Machine:
    """a^i b^j, i and j up to `longest`: nothing is asked until a b has come, then whether i = j."""
    no, yes = task.answers
    a, b = task.alphabet
    most = task.longest
    says, moves = dict[tuple[int, int], str | None](), dict[tuple[int, int], dict[str, tuple[int, int]]]()
    for i in range(most + 1):
        for j in range(most + 1 if i else 1):
            says[i, j] = None if j == 0 else yes if i == j else no
            moves[i, j] = {b: (i, j + 1)} if i else {}
            if j == 0:
                moves[i, j][a] = (i + 1, 0)
    return _numbered(task.alphabet, says, moves)


def _order(task: OrderTask) -> Machine:
    """After E: the marks so far, and B with them once it has come."""
    first, last, *others, x, y = task.alphabet
    says, moves = dict[str, str | None](), dict[str, dict[str, str]]()
    for marks in ("", x, y, *task.answers):
        says[marks] = None
        moves[marks] = dict.fromkeys(others, marks)
        if marks in task.answers:
            moves[marks][last] = last + marks
            says[last + marks], moves[last + marks] = marks, {}
        else:
            moves[marks] |= {x: marks + x, y: marks + y}
    assert first == opening(task)
    return _numbered(task.alphabet, says, moves)


def _numbered(alphabet: tuple[str, ...], says: Mapping[Any, str | None], moves: Mapping[Any, Any]) -> Machine:
    """The machine of states by name, the first the start; a move to a name that is none is left out."""
    number = {name: k for k, name in enumerate(says)}
    rows = tuple(tuple(number.get(ways.get(letter)) for letter in alphabet) for ways in (moves[name] for name in says))
    return Machine(alphabet, tuple(says.values()), rows)
