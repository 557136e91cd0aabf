"""The parts of the lecture page: the groups of the notes as cards, code with its numbers, and the results.

A click trains. The results are kept for all sessions, so that a change of language, theme or part of the page does not
train again; they are frozen, so sessions can share them.
"""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import streamlit as st

from lstmviz.figures.lecture import letter_case
from lstmviz.figures.theme import Palette
from lstmviz.fused import is_warm, warm
from lstmviz.lecture import GROUPS, MISREAD, Group, Replay, Result, Ways, reproduce
from lstmviz.tasks import Task
from lstmviz.training import Record
from lstmviz.ui.background.bounds import POLL
from lstmviz.ui.background.runs import own_slot
from lstmviz.ui.background.turns import TURNS
from lstmviz.ui.frame.fields import CELL_NAMES
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import prose
from lstmviz.ui.views.lecture import tables
from lstmviz.ui.waiting.training import duration, place_in_line

PLOT = {"displayModeBar": False}
LAST_STEPS = 8  # as many as the notes' pictures show

PARTS = {
    "numbers": N_("The notes' numbers"),
    "ways": N_("Three ways to write a cell"),
    "slips": N_("Two slips"),
}
"""The parts of the page, by their name in the URL."""

SLIP = "h[t], cell[t] = step(x[t], h[t], cell[t])"
"""What the notes' replay does; the loop itself is in `lstmviz.lecture.replay`."""
RIGHT = "h[t], cell[t] = step(x[t], h[t-1], cell[t-1])"
"""What it should do."""

_CSS = Path(__file__).parent / "lecture.css"
_TELL_SECONDS = 0.15  # between two looks at how far a training is
_WARM_UP = 5  # epochs


def choose_part() -> str:
    """The part of the page that the URL asks for; draws the buttons that choose it."""
    asked = st.query_params.get("part")
    part = asked if asked in PARTS else "numbers"
    if st.session_state.get("_part") != part:
        st.session_state["_part"] = part
    st.segmented_control(
        _("Part"),
        list(PARTS),
        format_func=lambda name: _(PARTS[name]),
        required=True,
        key="_part",
        on_change=_part_chosen,
        label_visibility="collapsed",
    )
    st.html(_CSS)
    return part


