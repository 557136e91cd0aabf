"""What a unit is for: it is held at its mean, and what gets worse, and where?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.detective.excerpts import held_out_excerpts
from lstmviz.detective.hypotheses import HYPOTHESES, KEYS
from lstmviz.detective.reading import bits_with_held, check_texts, read_texts
from lstmviz.detective.testing import LEVEL, labels_of
from lstmviz.models import Model

BLOCK = 500
"""Characters of the stretches that are drawn again for an interval: none reaches over two texts."""


@dataclass(frozen=True)
class Change:
    """By how much characters got dearer, in bits a character."""

    mean: float
    """NaN where there are none"""
    low: float
    """of an interval of 95 % by bootstrap over blocks of text; NaN with fewer than two blocks"""
    high: float
    characters: int
    """how many it is the mean of"""


@dataclass(frozen=True)
class SignChange:
    """How much dearer one sign got, wherever it came next."""

    sign: str
    count: int
    """how often it came"""
    mean: float
    """bits each time"""
    total: float
    """bits in all"""


@dataclass(frozen=True, eq=False)
class UnitKnockout:
    """A network with one unit held at its mean."""

    hypothesis: str
    layer: int
    unit: int
    held_at: float
    """the mean of its h over the texts, -1 to 1"""
    bits: float
    """what a character of the texts costs the whole network, in bits"""
    everywhere: Change
    holds: Change
    """where the hypothesis is so when the character is to be predicted; of a number: where it is above its median"""
    elsewhere: Change
    difference: Change
    """holds less elsewhere; its count is that of all characters"""
    above: float | None
    """that median; None for what is true or false"""
    others: NDArray[np.int64]
    """(n,) other units of the same layer, drawn at random, each held at its own mean as a control"""
    others_holds: NDArray[np.float64]
    """(n,) mean change where the hypothesis is so, for each"""
    others_elsewhere: NDArray[np.float64]
    """(n,) the same elsewhere"""
    others_everywhere: NDArray[np.float64]
    """(n,) the same over all characters"""
    p: float
    """the share of the units, this one among them, with a difference at least as large; of a number with one at least
    as far from 0, since it is open which side of its median suffers. At least 1 / (n + 1); not corrected for other
    knockouts"""
    p_everywhere: float
    """the share of them with a change over all characters at least as large: whether the unit does more than others"""
    signs: tuple[SignChange, ...]
    """every sign that came, that which cost the most more bits in all first"""
    changes: tuple[NDArray[np.float64], ...]
    """for each text (T,): how much dearer each character got, in bits; NaN for the first"""
    texts: tuple[str, ...]
    """as they are read"""

    @property
    def specific(self) -> bool:
        """Whether the unit serves the hypothesis: more is lost where it is so, beyond chance and beyond other units.

        The interval of `difference` lies above 0, of a number on either side of it, and `p` is at most 0.05, which
        takes 19 others.
        """
        away = self.difference.low > 0 or (self.above is not None and self.difference.high < 0)
        return away and self.p <= LEVEL


def knock_out(
    model: Model,
    hypothesis: str,
    layer: int,
    unit: int,
    texts: Sequence[str] | None = None,
    *,
    others: int = 19,
    draws: int = 2000,
    seed: int = 0,
) -> UnitKnockout:
    """Hold h of a unit at its mean while texts are read, and compare what each character costs.

    h is held, not c: everything else in the network learns of a unit through its h, so this takes away all that the
    unit says, whether it was found by its h or by its c. Its mean is that over the same texts. A change counts to where
    the hypothesis is so when the character is predicted, which is just after the character before it.

    Args:
        model: as `load_detective` gives it.
        hypothesis: one of `hypotheses.KEYS`.
        layer: of the unit, from 0.
        unit: its number, from 0.
        texts: those that did not choose the unit, as `Findings.confirming`; if left out, `held_out_excerpts()` less
            those that choose there.
        others: how many other units are held for comparison, 0 to 1000, but not more than there are.
        draws: bootstrap samples behind each interval, 100 to 100,000.
        seed: of the other units and the bootstrap.

    Raises:
        TypeError: `model` is no Model.
        ValueError: it reads other signs, there is no such hypothesis or unit, or another value is out of range.
        FileNotFoundError: no texts are given, and Python's library cannot be read.
    """
    one_of("hypothesis", hypothesis, KEYS)
    draws, seed = whole_number("draws", draws, 100, 100_000), whole_number("seed", seed, 0, MAX_SEED)
    read = check_texts(held_out_excerpts()[1::2] if texts is None else texts)
    readings = read_texts(model, read)
    layer = whole_number("layer", layer, 0, len(readings[0].h) - 1)
    unit = whole_number("unit", unit, 0, readings[0].h.shape[2] - 1)
    means = np.concatenate([reading.h[layer] for reading in readings]).mean(axis=0, dtype=np.float64)
    rng = np.random.default_rng(seed)
    rest = np.delete(np.arange(len(means)), unit)
    drawn = np.sort(rng.permutation(rest)[: whole_number("others", others, 0, 1000)])
    units = np.concatenate([[unit], drawn])
    dearer = [
        held - reading.bits
        for held, reading in zip(
            bits_with_held(model, read, layer, units.tolist(), means[units].tolist()), readings, strict=True
        )
    ]
    so, above = _so(hypothesis, read)
    own = [one[0, 1:] for one in dearer]
    every = np.concatenate([one[:, 1:] for one in dearer], axis=1)
    whole = np.concatenate(so)
    with np.errstate(invalid="ignore"):
        inside = every @ whole / whole.sum()
        outside = every @ ~whole / (~whole).sum()
    apart, overall = inside - outside, every.mean(axis=1)
    far = apart if above is None else np.abs(apart)
    return UnitKnockout(
        hypothesis=hypothesis,
        layer=layer,
        unit=unit,
        held_at=float(means[unit]),
        bits=float(np.concatenate([reading.bits[1:] for reading in readings]).mean()),
        above=above,
        **_intervals(own, so, rng, draws),
        others=drawn,
        others_holds=inside[1:],
        others_elsewhere=outside[1:],
        others_everywhere=overall[1:],
        p=float((far >= far[0]).mean()) if np.isfinite(far[0]) else 1.0,
        p_everywhere=float((overall >= overall[0]).mean()),
        signs=_signs(read, own),
        changes=tuple(one[0] for one in dearer),
        texts=tuple(read),
    )


def _so(hypothesis: str, texts: Sequence[str]) -> tuple[list[NDArray[np.bool_]], float | None]:
    """Where the hypothesis is so before each character but the first, (T - 1,) of each text; the median of a number."""
    which = KEYS.index(hypothesis)
    values = [labels_of(text)[which, :-1] for text in texts]
    if not HYPOTHESES[which].numeric:
        return [one > 0 for one in values], None
    above = float(np.median(np.concatenate(values)))
    return [one > above for one in values], above


def _intervals(
    dearer: list[NDArray[np.float64]], so: list[NDArray[np.bool_]], rng: np.random.Generator, draws: int
) -> dict[str, Change]:
    """The mean changes with their intervals: blocks are drawn again, with replacement, all four from the same draws."""
    sums = np.array(
        [
            [change[part][~where[part]].sum(), change[part][where[part]].sum(), (~where[part]).sum(), where[part].sum()]
            for change, where in zip(dearer, so, strict=True)
            for part in (slice(first, first + BLOCK) for first in range(0, len(change), BLOCK))
        ]
    )
    drawn = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), draws) @ sums

    def means(of: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            holds, elsewhere = of[..., 1] / of[..., 3], of[..., 0] / of[..., 2]
            return np.stack([of[..., :2].sum(axis=-1) / of[..., 2:].sum(axis=-1), holds, elsewhere, holds - elsewhere])

    total = sums.sum(axis=0)
    counts = int(total[2:].sum()), int(total[3]), int(total[2]), int(total[2:].sum())
    found = dict[str, Change]()
    for name, mean, of_draws, count in zip(
        ("everywhere", "holds", "elsewhere", "difference"), means(total), means(drawn), counts, strict=True
    ):
        ends = (np.nan, np.nan)
        if len(sums) > 1 and np.isfinite(of_draws).any():
            ends = tuple(np.nanquantile(of_draws, [LEVEL / 2, 1 - LEVEL / 2]))
        found[name] = Change(float(mean), float(ends[0]), float(ends[1]), count)
    return found


def _signs(texts: Sequence[str], dearer: list[NDArray[np.float64]]) -> tuple[SignChange, ...]:
    came, change = np.array(list("".join(text[1:] for text in texts))), np.concatenate(dearer)
    signs, which = np.unique(came, return_inverse=True)
    counts, totals = np.bincount(which), np.bincount(which, change)
    return tuple(
        SignChange(str(signs[k]), int(counts[k]), float(totals[k] / counts[k]), float(totals[k]))
        for k in np.argsort(-totals, kind="stable")
    )
