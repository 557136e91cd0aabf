"""Which units know a hypothesis: every unit tested against every one, corrected for the number of tests, and confirmed.

No unit is judged by the text that it was chosen on. Half of the texts chooses: all units are tested there, and the p
values of the whole table are corrected with Benjamini & Hochberg's procedure (1995), which bounds the share of false
ones among those that are called found. The best few are then measured on the other half, where only they are tested,
corrected with Holm's (1979), which bounds the chance of even one false confirmation.

The characters of a text are not independent: a string is a run of characters inside it, and a unit holds its value for
a while. So chance is measured by turning the hypothesis against the text: all its circular shifts along the
characters, which leave both series as they are and break only what ties one to the other. p is the share of the shifts,
the text as it is among them, whose effect is at least as far from none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.stats import rankdata

from lstmviz.base.checks import one_of, whole_number
from lstmviz.detective.alphabet import ALPHABET, encode
from lstmviz.detective.excerpts import held_out_excerpts
from lstmviz.detective.hypotheses import HYPOTHESES, KEYS, hypotheses_of
from lstmviz.detective.reading import QUANTITIES, Cell, Reading, check_texts, read_texts
from lstmviz.models import Model

LEVEL = 0.05
"""A corrected p below this counts."""
_NUMERIC = np.array([one.numeric for one in HYPOTHESES])
# Of the largest effect: a shift that close to the observed one counts, whatever float32 rounds it to.
_ROUNDING = 1e-4


@dataclass(frozen=True)
class Finding:
    """A unit, and how much it knows of a hypothesis."""

    hypothesis: str
    """one of `hypotheses.KEYS`"""
    cell: Cell
    chosen_effect: float
    """on the half that it was chosen on; see `effect`"""
    chosen_p: float
    """there, by the shifts, above 0, at most 1"""
    chosen_corrected: float
    """the same, corrected for all tests of the table (Benjamini & Hochberg)"""
    effect: float
    """on the other half. For what is true or false the AUC (Mann & Whitney): the chance, 0 to 1, that the unit is
    higher at a character where it is true than at one where it is false, so 0.5 is nothing, and 0 as telling as 1. For
    a number Spearman's correlation, -1 to 1. NaN where the hypothesis never changes there"""
    p: float
    """there, by the shifts, above 0, at most 1; 1 where there is no effect"""
    corrected: float
    """the same, corrected for all findings that are confirmed together (Holm)"""
    by_character: float
    """the effect, on the other half, of what the last character alone tells: its mean of the hypothesis on the first"""

    @property
    def strength(self) -> float:
        """How far `effect` is from none, 0 to 1: |2 AUC - 1|, which is the rank-biserial correlation, or |rho|."""
        return _strength(self.hypothesis, self.effect)

    @property
    def higher(self) -> bool:
        """Whether the unit is higher where the hypothesis is so, or where its number is greater; else it is lower."""
        return self.effect > _nothing(self.hypothesis)

    @property
    def either_way(self) -> float:
        """`effect` of the way round that tells: an AUC below 0.5 as that for low values, so 0.5 to 1; |rho|."""
        return _either_way(self.hypothesis, self.effect)

    @property
    def by_character_either_way(self) -> float:
        """`by_character` in the same measure as `either_way`, so that the two can be compared."""
        return _either_way(self.hypothesis, self.by_character)

    @property
    def confirmed(self) -> bool:
        """Whether the other half agrees: the same direction, and a corrected p below `LEVEL`."""
        return self.corrected < LEVEL and self.higher == (self.chosen_effect > _nothing(self.hypothesis))

    @property
    def convincing(self) -> bool:
        """Whether it is confirmed, and tells more than the last character alone, whichever way round each tells."""
        own = self.by_character_either_way
        return self.confirmed and self.either_way > (_nothing(self.hypothesis) if np.isnan(own) else own)


@dataclass(frozen=True, eq=False)
class Findings:
    """All units tested against all hypotheses, and the best of them confirmed."""

    effects: NDArray[np.float64]
    """(hypotheses, layers, 2, H) on the half that chooses, of h and c; as `Finding.effect`"""
    p: NDArray[np.float64]
    """the same shape, by the shifts; 1 where there is no effect"""
    corrected: NDArray[np.float64]
    """the same shape, over all of them (Benjamini & Hochberg)"""
    findings: tuple[Finding, ...]
    """the confirmed and the others, `top` units for each hypothesis in the order of `KEYS`, the best first"""
    choosing: tuple[str, ...]
    """the texts that units were chosen on"""
    confirming: tuple[str, ...]
    """the texts that they were measured on"""
    shifts: tuple[int, int]
    """how many shifts, the text as it is included, chance was measured by: on the choosing half, on the other"""

    def best(self, hypothesis: str) -> tuple[Finding, ...]:
        """The units that were chosen for one hypothesis, the one with the largest effect on the choosing half first.

        Raises:
            ValueError: it is none of `KEYS`.
        """
        one_of("hypothesis", hypothesis, KEYS)
        return tuple(one for one in self.findings if one.hypothesis == hypothesis)


