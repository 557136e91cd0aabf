"""What networks learn. A task is data and an objective; the alphabet pattern of the lecture is one kind of it."""

from lstmviz.tasks.base import NOTHING, Examples, Task
from lstmviz.tasks.drawn import DrawnTask
from lstmviz.tasks.matching import MatchingTask, OrderTask, ParityTask, matching_task, order_task, parity_task
from lstmviz.tasks.pattern import (
    MAX_LETTERS,
    MAX_REPEATS,
    PRESETS,
    PatternTask,
    alphabet_task,
    check_pattern,
    memory_pattern,
)

__all__ = [
    "MAX_LETTERS",
    "MAX_REPEATS",
    "NOTHING",
    "PRESETS",
    "DrawnTask",
    "Examples",
    "MatchingTask",
    "OrderTask",
    "ParityTask",
    "PatternTask",
    "Task",
    "alphabet_task",
    "check_pattern",
    "matching_task",
    "memory_pattern",
    "order_task",
    "parity_task",
]
