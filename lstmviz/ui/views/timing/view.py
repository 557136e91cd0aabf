"""The parts of the page of timing: what is asked for, what waits, and the section that is chosen."""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from lstmviz.figures.theme import Palette
from lstmviz.figures.timing import time_text
from lstmviz.timing.compiled import available
from lstmviz.timing.estimate import RefusedError, estimate
from lstmviz.timing.job import Job
from lstmviz.timing.row import NOTES, Row, rows_against
from lstmviz.timing.torch_work import gpu
from lstmviz.ui import frame
from lstmviz.ui.background.bounds import POLL
from lstmviz.ui.background.measuring import Asked, own_desk, the_line
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.controls.settings import Settings
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.frame.requests.url import rerun
from lstmviz.ui.views.timing import curves, machines, moral, table, why
from lstmviz.ui.views.timing.settings import PRESETS, fields, row_of, settings
from lstmviz.ui.views.timing.words import failure_words, refusal_words, row_words, way_words
from lstmviz.ui.waiting.training import duration, place_in_line

__all__ = ["chips", "controls", "section", "settings"]

_CHARTS = {"steps": N_("steps"), "nodes": N_("nodes"), "batch": N_("batch")}
_CSS = Path(__file__).with_name("timing.css")
_START = 4.0  # seconds until a process has loaded torch
_SECTIONS = {
    "table": N_("The six rows"),
    "step": N_("One step"),
    "curves": N_("Steps, nodes, batch"),
    "machines": N_("Side by side"),
}


def chips(chosen: Settings) -> None:
    """The row that is chosen."""
    row = row_of(chosen)
    frame.chip_row([("", row_words(row)), (_("epochs"), f"{row.epochs:,}")])


def controls(chosen: Settings) -> None:
    """The presets, the form with all settings behind a button, what it costs, and what is under way."""
    chosen.controls(PRESETS, fields, _("Choose this row"))
    row = row_of(chosen)
    refused = ""
    try:
        one = _("this row about {time}").format(time=duration(_seconds([row], chosen)))
    except RefusedError as error:
        refused, one = refusal_words(error), ""
    with st.container(horizontal=True, vertical_alignment="center", key="timing_ask"):
        if not refused:
            st.button(
                _("Measure this row"), type="primary", icon=":material/timer:", on_click=ask, args=([row], chosen)
            )
        st.button(_("Measure all six"), on_click=ask, args=(NOTES, chosen))
        times = [one, _("all six about {time}").format(time=duration(_seconds(NOTES, chosen)))]
        text = _("{ways}, each in a process of its own: {times}").format(
            ways=", ".join(way_words(way) for way in _ways()), times=", ".join(filter(None, times))
        )
        st.caption(text)
    if refused:
        st.markdown(f":red[:material/error: {refused}]")
    busy = own_desk().busy
    st.fragment(_live, run_every=POLL if busy else None)(the_line().version, busy)


def section(chosen: Settings, palette: Palette) -> tuple[str, dict[str, Value]]:
    """Draw the section that the URL asks for; returns the variant of the text and what it says."""
    row = row_of(chosen)
    name = choose_section("time_section", {key: _(label) for key, label in _SECTIONS.items()})
    st.html(_CSS)
    match name:
        case "table":
            table.show(row)
        case "step":
            why.show(row, palette)
        case "curves":
            _curve_buttons(row, chosen)
            curves.show(row, palette)
        case _:
            machines.show(row)
    return "" if name == "table" else name, moral.values(row)


def _curve_buttons(row: Row, chosen: Settings) -> None:
    """Have a chart measured on this machine, for the row's cell, with backward or without."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="timing_curve_buttons"):
        st.caption(_("Measure here, against:"), width="content")
        for what, label in _CHARTS.items():
            rows = [one for one in rows_against(what, row.cell, backward=(row.backward,)) if _is_possible(one, chosen)]
            st.button(
                _(label),
                help=_("Takes about {time}.").format(time=duration(_seconds(rows, chosen))),
                on_click=ask,
                args=(rows, chosen),
                key=f"timing_measure_{what}",
            )


def _is_possible(row: Row, chosen: Settings) -> bool:
    try:
        estimate(row, chosen.values["seconds"])
    except RefusedError:
        return False
    return True


def ask(rows: Iterable[Row], chosen: Settings) -> None:
    """Have rows measured in every way that this machine has, for `on_click`; what would be too much is left out."""
    threads, budget = chosen.values["threads"], float(chosen.values["seconds"])
    own_desk().ask(Job(row, way, threads, budget) for row in rows if _is_possible(row, chosen) for way in _ways())


def _ways() -> tuple[str, ...]:
    return ("cpu", *(("gpu",) if gpu() else ()), *(("compiled",) if available() else ()))


def _seconds(rows: Iterable[Row], chosen: Settings) -> float:
    """About how long it takes to measure some rows.

    Raises:
        RefusedError: one of them is too much.
    """
    budget = float(chosen.values["seconds"])
    return sum(estimate(row, budget).seconds + (len(_ways()) - 1) * budget + len(_ways()) * _START for row in rows)


def _live(version: int, was_busy: bool) -> None:
    desk, line = own_desk(), the_line()
    if line.version != version or (was_busy and not desk.busy):
        rerun()
    for one in desk.asked:
        if one.state == "failed":
            st.warning(failure_words(one), icon=":material/error:")
    order = line.order()
    own = [one for one in order if one.party is desk]
    if own:
        with st.container(horizontal=True, vertical_alignment="center", key="timing_progress"):
            st.progress(own[0].share, text=_progress(own, order), width="stretch")
            st.button(_("Stop"), icon=":material/stop:", key="timing_stop", on_click=desk.stop)
    elif order:
        text = ngettext(
            "Somebody else measures on this server: {count} measurement before yours.",
            "Somebody else measures on this server: {count} measurements before yours.",
            len(order),
        )
        st.caption(text.format(count=len(order)))


def _progress(own: list[Asked], order: list[Asked]) -> str:
    first = own[0]
    what = f"{row_words(first.job.row)}, {way_words(first.job.way)}"
    ahead = order.index(first)
    if ahead:
        how = place_in_line(ahead)
    elif first.turn is not None and first.turn.ahead is not None:
        how = place_in_line(first.turn.ahead)
    elif first.seconds is None:
        how = _("getting warm")
    else:
        text = ngettext("{count} repeat, {time} an epoch", "{count} repeats, {time} an epoch", first.repeats)
        how = text.format(count=first.repeats, time=time_text(1e9 * first.seconds))
    text = f"{what}: {how}"
    if len(own) > 1:
        more = ngettext("{count} more to come", "{count} more to come", len(own) - 1)
        text += " · " + more.format(count=len(own) - 1)
    return text
