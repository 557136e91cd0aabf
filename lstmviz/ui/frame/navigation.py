"""The pages, in groups, and the links to them.

A link takes the URL along: the experiment, complete, and whatever else it says. What will not do in it is taken along
too, to be answered where it acts.
"""

import html
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from lstmviz.automata.reference import has_machine
from lstmviz.tasks import named_task
from lstmviz.ui.frame.controls.experiment import Experiment, current_experiment
from lstmviz.ui.frame.controls.lessons import task_name
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.frame.requests.clicks import note_switch
from lstmviz.ui.frame.requests.url import VIEW_PARAMS


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

    @property
    def coloured(self) -> bool:
        """Whether the server has given what it shows the colours of a theme."""
        return self.charts or self.key == "shapes"


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
            Entry(
                "grammar",
                "pages/grammar.py",
                ":material/account_tree:",
                N_("Grammars"),
                N_("A grammar learned: how far does it go?"),
                True,
            ),
            Entry("text", "pages/text.py", ":material/article:", N_("Text"), N_("A text, letter by letter"), True),
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
_TOLD_FIGURES = f"<script>{Path(__file__).with_name('figures.js').read_text(encoding='utf-8')}</script>"
_WIDE = f"<script>{Path(__file__).with_name('wide.js').read_text(encoding='utf-8')}</script>"
# Streamlit's page says that it is in English, and screen readers would read Korean so.
_SPOKEN = """<script>document.documentElement.lang = "{code}";</script>"""
_TURNS = "_turns"  # in the session's state: how often its page has changed


def navigation(*, turned: bool) -> None:
    """The links to all pages, under the headings of their groups.

    turned: the page has just changed.
    """
    taken = _taken_along()
    with st.container(key="navigation"):
        words = json.dumps([_("The numbers of this figure"), _("The first {shown} of {rows} rows.")])
        wide = html.escape(_("↔ more to the side"))
        told = f'<i hidden data-figure-words="{html.escape(words)}" data-wide-word="{wide}"></i>'
        scripts = _PATIENT_LINKS + _TOLD_FIGURES + _WIDE + _SPOKEN.format(code=language())
        st.html(told + scripts, unsafe_allow_javascript=True)
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


OF_A_VIEW = ("sequence", *VIEW_PARAMS)
"""What the URL says of the view of one network, which a link to another one leaves behind."""


def way_to(
    key: str, label: str, told: Mapping[str, str], *, without: Collection[str] = OF_A_VIEW, **options: Any
) -> None:
    """A link to the page `key` that sets `told` in the URL, leaves out `without`, and takes the rest of it along."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in without}
    st.page_link(PAGES[key].file, label=label, query_params={**kept, **told}, **options)


def look_inside(experiment: Experiment) -> None:
    """A link to the player with that very network."""
    way_to("cell", _("Look inside"), experiment.params(), icon=PAGES["cell"].icon)


def go_inside(experiment: Experiment) -> None:
    """Go there at once, and end the page; not for callbacks, which may go nowhere."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in OF_A_VIEW}
    note_switch()
    st.switch_page(PAGES["cell"].file, query_params={**kept, **experiment.params()})


def machines_only(experiment: Experiment) -> None:
    """Where no finite machine is enough for the task: say so, and where to go on to, and end the page."""
    if has_machine(named_task(experiment.task)):
        return
    text = _("No finite machine is enough for {task}, so there is none to look for. These pages show it:")
    st.info(text.format(task=f"“{task_name(experiment.task)}”"), icon=":material/info:")
    ways_on("home", "cell", "gates", "training", "states", "gradients")
    st.stop()


def _taken_along() -> dict[str, str | list[str]]:
    return {**current_experiment().params(), **st.query_params.to_dict()}
