"""Charts of time: against steps, nodes and batch, a slider through the batches, and what a step reaches by its work."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import plotly.graph_objects as go
import streamlit as st

from lstmviz.figures.theme import Palette
from lstmviz.figures.timing import Curve, Roof, against, roofline, through_batch, time_text
from lstmviz.timing.model import Fit, fit, growth
from lstmviz.timing.row import BATCHES, Row, rows_against
from lstmviz.timing.series import Series, overtakes, series
from lstmviz.ui.background.measuring import the_line
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import N_, _, language, ngettext
from lstmviz.ui.views.timing.sources import CARDS, HERE, Source, sources
from lstmviz.ui.views.timing.words import way_words

T = TypeVar("T")
TITLES = {
    "steps": N_("steps (20 nodes, one sequence)"),
    "nodes": N_("hidden nodes (1,000 steps, one sequence)"),
    "batch": N_("batch (500 steps, 128 nodes)"),
}
_LEAST_PLACES = 3
_HARDLY = 1.5  # times as long is hardly longer
_PLACES = {"nodes": N_("{count} nodes"), "batch": N_("a batch of {count}")}


@dataclass(frozen=True)
class Line:
    """What one way of one machine took along an axis."""

    source: Source
    way: str
    series: Series

    @property
    def name(self) -> str:
        """As legends and sentences have it."""
        if self.source.key in CARDS:
            return self.source.name.removeprefix("NVIDIA ")
        name = way_words(self.way)
        return name if self.source.key == HERE else f"{name} ({self.source.name})"

    @property
    def curve(self) -> Curve:
        """As it is drawn."""
        key = self.source.key
        colour = key if key in CARDS else self.way
        return Curve(self.name, colour, self.series.x, self.series.seconds, self.source.recorded)


def lines(what: str, row: Row) -> list[Line]:
    """Whose times there are along an axis; of processors recorded ones only where this machine has none."""
    found = []
    for way in ("cpu", "gpu", "compiled"):
        of_way = [
            Line(source, way, series(source.results, way, what, row.cell, row.backward))
            for source in sources().values()
        ]
        of_way = [one for one in of_way if len(one.series.x) >= _LEAST_PLACES]
        here = [one for one in of_way if one.source.key == HERE]
        found += here if here and way != "gpu" else of_way
    return found


def show(row: Row, palette: Palette) -> None:
    """Draw the charts of the row's cell, with backward or without as the row has it."""
    backward = _("with backward") if row.backward else _("without backward")
    st.markdown(f"## {CELL_NAMES[row.cell]}, {backward}", anchors=False)
    if to_come := _to_come(row):
        text = ngettext(
            "So far: {count} measurement for these charts is still to come.",
            "So far: {count} measurements for these charts are still to come.",
            to_come,
        )
        st.caption(text.format(count=to_come))
    found = _kept(lambda: {what: lines(what, row) for what in TITLES}, "lines", row, palette)
    top, middle = st.columns(2, gap="medium"), st.columns(2, gap="medium")
    for place, what in zip((*top, middle[0]), TITLES, strict=True):
        with place:
            chart(_kept(partial(_against, what, found[what], palette), what, row, palette), key=f"timing_{what}")
            st.markdown(_steps_say(found[what]) if what == "steps" else _overtaking_says(what, found[what]))
    with middle[1]:
        chart(_kept(partial(_slider, found["batch"], palette), "slider", row, palette), key="timing_slider")
        st.markdown(_batch_says(found["batch"]))
    roofs = _kept(lambda: _roofs(found["batch"]), "roofs", row, palette)
    left, right = st.columns(2, gap="medium")
    with left:
        chart(_kept(partial(_roofline, roofs, palette), "roofline", row, palette), key="timing_roofline")
    with right:
        st.markdown(_fits_say(roofs))


def _to_come(row: Row) -> int:
    """How many measurements that are drawn here wait in line or are under way, of whichever session."""
    rows = {one.per_epoch for what in TITLES for one in rows_against(what, row.cell, backward=(row.backward,))}
    return sum(one.job.row.per_epoch in rows for one in the_line().order())


def _kept(make: Callable[[], T], name: str, row: Row, palette: Palette) -> T:
    """What `make` makes, as long as nothing new is measured."""
    return remembered(make, f"timing {name}", the_line().version, row.cell, row.backward, palette, language())


def _against(what: str, found: list[Line], palette: Palette) -> go.Figure:
    marks = [] if what == "steps" else [(place, text) for place, text, _ in _overtakings(what, found)]
    titles = _(TITLES[what]), _("time of an epoch")
    return against([line.curve for line in found], palette, titles, marks)


def _slider(found: list[Line], palette: Palette) -> go.Figure:
    return through_batch(
        [line.curve for line in found], BATCHES, palette, (_("batch"), _("time of an epoch for one sequence"))
    )


