"""The formulas of one step of backpropagation for one unit, each with its numbers: CSC321's exercise, worked.

In names and formulas units, letters and inputs are counted from 1, as readers count them.

The exercise (University of Toronto, CSC321, "LSTM's backpropagation for one unit") asks for the derivatives by h, c,
the gates and a weight w_ix, in terms of those of the step after. Here they stand in that order, for every cell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.gradients.backward import Backward, LayerBackward
from lstmviz.gradients.steps import PRE, RECURRENT
from lstmviz.tasks import Task

_SIGN = {"i_pre": "a_i", "f_pre": "a_f", "g_pre": "a_g", "o_pre": "a_o", "r_pre": "a_r", "z_pre": "a_z", "n_pre": "a_n"}
_SIGN |= {"h_pre": "a", "n_hidden": "m"}  # m = U_n h + b_hn
_GATE = {name: name.removesuffix("_pre").removesuffix("_hidden") for name in _SIGN}


class Factor(NamedTuple):
    """One factor of a product."""

    name: str
    """in LaTeX: "o", "1 - \\tanh^2 c", ..."""
    value: float
    one_less: tuple[float, int] | None = None
    """(b, p) where the factor is 1 - b^p, and is to be read so"""

    def numbers(self, digits: int = 3) -> str:
        """The factor with its number in place: "0.5", "(-0.2)", "(1 - 0.3^2)"."""
        if self.one_less is None:
            return _shown(self.value, digits)
        base, power = self.one_less
        return f"(1 - {_shown(base, digits)}{'^2' if power == 2 else ''})"


@dataclass(frozen=True)
class Term:
    """A product: one way on which the loss reaches a value."""

    name: str
    """where it comes from: "head", "step t+1", "gate i, unit 2", ..."""
    factors: tuple[Factor, ...]
    value: float
    """their product"""


@dataclass(frozen=True)
class Line:
    """A derivative as the sum of its terms."""

    name: str
    """what the loss is derived by: "h", "c", "i", ..., or "above" and "next" for the two parts of dL/dh"""
    formula: str
    """the formula in LaTeX, with symbols; index t is left out where all stand at this step"""
    terms: tuple[Term, ...]
    """none where nothing comes: the value is 0"""
    value: float
    """what the way back found, in float64; the terms add up to it to rounding"""

    def numbers(self, digits: int = 3) -> str:
        """The right side with its numbers in place: "0.12 * 0.5 * (1 - 0.3^2) + 0.4 * 0.99"."""
        products = (" * ".join(factor.numbers(digits) for factor in term.factors) for term in self.terms)
        return " + ".join(products) or "0"


def backward_lines(back: Backward, t: int, unit: int, *, layer: int = -1, read: int | None = None) -> tuple[Line, ...]:
    """Everything that backpropagation computes at step `t` for one unit, in the order in which it does.

    Args:
        back: the way back of the whole network.
        t: the step.
        unit: the unit of the layer, from 0.
        layer: the layer; the last one if left out.
        read: which of the numbers that the layer reads the weight w_ix, and its like of the other gates, belongs to;
            the largest at step t if left out, which is the letter read.

    Raises:
        ValueError: a number is out of range.

    Returns:
        The lines "above" (from the head or the layer above), "next" (from step t + 1), "h"; then what the cell has, in
        `LayerBackward.d`'s order; then for each gate "W_i" and so on, the gradient of its weight as it has been summed
        on the way back, with this step's part in it.
    """
    t = whole_number("t", t, 0, len(back.steps) - 1)
    count = len(back.layers)
    layer = whole_number("layer", layer, -count, count - 1) % count
    unit = whole_number("unit", unit, 0, back.networks.hidden_size - 1)
    own = back.layers[layer]
    inputs = own.x.shape[-1]
    k = int(np.abs(own.x[t]).argmax()) if read is None else whole_number("read", read, 0, inputs - 1)
    found = [_above(back, layer, t, unit), _next(back, layer, t, unit), _whole_h(own, t, unit)]
    match back.networks.cell:
        case "lstm":
            found += _lstm(own, t, unit)
        case "gru":
            found += _gru(own, t, unit)
        case cell:
            found.append(_plain(cell, own, t, unit))
    found += [_weight(own, name, t, unit, k) for name in PRE[back.networks.cell]]
    return tuple(found)


def _above(back: Backward, layer: int, t: int, j: int) -> Line:
    """What reaches h within the step."""
    value = float(back.layers[layer].from_above[t, j])
    if layer < len(back.layers) - 1:
        upper, w = back.layers[layer + 1], back.networks.layers[layer + 1].ih
        formula = r"\sum_{\text{gates}} \sum_k W_{kj} \, \frac{\partial L}{\partial a_k}"
        return Line("above", formula, tuple(_through(w, PRE[back.networks.cell], upper, t, j, "W")), value)
    assert back.networks.head is not None
    weights = back.networks.head[0][:, j]
    told = r"\hat{y}" if back.task.of_numbers else "y"  # of numbers y is the target
    terms = (
        _term(f"logit {v}", Factor(f"V_{{{v},{j + 1}}}", w), Factor(rf"\partial L/\partial {told}_{{{v}}}", e))
        for v, (w, e) in enumerate(zip(weights.tolist(), back.error[t].tolist(), strict=True), start=1)
    )
    counts = back.task.scored[t] if back.at is None else t == back.at
    return Line("above", rf"\sum_v V_{{vj}} \, {_error(back.task)}", tuple(terms) if counts else (), value)


def _error(task: Task) -> str:
    """The derivative of a step's loss by what the head tells, in LaTeX."""
    if task.of_numbers:
        return r"\frac{2}{P} \, (\hat{y}_v - y_v)"
    target = "next letter" if task.answers == task.alphabet else "right answer"
    return rf"(p_v - [v = \text{{{target}}}])"


