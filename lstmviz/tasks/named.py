"""Tasks by one name each: an alphabet pattern is its own, the others have a space in theirs, as no pattern can."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from lstmviz.base.limits import MAX_SEED
from lstmviz.tasks.accepting import accept_task
from lstmviz.tasks.base import Task
from lstmviz.tasks.drawn import DrawnTask
from lstmviz.tasks.grammar import grammar_task
from lstmviz.tasks.matching import matching_task, order_task, parity_task
from lstmviz.tasks.numbers import adding_task, echo_task, noise_task, series_task, sine_task
from lstmviz.tasks.own import EXAMPLE_SERIES, is_series, numbers_in, series_name
from lstmviz.tasks.pattern import alphabet_task
from lstmviz.tasks.text import TextTask, text_task
from lstmviz.tasks.verses import AEGUKGA, ANTHEM, GOETHE


@dataclass(frozen=True)
class Named:
    """A task that has a name, and a training that it is usually learned by."""

    make: Callable[[], Task]
    hidden_size: int
    epochs: int
    lr: float
    cell: str = "lstm"


NAMED: Mapping[str, Named] = MappingProxyType(
    {
        "Reber grammar": Named(lambda: grammar_task("reber", drawn=16), 8, 300, 0.03),
        "embedded Reber grammar": Named(lambda: grammar_task("embedded_reber", drawn=16), 12, 1000, 0.03),
        "continual Reber grammar": Named(lambda: grammar_task("continual_reber", drawn=8), 12, 400, 0.03),
        "a^n b^n": Named(lambda: grammar_task("anbn", longest=6, drawn=8), 3, 300, 0.05),
        "a^n b^n c^n": Named(lambda: grammar_task("anbncn", longest=6, drawn=16), 5, 300, 0.03),
        "matching halves": Named(lambda: matching_task(2, drawn=32), 12, 400, 0.03),
        "mirrored halves": Named(lambda: matching_task(2, palindrome=True, drawn=32), 12, 400, 0.03),
        "bit parity": Named(lambda: parity_task(8, drawn=32), 6, 250, 0.05),
        "temporal order": Named(lambda: order_task(10, drawn=16), 6, 300, 0.03),
        "Tomita 1": Named(lambda: accept_task("tomita1", drawn=32), 4, 250, 0.05),
        "Tomita 2": Named(lambda: accept_task("tomita2", drawn=32), 4, 250, 0.05),
        "Tomita 3": Named(lambda: accept_task("tomita3", drawn=32), 6, 300, 0.05),
        "Tomita 4": Named(lambda: accept_task("tomita4", drawn=32), 4, 250, 0.05),
        "Tomita 5": Named(lambda: accept_task("tomita5", longest=8, drawn=32), 8, 600, 0.05),
        "Tomita 6": Named(lambda: accept_task("tomita6", longest=8, drawn=32), 10, 800, 0.05),
        "Tomita 7": Named(lambda: accept_task("tomita7", drawn=32), 6, 300, 0.05),
        "Goethe in windows": Named(lambda: text_task(GOETHE), 21, 50, 0.1, "rnn"),
        "text in windows": Named(lambda: text_task(" ".join(ANTHEM.split("\n")[:4]), 20), 12, 200, 0.05),
        "Aegukga in windows": Named(lambda: text_task(AEGUKGA), 24, 100, 0.1),
        "echo of numbers": Named(lambda: echo_task(2, 24, drawn=16), 6, 400, 0.05),
        "sine wave": Named(lambda: sine_task(75, 25, test=0.0), 6, 400, 0.03),
        "adding problem": Named(lambda: adding_task(24, drawn=32), 8, 1000, 0.03, "gru"),
        "noise by heart": Named(lambda: noise_task(16, 4), 16, 600, 0.05),
    }
)
"""The tasks that are no patterns, in an order to learn them in; a series of one's own is another, see `own`."""
_OWN_SERIES = Named(lambda: series_task(numbers_in(EXAMPLE_SERIES)), 8, 600, 0.03)


def is_pattern(name: str) -> bool:
    """Whether a task of that name is an alphabet pattern, if it is any."""
    return name not in NAMED and not is_series(name)


def usual(name: str) -> Named:
    """What a task that is no pattern is usually learned by.

    Raises:
        KeyError: there is no such task.
    """
    return _OWN_SERIES if is_series(name) else NAMED[name]


def named_task(name: str, number: int = 0) -> Task:
    """The task called `name`.

    Args:
        name: which: one of `NAMED`, a series of one's own as `series_name` calls it, or a pattern.
        number: of the sequence that is its face, or the window of a text, where there are several: see `sequences_of`;
            else it does not matter.

    Raises:
        ValueError: it is no name of a task, or `number` is out of range.
    """
    if is_pattern(name):
        return _pattern(name)
    task = _made(name)
    return task.example(number) if isinstance(task, DrawnTask | TextTask) else task


def sequences_of(name: str) -> int:
    """How many sequences the task called `name` can have as its face: 1 where there is one text."""
    task = None if is_pattern(name) else _made(name)
    if isinstance(task, TextTask):
        return len(task.examples().lengths)
    return MAX_SEED + 1 if isinstance(task, DrawnTask) else 1


@lru_cache(maxsize=256)  # a page asks for it forty times
def _pattern(name: str) -> Task:
    return alphabet_task(name)


@lru_cache(maxsize=4 * len(NAMED))
def _made(name: str) -> Task:
    if not is_series(name):
        return NAMED[name].make()
    values = numbers_in(name)
    series_name(values)  # refuses what is too few, too many or too large
    return series_task(values)
