"""What there is to say about one step of a network: its sums term by term, its prediction, and what it remembers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz._checks import whole_number
from lstmviz.arithmetic import pre_activation_terms
from lstmviz.cells import Array
from lstmviz.models import Model, parameters_of
from lstmviz.tasks import Task
from lstmviz.tracing import Trace


@dataclass(frozen=True, eq=False)
class UnitSums:
    """The sums of one unit in one step, one a gate in torch's order, and what they become: G gates, K units listed.

    total = letter + b_ih + products.sum(axis=-1) + rest + b_hh; in the GRU's n the last three, which are `recurrent`,
    are scaled by the reset gate first. The numbers are those of the network, not rounded.
    """

    gates: tuple[str, ...]
    """i, f, g, o for an LSTM, r, z, n for a GRU, h for a plain network"""
    size: int
    """H, the units of the network"""
    letter: Array
    """(G,) the letter's column of W: the product with a one-hot vector picks it"""
    b_ih: Array
    """(G,) the bias beside W"""
    listed: tuple[int, ...]
    """the K units of the state before that are listed one by one: those with the largest products"""
    states: Array
    """(K,) the hidden state of each before the step"""
    weights: Array
    """(G, K) U: from each listed unit to this one"""
    products: Array
    """(G, K) weight times state"""
    rest: Array
    """(G,) the products of all units not listed, summed"""
    b_hh: Array
    """(G,) the bias beside U"""
    recurrent: Array
    """(G,) U h + b_hh: products, rest and bias together"""
    reset: float | None
    """the reset gate, which scales `recurrent` in the last gate; None but in a GRU"""
    scaled: float
    """what it makes of it: reset times `recurrent`; without a reset gate NaN"""
    total: Array
    """(G,) the sum"""
    result: Array
    """(G,) what the non-linearity makes of it: the gate's value"""

    @property
    def others(self) -> int:
        """How many units `rest` stands for."""
        return self.size - len(self.listed)

    @property
    def state(self) -> Array:
        """(G,) U h: what the state adds, its bias apart."""
        return self.products.sum(axis=-1) + self.rest

    @property
    def biases(self) -> Array:
        """(G,) both biases."""
        return self.b_ih + self.b_hh


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network predicts after one step, and which units make it say so. Letters are indices in the alphabet."""

    letter: int
    """the most probable letter"""
    probability: float
    """its probability; not finite if the network's outputs are not"""
    target: int
    """the letter that comes"""
    certainty: float
    """the probability of that"""
    rival: int
    """whom the predicted letter had to beat: the letter that comes, or the second most probable one if that is it"""
    lead: float
    """by how much the predicted letter's logit leads its rival's: votes.sum() + bias"""
    votes: Array
    """(H,) what each unit of h adds to the lead: the difference of the two rows of the head's weights, times h"""
    bias: float
    """what the head's biases add to it"""

    @property
    def finite(self) -> bool:
        """Whether there is a prediction at all."""
        return bool(np.isfinite(self.probability))

    @property
    def right(self) -> bool:
        """Whether the most probable letter is the one that comes."""
        return self.finite and self.letter == self.target


@dataclass(frozen=True)
class Contrast:
    """The number of the state in which two steps differ most before they read their letter."""

    state: str
    """"h" or "c\""""
    unit: int
    here: float
    """before the one step"""
    there: float
    """before the other"""

    @property
    def gap(self) -> float:
        """How far the two numbers are apart; NaN if one of them is not finite."""
        return float(abs(self.here - self.there)) if np.isfinite([self.here, self.there]).all() else float("nan")


def unit_sums(model: Model, tr: Trace, x: Any, t: int, unit: int, most: int = 6) -> UnitSums:
    """Take the sums of `unit` in step `t` apart, the products with at most `most` units one by one.

    Args:
        model: a network of one layer and one direction.
        tr: its trace through `x`.
        x: (T, V), the sequence that was traced.
        t: the step, 0 to T - 1.
        unit: 0 to H - 1.
        most: list the products with this many units, at least 1, by their largest magnitude over the gates.

    Raises:
        ValueError: `t`, `unit` or `most` is out of range, or model, trace and `x` do not belong together.
    """
    terms = pre_activation_terms(model, tr, x, t)
    count, size = terms.input.shape
    unit = whole_number("unit", unit, 0, size - 1)
    most = whole_number("most", most, 1, 4096)
    weights = parameters_of(model)["recurrent.weight_hh_l0"].reshape(count, size, size)[:, unit]
    products = terms.hidden[:, unit] + 0.0  # a weight below 0 times a state of 0 is -0.0: 0 to a reader
    reach = np.nan_to_num(np.abs(products).max(axis=0), nan=np.inf)
    listed = np.sort(np.argsort(-reach, kind="stable")[:most])
    others = np.setdiff1d(np.arange(size), listed)
    with np.errstate(all="ignore"):
        recurrent = products.sum(axis=-1) + terms.b_hh[:, unit]
        rest = products[:, others].sum(axis=-1)
        reset = tr.r[t, unit] if "r" in terms.gates else None
        scaled = np.nan if reset is None else reset * recurrent[-1]
    return UnitSums(
        gates=terms.gates,
        size=size,
        letter=terms.input[:, unit],
        b_ih=terms.b_ih[:, unit],
        listed=tuple(listed.tolist()),
        states=tr.h_prev[t, listed],
        weights=weights[:, listed],
        products=products[:, listed],
        rest=rest,
        b_hh=terms.b_hh[:, unit],
        recurrent=recurrent,
        reset=None if reset is None else float(reset),
        scaled=float(scaled),
        total=terms.total[:, unit],
        result=np.array([getattr(tr, gate)[t, unit] for gate in terms.gates]),
    )


