"""The pages, in groups, and the links to them.

A link takes the URL along: the experiment, complete, and whatever else it says. What will not do in it is taken along
too, to be answered where it acts.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from lstmviz.ui.frame.experiment import Experiment, current_experiment
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.lessons import task_name


@dataclass(frozen=True)
class Entry:
    """A page."""

    key: str
    file: str
    icon: str
    label: str
    """in the sidebar"""
    title: str
    """over the page"""
    charts: bool = False
    """whether it has figures of plotly"""


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    heading: str
    pages: tuple[Entry, ...]


GROUPS = (
    Group(
        N_("One network"),
        (
            Entry("home", "app.py", ":material/home:", N_("Home"), N_("Inside a recurrent network")),
            Entry("cell", "pages/cell.py", ":material/memory:", N_("Cell"), N_("One step of the cell")),
            Entry("gates", "pages/gates.py", ":material/grid_on:", N_("Gates"), N_("Gates and states over time")),
            Entry(
                "training", "pages/training.py", ":material/trending_down:", N_("Training"), N_("Watch it learn"), True
            ),
            Entry(
                "states",
                "pages/states.py",
                ":material/timeline:",
                N_("States"),
                N_("Where the states are, and go"),
                True,
            ),
            Entry(
                "gradients",
                "pages/gradients.py",
                ":material/undo:",
                N_("Gradients"),
                N_("How far back learning reaches"),
                True,
            ),
            Entry(
                "automaton", "pages/automaton.py", ":material/hub:", N_("Automaton"), N_("The machine it has become")
            ),
        ),
    ),
    Group(
        N_("Many networks"),
        (
            Entry("grid", "pages/grid.py", ":material/apps:", N_("Seeds"), N_("Not one lucky seed"), charts=True),
            Entry(
                "memory",
                "pages/memory.py",
                ":material/history:",
                N_("Memory"),
                N_("How far back can it remember?"),
                True,
            ),
            Entry(
                "matching",
                "pages/matching.py",
                ":material/compare_arrows:",
                N_("Halves"),
                N_("Do the halves match?"),
                True,
            ),
        ),
    ),
    Group(
        N_("Images and shapes"),
        (
            Entry(
                "digits",
                "pages/digits.py",
                ":material/draw:",
                N_("Digits"),
                N_("It reads your handwriting, row by row"),
            ),
            Entry(
                "shapes", "pages/shapes.py", ":material/view_in_ar:", N_("Shapes"), N_("What goes in, what comes out")
            ),
        ),
    ),
    Group(
        N_("Lecture notes"),
        (
            Entry(
                "lecture", "pages/lecture.py", ":material/school:", N_("Lecture"), N_("The lecture, recomputed"), True
            ),
            Entry("timing", "pages/timing.py", ":material/timer:", N_("Timing"), N_("Why a recurrence is slow"), True),
        ),
    ),
)
"""Every page, in the order of the navigation."""

PAGES = {entry.key: entry for group in GROUPS for entry in group.pages}

# On a phone the sidebar covers the page, so once the page has changed it closes. A browser runs a script that is there
# already only once: two changes of the page that come close together must not have the same one.
_CLOSE_ON_PHONE = """<script>{{
// {turn}
const closed = document.querySelector('[data-testid="stExpandSidebarButton"]');
const closing = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
if (window.innerWidth < 768 && !closed) closing.click();
}}</script>"""
_PATIENT_LINKS = f"<script>{Path(__file__).with_name('links.js').read_text(encoding='utf-8')}</script>"
_TURNS = "_turns"  # in the session's state: how often its page has changed


def navigation(*, turned: bool) -> None:
    """The links to all pages, under the headings of their groups.

    turned: the page has just changed.
    """
    taken = _taken_along()
    with st.container(key="navigation"):
        st.html(_PATIENT_LINKS, unsafe_allow_javascript=True)
        for group in GROUPS:
            st.html(f"<p>{_(group.heading)}</p>")
            for entry in group.pages:
                st.page_link(entry.file, label=_(entry.label), icon=entry.icon, query_params=taken)
        if turned:
            st.session_state[_TURNS] = st.session_state.get(_TURNS, 0) + 1
            st.html(_CLOSE_ON_PHONE.format(turn=st.session_state[_TURNS]), unsafe_allow_javascript=True)


def ways_on(*keys: str) -> None:
    """Some pages to go on to, by their titles."""
    taken = _taken_along()
    with st.container(horizontal=True, gap="small", key="ways"):
        for entry in map(PAGES.__getitem__, keys):
            with st.container(border=True, width="content"):
                st.page_link(entry.file, label=_(entry.title), icon=entry.icon, query_params=taken)


def patterns_only(experiment: Experiment) -> None:
    """Where the task is no alphabet pattern: say that the page is about these, where to go on to, and end it."""
    if experiment.repeats_a_pattern:
        return
    text = _(
        "This page is about networks that read one pattern over and over, and {task} is no pattern. These show it:"
    )
    st.info(text.format(task=f"“{task_name(experiment.task)}”"), icon=":material/info:")
    ways_on("home", "cell", "gates", "training", "states", "gradients")
    st.stop()


def _taken_along() -> dict[str, str | list[str]]:
    return {**current_experiment().params(), **st.query_params.to_dict()}
