"""One string as a network reads it: what it holds possible at each step, and what may come."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.grammars.config import ASKED, GrammarConfig, LanguageTask
from lstmviz.models import Model
from lstmviz.tasks import AcceptTask, ParityTask
from lstmviz.tracing import Trace, trace


@dataclass(frozen=True, eq=False)
class Reading:
    """A string of T steps, and what a network makes of it."""

    symbols: str
    """the string: of a grammar with its last symbol, which is not read, T + 1 of them; else T"""
    said: tuple[str, ...]
    """(V,) what can be said: symbols, or the two answers"""
    probabilities: NDArray[np.float64]
    """(T, V) what it says after each symbol, 0 to 1"""
    legal: NDArray[np.bool_]
    """(T, V) which symbols may come then; of bits, which answer is due if the string ended there"""
    trace: Trace
    """everything that the network computed"""

    @property
    def mass(self) -> NDArray[np.float64]:
        """(T,) the probability given to what is legal, all together, 0 to 1."""
        return np.where(self.legal, self.probabilities, 0).sum(axis=1)

    @property
    def right(self) -> NDArray[np.bool_]:
        """(T,) whether what is legal, and nothing else, is the most probable."""
        least = np.where(self.legal, self.probabilities, np.inf).min(axis=1)
        return least > np.where(self.legal, -np.inf, self.probabilities).max(axis=1)


def read(config: GrammarConfig, model: Model, symbols: str) -> Reading:
    """Let a network that has learned as `config` says read a string, such as "SaabbT" or "0110".

    Raises:
        ValueError: it is no whole string of the grammar, or not of bits, or the network's sizes are others.
    """
    task = config.task()
    face = task.reading(symbols)
    traced = trace(model, face.inputs(), letters=list(symbols[: len(face.x)]))
    assert traced.probabilities is not None  # a Model has a head
    return Reading(symbols, task.answers, traced.probabilities.astype(float), legal_of(face), traced)


def legal_of(face: LanguageTask) -> NDArray[np.bool_]:
    """(T, V) which symbols may come after each step of a face; of bits, which answer is due if it ended there."""
    if face.legal is not None:
        return face.legal
    assert isinstance(face, AcceptTask | ParityTask)
    due = [face.answer_of(face.x[: t + 1]) for t in range(len(face.x))]
    return np.array(due)[:, None] == np.arange(len(face.answers))


class Follower(NamedTuple):
    """The unit that goes along with a count most closely."""

    unit: int
    """0 to H - 1"""
    correlation: float
    """Pearson's, over the steps of the string, -1 to 1; 0 where nothing varies"""
    states: NDArray[np.float64]
    """(T,) the unit's state"""


def state_of(config: GrammarConfig) -> str:
    """The state that carries what is remembered: "c" of an LSTM, else "h"."""
    return "c" if config.cell == "lstm" else "h"


def follower(states: NDArray[Any], counts: NDArray[np.int64]) -> Follower:
    """Of the units with `states`, (T, H), the one whose state goes along with the `counts`, (T,), up or down with them.

    In a short string some unit of many does so by chance; a count that is kept shows in long ones.
    """
    apart = states.astype(float) - states.mean(axis=0, dtype=float)
    along = counts - counts.mean()
    norms = np.linalg.norm(apart, axis=0) * np.linalg.norm(along)
    correlations = np.divide(along @ apart, norms, out=np.zeros(len(norms)), where=norms > 1e-12)
    unit = int(np.abs(correlations).argmax())
    return Follower(unit, float(correlations[unit]), states[:, unit].astype(float))


def drawn_string(config: GrammarConfig, number: int) -> str:
    """String `number` of those drawn as the training's are, 0 to 2**32 - 1.

    Raises:
        ValueError: `number` is out of range.
    """
    face = config.task().example(number)
    symbols = [face.alphabet[code] for code in face.x]
    return "".join(symbols if config.language in ASKED else [*symbols, face.alphabet[face.y[-1]]])
