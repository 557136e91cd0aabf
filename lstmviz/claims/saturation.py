"""Where the values of many trained networks lie, and which claims of the notes are true of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lstmviz.base.checks import one_of
from lstmviz.cells.step import Array
from lstmviz.claims.distributions import Distribution, Thresholds, distribution
from lstmviz.claims.networks import PERIODS, Look, look_at, train_networks
from lstmviz.claims.notes import Claim, claims
from lstmviz.claims.path import Path, path
from lstmviz.models import ModelConfig
from lstmviz.sweeps.evidence import Rate, success
from lstmviz.tasks import PatternTask

GROUPS = ("solved", "failed", "all")
"""Which networks can be counted: those that solved their task, those that did not, both; never one that diverged."""


@dataclass(frozen=True, eq=False)
class Saturation:
    """Distributions of every quantity of some networks, for each cell, and the notes' claims held against them."""

    of: str
    """which networks are counted: "solved", "failed" or "all\""""
    thresholds: Thresholds
    """what "at -1 or 1", "near 0" and "close" mean"""
    looks: Mapping[str, Look]
    """the networks, by cell"""
    success: Mapping[str, Rate]
    """by cell, how many of all the networks solved the task, with Wilson's interval; one that diverged did not"""
    distributions: Mapping[str, Mapping[str, Distribution]]
    """by cell, then by quantity as `Look.values` names them"""
    replayed: Mapping[str, Distribution]
    """by quantity, those of the LSTMs' values as the notes' loop shows them; empty where there is no LSTM"""
    path: Path | None
    """how the LSTMs' values come from g to h; None where there is no LSTM"""
    path_replayed: Path | None
    """the same on the values of the notes' loop, in which f*c is 0"""
    claims: tuple[Claim, ...]
    """in the notes' order, those that these cells can be asked"""

    def claim(self, key: str) -> Claim:
        """The claim of that key.

        Raises:
            ValueError: these cells cannot be asked it, or there is none.
        """
        found = {claim.key: claim for claim in self.claims}
        return found[one_of("key", key, tuple(found))]


def saturation(looks: Sequence[Look], of: str = "solved", thresholds: Thresholds | None = None) -> Saturation:
    """Count the values of trained networks, and hold the notes' claims against them.

    Args:
        looks: one a cell, as `look_at` gives them, all of one task.
        of: which networks count: "solved", "failed" or "all". Where there is none the numbers are NaN and no claim is
            decided.
        thresholds: what the notes' words mean; `Thresholds()` if left out.

    Raises:
        ValueError: there is no look, two are of the same cell, or of different tasks, or `of` is none of the three.
    """
    one_of("of", of, GROUPS)
    thresholds = Thresholds() if thresholds is None else thresholds
    by_cell = {look.cell: look for look in looks}
    texts = {(look.task.pattern, look.task.repeats) for look in looks}
    if not looks or len(by_cell) < len(looks) or len(texts) > 1:
        raise ValueError(
            f"`looks` must be at least one, each of another cell, of one task; got {len(looks)} of "
            f"{len(by_cell)} cells and {len(texts)} tasks."
        )
    lstm = by_cell.get("lstm")
    own, loop = ({}, {}) if lstm is None else (_counted(lstm.values, lstm, of), _counted(lstm.replayed, lstm, of))
    return Saturation(
        of=of,
        thresholds=thresholds,
        looks=by_cell,
        success={cell: success(int(look.solved.sum()), len(look.solved)) for cell, look in by_cell.items()},
        distributions={
            cell: _distributions(_counted(look.values, look, of), cell, thresholds) for cell, look in by_cell.items()
        },
        replayed=_distributions(loop, "lstm", thresholds),
        path=path(own, thresholds) if own else None,
        path_replayed=path(loop, thresholds) if loop else None,
        claims=claims(looks, of, thresholds),
    )


def measure(
    task: PatternTask,
    cells: Iterable[str] = ("rnn", "lstm", "gru"),
    seeds: Iterable[int] = range(25),
    *,
    hidden_size: int = 3,
    epochs: int = 1000,
    lr: float = 0.1,
    periods: int = PERIODS,
    of: str = "solved",
    thresholds: Thresholds | None = None,
) -> Saturation:
    """Train networks that differ by cell and seed, and count what is in them; see `saturation`.

    Args:
        task: what they learn.
        cells: of "rnn", "rnn_relu", "lstm", "gru"; the notes speak of RNN and LSTM.
        seeds: one a network of each cell.
        hidden_size: units of each network, 1 to 64.
        epochs: updates of the parameters.
        lr: Adam's learning rate.
        periods: how many of the last whole patterns are looked at.
        of: which networks count: "solved", "failed" or "all".
        thresholds: what the notes' words mean; `Thresholds()` if left out.

    Raises:
        ValueError: as `saturation`, `look_at` and `train_networks`.
    """
    letters, seeds = len(task.alphabet), tuple(seeds)
    looks = []
    for cell in cells:
        config = ModelConfig(cell=cell, input_size=letters, hidden_size=hidden_size, output_size=letters)
        looks.append(look_at(config, train_networks(task, config, seeds, epochs, lr), task, periods))
    return saturation(looks, of, thresholds)


def _counted(values: Mapping[str, Array] | None, look: Look, of: str) -> dict[str, Array]:
    """The values of the networks that count."""
    chosen = look.group(of)
    return {name: array[chosen] for name, array in (values or {}).items()}


def _distributions(values: Mapping[str, Array], cell: str, thresholds: Thresholds) -> dict[str, Distribution]:
    return {name: distribution(name, array, cell, thresholds) for name, array in values.items()}
