"""What the cells of a sweep have in common, in words: the same nodes are not the same number of parameters."""

from collections.abc import Mapping, Sequence

from lstmviz.sweeps import BundleResult
from lstmviz.sweeps.evidence import Rate, differences
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import N_, _

FAIR = {"hidden_size": N_("the same nodes"), "parameters": N_("the same number of parameters")}
_UNEQUAL = 1.2  # so many times as many parameters are no fair race


def fairness_sentence(results: Sequence[BundleResult], found: Mapping[str, Rate]) -> str:
    """What the counts of parameters leave to be concluded from the rates `found` of the cells; "" of one cell alone.

    Where they are so unequal that they alone may explain a difference, that; else which cell is ahead, if any is.
    """
    bundles = {result.bundle.cell: result.bundle for result in results}
    counts = {cell: one.parameters for cell, one in bundles.items()}
    if len(counts) < 2:
        return ""
    listed = ", ".join(f"{CELL_NAMES[cell]} {count:,}" for cell, count in counts.items())
    if max(counts.values()) < _UNEQUAL * min(counts.values()):
        return _conclusion(found).format(counts=listed)
    text = _(
        "This is no race of equals: the parameters are {counts}. What a cell has more of them may explain what it does "
        "better; compare with the same number of parameters."
    )
    return text.format(counts=listed)


def _conclusion(found: Mapping[str, Rate]) -> str:
    """Of cells with about as many parameters, with the field {counts}."""
    ahead = list[str]()
    for pair, comparison in differences(found).items():
        if comparison.differ:
            better, other = sorted(pair, key=lambda cell: -found[cell].rate)
            text = _("{better} ahead of {other}")
            ahead.append(text.format(better=CELL_NAMES[better], other=CELL_NAMES[other]))
    if not ahead:
        return _(
            "A race of equals, with about as many parameters ({counts}), and nobody is shown to be ahead: on this "
            "task, with this rate and so many epochs, the kind of cell does not decide, or not by enough to be seen "
            "here."
        )
    text = _(
        "A race of equals, with about as many parameters ({counts}): {ahead}. So it is the kind of cell that decides "
        "here, on this task, with this rate and so many epochs."
    )
    return text.replace("{ahead}", ", ".join(ahead))
