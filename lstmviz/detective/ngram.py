"""What counting alone can do: an n-gram model of characters, interpolated as Kneser & Ney (1995) do it.

p_n(s | context) = (max(count(context s) - D_n, 0) + D_n kinds(context) p_{n-1}(s | shorter)) / count(context),

the context being the last n - 1 characters, `kinds` how many different signs followed it, and p_0 = 1 / signs. Below
the highest order a count is the number of different characters before the stretch, not how often it came. D_n =
n_1 / (n_1 + 2 n_2), with n_k the number of stretches that were counted k times (Ney, Essen & Kneser 1994). A context
that never came says what the shorter one does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import whole_number

MAX_ORDER = 8


@dataclass(frozen=True, eq=False)
class _Order:
    """The counts of all stretches of one length; a stretch is a number, its characters being the digits."""

    stretches: NDArray[np.int64]
    """rising"""
    counts: NDArray[np.float64]
    contexts: NDArray[np.int64]
    """rising"""
    totals: NDArray[np.float64]
    """of each context"""
    kinds: NDArray[np.float64]
    """of each context"""
    discount: float


@dataclass(frozen=True, eq=False)
class NGram:
    """A model of the next sign, given the `order` - 1 before it; made by `count_ngrams`."""

    signs: int
    """V, the signs of the alphabet"""
    orders: tuple[_Order, ...]
    """for stretches of 1, 2, ... signs"""

    def probabilities(self, codes: NDArray[np.int64]) -> NDArray[np.float64]:
        """(T,) what each sign of a text, (T,) whole numbers, was given by those before it; near 1 / V at first.

        Where fewer signs than the context stand before one, the longest that there is decides.
        """
        p = np.full(len(codes), 1 / self.signs)
        for n, order in enumerate(self.orders, 1):
            if len(codes) < n:
                break
            stretches = _stretches(codes, n, self.signs)
            p[n - 1 :] = _interpolated(order, stretches, stretches // self.signs, p[n - 1 :])
        return p

    def distribution(self, context: NDArray[np.int64]) -> NDArray[np.float64]:
        """(V,) the probability of each sign after `context`, of which the last `order` - 1 count."""
        p = np.full(self.signs, 1 / self.signs)
        for n, order in enumerate(self.orders, 1):
            if len(context) < n - 1:
                break
            before = 0
            for code in context[len(context) - (n - 1) :]:
                before = before * self.signs + int(code)
            stretches = before * self.signs + np.arange(self.signs)
            p = _interpolated(order, stretches, np.full(self.signs, before), p)
        return p


def count_ngrams(texts: list[NDArray[np.int64]], signs: int, order: int = 5) -> NGram:
    """Count the stretches of up to `order` signs in `texts`; none reaches over two of them.

    Args:
        texts: whole numbers from 0 to `signs` - 1, at least one of them.
        signs: V, the length of the alphabet, 2 to 200.
        order: the longest stretch, 1 to 8.

    Raises:
        ValueError: there is no sign in any text, or a value is out of range.
    """
    signs, order = whole_number("signs", signs, 2, 200), whole_number("order", order, 1, MAX_ORDER)
    if not any(map(len, texts)):
        raise ValueError("`texts` must hold a sign at least; got none.")
    orders = list[_Order]()
    stretches: NDArray[np.int64] = np.zeros(0, np.int64)
    for n in range(order, 0, -1):
        if not len(stretches):
            stretches, counts = np.unique(_all(texts, n, signs), return_counts=True)
        else:
            # Each kind of stretch one longer counts once for what it ends with; at a text's beginning nothing stands
            # before, so the stretch that it begins with counts as one kind more.
            ends = np.concatenate([stretches % signs**n, _first(texts, n, signs)])
            stretches, counts = np.unique(ends, return_counts=True)
        contexts, where = np.unique(stretches // signs, return_inverse=True)
        once, twice = int((counts == 1).sum()), int((counts == 2).sum())
        orders.append(
            _Order(
                stretches,
                counts.astype(np.float64),
                contexts,
                np.bincount(where, counts).astype(np.float64),
                np.bincount(where).astype(np.float64),
                once / (once + 2 * twice) if once else 0.5,
            )
        )
    return NGram(signs, tuple(reversed(orders)))


def _interpolated(
    order: _Order, stretches: NDArray[np.int64], contexts: NDArray[np.int64], shorter: NDArray[np.float64]
) -> NDArray[np.float64]:
    counts, _ = _looked_up(order.stretches, order.counts, stretches)
    totals, seen = _looked_up(order.contexts, order.totals, contexts)
    kinds, _ = _looked_up(order.contexts, order.kinds, contexts)
    with np.errstate(all="ignore"):
        own = (np.maximum(counts - order.discount, 0) + order.discount * kinds * shorter) / totals
    return np.where(seen, own, shorter)


def _looked_up(
    keys: NDArray[np.int64], values: NDArray[np.float64], wanted: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The value of each key that is wanted, 0 where it is not there, and where it is."""
    if not len(keys):
        return np.zeros(len(wanted)), np.zeros(len(wanted), dtype=bool)
    where = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = keys[where] == wanted
    return np.where(there, values[where], 0.0), there


def _all(texts: list[NDArray[np.int64]], n: int, signs: int) -> NDArray[np.int64]:
    return np.concatenate([_stretches(text, n, signs) for text in texts])


def _first(texts: list[NDArray[np.int64]], n: int, signs: int) -> NDArray[np.int64]:
    return np.unique(_all([text[:n] for text in texts], n, signs))


def _stretches(codes: NDArray[np.int64], n: int, signs: int) -> NDArray[np.int64]:
    """Every stretch of n signs as one number: (T - n + 1,), none where the text is shorter."""
    count = max(len(codes) - n + 1, 0)
    found = np.zeros(count, dtype=np.int64)
    for k in range(n):
        found = found * signs + codes[k : k + count]
    return found
