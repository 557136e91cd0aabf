"""Whose measurements are on the page: this machine's, those that come with lstmviz, and files that were uploaded."""

from dataclasses import dataclass

import streamlit as st

from lstmviz.timing.machine import this_machine, today
from lstmviz.timing.results import Machine, Results, shipped
from lstmviz.timing.row import Row
from lstmviz.ui.background.measuring import the_line
from lstmviz.ui.frame.language import N_, _

HERE = "here"
CARDS = ("h200", "h100")
"""The recorded GPUs, by their files."""
_UPLOADED = "_timing_files"
_NAMES = {
    "notes": N_("the notes"),
    "xeon": N_("a server with 16 cores"),
    "two-cores": N_("two cores of a server"),
}
_ORDER = ("two-cores", "xeon", *CARDS)
WAYS = {"cpu": N_("torch, CPU"), "gpu": N_("torch, GPU"), "compiled": N_("compiled loop")}


@dataclass(frozen=True)
class Source:
    """A set of measurements, by the name that the page has for it."""

    key: str
    name: str
    results: Results

    @property
    def recorded(self) -> bool:
        """Whether it comes with lstmviz."""
        return self.key != HERE

    @property
    def dated(self) -> str:
        """Its name with its date."""
        return f"{self.name}, {self.results.date}" if self.results.date else self.name


def here() -> Source:
    """What this server has measured since it was started."""
    return Source(HERE, _("this machine"), Results(_machine(), today(), the_line().measured))


def sources() -> dict[str, Source]:
    """All of them by key: this machine first, then what comes with lstmviz."""
    found = {HERE: here()}
    known = shipped()
    for key in sorted(known, key=lambda one: (*_ORDER, one).index(one)):
        results = known[key]
        found[key] = Source(key, _(_NAMES[key]) if key in _NAMES else results.machine.name, results)
    return found


def uploaded() -> list[Results]:
    """The files of this session."""
    files: list[Results] = st.session_state.setdefault(_UPLOADED, [])
    return files


def cpu_sources(row: Row) -> list[Source]:
    """Who measured torch on the CPU at `row`: this machine if it has, then the recorded ones."""
    return _those(row, "cpu", (HERE, "two-cores", "xeon"))


def cpu_source(row: Row) -> Source | None:
    """The first of them."""
    return next(iter(cpu_sources(row)), None)


def compiled_source(row: Row) -> Source | None:
    """The same of the compiled loop."""
    return next(iter(_those(row, "compiled", (HERE, "two-cores"))), None)


def gpu_source(row: Row) -> Source | None:
    """The same of a GPU."""
    return next(iter(_those(row, "gpu", (HERE, *CARDS))), None)


def _those(row: Row, way: str, keys: tuple[str, ...]) -> list[Source]:
    known = sources()
    return [known[key] for key in keys if key in known and known[key].results.of(row, way)]


@st.cache_resource(show_spinner=False)
def _machine() -> Machine:
    return this_machine()
