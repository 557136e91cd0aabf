"""The claims of the lecture notes about h, g and c, each held against many networks.

The notes look at one LSTM on abaB, and they look at it through a loop that starts every step from zeros (the first slip
of `lecture.replay`). So each claim about an LSTM is measured thrice: as the network runs, as that loop would show it,
and, where h is in it, with the h of the notes' formula, tanh(o*c) (the second slip, which their numbers do not have).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmviz.cells.step import Array
from lstmviz.claims.distributions import Thresholds, share_of_each
from lstmviz.claims.intervals import Mean, difference_over_networks, mean_over_networks
from lstmviz.claims.networks import Look
from lstmviz.claims.path import PLACES, left_at, left_by_gates

Values = Mapping[str, Array]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim: what the notes say, what is counted for it, and what came out."""

    key: str
    """a name for it, one of `CLAIMS`"""
    says: str
    """the claim"""
    counted: str
    """what its number is the mean of"""
    bar: float
    """the claim is true where that mean is above this"""
    bar_means: str
    """what the bar stands for"""
    measured: Mean
    """on the networks as they run"""
    replayed: Mean | None = None
    """on the values of the notes' loop; None where they replay none of what is counted"""
    moved: Mean | None = None
    """by how much that loop makes a network's number larger, mean over the networks"""
    by_formula: Mean | None = None
    """with h = tanh(o*c); None where h is not in it"""

    @property
    def holds(self) -> bool | None:
        """Whether it is true of these networks; None where the interval holds the bar, or there is no network."""
        return self.measured.above(self.bar)

    @property
    def holds_replayed(self) -> bool | None:
        """Whether the notes' loop would show it to be true; None where undecided, or nothing is replayed."""
        return None if self.replayed is None else self.replayed.above(self.bar)

    @property
    def rests_on_slip(self) -> bool | None:
        """Whether the loop's slip made it: shown to be true by the loop, and false of the networks.

        False where nothing of it is replayed, or both say the same, or the loop hides what is true; None where one of
        the two is undecided.
        """
        if self.replayed is None:
            return False
        if self.holds is None or self.holds_replayed is None:
            return None
        return self.holds_replayed and not self.holds


CLAIMS = (
    "rnn_h_at_one",
    "lstm_h_near_zero",
    "lstm_h_freer",
    "g_at_one",
    "c_close_to_g",
    "c_not_only",
    "h_leaves_by_gates",
    "h_leaves_by_tanh",
)
"""The keys of the claims, in the order of the notes' argument."""


def claims(looks: Sequence[Look], of: str, thresholds: Thresholds) -> tuple[Claim, ...]:
    """Every claim that networks of these cells can be asked, the first look of each cell taken.

    Args:
        looks: networks of the same task.
        of: which of them count: "solved", "failed" or "all".
        thresholds: what the words mean.
    """
    by_cell = {look.cell: look for look in reversed(looks)}
    rnn, lstm = by_cell.get("rnn"), by_cell.get("lstm")
    found = list[Claim]()
    if rnn is not None:
        found.append(_rnn_h_at_one(rnn, of, thresholds))
    if lstm is not None:
        found.append(_lstm_h_near_zero(lstm, of, thresholds))
    if rnn is not None and lstm is not None:
        found.append(_lstm_h_freer(rnn, lstm, of, thresholds))
    if lstm is not None:
        found += _claims_on_the_way(lstm, of, thresholds)
    return tuple(found)


def _rnn_h_at_one(look: Look, of: str, thresholds: Thresholds) -> Claim:
    own = _grouped(look.values, look, of)
    return Claim(
        key="rnn_h_at_one",
        says="an RNN's h sits at -1 and 1",
        counted="the share of h at -1 or 1",
        bar=0.5,
        bar_means="mostly: more than half",
        measured=mean_over_networks(share_of_each(thresholds.at_one(own["h"]))),
    )


def _lstm_h_near_zero(look: Look, of: str, thresholds: Thresholds) -> Claim:
    return _of_lstm(
        look,
        of,
        lambda values, _formula: share_of_each(thresholds.near_zero(values["h"])),
        with_formula=True,
        key="lstm_h_near_zero",
        says="an LSTM's h is often near 0",
        counted="the share of h near 0",
        bar=thresholds.small,
        bar_means="often: more than if h were spread evenly from -1 to 1",
    )


