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
from lstmviz.tasks.named import NAMED, Named, is_pattern, named_task, sequences_of, usual
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
from lstmviz.tasks.own import (
    EXAMPLE_SERIES,
    LEAST_NUMBERS,
    MAX_NUMBER,
    MOST_NUMBERS,
    NumbersError,
    is_series,
    numbers_in,
    series_name,
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
from lstmviz.tasks.table import csv_task, number_columns, read_table
from lstmviz.tasks.text import TextTask, text_task

__all__ = [
    "EXAMPLE_SERIES",
    "GRAMMARS",
    "LANGUAGES",
    "LEAST_NUMBERS",
    "MAX_LETTERS",
    "MAX_NUMBER",
    "MAX_REPEATS",
    "MOST_NUMBERS",
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
    "NumbersError",
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
    "is_pattern",
    "is_series",
    "matching_task",
    "memory_pattern",
    "named_task",
    "noise_task",
    "number_columns",
    "number_task",
    "numbers_in",
    "order_task",
    "parity_task",
    "read_table",
    "sequences_of",
    "series_name",
    "series_task",
    "sine_task",
    "text_task",
    "usual",
]