def _next(back: Backward, layer: int, t: int, j: int) -> Line:
    """What reaches h from the step after, by way of each gate's weights."""
    cell, own = back.networks.cell, back.layers[layer]
    formula = r"\sum_{\text{gates}} \sum_k U_{kj} \, \frac{\partial L}{\partial a_{k,t+1}}"
    terms: tuple[Term, ...] = ()
    if cell == "gru":
        formula = r"\frac{\partial L}{\partial h_{t+1}} \, z_{t+1} + " + formula
    if t + 1 < len(own.from_next):
        terms = tuple(_through(back.networks.layers[layer].hh, RECURRENT[cell], own, t + 1, j, "U"))
        if cell == "gru":
            kept = _term("kept by z", _d(own, "h", t + 1, j, "h_{t+1}"), Factor("z_{t+1}", _at(own, "z", t + 1, j)))
            terms = (kept, *terms)
    return Line("next", formula, terms, float(own.from_next[t, j]))


def _through(w: Array, names: tuple[str, ...], to: LayerBackward, t: int, j: int, sign: str) -> Iterable[Term]:
    """A term for each row of a stacked matrix, (G*H, K), that column j takes part in."""
    size = to.d["h"].shape[-1]
    for g, name in enumerate(names):
        for k in range(size):
            weight = Factor(f"{sign}_{{{_GATE[name]},{k + 1},{j + 1}}}", float(w[g * size + k, j]))
            of_unit = f"{_SIGN[name]}[{k + 1}]"
            yield _term(f"gate {_GATE[name]}, unit {k + 1}", weight, _d(to, name, t, k, of_unit))


def _whole_h(own: LayerBackward, t: int, j: int) -> Line:
    above = Term("above", (Factor("above", float(own.from_above[t, j])),), float(own.from_above[t, j]))
    following = Term("step t+1", (Factor("next", float(own.from_next[t, j])),), float(own.from_next[t, j]))
    formula = r"\frac{\partial L}{\partial h} = \text{above} + \text{next}"
    return Line("h", formula, (above, following), _dd(own, "h", t, j))


def _plain(cell: str, own: LayerBackward, t: int, j: int) -> Line:
    """a, the sum of a tanh or ReLU network."""
    dh = _d(own, "h", t, j)
    if cell == "rnn":
        return _line(
            own,
            t,
            j,
            "h_pre",
            r"\frac{\partial L}{\partial h} \, (1 - h^2)",
            [[dh, _slope("h", _at(own, "h", t, j), 2)]],
        )
    passes = Factor("[a > 0]", float(_at(own, "h_pre", t, j) > 0))
    return _line(own, t, j, "h_pre", r"\frac{\partial L}{\partial h} \, [a > 0]", [[dh, passes]])


def _lstm(own: LayerBackward, t: int, j: int) -> list[Line]:
    """c, the gates and the sums inside them."""
    i, f, g, o, c_prev = (_at(own, name, t, j) for name in ("i", "f", "g", "o", "c_prev"))
    tanh_c = float(np.tanh(_at(own, "c", t, j)))
    dh, dc = _d(own, "h", t, j), _d(own, "c", t, j)
    of_c = [[dh, Factor("o", o), _slope(r"\tanh c", tanh_c, 2)]]
    if t + 1 < len(own.from_next):
        of_c.append([_d(own, "c", t + 1, j, "c_{t+1}"), Factor("f_{t+1}", _at(own, "f", t + 1, j))])
    by_c = r"\frac{\partial L}{\partial h} \, o \, (1 - \tanh^2 c) + \frac{\partial L}{\partial c_{t+1}} \, f_{t+1}"
    dl = r"\frac{\partial L}{\partial %s} \, %s"
    found = [
        _line(own, t, j, "c", by_c, of_c, ("within the step", "along c from step t+1")),
        _line(own, t, j, "o", dl % ("h", r"\tanh c"), [[dh, Factor(r"\tanh c", tanh_c)]]),
        _line(own, t, j, "i", dl % ("c", "g"), [[dc, Factor("g", g)]]),
        _line(own, t, j, "f", dl % ("c", "c_{t-1}"), [[dc, Factor("c_{t-1}", c_prev)]]),
        _line(own, t, j, "g", dl % ("c", "i"), [[dc, Factor("i", i)]]),
    ]
    found += [_sigmoid(own, t, j, name, value) for name, value in (("i", i), ("f", f))]
    slope = [[_d(own, "g", t, j), _slope("g", g, 2)]]
    return [*found, _line(own, t, j, "g_pre", dl % ("g", "(1 - g^2)"), slope), _sigmoid(own, t, j, "o", o)]