def _roofline(roofs: list[Roof], palette: Palette) -> go.Figure:
    return roofline(roofs, palette, (_("operations in a step"), _("operations a second (FLOP/s)")))


def _roofs(found: list[Line]) -> list[Roof]:
    """Every line with the two numbers that fit it."""
    roofs = []
    for line in found:
        numbers = fit(line.series.measured)
        if numbers is not None:
            work = tuple(one.row.work for one in line.series.measured)
            seconds = tuple(1e-9 * one.step_nanoseconds for one in line.series.measured)
            roofs.append(Roof(Curve(line.name, line.curve.colour, work, seconds, line.curve.recorded), numbers))
    return roofs


def _steps_say(found: list[Line]) -> str:
    """How time grows with the steps."""
    if not found:
        return _("Nothing has been measured against steps yet.")
    parts = [
        _("{name}: {factor} times").format(
            name=line.name, factor=f"{10 ** growth(line.series.x, line.series.seconds):.1f}"
        )
        for line in found
    ]
    text = _("Ten times the steps take so many times as long: {parts}. Steps wait for each other; none can be skipped.")
    return text.format(parts=", ".join(parts))


def _overtakings(what: str, found: list[Line]) -> list[tuple[float, str, tuple[Line, Line]]]:
    """Where graphics cards get ahead of what runs on a processor, with a short text."""
    marks = []
    cards = [line for line in found if line.way == "gpu"]
    for card in cards[:1]:
        for other in (line for line in found if line.way != "gpu"):
            place = overtakes(card.series, other.series)
            if place is not None and place > min(set(card.series.x) & set(other.series.x)):
                text = _("from {place} on {card}<br>is ahead of {other}")
                at = f"{place:,.0f}"
                marks.append((place, text.format(place=at, card=card.name, other=other.name), (card, other)))
    return marks


def _overtaking_says(what: str, found: list[Line]) -> str:
    """Where graphics cards begin to win, against each way on a processor."""
    cards = [line for line in found if line.way == "gpu"]
    others = [line for line in found if line.way != "gpu"]
    if not cards or not others:
        return _("Where a graphics card begins to win is said here once a processor has been measured beside it.")
    sentences = []
    for other in others:
        card = cards[0]
        place = overtakes(card.series, other.series)
        common = set(card.series.x) & set(other.series.x)
        if not common:
            continue
        values = {"card": card.name, "other": other.name}
        if place is None:
            most = _(_PLACES[what]).format(count=f"{max(common):,}")
            sentences.append(_("{card} is behind {other} even at {most}.").format(most=most, **values))
        elif place <= min(common):
            sentences.append(_("{card} is ahead of {other} everywhere.").format(**values))
        else:
            at = _(_PLACES[what]).format(count=f"{place:,.0f}")
            sentences.append(_("{card} gets ahead of {other} at about {at}.").format(at=at, **values))
    return " ".join(sentences)


def _batch_says(found: list[Line]) -> str:
    """How many sequences a graphics card reads side by side before that takes it clearly longer."""
    sentences = [_("Drag the slider from 1 to 4,096 sequences side by side.")]
    for line in found:
        if line.way != "gpu":
            continue
        first = line.series.seconds[0]
        free = [place for place, one in zip(line.series.x, line.series.seconds, strict=True) if one < _HARDLY * first]
        text = _(
            "{card}: {most} sequences take {factor} times as long as {least}, and {last} take {end} times as long."
        )
        at = line.series.seconds[line.series.x.index(free[-1])] / first
        values = {"most": f"{free[-1]:,}", "least": f"{line.series.x[0]:,}", "last": f"{line.series.x[-1]:,}"}
        end = line.series.seconds[-1] / first
        sentences.append(text.format(card=line.name, factor=f"{at:.1f}", end=f"{end:,.1f}", **values))
    return " ".join(sentences)


def _fits_say(roofs: list[Roof]) -> str:
    """The two numbers of each line, in words."""
    if not roofs:
        return _("The two numbers are fitted once at least three batches have been measured.")
    text = _(
        "The lines are one formula with two numbers each: **a step takes its latency, and its operations at the "
        "throughput**. Below the bend a step takes as long however little there is to do; above it arithmetic counts."
    )
    return "\n\n".join([text, *(f"- {_fit_says(roof.curve.name, roof.fit)}" for roof in roofs)])


def _fit_says(name: str, numbers: Fit) -> str:
    text = _(
        "**{name}**: latency {latency}, throughput {throughput} billion operations a second; the bend is at {knee} "
        "million operations a step. A measured step is off by a factor of {off} at most."
    )
    return text.format(
        name=name,
        latency=time_text(1e9 * numbers.latency),
        throughput=_digits(numbers.throughput / 1e9),
        knee=_digits(numbers.knee / 1e6),
        off=f"{numbers.off:.2f}",
    )


def _digits(value: float) -> str:
    """A number with three digits, and more where they stand before the point."""
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.3g}"
