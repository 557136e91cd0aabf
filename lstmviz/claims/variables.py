"""The notes' table of the variables of RNN and LSTM, with the live numbers of a step in its cells.

What each variable takes of the past, what of the present, how it joins them, and the activation. The notes call the
input soy milk (콩물) and the state soy sauce (간장): an RNN ferments it at once, an LSTM in three steps, g, c and h
(1차, 2차, 3차 숙성). Their summary of the three writes a tanh into the second; their table and formula for c
have none, and neither has the LSTM.

The rows of the GRU are ours; the notes have no GRU.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.tracing import Trace
from lstmviz.tracing.arithmetic import GATES, pre_activation_terms


@dataclass(frozen=True)
class Variable:
    """One row of the table."""

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    name: str
    """h, g, c or n"""
    past: str | None
    """what of step t - 1 goes in: "h", "c", or None"""
    present: str
    """what of step t goes in: "x", "g", "c" or "n\""""
    joined: str | None
    """"weighted sum" (x to +: each multiplied by a matrix, then added), "gated sum" (each multiplied by a gate, unit by
    unit, then added), or None where there is nothing to join"""
    gates: tuple[str, ...]
    """the gates in it: of the past and of the present, or the one over the result; each read from x(t) and h(t-1)"""
    activation: str | None
    """"tanh", "relu", or None"""
    fermentation: int | None
    """1, 2 or 3 in an LSTM; 1 in an RNN, which has one; None where the notes have no word"""


TABLE = (
    Variable("rnn", "h", "h", "x", "weighted sum", (), "tanh", 1),
    Variable("rnn_relu", "h", "h", "x", "weighted sum", (), "relu", 1),
    Variable("lstm", "g", "h", "x", "weighted sum", (), "tanh", 1),
    Variable("lstm", "c", "c", "g", "gated sum", ("f", "i"), None, 2),
    Variable("lstm", "h", None, "c", None, ("o",), "tanh", 3),
    Variable("gru", "n", "h", "x", "weighted sum", ("r",), "tanh", None),
    Variable("gru", "h", "h", "n", "gated sum", ("z",), None, None),
)
"""The rows of all cells, in the order in which a step computes them."""


def rows(cell: str) -> tuple[Variable, ...]:
    """The rows of one cell."""
    return tuple(variable for variable in TABLE if variable.cell == cell)


@dataclass(frozen=True, eq=False)
class Live:
    """One row in numbers, at one step for one unit: past + present = joined, activation(joined) times a gate = value.

    In the precision of the trace. `joined` and `value` are the trace's own numbers; `past` and `present` add up to
    `joined` exactly in a gated sum, and up to the rounding of a sum in another order in a weighted one.
    """

    variable: Variable
    given_past: tuple[float, ...]
    """what comes of the past: the H numbers of h(t-1) for a weighted sum, the unit's own number else; () for none"""
    given_present: tuple[float, ...]
    """what comes of the present: the V numbers of x(t) for a weighted sum, the unit's own number else"""
    past: float | None
    """what the past adds: U h(t-1) + b_hh (times r in a GRU's n), f*c(t-1), or z*h(t-1); None where it adds nothing"""
    present: float
    """what the present adds: W x(t) + b_ih, or i*g, or (1-z)*n; where nothing is joined the number itself"""
    joined: float
    """their sum"""
    activated: float
    """after the activation; `joined` again where there is none"""
    gates: Mapping[str, float]
    """the gates of the row, 0 to 1"""
    value: float
    """the variable: o times `activated` for an LSTM's h, `activated` for all else"""


def live(model: nn.Module, tr: Trace, x: Any, t: int, unit: int) -> tuple[Live, ...]:
    """The rows of the table of `model`'s cell with the numbers of step `t` and `unit`.

    Args:
        model: the `Model`, nn.RNN, nn.LSTM or nn.GRU that was traced, of one layer and one direction.
        tr: its trace through `x`.
        x: (T, V), the sequence that was traced.
        t: the step, 0 to T - 1.
        unit: 0 to H - 1.

    Raises:
        ValueError: as `pre_activation_terms`; or there is no such unit.
    """
    terms = pre_activation_terms(model, tr, x, t)
    unit = whole_number("unit", unit, 0, terms.total.shape[1] - 1)
    cell = tr.layers[0].cell
    read = tuple(np.asarray(x, dtype=np.float64)[t].tolist())
    found = []
    for variable in rows(cell):
        gates = {name: getattr(tr, name)[t, unit] for name in variable.gates}
        value = getattr(tr, variable.name)[t, unit]
        if variable.joined == "weighted sum":
            row = GATES[cell].index(variable.name)
            past = terms.hidden[row, unit].sum() + terms.b_hh[row, unit]
            past = past * gates["r"] if "r" in gates else past
            present = terms.input[row, unit] + terms.b_ih[row, unit]
            joined = getattr(tr, f"{variable.name}_pre")[t, unit]
            given_past, given_present = tuple(tr.h_prev[t].tolist()), read
        else:
            past, present = _elementwise(variable, tr, t, unit, gates)
            joined = value if variable.activation is None else present
            given_past = () if variable.past is None else (float(_before(tr, variable.past)[t, unit]),)
            given_present = (float(getattr(tr, variable.present)[t, unit]),)
        activated = _activated(variable, joined)
        found.append(
            Live(
                variable=variable,
                given_past=given_past,
                given_present=given_present,
                past=None if past is None else float(past),
                present=float(present),
                joined=float(joined),
                activated=float(activated if "o" in gates else value),
                gates={name: float(gate) for name, gate in gates.items()},
                value=float(value),
            )
        )
    return tuple(found)


def _elementwise(variable: Variable, tr: Trace, t: int, unit: int, gates: Mapping[str, Any]) -> tuple[Any, Any]:
    """What past and present add where no matrix is between, by the very products of `cells`."""
    present = getattr(tr, variable.present)[t, unit]
    if variable.past is None:
        return None, present
    before = _before(tr, variable.past)[t, unit]
    if variable.cell == "gru":
        return gates["z"] * before, (1 - gates["z"]) * present
    return gates["f"] * before, gates["i"] * present


def _before(tr: Trace, name: str) -> Array:
    array = tr.h_prev if name == "h" else tr.layers[0].c_prev
    assert array is not None
    return array


def _activated(variable: Variable, joined: Any) -> Any:
    match variable.activation:
        case "tanh":
            return np.tanh(joined)
        case "relu":
            return np.maximum(joined, 0)
        case _:
            return joined