def find_cells(model: Model, texts: Sequence[str] | None = None, *, top: int = 3) -> Findings:
    """Test every unit of a character LSTM, its h and its c, against every hypothesis about Python text.

    Example::

        model = lv.load_detective()
        findings = lv.find_cells(model)
        best = findings.best("string")[0]
        best.cell, best.effect, best.corrected, best.convincing
        knocked = lv.knock_out(model, "string", best.cell.layer, best.cell.unit, findings.confirming)
        knocked.holds.mean, knocked.elsewhere.mean, knocked.p  # bits a character inside strings, outside, chance

    Args:
        model: as `load_detective` gives it.
        texts: of any length, 50,000 characters together at most; the first, third, ... choose, the others confirm. One
            text alone is cut in the middle, and read in one go. `held_out_excerpts()` if left out: 40 of 500.
        top: how many units are confirmed for each hypothesis, 1 to 20; of a unit the one of h and c that tells more.

    Raises:
        TypeError: `model` is no Model.
        ValueError: it reads other signs, or `texts` does not fit, as in `read_texts`.
        FileNotFoundError: no texts are given, and Python's library cannot be read.
    """
    top = whole_number("top", top, 1, 20)
    read = check_texts(held_out_excerpts() if texts is None else texts)
    readings = read_texts(model, read)
    known = [labels_of(reading.text) for reading in readings]
    states = [_states(reading) for reading in readings]
    if len(read) == 1:
        middle = len(read[0]) // 2
        read = read[0][:middle], read[0][middle:]
        known = [known[0][:, :middle], known[0][:, middle:]]
        states = [states[0][:, :middle], states[0][:, middle:]]
    a, b = slice(0, None, 2), slice(1, None, 2)
    layers, _, units = readings[0].h.shape
    shape = len(KEYS), layers, len(QUANTITIES), units

    labels, ranks = np.concatenate(known[a], axis=1), centred_ranks(np.concatenate(states[a], axis=1))
    effects, p = effects_of(ranks, labels), p_of(ranks, labels)
    corrected = benjamini_hochberg(p.ravel()).reshape(p.shape)
    chosen = [_best(row, top, layers, units) for row in strengths_of(effects)]

    others = np.concatenate(known[b], axis=1)
    wanted = np.unique(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)
    own = centred_ranks(np.concatenate(states[b], axis=1)[wanted])
    other_effects, other_p = effects_of(own, others), p_of(own, others)
    characters = _by_character(read[a], labels, read[b], others)
    places = [(k, column) for k, columns in enumerate(chosen) for column in columns]
    rows = [int(np.searchsorted(wanted, column)) for _, column in places]
    holm_p = holm(np.array([other_p[k, row] for (k, _), row in zip(places, rows, strict=True)]))
    findings = tuple(
        Finding(
            KEYS[k],
            _cell(int(column), layers, units),
            float(effects[k, column]),
            float(p[k, column]),
            float(corrected[k, column]),
            float(other_effects[k, row]),
            float(other_p[k, row]),
            float(one),
            float(characters[k]),
        )
        for (k, column), row, one in zip(places, rows, holm_p, strict=True)
    )
    return Findings(
        effects.reshape(shape),
        p.reshape(shape),
        corrected.reshape(shape),
        findings,
        tuple(read[a]),
        tuple(read[b]),
        (labels.shape[1], others.shape[1]),
    )


def labels_of(text: str) -> NDArray[np.float64]:
    """All hypotheses about `text`: (hypotheses, T), in the order of `KEYS`, true as 1."""
    now = hypotheses_of(text)
    return np.array([now[key] for key in KEYS], dtype=np.float64)