def state_parts(tr: Trace, t: int, unit: int) -> dict[str, float]:
    """The products that make the new state of `unit` in step `t`, by name; none for a plain network.

    - lstm: kept = f * c before, added = i * g, c = kept + added; squashed = tanh(c), h = o * squashed;
    - gru: kept = z * h before, rest = 1 - z, added = rest * n, h = kept + added.
    """
    cell = tr.layers[0]
    with np.errstate(all="ignore"):
        if cell.cell == "lstm":
            f, c_prev, i, g, c = (getattr(cell, name)[t, unit] for name in ("f", "c_prev", "i", "g", "c"))
            return {"kept": float(f * c_prev), "added": float(i * g), "squashed": float(np.tanh(c))}
        if cell.cell == "gru":
            z, h_prev, n = (getattr(cell, name)[t, unit] for name in ("z", "h_prev", "n"))
            return {"kept": float(z * h_prev), "rest": float(1 - z), "added": float((1 - z) * n)}
    return {}


def prediction(model: Model, tr: Trace, task: Task, t: int) -> Prediction:
    """What `model` predicts after step `t` of its trace `tr` through the text of `task`.

    Raises:
        ValueError: `t` is not a step, or the trace is of a bare recurrent layer.
    """
    if tr.logits is None or tr.probabilities is None:
        raise ValueError("`tr` must be the trace of a network with a head.")
    t = whole_number("t", t, 0, len(task.y) - 1)
    logits, target = tr.logits[t], int(task.y[t])
    probabilities = tr.probabilities[t]
    letter = int(probabilities.argmax())
    others = [k for k in np.argsort(-probabilities, kind="stable").tolist() if k != letter]
    rival = others[0] if letter == target else target
    parameters = parameters_of(model)
    weight, bias = parameters["head.weight"], parameters["head.bias"]
    with np.errstate(all="ignore"):
        votes = (weight[letter] - weight[rival]) * tr.h[t]
        lead = float(logits[letter] - logits[rival])
    return Prediction(
        letter=letter,
        probability=float(probabilities[letter]),
        target=target,
        certainty=float(probabilities[target]),
        rival=rival,
        lead=lead,
        votes=votes,
        bias=float(bias[letter] - bias[rival]),
    )


def followers(task: Task, letter: int) -> tuple[int, ...]:
    """The letters that come after `letter` somewhere in the text, by first appearance; several ask for memory."""
    return tuple(dict.fromkeys(task.y[task.x == letter].tolist()))


def telling_step(task: Task) -> int:
    """A step worth looking at: the last but a period, or more, whose letter alone does not settle the next one.

    Where every letter settles it, the last but a period.
    """
    last = len(task.x) - 1 - task.period
    several = np.array([len(followers(task, letter)) > 1 for letter in range(len(task.alphabet))])
    telling: NDArray[np.intp] = np.flatnonzero(several[task.x[: last + 1]])
    return int(telling[-1]) if len(telling) else last


def twin_step(task: Task, t: int) -> int | None:
    """The nearest step that reads the same letter as step `t` and must predict another; None if there is none.

    Of two equally near ones the earlier.

    Raises:
        ValueError: `t` is not a step.
    """
    t = whole_number("t", t, 0, len(task.x) - 1)
    twins = np.flatnonzero((task.x == task.x[t]) & (task.y != task.y[t]))
    return int(twins[np.abs(twins - t).argmin()]) if len(twins) else None


def contrast(tr: Trace, t: int, other: int, enough: float = 0.1) -> Contrast:
    """Where the state before step `t` differs most from the one before step `other`.

    Of the hidden state, or of an LSTM's cell state where no unit of the hidden state differs by `enough`.
    """
    found = _contrast(tr.h_prev, "h", t, other)
    cell_state = tr.layers[0].c_prev
    if cell_state is not None and found.gap < enough:
        inner = _contrast(cell_state, "c", t, other)
        return inner if inner.gap > found.gap else found
    return found


def _contrast(states: Array, name: str, t: int, other: int) -> Contrast:
    with np.errstate(all="ignore"):
        gaps = np.abs(states[t] - states[other])
    unit = int(np.where(np.isfinite(gaps), gaps, -1.0).argmax())
    return Contrast(name, unit, float(states[t, unit]), float(states[other, unit]))
