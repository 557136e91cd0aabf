"""The automaton that a task requires: the smallest one that names every next letter of its text."""

from lstmviz.automata.machine import Machine, minimise
from lstmviz.tasks import PatternTask, check_pattern


def needed(task: PatternTask) -> Machine:
    """The smallest machine that reads the text of `task` and says the next letter, forever.

    It starts where the first letter has been read, since every text begins with it. A state is a place in the
    pattern, places with the same future are one (a pattern that repeats a shorter one needs no more than that), and
    only the letter that comes can be read: n states in a ring.
    """
    check_pattern(task)
    codes = [task.alphabet.index(letter) for letter in task.letters]
    period = task.period
    following = [(place + 1) % period for place in range(period)]
    moves = tuple(tuple(to if code == codes[to] else None for code in range(len(task.alphabet))) for to in following)
    return minimise(Machine(task.alphabet, tuple(task.letters[to] for to in following), moves))


def pairs(task: PatternTask) -> Machine:
    """The machine that reads every text, begun with the first letter, of two-letter pairs that the pattern holds.

    Its states are the letters, each said by its own; the letters that can be read are those that follow somewhere.
    """
    codes = [task.alphabet.index(letter) for letter in task.letters]
    held = set(zip(codes, [*codes[1:], codes[0]], strict=True))
    letters = range(len(task.alphabet))
    moves = tuple(tuple(to if (own, to) in held else None for to in letters) for own in letters)
    return Machine(task.alphabet, task.alphabet, moves)


def all_words(task: PatternTask) -> Machine:
    """The machine of one state that reads every text over the alphabet."""
    return Machine(task.alphabet, (None,), ((0,) * len(task.alphabet),))
