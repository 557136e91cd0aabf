"""The arithmetic of one unit in one step: its sums as a table, and the equations that follow, with numbers in place."""

import html
from collections.abc import Iterable, Mapping

from lstmviz.figures.theme import Palette, number
from lstmviz.reading import UnitSums, state_parts
from lstmviz.tracing import Trace

_SUM = r"W x_t + b_{ih} + U h_{t-1} + b_{hh}"  # each gate has weights and biases of its own


def sums_table(sums: UnitSums, unit: int, letter: str, palette: Palette, cell: str, words: Mapping[str, str]) -> str:
    """HTML of the sums of one unit: a column a gate, a row a term, down to the sum and what becomes of it.

    Args:
        sums: the terms.
        unit: 0 to H - 1.
        letter: the letter that is read; it names the column of W.
        palette: the theme's.
        cell: "rnn", "rnn_relu", "lstm" or "gru".
        words: the labels `others` (units that are not listed, in words), `sum` and `result`.
    """
    j = unit + 1
    lines = [
        _line(f"W[:, “{html.escape(letter)}”]", map(number, sums.letter)),
        _line("b<sub>ih</sub>", map(number, sums.b_ih)),
    ]
    for k, state, weights, products in zip(sums.listed, sums.states, sums.weights.T, sums.products.T, strict=True):
        cells = [_product(weight, state, product) for weight, product in zip(weights, products, strict=True)]
        known = f"<i>h<sub>{k + 1}</sub> = {number(state)}</i>"
        lines.append(_line(f"U<sub>{j},{k + 1}</sub> × h<sub>{k + 1}</sub>{known}", cells))
    if words["others"]:
        lines.append(_line(html.escape(words["others"]), map(number, sums.rest)))
    lines.append(_line("b<sub>hh</sub>", map(number, sums.b_hh)))
    if sums.reset is not None:
        scaled = _product(sums.reset, sums.recurrent[-1], sums.scaled)
        lines.append(_line("r × (U h + b<sub>hh</sub>)", ["", "", scaled]))
    lines.append(_line(html.escape(words["sum"]), map(number, sums.total), "sum"))
    results = [
        f"<small>{squash(cell, gate)} →</small> <b>{number(value)}</b>"
        for gate, value in zip(sums.gates, sums.result, strict=True)
    ]
    lines.append(_line(html.escape(words["result"]), results, "result"))
    names = [f'<th style="color:{palette.identity(gate)}">{gate}<sub>{j}</sub></th>' for gate in sums.gates]
    style = f"--rule:{palette.rule};--quiet:{palette.quiet}"
    return f'<div class="sums" style="{style}"><table><tr><th></th>{"".join(names)}</tr>{"".join(lines)}</table></div>'


def equations(tr: Trace, t: int, unit: int) -> list[tuple[str, str]]:
    """LaTeX of the cell's equations, each as the lecture writes it, and with the numbers of `unit`.

    The first are those of the gates, whose numbers are in `sums_table`: there the second part is a formula too.
    """

    def at(name: str, last: bool = False) -> str:
        return _tex(getattr(tr, name)[t, unit], bracketed=not last)

    j = unit + 1
    parts = {name: _tex(value) for name, value in state_parts(tr, t, unit).items()}
    if tr.layers[0].cell == "lstm":
        return [
            (rf"i_t, f_t, o_t = \sigma({_SUM})", rf"g_t = \tanh({_SUM})"),
            (
                r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
                rf"c_{{t,{j}}} = {at('f')} \times {at('c_prev')} + {at('i')} \times {at('g')}"
                rf" = {parts['kept']} + {parts['added']} = {at('c', last=True)}",
            ),
            (
                r"h_t = o_t \odot \tanh(c_t)",
                rf"h_{{t,{j}}} = {at('o')} \times \tanh({at('c', last=True)})"
                rf" = {at('o')} \times {parts['squashed']} = {at('h', last=True)}",
            ),
        ]
    if tr.layers[0].cell == "gru":
        return [
            (
                rf"r_t, z_t = \sigma({_SUM})",
                r"n_t = \tanh(W x_t + b_{ih} + r_t \odot (U h_{t-1} + b_{hh}))",
            ),
            (
                r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
                rf"h_{{t,{j}}} = {parts['rest']} \times {at('n')} + {at('z')} \times {at('h_prev')}"
                rf" = {parts['added']} + {parts['kept']} = {at('h', last=True)}",
            ),
        ]
    name = r"\mathrm{ReLU}" if tr.layers[0].cell == "rnn_relu" else r"\tanh"
    return [
        (
            rf"h_t = {name}({_SUM})",
            rf"h_{{t,{j}}} = {name}({at('h_pre', last=True)}) = {at('h', last=True)}",
        )
    ]


def squash(cell: str, gate: str) -> str:
    """The non-linearity of a gate, as figures write it."""
    if cell == "rnn_relu":
        return "ReLU"
    return "tanh" if gate in ("g", "n", "h") else "σ"


def _line(name: str, cells: Iterable[str], kind: str = "") -> str:
    return f'<tr class="{kind}"><th>{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _product(one: float, other: float, product: float) -> str:
    return f"<small>{number(one)} × <u>{_bracketed(other)} =</u></small> {number(product)}"


def _bracketed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _tex(value: float, bracketed: bool = True) -> str:
    """A number in a formula; a negative one in brackets, unless it stands alone."""
    text = _bracketed(value) if bracketed else number(value)
    return text.replace("∞", r"\infty").replace("NaN", r"\text{NaN}")
