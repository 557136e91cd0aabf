"""What stands below the machines, one at a time: two ways to come to them, and the proof."""

import streamlit as st

from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.views.automaton import clustering, proven, questions
from lstmviz.ui.views.automaton.computed import is_finite

_SECTIONS = {
    "lstar": (N_("By questions (L*)"), questions.show),
    "clusters": (N_("By clustering"), clustering.show),
    "proof": (N_("Proof"), proven.show),
}


def show(run: Run) -> None:
    """Draw the section that is chosen."""
    chosen = choose_section("automaton_section", {key: _(label) for key, (label, _draw) in _SECTIONS.items()})
    if not is_finite(run):
        st.info(_("The training diverged: its weights are no finite numbers, and nothing can be followed further."))
    else:
        _SECTIONS[chosen][1](run)
