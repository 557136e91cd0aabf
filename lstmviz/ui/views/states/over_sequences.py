"""Where h, c, g and the gates of a network of each cell lie while it reads many sequences of its task."""

from functools import partial

import numpy as np
import streamlit as st

from lstmviz.claims import Distribution, Thresholds
from lstmviz.claims import over_sequences as distributions_of
from lstmviz.figures.states import histograms
from lstmviz.figures.theme import Palette, whole_share
from lstmviz.tasks import sequences_of
from lstmviz.ui.background.jobs import Run, configs
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.parts.run.sequence import first_sequences
from lstmviz.ui.waiting.training import runs_beside

QUANTITIES = ("h", "c", "g", "n", "i", "f", "o", "r", "z")
_MOST_SEQUENCES = 100  # that are read

Found = dict[str, dict[str, Distribution]]


def show(run: Run) -> None:
    """Draw the distributions, and a table of how much lies at -1, at 1 or near 0."""
    runs = {cell: one for cell, one in runs_beside(run).items() if _is_finite(one)}
    if not runs:
        st.info(_("The training diverged: its weights are no finite numbers, and nothing can be followed further."))
        return
    decides = tuple((one.experiment, one.kept, one.diverged_at) for one in runs.values())
    count = min(_MOST_SEQUENCES, sequences_of(run.experiment.task))
    with st.spinner(ngettext("Reading {count} sequence", "Reading {count} sequences", count).format(count=count)):
        found = remembered(partial(_found, runs), "distributions over sequences", *decides)
    large = Thresholds().large
    text = ngettext(
        "One network of each cell, set up as the one above, over all steps of the {count} sequence of this task; at −1 "
        "or 1: above {large} in size. 25 seeds of each, and what the notes say of them, are looked at for patterns.",
        "One network of each cell, set up as the one above, over all steps of {count} sequences of this task; at −1 or "
        "1: above {large} in size. 25 seeds of each, and what the notes say of them, are looked at for patterns.",
        count,
    )
    st.caption(text.format(count=count, large=f"{large:g}"))
    palette, names = Palette(dark=st.context.theme.type == "dark"), {cell: CELL_NAMES[cell] for cell in found}
    drawn = remembered(
        lambda: histograms(found, QUANTITIES, palette, names, _("share"), _("{share} outside")),
        "distributions over sequences drawn",
        *decides,
        palette,
        language(),
    )
    chart(drawn, key="distributions")
    st.markdown(_table(found))


def _is_finite(run: Run) -> bool:
    return all(np.isfinite(array).all() for array in run.snapshots[-1].values())


def _found(runs: dict[str, Run]) -> Found:
    found: Found = {}
    for cell, run in runs.items():
        faces = first_sequences(run.experiment.task, _MOST_SEQUENCES)
        found[cell] = dict(distributions_of(configs(run.experiment)[0], run.snapshots[-1], faces))
    return found


def _table(found: Found) -> str:
    heads = "", _("at −1 or 1"), _("near 0")
    rows = [f"| {' | '.join(heads)} |", "| --- | --- | --- |"]
    for cell, own in found.items():
        for name in ("h", "c"):
            if name in own:
                shares = (whole_share(one.mean) for one in (own[name].at_one, own[name].near_zero))
                rows.append(f"| {' | '.join([f'{CELL_NAMES[cell]}: {name}', *shares])} |")
    return "\n".join(rows)