def _gru(own: LayerBackward, t: int, j: int) -> list[Line]:
    """n, z, r, what the state says to n, and the sums."""
    r, z, n, m, h_prev = (_at(own, name, t, j) for name in ("r", "z", "n", "n_hidden", "h_prev"))
    dh, a_n = _d(own, "h", t, j), _d(own, "n_pre", t, j)
    dl = r"\frac{\partial L}{\partial %s} \, %s"
    apart = Factor("h_{t-1} - n", h_prev - n)
    return [
        _line(own, t, j, "n", dl % ("h", "(1 - z)"), [[dh, _slope("z", z, 1)]]),
        _line(own, t, j, "z", dl % ("h", "(h_{t-1} - n)"), [[dh, apart]]),
        _line(own, t, j, "n_pre", dl % ("n", "(1 - n^2)"), [[_d(own, "n", t, j), _slope("n", n, 2)]]),
        _line(own, t, j, "r", dl % ("a_n", "m"), [[a_n, Factor("m", m)]]),
        _line(own, t, j, "n_hidden", dl % ("a_n", "r"), [[a_n, Factor("r", r)]]),
        _sigmoid(own, t, j, "r", r),
        _sigmoid(own, t, j, "z", z),
    ]


def _sigmoid(own: LayerBackward, t: int, j: int, name: str, value: float) -> Line:
    """The sum inside a gate: the slope of the sigmoid is value * (1 - value)."""
    factors = [_d(own, name, t, j), Factor(name, value), _slope(name, value, 1)]
    return _line(
        own, t, j, f"{name}_pre", rf"\frac{{\partial L}}{{\partial {name}}} \, {name} \, (1 - {name})", [factors]
    )


def _weight(own: LayerBackward, name: str, t: int, j: int, k: int) -> Line:
    """The weight from number k that is read to a gate's sum: what later steps brought, and what this one adds."""
    gate = _GATE[name]
    slopes, read = own.d[name][:, j], own.x[:, k]
    later = float(slopes[t + 1 :] @ read[t + 1 :])
    terms = (
        Term("steps after t", (Factor("later", later),), later),
        _term("step t", _d(own, name, t, j), Factor(f"x_{{{k + 1}}}", float(read[t]))),
    )
    at = "a_s" if _SIGN[name] == "a" else f"a_{{{gate},s}}"
    formula = rf"\sum_{{s \geq t}} \frac{{\partial L}}{{\partial {at}}} \, x_{{{k + 1},s}}"
    return Line(f"W_{gate}", formula, terms, float(slopes[t:] @ read[t:]))


def _line(
    own: LayerBackward, t: int, j: int, name: str, right: str, products: list[list[Factor]], names: tuple[str, ...] = ()
) -> Line:
    """dL/d`name` as a sum of products."""
    left = rf"\frac{{\partial L}}{{\partial {_SIGN.get(name, name)}}} = "
    terms = tuple(_term(names[n] if names else "within the step", *factors) for n, factors in enumerate(products))
    return Line(name, left + right, terms, _dd(own, name, t, j))


def _term(name: str, *factors: Factor) -> Term:
    return Term(name, factors, prod(factor.value for factor in factors))


def _slope(name: str, base: float, power: int) -> Factor:
    """1 - name, or 1 - name^2."""
    squared = r"\tanh^2 c" if name == r"\tanh c" else f"{name}^2"
    return Factor(f"1 - {squared if power == 2 else name}", 1 - base**power, (base, power))


def _d(own: LayerBackward, name: str, t: int, j: int, sign: str | None = None) -> Factor:
    """A derivative as a factor."""
    return Factor(rf"\partial L/\partial {sign or _SIGN.get(name, name)}", _dd(own, name, t, j))


def _dd(own: LayerBackward, name: str, t: int, j: int) -> float:
    return float(own.d[name][t, j])


def _at(own: LayerBackward, name: str, t: int, j: int) -> float:
    return float(own.values[name][t, j])


def _shown(value: float, digits: int) -> str:
    """`value` to so many digits, in brackets if it is negative."""
    text = f"{value:.{digits}g}"
    return f"({text})" if text.startswith("-") else text