def _lstm_h_freer(rnn: Look, lstm: Look, of: str, thresholds: Thresholds) -> Claim:
    assert lstm.replayed is not None
    assert lstm.by_formula is not None
    of_rnn = share_of_each(thresholds.at_one(_grouped(rnn.values, rnn, of)["h"]))
    of_lstm = [
        share_of_each(thresholds.at_one(_grouped(values, lstm, of)["h"]))
        for values in (lstm.values, lstm.replayed, lstm.by_formula)
    ]
    measured, replayed, by_formula = (difference_over_networks(of_rnn, one) for one in of_lstm)
    return Claim(
        key="lstm_h_freer",
        says="an LSTM's h takes values between -1 and 1 more than an RNN's",
        counted="the share of the RNNs' h at -1 or 1, less that of the LSTMs'",
        bar=0.0,
        bar_means="more: by anything",
        measured=measured,
        replayed=replayed,
        moved=mean_over_networks(of_lstm[0] - of_lstm[1], -1.0),
        by_formula=by_formula,
    )


def _claims_on_the_way(look: Look, of: str, thresholds: Thresholds) -> list[Claim]:
    """The claims about g, about c beside it, and about what takes h away from +-1."""

    def at_one(values: Values, name: str) -> Array:
        return share_of_each(thresholds.at_one(values[name]))

    return [
        _of_lstm(
            look,
            of,
            lambda values, _formula: at_one(values, "g"),
            key="g_at_one",
            says="g is mostly -1 or 1",
            counted="the share of g at -1 or 1",
            bar=0.5,
            bar_means="mostly: more than half",
        ),
        _of_lstm(
            look,
            of,
            lambda values, _formula: share_of_each(np.abs(values["c"] - values["g"]) < thresholds.close),
            key="c_close_to_g",
            says="c is close to g",
            counted="the share of c that is close to the g of its step and unit",
            bar=0.5,
            bar_means="mostly: more than half",
        ),
        _of_lstm(
            look,
            of,
            lambda values, _formula: at_one(values, "g") - at_one(values, "c"),
            low=-1.0,
            key="c_not_only",
            says="c takes other values than -1 and 1, which g does not",
            counted="the share of g at -1 or 1, less that of c",
            bar=0.0,
            bar_means="more: by anything",
        ),
        _of_lstm(
            look,
            of,
            lambda values, formula: left_by_gates(values, thresholds, formula),
            with_formula=True,
            key="h_leaves_by_gates",
            says="h leaves -1 and 1 because of the gates",
            counted="of the h that are not at -1 or 1, the share that left at the input, forget or output gate",
            bar=0.5,
            bar_means="because: more than half",
        ),
        _of_lstm(
            look,
            of,
            lambda values, formula: left_at(values, thresholds, ("tanh",), formula),
            with_formula=True,
            key="h_leaves_by_tanh",
            says="h leaves -1 and 1 because of the last tanh",
            counted="of the h that are not at -1 or 1, the share that left at the tanh over c",
            bar=1 / len(PLACES),
            bar_means="a cause: more than an even share of the five places",
        ),
    ]


def _of_lstm(
    look: Look,
    of: str,
    number: Callable[[Values, bool], Array],
    *,
    low: float = 0.0,
    with_formula: bool = False,
    **words: Any,
) -> Claim:
    """A claim about LSTMs: `number` makes one number a network, (E,), of values, told if their h is the formula's."""
    assert look.replayed is not None
    assert look.by_formula is not None
    own, loop = (number(_grouped(values, look, of), False) for values in (look.values, look.replayed))
    formula = number(_grouped(look.by_formula, look, of), True) if with_formula else None
    return Claim(
        **words,
        measured=mean_over_networks(own, low),
        replayed=mean_over_networks(loop, low),
        moved=mean_over_networks(loop - own, low - 1.0, 1.0 - low),
        by_formula=None if formula is None else mean_over_networks(formula, low),
    )


def _grouped(values: Values, look: Look, of: str) -> dict[str, Array]:
    chosen = look.group(of)
    return {name: array[chosen] for name, array in values.items()}
