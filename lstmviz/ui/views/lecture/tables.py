"""The tables of the lecture page as HTML: printed numbers and ours in one field, one above the other."""

import html
from collections.abc import Sequence
from functools import lru_cache

from lstmviz.figures.theme import symbol
from lstmviz.lecture import SOURCES, Comparison, Group, OutputFormula, Result, Way
from lstmviz.tasks import PatternTask
from lstmviz.ui.frame import TORCH_NAMES
from lstmviz.ui.frame.language import N_, _, speaking

RUNS = {
    "zeros": N_("from a state of zeros"),
    "last_state": N_("from the state in which that pass ended"),
    "replay": N_("as the notes' loop replays it"),
    "recurrence": N_("as the network runs: torch's own numbers, c₁ to 2%, the others to 0.005"),
}
"""What the numbers were read from."""

WAY_STEPS = (0, 1, 2, -3, -2, -1)
"""The steps whose probabilities the notes print."""


def legend(apart: bool) -> str:
    """A field of the tables with the meaning of its lines."""
    texts = [("printed", _("the notes")), ("ours agrees", _("computed here"))]
    texts += [("apart", _("their difference"))] if apart else []
    lines = "".join(f'<span class="{sign}">{text}</span>' for sign, text in texts)
    return f'<div class="notes key"><table><tr><td>{lines}</td></tr></table></div>'


@lru_cache(maxsize=64)
def outcome_and_numbers(result: Result, apart: bool, code: str) -> str:
    """How a group came out, and its numbers, in the language `code`; kept, because it is the same for all who look."""
    with speaking(code):
        return outcome(result) + numbers(result, apart)


def outcome(result: Result) -> str:
    """One line: how many numbers agree, how far they are apart at most, and how long it took."""
    agree = result.agreeing == result.numbers
    text = _("{agreeing} of {numbers} agree").format(agreeing=result.agreeing, numbers=result.numbers)
    first = f'<b class="{_sign(agree)}">{"✓" if agree else "✗"} {text}</b>'
    texts = []
    for from_torch, text in ((False, _("from the notes at most {size}")), (True, _("from torch's run at most {size}"))):
        compared = [c for c in result.comparisons if (c.line.tolerance is not None) == from_torch]
        sizes = [size for c in compared for size in c.differences if size is not None]
        texts += [text.format(size=power(max(sizes)))] if sizes else []
    texts.append(_("computed in {seconds} s").format(seconds=f"{result.seconds:.2f}"))
    check, module = _("equals {module} to {difference}"), TORCH_NAMES[result.group.model.cell]
    texts.append(check.format(module=module, difference=power(result.difference_from_torch)))
    return f'<div class="outcome">{first}{"".join(f"<span>{text}</span>" for text in texts)}</div>'


def waiting(text: str) -> str:
    """One line in the place of the outcome, until there is one."""
    return f'<div class="outcome"><span>{text}</span></div>'


def numbers(result: Result, apart: bool) -> str:
    """The numbers of a group: a table for each run that they are read from, and for probabilities one of their own.

    `apart`: with the differences.
    """
    found = []
    for run, probabilities in dict.fromkeys((c.line.run, c.line.quantity == "yhat") for c in result.comparisons):
        chosen = [c for c in result.comparisons if c.line.run == run and (c.line.quantity == "yhat") == probabilities]
        found.append(f"<div><p>{_(RUNS[run])}</p>{_table(result.group, chosen, apart)}</div>")
    return f'<div class="notes tables">{"".join(found)}</div>'


def way(found: Way, task: PatternTask) -> str:
    """Some numbers of a way: probabilities at the notes' steps; or h and c after the first letter and the last."""
    if found.c is None:
        names = [f"ŷ {html.escape(letter)}" for letter in task.alphabet]
        rows = [(step, [f"{value:.5f}" for value in found.yhat[step]]) for step in WAY_STEPS]
    else:
        names = [f"{sign}<sub>{unit + 1}</sub>" for sign in "hc" for unit in range(found.h.shape[1])]
        rows = [(step, [f"{value:.5f}" for value in (*found.h[step], *found.c[step])]) for step in (0, -1)]
    body = [[f"<th>{_minus(str(step))}</th>", *(f"<td>{_minus(text)}</td>" for text in texts)] for step, texts in rows]
    return f'<div class="notes">{_html(["t", *names], body)}</div>'


