"""What networks learn. A task is data and an objective; the alphabet pattern of the lecture is one kind of it."""

from lstmviz.tasks.accepting import LANGUAGES, AcceptTask, accept_task
from lstmviz.tasks.base import NOTHING, Examples, Task, check_symbols
from lstmviz.tasks.drawn import DrawnTask
from lstmviz.tasks.grammar import GRAMMARS, GrammarTask, grammar_task
from lstmviz.tasks.matching import (
    AnswerTask,
    MatchingTask,
    OrderTask,
    ParityTask,
    matching_task,
    order_task,
    parity_task,
)
from lstmviz.tasks.named import NAMED, Named, named_task, sequences_of
from lstmviz.tasks.numbers import (
    AddingTask,
    EchoTask,
    NumberTask,
    adding_task,
    echo_task,
    noise_task,
    number_task,
    series_task,
    sine_task,
)
from lstmviz.tasks.pattern import (
    MAX_LETTERS,
    MAX_REPEATS,
    PRESETS,
    PatternTask,
    alphabet_task,
    check_pattern,
    memory_pattern,
)
from lstmviz.tasks.table import csv_task
from lstmviz.tasks.text import TextTask, text_task

__all__ = [
    "GRAMMARS",
    "LANGUAGES",
    "MAX_LETTERS",
    "MAX_REPEATS",
    "NAMED",
    "NOTHING",
    "PRESETS",
    "AcceptTask",
    "AddingTask",
    "AnswerTask",
    "DrawnTask",
    "EchoTask",
    "Examples",
    "GrammarTask",
    "MatchingTask",
    "Named",
    "NumberTask",
    "OrderTask",
    "ParityTask",
    "PatternTask",
    "Task",
    "TextTask",
    "accept_task",
    "adding_task",
    "alphabet_task",
    "check_pattern",
    "check_symbols",
    "csv_task",
    "echo_task",
    "grammar_task",
    "matching_task",
    "memory_pattern",
    "named_task",
    "noise_task",
    "number_task",
    "order_task",
    "parity_task",
    "sequences_of",
    "series_task",
    "sine_task",
    "text_task",
]
