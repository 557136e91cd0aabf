"""One step drawn to scale in time, in torch's CPU path, on a graphics card and in the compiled loop; and its parts."""

import html
from dataclasses import replace
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from lstmviz.figures.theme import Palette
from lstmviz.figures.timing import Bar, Piece, one_step, time_text
from lstmviz.timing.results import Measurement
from lstmviz.timing.row import Row
from lstmviz.ui.background.measuring import the_line
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.views.timing.sources import Source, compiled_source, cpu_source, gpu_source
from lstmviz.ui.views.timing.words import row_words, way_words

PARTS = {
    "transfer": N_("transfer"),
    "forward": N_("forward"),
    "backward": N_("backward"),
    "update": N_("update"),
}
"""The parts of an epoch."""
_UNRECORDED = N_("forward under no_grad")
GROUPS = {
    "products": N_("products"),
    "numbers": N_("tanh, sums"),
    "views": N_("views"),
    "memory": N_("memory"),
    "autograd": N_("autograd"),
    "update": N_("update"),
    "others": N_("others"),
}
"""What torch's operators do, as the picture calls it."""


def show(row: Row, palette: Palette) -> None:
    """Draw the picture of a step of `row`, the same enlarged, and the table of its parts."""
    st.markdown("## " + _("One step: {row}").format(row=row_words(row)), anchors=False)
    found = _found(row)
    if not found:
        st.caption(_("Nobody has measured this row yet: press “Measure this row”."))
        return
    whole, zoomed = remembered(
        partial(_figures, row, palette), "one step", the_line().version, row, palette, language()
    )
    with st.container(key="timing_wide_step"):
        chart(whole, key="timing_step")
    if zoomed is not None:
        with st.container(key="timing_wide_zoom"):
            chart(zoomed, key="timing_step_zoom")
    st.html(_parts_table(found))
    for source, way, one in found.values():
        st.caption(_origin(source, way, one))


Found = dict[str, tuple[Source, str, Measurement]]


def _found(row: Row) -> Found:
    """The measurement of each way, and whose it is."""
    found: Found = {}
    for way, source in (("cpu", cpu_source(row)), ("gpu", gpu_source(row)), ("compiled", compiled_source(row))):
        one = source.results.best(row, way) if source else None
        if source is not None and one is not None:
            found[way] = (source, way, one)
    return found


def _figures(row: Row, palette: Palette) -> tuple[go.Figure, go.Figure | None]:
    """All to one scale, and what is shorter than the longest enlarged."""
    bars = {way: _bar(source, way, one) for way, (source, way, one) in _found(row).items()}
    longest = max(bar.length for bar in bars.values())
    titles = _("one step, to scale"), _("{time}: runs on")
    whole = one_step(list(bars.values()), palette, most=longest, titles=titles)
    shorter = [bar.length for bar in bars.values() if bar.length < longest / 3]
    if not shorter:
        return whole, None
    factor = longest / (1.15 * max(shorter))
    enlarged = _("the same, enlarged {factor} times").format(factor=f"{factor:,.0f}")
    return whole, one_step(list(bars.values()), palette, most=1.15 * max(shorter), titles=(enlarged, titles[1]))


def _bar(source: Source, way: str, one: Measurement) -> Bar:
    name = way_words(way) if way != "gpu" else source.name.removeprefix("NVIDIA ")
    colour = source.key if way == "gpu" and source.recorded else way
    if one.operations:
        pieces = [
            Piece(
                _(GROUPS.get(part.name, part.name)),
                part.nanoseconds,
                _("{count} calls a step").format(count=f"{part.calls:.3g}"),
            )
            for part in one.operations
        ]
        return Bar(name, colour, tuple(pieces))
    if way == "compiled" and one.tanh is not None:
        forward = one.parts.get("forward", one.epoch_seconds) / one.row.steps * 1e9
        tanh = min(one.tanh, forward)
        rest = [Piece(_("forward, the rest"), forward - tanh)]
        if one.row.backward:
            rest.append(Piece(_("backward and update"), max(one.step_nanoseconds - forward, 0.0)))
        return Bar(name, colour, (Piece("tanh", tanh, _("latency of one")), *rest))
    if one.parts:
        scale = 1e9 / one.row.steps
        pieces = [Piece(_(PARTS[part]), scale * one.parts[part]) for part in PARTS if one.parts.get(part)]
        return Bar(name, colour, tuple(pieces))
    alone = source.results.of(replace(one.row, backward=False), way) if one.row.backward else None
    if alone is not None and alone.step_nanoseconds < one.step_nanoseconds:
        first = Piece(_(PARTS["forward"]), alone.step_nanoseconds)
        return Bar(name, colour, (first, Piece(_("backward and update"), one.step_nanoseconds - first.nanoseconds)))
    return Bar(name, colour, (Piece(_("forward") if not one.row.backward else _("step"), one.step_nanoseconds),))


def _parts_table(found: Found) -> str:
    """Nanoseconds a step of each part, and how often something is called in an epoch."""
    heads = [*(_(label) for label in PARTS.values()), _("in all"), _(_UNRECORDED), _("calls an epoch")]
    rows = []
    for source, way, one in found.values():
        per_step = 1e9 / one.row.steps
        cells = [time_text(per_step * one.parts[part]) if part in one.parts else "—" for part in PARTS]
        alone = one.parts.get("unrecorded")
        cells += [
            time_text(one.step_nanoseconds),
            "—" if alone is None else time_text(per_step * alone),
            "—" if one.launches is None else f"{one.launches:,.0f}",
        ]
        name = f"{way_words(way)} ({source.name})"
        rows.append(f"<tr><th>{html.escape(name)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    head = "".join(f"<th>{head}</th>" for head in heads)
    title = _("Time of a step")
    top = f"<thead><tr><th>{title}</th>{head}</tr></thead>"
    return f'<div class="timing"><table>{top}<tbody>{"".join(rows)}</tbody></table></div>'


def _origin(source: Source, way: str, one: Measurement) -> str:
    """Where the numbers of a bar come from."""
    machine = source.results.machine
    what = machine.gpu if way == "gpu" else machine.cpu
    versions = f"torch {machine.versions['torch']}" if "torch" in machine.versions and way != "compiled" else ""
    parts = [f"{way_words(way)}: {source.dated}", what, versions]
    if one.operations:
        parts.append(_("shares of the operators by torch's profiler, scaled to the time without it"))
    return " · ".join(part for part in parts if part)