def formulas(found: Sequence[OutputFormula], result: Result) -> str:
    """The output of the untrained LSTM by both formulas, beside what the notes print."""
    printed = {
        at: text
        for line in result.group.lines
        if line.quantity == "h"
        for at, text in zip(line.at, line.expected, strict=True)
    }
    body = []
    for formula in found:
        text = printed[formula.step, formula.unit]
        row = [
            f"<th>h<sub>{formula.unit + 1}</sub></th>",
            f"<td>{_minus(str(formula.step))}</td>",
            f"<td>{_minus(text)}</td>",
        ]
        for value in (formula.outside, formula.inside):
            agrees = f"{value:.4f}" == text
            mark = "✓" if agrees else "✗"
            row.append(f'<td><span class="ours {_sign(agrees)}">{_minus(f"{value:.4f}")} {mark}</span></td>')
        body.append(row)
    return f'<div class="notes">{_html(["", "t", _("the notes"), "o ⊙ tanh(c)", "tanh(o ⊙ c)"], body)}</div>'


def sources() -> str:
    """Who the numbers come from, for the foot of the page."""
    lecture, *others = (html.escape(source) for source in SOURCES.values())
    first, rest = _("The notes of this page: {source}."), _("Other notes that the examples build on: {sources}.")
    text = f"<p>{first.format(source=lecture)}</p><p>{rest.format(sources='; '.join(others))}</p>"
    return f'<div class="sources">{text}</div>'


def power(size: float) -> str:
    """A small difference by its size alone: 3e−06."""
    return _minus(f"{size:.0e}") if size else "0"


def _table(group: Group, comparisons: Sequence[Comparison], apart: bool) -> str:
    """Steps to the right, units downwards."""
    rows: dict[tuple[str, int], dict[int, str]] = {}
    for comparison in comparisons:
        for k, (step, unit) in enumerate(comparison.line.at):
            rows.setdefault((comparison.line.quantity, unit), {})[step] = _field(comparison, k, apart)
    steps = sorted({step for row in rows.values() for step in row}, key=lambda step: (step < 0, step))
    head = [f"{_minus(str(step))}<br><b>{html.escape(group.task.labels[step])}</b>" for step in steps]
    body = [
        [f"<th>{_name(group, *key)}</th>", *(row.get(step, "<td></td>") for step in steps)] for key, row in rows.items()
    ]
    return _html(["t", *head], body)


def _field(comparison: Comparison, k: int, apart: bool) -> str:
    printed = f'<span class="printed">{_minus(comparison.line.expected[k])}</span>'
    agrees, size = comparison.agrees[k], comparison.differences[k]
    text = _minus(comparison.rounded[k])
    ours = f'<span class="ours {_sign(agrees)}">{text if agrees else f"✗ {text}"}</span>'
    difference = "·" if size is None else power(size)
    return f"<td>{printed}{ours}{f'<span class=apart>{difference}</span>' if apart else ''}</td>"


def _name(group: Group, quantity: str, unit: int) -> str:
    if quantity == "yhat":
        return f"{symbol(quantity)} {html.escape(group.task.alphabet[unit])}"
    return f"{symbol(quantity)}<sub>{unit + 1}</sub>"


def _html(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    first = "".join(f"<th>{name}</th>" for name in head)
    rest = "".join(f"<tr>{''.join(row)}</tr>" for row in body)
    return f"<table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table>"


def _sign(agrees: bool) -> str:
    return "agrees" if agrees else "differs"


def _minus(text: str) -> str:
    return text.replace("-", "−")
