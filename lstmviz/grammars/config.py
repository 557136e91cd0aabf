"""Which network learns which language, and how."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lstmviz.base.checks import one_of, real_number, whole_number
from lstmviz.base.limits import MAX_EPOCHS, MAX_LR, MAX_SEED
from lstmviz.models import CELLS, Model, ModelConfig, build_model
from lstmviz.tasks import AcceptTask, GrammarTask, ParityTask, accept_task, grammar_task, parity_task
from lstmviz.tasks.spelling import GRAPHS

STREAMS = ("continual_reber",)
"""Languages without an end: streams of `STREAM` symbols are learned from."""
STREAM = 60
EMBEDDED = ("embedded_reber", "continual_reber")
"""Languages with strings of Reber's whose second symbol, T or P, comes again last but one."""
COUNTED = ("anbn", "anbncn")
"""Languages with one string for each n."""
ASKED = ("parity", *(f"tomita{number}" for number in range(1, 8)))
"""Languages of bits: asked when the last one has been read."""
LANGUAGES = (*GRAPHS, *STREAMS, *COUNTED, *ASKED)

MAX_HIDDEN = 64
MIN_LONGEST = 4
"""Of fewer bits all strings belong to one of Tomita's languages."""
MAX_LONGEST = 30
MAX_BATCH = 256
MAX_TESTS = 1000


@dataclass(frozen=True, kw_only=True)
class GrammarConfig:
    """One network, its language and its training; checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    language: str = "anbn"
    """one of `LANGUAGES`"""
    cell: str = "lstm"
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    hidden_size: int = 4
    """1 to 64"""
    longest: int = 10
    """what it learns from: the largest n, or the bits of the longest string, 4 to 30; of no meaning to `GRAPHS`
    and `STREAMS`"""
    updates: int = 3000
    """1 to 100,000, by Adam"""
    lr: float = 0.02
    """Adam's learning rate, above 0, at most 10"""
    batch: int = 8
    """strings an update, 1 to 256"""
    seed: int = 0
    """of the first weights and of the strings, 0 to 2**32 - 1"""
    tests: int = 64
    """strings that are asked of each length, where there are so many, 8 to 1000; of `COUNTED` there is one"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "language": one_of("language", self.language, LANGUAGES),
            "cell": one_of("cell", self.cell, CELLS),
            "hidden_size": whole_number("hidden_size", self.hidden_size, 1, MAX_HIDDEN),
            "longest": whole_number("longest", self.longest, MIN_LONGEST, MAX_LONGEST),
            "updates": whole_number("updates", self.updates, 1, MAX_EPOCHS),
            "lr": real_number("lr", self.lr, 0.0, MAX_LR, above=True),
            "batch": whole_number("batch", self.batch, 1, MAX_BATCH),
            "seed": whole_number("seed", self.seed, 0, MAX_SEED),
            "tests": whole_number("tests", self.tests, 8, MAX_TESTS),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def task(self) -> "LanguageTask":
        """The strings that it reads."""
        return task_of(self.language, self.longest, seed=self.seed, drawn=self.batch)

    def network(self) -> Model:
        """The network before its training."""
        task = self.task()
        return build_model(
            ModelConfig(
                cell=self.cell,
                input_size=task.input_size,
                hidden_size=self.hidden_size,
                output_size=task.output_size,
                seed=self.seed,
            )
        )


LanguageTask = GrammarTask | AcceptTask | ParityTask


@lru_cache(maxsize=32)  # what it has drawn is kept with it
def task_of(language: str, longest: int, *, seed: int = 0, drawn: int = 1) -> LanguageTask:
    """The task of a language, one of `LANGUAGES`; `longest` as in `GrammarConfig`, but of any size.

    A stream's last symbol is asked for and not read, as that of a string is.

    Raises:
        ValueError: a value is unknown or out of range.
    """
    if language == "parity":
        return parity_task(longest, seed=seed, drawn=drawn)
    if one_of("language", language, LANGUAGES) in ASKED:
        return accept_task(language, longest, seed=seed, drawn=drawn)
    return grammar_task(language, STREAM - 1 if language in STREAMS else longest, seed=seed, drawn=drawn)
