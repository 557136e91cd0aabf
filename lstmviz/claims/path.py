"""Where an LSTM's h leaves +-1: the way from g over i*g, c and tanh(c) to h, and the last place on it still at +-1.

Each h that is not at -1 or 1 has left at one place alone, read from the end of the way back:

- "output gate": tanh(c) was at +-1 still, and o took it away;
- "tanh": c was at +-1 or beyond, and tanh(c) is not, for tanh(1) is 0.76 only;
- "forget gate": i*g was at +-1, and what f let through of the past pulled the sum back;
- "input gate": g was at +-1, and i took it away (a past that does not bring it back included);
- "candidate": g itself was not at +-1.

With the notes' formula, h = tanh(o*c), the last two places change their order: c, o*c, tanh(o*c).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.cells.step import Array
from lstmviz.claims.distributions import Thresholds
from lstmviz.claims.intervals import Mean, mean_over_networks

PLACES = ("candidate", "input gate", "forget gate", "tanh", "output gate")
"""The places of the way at which h can leave +-1, from its beginning."""
GATE_PLACES = ("input gate", "forget gate", "output gate")
"""Those of them at which a gate takes it away."""
_PARTS = ("g", "i*g", "f*c", "c", "tanh(c)", "h")


@dataclass(frozen=True, eq=False)
class Path:
    """How many values of LSTMs are at +-1 on the way from g to h, and where the others left it.

    Each number is a mean over networks; where it is of the h that are not at +-1, over those that have such.
    """

    at_one: Mapping[str, Mean]
    """the share at -1 or 1, or beyond, of g, i*g, f*c (c of the step before), their sum c, tanh(c) and h"""
    away: Mean
    """the share of h that is not at +-1"""
    left_at: Mapping[str, Mean]
    """of these the share that left at each of `PLACES`; the means sum to 1"""
    by_gates: Mean
    """of these the share that left at one of the three gates"""
    taken: Mapping[str, Mean]
    """of all h: "tanh(c) large, h not" (o took it away), "c large, tanh(c) not", "g large, c not" and "g not, c large"
    (the past brought it there), one or several of which an h can be"""


def path(values: Mapping[str, Array], thresholds: Thresholds) -> Path:
    """The way of the values (E, S, H) of E LSTMs, as `Look.values` names them."""
    large = {name: np.abs(values[name]) > thresholds.large for name in _PARTS}
    left = departures(values, thresholds)
    away = ~large["h"]
    return Path(
        at_one={name: _mean(where) for name, where in large.items()},
        away=_mean(away),
        left_at={place: mean_over_networks(_of(left == k, away)) for k, place in enumerate(PLACES)},
        by_gates=mean_over_networks(left_by_gates(values, thresholds)),
        taken={
            "tanh(c) large, h not": _mean(large["tanh(c)"] & away),
            "c large, tanh(c) not": _mean(large["c"] & ~large["tanh(c)"]),
            "g large, c not": _mean(large["g"] & ~large["c"]),
            "g not, c large": _mean(~large["g"] & large["c"]),
        },
    )


def departures(values: Mapping[str, Array], thresholds: Thresholds, formula: bool = False) -> NDArray[np.int64]:
    """(E, S, H) where each h left +-1, as a place of `PLACES`; -1 where it is at +-1.

    Args:
        values: as `Look.values`, or with `formula` as `Look.by_formula`.
        thresholds: what "at +-1" means.
        formula: whether h is tanh(o*c), so that the output gate stands before the tanh.
    """
    stations = ("g", "i*g", "c", "o*c", "h") if formula else ("g", "i*g", "c", "tanh(c)", "h")
    places = (1, 2, 4, 3) if formula else (1, 2, 3, 4)  # of `PLACES`, where a value leaves that a station still has
    left = np.zeros(values["h"].shape, dtype=np.int64)
    for station, place in zip(stations, places, strict=False):
        left = np.where(np.abs(values[station]) > thresholds.large, place, left)
    return np.where(np.abs(values["h"]) > thresholds.large, -1, left)


def left_by_gates(values: Mapping[str, Array], thresholds: Thresholds, formula: bool = False) -> Array:
    """(E,) of each network's h that are not at +-1 the share that left at a gate; NaN where all are at +-1."""
    return left_at(values, thresholds, GATE_PLACES, formula)


def left_at(
    values: Mapping[str, Array], thresholds: Thresholds, places: tuple[str, ...], formula: bool = False
) -> Array:
    """(E,) of each network's h that are not at +-1 the share that left at `places`; NaN where all are at +-1."""
    left = departures(values, thresholds, formula)
    return _of(np.isin(left, [PLACES.index(place) for place in places]), left >= 0)


def _mean(where: NDArray[np.bool_]) -> Mean:
    return mean_over_networks(where.mean(axis=(1, 2)))


def _of(where: NDArray[np.bool_], among: NDArray[np.bool_]) -> Array:
    """(E,) the share of `where` among `among`, of each network; NaN where that is none."""
    counts = among.sum(axis=(1, 2))
    found = (where & among).sum(axis=(1, 2))
    return np.divide(found, counts, out=np.full(len(counts), np.nan), where=counts > 0)