def centred_ranks(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """The rank of each value within its row, equal ones sharing theirs, less the mean rank: (rows, T)."""
    ranks = rankdata(values, axis=1)
    return np.asarray(ranks - (values.shape[1] + 1) / 2, dtype=np.float32)


def effects_of(ranks: NDArray[np.float32], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The effect of each row of values on each hypothesis, (hypotheses, rows): AUC or Spearman's correlation.

    Both are the covariance of ranks with the hypothesis, or its ranks, in other units. NaN where either never changes.

    Args:
        ranks: (rows, T), centred.
        labels: (hypotheses, T) as `labels_of` gives them.
    """
    wide = ranks.astype(np.float64)
    scores = _scores(labels)
    together = scores @ wide.T
    own, spread = np.square(scores).sum(axis=1)[:, None], np.square(wide).sum(axis=1)
    true = labels.sum(axis=1)[:, None]
    with np.errstate(all="ignore"):
        rho = together / np.sqrt(own * spread)
        auc = 0.5 + together / (true * (labels.shape[1] - true))
    effects: NDArray[np.float64] = np.where(_NUMERIC[:, None], rho, auc)
    effects[(own == 0) | (spread == 0)] = np.nan
    return effects


def p_of(ranks: NDArray[np.float32], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of all T circular shifts with an effect at least as far from none, (hypotheses, rows), at least 1 / T.

    All shifts at once, by the correlation theorem. 1 where either never changes.
    """
    steps = ranks.shape[1]
    scores = _scores(labels)
    of_ranks = fft.rfft(ranks / np.float32(steps), axis=1)
    p = np.ones((len(scores), len(ranks)))
    for k, score in enumerate(scores):
        if not score.any():
            continue
        of_score = np.conj(fft.rfft((score / np.abs(score).max()).astype(np.float32)))
        turned = np.abs(fft.irfft(of_ranks * of_score, n=steps, axis=1))
        p[k] = (turned >= turned[:, :1] - _ROUNDING * turned.max(axis=1, keepdims=True)).mean(axis=1)
    return p


def strengths_of(effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each effect, (hypotheses, ...), is from none, 0 to 1; 0 where there is none at all."""
    numeric = _NUMERIC.reshape(-1, *[1] * (effects.ndim - 1))
    return np.nan_to_num(np.abs(np.where(numeric, effects, 2 * effects - 1)))


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct p values so that calling those below a level found leaves at most that share of them false (1995)."""
    order = np.argsort(p)
    raised = p[order] * len(p) / np.arange(1, len(p) + 1)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return corrected


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct p values so that the chance of even one below a level by luck is at most that level (1979)."""
    order = np.argsort(p)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return corrected


def _scores(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is correlated with the ranks: hypotheses that are numbers as their own ranks, all centred."""
    scores = np.where(_NUMERIC[:, None], rankdata(labels, axis=1), labels)
    scores -= scores.mean(axis=1, keepdims=True)
    scores[labels.min(axis=1) == labels.max(axis=1)] = 0  # exactly, whatever the mean was rounded to
    return scores


def _states(reading: Reading) -> NDArray[np.float32]:
    """Every unit's h and c, (layers * 2 * H, T)."""
    both = np.stack([reading.h, reading.c], axis=1)  # (layers, 2, T, H)
    return both.swapaxes(2, 3).reshape(-1, len(reading.text))


def _best(strengths: NDArray[np.float64], top: int, layers: int, units: int) -> NDArray[np.int64]:
    """The columns of the `top` strongest units, of each the stronger of h and c; none without an effect."""
    of_unit = strengths.reshape(layers, len(QUANTITIES), units)
    quantity = of_unit.argmax(axis=1)  # (layers, units)
    strongest = of_unit.max(axis=1).ravel()
    order = np.argsort(-strongest, kind="stable")[:top]
    layer, unit = np.divmod(order[strongest[order] > 0], units)
    return (layer * len(QUANTITIES) + quantity[layer, unit]) * units + unit


def _cell(column: int, layers: int, units: int) -> Cell:
    layer, quantity, unit = np.unravel_index(column, (layers, len(QUANTITIES), units))
    return Cell(int(layer), int(unit), QUANTITIES[int(quantity)])


def _nothing(hypothesis: str) -> float:
    """The effect that tells nothing."""
    return 0.0 if _NUMERIC[KEYS.index(hypothesis)] else 0.5


def _either_way(hypothesis: str, effect: float) -> float:
    # An AUC that is turned round is 1 less itself; a correlation changes its sign.
    return abs(effect) if _NUMERIC[KEYS.index(hypothesis)] else max(effect, 1 - effect)


def _strength(hypothesis: str, effect: float) -> float:
    return abs(effect) if _NUMERIC[KEYS.index(hypothesis)] else abs(2 * effect - 1)


def _by_character(
    choosing: Sequence[str], labels: NDArray[np.float64], confirming: Sequence[str], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(hypotheses,) the effect, on the second texts, of each hypothesis' mean at a character on the first ones."""
    seen = np.eye(len(ALPHABET))[np.concatenate([encode(text) for text in choosing])]
    # Each character counts once more, as an average one: so one that was never seen tells nothing.
    means = (labels @ seen + labels.mean(axis=1, keepdims=True)) / (seen.sum(axis=0) + 1)
    guessed = means[:, np.concatenate([encode(text) for text in confirming])]
    return np.diagonal(effects_of(centred_ranks(guessed), others)).copy()