def run_all_and_differences() -> bool:
    """The row above the groups: a button that trains them all, what the fields mean, and the switch returned."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        keys = [group.key for group in GROUPS]
        st.button(_("Run all five"), icon=":material/play_arrow:", type="primary", on_click=_ask_for, args=(keys,))
        apart = st.toggle(_("Show the differences"), key="_differences", persist_state="session")
        st.html(tables.legend(apart), width="content")
    return apart


def group_card(group: Group, palette: Palette, apart: bool) -> None:
    """A group: what it is, the notes' numbers, and ours beneath them once it was asked for."""
    text = prose("lecture")[group.key]
    asked = group.key in _asked()
    with st.container(border=True, gap="small", key=f"group_{group.key}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"head_{group.key}"):
            st.markdown(f"##### {text.title}", anchors=False, width="stretch")
            st.button(
                _("Run again") if asked else _("Run"),
                key=f"run_{group.key}",
                icon=":material/replay:" if asked else ":material/play_arrow:",
                on_click=_ask_for,
                args=([group.key],),
            )
        st.caption(_what_it_is(group))
        st.markdown(text.body)
        place = st.empty()
        result = trained(group, place) if asked else None
        place.html(tables.outcome(group, result))
        st.html(tables.numbers(group, result, apart))
        if result is not None and group.key == "abacad_rnn3":
            with st.container(key="wide_case"):
                st.plotly_chart(letter_case(result, palette), config=PLOT, key="letter_case")


def trained(group: Group, place: Any = None) -> Result:
    """The result of a group: as it was kept, or of a training now, whose progress stands in `place`."""
    again: set[str] = st.session_state.get("_lecture_again", set())
    known = _kept().get(group.key)
    result = None if group.key in again else known
    if result is None:
        again.discard(group.key)
        place = place or st.empty()
        if group.training is not None and not is_warm(group.model.cell):
            with place, st.spinner(_("Compiling the fast training path: once on this machine, some seconds")):
                warm(group.model.cell)
        with TURNS.turn(own_slot(), short=True) as turn:
            while not turn.take(POLL):  # what is drawn in between ends the wait where the session wants something else
                place.empty() if turn.ahead is None else place.caption(place_in_line(turn.ahead))
            result = _kept().get(group.key)
            if result is None or result is known:  # nobody else has trained it meanwhile
                result = _kept()[group.key] = reproduce(group.key, _Progress(group, place))
        place.empty()
    return result


def ways_columns(ways: Ways, task: Task) -> None:
    """The three ways beside each other: their code, and under it their numbers."""
    for column, way in zip(st.columns(3, gap="small"), ways.ways, strict=True):
        with column:
            name = _("by hand") if way.name == "by hand" else f"torch.{way.name}"
            with st.container(key=f"way_{ways.cell}_{way.name.replace(' ', '_')}", gap="small"):
                st.markdown(f"**{name}**")
                st.code(way.code, language="python")
                st.html(tables.way(way, task))


def slip_and_right(names: tuple[str, str]) -> None:
    """The line of the notes' replay, and beside it the line put right."""
    with st.container(key="slip"):
        for column, name, code in zip(st.columns(2), names, (SLIP, RIGHT), strict=True):
            column.markdown(f"**{name}**")
            column.code(code, language="python", wrap_lines=True)


def replay_values(replay: Replay) -> dict[str, str | int | float]:
    """What the text about the replay says of this very one."""
    off = [replay.misread(name)[-LAST_STEPS:] for name in ("i", "f", "g", "o", "c", "h")]
    return {
        "steps": LAST_STEPS,
        "off": int(sum(part.sum() for part in off)),
        "all": sum(part.size for part in off),
        "misread": MISREAD,
        "count": f"{replay.followed['c'].max():.0f}",
        "wrong": f"{replay.printed_difference:.1f}",
        "right": tables.power(replay.followed_difference),
    }


class _Progress:
    """Shows how far a training is, now and then, and a button that stops it."""

    def __init__(self, group: Group, place: Any) -> None:
        self.group = group
        self.place = place
        self.bar: Any = None
        self.began = self.told = time.perf_counter()
        self.first = 0

    def __call__(self, record: Record) -> None:
        """Tell about `record`; where Streamlit ends the script for a click, here, the training ends with it."""
        now = time.perf_counter()
        if record.epoch == _WARM_UP:  # the first epochs pay for what torch sets up
            self.began, self.first = now, record.epoch
        if now - self.told < _TELL_SECONDS or self.group.training is None:
            return
        self.told, total = now, self.group.training.epochs
        left = (now - self.began) / max(record.epoch - self.first, 1) * (total - record.epoch)
        text = _("epoch {done} of {total} · loss {loss} · about {left} left").format(
            done=f"{record.epoch:,}", total=f"{total:,}", loss=f"{record.loss:.4g}", left=duration(left)
        )
        if self.bar is None:
            with self.place.container(horizontal=True, vertical_alignment="center"):
                self.bar = st.empty()
                st.button(
                    _("Stop"),
                    key=f"stop_{self.group.key}",
                    icon=":material/stop:",
                    on_click=_stop,
                    args=(self.group.key,),
                )
        self.bar.progress(record.epoch / total, text=text)


@st.cache_resource
def _kept() -> dict[str, Result]:
    return {}


def _asked() -> set[str]:
    """The groups that this session has asked for."""
    asked: set[str] = st.session_state.setdefault("_lecture_asked", set())
    return asked


def _ask_for(keys: Iterable[str]) -> None:
    """Note that this session wants these groups trained, and trained anew where it has seen them already."""
    st.session_state["_lecture_again"] = _asked() & set(keys)
    _asked().update(keys)


def _stop(key: str) -> None:
    _asked().discard(key)
    st.query_params["part"] = "numbers"  # the other parts cannot do without the training


def _part_chosen() -> None:
    st.query_params["part"] = st.session_state["_part"]


def _what_it_is(group: Group) -> str:
    config, training = group.model, group.training
    parts = [
        f"{group.pattern} × {group.task.repeats}",
        CELL_NAMES[config.cell],
        ngettext("{count} node", "{count} nodes", config.hidden_size).format(count=config.hidden_size),
        _("seed {seed}").format(seed=config.seed),
    ]
    if training is None:
        return " · ".join([*parts, _("untrained")])
    loss = _("sum of the losses") if training.loss == "sum" else _("mean of the losses")
    rate = _("Adam, rate {lr}").format(lr=f"{training.lr:g}")
    return " · ".join([*parts, loss, rate, _("{count} epochs").format(count=f"{training.epochs:,}")])
