"""A network that goes on writing: each letter is drawn from what it says, and read again.

In float64, from one zero state on: the state goes on from letter to letter, however long the windows were that the
network has learned from. Every letter has a draw of its own, so another choice of one leaves the luck of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.base.checks import real_number, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.cells.step import Array
from lstmviz.statemap import state_map
from lstmviz.tasks import TextTask
from lstmviz.tasks.text import letters_of

MAX_LETTERS = 20_000
MAX_TEMPERATURE = 10.0


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a letter is drawn from the logits: temperature first, then top-k, then top-p, and what is left sums to 1.

    Raises:
        ValueError: a value is out of range.
    """

    temperature: float = 1.0
    """what the logits are divided by, 0 to 10; at 0 the most probable letter is always taken (greedy)"""
    top_k: int | None = None
    """only the k most probable letters may come, k at least 1; all of them if left out (Fan et al. 2018)"""
    top_p: float | None = None
    """only the fewest letters may come that are p probable together, above 0, at most 1 (Holtzman et al. 2020)"""

    def __post_init__(self) -> None:
        real_number("temperature", self.temperature, 0.0, MAX_TEMPERATURE)
        if self.top_k is not None:
            whole_number("top_k", self.top_k, 1, 1_000_000)
        if self.top_p is not None:
            real_number("top_p", self.top_p, 0.0, 1.0, above=True)

    def distribution(self, logits: Array) -> Array:
        """The probabilities that a letter is drawn with, (..., V), from finite logits (..., V).

        Of letters that are equally probable, those that come first in the alphabet count as the more probable.
        """
        order = np.argsort(-logits, axis=-1, kind="stable")
        falling = np.take_along_axis(logits, order, axis=-1)
        if self.temperature == 0:
            shares: Array = np.zeros_like(logits, dtype=np.float64)
            shares[..., 0] = 1
        else:
            with np.errstate(over="ignore"):  # so small a temperature that all but the first are infinitely far away
                shares = np.exp((falling - falling[..., :1]) / self.temperature)
            shares /= shares.sum(axis=-1, keepdims=True)
        if self.top_k is not None:
            shares[..., self.top_k :] = 0
            shares /= shares.sum(axis=-1, keepdims=True)
        if self.top_p is not None:
            before = np.cumsum(shares, axis=-1) - shares
            shares[(before >= self.top_p) & (np.arange(shares.shape[-1]) > 0)] = 0
            shares /= shares.sum(axis=-1, keepdims=True)
        placed: Array = np.empty(logits.shape)
        np.put_along_axis(placed, order, shares, axis=-1)
        return placed


@dataclass(frozen=True, eq=False)
class Written:
    """A text that a network has written, letter by letter."""

    letters: tuple[str, ...]
    """(N,) the start, then what was drawn or chosen"""
    start: int
    """how many of them are the start"""
    logits: Array
    """(N - 1, V) what the network says after each letter but the last, of the next one"""
    probabilities: Array
    """(N - 1, V) its softmax: what the network holds to be probable"""
    offered: Array
    """(N - 1, V) what a letter is drawn with: the same after temperature, top-k and top-p"""

    @property
    def text(self) -> str:
        """The letters in one."""
        return "".join(self.letters)


def generate(
    model: nn.Module,
    task: TextTask,
    start: str,
    letters: int = 200,
    *,
    sampling: Sampling | None = None,
    seed: int = 0,
    chosen: Mapping[int, str] | None = None,
) -> Written:
    """Let a network go on with a text.

    Args:
        model: a `Model`, in one direction, that has learned `task`.
        task: the text that it has learned from, for its alphabet.
        start: at least one letter of the alphabet, which the network reads first.
        letters: how many are written behind it, 0 to 20,000.
        sampling: how each is drawn, by default as the network holds it to be probable.
        seed: what all draws begin from, 0 to 2**32 - 1.
        chosen: letters that are put in the place of what would be drawn, by their number behind the start, from 0 on.

    Raises:
        TypeError: `model` is no network of ours.
        ValueError: a letter is not in the alphabet, a value is out of range, or the network reads other letters, reads
            both ways, or has diverged.
    """
    letters, seed = whole_number("letters", letters, 0, MAX_LETTERS), whole_number("seed", seed, 0, MAX_SEED)
    sampling, chosen = sampling or Sampling(), dict(chosen or {})
    f, size = state_map(model), len(task.alphabet)
    if f.head is None or f.input_size != size or len(f.head[1]) != size:
        raise ValueError(f"`model` must read and name the {size} letters of `task`.")
    first = [_code(letter, task) for letter in letters_of(start, least=1)]
    there = {whole_number("chosen", place, 0, letters - 1): _code(one, task) for place, one in chosen.items()}
    draws = np.random.default_rng(seed).random(letters)
    codes, said, offered = list[int](first), list[Array](), list[Array]()
    s: Array = np.zeros(f.size)
    one_hot = np.eye(size)
    for n in range(len(first) + letters - 1):
        s = f.step(s, one_hot[codes[n]])
        said.append(f.logits(s))
        if not np.isfinite(said[-1]).all():
            raise ValueError("`model` must have finite numbers inside; this one's grow beyond them while it writes.")
        offered.append(sampling.distribution(said[-1]))
        place = n + 1 - len(first)
        if place >= 0:
            codes.append(there.get(place, _drawn(offered[-1], draws[place])))
    logits = np.reshape(said, (-1, size))
    return Written(
        letters=tuple(task.alphabet[code] for code in codes),
        start=len(first),
        logits=logits,
        probabilities=Sampling().distribution(logits),
        offered=np.reshape(offered, (-1, size)),
    )


def _drawn(shares: Array, draw: float) -> int:
    """The letter at `draw`, in [0, 1), along the probabilities laid end to end; never one of probability 0."""
    ends: NDArray[np.float64] = np.cumsum(shares)
    place = int(np.searchsorted(ends, draw * ends[-1], side="right"))
    return min(place, int(np.flatnonzero(shares)[-1]))


def _code(letter: str, task: TextTask) -> int:
    if letter not in task.alphabet:
        raise ValueError(f"letters must be of the alphabet of `task`; got {letter!r}.")
    return task.alphabet.index(letter)
