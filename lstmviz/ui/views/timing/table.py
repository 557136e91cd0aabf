"""The table of the rows: the notes' seconds, this machine's, those that were recorded, and how they compare."""

import html
from collections.abc import Sequence

import streamlit as st

from lstmviz.figures.theme import whole_share
from lstmviz.timing.results import Measurement
from lstmviz.timing.row import NOTES, Row
from lstmviz.timing.torch_work import gpu, gpu_name
from lstmviz.ui.frame.language import _
from lstmviz.ui.views.timing.sources import CARDS, HERE, compiled_source, sources
from lstmviz.ui.views.timing.words import how_well, ratio_text, row_words, told_seconds

_NONE = "—"
_PROCESSOR = "two-cores"  # the recorded one: its columns are torch on the CPU and the compiled loop


def rows_shown(chosen: Row) -> tuple[Row, ...]:
    """The six rows of the notes, and the chosen one where it is another."""
    return NOTES if chosen.per_epoch in {row.per_epoch for row in NOTES} else (*NOTES, chosen)


def show(chosen: Row) -> None:
    """Draw it."""
    st.html(_table(rows_shown(chosen), chosen))
    for line in notes_below():
        st.caption(line)


def notes_below() -> list[str]:
    """What has to be said of the columns."""
    known = sources()
    lines = []
    if gpu() is None:
        lines.append(_("torch finds no GPU on this machine, so it has no such column; the recorded cards stand in."))
    else:
        lines.append(_("The GPU of this machine: {name}.").format(name=gpu_name()))
    text = _("Recorded: torch, CPU and compiled loop on {processor} · {cards}.")
    cards = " · ".join(known[key].dated for key in CARDS)
    lines.append(text.format(processor=known[_PROCESSOR].dated, cards=cards))
    beside = [one for one in known[HERE].results.measurements if one.beside]
    if beside:
        worst = max(beside, key=lambda one: (one.beside or 0) / (one.repeats or 1))
        text = _(
            "Other work of this server ran beside up to {share} of the repeats of a measurement here: measure again "
            "when it is quiet."
        )
        lines.append(text.format(share=whole_share((worst.beside or 0) / (worst.repeats or 1))))
    return lines


def _table(rows: Sequence[Row], chosen: Row) -> str:
    known = sources()
    own_gpu = gpu() is not None
    epochs = chosen.epochs
    groups = [
        (_("the notes"), ["CPU", "GPU"]),
        (_("this machine"), [_("torch, CPU"), *(["GPU"] if own_gpu else []), _("compiled loop")]),
        (
            _("recorded"),
            [_("torch, CPU"), *(known[key].name.removeprefix("NVIDIA ") for key in CARDS), _("compiled loop")],
        ),
        (_("compiled loop, times as fast as"), [_("torch, CPU"), known[CARDS[0]].name.removeprefix("NVIDIA ")]),
    ]
    caption = _("Seconds for {count} epochs").format(count=f"{epochs:,}")
    top = "".join(f'<th colspan="{len(names)}" class="first">{name}</th>' for name, names in groups)
    heads = "".join(
        f"<th{_first(place == 0)}>{name}</th>" for _group, names in groups for place, name in enumerate(names)
    )
    body = "".join(_row(row, epochs, own_gpu, row.per_epoch == chosen.per_epoch) for row in rows)
    return (
        f'<div class="timing"><table><thead><tr><th rowspan="2">{caption}</th>{top}</tr><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Row, epochs: int, own_gpu: bool, is_chosen: bool) -> str:
    known = sources()

    def of(key: str, way: str) -> Measurement | None:
        return known[key].results.best(row, way)

    here = {way: of(HERE, way) for way in ("cpu", "gpu", "compiled")}
    cells = [
        _cell(of("notes", "cpu"), epochs, first=True),
        _cell(of("notes", "gpu"), epochs),
        _cell(here["cpu"], epochs, first=True),
        *([_cell(here["gpu"], epochs)] if own_gpu else []),
        _cell(here["compiled"], epochs),
        _cell(of(_PROCESSOR, "cpu"), epochs, first=True),
        *(_cell(known[key].results.of(row, "gpu"), epochs) for key in CARDS),
        _cell(of(_PROCESSOR, "compiled"), epochs),
    ]
    loop = compiled_source(row)  # it is compared with torch on its own machine
    ours = loop.results.best(row, "compiled") if loop else None
    others = (loop.results.best(row, "cpu") if loop else None, known[CARDS[0]].results.of(row, "gpu"))
    for place, other in enumerate(others):
        ratio = 0.0 if ours is None or other is None else other.epoch_seconds / ours.epoch_seconds
        sign = f"ratio{' ahead' if ratio > 1 else ''}{'' if place else ' first'}"
        cells.append(f'<td class="{sign}">{ratio_text(ratio) if ratio else _NONE}</td>')
    sign = ' class="chosen"' if is_chosen else ""
    return f"<tr{sign}><th>{html.escape(row_words(row))}</th>{''.join(cells)}</tr>"


def _first(first: bool) -> str:
    """The class of the first column of a group."""
    return ' class="first"' if first else ""


def _cell(one: Measurement | None, epochs: int, *, first: bool = False) -> str:
    if one is None:
        return f"<td{_first(first)}>{_NONE}</td>"
    below = [how_well(one)]
    if one.difference is not None:
        below.append(_("{difference} from torch").format(difference=f"{one.difference:.0e}"))
    small = "".join(f"<small>{html.escape(text)}</small>" for text in below if text)
    return f"<td{_first(first)}><b>{told_seconds(one, epochs)}</b>{small}</td>"
