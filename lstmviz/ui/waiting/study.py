"""What a page of its own networks draws of: those that are finished and came to something, by their cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lstmviz.ui.background.studies import by_cell
from lstmviz.ui.background.watched import Progress
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, ngettext


def sound(progress: Progress) -> dict[str, list[Any]]:
    """Finished networks by their cell, without those that diverged."""
    return by_cell([one for one in progress.results if not one.diverged])


def names_so_far(progress: Progress, study: Sequence[Any]) -> dict[str, str]:
    """What a verdict calls each cell: its name, and while some of its networks are to come, how many are finished."""
    wanted = Counter(one.cell for one in study)
    done = Counter(one.config.cell for one in progress.results)
    text = _("{cell}, {done} of {total} so far")
    return {
        cell: CELL_NAMES[cell]
        if done[cell] == total
        else text.format(cell=CELL_NAMES[cell], done=done[cell], total=total)
        for cell, total in wanted.items()
    }


def band_says(found: Mapping[str, Sequence[Any]], progress: Progress) -> str:
    """What the line and the band of each cell's finished networks are, while others are to come and afterwards."""
    counts = {len(networks) for networks in found.values()}
    done = progress.networks_done == progress.networks
    if counts == {1}:
        return _("A line is one seed.") if done else _("A line is the one seed so far.")
    if done:
        return _("The mean, and the band of all seeds.")
    if len(counts) == 1:
        return _("The mean, and the band of the {count} seeds so far.").format(count=counts.pop())
    listed = ", ".join(f"{CELL_NAMES[cell]} {len(networks)}" for cell, networks in found.items())
    return _("The mean, and the band of the seeds so far: {counts}.").format(counts=listed)


def tell_lost(progress: Progress) -> None:
    """Say how many diverged, where any did."""
    lost = sum(one.diverged for one in progress.results)
    if not lost:
        return
    text = ngettext(
        "{count} network's loss became no finite number: it is left out. Try a smaller learning rate.",
        "The loss of {count} networks became no finite number: they are left out. Try a smaller learning rate.",
        lost,
    )
    st.warning(text.format(count=lost), icon=":material/report:")
