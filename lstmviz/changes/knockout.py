"""Units held at their mean while many strings are read; and which of them holds the T or P of an embedded string."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.base.checks import one_of, whole_number
from lstmviz.cells.step import Array, gru_step, lstm_step, rnn_relu_step, rnn_step
from lstmviz.statemap import StateMap, check_fits, state_map
from lstmviz.tasks import GrammarTask
from lstmviz.tasks.grammar import REBER_LETTERS
from lstmviz.tasks.spelling import all_strings

STRINGS = ("embedded_reber", "continual_reber")
"""The grammars that have such strings."""
SECONDS = "TP"
"""The two symbols that an embedded string can have second, and has again last but one."""


@dataclass(frozen=True, eq=False)
class Knockout:
    """How often the last symbol but one is named right, with each unit held at its mean; H units."""

    quantity: str
    """what is held: "c" or "h\""""
    intact: Array
    """(2,) share of the strings with T, and of those with P, after which the network names it, nothing held, 0 to 1"""
    held: Array
    """(H, 2) the same with one unit held"""
    means: Array
    """(H,) what each is held at: its mean over all steps of all strings"""
    strings: NDArray[np.int64]
    """(2,) how many strings have T, and how many P"""
    longest: int
    """symbols of the longest of them"""

    @property
    def loss(self) -> Array:
        """(H,) by how much the share over all strings falls, -1 to 1; a unit of which it is large holds T or P."""
        weights = self.strings / self.strings.sum()
        fall: Array = (self.intact - self.held) @ weights
        return fall


def knockout_by_unit(
    model: nn.Module, task: GrammarTask, quantity: str | None = None, *, longest: int = 16
) -> Knockout:
    """Hold each unit of a network at its mean while it reads all embedded strings of Reber's, and see what is lost.

    At every step of a string the unit is put to its mean where it is computed, so the rest of the step goes on with
    that. What is named is the symbol that is the most probable once the inner string has ended.

    Args:
        model: a `Model` of one layer, in one direction.
        task: the embedded or the continual grammar; of a stream the first string is read.
        quantity: "c", of an LSTM, where it is the usual one; or "h".
        longest: symbols of the longest strings, 9 to 24; each length has all that there are.

    Raises:
        TypeError: `model` is no network of ours.
        ValueError: an argument is none of these; the network has several layers, no c, other sizes, or diverged.
    """
    if not isinstance(task, GrammarTask) or task.grammar not in STRINGS:
        raise ValueError("`task` must be the embedded or the continual Reber grammar.")
    f = state_map(model)
    check_fits(f, task)
    if len(f.layers) != 1:
        raise ValueError(f"`model` must have one layer; got {len(f.layers)}.")
    quantity = one_of("quantity", quantity or "ch"[f.parts == 1], ("h", "c")[: f.parts])
    words, lengths = _strings(whole_number("longest", longest, 9, 24))
    means = means_of(f, words, lengths, quantity)
    named = np.stack([one.argmax(axis=-1) for _, one in reading_held(f, words, quantity, one_by_one(means))], axis=-1)
    right = named[:, np.arange(len(words)), lengths - 1] == words[:, 1]
    groups = [words[:, 1] == REBER_LETTERS.index(symbol) for symbol in SECONDS]
    shares = np.stack([right[:, own].mean(axis=1) for own in groups], axis=1)
    strings = np.array([own.sum() for own in groups])
    return Knockout(quantity, shares[0], shares[1:], means, strings, int(lengths.max()) + 2)


def reading_held(f: StateMap, words: NDArray[np.int64], quantity: str, put: Array) -> Iterator[tuple[Array, Array]]:
    """Let a network of one layer read N words in K runs, with units held: in each step its states and its logits.

    Args:
        f: the network, with its head.
        words: (N, T) codes of symbols.
        quantity: what is held, and given at each step as (K, N, H): "c" or "h".
        put: (K, H) what each unit is put to where it is computed, the rest of the step goes on with that; NaN where it
            is not held.
    """
    [w] = f.layers
    assert f.head is not None
    weight, bias = f.head
    holds, values = ~np.isnan(put)[:, None], put[:, None]

    def held(name: str, value: Array) -> Array:
        return np.where(holds, values, value) if name == quantity else value

    h: Array = np.zeros((len(put), len(words), f.hidden_size))
    c = h
    for codes in words.T:
        x = np.eye(f.input_size)[codes]
        match f.cell:
            case "lstm":
                step = lstm_step(x, h, c, w, held)
                h, c = step.h, step.c
            case "gru":
                h = gru_step(x, h, w, held).h
            case "rnn_relu":
                h = rnn_relu_step(x, h, w, held).h
            case _:
                h = rnn_step(x, h, w, held).h
        yield c if quantity == "c" else h, h @ weight.T + bias


def means_of(f: StateMap, words: NDArray[np.int64], lengths: NDArray[np.int64], quantity: str) -> Array:
    """(H,) what each unit is on average, over all steps of all words; `lengths`: (N,) steps of each."""
    total = np.zeros(f.hidden_size)
    for t, (states, _) in enumerate(reading_held(f, words, quantity, np.full((1, f.hidden_size), np.nan))):
        total += states[0, lengths > t].sum(axis=0)
    means: Array = total / lengths.sum()
    return means


def one_by_one(means: Array) -> Array:
    """(H + 1, H) for `reading_held`: nothing held, then each unit alone, at its mean."""
    return np.vstack([np.full(len(means), np.nan), np.where(np.eye(len(means), dtype=bool), means, np.nan)])


def _strings(longest: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All embedded strings of up to so many symbols without their last two, (N, T), and how long each is then, (N,)."""
    words = [word[:-2] for word in all_strings("embedded_reber", longest)]
    lengths = np.array([len(word) for word in words])
    codes = np.zeros((len(words), lengths.max()), dtype=np.int64)
    for row, word in zip(codes, words, strict=True):
        row[: len(word)] = [REBER_LETTERS.index(symbol) for symbol in word]
    return codes, lengths
