"""The parts of the lecture page: the groups of the notes as cards, code with its numbers, and the two slips.

All of it is computed as the page opens, for the first who opens it.
"""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

from lstmviz.figures.lecture import counter, letter_case, two_replays
from lstmviz.figures.theme import Palette
from lstmviz.fused import is_warm, warm
from lstmviz.lecture import MISREAD, Group, Replay, Result
from lstmviz.ui.background.bounds import POLL
from lstmviz.ui.background.jobs import configs
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.language import N_, _, language, ngettext
from lstmviz.ui.frame.navigation import look_inside
from lstmviz.ui.frame.prose import Value, prose
from lstmviz.ui.frame.requests.clicks import wait
from lstmviz.ui.views.lecture import tables
from lstmviz.ui.views.lecture.results import ahead, arrived, begin, formulas, is_computed, replay, result, ways
from lstmviz.ui.waiting.training import compiling_says, place_in_line

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


def choose_part() -> str:
    """The part of the page that the URL asks for; draws the buttons that choose it."""
    part = choose_section("part", {name: _(label) for name, label in PARTS.items()})
    st.html(_CSS)
    return part


def differences() -> bool:
    """The row above the groups: what the fields mean, and a switch that shows the differences, returned."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        apart = st.toggle(_("Show the differences"), key="_differences", persist_state="session")
        st.html(tables.legend(apart), width="content")
    return apart


def group_card(group: Group, palette: Palette, apart: bool) -> None:
    """A group: what it is, the notes' numbers, and ours beneath them."""
    text = prose("lecture")[group.key]
    with st.container(border=True, gap="small", key=f"group_{group.key}"):
        title = f"## {text.title}"
        st.markdown(f"{title}\n\n:small[{_what_it_is(group)}]\n\n{text.body}", anchors=False)
        if (experiment := experiment_of(group)) is not None:
            look_inside(experiment)
        # Nothing is put in its place before it is there: on a busy machine that would be seen at each rerun.
        place = st if is_computed(group.key) else st.empty()
        result = computed(group, place)
        place.html(tables.outcome_and_numbers(result, apart, language()))
        if group.key == "abacad_rnn3":
            with st.container(key="wide_case"):
                chart(_letter_case(palette), key="letter_case")


def experiment_of(group: Group) -> Experiment | None:
    """The experiment that trains this very network; None where the notes draw or train it in a way of their own."""
    config, training = group.model, group.training
    if training is None:
        return None
    one = Experiment(group.pattern, config.cell, config.hidden_size, config.seed, training.lr, training.epochs)
    return one if configs(one) == (config, training) else None


def computed(group: Group, place: Any = None) -> Result:
    """The result of a group; where it is trained for the first time, `place` says so meanwhile."""
    if is_computed(group.key):
        return result(group.key)
    place = place or st.empty()
    if group.training is not None and not is_warm(group.model.cell, alone=True):
        place.html(tables.waiting(compiling_says()))
        warm(group.model.cell, alone=True)
    begin()
    text = _("Training this network …")
    came = False
    while not came:
        before = ahead()
        place.html(tables.waiting(text if before is None else place_in_line(before)))
        came = wait(partial(arrived, group.key), POLL)
    found = result(group.key)
    place.empty()
    return found


def three_ways(name: str, group: Group) -> None:
    """A network of the notes in three ways beside each other: their code, and under it their numbers."""
    computed(group)
    found, task = ways(group.key), group.task
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"## {name} · {group.pattern}", anchors=False, width="content")
        largest = _("largest difference between any two of them, over all {steps} steps: {size}")
        st.caption(largest.format(steps=len(task.x), size=tables.power(found.difference)), width="content")
    for column, way in zip(st.columns(3, gap="small"), found.ways, strict=True):
        with column, st.container(key=f"way_{found.cell}_{way.name.replace(' ', '_')}", gap="small"):
            title = _("by hand") if way.name == "by hand" else f"torch.{way.name}"
            st.markdown(f"**{title}**")
            st.code(way.code, language="python", wrap_lines=True)
            st.html(tables.way(way, task))


def slips(group: Group, untrained: Group, palette: Palette) -> dict[str, Value]:
    """The notes' loop and the one put right, then both formulas for h; returns what the text says of them."""
    computed(group)
    names = _("✗ The notes' loop"), _("✓ The loop put right: as the network runs")
    with st.container(key="slip"):
        for column, name, code in zip(st.columns(2), names, (SLIP, RIGHT), strict=True):
            column.markdown(f"**{name}**")
            column.code(code, language="python", wrap_lines=True)
    replays, count = _replays(group.key, palette, names, _("step t"))
    with st.container(key="wide_replays"):
        chart(replays, key="replays")
    chart(count, key="counter")
    values = _replay_values(replay(group.key))
    tanh = prose("lecture_slips", **values)["tanh"]
    st.markdown(f"## {tanh.title}\n\n{tanh.body}", anchors=False)
    st.html(tables.formulas(formulas(untrained.key), computed(untrained)))
    return values


def _replay_values(replay: Replay) -> dict[str, Value]:
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


@st.cache_resource(max_entries=4, show_spinner=False)
def _letter_case(palette: Palette) -> Figure:
    return letter_case(result("abacad_rnn3"), palette)


@st.cache_resource(max_entries=8, show_spinner=False)
def _replays(key: str, palette: Palette, names: tuple[str, str], steps: str) -> tuple[Figure, Figure]:
    both = replay(key)
    pictures = two_replays(both, result(key).group.task, palette, names, LAST_STEPS)
    return pictures, counter(both, palette, names[::-1], steps)


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
