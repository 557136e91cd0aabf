"""The paper of 1997: what it printed, and beside it what its cell and those of today were measured to do here."""

import html
from functools import partial
from pathlib import Path

import streamlit as st

from lstmviz.figures.theme import whole_share
from lstmviz.paper.cell import BlockConfig
from lstmviz.paper.measured import Measured, shipped
from lstmviz.paper.rows import Published
from lstmviz.paper.table import Experiment, Line, Needed, paper_table
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import N_, _, language

_CSS = Path(__file__).with_name("paper.css")
_TITLES = {
    "embedded_reber": N_("Table 1: embedded Reber grammar"),
    "adding": N_("Table 7: adding problem, T = 100"),
}
_WORDS = {"some fraction": N_("some fraction"), "0": "0%"}


def show() -> None:
    """Both tables, what they say, and in what ours differ from the paper."""
    measured = remembered(shipped, "paper measured")
    st.html(f"<style>{_CSS.read_text(encoding='utf-8')}</style>")
    for experiment in remembered(paper_table, "paper table"):
        st.markdown("## " + _(_TITLES[experiment.task]), anchors=False)
        table = remembered(partial(table_of, experiment), "paper drawn", experiment.task, language())
        st.html(table)
        st.markdown(verdict(experiment))
    st.caption(_provenance(measured))
    with st.expander(_("In what ours differ from the paper"), icon=":material/difference:", key="paper_deviations"):
        st.markdown("\n".join(f"{number}. {text}" for text, number in _deviations().items()))


def table_of(experiment: Experiment) -> str:
    """The paper's rows, below each those that repeat it here, and the cells of today at the end."""
    heads = (
        _("network"),
        _("weights"),
        _("learning rate"),
        _("succeeded"),
        _("sequences until then, mean"),
        _("median of all"),
        _("differs by"),
    )
    rows = []
    for published in experiment.published:
        rows.append(_published(published))
        rows += [_line(line) for line in experiment.beside(published.key)]
    rows += [_line(line) for line in experiment.beside(None)]
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="paper_table" tabindex="0">{table}</div>'


def verdict(experiment: Experiment) -> str:
    """Whether the paper's cell succeeds here as often as printed, and how the cells of today do."""
    own = [line for line in experiment.lines if isinstance(line.row.network, BlockConfig)]
    today = [line for line in experiment.lines if not isinstance(line.row.network, BlockConfig)]
    said = []
    if own:
        best = max(own, key=lambda line: line.rate.low)
        below = all(line.rate.high < _printed(experiment, line) for line in own)
        if below:
            text = _("The paper's success is not reached here: its own cell at its best got {rate} ({name}).")
            said.append(text.format(rate=_rate(best), name=_name(best)))
        else:
            worst = min(own, key=lambda line: line.rate.high)
            text = _(
                "The paper's own cell at its best succeeded in {rate} ({name}), at its worst in {low_rate} "
                "({low_name})."
            )
            said.append(text.format(rate=_rate(best), name=_name(best), low_rate=_rate(worst), low_name=_name(worst)))
        if known := [line.missed for line in own if line.missed is not None]:
            failed, remembered = (sum(counts) for counts in zip(*known, strict=True))
            text = _(
                "Of {failed} of its networks that failed, {remembered} were wrong nowhere but at the T or P before "
                "the end."
            )
            said.append(text.format(failed=failed, remembered=remembered))
    if today:
        best = max(today, key=lambda line: line.rate.low)
        text = _("Of today's cells of about as many weights the best got {rate}: {name}, learning rate {lr:g}.")
        said.append(text.format(rate=_rate(best), name=_name(best), lr=best.row.lr))
    return " ".join(said)


def _printed(experiment: Experiment, line: Line) -> float:
    """The share that the paper printed for the row that a line repeats."""
    [published] = [one for one in experiment.published if one.key == line.row.beside]
    return float(published.success) / 100


def _published(row: Published) -> str:
    success = _(_WORDS[row.success]) if row.success in _WORDS else f"{row.success}%"
    sequences = f"{'> ' if row.at_least else ''}{row.sequences:,}"
    cells = (row.weights, "–" if row.lr is None else f"{row.lr:g}", success, sequences, "", "")
    name = _("paper: {method}, {hidden}").format(method=row.method, hidden=row.hidden)
    return _row(name, cells, "published")


def _line(line: Line) -> str:
    numbers = _deviations()
    own = (numbers[text] for text in line.deviations(language()))
    cells = (
        f"{line.row.weights}",
        f"{line.row.lr:g}",
        _rate(line),
        _needed(line.mean),
        _needed(line.median),
        ", ".join(map(str, sorted(own))),
    )
    return _row(_name(line), cells, "ours" if line.row.beside else "today")


def _row(name: str, cells: tuple[str, ...], kind: str) -> str:
    shown = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f'<tr class="{kind}"><th scope="row">{html.escape(name)}</th>{shown}</tr>'


def _name(line: Line) -> str:
    network = line.row.network
    if not isinstance(network, BlockConfig):
        return _("{cell}, {units} nodes, Adam").format(cell=CELL_NAMES[network.cell], units=network.hidden_size)
    if network.linear:
        text = _("here: g ±{g:g}, h ±{h:g}, linear output")
    elif line.row.update == "step":
        text = _("here: g ±{g:g}, h ±{h:g}, each step")
    else:
        text = _("here: g ±{g:g}, h ±{h:g}")
    return text.format(g=network.g, h=network.h)


def _rate(line: Line) -> str:
    rate = line.rate
    text = _("{solved} of {trials} ({low} to {high})")
    return text.format(solved=rate.solved, trials=rate.trials, low=whole_share(rate.low), high=whole_share(rate.high))


def _needed(needed: Needed | None) -> str:
    if needed is None or needed.value is None:
        return "–"
    ends = [f"{end:,.0f}" for end in (needed.low, needed.high) if end is not None]
    return f"{needed.value:,.0f}" + (f" ({ends[0]}–{ends[1]})" if len(ends) == 2 else "")


def _deviations() -> dict[str, int]:
    """Each sentence of the rows on display, with its number."""
    found = dict[str, int]()
    for experiment in remembered(paper_table, "paper table"):
        for line in experiment.lines:
            for text in line.deviations(language()):
                found.setdefault(text, len(found) + 1)
    return found


def _provenance(measured: Measured) -> str:
    text = _(
        "The paper: Hochreiter & Schmidhuber, Neural Computation 9 (1997). Ours: `python -m lstmviz.paper run`, {date}"
        ", torch {torch}; intervals of 95%. A network that has not succeeded after 60,000 strings (200,000 sums) "
        "counts as one that does not."
    )
    return text.format(date=measured.date, torch=measured.versions["torch"])
