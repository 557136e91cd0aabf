"""The machine out of hidden states that lie together, beside the same with its clusters folded."""

import streamlit as st

from lstmviz.automata.clusters import Clustered
from lstmviz.automata.machine import isomorphic
from lstmviz.figures.theme import number, share_text
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.views.automaton.computed import clustered, found, packed_clusters
from lstmviz.ui.views.automaton.view import draw, table

_METHODS = {"single": N_("nearest members"), "average": N_("mean of all members")}
_KEY = "automaton_clusters"


def show(run: Run) -> None:
    """Draw the machine of the clusters, and its numbers."""
    with st.spinner(_("Clustering the states"), show_time=True):
        seen = clustered(run)
    if seen is None:
        st.info(_("The states of this network grow without bound, so they form no clusters."))
        return
    st.markdown(_says(run, seen))
    draw(run, packed_clusters(run), _KEY, walk=False)
    rows = [
        (_("clusters, k"), f"{seen.machine.size}"),
        (_("distance of two clusters"), _(_METHODS[seen.method])),
        (_("threshold: the next two would be joined at, in standard deviations"), number(seen.height)),
        (_("says what the network says, on the {steps} steps clustered").format(steps=f"{seen.steps:,}"), _share(seen)),
        (_("the same on steps held out, beyond those"), _held_out(seen)),
        (_("states when what never contradicts itself is joined"), f"{seen.folded.size}"),
    ]
    st.markdown(table(rows))


def _says(run: Run, seen: Clustered) -> str:
    text = ngettext(
        "The states over the text are joined, nearest first, and cut into as few clusters as reproduce the network: "
        "{count} is enough.",
        "The states over the text are joined, nearest first, and cut into as few clusters as reproduce the network: "
        "{count} are enough.",
        seen.machine.size,
    )
    if not seen.complete:
        text = _(
            "The states over the text are joined, nearest first, and cut into clusters; up to 64 none reproduce the "
            "network. Drawn are the best, {count}."
        )
    said = [text.format(count=seen.machine.size)]
    if isomorphic(seen.folded, found(run).machine):
        said.append(_("Folded, they are the very machine that the questions found."))
    elif seen.complete:
        said.append(_("Folded, they are another machine than the one that the questions found."))
    return " ".join(said)


def _share(seen: Clustered) -> str:
    return share_text(seen.fidelity)


def _held_out(seen: Clustered) -> str:
    if seen.held_out != seen.held_out:
        return "—"
    return share_text(seen.held_out)
