"""The paper's rows and ours, beside each other: rates, medians and means with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from lstmviz.paper.deviations import DEVIATIONS
from lstmviz.paper.measured import Measured, shipped
from lstmviz.paper.rows import PUBLISHED, ROWS, TASKS, Published, Row
from lstmviz.paper.trial import Trial
from lstmviz.sweeps.evidence import LEVEL, Rate, success


@dataclass(frozen=True)
class Needed:
    """A number of sequences, and between what bounds the true one lies; None: beyond the row's limit."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Line:
    """What came of a row."""

    row: Row
    trials: tuple[Trial, ...]
    """at least one"""
    rate: Rate
    """how many succeeded, with Wilson's interval"""
    median: Needed
    """sequences until success, of all trials: one that did not succeed needs more than any that did"""
    mean: Needed | None
    """of those that succeeded, as the paper prints it; its bounds (Student's, None for one alone) are for such means"""
    least: int | None
    """sequences that the quickest needed; None where none succeeded"""
    most: int | None
    """likewise the slowest that succeeded"""
    wrong: float | None
    """of the adding problem: mean number of wrong answers among 2560 tests, of those that succeeded"""
    missed: tuple[int, int] | None
    """of the embedded Reber grammar: of so many that failed, so many were wrong at the T or P before the end alone, in
    whatever string; None where it is not known of any"""

    def deviations(self, language: str = "en") -> tuple[str, ...]:
        """How it differs from the paper, a sentence each; `language` is "en" or "ko"."""
        return tuple(DEVIATIONS[key][language] for key in self.row.deviations)


@dataclass(frozen=True, eq=False)
class Experiment:
    """One of the paper's tables, and what was measured beside it."""

    task: str
    """"embedded_reber" (Table 1) or "adding" (Table 7, T = 100)"""
    published: tuple[Published, ...]
    """the paper's numbers, in its order"""
    lines: tuple[Line, ...]
    """ours; `line.row.beside` is the key of the published row that one repeats"""

    def beside(self, key: str | None) -> tuple[Line, ...]:
        """Ours that repeat the published row `key`, or with None those that repeat none."""
        return tuple(line for line in self.lines if line.row.beside == key)


def paper_table(measured: Measured | None = None) -> tuple[Experiment, ...]:
    """Both tables of the paper with what was measured beside them; rows without a trial are left out.

    measured: a file's content; that of the file that comes with lstmviz if left out.
    """
    measured = shipped() if measured is None else measured
    return tuple(
        Experiment(
            task,
            tuple(one for one in PUBLISHED if one.task == task),
            tuple(
                line_of(row, measured.trials[row.key])
                for row in ROWS
                if row.task == task and measured.trials.get(row.key)
            ),
        )
        for task in TASKS
    )


def line_of(row: Row, trials: Sequence[Trial]) -> Line:
    """What came of a row, from its trials so far: at least one.

    Raises:
        ValueError: there is none.
    """
    if not trials:
        raise ValueError("`trials` must be at least one.")
    needed = sorted(trial.sequences for trial in trials if trial.sequences is not None)
    wrong = [trial.wrong for trial in trials if trial.wrong is not None]
    missed = [trial.missed for trial in trials if trial.missed is not None]
    return Line(
        row=row,
        trials=tuple(trials),
        rate=success(len(needed), len(trials)),
        median=_median(needed, len(trials)),
        mean=_mean(needed) if needed else None,
        least=needed[0] if needed else None,
        most=needed[-1] if needed else None,
        wrong=float(np.mean(wrong)) if wrong else None,
        missed=(len(missed), sum(elsewhere == 0 for _, elsewhere in missed)) if missed else None,
    )


def _median(needed: Sequence[int], trials: int) -> Needed:
    """With bounds that are trials themselves: the median lies between two of them as often as a coin says so."""
    inner = int(stats.binom.ppf((1 - LEVEL) / 2, trials, 0.5))  # so many of the least are left out, and of the largest

    def at(place: float) -> float | None:
        low, high = int(np.floor(place)), int(np.ceil(place))
        return (needed[low] + needed[high]) / 2 if high < len(needed) else None

    middle = at((trials - 1) / 2)
    if inner == 0:  # too few trials for any bounds
        return Needed(middle, 0.0, None)
    return Needed(middle, at(inner - 1), at(trials - inner))


def _mean(needed: Sequence[int]) -> Needed:
    mean = float(np.mean(needed))
    if len(needed) < 2:
        return Needed(mean, None, None)
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(needed) - 1) * stats.sem(needed))
    return Needed(mean, max(0.0, mean - half), mean + half)
